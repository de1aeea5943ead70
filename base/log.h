/* base/log.h: one line an event, on standard error: time, level, text, key=value pairs.
 *
 * Only server/ and cli/ log, once, where the answer is decided; libraries return errors. Thread-safe: a line is one write(2). */
#pragma once

#include "base/status.h"

#include <stdbool.h>

typedef enum sl_log_level { SL_LOG_ERROR, SL_LOG_WARN, SL_LOG_INFO, SL_LOG_DEBUG } sl_log_level;

/* Lines above this level are dropped; SL_LOG_INFO at start. */
void sl_log_set_level(sl_log_level level);
bool sl_log_is_on(sl_log_level level);
/* False for a name that is none of error, warn, info, debug. */
bool sl_log_level_parse(const char *name, sl_log_level *ret_level);
/* Control characters in the text are written as \xNN, so that input cannot forge a line. */
void sl_log(sl_log_level level, const char *format, ...) SL_PRINTF(2, 3);
