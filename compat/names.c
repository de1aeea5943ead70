/* compat/names.c: lookups by name that would be quadratic if each walked its list.
 *
 * "Is this name reserved there" is asked once for each deleted field, "which number has this name" once for each enum value and each
 * default. So the names of an element (the reserved ones of a message or enum, the values of an enum) are hashed when they are
 * first asked for, and kept until the check ends: each list is hashed at most once, however many ask and in whatever order.
 * Whether one enum's values are a subset of another's is asked by each field of that type, and is remembered for each pair. */
#include "compat/internal/check.h"

static const char present;

typedef struct {
    sl_map names;
} name_set;

/* The set kept for `owner`; NULL when memory is out. *ret_is_new: it is empty and to be filled. */
static name_set *set_of(sl_check *check, const void *owner, bool *ret_is_new)
{
    name_set *set = sl_map_get(&check->name_sets, (sl_str){(const char *)&owner, sizeof owner});
    *ret_is_new = !set;
    if (set)
        return set;
    sl_str key = {0};
    set = sl_arena_new(&check->arena, name_set);
    sl_status status =
        set ? sl_arena_copy_str(&check->arena, (sl_str){(const char *)&owner, sizeof owner}, &key)
            : SL_NO_MEMORY;
    if (status == SL_OK)
        status = sl_map_set(&check->name_sets, key, set);
    return sl_check_failed(check, status) ? NULL : set;
}

static void put(sl_check *check, name_set *set, sl_str name, const void *value)
{
    sl_check_failed(check, sl_map_set(&set->names, name, (void *)(uintptr_t)value));
}

/* The owner is the list itself, since an enum has two. */
static bool is_reserved(sl_check *check, const sl_str *names, uint32_t count, sl_str name)
{
    if (count == 0)
        return false;
    bool is_new;
    name_set *set = set_of(check, names, &is_new);
    if (!set)
        return false;
    for (uint32_t i = 0; is_new && i < count && !check->no_memory; i++)
        put(check, set, names[i], &present);
    return sl_map_get(&set->names, name) != NULL;
}

bool sl_check_message_reserves(sl_check *check, const sl_message *message, sl_str name)
{
    return is_reserved(check, message->proto->reserved_names.items,
                       message->proto->reserved_names.count, name);
}

bool sl_check_enum_reserves(sl_check *check, const sl_enum *enumeration, sl_str name)
{
    return is_reserved(check, enumeration->proto->reserved_names.items,
                       enumeration->proto->reserved_names.count, name);
}

const sl_enum_value *sl_check_find_value(sl_check *check, const sl_enum *enumeration, sl_str name)
{
    bool is_new;
    name_set *set = set_of(check, enumeration, &is_new);
    if (!set)
        return NULL;
    for (uint32_t i = 0; is_new && i < enumeration->value_count && !check->no_memory; i++)
        put(check, set, enumeration->values[i].name, &enumeration->values[i]);
    return sl_map_get(&set->names, name);
}

static bool find_missing(sl_check *check, const sl_enum *part, const sl_enum *whole)
{
    if (part->value_count > whole->value_count)
        return true; /* names differ within an enum */
    for (uint32_t i = 0; i < part->value_count; i++) {
        const sl_enum_value *value = &part->values[i];
        const sl_enum_value *found = sl_check_find_value(check, whole, value->name);
        if (!found || found->number != value->number)
            return true;
    }
    return false;
}

bool sl_check_enum_missing(sl_check *check, const sl_enum *part, const sl_enum *whole)
{
    static const bool answers[] = {false, true};
    const sl_enum *pair[] = {part, whole};
    sl_str key = {(const char *)pair, sizeof pair};
    const bool *known = sl_map_get(&check->enum_subsets, key);
    if (known)
        return *known;
    bool is_missing = find_missing(check, part, whole);
    sl_status status = sl_arena_copy_str(&check->arena, key, &key);
    if (status == SL_OK)
        status = sl_map_set(&check->enum_subsets, key, (void *)(uintptr_t)&answers[is_missing]);
    sl_check_failed(check, status);
    return is_missing;
}

sl_str sl_check_rename(sl_check *check, sl_str full_name, const sl_file *old_file,
                       const sl_file *new_file)
{
    if (sl_str_equal(old_file->package, new_file->package))
        return full_name;
    size_t skipped = old_file->package.len ? old_file->package.len + 1 : 0;
    sl_str nested = {full_name.data + skipped, full_name.len - skipped};
    if (new_file->package.len == 0)
        return nested;
    return sl_check_text(check, "%.*s.%.*s", SL_STR_ARG(new_file->package), SL_STR_ARG(nested));
}

void sl_check_names_done(sl_check *check)
{
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&check->name_sets, entry));)
        sl_map_done(&((name_set *)entry->value)->names);
    sl_map_done(&check->name_sets);
    sl_map_done(&check->enum_subsets);
}
