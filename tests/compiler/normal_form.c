/* tests/compiler/normal_form.c: descriptors and source info without what the back end makes of them. */
#include "tests/compiler/normal_form.h"

#include "wire/wire.h"

static bool names_agree(sl_str *want, sl_str *got, sl_error *err)
{
    bool is_absent = !want->data && !got->data;
    bool is_full = got->len && got->data[0] == '.';
    bool is_end = got->data && want->len > got->len && sl_str_ends_with(*want, *got) &&
                  want->data[want->len - got->len - 1] == '.';
    if (!is_absent && !(is_full ? sl_str_equal(*want, *got) : is_end)) {
        sl_error_set(err, SL_CONFLICT, "'%.*s' is written '%.*s'", SL_STR_ARG(*want),
                     SL_STR_ARG(*got));
        return false;
    }
    *want = *got = (sl_str){0};
    return true;
}

static bool fields_agree(sl_field_proto *want, sl_field_proto *got, sl_error *err)
{
    want->options = got->options = (sl_bytes){0};
    if (want->type_name.data) {
        want->has_type = got->has_type = false;
        want->type = got->type = 0;
    }
    return names_agree(&want->type_name, &got->type_name, err) &&
           names_agree(&want->extendee, &got->extendee, err);
}

static void strip_enum(sl_enum_proto *enumeration)
{
    enumeration->options = (sl_bytes){0};
    for (uint32_t i = 0; i < enumeration->values.count; i++)
        enumeration->values.items[i].options = (sl_bytes){0};
}

static void strip_message(sl_message_proto *message)
{
    message->options = (sl_bytes){0};
    for (uint32_t i = 0; i < message->oneofs.count; i++)
        message->oneofs.items[i].options = (sl_bytes){0};
    for (uint32_t i = 0; i < message->extension_ranges.count; i++)
        message->extension_ranges.items[i].options = (sl_bytes){0};
    for (uint32_t i = 0; i < message->enums.count; i++)
        strip_enum(&message->enums.items[i]);
}

static bool messages_agree(sl_message_proto *want, sl_message_proto *got, sl_error *err)
{
    strip_message(want);
    strip_message(got);
    for (uint32_t i = 0; i < want->fields.count && i < got->fields.count; i++)
        if (!fields_agree(&want->fields.items[i], &got->fields.items[i], err))
            return false;
    for (uint32_t i = 0; i < want->extensions.count && i < got->extensions.count; i++)
        if (!fields_agree(&want->extensions.items[i], &got->extensions.items[i], err))
            return false;
    for (uint32_t i = 0; i < want->messages.count && i < got->messages.count; i++)
        if (!messages_agree(&want->messages.items[i], &got->messages.items[i], err))
            return false;
    return true;
}

static bool services_agree(sl_service_proto *want, sl_service_proto *got, sl_error *err)
{
    want->options = got->options = (sl_bytes){0};
    for (uint32_t i = 0; i < want->methods.count && i < got->methods.count; i++) {
        sl_method_proto *want_method = &want->methods.items[i];
        sl_method_proto *got_method = &got->methods.items[i];
        want_method->options = got_method->options = (sl_bytes){0};
        if (!names_agree(&want_method->input_type, &got_method->input_type, err) ||
            !names_agree(&want_method->output_type, &got_method->output_type, err))
            return false;
    }
    return true;
}

bool normal_form_of_both(sl_file_proto *want, sl_file_proto *got, sl_error *err)
{
    want->options = got->options = (sl_bytes){0};
    for (uint32_t i = 0; i < want->enums.count; i++)
        strip_enum(&want->enums.items[i]);
    for (uint32_t i = 0; i < want->messages.count && i < got->messages.count; i++)
        if (!messages_agree(&want->messages.items[i], &got->messages.items[i], err))
            return false;
    for (uint32_t i = 0; i < want->extensions.count && i < got->extensions.count; i++)
        if (!fields_agree(&want->extensions.items[i], &got->extensions.items[i], err))
            return false;
    for (uint32_t i = 0; i < want->services.count && i < got->services.count; i++)
        if (!services_agree(&want->services.items[i], &got->services.items[i], err))
            return false;
    return true;
}

/* --- source info --- */

typedef enum element {
    FILE_,
    MESSAGE,
    FIELD,
    ENUM,
    VALUE,
    SERVICE,
    METHOD,
    ONEOF,
    RANGE,
    LEAF
} element;

/* Where a step leads, for the steps that lead into lists of elements; and which step is the options. */
static const struct {
    element from;
    uint64_t step;
    element to;
} steps[] = {
    {FILE_, 4, MESSAGE}, {FILE_, 5, ENUM},      {FILE_, 6, SERVICE}, {FILE_, 7, FIELD},
    {MESSAGE, 2, FIELD}, {MESSAGE, 3, MESSAGE}, {MESSAGE, 4, ENUM},  {MESSAGE, 5, RANGE},
    {MESSAGE, 6, FIELD}, {MESSAGE, 8, ONEOF},   {ENUM, 2, VALUE},    {SERVICE, 2, METHOD},
};
static const uint64_t options_of[] = {
    [FILE_] = 8,   [MESSAGE] = 7, [FIELD] = 8, [ENUM] = 3,  [VALUE] = 3,
    [SERVICE] = 3, [METHOD] = 4,  [ONEOF] = 2, [RANGE] = 3, [LEAF] = 0,
};

static element step_into(element from, uint64_t step)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(steps); i++)
        if (steps[i].from == from && steps[i].step == step)
            return steps[i].to;
    return LEAF;
}

/* Of ranges the options themselves as well: what they mostly hold (declarations) is of source retention, so that protoc leaves
 * them out with their place. */
static bool is_inside_options(sl_bytes path)
{
    sl_wire_reader reader = sl_wire_reader_of(path);
    element at = FILE_;
    uint64_t step, index;
    while (at != LEAF && sl_wire_read_varint(&reader, &step) == SL_OK) {
        if (step == options_of[at])
            return at == RANGE || !sl_wire_at_end(&reader);
        at = step_into(at, step);
        if (sl_wire_read_varint(&reader, &index) != SL_OK)
            return false;
    }
    return false;
}

bool normal_form_of_source_info(sl_bytes info, sl_buf *buf)
{
    sl_wire_reader reader = sl_wire_reader_of(info);
    sl_wire_field location, part;
    while (sl_wire_next_field(&reader, 1, &location) == SL_OK) {
        sl_wire_reader parts = sl_wire_reader_of(location.bytes);
        bool is_option = sl_wire_next_field(&parts, 1, &part) == SL_OK && part.tag.number == 1 &&
                         is_inside_options(part.bytes);
        if (!is_option)
            sl_buf_append(buf, location.raw.data, location.raw.len);
    }
    return sl_wire_at_end(&reader) && !buf->has_failed;
}
