/* fuzz/fuzz_options.c: any bytes as a file whose options are interpreted over a fixed set of extensions.
 *
 * The schema is made once, of tests/compiler/options, so that nearly all time goes into names, values and texts of options. Besides not crashing:
 * what is told has a rule and is UTF-8, and the options of a good file are in the form in which they are written, with what is of
 * source retention and without. */
#include "compiler/compiler.h"
#include "compiler/internal/option_impl.h"
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static const char main_text[] =
    "syntax = \"proto2\"; package t; import \"e2.proto\"; import \"e3.proto\"; import \"src.proto\"; "
    "import \"life.proto\"; import \"kinds.proto\"; import \"google/protobuf/cpp_features.proto\";";

/* Kept until the end of the process. */
static const sl_schema *fixed_schema(void)
{
    static sl_schema *schema;
    char folder[4096];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_memory_file file = {SL_STR("case.proto"), {main_text, sizeof main_text - 1}};
    sl_resolver *links[3];
    if (schema)
        return schema;
    snprintf(folder, sizeof folder, "%s/tests/compiler/options", root ? root : ".");
    sl_str folders = sl_str_from(folder);
    must(sl_resolver_of_memory(&file, 1, &links[0]) == SL_OK &&
             sl_resolver_of_directories(&folders, 1, &links[1]) == SL_OK &&
             sl_resolver_of_built_ins(&links[2]) == SL_OK &&
             sl_resolver_of_chain(links, 3, &chain) == SL_OK,
         "there is memory");
    sl_compile_request request = {chain, &file.path, 1, false};
    must(sl_compile(&request, &compiled, &findings, NULL) == SL_OK && compiled,
         "tests/compiler/options compiles");
    must(sl_compiled_link(compiled, file.path, &schema, &findings, NULL) == SL_OK && schema,
         "and links");
    return schema;
}

/* Merging what was merged changes nothing. */
static bool check_element(void *context, const sl_element *element)
{
    const sl_schema *schema = context;
    sl_cleanup(sl_buf_done) sl_buf again = {0};
    sl_cleanup(sl_arena_done) sl_arena scratch = {0};
    sl_cleanup(sl_merger_done) sl_merger merger = {.scratch = &scratch};
    const sl_message *message =
        sl_schema_find_message(schema, sl_element_options_name(element->kind));
    must(sl_merge_message(&merger, message, *element->bytes, 0, &again) && !merger.missing,
         "options are whole");
    must(sl_bytes_equal(sl_buf_bytes(&again), *element->bytes), "and in their last form");
    return true;
}

static void check_findings(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        must(finding->rule.len > 0 && finding->message.len > 0, "a finding has rule and text");
        must(sl_utf8_valid(sl_str_bytes(finding->message)) &&
                 sl_utf8_valid(sl_str_bytes(finding->fix)),
             "a finding is UTF-8");
    }
}

static void interpret(sl_unit *unit, sl_diags *diags, const sl_findings *findings)
{
    const sl_schema *schema = fixed_schema();
    sl_status status = SL_OK;
    must(sl_options_interpret_plain(unit, schema, diags) == SL_OK, "plain options are answered");
    must(sl_options_interpret_custom(unit, schema, schema, diags) == SL_OK,
         "custom options are answered");
    if (findings->error_count > 0)
        return;
    must(sl_option_walk(unit, check_element, (void *)schema, &status), "there is memory");
    must(sl_options_check(unit, schema, schema, true, diags) == SL_OK, "checks are answered");
    must(sl_options_strip(unit, schema, schema) == SL_OK, "source retention is taken out");
    must(sl_option_walk(unit, check_element, (void *)schema, &status), "there is memory");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_arena_done) sl_arena scratch = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_unit_done) sl_unit unit = {0};
    sl_diags diags = {.findings = &findings};
    sl_buf_append(&text, bytes, len);
    sl_buf_append_byte(&text, 0);
    sl_source source = {.path = SL_STR("case.proto"), .text = {text.data, len}};
    must(sl_parse(source, false, &arena, &scratch, &diags, &unit) == SL_OK, "a text is answered");
    if (findings.error_count == 0)
        interpret(&unit, &diags, &findings);
    check_findings(&findings);
    return 0;
}
