/* validate/internal/accept_blocks.h: texts and packed varints, a block of bytes at a time.
 *
 * The file that includes it has included a header that says what a block is. Blocks are loaded whole, from wherever the bytes
 * begin: up to 63 bytes behind their end are read and masked out, and SL_PAYLOAD_SLOP is 64.
 *
 * UTF-8. Nearly all texts are short and ASCII: one load, one mask, one comparison. The others are judged by the method of Keiser
 * and Lemire ("Validating UTF-8 in less than one instruction per byte", 2021). Whether a byte may follow the one before it depends
 * on three half bytes. Each has a table of the ways in which a pair that has it can be wrong, a bit a way; the pair is wrong
 * in the ways that all three tables name. That leaves one question, whether a third or fourth byte stands where
 * one must, which the bytes two and three places before answer.
 *
 * Packed varints. What makes them whole: the last byte ends one, and no ten bytes in a row say that more follow. The bits that say so
 * are gathered 64 at a time; shifted over one another, they give runs of two, four, eight and ten. Runs of four are rare, so
 * that is mostly where it stops. */
#include "validate/internal/accept.h"

#define COLD static __attribute__((noinline))

/* --- UTF-8 ------------------------------------------------------------------------------------- */

/* What can be wrong with two bytes in a row. */
enum {
    NO_TAIL = 1 << 0,    /* a lead, and no continuation behind it */
    NO_LEAD = 1 << 1,    /* a continuation behind ASCII */
    OVERLONG_2 = 1 << 2, /* C0 and C1 */
    OVERLONG_3 = 1 << 3, /* E0 before 80 … 9F */
    OVERLONG_4 = 1 << 4, /* F0 before 80 … 8F; F5 … FF too */
    SURROGATE = 1 << 5,  /* ED before A0 … BF */
    TOO_LARGE = 1 << 6,  /* F4 … FF before 90 … BF */
    TWO_TAILS =
        1 << 7, /* right if the second is a third or fourth byte; the others are never right */

    ANY_LOW = NO_TAIL | NO_LEAD | TWO_TAILS,
    LOW_5_TO_15 = ANY_LOW | OVERLONG_4 | TOO_LARGE,
    ANY_TAIL = NO_LEAD | OVERLONG_2 | TWO_TAILS,
};

static const uint8_t ways_by_first_high[16] = {
    /* 0 … 7 */ NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    /* 8 … B */ TWO_TAILS,
    TWO_TAILS,
    TWO_TAILS,
    TWO_TAILS,
    /* C */ NO_TAIL | OVERLONG_2,
    /* D */ NO_TAIL,
    /* E */ NO_TAIL | OVERLONG_3 | SURROGATE,
    /* F */ NO_TAIL | OVERLONG_4 | TOO_LARGE,
};

static const uint8_t ways_by_first_low[16] = {
    /* 0 */ ANY_LOW | OVERLONG_2 | OVERLONG_3 | OVERLONG_4,
    /* 1 */ ANY_LOW | OVERLONG_2,
    /* 2, 3 */ ANY_LOW,
    ANY_LOW,
    /* 4 */ ANY_LOW | TOO_LARGE,
    /* 5 … C */ LOW_5_TO_15,
    LOW_5_TO_15,
    LOW_5_TO_15,
    LOW_5_TO_15,
    LOW_5_TO_15,
    LOW_5_TO_15,
    LOW_5_TO_15,
    LOW_5_TO_15,
    /* D */ LOW_5_TO_15 | SURROGATE,
    /* E, F */ LOW_5_TO_15,
    LOW_5_TO_15,
};

static const uint8_t ways_by_second_high[16] = {
    /* 0 … 7 */ NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    /* 8 */ ANY_TAIL | OVERLONG_3 | OVERLONG_4,
    /* 9 */ ANY_TAIL | OVERLONG_3 | TOO_LARGE,
    /* A, B */ ANY_TAIL | SURROGATE | TOO_LARGE,
    ANY_TAIL | SURROGATE | TOO_LARGE,
    /* C … F */ NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
};

