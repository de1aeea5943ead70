/* schema/print_options.c: options as statements, or in brackets.
 *
 *     option java_package = "com.example";
 *     option features.field_presence = IMPLICIT;
 *     option (.google.api.http) = {
 *       get: "/v1/orders"
 *     };
 *
 * Options come out by number, each element of a repeated one by itself. Those that Protobuf itself has are written down to their leaves
 * (`features.x`), extensions as aggregates: both are how people write them, and a compiler merges the leaves again.
 *
 * In brackets, one short option stays on the line; several, or one over lines, get a line each. */
#include "schema/internal/field_type.h"
#include "schema/internal/printer.h"
#include "wire/wire.h"

#include <stdio.h>

/* --- features that are kept in source only --- */

/* From edition 2024 on a descriptor may come from a source that turned a check off by a feature that is not written into descriptors. What is
 * left of it is a FeatureSet, which may be empty. So wherever there is one, the checks are turned off again: the text compiles, and
 * of what is added nothing gets into the descriptor. */
static const struct {
    uint8_t number, value;
    sl_edition since;
    uint32_t targets; /* bits of sl_option_target; 0: all */
} relaxed[] = {
    {7, 2, SL_EDITION_2024, 0},                        /* enforce_naming_style = STYLE_LEGACY */
    {8, 1, SL_EDITION_2024, 1U << SL_OPTIONS_OF_FILE}, /* default_symbol_visibility = EXPORT_ALL */
    {9, 1, SL_EDITION_2026,                            /* enforce_proto_limits = LEGACY_… */
     1U << SL_OPTIONS_OF_MESSAGE | 1U << SL_OPTIONS_OF_FIELD | 1U << SL_OPTIONS_OF_ONEOF |
         1U << SL_OPTIONS_OF_ENUM},
};

static const uint32_t features_numbers[SL_OPTION_TARGET_COUNT] = {
    [SL_OPTIONS_OF_FILE] = 50,    [SL_OPTIONS_OF_MESSAGE] = 12, [SL_OPTIONS_OF_FIELD] = 21,
    [SL_OPTIONS_OF_ONEOF] = 1,    [SL_OPTIONS_OF_ENUM] = 7,     [SL_OPTIONS_OF_ENUM_VALUE] = 2,
    [SL_OPTIONS_OF_SERVICE] = 34, [SL_OPTIONS_OF_METHOD] = 35,  [SL_OPTIONS_OF_RANGE] = 50,
};

static void put_relaxed(const sl_printer *printer, sl_option_target target, sl_bytes features,
                        sl_buf *out)
{
    sl_wire_reader reader = sl_wire_reader_of(features);
    sl_wire_field field = {0};
    bool has_field = sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK;
    for (size_t i = 0; i < SL_ARRAY_LEN(relaxed); i++) {
        uint32_t number = relaxed[i].number;
        bool is_wanted = printer->file->edition >= relaxed[i].since &&
                         (!relaxed[i].targets || relaxed[i].targets & 1U << target);
        for (; has_field && field.tag.number < number;
             has_field = sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK)
            sl_buf_append(out, field.raw.data, field.raw.len);
        if (!is_wanted || (has_field && field.tag.number == number))
            continue;
        sl_wire_put_tag(out, number, SL_WIRE_VARINT);
        sl_wire_put_varint(out, relaxed[i].value);
    }
    for (; has_field;
         has_field = sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK)
        sl_buf_append(out, field.raw.data, field.raw.len);
}

/* `known`, with its features relaxed. */
static void relax_features(const sl_printer *printer, sl_option_target target, sl_buf *known)
{
    sl_cleanup(sl_buf_done) sl_buf relaxed_known = {0};
    sl_cleanup(sl_buf_done) sl_buf features = {0};
    sl_wire_reader reader = sl_wire_reader_of(sl_buf_bytes(known));
    sl_wire_field field;
    if (printer->file->edition < SL_EDITION_2024)
        return;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.number != features_numbers[target] || field.tag.type != SL_WIRE_LEN) {
            sl_buf_append(&relaxed_known, field.raw.data, field.raw.len);
            continue;
        }
        put_relaxed(printer, target, field.bytes, &features);
        sl_wire_put_len(&relaxed_known, field.tag.number, sl_buf_bytes(&features));
    }
    if (features.has_failed)
        relaxed_known.has_failed = true;
    sl_buf before = *known;
    *known = relaxed_known;
    relaxed_known = before;
}

