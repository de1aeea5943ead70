/* validate/internal/accept_loop.h: the loop of tier 1, compiled once for each kind of processor.
 *
 * The file that includes it has defined is_text() and are_varints(), and names the function by SL_ACCEPT_LOOP.
 *
 * Every op ends with its own jump to the next (computed goto): so the processor learns which field follows which, apart for
 * each. A switch, with one jump for all, was slower. The state is a struct that never leaves the function (helpers are
 * inlined, and what is not gets copies), so that it lives in registers.
 *
 * Bounds: nothing is checked against the end while a tag, a varint or a fixed-width value is read. They are at most 15 bytes,
 * and SL_PAYLOAD_SLOP bytes can be read behind a payload. That it was too much is seen at the next tag, since then the
 * place lies behind the end. Lengths are checked at once.
 *
 * A message that opens pushes what is to be gone on with behind it; depth is the number of pushes. Required fields are a mask
 * of what is still missing, and a group adds a bit that only its end tag clears, so both are one comparison at the end. */
#include "validate/internal/accept.h"
#include "validate/internal/scan.h"

#define INLINE static inline __attribute__((always_inline))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

typedef struct accept_state {
    const uint8_t *at, *end;
    const sl_accept_table *table;
    const sl_accept_entry *entry;
    uint64_t missing;
    uint32_t tag;
    bool rejects_unknown;
    sl_accept_frame *frame, *last; /* the next one that is free; the one that must stay so */
} accept_state;

/* --- values ------------------------------------------------------------------------------------ */

/* Of two bytes and more. */
INLINE bool pass_long_varint(accept_state *state)
{
    const uint8_t *at = state->at;
    if (at[1] < 0x80) {
        state->at = at + 2;
        return true;
    }
    uint64_t last = ~sl_load64(at) & SL_CONTINUATION_BITS;
    if (LIKELY(last)) {
        state->at = at + (__builtin_ctzll(last) >> 3) + 1;
        return true;
    }
    state->at = at + (at[8] < 0x80 ? 9 : 10);
    return (at[8] & at[9]) < 0x80;
}

INLINE bool pass_varint(accept_state *state)
{
    if (UNLIKELY(*state->at >= 0x80))
        return pass_long_varint(state);
    state->at++;
    return true;
}

INLINE bool pass_fixed(accept_state *state, size_t size)
{
    state->at += size;
    return true;
}

/* False unless so many bytes are left. */
INLINE bool pass_length(accept_state *state, uint64_t *ret_len)
{
    const uint8_t *at = state->at;
    if (LIKELY(at[0] < 0x80)) {
        *ret_len = at[0];
        at += 1;
    } else if (LIKELY(at[1] < 0x80)) {
        *ret_len = (at[0] & 0x7f) | (uint64_t)at[1] << 7;
        at += 2;
    } else {
        uint64_t length = sl_accept_long_length(at);
        *ret_len = length >> 8;
        at += length & 0xff;
    }
    state->at = at;
    return LIKELY((int64_t)*ret_len <= state->end - at);
}

INLINE bool pass_bytes(accept_state *state)
{
    uint64_t len;
    if (!pass_length(state, &len))
        return false;
    state->at += len;
    return true;
}

INLINE bool pass_string(accept_state *state)
{
    uint64_t len;
    if (!pass_length(state, &len) || UNLIKELY(!is_text(state->at, len)))
        return false;
    state->at += len;
    return true;
}

INLINE bool pass_packed_varint(accept_state *state)
{
    uint64_t len;
    if (!pass_length(state, &len) || UNLIKELY(!are_varints(state->at, len)))
        return false;
    state->at += len;
    return true;
}

INLINE bool pass_packed_fixed(accept_state *state, size_t size)
{
    uint64_t len;
    if (!pass_length(state, &len) || UNLIKELY(len % size))
        return false;
    state->at += len;
    return true;
}

INLINE bool pass_packed_enum(accept_state *state)
{
    uint64_t len;
    if (!state->rejects_unknown)
        return pass_packed_varint(state);
    if (!pass_length(state, &len) || !sl_accept_packed_enum(state->entry->set, state->at, len))
        return false;
    state->at += len;
    return true;
}

INLINE bool pass_enum(accept_state *state, bool must_be_known)
{
    if (must_be_known && !sl_accept_enum_has(state->entry->set, state->at))
        return false;
    return pass_varint(state);
}

/* --- runs of one tag --------------------------------------------------------------------------- */

/* Only tags of one byte: the others go through the table each time. */
INLINE bool comes_again(const accept_state *state)
{
    return state->at < state->end && *state->at == state->tag;
}

/* Four elements of one byte each, with their tags, at a time. */
INLINE void pass_short_elements(accept_state *state)
{
    const uint64_t four_tags = state->tag * UINT64_C(0x0001000100010001);
    const uint64_t tags_and_ends = UINT64_C(0x80ff80ff80ff80ff);
    while (state->end - state->at >= 8 && (sl_load64(state->at) & tags_and_ends) == four_tags)
        state->at += 8;
}

INLINE bool pass_varints(accept_state *state)
{
    for (;;) {
        if (*state->at < 0x80) {
            state->at++;
            pass_short_elements(state);
        } else if (UNLIKELY(!pass_long_varint(state))) {
            return false;
        }
        if (!comes_again(state))
            return true;
        state->at++;
    }
}

INLINE bool pass_strings(accept_state *state)
{
    for (;;) {
        if (UNLIKELY(!pass_string(state)))
            return false;
        if (!comes_again(state))
            return true;
        state->at++;
    }
}

