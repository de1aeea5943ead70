/* fuzz/fuzz_wire.c: any bytes as a message without a schema, and as a Kafka envelope.
 *
 * Besides not crashing: fields lie behind each other without gaps; skipping a value ends where reading it ends; a flat message is one without
 * groups; an envelope that was read is written as it stood, if it stood in its short form. */
#include "fuzz/fuzz.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH = 8 };

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void try_fields(sl_bytes bytes)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes), skipper = reader;
    sl_wire_field field;
    sl_wire_tag tag;
    size_t count = 0;
    bool has_group = false;
    sl_status status;
    while ((status = sl_wire_next_field(&reader, DEPTH, &field)) == SL_OK) {
        must(field.raw.data == skipper.at, "fields lie behind each other");
        must(sl_wire_read_tag(&skipper, &tag) == SL_OK, "a field has a tag");
        must(sl_wire_skip(&skipper, tag, DEPTH) == SL_OK, "what is read can be skipped");
        must(skipper.at == reader.at, "to the same end");
        must(field.tag.number >= 1 && field.tag.number <= SL_FIELD_NUMBER_MAX, "number in range");
        has_group = has_group || field.tag.type == SL_WIRE_SGROUP;
        count++;
    }
    must(reader.at <= reader.end, "the reader stays inside");
    must(status != SL_NOT_FOUND || sl_wire_at_end(&reader), "the end is the end");
    bool is_flat = sl_wire_scan_flat(bytes, count) == SL_OK;
    must(is_flat == (status == SL_NOT_FOUND && !has_group), "flat is well-formed without groups");
}

static void try_envelope(sl_bytes bytes)
{
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_envelope envelope, again;
    if (sl_envelope_read(bytes, &envelope, NULL) != SL_OK)
        return;
    must(envelope.index_count >= 1 && envelope.index_count <= SL_LIMIT_MESSAGE_INDEXES,
         "there are indexes");
    must(envelope.payload.data + envelope.payload.len == bytes.data + bytes.len,
         "the payload is the rest");
    sl_envelope_put(&written, envelope.schema_id, envelope.indexes, envelope.index_count);
    sl_buf_append(&written, envelope.payload.data, envelope.payload.len);
    must(sl_envelope_read(sl_buf_bytes(&written), &again, NULL) == SL_OK, "it is read again");
    must(again.schema_id == envelope.schema_id && again.index_count == envelope.index_count &&
             sl_bytes_equal(again.payload, envelope.payload),
         "and is the same");
    must(written.len <= bytes.len, "the short form is no longer");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    try_fields((sl_bytes){bytes, len});
    try_envelope((sl_bytes){bytes, len});
    return 0;
}
