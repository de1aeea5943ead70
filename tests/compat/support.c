/* tests/compat/support.c: see support.h. */
#include "tests/compat/support.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

const char *case_path(const char *format, ...)
{
    static char path[1024];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    int len = snprintf(path, sizeof path, "%s/tests/compat/cases/", root ? root : ".");
    va_list args;
    va_start(args, format);
    vsnprintf(path + len, sizeof path - (size_t)len, format, args);
    va_end(args);
    return path;
}

char *read_text(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        give_up(path, "cannot be opened; is SLUICE_SOURCE_ROOT set?");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = size >= 0 ? sl_alloc((size_t)size + 1) : NULL;
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size)
        give_up(path, "cannot be read");
    fclose(file);
    text[size] = '\0';
    if (ret_len)
        *ret_len = (size_t)size;
    return text;
}

sl_schema *load_schema(const char *path)
{
    size_t len;
    char *bytes = read_text(path, &len);
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error err = {0};
    sl_schema *schema = NULL;
    sl_status status = sl_schema_link_set((sl_bytes){(uint8_t *)bytes, len}, (sl_str){0}, &schema,
                                          &findings, &err);
    sl_free(bytes);
    if (status != SL_OK)
        give_up(path, err.text);
    if (!schema)
        give_up(path, findings.list.count ? findings.list.items[0].message.data : "no schema");
    return schema;
}

sl_schema *load_side(const char *test_case, const char *side)
{
    return load_schema(case_path("%s/%s.binpb", test_case, side));
}

/* An option that is gone has no place: there buf points at the first character of the file, we at the element that had it. */
static bool is_about_an_option(const char *text)
{
    static const char *const rules[] = {"MESSAGE_SAME_JSON_FORMAT@", "ENUM_SAME_JSON_FORMAT@",
                                        "ENUM_SAME_TYPE@", "RPC_SAME_IDEMPOTENCY_LEVEL@"};
    for (size_t i = 0; i < SL_ARRAY_LEN(rules); i++)
        if (strncmp(text, rules[i], strlen(rules[i])) == 0)
            return true;
    return false;
}

bool is_same_finding(const char *theirs, const char *ours)
{
    size_t len = strlen(theirs);
    if (strcmp(theirs, ours) == 0)
        return true;
    return is_about_an_option(theirs) && len > 4 && strcmp(theirs + len - 4, ":1:1") == 0 &&
           strncmp(theirs, ours, len - 3) == 0;
}

void format_finding(const sl_finding *finding, char *to, size_t size)
{
    sl_str file = finding->at.file.data ? finding->at.file : SL_STR("-");
    snprintf(to, size, "%.*s@%.*s:%u:%u", SL_STR_ARG(finding->rule), SL_STR_ARG(file),
             SL_MAX(finding->at.line, 1u), SL_MAX(finding->at.column, 1u));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

void sort_texts(finding_texts *texts)
{
    qsort(texts->items, texts->count, sizeof texts->items[0], compare_texts);
}

void check_texts(const sl_schema *old, const sl_schema *new, sl_compat_category category,
                 int directions, finding_texts *ret_texts)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compat_request request = {
        .old_schema = old,
        .new_schema = new,
        .rules = sl_compat_rules_of((int)category),
        .directions = directions,
        .compares_imports = true,
    };
    if (sl_compat_run(&request, &findings) != SL_OK)
        give_up("sl_compat_run", "no memory");
    ret_texts->count = findings.list.count;
    for (size_t i = 0; i < findings.list.count; i++)
        format_finding(&findings.list.items[i], ret_texts->items[i], sizeof ret_texts->items[i]);
    sort_texts(ret_texts);
}
