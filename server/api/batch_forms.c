/* server/api/batch_forms.c: the three forms of a batch.
 *
 *   application/vnd.sluice.delimited   varint length, payload, varint length, payload …
 *   application/json                   {"payloads": ["base64", …]}
 *   application/x-protobuf             sluice.v1.BatchRequest
 *
 * Each is a reader that gives one payload after the other, with slop behind it. In the delimited form a payload lies in the body,
 * where its successors or the body's own slop follow; JSON is decoded into a buffer of its own, one payload at a time; protobuf-c
 * copies, and gets an allocator that adds the slop. Before protobuf-c sees a byte, the message is scanned: its fields are flat
 * and counted. */
#include "proto/proto.h"
#include "server/internal/judge.h"

#include <protobuf-c/protobuf-c.h>

void sl_batch_reader_done(sl_batch_reader *reader)
{
    sl_json_free(reader->root);
    sl_buf_done(&reader->decoded);
}

/* --- delimited ------------------------------------------------------------------------------- */

static sl_status next_delimited(sl_batch_reader *reader, sl_bytes *ret_payload, sl_error *err)
{
    if (reader->body.len == 0)
        return SL_NOT_FOUND;
    sl_wire_reader wire = sl_wire_reader_of(reader->body);
    size_t offset = reader->whole.len - reader->body.len;
    if (sl_wire_read_len(&wire, ret_payload) != SL_OK)
        return sl_error_set(
            err, SL_MALFORMED,
            "payload %zu, at byte %zu of the body: its length is no varint, or goes past "
            "the end of the body",
            reader->index, offset);
    size_t taken = sl_wire_offset(&wire);
    reader->body = (sl_bytes){reader->body.data + taken, reader->body.len - taken};
    reader->index++;
    return SL_OK;
}

static bool open_delimited(sl_request *request, sl_batch_reader *reader)
{
    reader->next = next_delimited;
    reader->body = reader->whole = request->body;
    return true;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static sl_status next_json(sl_batch_reader *reader, sl_bytes *ret_payload, sl_error *err)
{
    if (reader->index == sl_json_array_count(reader->payloads))
        return SL_NOT_FOUND;
    const sl_json *item = sl_json_array_at(reader->payloads, reader->index);
    if (sl_json_kind_of(item) != SL_JSON_STRING)
        return sl_error_set(err, SL_MALFORMED, "payload %zu is %s, not a string of base64",
                            reader->index, sl_json_kind_name(sl_json_kind_of(item)));
    sl_buf_clear(&reader->decoded);
    sl_status status = sl_base64_decode(sl_json_string(item), &reader->decoded);
    if (status == SL_MALFORMED)
        return sl_error_set(err, SL_MALFORMED,
                            "payload %zu is not base64 (RFC 4648 §4, with padding)", reader->index);
    SL_TRY(status);
    char *slop = sl_buf_reserve(&reader->decoded, SL_PAYLOAD_SLOP);
    if (!slop)
        return SL_NO_MEMORY;
    memset(slop, 0, SL_PAYLOAD_SLOP);
    *ret_payload = (sl_bytes){(const uint8_t *)reader->decoded.data, reader->decoded.len};
    reader->index++;
    return SL_OK;
}

typedef struct batch_body {
    const sl_json *payloads;
} batch_body;

static const sl_json_field batch_fields[] = {
    {"payloads", SL_JSON_FIELD_VALUE, offsetof(batch_body, payloads), true, NULL, -1},
};

static bool open_json(sl_request *request, sl_response *response, sl_batch_reader *reader)
{
    batch_body body = {0};
    if (!sl_api_read_json(request, response, SL_API_FIELDS(batch_fields), &body, &reader->root))
        return false;
    if (sl_json_kind_of(body.payloads) != SL_JSON_ARRAY) {
        sl_api_refuse(request, response, SL_PROBLEM_INVALID,
                      "field 'payloads' must be a list of base64 strings");
        return false;
    }
    reader->next = next_json;
    reader->payloads = body.payloads;
    return true;
}

/* --- protobuf -------------------------------------------------------------------------------- */

static void *allocate_with_slop(void *arena, size_t size)
{
    return size > SIZE_MAX - SL_PAYLOAD_SLOP ? NULL
                                             : sl_arena_calloc(arena, 1, size + SL_PAYLOAD_SLOP);
}

static void free_with_arena(void *arena, void *block)
{
    (void)arena;
    (void)block;
}

static sl_status next_protobuf(sl_batch_reader *reader, sl_bytes *ret_payload, sl_error *err)
{
    static const uint8_t nothing[SL_PAYLOAD_SLOP];
    (void)err;
    const Sluice__V1__BatchRequest *message = reader->message;
    if (reader->index == message->n_payloads)
        return SL_NOT_FOUND;
    const ProtobufCBinaryData *item = &message->payloads[reader->index++];
    *ret_payload = (sl_bytes){item->len ? item->data : nothing, item->len};
    return SL_OK;
}

static bool open_protobuf(sl_request *request, sl_response *response, sl_batch_reader *reader,
                          sl_judge_request *wanted, sl_batch_options *options)
{
    /* Three fields beside the payloads. */
    sl_status status = sl_wire_scan_flat(request->body, (size_t)SL_LIMIT_BATCH_ITEMS + 3);
    if (status != SL_OK) {
        sl_api_refuse(
            request, response, status == SL_LIMIT ? SL_PROBLEM_LIMIT : SL_PROBLEM_MALFORMED,
            "the body is not a sluice.v1.BatchRequest of at most %d payloads (limit BATCH_ITEMS)",
            SL_LIMIT_BATCH_ITEMS);
        return false;
    }
    ProtobufCAllocator allocator = {allocate_with_slop, free_with_arena, request->arena};
    Sluice__V1__BatchRequest *message =
        sluice__v1__batch_request__unpack(&allocator, request->body.len, request->body.data);
    if (!message && request->arena->has_failed) {
        sl_api_no_memory(request, response);
        return false;
    }
    if (!message || message->version < 0) {
        sl_api_refuse(request, response, SL_PROBLEM_MALFORMED,
                      "the body is not a sluice.v1.BatchRequest");
        return false;
    }
    wanted->is_framed |= message->framed != 0;
    if (message->version)
        wanted->version = message->version;
    options->only_refused |= message->only_refused != 0;
    reader->next = next_protobuf;
    reader->message = message;
    return true;
}

bool sl_batch_open(sl_request *request, sl_response *response, sl_batch_reader *ret_reader,
                   sl_judge_request *wanted, sl_batch_options *options)
{
    *ret_reader = (sl_batch_reader){0};
    if (sl_str_equal_nocase(request->content_type, SL_STR("application/json")))
        return open_json(request, response, ret_reader);
    if (sl_str_equal_nocase(request->content_type, SL_STR("application/x-protobuf")))
        return open_protobuf(request, response, ret_reader, wanted, options);
    return open_delimited(request, ret_reader);
}

/* --- writing protobuf ------------------------------------------------------------------------ */

enum { VERDICTS_FIELD = 7 };

/* A copy with a NUL behind it; "" for nothing. NULL: no memory. */
static char *text(sl_arena *arena, sl_str str)
{
    sl_str copy;
    if (sl_arena_copy_str(arena, str.data ? str : SL_STR(""), &copy) != SL_OK)
        return NULL;
    return (char *)(uintptr_t)copy.data;
}

static bool pack_violations(const sl_violations *violations, sl_arena *arena,
                            Sluice__V1__Verdict *message)
{
    Sluice__V1__Violation *items = sl_arena_array(arena, Sluice__V1__Violation, violations->count);
    message->violations = sl_arena_array(arena, Sluice__V1__Violation *, violations->count);
    if (!items || !message->violations)
        return false;
    for (size_t i = 0; i < violations->count; i++) {
        const sl_violation *violation = &violations->items[i];
        sluice__v1__violation__init(&items[i]);
        items[i].path = text(arena, violation->path);
        items[i].rule = text(arena, sl_str_from(sl_violation_rule_id(violation->rule)));
        items[i].message = text(arena, violation->message);
        items[i].offset = violation->offset;
        message->violations[i] = &items[i];
    }
    message->n_violations = violations->count;
    message->violations_left_out = (uint32_t)SL_MIN(violations->left_out, (size_t)UINT32_MAX);
    return !arena->has_failed;
}

/* Room for a packed message in the buffer, and the message in it. */
static bool append_packed(const ProtobufCMessage *message, sl_buf *buf)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *to = (uint8_t *)sl_buf_reserve(buf, size);
    if (!to)
        return buf->has_failed && !buf->no_memory; /* the bound is told by the buffer itself */
    buf->len += protobuf_c_message_pack(message, to);
    return true;
}

