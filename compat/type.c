/* compat/type.c: rules about a field's type.
 *
 * A type can be replaced by another of its group, because readers of the one make sense of what the other writes:
 *
 *               WIRE: same bytes                                   WIRE_JSON: same bytes and same JSON
 *   varint      int32 int64 uint32 uint64 bool                     int32 uint32 | int64 uint64 | bool
 *   zigzag      sint32 sint64                                      sint32 | sint64
 *   32-bit      fixed32 sfixed32                                   fixed32 sfixed32
 *   64-bit      fixed64 sfixed64                                   fixed64 sfixed64
 *   bytes       string → bytes, one way                            string | bytes
 *   alone       float, double, message, group, enum                the same
 *
 * int64 is a string in JSON and int32 a number, hence the narrower groups there. Messages and groups must keep the full
 * name of their type: what is inside is compared as a pair of its own. An enum may be replaced by one with the same short name that has all
 * of the old one's values under their names; it has moved. Values cut off on narrowing (int64 read as int32) are no finding, as in buf. */
#include "compat/internal/check.h"

/* Letters are groups; types of one letter stand in for each other. */
typedef struct {
    char wire, json;
} type_groups;

static const type_groups groups[SL_TYPE_COUNT] = {
    [SL_TYPE_INT32] = {'v', 'i'},    [SL_TYPE_UINT32] = {'v', 'i'},
    [SL_TYPE_INT64] = {'v', 'l'},    [SL_TYPE_UINT64] = {'v', 'l'},
    [SL_TYPE_BOOL] = {'v', 'b'},     [SL_TYPE_SINT32] = {'z', 'z'},
    [SL_TYPE_SINT64] = {'z', 'Z'},   [SL_TYPE_FIXED32] = {'4', '4'},
    [SL_TYPE_SFIXED32] = {'4', '4'}, [SL_TYPE_FIXED64] = {'8', '8'},
    [SL_TYPE_SFIXED64] = {'8', '8'}, [SL_TYPE_STRING] = {'s', 's'},
    [SL_TYPE_BYTES] = {'y', 'y'},    [SL_TYPE_FLOAT] = {'f', 'f'},
    [SL_TYPE_DOUBLE] = {'d', 'd'},   [SL_TYPE_MESSAGE] = {'m', 'm'},
    [SL_TYPE_GROUP] = {'g', 'g'},    [SL_TYPE_ENUM] = {'e', 'e'},
};

static sl_str type_name(const sl_field *field)
{
    if (field->message)
        return field->message->full_name;
    return field->enumeration ? field->enumeration->full_name : (sl_str){0};
}

/* The element to blame: where the old type itself is gone, that. */
static const void *cause_of(sl_check *check, const sl_field *old)
{
    const sl_schema *schema = check->new_schema;
    if (old->message && !sl_schema_find_message(schema, old->message->full_name))
        return sl_cause_of_message(check, old->message);
    if (old->enumeration && !sl_schema_find_enum(schema, old->enumeration->full_name))
        return sl_cause_of_enum(check, old->enumeration);
    return old;
}

void sl_check_add_type_change(sl_check *check, const sl_field *old, const sl_field *new, sl_str why)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    sl_check_blame(check, cause_of(check, old));
    bool is_named = new->message || new->enumeration;
    finding->at =
        sl_place_in_field(check, new, SL_PART(is_named ? SL_AT_FIELD_TYPE_NAME : SL_AT_FIELD_TYPE));
    finding->previous = sl_place_of_field(check, old);
    finding->message = sl_check_text(
        check, "%.*s changed its type from %.*s to %.*s", SL_STR_ARG(sl_describe_field(check, new)),
        SL_STR_ARG(sl_describe_type(check, old)), SL_STR_ARG(sl_describe_type(check, new)));
    finding->why = why;
    finding->fix = sl_declare_field(check, old);
}

void check_field_type(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (old->type == new->type && sl_str_equal(type_name(old), type_name(new)))
        return;
    sl_check_add_type_change(check, old, new, SL_STR("code that uses the field no longer builds"));
}

/* Directions that break when one enum stands in for another; 0 if the new one has all that the old one had. */
static int enum_breaks(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    if (sl_str_equal(old->full_name, new->full_name))
        return 0;
    if (!sl_str_equal(old->name, new->name))
        return SL_COMPAT_BOTH;
    if (!sl_check_enum_missing(check, old, new))
        return 0;
    return SL_COMPAT_BACKWARD | (sl_check_enum_missing(check, new, old) ? SL_COMPAT_FORWARD : 0);
}

/* Types of one group, whose named type may still differ. */
static void check_named_type(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (old->enumeration && new->enumeration) {
        if (enum_breaks(check, old->enumeration, new->enumeration) & check->directions)
            sl_check_add_type_change(
                check, old, new,
                SL_STR("readers on one side lack values that the other writes, or know them by "
                       "other names"));
        return;
    }
    if (!sl_str_equal(type_name(old), type_name(new)))
        sl_check_add_type_change(
            check, old, new,
            SL_STR("the contents of the two types are unrelated: readers of one take the other's "
                   "fields for their own"));
}

void check_field_type_wire(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (groups[old->type].wire == groups[new->type].wire) {
        check_named_type(check, old, new);
        return;
    }
    if (old->type == SL_TYPE_STRING && new->type == SL_TYPE_BYTES)
        return;
    bool is_narrowed = old->type == SL_TYPE_BYTES && new->type == SL_TYPE_STRING;
    if (!is_narrowed)
        sl_check_add_type_change(
            check, old, new,
            SL_STR("the two types are encoded differently: readers on either side find a wrong "
                   "value, an unknown field or malformed data"));
    else if (check->directions & SL_COMPAT_BACKWARD)
        sl_check_add_type_change(check, old, new,
                                 SL_STR("new readers refuse old bytes that are not UTF-8"));
}

void check_field_type_wire_json(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (groups[old->type].json == groups[new->type].json)
        check_named_type(check, old, new);
    else
        sl_check_add_type_change(
            check, old, new,
            SL_STR("the two types are written differently in binary or in JSON: readers on either "
                   "side find a wrong value or refuse it"));
}
