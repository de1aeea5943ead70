/* compiler/options.c: the passes over the options of a unit.
 *
 * For each element: each of its options in the order of the text → the fields of its name → is it set already → its value on the wire,
 * wrapped in the messages of its name → all of them merged into the bytes that protoc writes.
 *
 *     option (a).b.c = 5;      →      a { b { c: 5 } }      appended to what the options before it said
 *
 * The plain pass leaves options for later that need more than descriptor.proto. The custom pass interprets the elements that have such
 * options once more, all of them, since what is set where and the order of the bytes is a matter of the whole; what was told is not told
 * again. Elements without are not touched: most files have no custom option at all. */
#include "compiler/internal/option_impl.h"

bool sl_option_tell(sl_interpreter *in, sl_span at, sl_diag_id id, const sl_str *args,
                    size_t arg_count)
{
    if (!in->is_quiet)
        sl_diag_tell(in->diags, &in->unit->source, at, id, args, arg_count);
    return false;
}

bool sl_option_merge(sl_interpreter *in, const sl_message *message, sl_bytes bytes, uint32_t depth,
                     sl_buf *out)
{
    sl_merger *merger = &in->merger;
    sl_diag_number most;
    bool is_good = sl_merge_message(merger, message, bytes, depth, out);
    const sl_field *missing = merger->missing;
    merger->missing = NULL;
    merger->entries.count = is_good ? merger->entries.count : 0;
    if (merger->no_memory || (is_good && sl_buf_status(out) != SL_OK))
        return sl_option_no_memory(in);
    if (!is_good)
        return sl_option_refuse(in, in->option->value, OPTION_TOO_DEEP,
                                sl_diag_i64(SL_LIMIT_OPTION_DEPTH, &most));
    if (missing)
        return sl_option_refuse(in, in->option->value, OPTION_REQUIRED, missing->full_name);
    return true;
}

/* --- one option --- */

static bool keep_path(sl_interpreter *in, const sl_option_path *path, uint32_t index)
{
    bool is_repeated = path->fields[path->count - 1]->cardinality == SL_REPEATED;
    uint32_t len = path->count + is_repeated;
    int32_t *steps = sl_arena_alloc(in->unit->scratch, len * sizeof *steps);
    if (!steps)
        return sl_option_no_memory(in);
    for (uint32_t i = 0; i < path->count; i++)
        steps[i] = path->fields[i]->number;
    if (is_repeated)
        steps[path->count] = (int32_t)index;
    in->option->path = steps;
    in->option->path_len = len;
    return true;
}

/* The value, inside the messages of the option's name. */
static void append_wrapped(sl_interpreter *in, const sl_option_path *path)
{
    size_t begins[SL_LIMIT_OPTION_DEPTH + 1];
    uint32_t outer = path->count - 1;
    for (uint32_t i = 0; i < outer; i++)
        begins[i] = sl_option_open(&in->options, path->fields[i]);
    sl_buf_append_str(&in->options, sl_buf_str(&in->value));
    for (uint32_t i = outer; i-- > 0;)
        sl_option_close(&in->options, path->fields[i], begins[i]);
}

static void keep_content(sl_interpreter *in, sl_option_set *set, const sl_option_path *path)
{
    const sl_field *field = path->fields[path->count - 1];
    const sl_message *owner = field->is_extension ? field->extendee : field->parent;
    sl_wire_reader reader = sl_wire_reader_of(sl_buf_bytes(&in->value));
    sl_wire_field wire;
    if (sl_type_is_message(field) && field->cardinality != SL_REPEATED &&
        sl_option_next(&reader, owner, &wire) == SL_OK)
        sl_option_set_content(set, path, wire.bytes);
}

static bool interpret(sl_interpreter *in, bool is_alone)
{
    sl_option *option = in->option;
    sl_option_path path;
    uint32_t index = 0;
    if (!sl_option_resolve(in, &path))
        return false;
    sl_option_set *set = option->parts[0].is_extension ? &in->custom_set : &in->plain_set;
    if (!sl_option_set_add(set, &path, &index))
        return sl_option_refuse(in, option->name, OPTION_SET_TWICE,
                                sl_source_text(&in->unit->source, option->name));
    if (set->no_memory)
        return sl_option_no_memory(in);
    in->depth = path.count - 1;
    sl_buf_clear(&in->value);
    if (!sl_option_put_value(in, path.fields[path.count - 1], &in->value))
        return false;
    if (!is_alone)
        keep_content(in, set, &path);
    append_wrapped(in, &path);
    if (set->no_memory || sl_buf_status(&in->value) != SL_OK ||
        sl_buf_status(&in->options) != SL_OK)
        return sl_option_no_memory(in);
    return keep_path(in, &path, index);
}

