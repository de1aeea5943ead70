/* server/api/contracts.c: claiming a topic, and the life of its contract.
 *
 * PUT says the whole contract: what it leaves out has its default. PATCH says what changes: it is laid over the contract as it
 * stands, and both end in the same use-case, guarded by the generation that the caller saw (ETag, If-Match). Who may do what is
 * the registry's to say. */
#include "server/internal/api.h"

static const char *const unknown_names[] = {
    [SL_UNKNOWN_REJECT] = "reject", [SL_UNKNOWN_ALLOW] = "allow", NULL};
static const char *const tombstone_names[] = {"reject", "allow", NULL};
/* What a contract says of itself when its claim says nothing. */
static const sl_contract defaults = {
    .mode = SL_MODE_ENFORCE,
    .unknown_fields = SL_UNKNOWN_REJECT,
    .allows_tombstones = true,
    .versions = SL_VERSIONS_LATEST,
};

static const char *const start_names[] = {"draft", "active", NULL};

static void put_versions(sl_json_writer *writer, const sl_contract *contract)
{
    if (contract->versions == SL_VERSIONS_PINNED)
        sl_json_put_integer(writer, "versions", contract->pinned_version);
    else
        sl_json_put_string(writer, "versions",
                           contract->versions == SL_VERSIONS_LIVE ? SL_STR("live")
                                                                  : SL_STR("latest"));
}

static void put_names(sl_json_writer *writer, const char *name, const sl_str *items, size_t count)
{
    sl_json_put_array(writer, name);
    for (size_t i = 0; i < count; i++)
        sl_json_put_string(writer, NULL, items[i]);
    sl_json_end_array(writer);
}

static void put_contract(sl_json_writer *writer, const sl_contract *contract)
{
    sl_json_put_string(writer, "topic", contract->topic);
    sl_json_put_string(writer, "subject", contract->subject);
    sl_json_put_string(writer, "message_type", contract->message_type);
    sl_json_put_string(writer, "producer", contract->producer);
    if (contract->co_producer_count)
        put_names(writer, "co_producers", contract->co_producers, contract->co_producer_count);
    sl_json_put_string(writer, "state", sl_str_from(sl_contract_state_names[contract->state]));
    sl_json_put_string(writer, "mode", sl_str_from(sl_mode_names[contract->mode]));
    sl_json_put_string(writer, "unknown_fields",
                       sl_str_from(unknown_names[contract->unknown_fields]));
    sl_json_put_string(writer, "tombstones",
                       sl_str_from(tombstone_names[contract->allows_tombstones]));
    sl_json_put_bool(writer, "json", contract->takes_json);
    put_versions(writer, contract);
    sl_json_put_string(writer, "compatibility", sl_str_from(sl_compat_level_name(contract->level)));
    if (contract->max_payload_bytes)
        sl_json_put_integer(writer, "max_payload_bytes", contract->max_payload_bytes);
    sl_json_put_bool(writer, "blocked", contract->is_blocked);
    sl_json_put_string_if(writer, "block_reason", contract->block_reason);
    sl_json_put_string_if(writer, "offered_to", contract->offered_to);
    sl_json_put_integer(writer, "generation", contract->generation);
    sl_json_put_time(writer, "created", contract->created_us);
    sl_json_put_time(writer, "updated", contract->updated_us);
    sl_api_put_owner(writer, "owner", &contract->owner);
}

static void answer_contract(sl_request *request, sl_response *response, int status,
                            const sl_contract *contract)
{
    sl_json_writer writer = sl_api_begin(response, status);
    put_contract(&writer, contract);
    sl_api_end(request, response, &writer);
    sl_api_put_etag(request, response, contract->generation);
}

/* --- what a body says ------------------------------------------------------------------------ */

typedef struct contract_body {
    sl_str subject, message_type, producer, compatibility;
    int mode, unknown_fields, tombstones, state;
    bool json;
    int64_t max_payload_bytes;
    const sl_json *versions, *co_producers;
    const sl_json *nulls; /* of a PATCH: the whole, whose nulls mean something */
    bool has_mode, has_unknown_fields, has_tombstones, has_state, has_json, has_max;
} contract_body;

