/* registry/version_diff.c: what changed from one version of a subject to another.
 *
 * Two answers to one question: what the rules find, old against new, whichever of the two was registered first; and the main files line by
 * line. The text is canonical unless asked otherwise, so that order and layout, which nobody reads from the wire, are no change. Both
 * versions are read at one moment. Nothing is judged here: severities and levels are a registration's. */
#include "registry/internal/core.h"

typedef struct diff_side {
    sl_version_row row;
    sl_schema *schema;
    sl_buf text;
} diff_side;

static void side_done(diff_side *side)
{
    sl_schema_unref(side->schema);
    sl_buf_done(&side->text);
}

static sl_status load_side(sl_session *session, const sl_diff_request *request, diff_side *side,
                           sl_problem *problem)
{
    sl_error err = {0};
    sl_status status = sl_version_schema_load(session, &side->row, &side->schema, &err);
    if (status == SL_OK)
        status = sl_version_text_write(session, &side->row, request->form, &side->text, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

static sl_status write_diff(const diff_side *from, const diff_side *to, sl_buf *text, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_text_diff diff = {
        .old_name = sl_arena_printf(&arena, "%.*s@%lld", SL_STR_ARG(from->row.subject),
                                    (long long)from->row.number),
        .new_name = sl_arena_printf(&arena, "%.*s@%lld", SL_STR_ARG(to->row.subject),
                                    (long long)to->row.number),
        .old_text = sl_buf_str(&from->text),
        .new_text = sl_buf_str(&to->text),
    };
    if (arena.has_failed)
        return sl_error_no_memory(err);
    return sl_text_diff_write(&diff, text, err);
}

sl_status sl_registry_version_diff(sl_registry *registry, const sl_diff_request *request,
                                   sl_diff_result *ret_result, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(side_done) diff_side from = {0};
    sl_cleanup(side_done) diff_side to = {0};
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    SL_TRY(sl_version_row_find(reader.session, request->subject, request->from, &arena, &from.row,
                               problem));
    SL_TRY(sl_version_row_find(reader.session, request->subject, request->to, &arena, &to.row,
                               problem));
    SL_TRY(load_side(reader.session, request, &from, problem));
    SL_TRY(load_side(reader.session, request, &to, problem));
    const sl_compat_request compared = {
        .old_schema = from.schema,
        .new_schema = to.schema,
        .rules = request->rules,
        .directions = request->directions,
    };
    sl_status status = write_diff(&from, &to, &ret_result->text, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    if (sl_compat_run(&compared, &ret_result->findings) != SL_OK)
        return sl_refuse_no_memory(problem);
    ret_result->from = (int32_t)from.row.number;
    ret_result->to = (int32_t)to.row.number;
    return SL_OK;
}

void sl_diff_result_done(sl_diff_result *result)
{
    sl_findings_done(&result->findings);
    sl_buf_done(&result->text);
}
