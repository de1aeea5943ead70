/* schema/link.c: files in, schema or findings out.
 *
 * The schema is built in an arena of its own by a row of passes, each in a file of its own (internal/linker.h has the list). All that is
 * needed on the way only lies in a second arena. Passes go on after findings as long as what they read is there, so that an author
 * sees everything that is wrong at once; but nothing with an error leaves: the last step either publishes the schema
 * whole or drops it.
 *
 * Three barriers stop early because all that follows would only repeat the first cause: files that cannot be read, imports that are
 * not there or go in a circle, and names or features that do not stand. */
#include "schema/internal/linker.h"

#include <stdio.h>

static const struct {
    const char *id, *why, *advice;
} rules[SL_LINK_RULE_COUNT] = {
#define RULE(id, why, advice) {#id, why, advice},
#include "schema/link_rules.def"
#undef RULE
};

const char *sl_link_rule_id(sl_link_rule rule)
{
    return rules[rule].id;
}

static SL_PRINTF(4, 0) sl_status
    add_finding(sl_linker *linker, sl_link_rule rule, const sl_link_place *place,
                const char *format, va_list args)
{
    enum { TEXT_SIZE = 1280, ADVICE_SIZE = 256 };
    char text[TEXT_SIZE + ADVICE_SIZE];
    int len = vsnprintf(text, TEXT_SIZE, format, args);
    size_t used = SL_MIN((size_t)SL_MAX(len, 0), (size_t)TEXT_SIZE - 1);
    /* A name that was cut may have lost a part of its last character. */
    used = SL_MIN(used, sl_utf8_find_invalid((sl_bytes){(const uint8_t *)text, used}));
    snprintf(text + used, sizeof text - used, "; %s", rules[rule].advice);
    sl_finding finding = {.rule = sl_str_from(rules[rule].id),
                          .severity = place->severity,
                          .at = place->at,
                          .previous = place->previous,
                          .message = sl_str_from(text),
                          .why = sl_str_from(rules[rule].why),
                          .fix = sl_str_from(linker->hint[0] ? linker->hint : NULL)};
    sl_status status = sl_findings_add(linker->findings, &finding);
    linker->hint[0] = '\0';
    return status == SL_OK ? SL_OK : sl_error_no_memory(linker->err);
}

sl_status sl_link_finding(sl_linker *linker, sl_link_rule rule, sl_location at, const char *format,
                          ...)
{
    va_list args;
    sl_link_place place = {.severity = SL_SEVERITY_ERROR, .at = at};
    va_start(args, format);
    sl_status status = add_finding(linker, rule, &place, format, args);
    va_end(args);
    return status;
}

sl_status sl_link_finding_pair(sl_linker *linker, sl_link_rule rule, sl_location at,
                               sl_location previous, const char *format, ...)
{
    va_list args;
    sl_link_place place = {SL_SEVERITY_ERROR, at, previous};
    va_start(args, format);
    sl_status status = add_finding(linker, rule, &place, format, args);
    va_end(args);
    return status;
}

sl_status sl_link_finding_of(sl_linker *linker, sl_link_rule rule, const sl_link_place *place,
                             const char *format, ...)
{
    if (place->severity != SL_SEVERITY_ERROR && !linker->borrowed)
        return SL_OK;
    va_list args;
    va_start(args, format);
    sl_status status = add_finding(linker, rule, place, format, args);
    va_end(args);
    return status;
}

void sl_link_hint(sl_linker *linker, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(linker->hint, sizeof linker->hint, format, args);
    va_end(args);
    /* Half a hint is none. */
    if (len < 0 || (size_t)len >= sizeof linker->hint)
        linker->hint[0] = '\0';
}

bool sl_link_has_errors(const sl_linker *linker)
{
    return linker->findings->error_count > linker->errors_before;
}

char *sl_link_text(sl_linker *linker, size_t len)
{
    enum { BLOCK = 32768 };
    sl_text_pool *pool = &linker->texts;
    if (len >= pool->left) {
        size_t size = SL_MAX(len + 1, (size_t)BLOCK);
        char *block = sl_arena_alloc(pool->arena, size);
        if (!block)
            return NULL;
        pool->next = block;
        pool->left = size;
    }
    char *text = pool->next;
    text[len] = '\0';
    pool->next += len + 1;
    pool->left -= len + 1;
    return text;
}

void *sl_link_items(sl_linker *linker, size_t count, size_t size)
{
    static _Alignas(16) uint8_t empty[16];
    return count == 0 ? (void *)empty : sl_arena_calloc(&linker->schema->arena, count, size);
}