#define BODY_FIELD(name, kind, names, seen)                                            \
    {                                                                                  \
#name, SL_JSON_FIELD_##kind, offsetof(contract_body, name), false, names, seen \
    }
#define SEEN(name) offsetof(contract_body, name)

static const sl_json_field contract_fields[] = {
    BODY_FIELD(subject, STRING, NULL, -1),
    BODY_FIELD(message_type, STRING, NULL, -1),
    BODY_FIELD(producer, STRING, NULL, -1),
    BODY_FIELD(co_producers, VALUE, NULL, -1),
    BODY_FIELD(mode, ENUM, sl_mode_names, SEEN(has_mode)),
    BODY_FIELD(unknown_fields, ENUM, unknown_names, SEEN(has_unknown_fields)),
    BODY_FIELD(tombstones, ENUM, tombstone_names, SEEN(has_tombstones)),
    BODY_FIELD(state, ENUM, start_names, SEEN(has_state)),
    BODY_FIELD(json, BOOL, NULL, SEEN(has_json)),
    BODY_FIELD(max_payload_bytes, INT64, NULL, SEEN(has_max)),
    BODY_FIELD(versions, VALUE, NULL, -1),
    BODY_FIELD(compatibility, STRING, NULL, -1),
};

static sl_status lay_versions(const sl_json *value, sl_contract *contract, sl_error *err)
{
    if (!value)
        return SL_OK;
    int64_t number = sl_json_integer(value);
    if (sl_str_is(sl_json_string(value), "latest")) {
        contract->versions = SL_VERSIONS_LATEST;
    } else if (sl_str_is(sl_json_string(value), "live")) {
        contract->versions = SL_VERSIONS_LIVE;
    } else if (number > 0 && number <= INT32_MAX) {
        contract->versions = SL_VERSIONS_PINNED;
        contract->pinned_version = (int32_t)number;
    } else {
        return sl_error_set(err, SL_INVALID,
                            "field 'versions' must be \"latest\", \"live\" or a version's number");
    }
    return SL_OK;
}

static sl_status lay_co_producers(const sl_json *value, sl_arena *arena, sl_contract *contract,
                                  sl_error *err)
{
    if (!value)
        return SL_OK;
    if (sl_json_kind_of(value) != SL_JSON_ARRAY)
        return sl_error_set(err, SL_INVALID, "field 'co_producers' must be a list of names");
    size_t count = sl_json_array_count(value);
    sl_str *names = sl_arena_array(arena, sl_str, count);
    if (!names)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        names[i] = sl_json_string(sl_json_array_at(value, i));
        if (names[i].len == 0)
            return sl_error_set(err, SL_INVALID, "field 'co_producers' must be a list of names");
    }
    contract->co_producers = names;
    contract->co_producer_count = count;
    return SL_OK;
}

static sl_status lay_level(sl_str name, sl_contract *contract, sl_error *err)
{
    if (!name.data)
        return SL_OK;
    contract->has_level = true;
    if (sl_compat_level_parse(name, &contract->level))
        return SL_OK;
    return sl_error_set(
        err, SL_INVALID,
        "field 'compatibility' must be NONE, BACKWARD, FORWARD, FULL, or one of these "
        "with _TRANSITIVE");
}

/* Lay what the body says over the contract. */
static sl_status lay_over(const contract_body *body, sl_arena *arena, sl_contract *contract,
                          sl_error *err)
{
    if (body->subject.data)
        contract->subject = body->subject;
    if (body->message_type.data)
        contract->message_type = body->message_type;
    if (body->producer.data)
        contract->producer = body->producer;
    if (body->has_mode)
        contract->mode = (sl_mode)body->mode;
    if (body->has_unknown_fields)
        contract->unknown_fields = (sl_unknown_policy)body->unknown_fields;
    if (body->has_tombstones)
        contract->allows_tombstones = body->tombstones == 1;
    if (body->has_state)
        contract->starts_as_draft = body->state == 0;
    if (body->json)
        return sl_error_set(err, SL_INVALID,
                            "field 'json' must be false: this build judges binary payloads");
    if (body->has_json)
        contract->takes_json = false;
    if (body->has_max)
        contract->max_payload_bytes = body->max_payload_bytes;
    if (contract->max_payload_bytes < 0)
        return sl_error_set(err, SL_INVALID, "field 'max_payload_bytes' must not be negative");
    SL_TRY(lay_versions(body->versions, contract, err));
    SL_TRY(lay_co_producers(body->co_producers, arena, contract, err));
    return lay_level(body->compatibility, contract, err);
}

