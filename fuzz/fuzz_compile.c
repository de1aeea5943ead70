/* fuzz/fuzz_compile.c: any bytes as several .proto files that import each other and the built-in ones, all the way to descriptors.
 *
 * The input is files one behind the other. A line `=== PATH` begins the next; what stands before the first such line is a.proto, the one that is
 * compiled.
 *
 * Besides not crashing: there are descriptors or an error among the findings, never both and never neither; findings have rule and text; source info
 * changes no verdict; what compiles links, and the files are written in an order in which each stands behind its imports. */
#include "compiler/compiler.h"
#include "fuzz/fuzz.h"

enum { FILES_MOST = 16 };

static size_t split(sl_str text, sl_memory_file *files)
{
    size_t count = 1;
    files[0] = (sl_memory_file){.path = SL_STR("a.proto"), .text = {text.data, 0}};
    while (text.len) {
        const char *newline = memchr(text.data, '\n', text.len);
        size_t passed = newline ? (size_t)(newline - text.data) + 1 : text.len;
        sl_str line = {text.data, newline ? passed - 1 : passed};
        text = (sl_str){text.data + passed, text.len - passed};
        if (count < FILES_MOST && sl_str_starts_with(line, SL_STR("=== ")))
            files[count++] =
                (sl_memory_file){.path = {line.data + 4, line.len - 4}, .text = {text.data, 0}};
        else
            files[count - 1].text.len += passed;
    }
    return count;
}

static sl_resolver *resolver_of(const sl_memory_file *files, size_t count)
{
    sl_resolver *links[2] = {NULL}, *chain = NULL;
    if (sl_resolver_of_memory(files, count, &links[0]) != SL_OK ||
        sl_resolver_of_built_ins(&links[1]) != SL_OK ||
        sl_resolver_of_chain(links, 2, &chain) != SL_OK)
        exit(EXIT_FAILURE);
    return chain;
}

static void look_at_findings(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        fuzz_must(finding->rule.len > 0 && finding->message.len > 0, "a finding has rule and text");
        fuzz_must(sl_utf8_valid(sl_str_bytes(finding->message)), "a finding's text is UTF-8");
    }
}

static sl_compiled *compile(sl_resolver *resolver, bool with_source_info, sl_findings *findings)
{
    const sl_str main = SL_STR("a.proto");
    sl_compile_request request = {resolver, &main, 1, with_source_info};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    sl_status status = sl_compile(&request, &compiled, findings, &err);
    fuzz_must(status == SL_OK || (status == SL_LIMIT && err.text[0]),
              "it is answered, or a limit is named");
    fuzz_must(status == SL_OK || !compiled, "a status has no descriptors");
    fuzz_must(status != SL_OK || (compiled != NULL) == (findings->error_count == 0),
              "descriptors or an error");
    look_at_findings(findings);
    return compiled;
}

/* The linker wants UTF-8 where protoc's parser takes any bytes. */
static bool is_about_utf8(const sl_findings *findings, const sl_error *err)
{
    for (size_t i = 0; i < findings->list.count; i++)
        if (sl_str_contains(findings->list.items[i].message, SL_STR("UTF-8")))
            return true;
    return strstr(err->text, "UTF-8") != NULL;
}

static void link(const sl_compiled *compiled)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    sl_status status = sl_compiled_link(compiled, SL_STR("a.proto"), &schema, &findings, &err);
    fuzz_must(status == SL_LIMIT || schema || is_about_utf8(&findings, &err),
              "what compiles, links");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    sl_memory_file files[FILES_MOST];
    size_t count = split((sl_str){len ? (const char *)bytes : "", len}, files);
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = resolver_of(files, count);
    sl_cleanup(sl_findings_done) sl_findings with_findings = {0};
    sl_cleanup(sl_findings_done) sl_findings without_findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *with = compile(resolver, true, &with_findings);
    sl_cleanup(sl_compiled_freep) sl_compiled *without =
        compile(resolver, false, &without_findings);
    fuzz_must(with_findings.list.count == without_findings.list.count && !with == !without,
              "source info changes no verdict");
    if (!with || !without)
        return 0;
    fuzz_must(sl_compiled_count(with) == sl_compiled_count(without), "nor which files there are");
    fuzz_must(sl_compiled_at(with, sl_compiled_count(with) - 1)->is_main,
              "the main file is behind its imports");
    for (size_t i = 0; i < sl_compiled_count(with); i++)
        fuzz_must(sl_compiled_at(with, i)->bytes.len >= sl_compiled_at(without, i)->bytes.len,
                  "source info comes on top");
    link(with);
    link(without);
    return 0;
}
