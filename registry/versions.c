/* registry/versions.c: versions of subjects, and schemas by id, for reading. */
#include "registry/internal/core.h"

/* --- rows to versions ------------------------------------------------------------------------ */

/* The messages stand in one text, one a line. */
sl_status sl_messages_split(sl_str text, sl_arena *arena, sl_version *version)
{
    size_t count = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '\n';
    version->messages = sl_arena_array(arena, sl_str, count);
    if (!version->messages)
        return SL_NO_MEMORY;
    for (sl_str rest = text; rest.len > 0 && version->message_count < count;) {
        sl_str line = rest, behind = {0};
        if (!sl_str_split(rest, '\n', &line, &behind))
            line = rest;
        version->messages[version->message_count++] = line;
        rest = behind;
    }
    return SL_OK;
}

static sl_status load_references(sl_session *session, int64_t schema_id, sl_arena *arena,
                                 sl_version *version, sl_error *err)
{
    sl_schema_reference_row key = {.schema_id = schema_id}, *rows;
    size_t count;
    sl_scan scan = {.key = &key, .equal_count = 1};
    SL_TRY(sl_scan_schema_reference_by_ordinal(session, scan, arena, &rows, &count, err));
    version->references = sl_arena_array(arena, sl_reference, count);
    if (!version->references)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        version->references[i] =
            (sl_reference){rows[i].name, rows[i].subject, (int32_t)rows[i].number};
    version->reference_count = count;
    return SL_OK;
}

sl_status sl_version_from_row(sl_session *session, const sl_version_row *row, sl_arena *arena,
                              sl_version *ret_version, sl_error *err)
{
    sl_schema_row schema, key = {.id = row->schema_id};
    sl_status status = sl_get_schema_by_id(session, &key, arena, &schema, err);
    if (status == SL_NOT_FOUND || (status == SL_OK && schema.guid.len != SL_GUID_SIZE))
        return sl_error_set(err, SL_CORRUPT, "schema %lld is not there or not whole",
                            (long long)row->schema_id);
    SL_TRY(status);
    sl_version version = {
        .subject = row->subject,
        .version = (int32_t)row->number,
        .id = (int32_t)row->schema_id,
        .main = schema.main,
        .created_us = row->created_us,
        .created_by = row->created_by,
    };
    sl_guid_format(schema.guid.data, version.guid);
    if (sl_messages_split(schema.messages, arena, &version) != SL_OK)
        return sl_error_no_memory(err);
    SL_TRY(load_references(session, row->schema_id, arena, &version, err));
    *ret_version = version;
    return SL_OK;
}

sl_status sl_version_load(sl_session *session, sl_str subject, int64_t number, sl_arena *arena,
                          sl_version *ret_version, sl_error *err)
{
    sl_version_row row, key = {.subject = subject, .number = number};
    SL_TRY(number == SL_VERSION_LATEST ? sl_version_latest(session, subject, arena, &row, err)
                                       : sl_get_version_by_number(session, &key, arena, &row, err));
    return sl_version_from_row(session, &row, arena, ret_version, err);
}

sl_status sl_version_latest(sl_session *session, sl_str subject, sl_arena *arena,
                            sl_version_row *ret_row, sl_error *err)
{
    sl_version_row key = {.subject = subject}, *rows;
    size_t count;
    sl_scan scan = {.key = &key, .equal_count = 1, .is_descending = true, .limit = 1};
    SL_TRY(sl_scan_version_by_number(session, scan, arena, &rows, &count, err));
    if (count == 0)
        return SL_NOT_FOUND;
    *ret_row = rows[0];
    return SL_OK;
}

bool sl_version_has_message(const sl_version *version, sl_str message_type)
{
    for (size_t i = 0; i < version->message_count; i++)
        if (sl_str_equal(version->messages[i], message_type))
            return true;
    return false;
}

/* --- use-cases ------------------------------------------------------------------------------- */

