/* compiler/option_strip.c: options of source retention leave the descriptor.
 *
 * A field of an option that says `retention = RETENTION_SOURCE` is for those who have the source only: protoc takes it out of what it
 * writes, however deep it lies, but for what is inside groups, which its walk does not enter. The place of an option in source info goes
 * when a field on its path went. An element of whose options nothing is left has none; one that had an empty message keeps it.
 *
 * This is the last that happens to options: the checks want to see what was written. */
#include "compiler/internal/option_impl.h"

typedef struct strip_state {
    sl_unit *unit;
    const sl_schema *draft, *types;
    sl_merger merger;
    sl_buf out;
    sl_status status;
} strip_state;

static const sl_field *find_field(const sl_message *message, int32_t number)
{
    const sl_field *field = sl_message_find_field(message, number);
    return field ? field : sl_message_find_extension(message, number);
}

/* Depth is that of the message, which merging has bounded. */
static bool has_source_only(const sl_message *message, sl_bytes bytes)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field wire;
    while (sl_option_next(&reader, message, &wire) == SL_OK) {
        const sl_field *field = find_field(message, (int32_t)wire.tag.number);
        if (field && sl_field_is_source_only(field))
            return true;
        bool may_go_in = field && field->type == SL_TYPE_MESSAGE && wire.tag.type == SL_WIRE_LEN;
        if (may_go_in && has_source_only(field->message, wire.bytes))
            return true;
    }
    return false;
}

/* Is the option, or something that it lies in, taken out? */
static bool is_taken_out(const sl_message *message, const sl_option *option)
{
    for (uint32_t i = 0; i < option->path_len && message; i++) {
        const sl_field *field = find_field(message, option->path[i]);
        if (!field)
            return false;
        if (sl_field_is_source_only(field))
            return true;
        /* Behind a repeated field stands its index. */
        bool may_go_in = field->type == SL_TYPE_MESSAGE && field->cardinality != SL_REPEATED;
        message = may_go_in ? field->message : NULL;
    }
    return false;
}

static void mark_options(const sl_message *message, const sl_element *element, bool is_all_stripped)
{
    for (sl_option *option = element->options->first; option; option = option->next) {
        option->is_stripped = option->path && is_taken_out(message, option);
        option->is_all_stripped = is_all_stripped;
    }
}

static bool visit_element(void *context, const sl_element *element)
{
    strip_state *strip = context;
    sl_str name = sl_element_options_name(element->kind);
    const sl_message *message = sl_schema_find_message(strip->draft, name);
    if (!message)
        message = sl_schema_find_message(strip->types, name);
    if (!message || !has_source_only(message, *element->bytes))
        return true;
    sl_buf_clear(&strip->out);
    bool is_good = sl_merge_message(&strip->merger, message, *element->bytes, 0, &strip->out);
    if (!is_good || sl_buf_status(&strip->out) != SL_OK) {
        strip->status = SL_NO_MEMORY;
        return false;
    }
    bool is_all_stripped = strip->out.len == 0;
    mark_options(message, element, is_all_stripped);
    *element->bytes = (sl_bytes){0};
    if (!is_all_stripped)
        strip->status =
            sl_arena_copy_bytes(strip->unit->arena, sl_buf_bytes(&strip->out), element->bytes);
    return strip->status == SL_OK;
}

sl_status sl_options_strip(sl_unit *unit, const sl_schema *draft, const sl_schema *types)
{
    strip_state strip = {
        .unit = unit,
        .draft = draft,
        .types = types,
        .merger = {.strips_source = true, .scratch = unit->scratch},
    };
    sl_option_walk(unit, visit_element, &strip, &strip.status);
    sl_buf_done(&strip.out);
    sl_merger_done(&strip.merger);
    return strip.status;
}
