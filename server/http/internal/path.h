/* server/http/internal/path.h: percent-escapes in paths and queries (RFC 3986 §2.1). */
#pragma once

#include "base/base.h"

/* Decode one segment of a path, or (with `plus_is_space`, as forms write it) one side of a query parameter. Without an escape the answer is
 * `raw` itself, else it lies in `arena`.
 * SL_OK; SL_INVALID (a `%` without two hex digits, NUL, or not UTF-8 once decoded); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_path_decode(sl_str raw, bool plus_is_space, sl_arena *arena,
                                       sl_str *ret_text);

typedef struct sl_query {
    struct {
        sl_str name, value;
    } params[SL_LIMIT_HTTP_QUERY_PARAMS];
    size_t count;
} sl_query;

/* Parse what stands behind the `?`. A parameter without `=` has the value "". SL_OK; SL_INVALID (an escape); SL_LIMIT (HTTP_QUERY_PARAMS);
 * SL_EXISTS (a name comes twice); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_query_parse(sl_str raw, sl_arena *arena, sl_query *ret_query);
/* Absent if there is none. */
sl_str sl_query_get(const sl_query *query, const char *name);
