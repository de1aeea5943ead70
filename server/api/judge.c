/* server/api/judge.c: from a request to a verdict, and a verdict as JSON. */
#include "server/internal/judge.h"

bool sl_judge_read(sl_request *request, sl_response *response, sl_judge_request *ret_wanted)
{
    bool is_framed =
        sl_str_equal_nocase(request->content_type, SL_STR("application/vnd.kafka.protobuf"));
    int64_t version = 0;
    *ret_wanted = (sl_judge_request){.topic = request->params[0], .actor = sl_app_actor(request)};
    if (!sl_api_query_bool(request, response, "framed", &is_framed) ||
        !sl_api_query_number(request, response, "version", INT32_MAX, &version))
        return false;
    ret_wanted->is_framed = is_framed;
    ret_wanted->version = (int32_t)version;
    return true;
}

/* A schema may be cold again by the time it is asked for, if contracts change that fast; not for ever. */
enum { WARM_TRIES = 8 };

sl_status sl_judge(sl_request *request, sl_guard *guard, const sl_judge_request *wanted,
                   sl_verdict *ret_verdict, sl_error *err)
{
    sl_app_thread *thread = request->scratch;
    sl_registry *registry = sl_app_registry(request);
    for (int tries = 0;; tries++) {
        sl_status status =
            sl_registry_judge(registry, guard, wanted, &thread->violations, ret_verdict);
        if (status != SL_BUSY || !request->is_control || tries == WARM_TRIES)
            return status;
        sl_registry_leave(guard);
        status = sl_registry_warm(registry, wanted, err);
        *guard = sl_registry_enter(registry);
        if (status != SL_OK)
            return status;
    }
}

void sl_judge_refuse(sl_request *request, sl_response *response, sl_status status,
                     const sl_error *err)
{
    switch (status) {
    case SL_NOT_FOUND:
        sl_api_refuse(request, response, SL_PROBLEM_NO_CONTRACT,
                      "topic '%.*s' has no contract; claim it: PUT /v1/topics/%.*s/contract",
                      SL_STR_ARG(request->params[0]), SL_STR_ARG(request->params[0]));
        return;
    case SL_NO_MEMORY: sl_api_no_memory(request, response); return;
    case SL_BUSY:
        sl_api_refuse(request, response, SL_PROBLEM_BUSY,
                      "the contract changes too fast to be judged by; try again");
        return;
    case SL_FULL:
    case SL_IO: sl_api_refuse(request, response, SL_PROBLEM_UNAVAILABLE, "%s", err->text); return;
    default: sl_api_refuse(request, response, SL_PROBLEM_INTERNAL, "%s", err->text); return;
    }
}

void sl_verdict_put(sl_json_writer *writer, const sl_verdict *verdict)
{
    sl_json_put_bool(writer, "valid", verdict->is_valid);
    sl_json_put_bool(writer, "allowed", verdict->is_allowed);
    sl_json_put_string(writer, "topic", verdict->topic);
    sl_json_put_string(writer, "message_type", verdict->message_type);
    if (verdict->schema_id)
        sl_json_put_integer(writer, "schema_id", verdict->schema_id);
    if (verdict->version)
        sl_json_put_integer(writer, "version", verdict->version);
    if (!verdict->is_valid)
        sl_json_put_string(writer, "step", sl_str_from(sl_step_name(verdict->step)));
    sl_json_put_string(writer, "mode", sl_str_from(sl_mode_names[verdict->mode]));
    if (verdict->owner)
        sl_api_put_owner(writer, "owner", verdict->owner);
    if (!verdict->is_valid)
        sl_api_put_violations(writer, verdict->violations);
    else
        sl_json_put_array(writer, "violations"), sl_json_end_array(writer);
}
