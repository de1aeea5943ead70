/* base/status.h: what every fallible function returns, and the error that tells a person why.
 *
 * Two parts on purpose: the status is for code to decide on, the text is for people to read. A function that can fail
 * for only one reason may leave the text to its caller. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#define SL_MUST_CHECK __attribute__((warn_unused_result))
#define SL_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

typedef enum sl_status {
#define STATUS(suffix, name, meaning) SL_##suffix,
#include "base/status.def"
#undef STATUS
    SL_STATUS_COUNT
} sl_status;

/* "not-found"; never NULL, "unknown" for a number outside the enum. */
const char *sl_status_name(sl_status status);

/* Room for one message: what was wrong, where, what to do. Longer text is cut at a character's end. */
enum { SL_ERROR_TEXT_SIZE = 512 };

typedef struct sl_error {
    sl_status status;
    char text[SL_ERROR_TEXT_SIZE]; /* UTF-8, NUL-terminated; "" when status is SL_OK */
} sl_error;

/* Fill `err` (which may be NULL) and return `status`, so that a refusal is one line:
 *     return sl_error_set(err, SL_NOT_FOUND, "topic '%.*s' has no contract", SL_STR_ARG(topic)); */
sl_status sl_error_set(sl_error *err, sl_status status, const char *format, ...) SL_PRINTF(3, 4);
sl_status sl_error_vset(sl_error *err, sl_status status, const char *format, va_list args)
    SL_PRINTF(3, 0);

/* The usual text for a failed allocation. */
sl_status sl_error_no_memory(sl_error *err);

/* Leave the function with the status of `call` unless it is SL_OK. */
#define SL_TRY(call)                      \
    do {                                  \
        sl_status sl_try_status = (call); \
        if (sl_try_status != SL_OK)       \
            return sl_try_status;         \
    } while (0)
