/* tests/validate/random_schema.c: see random_pair.h. Schemas are written as descriptors, and linked. */
#include <stdio.h>

#include "tests/support/tap_main.h"
#include "tests/validate/random_pair.h"
#include "wire/wire.h"

enum {
    MESSAGES_MOST = 4,
    FIELDS_MOST = 8,
    TEXT_SIZE = 64,
    LABEL_OPTIONAL = 1,
    LABEL_REQUIRED = 2,
    LABEL_REPEATED = 3,
};

typedef struct schema_writer {
    uint64_t *seed;
    bool is_proto3;
    size_t message_count;
    uint32_t numbers[FIELDS_MOST];
    size_t number_count;
} schema_writer;

/* Numbers of descriptor.proto. */
enum {
    FILE_NAME = 1,
    FILE_PACKAGE = 2,
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    FILE_SYNTAX = 12,
    MESSAGE_NAME = 1,
    MESSAGE_FIELD = 2,
    MESSAGE_NESTED = 3,
    MESSAGE_OPTIONS = 7,
    MESSAGE_ONEOF = 8,
    OPTIONS_MAP_ENTRY = 7,
    FIELD_NAME = 1,
    FIELD_NUMBER = 3,
    FIELD_LABEL = 4,
    FIELD_TYPE = 5,
    FIELD_TYPE_NAME = 6,
    FIELD_OPTIONS = 8,
    FIELD_ONEOF = 9,
    OPTIONS_PACKED = 2,
    ENUM_NAME = 1,
    ENUM_VALUE = 2,
    VALUE_NAME = 1,
    VALUE_NUMBER = 2,
    ONEOF_NAME = 1,
};

static void put_text(sl_buf *buf, uint32_t number, const char *text)
{
    sl_wire_put_len(buf, number, sl_str_bytes(sl_str_from(text)));
}

static void put_number(sl_buf *buf, uint32_t number, uint64_t value)
{
    sl_wire_put_tag(buf, number, SL_WIRE_VARINT);
    sl_wire_put_varint(buf, value);
}

/* Mostly those of one byte; some at the ends of what tags and tables can hold. */
static uint32_t draw_number(const schema_writer *writer)
{
    static const uint32_t edges[] = {15,   16,    17,    63,     64,       2047,
                                     2048, 16383, 16384, 262144, 536870911};
    switch (random_below(writer->seed, 8)) {
    case 0: return edges[random_below(writer->seed, SL_ARRAY_LEN(edges))];
    case 1: return 16 + (uint32_t)random_below(writer->seed, 200);
    default: return 1 + (uint32_t)random_below(writer->seed, 15);
    }
}

static uint32_t new_number(schema_writer *writer)
{
    for (;;) {
        uint32_t number = draw_number(writer);
        bool is_new = true;
        for (size_t i = 0; i < writer->number_count; i++)
            is_new = is_new && writer->numbers[i] != number;
        if (is_new)
            return writer->numbers[writer->number_count++] = number;
    }
}

typedef struct field_draft {
    uint32_t number;
    uint64_t label, type;
    const char *type_name; /* NULL: none */
    bool is_packed, is_in_oneof;
} field_draft;

static void put_field(sl_buf *message, const char *name, const field_draft *draft)
{
    static const uint8_t packed[] = {OPTIONS_PACKED << 3, 1};
    sl_cleanup(sl_buf_done) sl_buf field = {0};
    put_text(&field, FIELD_NAME, name);
    put_number(&field, FIELD_NUMBER, draft->number);
    put_number(&field, FIELD_LABEL, draft->label);
    put_number(&field, FIELD_TYPE, draft->type);
    if (draft->type_name)
        put_text(&field, FIELD_TYPE_NAME, draft->type_name);
    if (draft->is_packed)
        sl_wire_put_len(&field, FIELD_OPTIONS, (sl_bytes){packed, sizeof packed});
    if (draft->is_in_oneof)
        put_number(&field, FIELD_ONEOF, 0);
    sl_wire_put_len(message, MESSAGE_FIELD, sl_buf_bytes(&field));
}

