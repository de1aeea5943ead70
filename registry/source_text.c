/* registry/source_text.c: a version as .proto text: as it was sent, or printed.
 *
 * What came as text is given back as it came. What came as a descriptor is printed: for people, with the comments and the order of its source
 * info if it brought some; or in the canonical form, which is the same for all schemas that mean the same. */
#include "registry/internal/core.h"

static sl_status sent_text(sl_session *session, const sl_version_row *version, sl_buf *text,
                           bool *ret_was_sent, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_version_source_row row, key = {.subject = version->subject, .number = version->number};
    *ret_was_sent = false;
    sl_status status = sl_get_version_source_by_number(session, &key, &arena, &row, err);
    if (status == SL_NOT_FOUND)
        return SL_OK;
    SL_TRY(status);
    if (!row.text.data)
        return SL_OK;
    sl_buf_append_str(text, row.text);
    *ret_was_sent = true;
    return sl_buf_status(text) == SL_OK ? SL_OK : sl_error_no_memory(err);
}

static sl_status printed_text(sl_session *session, const sl_version_row *version,
                              sl_print_form form, sl_buf *text, sl_error *err)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    SL_TRY(sl_version_schema_load(session, version, &schema, err));
    return sl_print_file(schema, sl_schema_main_file(schema), form, text, &findings, err);
}

sl_status sl_version_text_write(sl_session *session, const sl_version_row *version,
                                sl_source_form form, sl_buf *text, sl_error *err)
{
    bool was_sent = false;
    if (form == SL_SOURCE_SENT)
        SL_TRY(sent_text(session, version, text, &was_sent, err));
    if (was_sent)
        return SL_OK;
    return printed_text(session, version,
                        form == SL_SOURCE_CANONICAL ? SL_PRINT_CANONICAL : SL_PRINT_PRETTY, text,
                        err);
}

sl_status sl_registry_version_text(sl_registry *registry, sl_str subject, int32_t version,
                                   sl_source_form form, sl_buf *text, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_version_row row;
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    SL_TRY(sl_version_row_find(reader.session, subject, version, &arena, &row, problem));
    sl_status status = sl_version_text_write(reader.session, &row, form, text, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}
