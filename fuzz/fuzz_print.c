/* fuzz/fuzz_print.c: any bytes as a FileDescriptorSet; if they link, every file is printed in both forms.
 *
 * Besides not crashing: the text is UTF-8 and ends its last line; what the printer has nothing to say of, and what the compiler takes, comes
 * back byte for byte. That the compiler takes it is not claimed: it refuses more in text than linking does in a descriptor. */
#include "compiler/compiler.h"
#include "fuzz/fuzz.h"
#include "schema/print.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* All files of `schema` as text, with arrays of sl_schema_file_count() items. True if nothing was told of any. */
static bool print_all(const sl_schema *schema, sl_print_form form, sl_buf *texts)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error err = {0};
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        must(sl_print_file(schema, file, form, &texts[i], &findings, &err) == SL_OK, "it prints");
        sl_str text = sl_buf_str(&texts[i]);
        must(sl_utf8_valid(sl_str_bytes(text)), "text is UTF-8");
        must(sl_str_ends_with(text, SL_STR("\n")), "the last line ends");
    }
    return findings.list.count == 0;
}

static void compile_again(const sl_schema *schema, const sl_buf *texts)
{
    size_t count = sl_schema_file_count(schema);
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_memory_file *files = sl_arena_array(&arena, sl_memory_file, count);
    sl_str *mains = sl_arena_array(&arena, sl_str, count);
    sl_error err = {0};
    must(files && mains, "there is memory");
    for (size_t i = 0; i < count; i++) {
        mains[i] = sl_schema_file_at(schema, i)->path;
        files[i] = (sl_memory_file){mains[i], sl_buf_str(&texts[i])};
    }
    must(sl_resolver_of_memory(files, count, &resolver) == SL_OK, "there is memory");
    sl_compile_request request = {.resolver = resolver, .mains = mains, .main_count = count};
    if (sl_compile(&request, &compiled, &findings, &err) != SL_OK || !compiled)
        return;
    for (size_t i = 0; i < sl_compiled_count(compiled); i++) {
        const sl_compiled_file *got = sl_compiled_at(compiled, i);
        const sl_file *want = sl_schema_find_file(schema, got->path);
        must(!want || sl_bytes_equal(want->serialized, got->bytes), "the bytes come back");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    sl_status status =
        sl_schema_link_set((sl_bytes){bytes, len}, (sl_str){0}, &schema, &findings, &err);
    if (status != SL_OK || !schema)
        return 0;
    size_t count = sl_schema_file_count(schema);
    for (int form = SL_PRINT_CANONICAL; form <= SL_PRINT_PRETTY; form++) {
        sl_buf *texts = calloc(count, sizeof *texts);
        must(texts, "there is memory");
        if (print_all(schema, (sl_print_form)form, texts))
            compile_again(schema, texts);
        for (size_t i = 0; i < count; i++)
            sl_buf_done(&texts[i]);
        free(texts);
    }
    return 0;
}
