/* validate/internal/accept_ssse3.h: a block is 16 bytes, and each function here is one instruction of SSSE3 or older. */
#pragma once

#include <immintrin.h>
#include <stdint.h>

typedef uint8_t block __attribute__((vector_size(16)));
enum { BLOCK = 16 };

static inline block block_load(const uint8_t *at)
{
    return (block)_mm_loadu_si128((const __m128i_u *)at);
}

/* Bit i: the highest bit of byte i. */
static inline uint64_t block_high_bits(block bytes)
{
    return (uint32_t)_mm_movemask_epi8((__m128i)bytes);
}

static inline block block_of_table(const uint8_t table[16])
{
    return block_load(table);
}

/* Byte i: table[indexes[i]]; indexes are below 16. */
static inline block block_look_up(block table, block indexes)
{
    return (block)_mm_shuffle_epi8((__m128i)table, (__m128i)indexes);
}

/* Byte i: bytes[i] - less, or 0 if that is negative. */
static inline block block_less(block bytes, uint8_t less)
{
    return (block)_mm_subs_epu8((__m128i)bytes, _mm_set1_epi8((char)less));
}

/* Byte i: the one `distance` (a constant) before current[i]; the first are the last of `previous`. */
#define BLOCK_BEFORE(previous, current, distance) \
    ((block)_mm_alignr_epi8((__m128i)(current), (__m128i)(previous), BLOCK - (distance)))
