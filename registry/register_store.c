/* registry/register_store.c: the rows of a registration, in one transaction, dependencies first.
 *
 * The plan was made outside: here each subject's generation is compared with the one that was planned on, and if it moved nothing is
 * written and the caller plans again. Whether a schema or a file is there already is asked once more, since other subjects may have brought them. */
#include "registry/internal/register.h"
#include "json/json.h"

typedef struct store_work {
    sl_tx *tx;
    sl_registration *registration;
    bool *is_file_stored; /* by sl_file.index: known to be in the store */
} store_work;

/* --- the schema ------------------------------------------------------------------------------ */

static sl_status store_file(store_work *work, const sl_file *file)
{
    if (work->is_file_stored[file->index])
        return SL_OK;
    sl_file_row row = {{file->hash.bytes, SL_SHA256_SIZE}, file->serialized};
    sl_status status = sl_insert_file(work->tx->session, &row, NULL);
    if (status != SL_EXISTS)
        SL_TRY(status);
    work->is_file_stored[file->index] = true;
    return SL_OK;
}

static sl_status store_closure(store_work *work, const sl_planned *planned, int64_t schema_id)
{
    const sl_schema *schema = work->registration->schema;
    sl_session *session = work->tx->session;
    size_t count = sl_schema_file_count(schema);
    bool *marks = sl_arena_array(work->tx->arena, bool, count);
    int64_t ordinal = 0;
    if (!marks)
        return SL_NO_MEMORY;
    sl_schema_reachable(schema, planned->file, marks);
    for (size_t i = 0; i < count; i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        if (!marks[file->index])
            continue;
        sl_schema_file_row row = {
            schema_id, ordinal++, file->path, {file->hash.bytes, SL_SHA256_SIZE}};
        SL_TRY(store_file(work, file));
        SL_TRY(sl_insert_schema_file(session, &row, NULL));
    }
    return SL_OK;
}

static sl_status store_references(sl_tx *tx, const sl_planned *planned, int64_t schema_id)
{
    for (size_t i = 0; i < planned->reference_count; i++) {
        const sl_reference *reference = &planned->references[i];
        sl_schema_reference_row row = {schema_id, (int64_t)i, reference->name, reference->subject,
                                       reference->version};
        SL_TRY(sl_insert_schema_reference(tx->session, &row, NULL));
    }
    return SL_OK;
}

static int64_t top_level_count(const sl_file *file)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < file->message_count; i++)
        count += !file->messages[i].is_map_entry;
    return count;
}

/* The id of the schema with this exact fingerprint, known or new. */
static sl_status store_schema(store_work *work, const sl_planned *planned, int64_t *ret_id)
{
    sl_tx *tx = work->tx;
    sl_schema_row row = {
        .exact = {planned->exact.bytes, SL_SHA256_SIZE},
        .normal = {planned->normal.bytes, SL_SHA256_SIZE},
        .guid = {planned->exact.bytes, SL_GUID_SIZE},
        .main = planned->file->path,
        .top_level_count = top_level_count(planned->file),
        .created_us = tx->now_us,
    };
    sl_schema_row known;
    sl_status status = sl_get_schema_by_exact(tx->session, &row, tx->arena, &known, NULL);
    if (status == SL_OK) {
        *ret_id = known.id;
        return SL_OK;
    }
    if (status != SL_NOT_FOUND)
        return status;
    SL_TRY(sl_file_messages(planned->file, tx->arena, &row.messages));
    SL_TRY(sl_insert_schema(tx->session, &row, NULL));
    SL_TRY(store_closure(work, planned, row.id));
    SL_TRY(store_references(tx, planned, row.id));
    *ret_id = row.id;
    return SL_OK;
}

/* --- the version ----------------------------------------------------------------------------- */

static sl_status store_subject(sl_tx *tx, sl_registration *registration, const sl_planned *planned)
{
    sl_subject_row row, key = {.name = planned->subject};
    sl_status status = sl_get_subject_by_name(tx->session, &key, tx->arena, &row, NULL);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return status;
    int64_t generation = status == SL_OK ? row.generation : 0;
    registration->has_moved = generation != planned->subject_row.generation;
    if (registration->has_moved)
        return SL_STALE;
    if (generation == 0) {
        row = (sl_subject_row){planned->subject, -1, 1, tx->now_us};
        return sl_insert_subject(tx->session, &row, NULL);
    }
    row.generation++;
    return sl_update_subject(tx->session, &row, NULL);
}

static sl_status store_source(sl_tx *tx, const sl_registration *registration,
                              const sl_planned *planned)
{
    sl_version_source_row row = {planned->subject, planned->version.number,
                                 planned->file->proto->source_info,
                                 sl_registration_text(registration, planned->file->path)};
    return row.source_info.len ? sl_insert_version_source(tx->session, &row, NULL) : SL_OK;
}

static sl_status append_change(sl_tx *tx, const sl_actor *actor, const sl_version_row *row,
                               const sl_planned *planned)
{
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    char guid[SL_GUID_TEXT_SIZE + 1];
    sl_guid_format(planned->exact.bytes, guid);
    sl_json_writer writer = sl_json_writer_of(&detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_integer(&writer, "version", row->number);
    sl_json_put_integer(&writer, "id", row->schema_id);
    sl_json_put_string(&writer, "guid", sl_str_from(guid));
    sl_json_put_string(&writer, "main", planned->file->path);
    sl_json_end_object(&writer);
    return sl_change_append(tx, actor, SL_CHANGE_SCHEMA_REGISTER, "subject", row->subject, &detail);
}

static sl_status store_version(store_work *work, const sl_planned *planned, sl_version_row *ret_row)
{
    sl_tx *tx = work->tx;
    sl_registration *registration = work->registration;
    sl_version_row row = {.subject = planned->subject,
                          .number = planned->version.number,
                          .created_us = tx->now_us,
                          .created_by = sl_actor_name(registration->actor)};
    SL_TRY(store_subject(tx, registration, planned));
    SL_TRY(store_schema(work, planned, &row.schema_id));
    SL_TRY(sl_insert_version(tx->session, &row, NULL));
    SL_TRY(store_source(tx, registration, planned));
    SL_TRY(sl_touch_subject(tx, planned->subject));
    SL_TRY(append_change(tx, registration->actor, &row, planned));
    *ret_row = row;
    return SL_OK;
}

sl_status sl_registration_store(sl_tx *tx, void *context, sl_problem *problem)
{
    (void)problem;
    sl_registration *registration = context;
    sl_version_row row = {0};
    store_work work = {tx, registration,
                       sl_arena_array(tx->arena, bool, sl_schema_file_count(registration->schema))};
    registration->has_moved = false;
    if (!work.is_file_stored)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < registration->planned_count; i++)
        if (registration->planned[i].is_new)
            SL_TRY(store_version(&work, &registration->planned[i], &row));
    /* The main file comes last: `row` is its own. */
    SL_TRY(sl_arena_copy_str(registration->result_arena, row.subject, &row.subject));
    SL_TRY(sl_arena_copy_str(registration->result_arena, row.created_by, &row.created_by));
    return sl_version_from_row(tx->session, &row, registration->result_arena,
                               &registration->version, NULL);
}
