/* compiler/finish.c: what a descriptor says once its file is linked: names of types in full, with a leading dot, and whether they are
 * messages or enums.
 *
 * The draft is of the same shape as the descriptor, list by list, and its depth is the parser's. A group keeps its type; so does a message
 * field of an edition that is encoded as one, since that is said by a feature. */
#include "compiler/internal/compilation.h"

typedef sl_name_pool name_writer;

enum { TEXTS_CHUNK = 16384 };

/* "." and `full_name`; as it stands if it is written so already. */
static sl_status name_in_full(name_writer *writer, sl_str full_name, sl_str *name)
{
    size_t len = full_name.len + 1;
    if (name->len == len && name->data[0] == '.')
        return SL_OK;
    if (len > writer->texts_left) {
        size_t size = SL_MAX(len, (size_t)TEXTS_CHUNK);
        char *chunk = sl_arena_alloc(writer->arena, size);
        if (!chunk)
            return SL_NO_MEMORY;
        writer->texts = chunk;
        writer->texts_left = size;
    }
    char *text = writer->texts;
    text[0] = '.';
    memcpy(text + 1, full_name.data, full_name.len);
    writer->texts += len;
    writer->texts_left -= len;
    *name = (sl_str){text, len};
    return SL_OK;
}

static sl_status finish_field(name_writer *writer, const sl_field *field, sl_field_proto *proto)
{
    if (field->extendee)
        SL_TRY(name_in_full(writer, field->extendee->full_name, &proto->extendee));
    if (!proto->type_name.data)
        return SL_OK;
    if (!proto->has_type) {
        proto->has_type = true;
        proto->type = field->enumeration ? SL_TYPE_ENUM : SL_TYPE_MESSAGE;
    }
    sl_str full_name =
        field->enumeration ? field->enumeration->full_name : field->message->full_name;
    return name_in_full(writer, full_name, &proto->type_name);
}

static sl_status finish_fields(name_writer *writer, const sl_field *fields, sl_field_proto *protos,
                               uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(finish_field(writer, &fields[i], &protos[i]));
    return SL_OK;
}

static sl_status finish_messages(name_writer *writer, const sl_message *messages,
                                 sl_message_proto *protos, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message *message = &messages[i];
        sl_message_proto *proto = &protos[i];
        SL_TRY(finish_fields(writer, message->fields, proto->fields.items, proto->fields.count));
        SL_TRY(finish_fields(writer, message->extensions, proto->extensions.items,
                             proto->extensions.count));
        SL_TRY(finish_messages(writer, message->messages, proto->messages.items,
                               proto->messages.count));
    }
    return SL_OK;
}

static sl_status finish_service(name_writer *writer, const sl_service *service,
                                sl_service_proto *proto)
{
    for (uint32_t i = 0; i < service->method_count; i++) {
        const sl_method *method = &service->methods[i];
        sl_method_proto *method_proto = &proto->methods.items[i];
        SL_TRY(name_in_full(writer, method->input->full_name, &method_proto->input_type));
        SL_TRY(name_in_full(writer, method->output->full_name, &method_proto->output_type));
    }
    return SL_OK;
}

sl_status sl_unit_finish(sl_unit *unit, const sl_file *file, sl_name_pool *writer)
{
    sl_file_proto *proto = unit->proto;
    SL_TRY(finish_messages(writer, file->messages, proto->messages.items, proto->messages.count));
    SL_TRY(
        finish_fields(writer, file->extensions, proto->extensions.items, proto->extensions.count));
    for (uint32_t i = 0; i < file->service_count; i++)
        SL_TRY(finish_service(writer, &file->services[i], &proto->services.items[i]));
    return SL_OK;
}
