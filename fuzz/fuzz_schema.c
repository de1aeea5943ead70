/* fuzz/fuzz_schema.c: any bytes as a FileDescriptorSet.
 *
 * Besides not crashing: there is a schema or an error among the findings, never both and never neither; a schema keeps the invariants that other
 * rooms rely on, and what it writes links again and is then written the same. */
#include "fuzz/fuzz.h"
#include "schema/schema.h"
#include "tests/schema/invariants.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* The schema of `set`, or NULL. */
static sl_schema *link_set(sl_bytes set, sl_str main)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    sl_status status = sl_schema_link_set(set, main, &schema, &findings, &err);
    must(status == SL_OK || status == SL_LIMIT, "it is answered, or a limit is named");
    must(status == SL_OK || (!schema && err.text[0]), "a status has a text and no schema");
    must(status != SL_OK || (schema != NULL) == (findings.error_count == 0),
         "a schema or an error");
    for (size_t i = 0; i < findings.list.count; i++) {
        const sl_finding *finding = &findings.list.items[i];
        must(finding->rule.len > 0 && finding->message.len > 0, "a finding has rule and text");
        must(sl_utf8_valid(sl_str_bytes(finding->message)), "a finding's text is UTF-8");
    }
    return schema;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    sl_cleanup(sl_buf_done) sl_buf first = {0};
    sl_cleanup(sl_buf_done) sl_buf second = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_set((sl_bytes){bytes, len}, (sl_str){0});
    if (!schema)
        return 0;
    const char *broken = schema_broken_invariant(schema);
    must(!broken, broken);
    sl_schema_write_set(schema, true, &first);
    sl_cleanup(sl_schema_unrefp) sl_schema *again =
        link_set(sl_buf_bytes(&first), sl_schema_main_file(schema)->path);
    must(again != NULL, "what was written links");
    sl_schema_write_set(again, true, &second);
    must(sl_bytes_equal(sl_buf_bytes(&first), sl_buf_bytes(&second)), "and is written the same");
    return 0;
}
