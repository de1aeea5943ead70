/* validate/internal/accept_avx2.h: a block is 32 bytes, and each function here is one or two instructions of AVX2. */
#pragma once

#include <immintrin.h>
#include <stdint.h>

typedef uint8_t block __attribute__((vector_size(32)));
enum { BLOCK = 32 };

static inline block block_load(const uint8_t *at)
{
    return (block)_mm256_loadu_si256((const __m256i_u *)at);
}

/* Bit i: the highest bit of byte i. */
static inline uint64_t block_high_bits(block bytes)
{
    return (uint32_t)_mm256_movemask_epi8((__m256i)bytes);
}

static inline block block_of_table(const uint8_t table[16])
{
    return (block)_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)table));
}

/* Byte i: table[indexes[i]]; indexes are below 16. */
static inline block block_look_up(block table, block indexes)
{
    return (block)_mm256_shuffle_epi8((__m256i)table, (__m256i)indexes);
}

/* Byte i: bytes[i] - less, or 0 if that is negative. */
static inline block block_less(block bytes, uint8_t less)
{
    return (block)_mm256_subs_epu8((__m256i)bytes, _mm256_set1_epi8((char)less));
}

/* Byte i: the one `distance` (a constant) before current[i]; the first are the last of `previous`. */
#define BLOCK_BEFORE(previous, current, distance)                                 \
    ((block)_mm256_alignr_epi8(                                                   \
        (__m256i)(current),                                                       \
        _mm256_permute2x128_si256((__m256i)(previous), (__m256i)(current), 0x21), \
        BLOCK / 2 - (distance)))
