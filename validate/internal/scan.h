/* validate/internal/scan.h: single values of the wire format, for the walks of both tiers.
 *
 * Each returns where the value ends, or NULL if it is not well-formed within [at, end); nothing at or behind `end` is read. Why it is
 * not is found out later, by looking again (explain_words.c). What is well-formed is decided in validate/strictness.def. */
#pragma once

#include "wire/wire.h"

enum {
#define STRICT(suffix, value, point, cpp, java, go, upb, here) SL_STRICT_##suffix = (value),
#include "validate/strictness.def"
#undef STRICT
};

#define SL_CONTINUATION_BITS UINT64_C(0x8080808080808080)

static inline uint64_t sl_load64(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* A varint of at most `most` bytes. */
static inline const uint8_t *sl_scan_varint_slow(const uint8_t *at, const uint8_t *end, size_t most,
                                                 uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < most && at < end; i++) {
        uint8_t byte = *at++;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *ret_value = value;
            return at;
        }
    }
    return NULL;
}

/* Over a varint, without its value. */
static inline const uint8_t *sl_scan_varint(const uint8_t *at, const uint8_t *end)
{
    if (at < end && *at < 0x80)
        return at + 1;
    if (end - at >= 8) {
        uint64_t last = ~sl_load64(at) & SL_CONTINUATION_BITS;
        if (last)
            return at + (__builtin_ctzll(last) >> 3) + 1;
    }
    uint64_t value;
    return sl_scan_varint_slow(at, end, SL_STRICT_VARINT_BYTES, &value);
}

static inline const uint8_t *sl_scan_varint_value(const uint8_t *at, const uint8_t *end,
                                                  uint64_t *ret_value)
{
    if (at < end && *at < 0x80) {
        *ret_value = *at;
        return at + 1;
    }
    return sl_scan_varint_slow(at, end, SL_STRICT_VARINT_BYTES, ret_value);
}

/* Field number and wire type are not looked at. */
static inline const uint8_t *sl_scan_tag(const uint8_t *at, const uint8_t *end, uint32_t *ret_tag)
{
    if (at < end && *at < 0x80) {
        *ret_tag = *at;
        return at + 1;
    }
    if (end - at >= 2 && at[1] < 0x80) {
        *ret_tag = (uint32_t)(at[0] & 0x7f) | (uint32_t)at[1] << 7;
        return at + 2;
    }
    uint64_t value;
    at = sl_scan_varint_slow(at, end, SL_STRICT_TAG_BYTES, &value);
    if (!at || value >> SL_STRICT_TAG_BITS != 0)
        return NULL;
    *ret_tag = (uint32_t)value;
    return at;
}

/* Returns where the content begins; all of it lies before `end`. */
static inline const uint8_t *sl_scan_length(const uint8_t *at, const uint8_t *end, size_t *ret_len)
{
    uint64_t len;
    if (at < end && *at < 0x80)
        len = *at++;
    else if (!(at = sl_scan_varint_slow(at, end, SL_STRICT_LENGTH_BYTES, &len)))
        return NULL;
    if (len > SL_STRICT_LENGTH_MOST || len > (size_t)(end - at))
        return NULL;
    *ret_len = (size_t)len;
    return at;
}

/* Where wire data is wrong: at this tag, or right behind it. */
typedef struct sl_fault {
    const uint8_t *at;
    uint32_t group;   /* the innermost group that is open there; 0: none */
    bool is_too_deep; /* the message or group that begins here is one level too deep */
} sl_fault;

/* Over a value that is no group; NULL if it is not well-formed. */
const uint8_t *sl_skip_plain(const uint8_t *at, const uint8_t *end, uint32_t wire_type);

/* Over the value behind `tag`, at `at`, which nobody knows; groups to their end. NULL with `*fault` set. `depth_left`: levels
 * that may still be opened. */
const uint8_t *sl_skip_value(const uint8_t *at, const uint8_t *end, uint32_t tag,
                             uint32_t depth_left, sl_fault *fault);
