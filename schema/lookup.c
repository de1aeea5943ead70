/* schema/lookup.c: questions to a linked schema, and its life. */
#include "schema/internal/schema_impl.h"
#include "wire/wire.h"

enum { SET_FILE = 1 }; /* FileDescriptorSet.file */

/* --- life --- */

sl_schema *sl_schema_ref(sl_schema *schema)
{
    if (schema)
        atomic_fetch_add_explicit(&schema->refs, 1, memory_order_relaxed);
    return schema;
}

sl_schema *sl_schema_unref(sl_schema *schema)
{
    if (!schema || atomic_fetch_sub_explicit(&schema->refs, 1, memory_order_acq_rel) > 1)
        return NULL;
    sl_map_done(&schema->files);
    sl_map_done(&schema->names);
    sl_arena_done(&schema->arena);
    sl_free(schema);
    return NULL;
}

/* --- the whole --- */

size_t sl_schema_file_count(const sl_schema *schema)
{
    return schema->file_count;
}

const sl_file *sl_schema_file_at(const sl_schema *schema, size_t index)
{
    return schema->ordered[index];
}

const sl_file *sl_schema_main_file(const sl_schema *schema)
{
    return schema->main;
}

size_t sl_schema_message_count(const sl_schema *schema)
{
    return schema->message_count;
}

static size_t map_memory(const sl_map *map)
{
    return map->cap * sizeof *map->entries + map->slot_count * sizeof *map->slots;
}

size_t sl_schema_memory(const sl_schema *schema)
{
    return sizeof *schema + schema->arena.used + map_memory(&schema->files) +
           map_memory(&schema->names);
}

void sl_schema_write_set(const sl_schema *schema, bool with_source_info, sl_buf *buf)
{
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    for (size_t i = 0; i < schema->file_count; i++) {
        sl_bytes bytes = schema->ordered[i]->serialized;
        if (with_source_info) {
            sl_buf_clear(&file);
            sl_file_proto_write(schema->ordered[i]->proto, true, &file);
            bytes = sl_buf_bytes(&file);
            /* What failed is incomplete, and the caller looks at `buf` only. */
            buf->has_failed = buf->has_failed || file.has_failed;
            buf->no_memory = buf->no_memory || file.no_memory;
        }
        sl_wire_put_len(buf, SET_FILE, bytes);
    }
}

/* --- by full name --- */

static const void *find(const sl_schema *schema, sl_str full_name, sl_symbol_kind kind)
{
    const sl_symbol *symbol = sl_map_get(&schema->names, full_name);
    return symbol && symbol->kind == kind ? symbol->item : NULL;
}

const sl_file *sl_schema_find_file(const sl_schema *schema, sl_str path)
{
    return sl_map_get(&schema->files, path);
}

const sl_message *sl_schema_find_message(const sl_schema *schema, sl_str full_name)
{
    return find(schema, full_name, SL_SYMBOL_MESSAGE);
}

const sl_enum *sl_schema_find_enum(const sl_schema *schema, sl_str full_name)
{
    return find(schema, full_name, SL_SYMBOL_ENUM);
}

const sl_service *sl_schema_find_service(const sl_schema *schema, sl_str full_name)
{
    return find(schema, full_name, SL_SYMBOL_SERVICE);
}

const sl_field *sl_schema_find_extension(const sl_schema *schema, sl_str full_name)
{
    return find(schema, full_name, SL_SYMBOL_EXTENSION);
}

/* --- in one message or enum: binary search, the first of equals --- */

static const sl_field *find_by_number(const sl_field *const *fields, uint32_t count, int32_t number)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (fields[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && fields[low]->number == number ? fields[low] : NULL;
}

const sl_field *sl_message_find_field(const sl_message *message, int32_t number)
{
    return find_by_number(message->by_number, message->field_count, number);
}

const sl_field *sl_message_find_extension(const sl_message *message, int32_t number)
{
    return find_by_number(message->known_extensions, message->known_extension_count, number);
}

const sl_field *sl_message_find_field_by_name(const sl_message *message, sl_str name)
{
    uint32_t low = 0, high = message->field_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = sl_str_compare(message->by_name[middle]->name, name);
        if (order == 0)
            return message->by_name[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const sl_enum_value *sl_enum_find_value(const sl_enum *enumeration, int32_t number)
{
    uint32_t low = 0, high = enumeration->value_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (enumeration->by_number[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = low < enumeration->value_count && enumeration->by_number[low]->number == number;
    return is_found ? enumeration->by_number[low] : NULL;
}

const sl_range *sl_range_find(const sl_range *ranges, uint32_t count, int32_t number)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ranges[middle].end < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].start <= number ? &ranges[low] : NULL;
}

bool sl_range_contains(const sl_range *ranges, uint32_t count, int32_t number)
{
    return sl_range_find(ranges, count, number) != NULL;
}

/* --- message indexes --- */

const sl_message *sl_schema_message_at(const sl_schema *schema, const int32_t *indexes,
                                       size_t count)
{
    const sl_message *level = schema->main->messages, *message = NULL;
    uint32_t level_count = schema->main->message_count;
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] < 0 || (uint32_t)indexes[i] >= level_count)
            return NULL;
        message = &level[indexes[i]];
        level = message->messages;
        level_count = message->message_count;
    }
    return message;
}

size_t sl_message_indexes(const sl_schema *schema, const sl_message *message,
                          int32_t ret_indexes[SL_LIMIT_MESSAGE_INDEXES])
{
    size_t depth = 0;
    for (const sl_message *at = message; at; at = at->parent)
        depth++;
    if (message->file != schema->main || depth > SL_LIMIT_MESSAGE_INDEXES)
        return 0;
    for (size_t i = depth; i-- > 0; message = message->parent)
        ret_indexes[i] = (int32_t)message->index;
    return depth;
}
