/* base/text_diff.c: a shortest line diff by Myers' greedy algorithm, written in the unified form.
 *
 * Both texts become arrays of lines with their hashes; what is equal at both ends is cut off. In the grid of old lines (x) and new lines
 * (y), a step right removes a line, a step down adds one, and a diagonal keeps one. For d = 0, 1, 2, … the furthest point that d steps reach on
 * each diagonal k = x - y follows from those of d - 1 (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986); those of every d are
 * kept, so that the way back can be walked without recursion.
 *
 * Bounds: d stops at SL_LIMIT_DIFF_EDITS, which bounds the kept points (about d² of them, 4 MiB) and the time (lines times d). Texts that differ
 * more are told as one replacement, which is a correct diff and not the shortest.
 *
 * A line includes its newline, so that a last line without one differs from the same with one. */
#include "base/base.h"

enum { CONTEXT = 3 };

typedef struct line {
    sl_str text;
    uint64_t hash;
} line;

typedef struct line_diff {
    sl_arena arena;
    line *old_lines, *new_lines;
    size_t old_count, new_count;
    bool *is_removed, *is_added; /* one a line */
} line_diff;

static void differ_done(line_diff *differ)
{
    sl_arena_done(&differ->arena);
}

static sl_status split_lines(sl_arena *arena, sl_str text, line **ret_lines, size_t *ret_count,
                             sl_error *err)
{
    size_t count = text.len > 0 && text.data[text.len - 1] != '\n';
    if (text.len > SL_LIMIT_DIFF_BYTES)
        return sl_error_set(err, SL_LIMIT,
                            "a text to be compared has %zu bytes, and %d is the most (limit "
                            "DIFF_BYTES)",
                            text.len, SL_LIMIT_DIFF_BYTES);
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '\n';
    if (count > SL_LIMIT_DIFF_LINES)
        return sl_error_set(err, SL_LIMIT,
                            "a text to be compared has %zu lines, and %d is the most (limit "
                            "DIFF_LINES)",
                            count, SL_LIMIT_DIFF_LINES);
    line *lines = sl_arena_array(arena, line, count + 1);
    if (!lines)
        return sl_error_no_memory(err);
    size_t begin = 0, made = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '\n' && i + 1 < text.len)
            continue;
        sl_str one = {text.data + begin, i + 1 - begin};
        lines[made++] = (line){one, sl_hash_str(one)};
        begin = i + 1;
    }
    *ret_lines = lines;
    *ret_count = made;
    return SL_OK;
}

static bool is_same(const line *a, const line *b)
{
    return a->hash == b->hash && sl_str_equal(a->text, b->text);
}

/* --- the shortest way ------------------------------------------------------------------------ */

/* The part of the two texts that differs, and the points reached: reached[d][k + d] is the furthest x on diagonal k. */
typedef struct edit_grid {
    const line *old_lines, *new_lines;
    bool *is_removed, *is_added;
    int32_t width, height;
    int32_t **reached;
} edit_grid;

/* Does the way to diagonal k with d steps come from above (an added line)? */
static bool is_from_above(const int32_t *before, int32_t d, int32_t k)
{
    /* before[] is of d - 1: its index of diagonal k is k + d - 1. */
    return k == -d || (k != d && before[k - 1 + d - 1] < before[k + 1 + d - 1]);
}

/* Points with d steps; true if one is the end. */
static bool reach(edit_grid *grid, int32_t d)
{
    int32_t *points = grid->reached[d];
    for (int32_t k = -d; k <= d; k++)
        points[k + d] = -1;
    for (int32_t k = -d; k <= d; k += 2) {
        int32_t x = 0;
        if (d > 0) {
            const int32_t *before = grid->reached[d - 1];
            x = is_from_above(before, d, k) ? before[k + 1 + d - 1] : before[k - 1 + d - 1] + 1;
        }
        if (x > grid->width || x - k > grid->height || x < 0 || x - k < 0) {
            points[k + d] = INT32_MIN / 2; /* outside: nothing starts from here */
            continue;
        }
        while (x < grid->width && x - k < grid->height &&
               is_same(&grid->old_lines[x], &grid->new_lines[x - k]))
            x++;
        points[k + d] = x;
        if (x == grid->width && x - k == grid->height)
            return true;
    }
    return false;
}

