/* registry/register.c: a schema arrives.
 *
 *   (compile ─▶) link ─▶ main file ─▶ ┌ plan ─▶ judge ─▶ store (one transaction) ┐ ─▶ answer
 *                                     └──────────── again, if a subject moved ◀──┘
 *
 * A check takes the same road and stops before the transaction, so that what it says is what registering would meet. Linking happens once; plan and
 * judgement are the heavy part and happen outside the transaction, on a reader's view of one moment. */
#include "registry/internal/register.h"

/* --- which file is the main one --------------------------------------------------------------- */

/* Where there is one source, it is the main file. */
static sl_str only_source(const sl_register_request *request)
{
    return request->source_count == 1 ? request->sources[0].path : (sl_str){0};
}

/* Link, and if another file than the last is the main one, link again with that. Without a schema the findings say why. */
static sl_status link_set(sl_registration *registration, sl_bytes set, sl_findings *findings,
                          sl_schema **ret_schema, sl_problem *problem)
{
    const sl_register_request *request = registration->request;
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    if (set.len > SL_LIMIT_SET_BYTES)
        return sl_refuse(
            problem, SL_PROBLEM_LIMIT, SL_LIMIT,
            "a descriptor set of %zu bytes, and %d is the most (limit SET_BYTES): register the "
            "imports under subjects of their own, a part at a time",
            set.len, SL_LIMIT_SET_BYTES);
    sl_str main = request->main.data ? request->main : only_source(request);
    sl_status status = sl_schema_link_set(set, main, &schema, findings, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    if (!schema || !request->message_type.data) {
        *ret_schema = sl_take(schema);
        return SL_OK;
    }
    const sl_message *message = sl_schema_find_message(schema, request->message_type);
    bool is_in_main = message && message->file == sl_schema_main_file(schema);
    if (!message || (request->main.data && !is_in_main))
        return sl_refuse(problem, SL_PROBLEM_NO_MESSAGE_TYPE, SL_INVALID, "no message '%.*s' in %s",
                         SL_STR_ARG(request->message_type),
                         request->main.data ? "the main file" : "the files that were sent");
    if (is_in_main) {
        *ret_schema = sl_take(schema);
        return SL_OK;
    }
    sl_findings_done(findings);
    status = sl_schema_link_set(set, message->file->path, ret_schema, findings, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

static sl_status add_findings(const sl_findings *from, sl_findings *to)
{
    for (size_t i = 0; i < from->list.count; i++)
        SL_TRY(sl_findings_add(to, &from->list.items[i]));
    to->left_out += from->left_out;
    return SL_OK;
}

/* The set that was sent, or what the compiler makes of the sources. */
static sl_status link_request(sl_registration *registration, sl_findings *findings,
                              sl_schema **ret_schema, sl_problem *problem)
{
    sl_cleanup(sl_findings_done) sl_findings linked = {0};
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    if (registration->request->source_count == 0)
        return link_set(registration, registration->request->descriptor_set, findings, ret_schema,
                        problem);
    SL_TRY(sl_registration_compile(registration, findings, &set, problem));
    if (sl_findings_have_errors(findings))
        return SL_OK;
    SL_TRY(link_set(registration, sl_buf_bytes(&set), &linked, ret_schema, problem));
    return add_findings(&linked, findings) == SL_OK ? SL_OK : sl_refuse_no_memory(problem);
}

/* The linked closure of the main file, or NULL with findings. */
static sl_status link_main(sl_registration *registration, sl_findings *findings,
                           sl_schema **ret_schema, sl_problem *problem)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    SL_TRY(link_request(registration, findings, &schema, problem));
    if (!schema)
        return SL_OK;
    sl_status status = sl_schema_prune(schema, ret_schema, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

/* --- one attempt ----------------------------------------------------------------------------- */

static void clear_attempt(sl_registration *registration)
{
    sl_findings_done(&registration->findings);
    sl_arena_reset(&registration->arena);
    registration->planned = NULL;
    registration->planned_count = 0;
    registration->has_moved = false;
}

static void registration_done(sl_registration *registration)
{
    clear_attempt(registration);
    sl_arena_done(&registration->arena);
    sl_schema_unref(registration->schema);
}

/* What a check answers of a version that is not there. */
static sl_status describe_planned(sl_registration *registration, const sl_planned *planned)
{
    sl_arena *arena = registration->result_arena;
    sl_version version = {.version = (int32_t)planned->version.number,
                          .id = (int32_t)planned->version.schema_id};
    sl_str text;
    sl_guid_format(planned->exact.bytes, version.guid);
    SL_TRY(sl_arena_copy_str(arena, planned->subject, &version.subject));
    SL_TRY(sl_arena_copy_str(arena, planned->file->path, &version.main));
    SL_TRY(sl_file_messages(planned->file, arena, &text));
    SL_TRY(sl_messages_split(text, arena, &version));
    version.references = sl_arena_array(arena, sl_reference, planned->reference_count);
    if (!version.references)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < planned->reference_count; i++) {
        const sl_reference *from = &planned->references[i];
        sl_reference *to = &version.references[version.reference_count++];
        to->version = from->version;
        SL_TRY(sl_arena_copy_str(arena, from->name, &to->name));
        SL_TRY(sl_arena_copy_str(arena, from->subject, &to->subject));
    }
    registration->version = version;
    return SL_OK;
}

static sl_status answer_known(sl_registration *registration, sl_session *session,
                              const sl_planned *main, sl_problem *problem)
{
    sl_error err = {0};
    sl_status status = sl_version_load(session, main->subject, main->version.number,
                                       registration->result_arena, &registration->version, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

static sl_str first_error(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++)
        if (findings->list.items[i].severity == SL_SEVERITY_ERROR)
            return findings->list.items[i].message;
    return SL_STR("see the findings");
}

static sl_status refuse_findings(const sl_registration *registration, sl_problem_code code,
                                 sl_problem *problem)
{
    const sl_findings *findings = &registration->findings;
    const char *what = code == SL_PROBLEM_CONTRACT_BROKEN
                           ? "a contract's message type would be lost"
                           : "readers of earlier versions would break";
    return sl_refuse(problem, code, SL_CONFLICT, "%s: %zu finding%s, first: %.*s", what,
                     findings->error_count, findings->error_count == 1 ? "" : "s",
                     SL_STR_ARG(first_error(findings)));
}

/* Plan and judge on one view of the store. *ret_is_decided: there is nothing to store. */
static sl_status prepare(sl_registration *registration, bool *ret_is_decided, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_problem_code code;
    SL_TRY(sl_reader_take(registration->registry, &reader, problem));
    SL_TRY(sl_registration_plan(registration, reader.session, problem));
    const sl_planned *main = sl_registration_main(registration);
    *ret_is_decided = !main->is_new || registration->request->is_check;
    if (!main->is_new)
        return answer_known(registration, reader.session, main, problem);
    SL_TRY(sl_registration_judge(registration, reader.session, &code, problem));
    if (code != SL_PROBLEM_NONE && !registration->request->is_check)
        return refuse_findings(registration, code, problem);
    if (registration->request->is_check && describe_planned(registration, main) != SL_OK)
        return sl_refuse_no_memory(problem);
    return SL_OK;
}

static sl_status attempt(sl_registration *registration, bool *ret_is_new, sl_problem *problem)
{
    bool is_decided = false;
    if (add_findings(registration->linked, &registration->findings) != SL_OK)
        return sl_refuse_no_memory(problem);
    SL_TRY(prepare(registration, &is_decided, problem));
    *ret_is_new = sl_registration_main(registration)->is_new;
    if (is_decided)
        return SL_OK;
    return sl_writer_run(registration->registry, sl_registration_store, registration, problem);
}

/* --- the door -------------------------------------------------------------------------------- */

static sl_status refuse_files(const sl_registration *registration, sl_register_answer *answer,
                              sl_problem *problem)
{
    if (registration->request->is_check) {
        answer->version.subject = registration->subject;
        answer->is_new = true;
        return SL_OK;
    }
    return sl_refuse(problem, SL_PROBLEM_NOT_A_SCHEMA, SL_INVALID,
                     "the files do not make a schema: %.*s",
                     SL_STR_ARG(first_error(&answer->findings)));
}

/* A check may name a topic: then it is the subject of its contract. */
static sl_status find_subject(sl_registration *registration, sl_problem *problem)
{
    const sl_register_request *request = registration->request;
    registration->subject = request->subject;
    if (registration->subject.data || !request->is_check || !request->topic.data)
        return sl_check_subject_name(registration->subject, problem);
    sl_contract contract;
    SL_TRY(sl_registry_contract_get(registration->registry, request->topic,
                                    registration->result_arena, &contract, problem));
    registration->subject = contract.subject;
    return SL_OK;
}

static sl_status run_attempts(sl_registration *registration, bool *ret_is_new, sl_problem *problem)
{
    for (int i = 0; i < SL_LIMIT_REGISTER_ATTEMPTS; i++) {
        clear_attempt(registration);
        sl_status status = attempt(registration, ret_is_new, problem);
        if (status == SL_OK || !registration->has_moved)
            return status;
    }
    return sl_refuse(problem, SL_PROBLEM_BUSY, SL_BUSY,
                     "subject '%.*s' was changed by others during each of %d attempts "
                     "(limit REGISTER_ATTEMPTS): try again",
                     SL_STR_ARG(registration->subject), SL_LIMIT_REGISTER_ATTEMPTS);
}

/* Moved and not copied: after the commit nothing may fail any more. */
static void give_findings(sl_registration *registration, sl_register_answer *answer)
{
    sl_findings_done(&answer->findings);
    answer->findings = registration->findings;
    registration->findings = (sl_findings){0};
}

sl_status sl_registry_register(sl_registry *registry, const sl_actor *actor,
                               const sl_register_request *request, sl_arena *arena,
                               sl_register_answer *answer, sl_problem *problem)
{
    sl_cleanup(sl_findings_done) sl_findings linked = {0};
    sl_cleanup(registration_done) sl_registration registration = {.registry = registry,
                                                                  .actor = actor,
                                                                  .request = request,
                                                                  .linked = &linked,
                                                                  .result_arena = arena};
    if (!request->is_check)
        SL_TRY(sl_check_writer(actor, problem));
    SL_TRY(find_subject(&registration, problem));
    SL_TRY(link_main(&registration, &linked, &registration.schema, problem));
    if (!registration.schema) {
        answer->findings = linked;
        linked = (sl_findings){0};
        return refuse_files(&registration, answer, problem);
    }
    sl_status status = run_attempts(&registration, &answer->is_new, problem);
    give_findings(&registration, answer);
    answer->version = registration.version;
    return status;
}
