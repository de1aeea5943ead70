/* server/api/producers.c: producing services and their tokens. */
#include "server/internal/api.h"

static void put_producer(sl_json_writer *writer, const sl_producer *producer)
{
    sl_json_put_string(writer, "name", producer->name);
    sl_json_put_string_if(writer, "team", producer->team);
    sl_json_put_string_if(writer, "chat", producer->chat);
    sl_json_put_string_if(writer, "contact", producer->contact);
    sl_json_put_bool(writer, "blocked", producer->is_blocked);
    sl_json_put_string_if(writer, "block_reason", producer->block_reason);
    sl_json_put_integer(writer, "generation", producer->generation);
    sl_json_put_time(writer, "created", producer->created_us);
}

static void answer_producer(sl_request *request, sl_response *response, int status,
                            const sl_producer *producer)
{
    sl_json_writer writer = sl_api_begin(response, status);
    put_producer(&writer, producer);
    sl_api_end(request, response, &writer);
    sl_api_put_etag(request, response, producer->generation);
}

static const sl_json_field create_fields[] = {
    {"name", SL_JSON_FIELD_STRING, offsetof(sl_producer, name), true, NULL, -1},
    {"team", SL_JSON_FIELD_STRING, offsetof(sl_producer, team), false, NULL, -1},
    {"chat", SL_JSON_FIELD_STRING, offsetof(sl_producer, chat), false, NULL, -1},
    {"contact", SL_JSON_FIELD_STRING, offsetof(sl_producer, contact), false, NULL, -1},
};

/* As above without the name, which the path gives. */
static const sl_json_field amend_fields[] = {
    {"team", SL_JSON_FIELD_STRING, offsetof(sl_producer, team), false, NULL, -1},
    {"chat", SL_JSON_FIELD_STRING, offsetof(sl_producer, chat), false, NULL, -1},
    {"contact", SL_JSON_FIELD_STRING, offsetof(sl_producer, contact), false, NULL, -1},
};

