/* compat/service.c: rules about the methods of services.
 *
 * A method's request is written by callers and read by the server, its response the other way round; callers and servers are updated at
 * different times, so each change of a method's shape breaks both directions. */
#include "compat/internal/check.h"

/* `part` of the method is what changed. */
static sl_finding *add_change(sl_check *check, const sl_method *old, const sl_method *new,
                              sl_part part, sl_str change)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return NULL;
    finding->at = sl_place_in_method(check, new, part);
    finding->previous = sl_place_of_method(check, old);
    finding->message =
        sl_check_text(check, "method %.*s %.*s", SL_STR_ARG(new->full_name), SL_STR_ARG(change));
    finding->fix = sl_declare_method(check, old);
    return finding;
}

void check_method_deleted(sl_check *check, const sl_method *old, const sl_service *new)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_service(check, new);
    finding->previous = sl_place_of_method(check, old);
    finding->message = sl_check_text(check, "method %.*s was deleted", SL_STR_ARG(old->full_name));
    finding->why = SL_STR("old callers of a new server are answered UNIMPLEMENTED");
    finding->fix = sl_declare_method(check, old);
}

static void check_type(sl_check *check, const sl_method *old, const sl_method *new, bool is_request)
{
    const sl_message *from = is_request ? old->input : old->output;
    const sl_message *to = is_request ? new->input : new->output;
    if (sl_str_equal(from->full_name, to->full_name))
        return;
    sl_str change = sl_check_text(check, "changed its %s type from %.*s to %.*s",
                                  is_request ? "request" : "response", SL_STR_ARG(from->full_name),
                                  SL_STR_ARG(to->full_name));
    sl_part part = SL_PART(is_request ? SL_AT_METHOD_INPUT : SL_AT_METHOD_OUTPUT);
    sl_finding *finding = add_change(check, old, new, part, change);
    if (!finding)
        return;
    if (!sl_schema_find_message(check->new_schema, from->full_name))
        sl_check_blame(check, sl_cause_of_message(check, from));
    finding->why = SL_STR(
        "callers and servers built from the two schemas take each other's messages for something else");
}

void check_method_request(sl_check *check, const sl_method *old, const sl_method *new)
{
    check_type(check, old, new, true);
}

void check_method_response(sl_check *check, const sl_method *old, const sl_method *new)
{
    check_type(check, old, new, false);
}

static void check_streaming(sl_check *check, const sl_method *old, const sl_method *new,
                            const char *side, bool is_streaming)
{
    sl_str change =
        sl_check_text(check, "changed from %s to %s %s", is_streaming ? "single" : "streaming",
                      is_streaming ? "streaming" : "single", side);
    sl_finding *finding = add_change(check, old, new, SL_PART(0), change);
    if (finding)
        finding->why = SL_STR(
            "one side waits for messages that the other never sends, or stops reading too early");
}

void check_method_client_streaming(sl_check *check, const sl_method *old, const sl_method *new)
{
    if (old->is_client_streaming != new->is_client_streaming)
        check_streaming(check, old, new, "requests", new->is_client_streaming);
}

void check_method_server_streaming(sl_check *check, const sl_method *old, const sl_method *new)
{
    if (old->is_server_streaming != new->is_server_streaming)
        check_streaming(check, old, new, "responses", new->is_server_streaming);
}

static uint64_t idempotency_of(const sl_method *method)
{
    uint64_t level = 0;
    sl_options_find_varint(method->proto->options, SL_AT_METHOD_IDEMPOTENCY, &level);
    return level;
}

static const char *idempotency_name(uint64_t level)
{
    static const char *const names[] = {"IDEMPOTENCY_UNKNOWN", "NO_SIDE_EFFECTS", "IDEMPOTENT"};
    return level < SL_ARRAY_LEN(names) ? names[level] : "an unknown level";
}

void check_method_idempotency(sl_check *check, const sl_method *old, const sl_method *new)
{
    uint64_t from = idempotency_of(old), to = idempotency_of(new);
    if (from == to)
        return;
    sl_str change = sl_check_text(check, "changed its idempotency level from %s to %s",
                                  idempotency_name(from), idempotency_name(to));
    sl_part part = SL_PART(SL_AT_METHOD_OPTIONS, SL_AT_METHOD_IDEMPOTENCY);
    sl_finding *finding = add_change(check, old, new, part, change);
    if (!finding)
        return;
    finding->why = SL_STR("callers and proxies repeat or cache calls by what they were built with");
    finding->fix = sl_check_text(check, "option idempotency_level = %s;", idempotency_name(from));
}