/* In a PATCH, what is null is taken away (RFC 7396), and what a contract cannot be without then has its default. */
static sl_status lay_defaults(const sl_json *root, sl_contract *contract, sl_error *err)
{
    void *iterator = NULL;
    sl_str name;
    const sl_json *value;
    while (sl_json_object_next(root, &iterator, &name, &value)) {
        if (sl_json_kind_of(value) != SL_JSON_NULL)
            continue;
        if (sl_str_is(name, "mode"))
            contract->mode = defaults.mode;
        else if (sl_str_is(name, "unknown_fields"))
            contract->unknown_fields = defaults.unknown_fields;
        else if (sl_str_is(name, "tombstones"))
            contract->allows_tombstones = defaults.allows_tombstones;
        else if (sl_str_is(name, "json"))
            contract->takes_json = defaults.takes_json;
        else if (sl_str_is(name, "versions"))
            contract->versions = defaults.versions;
        else if (sl_str_is(name, "max_payload_bytes"))
            contract->max_payload_bytes = defaults.max_payload_bytes;
        else if (sl_str_is(name, "co_producers"))
            contract->co_producer_count = defaults.co_producer_count;
        else
            return sl_error_set(err, SL_INVALID, "field '%.*s' cannot be taken away",
                                SL_STR_ARG(name));
    }
    return SL_OK;
}

