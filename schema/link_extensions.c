/* schema/link_extensions.c: the last pass: which extensions each message has, from all files of the schema.
 *
 * An extension lives where it is declared and is looked for at the message that it extends, by number. So they are gathered, counted by
 * message, and laid down as one sorted list each. Extensions from files that a reader would not import are listed too: the
 * schema is the set of its files. */
#include "schema/internal/linker.h"

#include <stdlib.h>

static sl_symbol symbol_of(const sl_field *extension)
{
    return sl_symbol_of(SL_SYMBOL_EXTENSION, extension->file, extension);
}

static sl_status check_extension(sl_linker *linker, const sl_field *extension)
{
    const sl_message *extendee = extension->extendee;
    sl_symbol symbol = symbol_of(extension);
    int32_t number = extension->number;
    bool is_own = number >= SL_NUMBER_OWN_FIRST && number <= SL_NUMBER_OWN_LAST;
    if (is_own ||
        !sl_range_contains(extendee->extension_ranges, extendee->extension_range_count, number))
        return sl_link_finding(
            linker, SL_LINK_EXTENSION_NUMBER_INVALID,
            sl_link_locate_part(linker, &symbol, SL_PART_FIELD_NUMBER),
            "extension '%.*s' of '%.*s' has number %d, which %s", SL_STR_ARG(extension->full_name),
            SL_STR_ARG(extendee->full_name), number,
            is_own ? "Protobuf keeps for itself" : "is in none of its extension ranges");
    if (extendee->is_message_set && extension->type != 0 &&
        (extension->cardinality != SL_SINGULAR || extension->type != SL_TYPE_MESSAGE))
        return sl_link_finding(linker, SL_LINK_MESSAGE_SET_INVALID, sl_link_locate(linker, &symbol),
                               "extension '%.*s' of message set '%.*s' is no singular message",
                               SL_STR_ARG(extension->full_name), SL_STR_ARG(extendee->full_name));
    return SL_OK;
}

typedef SL_VEC(sl_field *) extension_list;

static sl_status gather(sl_linker *linker, extension_list *list, const sl_field *extensions,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sl_field *extension = (sl_field *)&extensions[i];
        if (!extension->extendee)
            continue;
        if (sl_vec_push(list, extension) != SL_OK)
            return sl_error_no_memory(linker->err);
        SL_TRY(check_extension(linker, extension));
    }
    return SL_OK;
}

static int by_extendee(const void *a, const void *b)
{
    const sl_field *left = *(const sl_field *const *)a, *right = *(const sl_field *const *)b;
    if (left->extendee->serial != right->extendee->serial)
        return left->extendee->serial < right->extendee->serial ? -1 : 1;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    if (left->file != right->file)
        return left->file->index < right->file->index ? -1 : 1;
    return sl_str_compare(left->full_name, right->full_name);
}

static sl_status check_duplicate(sl_linker *linker, const sl_field *extension,
                                 const sl_field *before)
{
    if (extension->extendee != before->extendee || extension->number != before->number)
        return SL_OK;
    sl_symbol symbol = symbol_of(extension), first = symbol_of(before);
    /* In source text protoc only warns of what two files say; a descriptor set with both it refuses. */
    bool is_warning = linker->borrowed && extension->file != before->file;
    sl_link_place place = {is_warning ? SL_SEVERITY_WARNING : SL_SEVERITY_ERROR,
                           sl_link_locate_part(linker, &symbol, SL_PART_FIELD_NUMBER),
                           sl_link_locate_part(linker, &first, SL_PART_FIELD_NUMBER)};
    return sl_link_finding_of(linker, SL_LINK_EXTENSION_NUMBER_DUPLICATE, &place,
                              "extension '%.*s' has number %d of '%.*s', as '%.*s' has",
                              SL_STR_ARG(extension->full_name), extension->number,
                              SL_STR_ARG(extension->extendee->full_name),
                              SL_STR_ARG(before->full_name));
}

/* The sorted list is kept whole; each message has its piece of it. */
static sl_status hand_out(sl_linker *linker, const extension_list *list)
{
    const sl_field **sorted = sl_link_array(linker, const sl_field *, list->count);
    if (!sorted)
        return sl_error_no_memory(linker->err);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = list->items[i];
    qsort(sorted, list->count, sizeof *sorted, by_extendee);
    for (size_t i = 0; i < list->count; i++) {
        sl_message *extendee = (sl_message *)sorted[i]->extendee;
        if (extendee->known_extension_count++ == 0)
            extendee->known_extensions = &sorted[i];
        if (i > 0)
            SL_TRY(check_duplicate(linker, sorted[i], sorted[i - 1]));
    }
    return SL_OK;
}

static sl_status gather_all(sl_linker *linker, extension_list *list)
{
    for (size_t i = 0; i < linker->schema->file_count; i++) {
        const sl_file *file = linker->schema->ordered[i];
        SL_TRY(gather(linker, list, file->extensions, file->extension_count));
    }
    for (size_t i = 0; i < linker->messages.count; i++) {
        const sl_message *message = linker->messages.items[i];
        SL_TRY(gather(linker, list, message->extensions, message->extension_count));
    }
    return SL_OK;
}

sl_status sl_link_extensions(sl_linker *linker)
{
    extension_list list = {0};
    sl_status status = gather_all(linker, &list);
    if (status == SL_OK)
        status = hand_out(linker, &list);
    sl_vec_done(&list);
    return status;
}