/* From the end back to the start, marking what each step removed or added. */
static void walk_back(edit_grid *grid, int32_t d)
{
    int32_t k = grid->width - grid->height;
    for (; d > 0; d--) {
        const int32_t *before = grid->reached[d - 1];
        if (is_from_above(before, d, k)) {
            int32_t x = before[k + 1 + d - 1];
            grid->is_added[x - (k + 1)] = true;
            k++;
        } else {
            grid->is_removed[before[k - 1 + d - 1]] = true;
            k--;
        }
    }
}

static sl_status mark_shortest(edit_grid *grid, sl_arena *arena, bool *ret_is_found)
{
    int32_t most =
        (int32_t)SL_MIN((size_t)SL_LIMIT_DIFF_EDITS, (size_t)grid->width + (size_t)grid->height);
    grid->reached = sl_arena_array(arena, int32_t *, (size_t)most + 1);
    if (!grid->reached)
        return SL_NO_MEMORY;
    for (int32_t d = 0; d <= most; d++) {
        grid->reached[d] = sl_arena_array(arena, int32_t, 2 * (size_t)d + 1);
        if (!grid->reached[d])
            return SL_NO_MEMORY;
        if (reach(grid, d)) {
            walk_back(grid, d);
            *ret_is_found = true;
            return SL_OK;
        }
    }
    *ret_is_found = false;
    return SL_OK;
}

static sl_status mark_changes(line_diff *differ)
{
    size_t head = 0, tail = 0, most = SL_MIN(differ->old_count, differ->new_count);
    differ->is_removed = sl_arena_array(&differ->arena, bool, differ->old_count + 1);
    differ->is_added = sl_arena_array(&differ->arena, bool, differ->new_count + 1);
    if (!differ->is_removed || !differ->is_added)
        return SL_NO_MEMORY;
    while (head < most && is_same(&differ->old_lines[head], &differ->new_lines[head]))
        head++;
    while (tail < most - head && is_same(&differ->old_lines[differ->old_count - tail - 1],
                                         &differ->new_lines[differ->new_count - tail - 1]))
        tail++;
    edit_grid grid = {
        .old_lines = differ->old_lines + head,
        .new_lines = differ->new_lines + head,
        .is_removed = differ->is_removed + head,
        .is_added = differ->is_added + head,
        .width = (int32_t)(differ->old_count - head - tail),
        .height = (int32_t)(differ->new_count - head - tail),
    };
    bool is_found = false;
    SL_TRY(mark_shortest(&grid, &differ->arena, &is_found));
    if (is_found)
        return SL_OK;
    memset(grid.is_removed, true, (size_t)grid.width);
    memset(grid.is_added, true, (size_t)grid.height);
    return SL_OK;
}

/* --- the unified form ------------------------------------------------------------------------ */

static void put_line(sl_buf *buf, char mark, sl_str text)
{
    sl_buf_append_byte(buf, (uint8_t)mark);
    sl_buf_append_str(buf, text);
    if (text.data[text.len - 1] != '\n')
        sl_buf_append_literal(buf, "\n\\ No newline at end of file\n");
}

/* "12,3": a range of no lines names the line before it. */
static void put_range(sl_buf *buf, char mark, size_t first, size_t count)
{
    sl_buf_printf(buf, "%c%zu", mark, count ? first + 1 : first);
    if (count != 1)
        sl_buf_printf(buf, ",%zu", count);
}

typedef struct place {
    size_t old_at, new_at;
} place;

