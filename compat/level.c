/* compat/level.c: Confluent's seven levels, and which of them promises more.
 *
 * A level is two things: in which directions a new version is checked, and whether against the latest version or all of them. One level
 * promises at least what another does if it has all its directions and is transitive where the other is. That is a partial order: FULL and
 * BACKWARD_TRANSITIVE, say, promise different things, so a move between them counts as loosening either way. */
#include "compat/compat.h"

static const struct {
    const char *name;
    int directions;
    bool is_transitive;
} levels[SL_LEVEL_COUNT] = {
    [SL_LEVEL_NONE] = {"NONE", 0, false},
    [SL_LEVEL_BACKWARD] = {"BACKWARD", SL_COMPAT_BACKWARD, false},
    [SL_LEVEL_BACKWARD_TRANSITIVE] = {"BACKWARD_TRANSITIVE", SL_COMPAT_BACKWARD, true},
    [SL_LEVEL_FORWARD] = {"FORWARD", SL_COMPAT_FORWARD, false},
    [SL_LEVEL_FORWARD_TRANSITIVE] = {"FORWARD_TRANSITIVE", SL_COMPAT_FORWARD, true},
    [SL_LEVEL_FULL] = {"FULL", SL_COMPAT_BOTH, false},
    [SL_LEVEL_FULL_TRANSITIVE] = {"FULL_TRANSITIVE", SL_COMPAT_BOTH, true},
};

static bool is_level(sl_compat_level level)
{
    return (unsigned)level < SL_LEVEL_COUNT;
}

const char *sl_compat_level_name(sl_compat_level level)
{
    return is_level(level) ? levels[level].name : "unknown";
}

bool sl_compat_level_parse(sl_str name, sl_compat_level *ret_level)
{
    for (int level = 0; level < SL_LEVEL_COUNT; level++) {
        if (!sl_str_equal_nocase(name, sl_str_from(levels[level].name)))
            continue;
        *ret_level = (sl_compat_level)level;
        return true;
    }
    return false;
}

bool sl_compat_level_is_transitive(sl_compat_level level)
{
    return is_level(level) && levels[level].is_transitive;
}

int sl_compat_level_directions(sl_compat_level level)
{
    return is_level(level) ? levels[level].directions : 0;
}

bool sl_compat_level_is_at_least(sl_compat_level to, sl_compat_level from)
{
    if (!is_level(to) || !is_level(from))
        return false;
    bool has_directions = (levels[from].directions & ~levels[to].directions) == 0;
    return has_directions && (levels[to].is_transitive || !levels[from].is_transitive);
}
