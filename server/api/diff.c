/* server/api/diff.c: GET …/diff: what changed from one version of a subject to another.
 *
 * A question for people: all rules in both directions unless `use` and `direction` say less. Whether a change may be made is another one, which
 * POST /v1/check answers. */
#include "server/internal/api.h"

/* A number from 1, or `latest`. False: the answer is written. */
static bool read_version(sl_request *request, sl_response *response, const char *name,
                         int32_t *ret_version)
{
    sl_str text = sl_request_query(request, name);
    int64_t number;
    if (sl_str_is(text, "latest")) {
        *ret_version = SL_VERSION_LATEST;
        return true;
    }
    if (text.data && sl_str_to_i64(text, &number) && number > 0 && number <= INT32_MAX) {
        *ret_version = (int32_t)number;
        return true;
    }
    sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                  "the parameter '%s' must be a version: a number from 1, or latest", name);
    return false;
}

/* Rules and categories by name, between commas. False: the answer is written. */
static bool read_rules(sl_request *request, sl_response *response, sl_compat_rules *ret_rules)
{
    sl_str rest = sl_request_query(request, "use"), name;
    *ret_rules = sl_compat_rules_of((1 << SL_COMPAT_CATEGORY_COUNT) - 1);
    if (!rest.data)
        return true;
    *ret_rules = (sl_compat_rules){0};
    size_t count = 0;
    for (; sl_str_next_element(&rest, ',', &name); count++) {
        if (sl_compat_rules_add(ret_rules, name))
            continue;
        sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                      "the parameter 'use' names '%.*s', which is no rule and no category",
                      (int)SL_MIN(name.len, (size_t)64), name.data);
        return false;
    }
    if (count == 0)
        sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                      "the parameter 'use' must name rules or categories, between commas");
    return count > 0;
}

static bool read_choice(sl_request *request, sl_response *response, sl_diff_request *wanted)
{
    sl_str direction = sl_request_query(request, "direction");
    sl_str form = sl_request_query(request, "form");
    wanted->directions = SL_COMPAT_BOTH;
    wanted->form = SL_SOURCE_CANONICAL;
    if (sl_str_is(direction, "backward"))
        wanted->directions = SL_COMPAT_BACKWARD;
    else if (sl_str_is(direction, "forward"))
        wanted->directions = SL_COMPAT_FORWARD;
    else if (direction.data && !sl_str_is(direction, "both")) {
        sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                      "the parameter 'direction' is backward, forward or both");
        return false;
    }
    if (sl_str_is(form, "sent"))
        wanted->form = SL_SOURCE_SENT;
    else if (sl_str_is(form, "pretty"))
        wanted->form = SL_SOURCE_PRETTY;
    else if (form.data && !sl_str_is(form, "canonical")) {
        sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                      "the parameter 'form' is canonical, pretty or sent");
        return false;
    }
    return true;
}

void sl_api_version_diff(sl_request *request, sl_response *response)
{
    sl_cleanup(sl_diff_result_done) sl_diff_result result = {0};
    sl_diff_request wanted = {.subject = request->params[0]};
    sl_problem problem = {0};
    if (!read_version(request, response, "from", &wanted.from) ||
        !read_version(request, response, "to", &wanted.to) ||
        !read_rules(request, response, &wanted.rules) || !read_choice(request, response, &wanted))
        return;
    if (sl_registry_version_diff(sl_app_registry(request), &wanted, &result, &problem) != SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_string(&writer, "subject", wanted.subject);
    sl_json_put_integer(&writer, "from", result.from);
    sl_json_put_integer(&writer, "to", result.to);
    sl_api_put_findings(&writer, &result.findings);
    sl_json_put_string(&writer, "diff", sl_buf_str(&result.text));
    sl_api_end(request, response, &writer);
}
