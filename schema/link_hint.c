/* schema/link_hint.c: what was meant by the name of a type that leads nowhere; and which number is free instead of one that is not.
 *
 * Three things happen: a letter is wrong; the type is there, in another scope or package; the file that has it is not imported. Hints are for
 * findings, of which there are few; since a schema may have a million names, all hints of one linking look at no more than
 * SL_LIMIT_HINT_NAMES of them. */
#include "schema/internal/linker.h"

/* What a type is called where the name was written. */
static sl_str called(sl_str full_name, sl_str short_name, sl_str scope)
{
    sl_str container = {full_name.data, full_name.len - short_name.len};
    if (container.len == 0)
        return full_name;
    container.len--;
    bool is_around = sl_str_starts_with(scope, container) &&
                     (scope.len == container.len || scope.data[container.len] == '.');
    return is_around ? short_name : full_name;
}

static bool is_type_symbol(const sl_symbol *symbol)
{
    return symbol->kind == SL_SYMBOL_MESSAGE || symbol->kind == SL_SYMBOL_ENUM;
}

static bool is_map_entry(const sl_symbol *symbol)
{
    return symbol->kind == SL_SYMBOL_MESSAGE && ((const sl_message *)symbol->item)->is_map_entry;
}

static sl_str last_part(sl_str name)
{
    sl_str before, after;
    return sl_str_split_last(name, '.', &before, &after) ? after : name;
}

/* 0: the same last part, in another scope. Else by how many letters it is wrong; SIZE_MAX: something else. */
static size_t distance_of(sl_str candidate, sl_str full_name, sl_str name, size_t most)
{
    if (sl_str_equal(last_part(full_name), last_part(name)))
        return 0;
    size_t difference =
        candidate.len > name.len ? candidate.len - name.len : name.len - candidate.len;
    return difference > most ? SIZE_MAX : sl_str_edit_distance(candidate, name);
}

void sl_link_hint_type(sl_linker *linker, sl_str scope, sl_str name)
{
    enum { EDITS_MOST = 3, LETTERS_EACH = 4 };
    size_t most = SL_MIN(name.len / LETTERS_EACH + 1, (size_t)EDITS_MOST);
    sl_str nearest = {0};
    if (name.len > 0 && name.data[0] == '.')
        name = (sl_str){name.data + 1, name.len - 1};
    linker->hint_names += linker->schema->names.count;
    if (linker->hint_names > SL_LIMIT_HINT_NAMES)
        return;
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&linker->schema->names, entry));) {
        const sl_symbol *symbol = entry->value;
        if (!is_type_symbol(symbol) || is_map_entry(symbol) ||
            linker->visible[symbol->file->index] != linker->stamp)
            continue;
        sl_str candidate = called(entry->key, last_part(entry->key), scope);
        size_t distance = distance_of(candidate, entry->key, name, most);
        if (distance > most || (distance == most && nearest.data))
            continue;
        nearest = candidate;
        most = distance;
    }
    if (nearest.data)
        sl_link_hint(linker, "did you mean '%.*s'?", SL_STR_ARG(nearest));
}

void sl_link_hint_import(sl_linker *linker, sl_str path)
{
    sl_link_hint(linker, "import \"%.*s\";", SL_STR_ARG(path));
}

void sl_link_hint_elsewhere(sl_linker *linker, sl_str scope, sl_str name)
{
    const sl_link_protos *borrowed = linker->borrowed;
    sl_str path = {0};
    sl_str full_name =
        name.len > 0 && name.data[0] == '.' ? (sl_str){name.data + 1, name.len - 1} : name;
    if (borrowed && borrowed->find_elsewhere)
        path = borrowed->find_elsewhere(borrowed->context, full_name);
    if (path.data)
        sl_link_hint_import(linker, path);
    else
        sl_link_hint_type(linker, scope, name);
}

/* --- numbers --- */

/* Every number that is taken is passed once, in order. */
static int64_t first_free_number(const sl_message *message)
{
    int64_t number = 1;
    uint32_t field = 0;
    for (;;) {
        while (field < message->field_count && message->by_number[field]->number < number)
            field++;
        const sl_range *taken =
            sl_range_find(message->reserved_ranges, message->reserved_range_count, (int32_t)number);
        if (!taken)
            taken = sl_range_find(message->extension_ranges, message->extension_range_count,
                                  (int32_t)number);
        if (taken)
            number = (int64_t)taken->end + 1;
        else if (field < message->field_count && message->by_number[field]->number == number)
            number++;
        else if (number >= SL_NUMBER_OWN_FIRST && number <= SL_NUMBER_OWN_LAST)
            number = SL_NUMBER_OWN_LAST + 1;
        else
            return number;
        if (number > SL_NUMBER_MAX)
            return 0;
    }
}

void sl_link_hint_field_number(sl_linker *linker, const sl_message *message, int64_t *cached)
{
    if (*cached < 0)
        *cached = first_free_number(message);
    if (*cached > 0)
        sl_link_hint(linker, "number %lld is free", (long long)*cached);
}

void sl_link_hint_enum_number(sl_linker *linker, const sl_enum *enumeration)
{
    int64_t number = (int64_t)enumeration->by_number[enumeration->value_count - 1]->number + 1;
    const sl_range *taken = NULL;
    while (number <= INT32_MAX &&
           (taken = sl_range_find(enumeration->reserved_ranges, enumeration->reserved_range_count,
                                  (int32_t)number)))
        number = (int64_t)taken->end + 1;
    if (number <= INT32_MAX)
        sl_link_hint(linker, "number %lld is free", (long long)number);
}
