/* base/clock.c: clocks, and RFC 3339 in the proleptic Gregorian calendar without libc's time zones. */
#include "base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { US_PER_SECOND = 1000000, SECONDS_PER_DAY = 86400 };

static _Atomic int64_t realtime_shift_us;

void sl_clock_shift_realtime(int64_t us)
{
    atomic_store(&realtime_shift_us, us);
}

int64_t sl_clock_realtime_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000 +
           atomic_load_explicit(&realtime_shift_us, memory_order_relaxed);
}

static int64_t monotonic_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t sl_clock_monotonic_ns(void)
{
    return monotonic_ns(CLOCK_MONOTONIC);
}

int64_t sl_clock_monotonic_coarse_ns(void)
{
    return monotonic_ns(CLOCK_MONOTONIC_COARSE);
}

/* Days since 1970-01-01. The year starts in March here, so that the leap day is its last. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *ret_day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *ret_month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

void sl_time_format(int64_t us, char ret_text[SL_TIME_TEXT_SIZE])
{
    int64_t seconds = us / US_PER_SECOND, fraction = us % US_PER_SECOND;
    if (fraction < 0) {
        fraction += US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / SECONDS_PER_DAY, second_of_day = seconds % SECONDS_PER_DAY;
    if (second_of_day < 0) {
        second_of_day += SECONDS_PER_DAY;
        days--;
    }
    int year, month, day;
    date_from_days(days, &year, &month, &day);
    char text[64];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day,
             (int)(second_of_day / 3600), (int)(second_of_day / 60 % 60), (int)(second_of_day % 60),
             (int)fraction);
    memcpy(ret_text, text, SL_TIME_TEXT_SIZE - 1);
    ret_text[SL_TIME_TEXT_SIZE - 1] = '\0';
}

/* A field of exactly `digits` decimal digits at the front of `text`, which moves behind it. */
static bool take_number(sl_str *text, size_t digits, int *ret_value)
{
    uint64_t value;
    if (text->len < digits || !sl_str_to_u64((sl_str){text->data, digits}, &value))
        return false;
    *ret_value = (int)value;
    *text = (sl_str){text->data + digits, text->len - digits};
    return true;
}

static bool take_char(sl_str *text, const char *any_of)
{
    if (text->len == 0 || !strchr(any_of, text->data[0]) || text->data[0] == '\0')
        return false;
    *text = (sl_str){text->data + 1, text->len - 1};
    return true;
}

static bool take_fraction(sl_str *text, int *ret_us)
{
    int us = 0, digits = 0;
    for (; text->len && text->data[0] >= '0' && text->data[0] <= '9'; digits++) {
        if (digits < 6)
            us = us * 10 + (text->data[0] - '0');
        *text = (sl_str){text->data + 1, text->len - 1};
    }
    for (int i = digits; i < 6; i++)
        us *= 10;
    *ret_us = us;
    return digits > 0 && digits <= 9;
}

static bool take_offset(sl_str *text, int *ret_seconds)
{
    int sign = text->len && text->data[0] == '-' ? -1 : 1, hours, minutes;
    *ret_seconds = 0;
    if (take_char(text, "Zz"))
        return true;
    if (!take_char(text, "+-") || !take_number(text, 2, &hours) || !take_char(text, ":") ||
        !take_number(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

bool sl_time_parse(sl_str text, int64_t *ret_us)
{
    int year, month, day, hour, minute, second, us = 0, offset;
    if (!take_number(&text, 4, &year) || !take_char(&text, "-") || !take_number(&text, 2, &month) ||
        !take_char(&text, "-") || !take_number(&text, 2, &day) || !take_char(&text, "Tt ") ||
        !take_number(&text, 2, &hour) || !take_char(&text, ":") ||
        !take_number(&text, 2, &minute) || !take_char(&text, ":") ||
        !take_number(&text, 2, &second))
        return false;
    if (take_char(&text, ".") && !take_fraction(&text, &us))
        return false;
    if (!take_offset(&text, &offset) || text.len != 0)
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t seconds = days_from_date(year, month, day) * SECONDS_PER_DAY + hour * 3600 +
                      minute * 60 + second - offset;
    *ret_us = seconds * US_PER_SECOND + us;
    return true;
}
