/* compat/reserved.c: numbers and names that are no longer reserved.
 *
 * Messages and enums reserve in the same way, so the two rules are one: what differs is the element's place, the largest number, and what the
 * words are about. Places are looked up for findings only, since that reads source info. */
#include "compat/internal/check.h"

/* A message or an enum; the other is NULL. */
typedef struct keeper {
    const sl_message *message;
    const sl_enum *enumeration;
} keeper;

static sl_str full_name_of(keeper k)
{
    return k.message ? k.message->full_name : k.enumeration->full_name;
}

static sl_location place_of(sl_check *check, keeper k)
{
    return k.message ? sl_place_of_message(check, k.message)
                     : sl_place_of_enum(check, k.enumeration);
}

static bool reserves(sl_check *check, keeper k, sl_str name)
{
    return k.message ? sl_check_message_reserves(check, k.message, name)
                     : sl_check_enum_reserves(check, k.enumeration, name);
}

static sl_range_list ranges_of(keeper k)
{
    return k.message ? (sl_range_list){k.message->reserved_ranges, k.message->reserved_range_count,
                                       SL_FIELD_MAX}
                     : (sl_range_list){k.enumeration->reserved_ranges,
                                       k.enumeration->reserved_range_count, INT32_MAX};
}

static void add_free_range(sl_check *check, keeper old, keeper new, const sl_range *range,
                           sl_str missing)
{
    sl_finding *finding = sl_check_add(check, range);
    if (!finding)
        return;
    finding->at = place_of(check, new);
    finding->previous = place_of(check, old);
    finding->message =
        sl_check_text(check, "%s%.*s no longer reserves %.*s", new.enumeration ? "enum " : "",
                      SL_STR_ARG(full_name_of(new)), SL_STR_ARG(missing));
    finding->why = sl_check_text(
        check, "the numbers belonged to deleted %s: used again, they mislead readers of old data",
        new.enumeration ? "values" : "fields");
    finding->fix = sl_declare_missing(check, "reserved", missing);
}

static void add_free_name(sl_check *check, keeper old, keeper new, const sl_str *name)
{
    sl_finding *finding = sl_check_add(check, name);
    if (!finding)
        return;
    const sl_file *file = new.enumeration ? new.enumeration->file : new.message->file;
    finding->at = place_of(check, new);
    finding->previous = place_of(check, old);
    finding->message = sl_check_text(check, "%s%.*s no longer reserves the name \"%.*s\"",
                                     new.enumeration ? "enum " : "", SL_STR_ARG(full_name_of(new)),
                                     SL_STR_ARG(*name));
    finding->why = sl_check_text(
        check, "the name belonged to a deleted %s: used again, it misleads readers of old JSON",
        new.enumeration ? "value" : "field");
    finding->fix = sl_check_text(check, "reserved %.*s;",
                                 SL_STR_ARG(sl_declare_reserved_name(check, file, *name)));
}

/* `names` are those that the old one reserves. */
static void check_reserved(sl_check *check, keeper old, keeper new, const sl_str *names,
                           size_t name_count)
{
    sl_range_list had = ranges_of(old), has = ranges_of(new);
    uint32_t first = 0;
    for (uint32_t i = 0; i < had.count; i++) {
        sl_str missing = sl_range_missing(check, had.ranges[i], &has, &first);
        if (missing.len > 0)
            add_free_range(check, old, new, &had.ranges[i], missing);
    }
    for (size_t i = 0; i < name_count; i++)
        if (!reserves(check, new, names[i]))
            add_free_name(check, old, new, &names[i]);
}

void check_message_reserved(sl_check *check, const sl_message *old, const sl_message *new)
{
    check_reserved(check, (keeper){.message = old}, (keeper){.message = new},
                   old->proto->reserved_names.items, old->proto->reserved_names.count);
}

void check_enum_reserved(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    check_reserved(check, (keeper){.enumeration = old}, (keeper){.enumeration = new},
                   old->proto->reserved_names.items, old->proto->reserved_names.count);
}
