/* compiler/option_hint.c: what was probably meant.
 *
 * A name is near another if few letters have to change (sl_str_edit_distance), at most a third of it. Looking takes time that grows with
 * what there is to choose from; it is spent only while findings are still kept, and not on lists that nobody would search by hand. */
#include "compiler/internal/option_impl.h"

enum { CANDIDATES_MOST = 2000 };

typedef struct best_name {
    sl_str wanted, name;
    size_t distance;
} best_name;

static void consider(best_name *best, sl_str compared, sl_str shown)
{
    size_t distance = sl_str_edit_distance(best->wanted, compared);
    if (distance < best->distance && distance <= 1 + best->wanted.len / 3) {
        best->distance = distance;
        best->name = shown;
    }
}

static bool is_worth_it(const sl_interpreter *in, uint32_t candidates)
{
    return !in->is_quiet && candidates <= CANDIDATES_MOST &&
           in->diags->findings->list.count < SL_LIMIT_FINDINGS;
}

sl_str sl_option_nearest_field(const sl_interpreter *in, const sl_message *message, sl_str name)
{
    best_name best = {.wanted = name, .distance = SIZE_MAX};
    if (!is_worth_it(in, message->field_count))
        return best.name;
    for (uint32_t i = 0; i < message->field_count; i++)
        consider(&best, message->fields[i].name, message->fields[i].name);
    return best.name;
}

sl_str sl_option_nearest_value(const sl_interpreter *in, const sl_enum *enumeration, sl_str name)
{
    best_name best = {.wanted = name, .distance = SIZE_MAX};
    if (!is_worth_it(in, enumeration->value_count))
        return best.name;
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        consider(&best, enumeration->values[i].name, enumeration->values[i].name);
    return best.name;
}

sl_str sl_option_name_of_value(const sl_enum *enumeration, const sl_option *option)
{
    bool is_number = option->kind == SL_OPTION_POSITIVE || option->kind == SL_OPTION_NEGATIVE;
    int64_t number = (int64_t)option->number;
    if (!is_number || number < INT32_MIN || number > INT32_MAX)
        return (sl_str){0};
    const sl_enum_value *value = sl_enum_find_value(enumeration, (int32_t)number);
    return value ? value->name : (sl_str){0};
}

static sl_str last_part(sl_str name)
{
    sl_str before, last = name;
    sl_str_split_last(name, '.', &before, &last);
    return last;
}

sl_str sl_option_nearest_extension(const sl_interpreter *in, const sl_message *message, sl_str name)
{
    best_name best = {.wanted = name, .distance = SIZE_MAX};
    if (!is_worth_it(in, message->known_extension_count))
        return best.name;
    for (uint32_t i = 0; i < message->known_extension_count; i++) {
        const sl_field *extension = message->known_extensions[i];
        if (in->has_view && !in->view.sees[extension->file->index])
            continue;
        consider(&best, extension->full_name, extension->full_name);
        if (sl_str_equal(last_part(name), extension->name))
            return extension->full_name;
    }
    return best.name;
}