/* --- messages ---------------------------------------------------------------------------------- */

INLINE bool push(accept_state *state, const uint8_t *end, uint64_t group_bit)
{
    if (UNLIKELY(state->frame == state->last))
        return false;
    state->frame->end = state->end;
    state->frame->table = state->table;
    state->frame->missing = state->missing;
    if (group_bit)
        state->frame->group = state->tag >> 3;
    state->frame++;
    state->end = end;
    state->table = state->entry->table;
    state->missing = state->table->required | group_bit;
    return true;
}

INLINE void pop(accept_state *state)
{
    state->frame--;
    state->end = state->frame->end;
    state->table = state->frame->table;
    state->missing = state->frame->missing;
}

INLINE bool open_message(accept_state *state)
{
    uint64_t len;
    return pass_length(state, &len) && push(state, state->at + len, 0);
}

INLINE bool open_group(accept_state *state)
{
    return push(state, state->end, UINT64_C(1) << SL_ACCEPT_GROUP_BIT);
}

/* Of the group that is being read, if nothing but its end is missing; else 0. */
INLINE uint32_t open_group_number(const accept_state *state)
{
    return state->missing == UINT64_C(1) << SL_ACCEPT_GROUP_BIT ? state->frame[-1].group : 0;
}

/* --- tags -------------------------------------------------------------------------------------- */

/* What is not in the table by its first byte; two bytes are common, the rest is not. */
INLINE sl_accept_op look_up(accept_state *state)
{
    const uint8_t *at = state->at;
    uint32_t tag = (at[0] & 0x7f) | (uint32_t)at[1] << 7;
    if (at[0] >= 0x80 && at[1] < 0x80 && tag >> 3 < state->table->dense_count &&
        LIKELY(state->table->entries[tag >> 3].tag == tag)) {
        state->entry = &state->table->entries[tag >> 3];
        state->tag = tag;
        state->at = at + 2;
        return (sl_accept_op)state->entry->op;
    }
    sl_accept_place place = {
        .at = at,
        .end = state->end,
        .table = state->table,
        .group = open_group_number(state),
        .depth_left = (uint32_t)(state->last - state->frame),
        .rejects_unknown = state->rejects_unknown,
    };
    sl_accept_op op = sl_accept_look_up(&place);
    state->at = place.at;
    state->entry = place.entry;
    state->tag = place.tag;
    return op;
}

/* --- the loop ---------------------------------------------------------------------------------- */

/* The entry by the tag's first byte: (tag >> 3) * sizeof *entry, of which the fifth bit of the number is left out. In a tag of several
 * bytes that makes a wrong entry, but its tag is below 0x80 and so another. */
#define NEXT()                                                                                   \
    do {                                                                                         \
        if (state.at >= state.end)                                                               \
            goto leave;                                                                          \
        state.tag = *state.at;                                                                   \
        state.entry = (const sl_accept_entry *)((const uint8_t *)state.table->entries +          \
                                                (state.tag & 0x78) * (sizeof *state.entry / 8)); \
        if (UNLIKELY(state.entry->tag != state.tag))                                             \
            goto rare;                                                                           \
        state.at++;                                                                              \
        goto *labels[state.entry->op];                                                           \
    } while (0)

#define STEP(passed)             \
    do {                         \
        if (UNLIKELY(!(passed))) \
            return false;        \
        NEXT();                  \
    } while (0)

static bool SL_ACCEPT_LOOP(const sl_accept_table *table, sl_bytes payload,
                           sl_accept_options options)
{
    static const void *const labels[SL_ACCEPT_OP_COUNT] = {
#define ACCEPT_OP(suffix, label) &&label,
#include "validate/internal/accept_ops.def"
#undef ACCEPT_OP
    };
    sl_accept_frame frames[SL_LIMIT_PAYLOAD_DEPTH + 1];
    accept_state state = {
        .at = payload.data,
        .end = payload.data + payload.len,
        .table = table,
        .missing = table->required,
        .rejects_unknown = options.rejects_unknown,
        .frame = frames,
        .last = frames + options.max_depth,
    };
    NEXT();
varint:
    STEP(pass_varint(&state));
varints:
    if (state.tag < 0x80)
        STEP(pass_varints(&state));
    STEP(pass_varint(&state));
fixed32:
    STEP(pass_fixed(&state, 4));
fixed64:
    STEP(pass_fixed(&state, 8));
closed_enum:
    STEP(pass_enum(&state, state.rejects_unknown));
known:
    STEP(pass_enum(&state, true));
bytes:
    STEP(pass_bytes(&state));
string:
    STEP(pass_string(&state));
strings:
    if (state.tag < 0x80)
        STEP(pass_strings(&state));
    STEP(pass_string(&state));
message:
    STEP(open_message(&state));
group:
    STEP(open_group(&state));
packed_varint:
    STEP(pass_packed_varint(&state));
packed_fixed32:
    STEP(pass_packed_fixed(&state, 4));
packed_fixed64:
    STEP(pass_packed_fixed(&state, 8));
packed_enum:
    STEP(pass_packed_enum(&state));
tracked:
    state.missing &= ~(UINT64_C(1) << state.entry->bit);
    goto *labels[state.entry->inner_op];
rare:
    goto *labels[look_up(&state)];
leave:
    if (state.at > state.end || state.missing)
        return false;
    if (state.frame == frames)
        return true;
group_end:
    pop(&state);
passed:
    NEXT();
unsure:
    return false;
}
