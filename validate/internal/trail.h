/* validate/internal/trail.h: the way from the top of a payload down to a place in it, and its text.
 *
 * A walk keeps no counters and no names for paths: it knows which fields it is in and where they began. Only when something is
 * wrong are indexes counted and keys read, from the bytes again. So good payloads pay nothing for paths. */
#pragma once

#include "validate/internal/plan.h"

typedef struct sl_trail_step {
    const sl_plan_type *type; /* the message that the field is in */
    const sl_plan_entry *entry;
    const uint8_t *at;    /* tag of this occurrence */
    const uint8_t *begin; /* of a message: its content */
    const uint8_t *end;   /* of a map entry: end of its content */
} sl_trail_step;

typedef struct sl_trail {
    const sl_plan *plan;
    const uint8_t *payload;
    sl_trail_step steps[SL_LIMIT_PAYLOAD_DEPTH + 1];
    size_t count;
    uint64_t element; /* of a packed field, which the last step then is */
} sl_trail;

typedef struct sl_path_text {
    char text[SL_LIMIT_VIOLATION_PATH_BYTES];
    size_t len;
} sl_path_text;

/* The path of the last step. An index is that of the parsed message: if a message came in parts, those before count too.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_trail_path(const sl_trail *trail, sl_path_text *ret_path);

/* A field that the type knows, met while reading bytes again that a walk has found to be well-formed. */
typedef struct sl_occurrence {
    const sl_plan_entry *entry;
    sl_op op;
    const uint8_t *at; /* its tag */
    sl_bytes content;  /* of messages, groups, texts, packed fields */
} sl_occurrence;

/* The next occurrence at `reader`; false at the end. What a parser takes as unknown, wrong wire types and singular numbers outside a
 * closed enum included, is passed over. An item of a message set is an occurrence of its extension. */
bool sl_next_occurrence(const sl_plan *plan, const sl_plan_type *type, sl_wire_reader *reader,
                        sl_occurrence *ret_occurrence);

/* The key of a map entry in a form that is equal for equal keys: texts as they are, numbers and bools as their value. The last of
 * several counts; an absent one is the default (0, "", false), as in all parsers. */
typedef struct sl_map_key {
    sl_str text;
    uint64_t number;
    sl_field_type type;
} sl_map_key;
sl_map_key sl_map_key_read(const sl_plan_type *entry_type, const uint8_t *begin,
                           const uint8_t *end);

/* What counts of one message-set item: the first type id and the first message, each behind a tag of one byte (C++ MessageSetParser;
 * an over-long tag makes an unknown field of it). */
typedef struct sl_set_item {
    uint32_t type_id;
    sl_bytes message;
    bool has_type, has_message;
} sl_set_item;
/* `tag`: the first byte of the field. Other fields are left aside. */
void sl_set_item_take(sl_set_item *item, uint32_t tag, uint32_t type_id, sl_bytes bytes);