static bool can_be_packed(uint64_t type)
{
    return type != SL_TYPE_STRING && type != SL_TYPE_BYTES && type != SL_TYPE_MESSAGE &&
           type != SL_TYPE_GROUP;
}

/* Any type but a group; its name, if it has one, is written to `name`. */
static uint64_t draw_type(const schema_writer *writer, char *name)
{
    uint64_t type = 1 + random_below(writer->seed, 18);
    if (type == SL_TYPE_GROUP || random_below(writer->seed, 4) == 0)
        type = SL_TYPE_MESSAGE;
    *name = '\0';
    if (type == SL_TYPE_MESSAGE)
        snprintf(name, TEXT_SIZE, ".r.M%zu", random_below(writer->seed, writer->message_count));
    else if (type == SL_TYPE_ENUM)
        snprintf(name, TEXT_SIZE, ".r.E");
    return type;
}

/* map<…> is a nested message and a repeated field of it. */
static void put_map(schema_writer *writer, sl_buf *message, size_t index, uint32_t number)
{
    static const uint64_t key_types[] = {SL_TYPE_INT32, SL_TYPE_STRING, SL_TYPE_BOOL,
                                         SL_TYPE_FIXED64, SL_TYPE_SINT32};
    static const uint8_t is_entry[] = {OPTIONS_MAP_ENTRY << 3, 1};
    sl_cleanup(sl_buf_done) sl_buf entry = {0};
    char field_name[TEXT_SIZE], entry_name[TEXT_SIZE], full_name[2 * TEXT_SIZE], value[TEXT_SIZE];
    snprintf(field_name, sizeof field_name, "f%zu", index);
    snprintf(entry_name, sizeof entry_name, "F%zuEntry", index);
    snprintf(full_name, sizeof full_name, "%s", entry_name);
    put_text(&entry, MESSAGE_NAME, entry_name);
    put_field(&entry, "key",
              &(field_draft){1, LABEL_OPTIONAL,
                             key_types[random_below(writer->seed, SL_ARRAY_LEN(key_types))], NULL,
                             false, false});
    uint64_t type = draw_type(writer, value);
    put_field(&entry, "value",
              &(field_draft){2, LABEL_OPTIONAL, type, *value ? value : NULL, false, false});
    sl_wire_put_len(&entry, MESSAGE_OPTIONS, (sl_bytes){is_entry, sizeof is_entry});
    sl_wire_put_len(message, MESSAGE_NESTED, sl_buf_bytes(&entry));
    put_field(message, field_name,
              &(field_draft){number, LABEL_REPEATED, SL_TYPE_MESSAGE, full_name, false, false});
}

/* group G3 = …: a nested message, and a field of its name in lower case. */
static void put_group(schema_writer *writer, sl_buf *message, size_t index, uint32_t number)
{
    sl_cleanup(sl_buf_done) sl_buf group = {0};
    char name[TEXT_SIZE], type_name[TEXT_SIZE], inner[TEXT_SIZE];
    snprintf(name, sizeof name, "g%zu", index);
    snprintf(type_name, sizeof type_name, "G%zu", index);
    put_text(&group, MESSAGE_NAME, type_name);
    uint64_t type = draw_type(writer, inner);
    put_field(&group, "a",
              &(field_draft){1, LABEL_OPTIONAL, type, *inner ? inner : NULL, false, false});
    put_field(
        &group, "b",
        &(field_draft){2, 1 + random_below(writer->seed, 2), SL_TYPE_INT32, NULL, false, false});
    sl_wire_put_len(message, MESSAGE_NESTED, sl_buf_bytes(&group));
    put_field(message, name,
              &(field_draft){number, 1 + random_below(writer->seed, 3), SL_TYPE_GROUP, type_name,
                             false, false});
}