/* --- one element --- */

static bool has_extension_part(const sl_option *option)
{
    for (uint32_t i = 0; i < option->part_count; i++)
        if (option->parts[i].is_extension)
            return true;
    return false;
}

static bool is_for_later(const sl_interpreter *in, const sl_option *option)
{
    return !in->draft && has_extension_part(option);
}

/* In the plain pass what is not done is for the custom pass; there everything is tried that has not failed. */
static void interpret_those(sl_interpreter *in, sl_option_list *list, bool are_custom)
{
    for (sl_option *option = list->first; option && in->status == SL_OK; option = option->next) {
        if (option->state == SL_OPTION_FAILED || option->parts[0].is_extension != are_custom)
            continue;
        if (is_for_later(in, option)) {
            option->state = SL_OPTION_LATER;
            list->has_custom = true;
            continue;
        }
        in->option = option;
        in->is_quiet = in->is_copy || (in->draft && option->state == SL_OPTION_DONE);
        in->is_partly = false;
        if (!interpret(in, list->count == 1))
            option->state = SL_OPTION_FAILED;
        else
            option->state = in->is_partly ? SL_OPTION_LATER : SL_OPTION_DONE;
        list->has_custom = list->has_custom || in->is_partly;
    }
    in->is_quiet = false;
}

/* All plain ones go before all custom ones, which matters where both set a field (`(google.protobuf.FieldOptions.deprecated)`). */
static void interpret_all(sl_interpreter *in, sl_option_list *list)
{
    interpret_those(in, list, false);
    interpret_those(in, list, true);
}

static const sl_message *options_message(const sl_interpreter *in, sl_element_kind kind)
{
    sl_str name = sl_element_options_name(kind);
    const sl_message *message = in->draft ? sl_schema_find_message(in->draft, name) : NULL;
    return message ? message : sl_schema_find_message(in->types, name);
}

/* All options merged: a required field may come from one and be missing without it. */
static void keep_bytes(sl_interpreter *in, sl_bytes *ret_bytes)
{
    sl_buf_clear(&in->value);
    if (in->options.len == 0)
        return;
    sl_option_merge(in, in->message, sl_buf_bytes(&in->options), 0, &in->value);
    if (in->status == SL_OK &&
        sl_arena_copy_bytes(in->unit->arena, sl_buf_bytes(&in->value), ret_bytes) != SL_OK)
        in->status = SL_NO_MEMORY;
}

static bool visit_element(void *context, const sl_element *element)
{
    sl_interpreter *in = context;
    if (in->draft && !element->options->has_custom)
        return true;
    in->message = options_message(in, element->kind);
    in->scope = element->scope;
    in->is_copy = element->is_copy;
    if (!in->message)
        return true;
    sl_option_set_clear(&in->plain_set);
    sl_option_set_clear(&in->custom_set);
    sl_buf_clear(&in->options);
    interpret_all(in, element->options);
    if (in->status == SL_OK)
        keep_bytes(in, element->bytes);
    return in->status == SL_OK;
}

/* --- passes --- */

static void interpreter_done(sl_interpreter *in)
{
    if (in->has_view)
        sl_view_done(&in->view);
    sl_option_set_done(&in->plain_set);
    sl_option_set_done(&in->custom_set);
    sl_buf_done(&in->options);
    sl_buf_done(&in->value);
    sl_buf_done(&in->text);
    sl_merger_done(&in->merger);
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&in->enums, entry));)
        sl_map_done(entry->value);
    sl_map_done(&in->enums);
}

static sl_status run(sl_interpreter *in)
{
    in->merger.scratch = in->unit->scratch;
    sl_option_walk(in->unit, visit_element, in, &in->status);
    if (in->diags->no_memory)
        in->status = SL_NO_MEMORY;
    return in->status;
}

sl_status sl_options_interpret_plain(sl_unit *unit, const sl_schema *types, sl_diags *diags)
{
    sl_cleanup(interpreter_done) sl_interpreter in = {.unit = unit, .types = types, .diags = diags};
    return run(&in);
}

sl_status sl_options_interpret_custom(sl_unit *unit, const sl_schema *draft, const sl_schema *types,
                                      sl_diags *diags)
{
    sl_cleanup(interpreter_done)
        sl_interpreter in = {.unit = unit, .types = types, .draft = draft, .diags = diags};
    return run(&in);
}
