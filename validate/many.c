/* validate/many.c: a stream of payloads, judged as they arrive.
 *
 * Each payload stands behind its length, a varint. The stream comes in chunks that are cut anywhere: one that is wholly in a chunk is
 * judged where it lies, without a copy; one that is not is gathered from several. So memory is one payload, however long the
 * stream is, and since the buffer grows with what has come, a length that only claims to be large costs nothing.
 *
 * Who judges is the caller's: a plan alone (the command line, benchmarks), or a contract (the server). A payload that is not valid
 * stops nothing. A stream whose lengths are wrong ends there, since nobody knows where the next payload begins. */
#include "validate/validate.h"

void sl_many_done(sl_many *many)
{
    sl_buf_done(&many->gathered);
}

static size_t payload_most(const sl_many *many)
{
    if (many->payload_most == 0 || many->payload_most > SL_LIMIT_PAYLOAD_BYTES)
        return SL_LIMIT_PAYLOAD_BYTES;
    return many->payload_most;
}

static void pass(sl_many *many, sl_bytes *chunk, size_t len)
{
    *chunk = (sl_bytes){chunk->data + len, chunk->len - len};
    many->offset += len;
}

/* One byte of a length. */
static sl_status take_length_byte(sl_many *many, sl_bytes *chunk, sl_error *err)
{
    uint8_t byte = chunk->data[0];
    uint32_t shift = 7 * many->length_bytes++;
    many->length |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
    pass(many, chunk, 1);
    if (byte & 0x80) {
        if (many->length_bytes < SL_VARINT_MAX_BYTES)
            return SL_OK;
        return sl_error_set(
            err, SL_MALFORMED,
            "before byte %llu: the length of payload %llu is a varint of more than %d bytes; is "
            "this a length-delimited stream?",
            (unsigned long long)many->offset, (unsigned long long)many->index, SL_VARINT_MAX_BYTES);
    }
    if (many->length > payload_most(many))
        return sl_error_set(
            err, SL_LIMIT, "before byte %llu: a payload of %llu bytes; PAYLOAD_BYTES allows %zu",
            (unsigned long long)many->offset, (unsigned long long)many->length, payload_most(many));
    many->has_length = true;
    return SL_OK;
}

static sl_status judge_next(sl_many *many, sl_bytes payload, sl_error *err)
{
    SL_TRY(many->judge(many->context, many->index, payload, err));
    many->index++;
    many->length = 0;
    many->length_bytes = 0;
    many->has_length = false;
    sl_buf_clear(&many->gathered);
    return SL_OK;
}

/* The payload is whole with what is in the chunk. */
static sl_status take_payload(sl_many *many, sl_bytes *chunk, sl_error *err)
{
    sl_bytes payload = {chunk->data, (size_t)many->length};
    if (many->gathered.len > 0) {
        size_t missing = (size_t)many->length - many->gathered.len;
        sl_buf_append(&many->gathered, chunk->data, missing);
        char *slop = sl_buf_reserve(&many->gathered, SL_PAYLOAD_SLOP);
        if (!slop)
            return sl_error_no_memory(err);
        memset(slop, 0, SL_PAYLOAD_SLOP);
        payload = sl_buf_bytes(&many->gathered);
        pass(many, chunk, missing);
    } else {
        pass(many, chunk, payload.len);
    }
    return judge_next(many, payload, err);
}

static sl_status check_end(const sl_many *many, sl_error *err)
{
    if (many->has_length)
        return sl_error_set(err, SL_MALFORMED, "ends %zu bytes into a payload that claims %llu",
                            many->gathered.len, (unsigned long long)many->length);
    if (many->length_bytes > 0)
        return sl_error_set(err, SL_MALFORMED, "ends inside the length of a payload");
    return SL_OK;
}

sl_status sl_validate_many(sl_many *many, sl_bytes chunk, bool is_end, sl_error *err)
{
    for (;;) {
        if (!many->has_length && chunk.len == 0)
            break;
        if (!many->has_length) {
            SL_TRY(take_length_byte(many, &chunk, err));
        } else if (many->length - many->gathered.len <= chunk.len) {
            SL_TRY(take_payload(many, &chunk, err));
        } else {
            sl_buf_append(&many->gathered, chunk.data, chunk.len);
            if (many->gathered.has_failed)
                return sl_error_no_memory(err);
            pass(many, &chunk, chunk.len);
            break;
        }
    }
    return is_end ? check_end(many, err) : SL_OK;
}
