/* base/limits.h: the table of limits as constants, SL_LIMIT_PAYLOAD_DEPTH and so on. */
#pragma once

enum {
#define LIMIT(suffix, value, unit, bounds) SL_LIMIT_##suffix = (value),
#include "base/limits.def"
#undef LIMIT
};
