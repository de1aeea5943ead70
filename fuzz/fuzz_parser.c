/* fuzz/fuzz_parser.c: any bytes as a .proto file, to the unit that the back end takes.
 *
 * Besides not crashing: findings have a rule and a text in UTF-8 and lie in the file; with and without source info the same is said and made; a
 * descriptor without errors, if its strings are UTF-8, is written, read and written the same, with its source info. */
#include "compiler/internal/unit.h"
#include "fuzz/fuzz.h"

typedef struct parsed {
    sl_arena arena, scratch;
    sl_findings findings;
    sl_unit unit;
    sl_buf bytes; /* of the descriptor without source info; empty if there were errors */
} parsed;

static void parsed_done(parsed *it)
{
    sl_buf_done(&it->bytes);
    sl_unit_done(&it->unit);
    sl_findings_done(&it->findings);
    sl_arena_done(&it->scratch);
    sl_arena_done(&it->arena);
}

static void look_at_findings(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        fuzz_must(finding->rule.len > 0 && finding->message.len > 0, "a finding has rule and text");
        fuzz_must(sl_utf8_valid(sl_str_bytes(finding->message)), "a finding's text is UTF-8");
        fuzz_must(!finding->fix.data || sl_utf8_valid(sl_str_bytes(finding->fix)),
                  "and so is its hint");
        fuzz_must(sl_str_is(finding->at.file, "a.proto"), "it blames the file");
    }
}

static void parse(sl_str text, bool with_source_info, parsed *ret)
{
    *ret = (parsed){0};
    sl_diags diags = {.findings = &ret->findings};
    sl_source source = {.path = SL_STR("a.proto"), .text = text};
    sl_status status =
        sl_parse(source, with_source_info, &ret->arena, &ret->scratch, &diags, &ret->unit);
    fuzz_must(status == SL_OK || status == SL_LIMIT, "it is answered, or a limit is named");
    look_at_findings(&ret->findings);
    if (status == SL_OK && !ret->findings.error_count)
        sl_file_proto_write(ret->unit.proto, false, &ret->bytes);
}

static void write_and_read(parsed *it)
{
    sl_cleanup(sl_buf_done) sl_buf info = {0};
    sl_cleanup(sl_buf_done) sl_buf first = {0};
    sl_cleanup(sl_buf_done) sl_buf second = {0};
    sl_file_proto *again = NULL;
    sl_error err = {0};
    fuzz_must(sl_unit_write_source_info(&it->unit, &info) == SL_OK, "source info is written");
    sl_file_proto_write(it->unit.proto, true, &first);
    sl_status status = sl_file_proto_read(sl_buf_bytes(&first), &it->arena, &again, &err);
    if (status == SL_LIMIT || (status != SL_OK && strstr(err.text, "not UTF-8")))
        return; /* protoc's parser takes any bytes in a string, and so does this one */
    fuzz_must(status == SL_OK, "a descriptor can be read");
    sl_file_proto_write(again, true, &second);
    fuzz_must(sl_bytes_equal(sl_buf_bytes(&first), sl_buf_bytes(&second)),
              "and is written as it was");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = sl_alloc(len + 1); /* the text ends in a NUL that is not of it */
    if (!text)
        return 0;
    if (len)
        memcpy(text, bytes, len);
    text[len] = '\0';
    parsed with, without;
    parse((sl_str){text, len}, true, &with);
    parse((sl_str){text, len}, false, &without);
    fuzz_must(with.findings.error_count == without.findings.error_count &&
                  with.findings.list.count == without.findings.list.count,
              "source info changes no verdict");
    fuzz_must(sl_bytes_equal(sl_buf_bytes(&with.bytes), sl_buf_bytes(&without.bytes)),
              "and no descriptor");
    if (with.bytes.len)
        write_and_read(&with);
    parsed_done(&with);
    parsed_done(&without);
    sl_free(text);
    return 0;
}
