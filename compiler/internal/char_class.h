/* compiler/internal/char_class.h: what a byte may be part of. Locale-free. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    SL_CHAR_SPACE = 1,
    SL_CHAR_LETTER = 2, /* and '_' */
    SL_CHAR_DIGIT = 4,
    SL_CHAR_HEX = 8,
    SL_CHAR_OCTAL = 16,
    SL_CHAR_WORD = 32, /* letter or digit */
};

extern const uint8_t sl_char_classes[256];

static inline bool sl_char_is(char c, uint8_t class)
{
    return (sl_char_classes[(uint8_t)c] & class) != 0;
}
