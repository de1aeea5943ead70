/* compat/range.c: are the numbers that were set aside still set aside?
 *
 * Ranges may be split, merged and grown, as long as every number of every old range is still in some new one:
 *
 *   old        [5 ─────────── 10]      [20]
 *   new     [4 ─── 6]    [9 ────── 12]
 *   missing           7 8              20
 *
 * Both lists are sorted and the new one's ranges do not overlap, so one pass over both suffices. */
#include "compat/internal/check.h"

enum { MOST_PARTS = 8 };
#define ELLIPSIS "…"

/* Text of missing parts; long lists end in an ellipsis. */
typedef struct {
    sl_check *check;
    sl_str text;
    uint32_t parts;
    int32_t max;
} missing_text;

static void add_part(missing_text *missing, int64_t start, int64_t end)
{
    if (missing->parts++ >= MOST_PARTS)
        return;
    sl_range part = {.start = (int32_t)start, .end = (int32_t)end};
    sl_str text = sl_describe_range(missing->check, part, missing->max);
    if (missing->parts == MOST_PARTS)
        text = SL_STR(ELLIPSIS);
    missing->text = missing->text.len ? sl_check_text(missing->check, "%.*s, %.*s",
                                                      SL_STR_ARG(missing->text), SL_STR_ARG(text))
                                      : text;
}

sl_str sl_range_missing(sl_check *check, sl_range range, const sl_range_list *list, uint32_t *first)
{
    while (*first < list->count && list->ranges[*first].end < range.start)
        (*first)++;
    missing_text missing = {.check = check, .text = SL_STR(""), .max = list->max};
    int64_t next = range.start;
    for (uint32_t i = *first; i < list->count && list->ranges[i].start <= range.end; i++) {
        if (list->ranges[i].start > next)
            add_part(&missing, next, (int64_t)list->ranges[i].start - 1);
        next = SL_MAX(next, (int64_t)list->ranges[i].end + 1);
    }
    if (next <= range.end)
        add_part(&missing, next, range.end);
    return missing.text;
}

sl_str sl_declare_missing(sl_check *check, const char *statement, sl_str missing)
{
    if (sl_str_ends_with(missing, SL_STR(ELLIPSIS)))
        return (sl_str){0};
    return sl_check_text(check, "%s %.*s;", statement, SL_STR_ARG(missing));
}