static void claim(sl_request *request, sl_response *response, const contract_body *body,
                  sl_contract *contract)
{
    sl_error err = {0};
    sl_problem problem = {0};
    sl_contract result;
    sl_status status = body->nulls ? lay_defaults(body->nulls, contract, &err) : SL_OK;
    if (status == SL_OK)
        status = lay_over(body, request->arena, contract, &err);
    if (status == SL_NO_MEMORY) {
        sl_api_no_memory(request, response);
        return;
    }
    if (status != SL_OK) {
        sl_api_refuse(request, response, SL_PROBLEM_INVALID, "%s", err.text);
        return;
    }
    if (sl_registry_claim(sl_app_registry(request), sl_app_actor(request), contract, request->arena,
                          &result, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        answer_contract(request, response, result.is_new ? 201 : 200, &result);
}

/* --- handlers -------------------------------------------------------------------------------- */

/* `If-Match: *` asks that there be a contract at all (RFC 9110 §13.1.1); it does not ask which. */
static bool check_exists(sl_request *request, sl_response *response)
{
    sl_contract contract;
    sl_problem problem = {0};
    if (!sl_str_is(sl_request_header(request, "If-Match"), "*") ||
        sl_registry_contract_get(sl_app_registry(request), request->params[0], request->arena,
                                 &contract, &problem) == SL_OK)
        return true;
    if (problem.code != SL_PROBLEM_NO_CONTRACT)
        sl_api_problem(request, response, &problem, NULL);
    else
        sl_api_refuse(request, response, SL_PROBLEM_STALE,
                      "If-Match: * asks for a contract that is there, and topic '%.*s' has none",
                      SL_STR_ARG(request->params[0]));
    return false;
}

void sl_api_contract_put(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    contract_body body = {0};
    sl_contract contract = defaults;
    contract.topic = request->params[0];
    if (!sl_api_if_match(request, response, &contract.generation) ||
        !sl_api_read_json(request, response, SL_API_FIELDS(contract_fields), &body, &root))
        return;
    if (!check_exists(request, response))
        return;
    claim(request, response, &body, &contract);
}

void sl_api_contract_get(sl_request *request, sl_response *response)
{
    sl_contract contract;
    sl_problem problem = {0};
    if (sl_registry_contract_get(sl_app_registry(request), request->params[0], request->arena,
                                 &contract, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        answer_contract(request, response, 200, &contract);
}

void sl_api_contract_patch(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    contract_body body = {0};
    sl_contract contract;
    sl_problem problem = {0};
    int64_t generation;
    if (!sl_api_if_match(request, response, &generation) ||
        !sl_api_read_json(request, response, SL_API_FIELDS(contract_fields), &body, &root))
        return;
    if (!sl_request_header(request, "If-Match").data) {
        sl_api_refuse(request, response, SL_PROBLEM_PRECONDITION_NEEDED,
                      "send If-Match with the ETag of the contract as you read it");
        return;
    }
    if (sl_registry_contract_get(sl_app_registry(request), request->params[0], request->arena,
                                 &contract, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    if (generation)
        contract.generation = generation;
    contract.has_level = false;
    body.nulls = root;
    claim(request, response, &body, &contract);
}

static bool read_filter(sl_request *request, sl_response *response, sl_contract_filter *ret_filter)
{
    *ret_filter = (sl_contract_filter){
        .query = sl_request_query(request, "q"),
        .owner = sl_request_query(request, "owner"),
    };
    sl_str state = sl_request_query(request, "state");
    if (!state.data)
        return true;
    ret_filter->has_state = true;
    for (int i = 0; sl_contract_state_names[i]; i++) {
        ret_filter->state = (sl_contract_state)i;
        if (sl_str_is(state, sl_contract_state_names[i]))
            return true;
    }
    sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                  "query parameter 'state' must be draft, active, deprecated or retired");
    return false;
}

void sl_api_contract_list(sl_request *request, sl_response *response)
{
    sl_contracts contracts;
    sl_contract_filter filter;
    sl_problem problem = {0};
    sl_page page;
    if (!sl_api_query_page(request, response, &page) || !read_filter(request, response, &filter))
        return;
    if (sl_registry_contract_list(sl_app_registry(request), &filter, page, request->arena,
                                  &contracts, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_array(&writer, "topics");
    for (size_t i = 0; i < contracts.count; i++) {
        sl_json_put_object(&writer, NULL);
        put_contract(&writer, &contracts.items[i]);
        sl_json_end_object(&writer);
    }
    sl_json_end_array(&writer);
    sl_api_put_cursor(&writer, contracts.next_cursor);
    sl_api_end(request, response, &writer);
}

typedef struct action_body {
    sl_str to, reason;
} action_body;

static const sl_json_field action_fields[] = {
    {"to", SL_JSON_FIELD_STRING, offsetof(action_body, to), false, NULL, -1},
    {"reason", SL_JSON_FIELD_STRING, offsetof(action_body, reason), false, NULL, -1},
};

static bool find_action(sl_request *request, sl_response *response, sl_contract_action *ret_action)
{
    for (int i = 0; i < SL_ACTION_COUNT; i++) {
        *ret_action = (sl_contract_action)i;
        if (sl_str_is(request->params[1], sl_contract_action_names[i]))
            return true;
    }
    sl_api_refuse(request, response, SL_PROBLEM_NO_ROUTE,
                  "a contract knows activate, offer, accept, deprecate, retire, block and unblock");
    return false;
}

void sl_api_contract_act(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    action_body given = {0};
    sl_contract_step step = {.topic = request->params[0]};
    sl_contract contract;
    sl_problem problem = {0};
    if (!find_action(request, response, &step.action) ||
        !sl_api_if_match(request, response, &step.generation) ||
        !sl_api_read_json(request, response, SL_API_FIELDS(action_fields), &given, &root))
        return;
    step.to = given.to;
    step.reason = given.reason;
    if (sl_registry_contract_act(sl_app_registry(request), sl_app_actor(request), &step,
                                 request->arena, &contract, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        answer_contract(request, response, 200, &contract);
}
