/* compat/enum.c: rules about enums and their values.
 *
 * A value is its number, and a number may have several names (allow_alias). The values of one number are a group, and a group is what
 * the rules look at: it is deleted when no name of it is left, and it is renamed when a name of it is gone.
 *
 *   by_number   [ Z=0 | A=1 B=1 | C=7 ]      groups: {Z} {A,B} {C} */
#include "compat/internal/check.h"

typedef struct {
    const sl_enum_value *const *values; /* in by_number */
    uint32_t count;
} value_group;

/* The group that begins at *at, which moves behind it. False at the end. */
static bool next_group(const sl_enum *enumeration, uint32_t *at, value_group *ret_group)
{
    uint32_t begin = *at;
    if (begin == enumeration->value_count)
        return false;
    int32_t number = enumeration->by_number[begin]->number;
    while (*at < enumeration->value_count && enumeration->by_number[*at]->number == number)
        (*at)++;
    *ret_group = (value_group){&enumeration->by_number[begin], *at - begin};
    return true;
}

/* --- deletion --- */

typedef struct {
    const sl_enum *old, *new;
    value_group group; /* of the old enum */
} deleted_value;

static bool is_number_reserved(const deleted_value *deleted)
{
    return sl_range_contains(deleted->new->reserved_ranges, deleted->new->reserved_range_count,
                             deleted->group.values[0]->number);
}

static bool are_names_reserved(sl_check *check, const deleted_value *deleted)
{
    for (uint32_t i = 0; i < deleted->group.count; i++) {
        if (!sl_check_enum_reserves(check, deleted->new, deleted->group.values[i]->name))
            return false;
    }
    return true;
}

/* Only the first name: aliases may be many. */
static sl_str declare_reservation(sl_check *check, const deleted_value *deleted)
{
    const sl_enum_value *value = deleted->group.values[0];
    for (uint32_t i = 1;
         i < deleted->group.count && sl_check_enum_reserves(check, deleted->new, value->name); i++)
        value = deleted->group.values[i];
    sl_str name = sl_declare_reserved_name(check, deleted->new->file, value->name);
    if (is_number_reserved(deleted))
        return sl_check_text(check, "reserved %.*s;", SL_STR_ARG(name));
    if (are_names_reserved(check, deleted))
        return sl_check_text(check, "reserved %d;", value->number);
    return sl_check_text(check, "reserved %d; reserved %.*s;", value->number, SL_STR_ARG(name));
}

static sl_finding *add_deletion(sl_check *check, const deleted_value *deleted, const char *how)
{
    const sl_enum_value *value = deleted->group.values[0];
    sl_finding *finding = sl_check_add(check, value);
    if (!finding)
        return NULL;
    finding->at = sl_place_of_enum(check, deleted->new);
    finding->previous = sl_place_of_value(check, deleted->old, value);
    finding->message =
        sl_check_text(check, "value %d \"%.*s\" of enum %.*s was deleted%s", value->number,
                      SL_STR_ARG(value->name), SL_STR_ARG(deleted->new->full_name), how);
    return finding;
}

typedef void deletion_rule(sl_check *check, const deleted_value *deleted);

static void for_each_deleted(sl_check *check, const sl_enum *old, const sl_enum *new,
                             deletion_rule *rule)
{
    deleted_value deleted = {.old = old, .new = new};
    uint32_t at = 0, new_at = 0;
    while (next_group(old, &at, &deleted.group)) {
        int32_t number = deleted.group.values[0]->number;
        while (new_at < new->value_count &&new->by_number[new_at]->number < number)
            new_at++;
        if (new_at == new->value_count || new->by_number[new_at]->number != number)
            rule(check, &deleted);
    }
}

static void judge_deleted(sl_check *check, const deleted_value *deleted)
{
    sl_finding *finding = add_deletion(check, deleted, "");
    if (!finding)
        return;
    const sl_enum_value *value = deleted->group.values[0];
    finding->why = SL_STR(
        "code that names the value no longer builds, and new readers do not know it in old data");
    finding->fix = sl_check_text(check, "%.*s = %d;", SL_STR_ARG(value->name), value->number);
}

static void judge_number(sl_check *check, const deleted_value *deleted)
{
    sl_finding *finding = is_number_reserved(deleted)
                              ? NULL
                              : add_deletion(check, deleted, " without reserving its number");
    if (!finding)
        return;
    finding->why = SL_STR(
        "a later value may take the number: then new readers misread old data, and old readers "
        "misread new data");
    finding->fix = declare_reservation(check, deleted);
}

static void judge_names(sl_check *check, const deleted_value *deleted)
{
    sl_finding *finding = are_names_reserved(check, deleted)
                              ? NULL
                              : add_deletion(check, deleted, " without reserving its name");
    if (!finding)
        return;
    finding->why = SL_STR(
        "a later value may take the name: then new readers misread old JSON, and old readers "
        "misread new JSON");
    finding->fix = declare_reservation(check, deleted);
}

