/* compiler/internal/places.h: source info in the making.
 *
 * Records are added in the order in which protoc makes its locations, which is the order of writing. A record has its path by its parent's path and
 * at most two steps more. Options are known by pointer: what their path is, whoever interprets them says. Comments are not copied but kept as
 * the pieces of the text that they are made of.
 *
 * Every function accepts a NULL `places`, which is how source info is not asked for: the parser need not ask. */
#pragma once

#include "compiler/internal/lexer.h"
#include "compiler/internal/unit.h"

enum { SL_PLACE_NONE = UINT32_MAX };

/* Pieces of the text, in a row: places->pieces.items[first …]. */
typedef struct sl_comment {
    uint32_t first, count;
} sl_comment;

typedef struct sl_place_record {
    uint32_t parent; /* index of a record; SL_PLACE_NONE for the root */
    int32_t steps[2];
    uint8_t step_count;
    bool is_left_out; /* options of which nothing is left */
    uint16_t
        path_len; /* encoding: its path stands there in the source info; 0: not yet, or it has none */
    uint32_t path_at;
    sl_span span;
    uint32_t attached; /* index into `attached` + 1; 0: no comments */
    const sl_option *option;
} sl_place_record;

typedef struct sl_attached_comments {
    sl_comment leading, trailing;
    uint32_t detached_first, detached_count;
} sl_attached_comments;

typedef struct sl_places {
    SL_VEC(sl_place_record) records;
    SL_VEC(sl_span) pieces;
    SL_VEC(sl_attached_comments) attached;
    SL_VEC(sl_comment) detached;
    SL_VEC(sl_comment) upcoming_detached; /* for the next declaration */
    SL_VEC(sl_comment) found_detached;    /* around the token just passed */
    sl_comment upcoming_leading;
    bool no_memory;
} sl_places;

/* A record that begins at the lexer's current token, below `parent`, with no step yet; its index. */
uint32_t sl_places_begin(sl_places *places, uint32_t parent, const sl_lexer *lexer);
uint32_t sl_places_begin1(sl_places *places, uint32_t parent, int32_t step, const sl_lexer *lexer);
uint32_t sl_places_begin2(sl_places *places, uint32_t parent, int32_t step, int32_t second_step,
                          const sl_lexer *lexer);
/* A complete record. */
uint32_t sl_places_add1(sl_places *places, uint32_t parent, int32_t step, sl_span span);
uint32_t sl_places_add_option(sl_places *places, uint32_t parent, const sl_option *option,
                              uint32_t begin);
void sl_places_step(sl_places *places, uint32_t record, int32_t step);
void sl_places_start_at(sl_places *places, uint32_t record, uint32_t begin);
/* It begins where `other` does. */
void sl_places_start_with(sl_places *places, uint32_t record, uint32_t other);
/* It ends with the token before the current one. */
void sl_places_end(sl_places *places, uint32_t record, const sl_lexer *lexer);

/* Go to the first token of the file, and keep the comments before it. */
void sl_places_first_token(sl_places *places, sl_lexer *lexer);
/* Pass the end of a declaration ("{", ";" or "}"): the comments before it were waiting for `record` and are attached to it, with the
 * trailing one behind it; those before what comes next are kept. `record` SL_PLACE_NONE: they belong to nothing. */
void sl_places_pass(sl_places *places, uint32_t record, sl_lexer *lexer);

/* The file is read: give back the room that lists have grown beyond their items. */
void sl_places_fit(sl_places *places);
void sl_places_free(sl_places *places); /* accepts NULL */