/* Not zero where `current`, behind `previous`, is wrong. */
static inline block find_wrong(block previous, block current)
{
    block first = BLOCK_BEFORE(previous, current, 1);
    block ways = block_look_up(block_of_table(ways_by_first_high), first >> 4) &
                 block_look_up(block_of_table(ways_by_first_low), first & 0x0f) &
                 block_look_up(block_of_table(ways_by_second_high), current >> 4);
    /* The highest bit, which is TWO_TAILS, where the byte two before is at least E0, or the one three before at least F0. */
    block third = block_less(BLOCK_BEFORE(previous, current, 2), 0xE0 - 0x80);
    block fourth = block_less(BLOCK_BEFORE(previous, current, 3), 0xF0 - 0x80);
    return ways ^ ((third | fourth) & 0x80);
}

static inline bool is_all_zero(block bytes)
{
    return block_high_bits((block)(bytes != 0)) == 0;
}

/* The first `len` bytes of a block, and zeros. */
static inline block load_part(const uint8_t *at, size_t len)
{
    enum { WORDS = BLOCK / sizeof(uint64_t) };
    static const uint64_t keep[2 * WORDS] = {UINT64_MAX, UINT64_MAX, WORDS > 2 ? UINT64_MAX : 0,
                                             WORDS > 2 ? UINT64_MAX : 0};
    return block_load(at) & block_load((const uint8_t *)keep + BLOCK - len);
}

COLD bool is_utf8(const uint8_t *at, size_t len)
{
    block wrong = {0}, previous = {0};
    const uint8_t *end = at + len;
    for (; end - at >= BLOCK; at += BLOCK) {
        block current = block_load(at);
        wrong |= find_wrong(previous, current);
        previous = current;
    }
    /* There is at least one zero behind the text, and a character that it cuts off is wrong. */
    wrong |= find_wrong(previous, load_part(at, (size_t)(end - at)));
    return is_all_zero(wrong);
}

static inline uint64_t high_bits_of_part(const uint8_t *at, size_t len)
{
    return block_high_bits(block_load(at)) & ((UINT64_C(1) << len) - 1);
}

COLD bool is_long_text(const uint8_t *at, size_t len)
{
    const uint8_t *end = at + len;
    for (; end - at >= 4 * BLOCK; at += 4 * BLOCK) {
        block four = block_load(at) | block_load(at + BLOCK) | block_load(at + 2 * BLOCK) |
                     block_load(at + 3 * BLOCK);
        if (block_high_bits(four))
            return is_utf8(at, (size_t)(end - at));
    }
    for (; at < end; at += BLOCK) {
        size_t left = (size_t)(end - at);
        if (high_bits_of_part(at, SL_MIN(left, (size_t)BLOCK)))
            return is_utf8(at, left);
    }
    return true;
}

static inline bool is_text(const uint8_t *at, uint64_t len)
{
    if (len > BLOCK)
        return is_long_text(at, len);
    return high_bits_of_part(at, len) == 0 || is_utf8(at, len);
}

/* --- packed varints ---------------------------------------------------------------------------- */

/* 64 bytes, a bit each: does more follow? */
static inline uint64_t load_more(const uint8_t *at)
{
    uint64_t more = 0;
    for (int i = 0; i < 64; i += BLOCK)
        more |= block_high_bits(block_load(at + i)) << i;
    return more;
}

COLD bool are_varints(const uint8_t *at, uint64_t len)
{
    const uint8_t *end = at + len;
    uint64_t more = 0, two = 0, four = 0; /* bit i: the byte i ends a run of so many at least */
    for (; at < end; at += 64) {
        uint64_t more_before = more, two_before = two, four_before = four;
        more = load_more(at);
        if (end - at < 64)
            more &= (UINT64_C(1) << (end - at)) - 1;
        two = more & (more << 1 | more_before >> 63);
        four = two & (two << 2 | two_before >> 62);
        if (four == 0)
            continue;
        uint64_t eight = four & (four << 4 | four_before >> 60);
        if (eight & (four << 6 | four_before >> 58))
            return false;
    }
    return len == 0 || end[-1] < 0x80;
}