void check_enum_value_deleted(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    for_each_deleted(check, old, new, judge_deleted);
}

void check_enum_value_number_reserved(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    for_each_deleted(check, old, new, judge_number);
}

void check_enum_value_name_reserved(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    for_each_deleted(check, old, new, judge_names);
}

/* --- names --- */

/* The first name of `group` that `other` does not have for the same number; NULL if it has all. */
static const sl_enum_value *find_unknown(sl_check *check, value_group group, const sl_enum *other)
{
    for (uint32_t i = 0; i < group.count; i++) {
        const sl_enum_value *value = group.values[i];
        const sl_enum_value *found = sl_check_find_value(check, other, value->name);
        if (!found || found->number != value->number)
            return value;
    }
    return NULL;
}

static void add_rename(sl_check *check, const sl_enum *old, const sl_enum *new,
                       const sl_enum_value *lost, const sl_enum_value *left)
{
    sl_finding *finding = sl_check_add(check, lost);
    if (!finding)
        return;
    finding->at = sl_place_in_value(check, new, left, SL_PART(SL_AT_VALUE_NUMBER));
    finding->previous = sl_place_of_value(check, old, lost);
    finding->message = sl_check_text(
        check, "value %d of enum %.*s lost its name \"%.*s\" and is called \"%.*s\"", left->number,
        SL_STR_ARG(new->full_name), SL_STR_ARG(lost->name), SL_STR_ARG(left->name));
    finding->why = SL_STR(
        "code that uses the name no longer builds, and readers of JSON do not know the other side's name");
    finding->fix = sl_check_text(check, "%.*s = %d;", SL_STR_ARG(lost->name), lost->number);
}

/* New readers break on a name that is gone; old ones only on a name that they never knew. */
static bool is_rename_wanted(sl_check *check, value_group new_group, const sl_enum *old)
{
    if (check->directions & SL_COMPAT_BACKWARD)
        return true;
    return find_unknown(check, new_group, old) != NULL;
}

void check_enum_value_name(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    value_group old_group, new_group;
    uint32_t old_at = 0, new_at = 0;
    bool has_new = next_group(new, &new_at, &new_group);
    while (has_new && next_group(old, &old_at, &old_group)) {
        while (has_new && new_group.values[0]->number < old_group.values[0]->number)
            has_new = next_group(new, &new_at, &new_group);
        if (!has_new || new_group.values[0]->number != old_group.values[0]->number)
            continue;
        const sl_enum_value *lost = find_unknown(check, old_group, new);
        if (!lost || !is_rename_wanted(check, new_group, old))
            continue;
        for (uint32_t i = 0; i < new_group.count; i++)
            add_rename(check, old, new, lost, new_group.values[i]);
    }
}

/* --- the enum as a whole --- */

void check_enum_openness(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    sl_finding *finding = old->is_closed == new->is_closed ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_in_enum(
        check, new, SL_PART(SL_AT_ENUM_OPTIONS, SL_AT_ENUM_FEATURES, SL_AT_FEATURE_ENUM_TYPE));
    finding->previous = sl_place_of_enum(check, old);
    finding->message = sl_check_text(check, "enum %.*s changed from %s", SL_STR_ARG(new->full_name),
                                     new->is_closed ? "open to closed" : "closed to open");
    finding->why =
        new->is_closed
            ? SL_STR(
                  "new readers set aside values that the enum does not name, which old ones kept")
            : SL_STR(
                  "new readers keep values that the enum does not name, which code may not expect");
    if (new->file->edition >= SL_EDITION_2023)
        finding->fix = new->is_closed ? SL_STR("option features.enum_type = OPEN;")
                                      : SL_STR("option features.enum_type = CLOSED;");
}

void check_enum_json_format(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    bool is_lost =
        old->features.json_format == SL_JSON_ALLOW && new->features.json_format != SL_JSON_ALLOW;
    sl_finding *finding = is_lost ? sl_check_add(check, old) : NULL;
    if (!finding)
        return;
    finding->at = sl_place_in_enum(
        check, new, SL_PART(SL_AT_ENUM_OPTIONS, SL_AT_ENUM_FEATURES, SL_AT_FEATURE_JSON));
    finding->previous = sl_place_of_enum(check, old);
    finding->message =
        sl_check_text(check, "JSON support of enum %.*s changed from ALLOW to LEGACY_BEST_EFFORT",
                      SL_STR_ARG(new->full_name));
    finding->why = SL_STR("readers on either side can no longer rely on the other's JSON");
    if (new->file->edition >= SL_EDITION_2023)
        finding->fix = SL_STR("option features.json_format = ALLOW;");
}