bool sl_batch_pack_verdict(const sl_verdict *verdict, size_t index, sl_buf *buf)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    Sluice__V1__Verdict message = SLUICE__V1__VERDICT__INIT;
    message.index = (uint32_t)index;
    message.valid = verdict->is_valid;
    message.allowed = verdict->is_allowed;
    message.schema_id = verdict->schema_id;
    message.version = verdict->version;
    if (!verdict->is_valid) {
        message.step = text(&arena, sl_str_from(sl_step_name(verdict->step)));
        if (!pack_violations(verdict->violations, &arena, &message))
            return false;
    }
    sl_wire_put_tag(buf, VERDICTS_FIELD, SL_WIRE_LEN);
    sl_wire_put_varint(buf, protobuf_c_message_get_packed_size(&message.base));
    return append_packed(&message.base, buf);
}

bool sl_batch_pack_totals(const sl_verdict *verdict, sl_str topic, const sl_batch_totals *totals,
                          sl_buf *buf)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    Sluice__V1__BatchVerdicts message = SLUICE__V1__BATCH_VERDICTS__INIT;
    Sluice__V1__Owner owner = SLUICE__V1__OWNER__INIT;
    message.topic = text(&arena, topic);
    message.allowed = totals->allowed;
    message.refused = totals->refused;
    if (verdict) {
        message.message_type = text(&arena, verdict->message_type);
        message.mode = text(&arena, sl_str_from(sl_mode_names[verdict->mode]));
    }
    if (verdict && verdict->owner) {
        owner.producer = text(&arena, verdict->owner->producer);
        owner.team = text(&arena, verdict->owner->team);
        owner.chat = text(&arena, verdict->owner->chat);
        owner.contact = text(&arena, verdict->owner->contact);
        message.owner = &owner;
    }
    buf->max = 0;
    return !arena.has_failed && append_packed(&message.base, buf) && !buf->has_failed;
}
