/* base/clock.h: time. Stored and exchanged times are microseconds since 1970-01-01T00:00:00Z; durations come from the monotonic clock. */
#pragma once

#include "base/buf.h"

int64_t sl_clock_realtime_us(void);
/* Tests only: from now on the realtime clock shows this much more (or less) than the system's; 0 is the system's own. The monotonic clocks stay
 * as they are, as they do when somebody sets a machine's clock. */
void sl_clock_shift_realtime(int64_t us);
int64_t sl_clock_monotonic_ns(void);
/* The same as of the kernel's last tick, some milliseconds ago at most: for deadlines, at a fraction of the price. */
int64_t sl_clock_monotonic_coarse_ns(void);

/* RFC 3339, UTC, microseconds: 2026-11-22T16:49:16.000123Z */
enum { SL_TIME_TEXT_SIZE = 28 };
void sl_time_format(int64_t us, char ret_text[SL_TIME_TEXT_SIZE]);
/* RFC 3339 with any offset and up to nine digits of fraction (below a microsecond cut off); years 1 to 9999. */
bool sl_time_parse(sl_str text, int64_t *ret_us);