/* Is the next line, of either text, one that changed? */
static bool is_change(const line_diff *differ, place at)
{
    return (at.old_at < differ->old_count && differ->is_removed[at.old_at]) ||
           (at.new_at < differ->new_count && differ->is_added[at.new_at]);
}

static bool is_end(const line_diff *differ, place at)
{
    return at.old_at == differ->old_count && at.new_at == differ->new_count;
}

/* Step over what is removed, then added, then kept; tell it if there is a buffer. */
static place step(const line_diff *differ, place at, sl_buf *buf)
{
    if (at.old_at < differ->old_count && differ->is_removed[at.old_at]) {
        if (buf)
            put_line(buf, '-', differ->old_lines[at.old_at].text);
        at.old_at++;
    } else if (at.new_at < differ->new_count && differ->is_added[at.new_at]) {
        if (buf)
            put_line(buf, '+', differ->new_lines[at.new_at].text);
        at.new_at++;
    } else {
        if (buf)
            put_line(buf, ' ', differ->old_lines[at.old_at].text);
        at.old_at++;
        at.new_at++;
    }
    return at;
}

/* Where the hunk that begins with the change at `at` ends: behind the last change that has fewer than 2 * CONTEXT + 1 kept lines before it. */
static place end_of_hunk(const line_diff *differ, place at)
{
    place end = at;
    size_t kept = 0;
    while (!is_end(differ, at) && kept <= 2 * CONTEXT) {
        bool is_changed = is_change(differ, at);
        at = step(differ, at, NULL);
        kept = is_changed ? 0 : kept + 1;
        if (is_changed)
            end = at;
    }
    for (size_t i = 0; i < CONTEXT && !is_end(differ, end); i++)
        end = step(differ, end, NULL);
    return end;
}

static void put_hunks(const line_diff *differ, sl_buf *buf)
{
    place at = {0, 0};
    size_t kept = 0; /* lines since the last hunk */
    while (!is_end(differ, at) && !buf->has_failed) {
        if (!is_change(differ, at)) {
            at = step(differ, at, NULL);
            kept++;
            continue;
        }
        size_t before = SL_MIN(kept, (size_t)CONTEXT);
        place begin = {at.old_at - before, at.new_at - before}, end = end_of_hunk(differ, at);
        sl_buf_append_literal(buf, "@@ ");
        put_range(buf, '-', begin.old_at, end.old_at - begin.old_at);
        sl_buf_append_byte(buf, ' ');
        put_range(buf, '+', begin.new_at, end.new_at - begin.new_at);
        sl_buf_append_literal(buf, " @@\n");
        for (at = begin; at.old_at != end.old_at || at.new_at != end.new_at;)
            at = step(differ, at, buf);
        kept = 0;
    }
}

sl_status sl_text_diff_write(const sl_text_diff *diff, sl_buf *buf, sl_error *err)
{
    sl_cleanup(differ_done) line_diff differ = {0};
    SL_TRY(split_lines(&differ.arena, diff->old_text, &differ.old_lines, &differ.old_count, err));
    SL_TRY(split_lines(&differ.arena, diff->new_text, &differ.new_lines, &differ.new_count, err));
    if (mark_changes(&differ) != SL_OK)
        return sl_error_no_memory(err);
    sl_cleanup(sl_buf_done) sl_buf hunks = {0};
    put_hunks(&differ, &hunks);
    if (hunks.len > 0) {
        sl_buf_append_literal(buf, "--- ");
        sl_buf_append_str(buf, diff->old_name);
        sl_buf_append_literal(buf, "\n+++ ");
        sl_buf_append_str(buf, diff->new_name);
        sl_buf_append_literal(buf, "\n");
        sl_buf_append_str(buf, sl_buf_str(&hunks));
    }
    return hunks.has_failed || buf->has_failed ? sl_error_no_memory(err) : SL_OK;
}
