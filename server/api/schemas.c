/* server/api/schemas.c: subjects, their versions, and what a change would meet.
 *
 * Registering and checking are one use-case of the registry with a flag; here they differ in where the request says its parts (query and raw
 * bytes, or JSON) and in how the answer reads: for a check, incompatibility is the answer; for a registration, a refusal. */
#include "server/internal/api.h"

/* --- subjects -------------------------------------------------------------------------------- */

static void put_subject(sl_json_writer *writer, const sl_subject *subject)
{
    sl_json_put_string(writer, "subject", subject->name);
    sl_json_put_string(writer, "compatibility", sl_str_from(sl_compat_level_name(subject->level)));
    sl_json_put_bool(writer, "compatibility_is_own", subject->has_own_level);
    sl_json_put_integer(writer, "latest_version", subject->latest_version);
    sl_json_put_integer(writer, "version_count", subject->version_count);
    sl_json_put_string_if(writer, "topic", subject->topic);
}

void sl_api_subject_list(sl_request *request, sl_response *response)
{
    sl_subjects subjects;
    sl_problem problem = {0};
    sl_page page;
    if (!sl_api_query_page(request, response, &page))
        return;
    if (sl_registry_subject_list(sl_app_registry(request), sl_request_query(request, "prefix"),
                                 page, request->arena, &subjects, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_array(&writer, "subjects");
    for (size_t i = 0; i < subjects.count; i++) {
        sl_json_put_object(&writer, NULL);
        put_subject(&writer, &subjects.items[i]);
        sl_json_end_object(&writer);
    }
    sl_json_end_array(&writer);
    sl_api_put_cursor(&writer, subjects.next_cursor);
    sl_api_end(request, response, &writer);
}

void sl_api_subject_get(sl_request *request, sl_response *response)
{
    sl_subject subject;
    sl_problem problem = {0};
    if (sl_registry_subject_get(sl_app_registry(request), request->params[0], request->arena,
                                &subject, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    put_subject(&writer, &subject);
    sl_api_end(request, response, &writer);
}

typedef struct subject_body {
    sl_str compatibility;
} subject_body;

static const sl_json_field subject_fields[] = {
    {"compatibility", SL_JSON_FIELD_STRING, offsetof(subject_body, compatibility), true, NULL, -1},
};

void sl_api_subject_amend(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    subject_body given = {0};
    sl_problem problem = {0};
    sl_compat_level level;
    if (!sl_api_read_json(request, response, SL_API_FIELDS(subject_fields), &given, &root))
        return;
    if (!sl_compat_level_parse(given.compatibility, &level)) {
        sl_api_refuse(
            request, response, SL_PROBLEM_INVALID,
            "field 'compatibility' must be NONE, BACKWARD, FORWARD, FULL, or one of these "
            "with _TRANSITIVE");
        return;
    }
    if (sl_registry_subject_set_level(sl_app_registry(request), sl_app_actor(request),
                                      request->params[0], level, request->arena, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        sl_api_subject_get(request, response);
}

/* --- versions -------------------------------------------------------------------------------- */

static void put_references(sl_json_writer *writer, const sl_version *version)
{
    sl_json_put_array(writer, "references");
    for (size_t i = 0; i < version->reference_count; i++) {
        const sl_reference *reference = &version->references[i];
        sl_json_put_object(writer, NULL);
        sl_json_put_string(writer, "name", reference->name);
        sl_json_put_string(writer, "subject", reference->subject);
        sl_json_put_integer(writer, "version", reference->version);
        sl_json_end_object(writer);
    }
    sl_json_end_array(writer);
}

static void put_version(sl_json_writer *writer, const sl_version *version)
{
    sl_json_put_string(writer, "subject", version->subject);
    sl_json_put_integer(writer, "version", version->version);
    sl_json_put_integer(writer, "id", version->id);
    sl_json_put_string(writer, "guid", sl_str_from(version->guid));
    sl_json_put_string_if(writer, "main", version->main);
    sl_json_put_array(writer, "messages");
    for (size_t i = 0; i < version->message_count; i++)
        sl_json_put_string(writer, NULL, version->messages[i]);
    sl_json_end_array(writer);
    put_references(writer, version);
    if (version->created_us)
        sl_json_put_time(writer, "created", version->created_us);
    sl_json_put_string_if(writer, "created_by", version->created_by);
}

void sl_api_version_list(sl_request *request, sl_response *response)
{
    sl_versions versions;
    sl_problem problem = {0};
    sl_page page;
    if (!sl_api_query_page(request, response, &page))
        return;
    if (sl_registry_version_list(sl_app_registry(request), request->params[0], page, request->arena,
                                 &versions, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_string(&writer, "subject", request->params[0]);
    sl_json_put_array(&writer, "versions");
    for (size_t i = 0; i < versions.count; i++) {
        sl_json_put_object(&writer, NULL);
        put_version(&writer, &versions.items[i]);
        sl_json_end_object(&writer);
    }
    sl_json_end_array(&writer);
    sl_api_put_cursor(&writer, versions.next_cursor);
    sl_api_end(request, response, &writer);
}

/* A number, or `latest`. False: the answer is written. */
static bool read_version_number(sl_request *request, sl_response *response, int32_t *ret_version)
{
    sl_str text = request->params[1];
    int64_t number;
    if (sl_str_is(text, "latest")) {
        *ret_version = SL_VERSION_LATEST;
        return true;
    }
    if (sl_str_to_i64(text, &number) && number > 0 && number <= INT32_MAX) {
        *ret_version = (int32_t)number;
        return true;
    }
    sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                  "'%.*s' is not a version: expected a number from 1, or latest",
                  (int)SL_MIN(text.len, (size_t)64), text.data);
    return false;
}

static bool get_version(sl_request *request, sl_response *response, sl_version *ret_version,
                        bool *ret_is_done)
{
    sl_problem problem = {0};
    int32_t number;
    if (!read_version_number(request, response, &number))
        return false;
    if (sl_registry_version_get(sl_app_registry(request), request->params[0], number,
                                request->arena, ret_version, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return false;
    }
    sl_response_reset(response);
    /* `latest` moves on; a number never does. */
    *ret_is_done =
        number != SL_VERSION_LATEST && sl_api_immutable(request, response, ret_version->guid);
    return true;
}

/* sl_api_begin() starts from nothing; the headers of immutable answers are put back behind it. */
static void keep_headers(sl_response *response, const sl_response *before)
{
    for (size_t i = 0; i < before->header_count; i++)
        sl_response_header(response, before->headers[i].name, before->headers[i].value);
}

void sl_api_version_get(sl_request *request, sl_response *response)
{
    sl_version version;
    bool is_done;
    if (!get_version(request, response, &version, &is_done) || is_done)
        return;
    sl_response before = *response;
    sl_json_writer writer = sl_api_begin(response, 200);
    put_version(&writer, &version);
    sl_api_end(request, response, &writer);
    keep_headers(response, &before);
}

void sl_api_version_descriptor(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_version version;
    sl_problem problem = {0};
    bool is_done;
    if (!get_version(request, response, &version, &is_done) || is_done)
        return;
    if (sl_registry_version_schema(sl_app_registry(request), request->params[0], version.version,
                                   &schema, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    response->content_type = "application/x-protobuf";
    sl_schema_write_set(schema, true, &response->body);
    if (response->body.has_failed)
        sl_api_no_memory(request, response);
}

static bool read_form(sl_request *request, sl_response *response, sl_source_form *ret_form)
{
    static const char *const names[] = {"sent", "pretty", "canonical"};
    sl_str name = sl_request_query(request, "form");
    *ret_form = SL_SOURCE_SENT;
    if (!name.data)
        return true;
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
        *ret_form = (sl_source_form)i;
        if (sl_str_is(name, names[i]))
            return true;
    }
    sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                  "the parameter 'form' is sent, pretty or canonical");
    return false;
}

void sl_api_version_source(sl_request *request, sl_response *response)
{
    sl_source_form form;
    sl_version version;
    sl_problem problem = {0};
    bool is_done;
    if (!read_form(request, response, &form) ||
        !get_version(request, response, &version, &is_done) || is_done)
        return;
    if (sl_registry_version_text(sl_app_registry(request), request->params[0], version.version,
                                 form, &response->body, &problem) != SL_OK) {
        sl_response_reset(response);
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    response->content_type = "text/x-protobuf; charset=utf-8";
}

/* --- registering and checking ---------------------------------------------------------------- */

typedef struct schema_body {
    sl_str subject, topic, main, message_type, descriptor_set;
    const sl_json *files, *references;
} schema_body;

#define SCHEMA_FIELD(name, kind)                                                  \
    {                                                                             \
#name, SL_JSON_FIELD_##kind, offsetof(schema_body, name), false, NULL, -1 \
    }

static const sl_json_field register_fields[] = {
    SCHEMA_FIELD(main, STRING),           SCHEMA_FIELD(message_type, STRING),
    SCHEMA_FIELD(descriptor_set, STRING), SCHEMA_FIELD(files, VALUE),
    SCHEMA_FIELD(references, VALUE),
};

static const sl_json_field check_fields[] = {
    SCHEMA_FIELD(subject, STRING),        SCHEMA_FIELD(topic, STRING),
    SCHEMA_FIELD(main, STRING),           SCHEMA_FIELD(message_type, STRING),
    SCHEMA_FIELD(descriptor_set, STRING), SCHEMA_FIELD(files, VALUE),
    SCHEMA_FIELD(references, VALUE),
};

static bool refuse_body(sl_request *request, sl_response *response, const char *text)
{
    sl_api_refuse(request, response, SL_PROBLEM_INVALID, "%s", text);
    return false;
}

/* The descriptor set out of a JSON body, into `set`. False: the answer is written. */
static bool decode_set(sl_request *request, sl_response *response, sl_str text, sl_buf *set)
{
    sl_status status = sl_base64_decode(text, set);
    if (status == SL_OK)
        return true;
    if (status == SL_NO_MEMORY)
        sl_api_no_memory(request, response);
    else
        sl_api_refuse(request, response, SL_PROBLEM_MALFORMED,
                      "field 'descriptor_set' is not base64 (RFC 4648 §4, with padding)");
    return false;
}

static size_t count_members(const sl_json *object)
{
    void *iterator = NULL;
    const sl_json *value;
    sl_str name;
    size_t count = 0;
    while (sl_json_object_next(object, &iterator, &name, &value))
        count++;
    return count;
}

/* {"path": "text", …} */
static bool read_files(sl_request *request, sl_response *response, const sl_json *files,
                       sl_register_request *wanted)
{
    void *iterator = NULL;
    const sl_json *value;
    sl_str path;
    if (sl_json_kind_of(files) != SL_JSON_OBJECT || count_members(files) == 0)
        return refuse_body(request, response,
                           "field 'files' must be an object of at least one file: import paths "
                           "and their .proto text");
    size_t count = count_members(files);
    if (count > SL_LIMIT_REGISTER_FILES) {
        sl_api_refuse(request, response, SL_PROBLEM_LIMIT,
                      "%zu files, and %d is the most (limit REGISTER_FILES)", count,
                      SL_LIMIT_REGISTER_FILES);
        return false;
    }
    sl_source_file *sources = sl_arena_array(request->arena, sl_source_file, count);
    if (!sources) {
        sl_api_no_memory(request, response);
        return false;
    }
    wanted->sources = sources;
    while (sl_json_object_next(files, &iterator, &path, &value)) {
        if (sl_json_kind_of(value) != SL_JSON_STRING) {
            sl_api_refuse(request, response, SL_PROBLEM_INVALID,
                          "file '%.*s' must be a string, its .proto text",
                          (int)SL_MIN(path.len, (size_t)200), path.data);
            return false;
        }
        sources[wanted->source_count++] = (sl_source_file){path, sl_json_string(value)};
    }
    return true;
}

typedef struct reference_body {
    sl_str name, subject;
    int64_t version;
} reference_body;

static const sl_json_field reference_fields[] = {
    {"name", SL_JSON_FIELD_STRING, offsetof(reference_body, name), true, NULL, -1},
    {"subject", SL_JSON_FIELD_STRING, offsetof(reference_body, subject), true, NULL, -1},
    {"version", SL_JSON_FIELD_INT64, offsetof(reference_body, version), false, NULL, -1},
};

/* [{"name": path, "subject": …, "version": …}, …]; without a version, the latest. */
static bool read_references(sl_request *request, sl_response *response, const sl_json *list,
                            sl_register_request *wanted)
{
    size_t count = sl_json_kind_of(list) == SL_JSON_ARRAY ? sl_json_array_count(list) : 0;
    if (sl_json_kind_of(list) != SL_JSON_ARRAY || count > SL_LIMIT_REGISTER_FILES) {
        sl_api_refuse(
            request, response, SL_PROBLEM_INVALID,
            "field 'references' must be an array of at most %d objects with name, subject "
            "and version (limit REGISTER_FILES)",
            SL_LIMIT_REGISTER_FILES);
        return false;
    }
    sl_reference *references = sl_arena_array(request->arena, sl_reference, count);
    if (!references) {
        sl_api_no_memory(request, response);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        reference_body body = {.version = SL_VERSION_LATEST};
        sl_error err = {0};
        if (sl_json_read(sl_json_array_at(list, i), reference_fields,
                         SL_ARRAY_LEN(reference_fields), &body, &err) != SL_OK) {
            sl_api_refuse(request, response, SL_PROBLEM_INVALID, "references[%zu]: %s", i,
                          err.text);
            return false;
        }
        if (body.version != SL_VERSION_LATEST && (body.version < 1 || body.version > INT32_MAX)) {
            sl_api_refuse(request, response, SL_PROBLEM_INVALID,
                          "references[%zu]: 'version' must be a number from 1", i);
            return false;
        }
        references[i] = (sl_reference){body.name, body.subject, (int32_t)body.version};
    }
    wanted->references = references;
    wanted->reference_count = count;
    return true;
}

/* What both use-cases need besides the request. */
typedef struct schema_call {
    sl_json *root;
    sl_buf set;
    sl_register_answer answer;
    sl_register_request wanted;
} schema_call;

static void schema_call_done(schema_call *call)
{
    sl_json_free(call->root);
    sl_buf_done(&call->set);
    sl_findings_done(&call->answer.findings);
}

static bool read_schema_json(sl_request *request, sl_response *response, sl_api_fields fields,
                             schema_call *call)
{
    schema_body body = {0};
    sl_register_request *wanted = &call->wanted;
    if (!sl_api_read_json(request, response, fields, &body, &call->root))
        return false;
    if (!body.files == !body.descriptor_set.data)
        return refuse_body(request, response,
                           "say either 'files', .proto texts by import path, or 'descriptor_set', "
                           "the base64 of a FileDescriptorSet");
    if (body.references && !body.files)
        return refuse_body(
            request, response,
            "field 'references' goes with 'files': a descriptor set brings its imports");
    wanted->subject = body.subject;
    wanted->topic = body.topic;
    wanted->main = body.main;
    wanted->message_type = body.message_type;
    if (body.files)
        return read_files(request, response, body.files, wanted) &&
               (!body.references || read_references(request, response, body.references, wanted));
    if (!decode_set(request, response, body.descriptor_set, &call->set))
        return false;
    wanted->descriptor_set = sl_buf_bytes(&call->set);
    return true;
}

/* One file as the body. Its path is ?main, else the subject's name, which a reference to it then has as well. */
static bool read_text(sl_request *request, sl_response *response, schema_call *call)
{
    sl_str path = sl_request_query(request, "main"), subject = request->params[0];
    if (!path.data)
        path = sl_str_ends_with(subject, SL_STR(".proto"))
                   ? subject
                   : sl_arena_printf(request->arena, "%.*s.proto", SL_STR_ARG(subject));
    sl_source_file *source = sl_arena_new(request->arena, sl_source_file);
    if (!path.data || !source) {
        sl_api_no_memory(request, response);
        return false;
    }
    *source = (sl_source_file){path, sl_bytes_str(request->body)};
    call->wanted.sources = source;
    call->wanted.source_count = 1;
    return true;
}

static bool read_registration(sl_request *request, sl_response *response, schema_call *call)
{
    if (sl_str_equal_nocase(request->content_type, SL_STR("application/json"))) {
        if (!read_schema_json(request, response, SL_API_FIELDS(register_fields), call))
            return false;
    } else if (sl_str_equal_nocase(request->content_type, SL_STR("text/x-protobuf"))) {
        if (!read_text(request, response, call))
            return false;
    } else {
        call->wanted.descriptor_set = request->body;
    }
    sl_str main = sl_request_query(request, "main"), type = sl_request_query(request, "message");
    if (main.data)
        call->wanted.main = main;
    if (type.data)
        call->wanted.message_type = type;
    call->wanted.subject = request->params[0];
    return true;
}

void sl_api_version_register(sl_request *request, sl_response *response)
{
    sl_cleanup(schema_call_done) schema_call call = {0};
    sl_problem problem = {0};
    if (!read_registration(request, response, &call))
        return;
    if (sl_registry_register(sl_app_registry(request), sl_app_actor(request), &call.wanted,
                             request->arena, &call.answer, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, &call.answer.findings);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, call.answer.is_new ? 201 : 200);
    put_version(&writer, &call.answer.version);
    if (call.answer.findings.list.count)
        sl_api_put_findings(&writer, &call.answer.findings);
    sl_api_end(request, response, &writer);
}

void sl_api_check(sl_request *request, sl_response *response)
{
    sl_cleanup(schema_call_done) schema_call call = {0};
    sl_problem problem = {0};
    if (!read_schema_json(request, response, SL_API_FIELDS(check_fields), &call))
        return;
    if (!call.wanted.subject.data == !call.wanted.topic.data) {
        sl_api_refuse(request, response, SL_PROBLEM_INVALID, "say either 'subject' or 'topic'");
        return;
    }
    call.wanted.is_check = true;
    if (sl_registry_register(sl_app_registry(request), sl_app_actor(request), &call.wanted,
                             request->arena, &call.answer, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, &call.answer.findings);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_bool(&writer, "compatible", !sl_findings_have_errors(&call.answer.findings));
    sl_api_put_findings(&writer, &call.answer.findings);
    sl_api_end(request, response, &writer);
}