static void put_plain(schema_writer *writer, sl_buf *message, size_t index, uint32_t number,
                      bool is_in_oneof)
{
    char name[TEXT_SIZE], type_name[TEXT_SIZE];
    field_draft draft = {.number = number, .is_in_oneof = is_in_oneof};
    snprintf(name, sizeof name, "f%zu", index);
    draft.type = draw_type(writer, type_name);
    draft.type_name = *type_name ? type_name : NULL;
    draft.label = is_in_oneof                                                ? LABEL_OPTIONAL
                  : random_below(writer->seed, 3) == 0                       ? LABEL_REPEATED
                  : !writer->is_proto3 && random_below(writer->seed, 6) == 0 ? LABEL_REQUIRED
                                                                             : LABEL_OPTIONAL;
    draft.is_packed =
        draft.label == LABEL_REPEATED && can_be_packed(draft.type) && random_below(writer->seed, 2);
    put_field(message, name, &draft);
}

static void put_message(schema_writer *writer, sl_buf *file, size_t message_index)
{
    sl_cleanup(sl_buf_done) sl_buf message = {0}, oneof = {0};
    char name[TEXT_SIZE];
    size_t count = 1 + random_below(writer->seed, FIELDS_MOST);
    size_t in_oneof = random_below(writer->seed, 2) ? random_below(writer->seed, count) : 0;
    writer->number_count = 0;
    snprintf(name, sizeof name, "M%zu", message_index);
    put_text(&message, MESSAGE_NAME, name);
    for (size_t i = 0; i < count; i++) {
        uint32_t number = new_number(writer);
        size_t kind = i < in_oneof ? 8 : random_below(writer->seed, 8);
        if (kind == 0)
            put_map(writer, &message, i, number);
        else if (kind == 1 && !writer->is_proto3)
            put_group(writer, &message, i, number);
        else
            put_plain(writer, &message, i, number, i < in_oneof);
    }
    put_text(&oneof, ONEOF_NAME, "choice");
    if (in_oneof)
        sl_wire_put_len(&message, MESSAGE_ONEOF, sl_buf_bytes(&oneof));
    sl_wire_put_len(file, FILE_MESSAGE, sl_buf_bytes(&message));
}

/* Closed in proto2: numbers near and far, and with gaps. */
static void put_enum(sl_buf *file)
{
    static const int32_t numbers[] = {0, 1, 2, 5, -7, 100000};
    sl_cleanup(sl_buf_done) sl_buf enumeration = {0};
    put_text(&enumeration, ENUM_NAME, "E");
    for (size_t i = 0; i < SL_ARRAY_LEN(numbers); i++) {
        sl_cleanup(sl_buf_done) sl_buf value = {0};
        char name[TEXT_SIZE];
        snprintf(name, sizeof name, "V%zu", i);
        put_text(&value, VALUE_NAME, name);
        put_number(&value, VALUE_NUMBER, (uint64_t)(int64_t)numbers[i]);
        sl_wire_put_len(&enumeration, ENUM_VALUE, sl_buf_bytes(&value));
    }
    sl_wire_put_len(file, FILE_ENUM, sl_buf_bytes(&enumeration));
}

sl_schema *random_schema(uint64_t *seed)
{
    schema_writer writer = {.seed = seed, .is_proto3 = random_below(seed, 2)};
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    writer.message_count = 1 + random_below(seed, MESSAGES_MOST);
    put_text(&file, FILE_NAME, "r.proto");
    put_text(&file, FILE_PACKAGE, "r");
    for (size_t i = 0; i < writer.message_count; i++)
        put_message(&writer, &file, i);
    put_enum(&file);
    put_text(&file, FILE_SYNTAX, writer.is_proto3 ? "proto3" : "proto2");
    sl_bytes bytes = sl_buf_bytes(&file);
    sl_status status = sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, &err);
    ck_assert_msg(status == SL_OK && schema, "a random schema is refused: %s %s", err.text,
                  findings.list.count ? findings.list.items[0].message.data : "");
    return schema;
}
