/* compat/cardinality.c: rules about how many values a field has.
 *
 * Five cardinalities, and for data three questions that a reader of one asks of what a writer of another wrote:
 *
 *   reader \ writer   singular      required      repeated          map
 *   singular          fine          fine          last one only     last one only
 *   required          may be absent fine          may be absent     may be absent
 *   repeated, map     fine (one)    fine (one)    fine              fine
 *
 * (a packed repeated number is not even that to a singular reader). BACKWARD asks it of the new reader and the old writer, FORWARD of
 * the old reader and the new writer. With or without presence is the same bytes and the same JSON; generated code differs. In JSON one
 * value, a list and a map are written differently, so there any change between those breaks both. */
#include "compat/internal/check.h"

typedef enum { IMPLICIT, EXPLICIT, REQUIRED, REPEATED, MAP } cardinality;

static cardinality cardinality_of(const sl_field *field)
{
    if (field->is_map)
        return MAP;
    if (field->cardinality == SL_REPEATED)
        return REPEATED;
    if (field->cardinality == SL_REQUIRED)
        return REQUIRED;
    return field->has_presence ? EXPLICIT : IMPLICIT;
}

static const char *cardinality_name(cardinality value)
{
    static const char *const names[] = {
        [IMPLICIT] = "singular without presence",
        [EXPLICIT] = "singular with presence",
        [REQUIRED] = "required",
        [REPEATED] = "repeated",
        [MAP] = "a map",
    };
    return names[value];
}

static bool is_many(cardinality value)
{
    return value == REPEATED || value == MAP;
}

/* Their fields are what they are in every map. */
static bool are_in_map_entries(const sl_field *old, const sl_field *new)
{
    return old->parent && new->parent && old->parent->is_map_entry &&new->parent->is_map_entry &&
           !old->is_extension;
}

static bool breaks_reader(cardinality reader, cardinality writer)
{
    if (is_many(reader))
        return false;
    return is_many(writer) || (reader == REQUIRED && writer != REQUIRED);
}

static int wire_breaks(cardinality old, cardinality new)
{
    return (breaks_reader(new, old) ? SL_COMPAT_BACKWARD : 0) |
           (breaks_reader(old, new) ? SL_COMPAT_FORWARD : 0);
}

static int json_breaks(cardinality old, cardinality new)
{
    bool has_same_form = is_many(old) || is_many(new) ? old == new : true;
    return has_same_form ? wire_breaks(old, new) : SL_COMPAT_BOTH;
}

static void add_change(sl_check *check, const sl_field *old, const sl_field *new, sl_str why)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_field(check, new);
    finding->previous = sl_place_of_field(check, old);
    finding->message = sl_check_text(
        check, "%.*s changed from %s to %s", SL_STR_ARG(sl_describe_field(check, new)),
        cardinality_name(cardinality_of(old)), cardinality_name(cardinality_of(new)));
    finding->why = why;
    finding->fix = sl_declare_field(check, old);
}

/* Who breaks, in words: `breaks` holds one direction or both. */
static sl_str explain(int breaks, cardinality old, cardinality new)
{
    if (breaks == SL_COMPAT_BOTH)
        return SL_STR(
            "one value, a list and a map are written differently: readers on either side refuse the other's JSON "
            "or lose values");
    bool is_backward = breaks == SL_COMPAT_BACKWARD;
    if (is_many(is_backward ? old : new))
        return is_backward
                   ? SL_STR("new readers keep only the last of several values in old data, or none")
                   : SL_STR(
                         "old readers keep only the last of several values in new data, or none");
    return is_backward ? SL_STR("new readers refuse old data that lacks the field")
                       : SL_STR("old readers refuse new data that lacks the field");
}

void check_field_cardinality(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (cardinality_of(old) == cardinality_of(new) || are_in_map_entries(old, new))
        return;
    add_change(
        check, old, new,
        SL_STR("code that uses the field no longer builds or behaves otherwise where it is unset"));
}

void check_field_cardinality_wire(sl_check *check, const sl_field *old, const sl_field *new)
{
    int breaks = wire_breaks(cardinality_of(old), cardinality_of(new));
    if ((breaks & check->directions) && !are_in_map_entries(old, new))
        add_change(check, old, new, explain(breaks, cardinality_of(old), cardinality_of(new)));
}

void check_field_cardinality_wire_json(sl_check *check, const sl_field *old, const sl_field *new)
{
    int breaks = json_breaks(cardinality_of(old), cardinality_of(new));
    if ((breaks & check->directions) && !are_in_map_entries(old, new))
        add_change(check, old, new, explain(breaks, cardinality_of(old), cardinality_of(new)));
}
