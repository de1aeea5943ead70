/* registry/problems.c: refusals, and who may write at all.
 *
 * A refusal has a status, for code, and a problem, for callers: a code with a fixed slug, a text that says what was wrong and what to do, and
 * the owner where somebody's right was in the way. A status that came from a lower room keeps its text. */
#include "registry/internal/core.h"

static const struct {
    const char *slug;
    int http_status;
    const char *title;
} problems[SL_PROBLEM_COUNT] = {
#define PROBLEM(suffix, slug, http_status, title) \
    [SL_PROBLEM_##suffix] = {slug, http_status, title},
#include "registry/problems.def"
#undef PROBLEM
};

static sl_problem_code known(sl_problem_code code)
{
    return (unsigned)code < SL_PROBLEM_COUNT ? code : SL_PROBLEM_INTERNAL;
}

const char *sl_problem_slug(sl_problem_code code)
{
    return problems[known(code)].slug;
}

const char *sl_problem_title(sl_problem_code code)
{
    return problems[known(code)].title;
}

int sl_problem_http_status(sl_problem_code code)
{
    return problems[known(code)].http_status;
}

sl_status sl_refuse(sl_problem *problem, sl_problem_code code, sl_status status, const char *format,
                    ...)
{
    if (!problem)
        return status;
    va_list args;
    va_start(args, format);
    sl_error_vset(&problem->error, status, format, args);
    va_end(args);
    problem->code = code;
    return status;
}

static sl_problem_code code_of(sl_status status)
{
    switch (status) {
    case SL_NO_MEMORY: return SL_PROBLEM_NO_MEMORY;
    case SL_INVALID: return SL_PROBLEM_INVALID;
    case SL_MALFORMED: return SL_PROBLEM_MALFORMED;
    case SL_LIMIT: return SL_PROBLEM_LIMIT;
    case SL_UNAUTHENTICATED: return SL_PROBLEM_UNAUTHENTICATED;
    case SL_FORBIDDEN: return SL_PROBLEM_FORBIDDEN;
    case SL_STALE: return SL_PROBLEM_STALE;
    case SL_BUSY:
    case SL_CLOSED: return SL_PROBLEM_BUSY;
    case SL_FULL:
    case SL_IO: return SL_PROBLEM_UNAVAILABLE;
    default: return SL_PROBLEM_INTERNAL;
    }
}

sl_status sl_refuse_status(sl_problem *problem, sl_status status, const sl_error *err)
{
    bool has_text = err && err->text[0] != '\0';
    return sl_refuse(problem, code_of(status), status, "%s",
                     has_text ? err->text : sl_status_name(status));
}

sl_status sl_refuse_no_memory(sl_problem *problem)
{
    return sl_refuse(problem, SL_PROBLEM_NO_MEMORY, SL_NO_MEMORY,
                     "not enough memory for this request");
}

sl_status sl_check_writer(const sl_actor *actor, sl_problem *problem)
{
    if (actor->kind == SL_ACTOR_ANONYMOUS)
        return sl_refuse(
            problem, SL_PROBLEM_UNAUTHENTICATED, SL_UNAUTHENTICATED,
            "writing needs a token: send Authorization: Bearer with a producer's token "
            "or the administrator's");
    if (actor->kind == SL_ACTOR_PRODUCER && actor->is_blocked)
        return sl_refuse(problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
                         "producer '%.*s' is blocked: ask an administrator",
                         SL_STR_ARG(actor->producer));
    return SL_OK;
}

sl_status sl_check_admin(const sl_actor *actor, const char *what, sl_problem *problem)
{
    SL_TRY(sl_check_writer(actor, problem));
    if (actor->kind != SL_ACTOR_ADMIN)
        return sl_refuse(problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
                         "%s is the administrator's: use the admin token", what);
    return SL_OK;
}

bool sl_actor_is(const sl_actor *actor, sl_str producer)
{
    return actor->kind == SL_ACTOR_PRODUCER && sl_str_equal(actor->producer, producer);
}

sl_str sl_actor_name(const sl_actor *actor)
{
    if (actor->kind == SL_ACTOR_ADMIN)
        return SL_STR("admin");
    return actor->kind == SL_ACTOR_PRODUCER ? actor->producer : SL_STR("anonymous");
}
