/* base/hash.c: SipHash-1-3 for tables in memory (Aumasson and Bernstein, "SipHash", with one compression round and three
 * finalisation rounds, as hash tables use it), randomness, and constant-time comparison. */
#include "base/base.h"

#include <errno.h>
#include <pthread.h>
#include <sys/random.h>

static uint64_t sip_key[2];
static pthread_once_t sip_key_once = PTHREAD_ONCE_INIT;

sl_status sl_random_bytes(void *to, size_t len)
{
    uint8_t *at = to;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return SL_IO;
        at += got;
        len -= (size_t)got;
    }
    return SL_OK;
}

static void draw_sip_key(void)
{
    /* Without randomness the table still works; only its resistance to chosen keys is lost. */
    if (sl_random_bytes(sip_key, sizeof sip_key) != SL_OK)
        sip_key[0] = (uint64_t)sl_clock_monotonic_ns();
}

static inline uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

/* In registers, not in memory: names are short, and this is called for every one of them. */
static inline __attribute__((always_inline)) void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static inline __attribute__((always_inline)) void sip_absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t sl_hash_str(sl_str str)
{
    pthread_once(&sip_key_once, draw_sip_key);
    uint64_t v[4] = {
        sip_key[0] ^ UINT64_C(0x736f6d6570736575), sip_key[1] ^ UINT64_C(0x646f72616e646f6d),
        sip_key[0] ^ UINT64_C(0x6c7967656e657261), sip_key[1] ^ UINT64_C(0x7465646279746573)};
    size_t whole = str.len / 8 * 8;
    uint64_t word;
    for (size_t i = 0; i < whole; i += 8) {
        memcpy(&word, str.data + i, sizeof word);
        sip_absorb(v, word);
    }
    word = 0;
    if (str.len > whole)
        memcpy(&word, str.data + whole, str.len - whole);
    sip_absorb(v, word | (uint64_t)str.len << 56);
    v[2] ^= 0xFF;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

bool sl_equal_constant_time(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    uint64_t difference = 0;
    for (size_t at = 0; at < len; at += sizeof difference) {
        uint64_t left = 0, right = 0;
        size_t step = SL_MIN(len - at, sizeof left);
        memcpy(&left, x + at, step);
        memcpy(&right, y + at, step);
        difference |= left ^ right;
        /* The compiler may not know what has been found so far, and so cannot stop early. */
        __asm__ volatile("" : "+r"(difference));
    }
    return difference == 0;
}