sl_option_bytes sl_print_take_options(sl_printer *printer, sl_option_target target,
                                      sl_bytes options, sl_str of)
{
    sl_cleanup(sl_buf_done) sl_buf known = {0};
    sl_cleanup(sl_buf_done) sl_buf lost = {0};
    sl_cleanup(sl_buf_done) sl_buf both = {0};
    sl_option_bytes taken = {0};
    sl_option_split split = {.printer = printer};
    const sl_message *type = printer->option_types[target];
    if (options.len == 0) {
        if (options.data && target != SL_OPTIONS_OF_METHOD)
            sl_print_tell(printer, SL_TEXT_OTHER_FORM, "%.*s has empty options", SL_STR_ARG(of));
        return taken;
    }
    if (!sl_option_bytes_split(&split, type, options, &known, &lost, 0)) {
        known.len = lost.len = 0;
        sl_buf_append(&lost, options.data, options.len);
    }
    sl_buf_append_str(&both, sl_buf_str(&known));
    sl_buf_append_str(&both, sl_buf_str(&lost));
    relax_features(printer, target, &known);
    bool is_failed = known.has_failed || lost.has_failed || both.has_failed;
    if (is_failed ||
        sl_arena_copy_bytes(&printer->scratch, sl_buf_bytes(&known), &taken.known) != SL_OK ||
        sl_arena_copy_bytes(&printer->scratch, sl_buf_bytes(&lost), &taken.lost) != SL_OK) {
        sl_print_no_memory(printer);
        return (sl_option_bytes){0};
    }
    if (lost.len)
        sl_print_tell(printer, SL_TEXT_OPTION_UNKNOWN,
                      "%zu bytes of the options of %.*s have no name to be written by", lost.len,
                      SL_STR_ARG(of));
    else if (!sl_bytes_equal(sl_buf_bytes(&both), options))
        sl_print_tell(printer, SL_TEXT_OPTION_FORM,
                      "the options of %.*s are not in a compiler's order and form", SL_STR_ARG(of));
    if (split.has_source_only)
        sl_print_tell(printer, SL_TEXT_OPTION_SOURCE_ONLY,
                      "%.*s has an option that is kept in source only", SL_STR_ARG(of));
    return taken;
}

void sl_print_lost_options(sl_printer *printer, const sl_option_bytes *options)
{
    if (options->lost.len == 0)
        return;
    sl_put_indent(printer);
    sl_put(printer, "// left out: options ");
    sl_put_quoted(printer->out, options->lost, false);
    sl_put(printer, "\n");
}

/* --- one assignment after the other --- */

typedef struct option_walk {
    sl_printer *printer;
    bool is_statement;
    sl_buf name;           /* of the option so far: "features." */
    SL_VEC(size_t) starts; /* in brackets: where in the output each begins */
} option_walk;

static void walk_done(option_walk *walk)
{
    sl_buf_done(&walk->name);
    sl_vec_done(&walk->starts);
}

static void put_part(option_walk *walk, const sl_field *field)
{
    sl_printer *printer = walk->printer;
    sl_buf *out = printer->out;
    if (!field->is_extension) {
        sl_buf_append_str(&walk->name, field->name);
        return;
    }
    printer->out = &walk->name;
    sl_put(printer, "(");
    sl_print_extension_name(printer, field->full_name);
    sl_put(printer, ")");
    printer->out = out;
}

static void put_assignment(option_walk *walk, const sl_field *field, uint64_t number,
                           sl_bytes bytes)
{
    sl_printer *printer = walk->printer;
    const sl_source_spot *place = NULL;
    size_t len = walk->name.len;
    if (walk->is_statement) {
        place = sl_print_place(printer);
        sl_print_leading(printer, place);
        sl_put_indent(printer);
        sl_put(printer, "option ");
    } else if (sl_vec_push(&walk->starts, printer->out->len) != SL_OK) {
        sl_print_no_memory(printer);
    }
    put_part(walk, field);
    if (walk->name.has_failed)
        sl_print_no_memory(printer);
    sl_put_str(printer, sl_buf_str(&walk->name));
    walk->name.len = len;
    sl_put(printer, " = ");
    sl_print_value(printer, field, number, bytes);
    if (walk->is_statement) {
        sl_put(printer, ";");
        sl_print_trailing(printer, place);
    }
}