static sl_status find_subject(sl_session *session, sl_str subject, sl_arena *arena,
                              sl_problem *problem)
{
    sl_subject_row row, key = {.name = subject};
    sl_error err = {0};
    sl_status status = sl_get_subject_by_name(session, &key, arena, &row, &err);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_SUBJECT, SL_NOT_FOUND,
                         "there is no subject '%.*s': register a schema under it",
                         SL_STR_ARG(subject));
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

static sl_status no_version(sl_problem *problem, sl_str subject, int32_t version)
{
    if (version == SL_VERSION_LATEST)
        return sl_refuse(problem, SL_PROBLEM_NO_VERSION, SL_NOT_FOUND,
                         "subject '%.*s' has no version yet", SL_STR_ARG(subject));
    return sl_refuse(problem, SL_PROBLEM_NO_VERSION, SL_NOT_FOUND,
                     "subject '%.*s' has no version %d", SL_STR_ARG(subject), version);
}

sl_status sl_registry_version_list(sl_registry *registry, sl_str subject, sl_page page,
                                   sl_arena *arena, sl_versions *ret_versions, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    uint32_t limit = sl_page_limit(page);
    sl_version_row key = {.subject = subject}, *rows;
    size_t count;
    sl_error err = {0};
    if (page.cursor.data && !sl_str_to_i64(page.cursor, &key.number))
        return sl_refuse(problem, SL_PROBLEM_BAD_REQUEST, SL_INVALID,
                         "a cursor of versions is the number of one");
    sl_scan scan = {.key = &key, .equal_count = 1, .bound = SL_SCAN_AFTER, .limit = limit + 1};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    SL_TRY(find_subject(reader.session, subject, arena, problem));
    sl_status status = sl_scan_version_by_number(reader.session, scan, arena, &rows, &count, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    size_t shown = SL_MIN(count, (size_t)limit);
    sl_version *items = sl_arena_array(arena, sl_version, shown);
    if (!items)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; status == SL_OK && i < shown; i++)
        status = sl_version_from_row(reader.session, &rows[i], arena, &items[i], &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    sl_str next = {0};
    if (count > shown) {
        next = sl_arena_printf(arena, "%d", items[shown - 1].version);
        if (!next.data)
            return sl_refuse_no_memory(problem);
    }
    *ret_versions = (sl_versions){items, shown, next};
    return SL_OK;
}

sl_status sl_registry_version_get(sl_registry *registry, sl_str subject, int32_t version,
                                  sl_arena *arena, sl_version *ret_version, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    SL_TRY(find_subject(reader.session, subject, arena, problem));
    sl_status status = sl_version_load(reader.session, subject, version, arena, ret_version, &err);
    if (status == SL_NOT_FOUND)
        return no_version(problem, subject, version);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

/* A number that is not there, or a subject that is not, is a refusal. */
sl_status sl_version_row_find(sl_session *session, sl_str subject, int32_t version, sl_arena *arena,
                              sl_version_row *ret_row, sl_problem *problem)
{
    sl_version_row key = {.subject = subject, .number = version};
    sl_error err = {0};
    SL_TRY(find_subject(session, subject, arena, problem));
    sl_status status = version == SL_VERSION_LATEST
                           ? sl_version_latest(session, subject, arena, ret_row, &err)
                           : sl_get_version_by_number(session, &key, arena, ret_row, &err);
    if (status == SL_NOT_FOUND)
        return no_version(problem, subject, version);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

sl_status sl_registry_version_schema(sl_registry *registry, sl_str subject, int32_t version,
                                     sl_schema **ret_schema, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_version_row row;
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    SL_TRY(sl_version_row_find(reader.session, subject, version, &arena, &row, problem));
    sl_status status = sl_version_schema_load(reader.session, &row, ret_schema, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

sl_status sl_registry_schema_get(sl_registry *registry, int32_t id, sl_schema **ret_schema,
                                 sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_status status = sl_schema_load(reader.session, id, (sl_bytes){0}, ret_schema, &err);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_SCHEMA, SL_NOT_FOUND, "there is no schema %d", id);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}
