/* base/hash.h: hashes, identifiers and their text forms. */
#pragma once

#include "base/buf.h"

/* SipHash-1-3 with a key drawn once a process: for tables in memory only, never stored. */
uint64_t sl_hash_str(sl_str str);

enum { SL_SHA256_SIZE = 32, SL_SHA256_HEX_SIZE = 64, SL_GUID_SIZE = 16, SL_GUID_TEXT_SIZE = 36 };

typedef struct sl_sha256 {
    uint8_t bytes[SL_SHA256_SIZE];
} sl_sha256;

/* SL_OK, or SL_NO_MEMORY (the library's context could not be had). */
SL_MUST_CHECK sl_status sl_sha256_of(sl_bytes bytes, sl_sha256 *ret_hash);
/* Several slices as one input; no separators are added. */
SL_MUST_CHECK sl_status sl_sha256_of_parts(const sl_bytes *parts, size_t count,
                                           sl_sha256 *ret_hash);

/* Time depends on `len` only, not on where the first difference lies. */
bool sl_equal_constant_time(const void *a, const void *b, size_t len);

/* Unpredictable bytes from the kernel. SL_OK or SL_IO. */
SL_MUST_CHECK sl_status sl_random_bytes(void *to, size_t len);

/* Lower-case hexadecimal and padded base64 (RFC 4648 §4), appended. */
void sl_hex_append(sl_buf *buf, sl_bytes bytes);
void sl_base64_append(sl_buf *buf, sl_bytes bytes);
/* RFC 4648 §5, without padding. */
void sl_base64url_append(sl_buf *buf, sl_bytes bytes);

/* Strict decoding, appended: SL_OK; SL_MALFORMED (a byte outside the alphabet, a wrong length or padding, or bits that no
 * encoder sets); SL_NO_MEMORY, SL_LIMIT from the buffer. */
SL_MUST_CHECK sl_status sl_hex_decode(sl_str text, sl_buf *buf);
/* The value of one digit, in either case; -1 if it is none. */
int sl_hex_value(char digit);
SL_MUST_CHECK sl_status sl_base64_decode(sl_str text, sl_buf *buf);

/* 8-4-4-4-12 lower-case form and a NUL. */
void sl_guid_format(const uint8_t guid[SL_GUID_SIZE], char ret_text[SL_GUID_TEXT_SIZE + 1]);
bool sl_guid_parse(sl_str text, uint8_t ret_guid[SL_GUID_SIZE]);
