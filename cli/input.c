/* cli/input.c: files and standard input, read with a bound.
 *
 * A file that says it is too large is not read. No other size is believed: pipes have none, and files grow. Reading goes on until the end or the
 * bound, in chunks that the buffer grows by, so a length that only claims to be large costs no memory. Behind
 * the last byte lie SL_PAYLOAD_SLOP zero bytes, as the validator asks. */
#include "cli/internal/input.h"

#include "validate/validate.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10 };

sl_status sl_input_open(const char *path, sl_input *ret_input, sl_error *err)
{
    if (strcmp(path, "-") == 0) {
        *ret_input = (sl_input){stdin, "stdin"};
        return SL_OK;
    }
    FILE *file = fopen(path, "rbe");
    if (!file)
        return sl_error_set(err, errno == ENOENT ? SL_NOT_FOUND : SL_IO, "cannot read '%s': %s",
                            path, strerror(errno));
    *ret_input = (sl_input){file, path};
    return SL_OK;
}

void sl_input_close(sl_input *input)
{
    if (input->file && input->file != stdin)
        fclose(input->file);
    *input = (sl_input){0};
}

static sl_status read_error(const sl_input *input, sl_error *err)
{
    return sl_error_set(err, SL_IO, "cannot read '%s': %s", input->name, strerror(errno));
}

/* Up to `want` bytes more into `buf`; less only at the end of the input. */
static sl_status read_some(sl_input *input, size_t want, sl_buf *buf, sl_error *err)
{
    while (want > 0) {
        size_t chunk = SL_MIN(want, (size_t)CHUNK_BYTES);
        char *to = sl_buf_reserve(buf, chunk + SL_PAYLOAD_SLOP);
        if (!to)
            return sl_error_no_memory(err);
        size_t got = fread(to, 1, chunk, input->file);
        buf->len += got;
        memset(buf->data + buf->len, 0, SL_PAYLOAD_SLOP);
        want -= got;
        if (got == chunk)
            continue;
        return ferror(input->file) ? read_error(input, err) : SL_OK;
    }
    return SL_OK;
}

/* An empty buffer that still has its slop. */
static sl_status start_buf(sl_buf *buf, sl_error *err)
{
    sl_buf_clear(buf);
    char *to = sl_buf_reserve(buf, SL_PAYLOAD_SLOP);
    if (!to)
        return sl_error_no_memory(err);
    memset(to, 0, SL_PAYLOAD_SLOP);
    return SL_OK;
}

sl_status sl_input_read_all(sl_input *input, size_t max, sl_buf *buf, sl_error *err)
{
    struct stat state;
    bool is_large = fstat(fileno(input->file), &state) == 0 && S_ISREG(state.st_mode) &&
                    state.st_size > 0 && (uint64_t)state.st_size > max;
    SL_TRY(start_buf(buf, err));
    if (!is_large)
        SL_TRY(read_some(input, max + 1, buf, err));
    if (is_large || buf->len > max)
        return sl_error_set(err, SL_LIMIT, "'%s' has more than %zu bytes, which is the most",
                            input->name, max);
    return SL_OK;
}

/* The length before a payload: SL_NOT_FOUND at the very end of the stream. */
static sl_status read_length(sl_input *input, uint64_t *ret_length, sl_error *err)
{
    uint64_t length = 0;
    for (unsigned shift = 0; shift < 7 * SL_VARINT_MAX_BYTES; shift += 7) {
        int byte = getc(input->file);
        if (byte == EOF && ferror(input->file))
            return read_error(input, err);
        if (byte == EOF && shift == 0)
            return SL_NOT_FOUND;
        if (byte == EOF)
            return sl_error_set(err, SL_MALFORMED, "'%s' ends inside the length of a payload",
                                input->name);
        length |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
        if (!(byte & 0x80)) {
            *ret_length = length;
            return SL_OK;
        }
    }
    return sl_error_set(
        err, SL_MALFORMED,
        "'%s': the length of a payload is a varint of more than %d bytes; is this a "
        "length-delimited stream?",
        input->name, SL_VARINT_MAX_BYTES);
}

sl_status sl_input_read_delimited(sl_input *input, sl_buf *buf, sl_error *err)
{
    uint64_t length = 0;
    SL_TRY(read_length(input, &length, err));
    if (length > SL_LIMIT_PAYLOAD_BYTES)
        return sl_error_set(err, SL_LIMIT, "'%s': a payload of %llu bytes; PAYLOAD_BYTES allows %d",
                            input->name, (unsigned long long)length, SL_LIMIT_PAYLOAD_BYTES);
    SL_TRY(start_buf(buf, err));
    SL_TRY(read_some(input, (size_t)length, buf, err));
    if (buf->len < length)
        return sl_error_set(err, SL_MALFORMED,
                            "'%s' ends %zu bytes into a payload that claims %llu", input->name,
                            buf->len, (unsigned long long)length);
    return SL_OK;
}

sl_status sl_input_read_chunk(sl_input *input, sl_buf *buf, bool *ret_is_end, sl_error *err)
{
    sl_buf_clear(buf);
    char *to = sl_buf_reserve(buf, CHUNK_BYTES + SL_PAYLOAD_SLOP);
    if (!to)
        return sl_error_no_memory(err);
    ssize_t got;
    do
        got = read(fileno(input->file), to, CHUNK_BYTES);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return read_error(input, err);
    buf->len = (size_t)got;
    memset(to + got, 0, SL_PAYLOAD_SLOP);
    *ret_is_end = got == 0;
    return SL_OK;
}

sl_status sl_input_read_file(const char *path, size_t max, sl_buf *buf, sl_error *err)
{
    sl_cleanup(sl_input_close) sl_input input = {0};
    SL_TRY(sl_input_open(path, &input, err));
    return sl_input_read_all(&input, max, buf, err);
}