void sl_api_producer_create(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_producer given = {0}, producer;
    sl_problem problem = {0};
    if (!sl_api_read_json(request, response, SL_API_FIELDS(create_fields), &given, &root))
        return;
    sl_status status = sl_registry_producer_create(sl_app_registry(request), sl_app_actor(request),
                                                   &given, request->arena, &producer, &problem);
    if (status != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    answer_producer(request, response, producer.is_new ? 201 : 200, &producer);
}

void sl_api_producer_list(sl_request *request, sl_response *response)
{
    sl_producers producers;
    sl_problem problem = {0};
    sl_page page;
    if (!sl_api_query_page(request, response, &page))
        return;
    if (sl_registry_producer_list(sl_app_registry(request), page, request->arena, &producers,
                                  &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_array(&writer, "producers");
    for (size_t i = 0; i < producers.count; i++) {
        sl_json_put_object(&writer, NULL);
        put_producer(&writer, &producers.items[i]);
        sl_json_end_object(&writer);
    }
    sl_json_end_array(&writer);
    sl_api_put_cursor(&writer, producers.next_cursor);
    sl_api_end(request, response, &writer);
}

static void answer_current(sl_request *request, sl_response *response)
{
    sl_producer producer;
    sl_problem problem = {0};
    if (sl_registry_producer_get(sl_app_registry(request), request->params[0], request->arena,
                                 &producer, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        answer_producer(request, response, 200, &producer);
}

void sl_api_producer_get(sl_request *request, sl_response *response)
{
    answer_current(request, response);
}

/* What is null in a merge patch is taken away (RFC 7396 §2). */
static void take_away_nulls(const sl_json *root, sl_producer *changes)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(amend_fields); i++) {
        const sl_json *value = sl_json_member(root, amend_fields[i].name);
        if (value && sl_json_kind_of(value) == SL_JSON_NULL)
            *(sl_str *)((char *)changes + amend_fields[i].offset) = SL_STR("");
    }
}

void sl_api_producer_amend(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_producer changes = {.name = request->params[0]}, producer;
    sl_problem problem = {0};
    if (!sl_api_if_match(request, response, &changes.generation) ||
        !sl_api_read_json(request, response, SL_API_FIELDS(amend_fields), &changes, &root))
        return;
    take_away_nulls(root, &changes);
    if (sl_registry_producer_amend(sl_app_registry(request), sl_app_actor(request), &changes,
                                   request->arena, &producer, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        answer_producer(request, response, 200, &producer);
}

typedef struct block_body {
    sl_str reason;
} block_body;

static const sl_json_field block_fields[] = {
    {"reason", SL_JSON_FIELD_STRING, offsetof(block_body, reason), false, NULL, -1},
};

static void set_blocked(sl_request *request, sl_response *response, bool is_blocked)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    block_body given = {0};
    sl_problem problem = {0};
    if (!sl_api_read_json(request, response, SL_API_FIELDS(block_fields), &given, &root))
        return;
    if (sl_registry_producer_block(sl_app_registry(request), sl_app_actor(request),
                                   request->params[0], is_blocked, given.reason, &problem) != SL_OK)
        sl_api_problem(request, response, &problem, NULL);
    else
        answer_current(request, response);
}

void sl_api_producer_block(sl_request *request, sl_response *response)
{
    set_blocked(request, response, true);
}

void sl_api_producer_unblock(sl_request *request, sl_response *response)
{
    set_blocked(request, response, false);
}

/* --- tokens ---------------------------------------------------------------------------------- */

enum { DAYS_MOST = 3650 };

typedef struct token_body {
    sl_str name;
    int64_t expires_in_days;
    bool has_expiry;
} token_body;

static const sl_json_field token_fields[] = {
    {"name", SL_JSON_FIELD_STRING, offsetof(token_body, name), false, NULL, -1},
    {"expires_in_days", SL_JSON_FIELD_INT64, offsetof(token_body, expires_in_days), false, NULL,
     offsetof(token_body, has_expiry)},
};

static void put_token(sl_json_writer *writer, const sl_token *token)
{
    sl_json_put_string(writer, "id", token->id);
    sl_json_put_string(writer, "producer", token->producer);
    sl_json_put_string_if(writer, "name", token->name);
    sl_json_put_time(writer, "created", token->created_us);
    if (token->expires_us)
        sl_json_put_time(writer, "expires", token->expires_us);
    if (token->revoked_us)
        sl_json_put_time(writer, "revoked", token->revoked_us);
}

static bool read_token(sl_request *request, sl_response *response, const token_body *given,
                       sl_token *ret_token)
{
    *ret_token = (sl_token){.producer = request->params[0], .name = given->name};
    if (!given->has_expiry)
        return true;
    if (given->expires_in_days < 1 || given->expires_in_days > DAYS_MOST) {
        sl_api_refuse(request, response, SL_PROBLEM_INVALID,
                      "field 'expires_in_days' must be from 1 to %d", DAYS_MOST);
        return false;
    }
    ret_token->expires_us =
        sl_clock_realtime_us() + given->expires_in_days * (int64_t)86400 * 1000000;
    return true;
}

void sl_api_token_create(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    token_body given = {0};
    sl_token wanted;
    sl_new_token made;
    sl_problem problem = {0};
    if (!sl_api_read_json(request, response, SL_API_FIELDS(token_fields), &given, &root) ||
        !read_token(request, response, &given, &wanted))
        return;
    if (sl_registry_token_create(sl_app_registry(request), sl_app_actor(request), &wanted,
                                 request->arena, &made, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 201);
    put_token(&writer, &made.token);
    sl_json_put_string(&writer, "token", sl_str_from(made.text));
    sl_api_end(request, response, &writer);
    sl_response_header(response, "Cache-Control", SL_STR("no-store"));
}

void sl_api_token_list(sl_request *request, sl_response *response)
{
    sl_tokens tokens;
    sl_problem problem = {0};
    sl_token_query query = {.producer = request->params[0]};
    if (!sl_api_query_page(request, response, &query.page))
        return;
    if (sl_registry_token_list(sl_app_registry(request), sl_app_actor(request), &query,
                               request->arena, &tokens, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_array(&writer, "tokens");
    for (size_t i = 0; i < tokens.count; i++) {
        sl_json_put_object(&writer, NULL);
        put_token(&writer, &tokens.items[i]);
        sl_json_end_object(&writer);
    }
    sl_json_end_array(&writer);
    sl_api_put_cursor(&writer, tokens.next_cursor);
    sl_api_end(request, response, &writer);
}

void sl_api_token_revoke(sl_request *request, sl_response *response)
{
    sl_problem problem = {0};
    if (sl_registry_token_revoke(sl_app_registry(request), sl_app_actor(request),
                                 request->params[0], request->params[1], &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_response_reset(response);
    response->status = 204;
}