static void put_packed(option_walk *walk, const sl_field *field, sl_bytes bytes)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    uint64_t number = 0;
    while (!sl_wire_at_end(&reader) && sl_print_next_packed(&reader, field->type, &number))
        put_assignment(walk, field, number, (sl_bytes){0});
}

/* Written by its leaves? Only what is Protobuf's own, and no further down than its features. */
static bool is_spread(const sl_field *field, sl_bytes content, uint32_t depth)
{
    enum { SPREAD_LEVELS = 2 };
    bool is_singular_message =
        sl_field_type_is_message(field->type) && field->cardinality != SL_REPEATED;
    return is_singular_message && content.len > 0 && depth < SPREAD_LEVELS &&
           (depth > 0 || !field->is_extension);
}

static void put_fields(option_walk *walk, const sl_message *type, sl_bytes bytes, uint32_t depth)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field wire;
    int32_t index = 0;
    uint32_t previous = 0;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &wire) == SL_OK) {
        const sl_field *field = sl_option_type_field(type, (int32_t)wire.tag.number);
        if (!field)
            continue;
        bool is_repeated = field->cardinality == SL_REPEATED;
        index = wire.tag.number == previous ? index + 1 : 0;
        previous = wire.tag.number;
        sl_path_push(walk->printer, field->number);
        if (is_repeated)
            sl_path_push(walk->printer, index);
        if (is_repeated && wire.tag.type == SL_WIRE_LEN && sl_field_type_is_packable(field->type)) {
            put_packed(walk, field, wire.bytes);
        } else if (is_spread(field, wire.bytes, depth)) {
            size_t len = walk->name.len;
            put_part(walk, field);
            sl_buf_append_byte(&walk->name, '.');
            put_fields(walk, field->message, wire.bytes, depth + 1);
            walk->name.len = len;
        } else {
            put_assignment(walk, field, wire.number_value, wire.bytes);
        }
        sl_path_pop(walk->printer, is_repeated ? 2 : 1);
    }
}

bool sl_print_option_statements(sl_printer *printer, sl_option_target target,
                                const sl_option_bytes *options)
{
    sl_cleanup(walk_done) option_walk walk = {.printer = printer, .is_statement = true};
    size_t begin = printer->out->len;
    put_fields(&walk, printer->option_types[target], options->known, 0);
    return printer->out->len > begin;
}

/* --- brackets --- */

/* Starts of items in `text` become lines of their own, or one stays where it is. */
static void lay_out(sl_printer *printer, sl_str text, const size_t *starts, size_t count)
{
    bool is_short = count == 1 && !memchr(text.data, '\n', text.len);
    sl_put_str(printer, sl_str_from(is_short ? " [" : " [\n"));
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count ? starts[i + 1] : text.len;
        if (!is_short) {
            printer->indent++;
            sl_put_indent(printer);
            printer->indent--;
        }
        sl_buf_append(printer->out, text.data + starts[i], end - starts[i]);
        if (i + 1 < count)
            sl_put(printer, ",");
        if (!is_short)
            sl_put(printer, "\n");
    }
    if (!is_short)
        sl_put_indent(printer);
    sl_put(printer, "]");
}

void sl_print_option_brackets(sl_printer *printer, sl_option_target target,
                              const sl_option_bytes *options, const sl_str *extras,
                              size_t extra_count)
{
    sl_cleanup(walk_done) option_walk walk = {.printer = printer};
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_buf *out = printer->out;
    if (options->known.len == 0 && extra_count == 0)
        return;
    printer->out = &text;
    printer->indent++;
    for (size_t i = 0; i < extra_count; i++) {
        if (sl_vec_push(&walk.starts, text.len) != SL_OK)
            sl_print_no_memory(printer);
        sl_put_str(printer, extras[i]);
    }
    put_fields(&walk, printer->option_types[target], options->known, 0);
    printer->indent--;
    printer->out = out;
    if (text.has_failed)
        sl_print_no_memory(printer);
    else if (walk.starts.count)
        lay_out(printer, sl_buf_str(&text), walk.starts.items, walk.starts.count);
}
