/* compat/field.c: rules about a field's name, its oneof, its UTF-8 checking, and its deletion.
 *
 * Type, cardinality and default have files of their own. A field is its number: it may move in the text, and a field with another number
 * is another field, whatever its name. Extensions have no JSON name of their own and are in no oneof. */
#include "compat/internal/check.h"

/* --- deletion --- */

/* What would reserve the number and the name of `old` in `new`, as far as they are not. */
static sl_str declare_reservation(sl_check *check, const sl_field *old, const sl_message *new)
{
    bool has_number =
        sl_range_contains(new->reserved_ranges, new->reserved_range_count, old->number);
    bool has_name = sl_check_message_reserves(check, new, old->name);
    sl_str name = sl_declare_reserved_name(check, new->file, old->name);
    if (has_number)
        return sl_check_text(check, "reserved %.*s;", SL_STR_ARG(name));
    if (has_name)
        return sl_check_text(check, "reserved %d;", old->number);
    return sl_check_text(check, "reserved %d; reserved %.*s;", old->number, SL_STR_ARG(name));
}

static sl_finding *add_deletion(sl_check *check, const sl_field *old, const sl_message *new,
                                const char *how)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return NULL;
    finding->at = sl_place_of_message(check, new);
    finding->previous = sl_place_of_field(check, old);
    finding->message =
        sl_check_text(check, "%.*s was deleted%s", SL_STR_ARG(sl_describe_field(check, old)), how);
    return finding;
}

void check_field_deleted(sl_check *check, const sl_field *old, const sl_message *new)
{
    sl_finding *finding = add_deletion(check, old, new, "");
    if (!finding)
        return;
    finding->why =
        SL_STR("code that names the field no longer builds; new readers do not see its value in "
               "old data, and old readers no longer get one");
    finding->fix = sl_declare_field(check, old);
}

void check_field_number_reserved(sl_check *check, const sl_field *old, const sl_message *new)
{
    if (sl_range_contains(new->reserved_ranges, new->reserved_range_count, old->number))
        return;
    sl_finding *finding = add_deletion(check, old, new, " without reserving its number");
    if (!finding)
        return;
    finding->why =
        SL_STR("a later field may take the number: then new readers misread old data, and old "
               "readers misread new data");
    finding->fix = declare_reservation(check, old, new);
}

void check_field_name_reserved(sl_check *check, const sl_field *old, const sl_message *new)
{
    if (sl_check_message_reserves(check, new, old->name))
        return;
    sl_finding *finding = add_deletion(check, old, new, " without reserving its name");
    if (!finding)
        return;
    finding->why =
        SL_STR("a later field may take the name: then new readers misread old JSON, and old "
               "readers misread new JSON");
    finding->fix = declare_reservation(check, old, new);
}

/* --- names --- */

void check_field_name(sl_check *check, const sl_field *old, const sl_field *new)
{
    sl_str old_name = old->is_extension ? old->full_name : old->name;
    sl_str new_name = new->is_extension ? new->full_name : new->name;
    if (sl_str_equal(old_name, new_name))
        return;
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_in_field(check, new, SL_PART(SL_AT_NAME));
    finding->previous = sl_place_of_field(check, old);
    finding->message =
        sl_check_text(check, "%.*s was renamed to \"%.*s\"",
                      SL_STR_ARG(sl_describe_field(check, old)), SL_STR_ARG(new_name));
    finding->why =
        SL_STR("code that names the field no longer builds, and readers of JSON and of the text "
               "format on either side do not know the other's name");
    finding->fix = sl_declare_field(check, old);
}