/* Canonical bytes and their hash. Bytes that came in canonical form are shared with what was read from them. */
static sl_status hash_file(sl_linker *linker, sl_file *file, sl_buf *buf)
{
    sl_bytes came = file->serialized;
    sl_buf_clear(buf);
    sl_file_proto_write(file->proto, false, buf);
    if (sl_buf_status(buf) != SL_OK)
        return sl_error_no_memory(linker->err);
    sl_bytes canonical = sl_buf_bytes(buf);
    if (!sl_bytes_equal(came, canonical) &&
        sl_arena_copy_bytes(&linker->schema->arena, canonical, &file->serialized) != SL_OK)
        return sl_error_no_memory(linker->err);
    if (sl_sha256_of(file->serialized, &file->hash) != SL_OK)
        return sl_error_no_memory(linker->err);
    return SL_OK;
}

static sl_status hash_files(sl_linker *linker)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    for (size_t i = 0; i < linker->schema->file_count; i++)
        SL_TRY(hash_file(linker, linker->schema->ordered[i], &buf));
    return SL_OK;
}

static sl_status run_passes(sl_linker *linker, const sl_bytes *files, size_t count, sl_str main)
{
    SL_TRY(sl_link_collect(linker, files, count, main));
    if (sl_link_has_errors(linker))
        return SL_OK;
    SL_TRY(sl_link_build(linker));
    if (sl_link_has_errors(linker))
        return SL_OK;
    SL_TRY(sl_link_resolve(linker));
    SL_TRY(sl_link_fields(linker));
    SL_TRY(sl_link_messages(linker));
    SL_TRY(sl_link_enums(linker));
    SL_TRY(sl_link_extensions(linker));
    SL_TRY(sl_link_names(linker));
    SL_TRY(sl_link_element_options(linker));
    SL_TRY(sl_link_declarations(linker));
    if (sl_link_has_errors(linker) || linker->borrowed)
        return SL_OK;
    return hash_files(linker);
}

static sl_schema *schema_new(void)
{
    sl_schema *schema = sl_zalloc(sizeof *schema);
    if (schema)
        atomic_init(&schema->refs, 1);
    return schema;
}

static void linker_done(sl_linker *linker)
{
    sl_schema_unref(linker->schema);
    sl_map_done(&linker->symbols);
    sl_vec_done(&linker->files);
    sl_vec_done(&linker->messages);
    sl_arena_done(&linker->scratch);
}

static void linker_start(sl_linker *linker, sl_findings *findings, sl_error *err)
{
    linker->schema = schema_new();
    linker->findings = findings;
    linker->err = err;
    linker->errors_before = findings->error_count;
    if (linker->schema)
        linker->texts.arena = &linker->schema->arena;
}

/* What the passes made, unless there is something wrong with it. */
static sl_schema *publish(sl_linker *linker)
{
    return sl_link_has_errors(linker) ? NULL : sl_take(linker->schema);
}

sl_status sl_schema_link(const sl_bytes *files, size_t file_count, sl_str main,
                         sl_schema **ret_schema, sl_findings *findings, sl_error *err)
{
    sl_cleanup(linker_done) sl_linker linker = {0};
    linker_start(&linker, findings, err);
    if (!linker.schema)
        return sl_error_no_memory(err);
    SL_TRY(run_passes(&linker, files, file_count, main));
    *ret_schema = publish(&linker);
    return SL_OK;
}

sl_status sl_schema_link_protos(const sl_link_protos *protos, sl_schema **ret_schema,
                                sl_findings *findings, sl_error *err)
{
    sl_cleanup(linker_done) sl_linker linker = {.borrowed = protos};
    linker_start(&linker, findings, err);
    if (!linker.schema)
        return sl_error_no_memory(err);
    SL_TRY(run_passes(&linker, NULL, protos->file_count, protos->main));
    *ret_schema = publish(&linker);
    return SL_OK;
}

static sl_status set_malformed(sl_findings *findings, const sl_error *cause, sl_error *err)
{
    sl_linker linker = {.findings = findings, .err = err};
    return sl_link_finding(&linker, SL_LINK_DESCRIPTOR_SET_MALFORMED, (sl_location){0}, "%s",
                           cause->text);
}

sl_status sl_schema_link_set(sl_bytes set, sl_str main, sl_schema **ret_schema,
                             sl_findings *findings, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto files;
    sl_error cause = {0};
    sl_status status = sl_file_set_read(set, &arena, &files, &cause);
    if (status == SL_MALFORMED) {
        *ret_schema = NULL;
        return set_malformed(findings, &cause, err);
    }
    if (status != SL_OK)
        return sl_error_set(err, status, "%s", cause.text);
    return sl_schema_link(files.files.items, files.files.count, main, ret_schema, findings, err);
}
