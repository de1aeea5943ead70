/* lint/methods.c: rules about the types and streams of methods.
 *
 * A message that is the request or response of one method only can grow for that method. Who uses a message is counted once, over all files that
 * are linted: full name → uses as request and as response. */
#include "lint/internal/linter.h"

typedef struct use {
    const sl_method *first; /* that has it as request or response */
    bool is_shared;         /* by another method */
    bool is_both;           /* request and response of one method */
} use;

static bool is_empty(const sl_message *message)
{
    return sl_str_is(message->full_name, "google.protobuf.Empty");
}

/* --- one message, one method --- */

/* google.protobuf.Empty, where it is let be, is nobody's. */
static bool counts_as_request(const sl_linter *linter, const sl_method *method)
{
    return !(linter->request->rpc_allow_empty_requests && is_empty(method->input));
}

static bool counts_as_response(const sl_linter *linter, const sl_method *method)
{
    return !(linter->request->rpc_allow_empty_responses && is_empty(method->output));
}

static void count_use(sl_linter *linter, const sl_message *message, const sl_method *method)
{
    use *known = sl_map_get(&linter->method_types, message->full_name);
    if (known) {
        known->is_both |= known->first == method;
        known->is_shared |= known->first != method;
        return;
    }
    known = sl_arena_new(&linter->arena, use);
    if (!known) {
        linter->no_memory = true;
        return;
    }
    known->first = method;
    (void)sl_lint_failed(linter, sl_map_set(&linter->method_types, message->full_name, known));
}

static void count_uses(sl_linter *linter)
{
    const sl_lint_request *request = linter->request;
    linter->has_method_types = true;
    for (size_t f = 0; f < sl_schema_file_count(request->schema); f++) {
        const sl_file *file = sl_schema_file_at(request->schema, f);
        for (uint32_t s = 0; sl_lint_is_linted(linter, file) && s < file->service_count; s++)
            for (uint32_t m = 0; m < file->services[s].method_count; m++) {
                const sl_method *method = &file->services[s].methods[m];
                if (counts_as_request(linter, method))
                    count_use(linter, method->input, method);
                if (counts_as_response(linter, method))
                    count_use(linter, method->output, method);
            }
    }
}

static void tell_use(sl_linter *linter, const sl_method *method, const sl_message *message)
{
    const use *known = sl_map_get(&linter->method_types, message->full_name);
    if (!known || !known->is_shared)
        return;
    sl_finding *finding = sl_lint_add(linter, sl_method_path(method), SL_LINT_PART(0));
    if (finding)
        finding->message = sl_lint_text(
            linter,
            "message %.*s is the request or response of several methods; %.*s should have its own",
            SL_STR_ARG(message->full_name), SL_STR_ARG(method->full_name));
}

void lint_method_unique(sl_linter *linter, const sl_method *method)
{
    if (!linter->has_method_types)
        count_uses(linter);
    if (method->input == method->output && !linter->request->rpc_allow_same_request_response &&
        sl_map_get(&linter->method_types, method->input->full_name)) {
        sl_finding *finding = sl_lint_add(linter, sl_method_path(method), SL_LINT_PART(0));
        if (finding)
            finding->message =
                sl_lint_text(linter, "method %.*s has the same request and response, %.*s",
                             SL_STR_ARG(method->full_name), SL_STR_ARG(method->input->full_name));
    }
    if (counts_as_request(linter, method))
        tell_use(linter, method, method->input);
    bool is_told = method->output == method->input && counts_as_request(linter, method);
    if (counts_as_response(linter, method) && !is_told)
        tell_use(linter, method, method->output);
}

/* --- names of types --- */

static void lint_type_name(sl_linter *linter, const sl_method *method, const sl_message *type,
                           const char *ending, int32_t part)
{
    sl_buf *text = &linter->text;
    sl_buf_clear(text);
    sl_lint_pascal_case(method->name, text);
    sl_buf_append_str(text, sl_str_from(ending));
    size_t short_len = text->len;
    sl_buf_append_byte(text, ' ');
    sl_lint_pascal_case(method->parent->name, text);
    if (!sl_buf_reserve(text, short_len)) /* so that the copy of its own bytes does not move them */
        return;
    sl_buf_append_str(text, (sl_str){text->data, short_len});
    if (text->has_failed)
        return;
    sl_str name = {text->data, short_len};
    sl_str long_name = {text->data + short_len + 1, text->len - short_len - 1};
    if (sl_str_equal(type->name, name) || sl_str_equal(type->name, long_name))
        return;
    sl_finding *finding = sl_lint_add(linter, sl_method_path(method), SL_LINT_PART(part));
    if (!finding)
        return;
    finding->message =
        sl_lint_text(linter, "type %.*s of method %.*s should be called \"%.*s\" or \"%.*s\"",
                     SL_STR_ARG(type->full_name), SL_STR_ARG(method->full_name), SL_STR_ARG(name),
                     SL_STR_ARG(long_name));
    finding->fix = sl_lint_text(linter, "%.*s", SL_STR_ARG(name));
}

void lint_method_request(sl_linter *linter, const sl_method *method)
{
    if (counts_as_request(linter, method))
        lint_type_name(linter, method, method->input, "Request", SL_AT_METHOD_INPUT);
}

void lint_method_response(sl_linter *linter, const sl_method *method)
{
    if (counts_as_response(linter, method))
        lint_type_name(linter, method, method->output, "Response", SL_AT_METHOD_OUTPUT);
}

/* --- streams --- */

static void tell_stream(sl_linter *linter, const sl_method *method, bool is_stream,
                        const char *what)
{
    sl_finding *finding =
        is_stream ? sl_lint_add(linter, sl_method_path(method), SL_LINT_PART(0)) : NULL;
    if (finding)
        finding->message =
            sl_lint_text(linter, "method %.*s %s", SL_STR_ARG(method->full_name), what);
}

void lint_method_client_stream(sl_linter *linter, const sl_method *method)
{
    tell_stream(linter, method, method->is_client_streaming, "takes a stream");
}

void lint_method_server_stream(sl_linter *linter, const sl_method *method)
{
    tell_stream(linter, method, method->is_server_streaming, "answers with a stream");
}