void check_field_json_name(sl_check *check, const sl_field *old, const sl_field *new)
{
    bool is_same =
        old->is_extension || new->is_extension || sl_str_equal(old->json_name, new->json_name);
    sl_finding *finding = is_same ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_in_field(check, new, SL_PART(SL_AT_FIELD_JSON_NAME));
    finding->previous = sl_place_of_field(check, old);
    finding->message = sl_check_text(check, "JSON name of %.*s changed from \"%.*s\" to \"%.*s\"",
                                     SL_STR_ARG(sl_describe_field(check, new)),
                                     SL_STR_ARG(old->json_name), SL_STR_ARG(new->json_name));
    finding->why =
        SL_STR("JSON written by one side has a member that readers on the other refuse or skip");
    finding->fix = sl_declare_field(check, old);
}

/* --- oneofs --- */

static const sl_oneof *real_oneof(const sl_field *field)
{
    return field->oneof && !field->oneof->is_synthetic ? field->oneof : NULL;
}

static sl_str describe_move(sl_check *check, const sl_oneof *from, const sl_oneof *to)
{
    if (!from)
        return sl_check_text(check, "was moved into oneof \"%.*s\"", SL_STR_ARG(to->name));
    if (!to)
        return sl_check_text(check, "was moved out of oneof \"%.*s\"", SL_STR_ARG(from->name));
    return sl_check_text(check, "was moved from oneof \"%.*s\" to oneof \"%.*s\"",
                         SL_STR_ARG(from->name), SL_STR_ARG(to->name));
}

static sl_str explain_move(const sl_oneof *from, const sl_oneof *to)
{
    if (!from)
        return SL_STR(
            "old data may hold the field together with other members of the oneof: new readers keep "
            "only the last of them");
    if (!to)
        return SL_STR(
            "new data may hold the field together with members of the oneof: old readers keep only the "
            "last of them");
    return SL_STR(
        "either side may write members together of which readers on the other keep only the last");
}

/* Directions that a move breaks; see rules.def. */
static int move_breaks(const sl_oneof *from, const sl_oneof *to)
{
    if (!from)
        return SL_COMPAT_BACKWARD;
    return to ? SL_COMPAT_BOTH : SL_COMPAT_FORWARD;
}

void check_field_oneof(sl_check *check, const sl_field *old, const sl_field *new)
{
    const sl_oneof *from = real_oneof(old), *to = real_oneof(new);
    bool is_same =
        old->is_extension || (!from && !to) || (from && to && sl_str_equal(from->name, to->name));
    if (is_same || !(move_breaks(from, to) & check->directions))
        return;
    sl_finding *finding = sl_check_add(check, from ? (const void *)from : to);
    if (!finding)
        return;
    finding->at = sl_place_of_field(check, new);
    finding->previous = sl_place_of_field(check, old);
    finding->message = sl_check_text(check, "%.*s %.*s", SL_STR_ARG(sl_describe_field(check, new)),
                                     SL_STR_ARG(describe_move(check, from, to)));
    finding->why = explain_move(from, to);
    sl_str declaration = sl_declare_field(check, old);
    finding->fix = from && declaration.data
                       ? sl_check_text(check, "oneof %.*s { %.*s }", SL_STR_ARG(from->name),
                                       SL_STR_ARG(declaration))
                       : declaration;
}

/* --- strings --- */

void check_field_utf8(sl_check *check, const sl_field *old, const sl_field *new)
{
    bool is_same = old->type != SL_TYPE_STRING || new->type != SL_TYPE_STRING ||
                   old->features.utf8_validation == new->features.utf8_validation;
    sl_finding *finding = is_same ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    bool is_checked = new->is_utf8_checked;
    finding->at = sl_place_in_field(
        check, new, SL_PART(SL_AT_FIELD_OPTIONS, SL_AT_FIELD_FEATURES, SL_AT_FEATURE_UTF8));
    finding->previous = sl_place_of_field(check, old);
    finding->message =
        sl_check_text(check, "%.*s is %s checked for UTF-8",
                      SL_STR_ARG(sl_describe_field(check, new)), is_checked ? "now" : "no longer");
    finding->why = is_checked ? SL_STR("new readers refuse old data whose string is not UTF-8")
                              : SL_STR("old readers refuse new data whose string is not UTF-8");
}
