/* validate/explain_walk.c: tier 2's pass over the bytes, which goes on behind what it finds.
 *
 * A frame is an open message. walk_frame() passes over its fields until one opens another message or the frame ends; there is no
 * recursion, so the depth of the input cannot reach the stack, and there is no allocation as long as nothing is wrong.
 *
 * A field is known by its number and its wire type together. What is not known is an unknown field, and the contract says
 * what that means; a parser keeps it. Everything else that can be wrong is wrong for every parser. At wrong wire data the
 * loop only remembers the tag: the cold code in explain_words.c reads it again and finds the words.
 *
 * Required fields: each frame collects the bits of those that it has seen. If all frames have all theirs, nothing is
 * missing, because merging only adds. If one has not, it may still be one part of a message that is whole when its parts are merged, or
 * lie in a oneof member that is cleared: is_incomplete then asks for the exact check (explain_required.c). */
#include "validate/internal/explain.h"

/* --- values without a frame -------------------------------------------------------------------- */

static const uint8_t *pass_string(sl_walk *walk, const sl_place *place, const uint8_t *at,
                                  const uint8_t *end)
{
    size_t len;
    at = sl_scan_length(at, end, &len);
    if (!at)
        return NULL;
    size_t invalid = sl_utf8_find_invalid((sl_bytes){at, len});
    if (invalid != SIZE_MAX && !sl_report_utf8(walk, place, (sl_bytes){at, len}, invalid))
        return NULL;
    return at + len;
}

/* Eight one-byte varints at a time where there are so many. */
static const uint8_t *pass_packed_varint(const uint8_t *at, const uint8_t *end)
{
    size_t len;
    at = sl_scan_length(at, end, &len);
    if (!at)
        return NULL;
    end = at + len;
    while (at && at < end) {
        if (end - at >= 8 && (sl_load64(at) & SL_CONTINUATION_BITS) == 0)
            at += 8;
        else
            at = sl_scan_varint(at, end);
    }
    return at;
}

static const uint8_t *pass_packed_fixed(const uint8_t *at, const uint8_t *end, size_t size)
{
    size_t len;
    at = sl_scan_length(at, end, &len);
    return at && len % size == 0 ? at + len : NULL;
}

/* A number outside the set is what parsers keep as an unknown field. */
static bool take_enum(sl_walk *walk, const sl_place *place, const uint8_t *at, uint64_t value)
{
    return !walk->rejects_unknown || sl_report_enum(walk, place, at, value);
}

static const uint8_t *pass_enum(sl_walk *walk, const sl_place *place, const uint8_t *at,
                                const uint8_t *end)
{
    uint64_t value;
    const uint8_t *next = sl_scan_varint_value(at, end, &value);
    if (!next)
        return NULL;
    if (sl_plan_enum_has(&walk->plan->enums.items[place->entry->target], value)) {
        sl_frame *frame = &walk->frames[walk->open - 1];
        if (place->entry->flags & SL_ENTRY_TRACKED)
            frame->seen |= UINT64_C(1) << place->entry->required;
        return next;
    }
    return take_enum(walk, place, at, value) ? next : NULL;
}

static const uint8_t *pass_packed_enum(sl_walk *walk, sl_place place, const uint8_t *at,
                                       const uint8_t *end)
{
    const sl_plan_enum *set = &walk->plan->enums.items[place.entry->target];
    size_t len;
    at = sl_scan_length(at, end, &len);
    if (!at)
        return NULL;
    for (end = at + len; at < end; place.element++) {
        uint64_t value;
        const uint8_t *next = sl_scan_varint_value(at, end, &value);
        if (!next || (!sl_plan_enum_has(set, value) && !take_enum(walk, &place, at, value)))
            return NULL;
        at = next;
    }
    return at;
}

static const uint8_t *pass_value(sl_walk *walk, sl_op op, const sl_place *place, const uint8_t *at,
                                 const uint8_t *end)
{
    switch (op) {
    case SL_OP_VARINT: return sl_scan_varint(at, end);
    case SL_OP_FIXED32: return end - at >= 4 ? at + 4 : NULL;
    case SL_OP_FIXED64: return end - at >= 8 ? at + 8 : NULL;
    case SL_OP_BYTES: return sl_skip_plain(at, end, SL_WIRE_LEN);
    case SL_OP_STRING: return pass_string(walk, place, at, end);
    case SL_OP_ENUM: return pass_enum(walk, place, at, end);
    case SL_OP_PACKED_VARINT: return pass_packed_varint(at, end);
    case SL_OP_PACKED_FIXED32: return pass_packed_fixed(at, end, 4);
    case SL_OP_PACKED_FIXED64: return pass_packed_fixed(at, end, 8);
    case SL_OP_PACKED_ENUM: return pass_packed_enum(walk, *place, at, end);
    case SL_OP_NONE:
    case SL_OP_MESSAGE:
    case SL_OP_GROUP: break;
    }
    return NULL;
}

/* --- frames ------------------------------------------------------------------------------------ */

/* NULL ends the walk: for memory, or since the wire data is wrong at `fault`. */
static const uint8_t *stop(sl_walk *walk, const sl_fault *fault)
{
    if (walk->status == SL_OK)
        sl_report_fault(walk, fault);
    return NULL;
}

static const uint8_t *enter(sl_walk *walk, const sl_frame *frame)
{
    walk->frames[walk->open++] = *frame;
    return frame->begin;
}

static const uint8_t *enter_message(sl_walk *walk, sl_op op, const sl_place *place,
                                    const uint8_t *at)
{
    const sl_frame *outer = &walk->frames[walk->open - 1];
    sl_fault fault = {.at = place->at, .group = outer->group};
    sl_frame inner = {
        .type = sl_plan_target(walk->plan, place->entry),
        .begin = at,
        .end = outer->end,
        .at = place->at,
        .entry = place->entry,
        .depth = outer->depth + 1,
    };
    if (inner.depth > walk->max_depth) {
        fault.is_too_deep = true;
        return stop(walk, &fault);
    }
    if (op == SL_OP_GROUP) {
        inner.group = place->entry->number;
        return enter(walk, &inner);
    }
    size_t len;
    inner.begin = sl_scan_length(at, outer->end, &len);
    if (!inner.begin)
        return stop(walk, &fault);
    inner.end = inner.begin + len;
    return enter(walk, &inner);
}

static const uint8_t *leave(sl_walk *walk, const uint8_t *at)
{
    const sl_frame *frame = &walk->frames[--walk->open];
    if (frame->type->required_mask & ~frame->seen)
        walk->is_incomplete = true;
    return frame->resume ? frame->resume : at;
}

/* --- message sets ------------------------------------------------------------------------------ */

/* group Item = 1 { required int32 type_id = 2; required bytes message = 3; }, in any order. The item is passed over first; then its message
 * is entered, if it is of a known extension, and the set goes on behind the item. */
static const uint8_t *scan_item(sl_walk *walk, const uint8_t *at, sl_set_item *item)
{
    const sl_frame *frame = &walk->frames[walk->open - 1];
    for (;;) {
        sl_fault fault = {.at = at, .group = SL_MESSAGE_SET_ITEM};
        uint32_t tag;
        at = sl_scan_tag(at, frame->end, &tag);
        if (!at || tag >> 3 == 0)
            return stop(walk, &fault);
        if (tag == (SL_MESSAGE_SET_ITEM << 3 | SL_WIRE_EGROUP))
            return at;
        const uint8_t *value_at = at;
        at = sl_skip_value(at, frame->end, tag, walk->max_depth - frame->depth - 1, &fault);
        if (!at)
            return stop(walk, &fault);
        uint64_t number = 0;
        size_t len = 0;
        if (*fault.at == SL_MESSAGE_SET_TYPE_TAG)
            sl_scan_varint_value(value_at, at, &number);
        else if (*fault.at == SL_MESSAGE_SET_MESSAGE_TAG)
            value_at = sl_scan_length(value_at, at, &len);
        else if (walk->rejects_unknown && !sl_report_unknown(walk, fault.at, tag))
            return NULL;
        else
            continue;
        if (*fault.at == SL_MESSAGE_SET_TYPE_TAG && (uint32_t)number == 0) {
            sl_report_type_zero(walk, fault.at);
            return NULL;
        }
        sl_set_item_take(item, tag, (uint32_t)number, (sl_bytes){value_at, len});
    }
}

static const uint8_t *enter_item(sl_walk *walk, const uint8_t *tag_at, const uint8_t *at)
{
    const sl_frame *set = &walk->frames[walk->open - 1];
    sl_fault fault = {.at = tag_at, .group = set->group};
    sl_set_item item = {0};
    if (set->depth + 1 > walk->max_depth) {
        fault.is_too_deep = true;
        return stop(walk, &fault);
    }
    at = scan_item(walk, at, &item);
    if (!at)
        return NULL;
    const sl_plan_entry *entry =
        item.has_type && item.has_message ? sl_plan_find(set->type, item.type_id) : NULL;
    if (!entry || entry->op != SL_OP_MESSAGE)
        return !walk->rejects_unknown || sl_report_set_item(walk, tag_at, &item) ? at : NULL;
    if (set->depth + 2 > walk->max_depth) {
        fault.is_too_deep = true;
        return stop(walk, &fault);
    }
    sl_frame inner = {
        .type = sl_plan_target(walk->plan, entry),
        .begin = item.message.data,
        .end = item.message.data + item.message.len,
        .at = tag_at,
        .resume = at,
        .entry = entry,
        .depth = set->depth + 2,
    };
    return enter(walk, &inner);
}

/* --- the loop ---------------------------------------------------------------------------------- */

static const uint8_t *pass_unknown(sl_walk *walk, const sl_place *place, uint32_t tag,
                                   const uint8_t *at)
{
    const sl_frame *frame = &walk->frames[walk->open - 1];
    sl_fault fault = {.at = place->at, .group = frame->group};
    if (tag >> 3 == 0 || (tag & 7) > SL_STRICT_WIRE_TYPE_MOST || (tag & 7) == SL_WIRE_EGROUP)
        return stop(walk, &fault);
    if (walk->rejects_unknown) {
        bool has_memory = place->entry ? sl_report_wire_type(walk, place, tag & 7)
                                       : sl_report_unknown(walk, place->at, tag);
        if (!has_memory)
            return NULL;
    }
    at = sl_skip_value(at, frame->end, tag, walk->max_depth - frame->depth, &fault);
    return at ? at : stop(walk, &fault);
}

/* A tag that no field of the message takes: the end of a group, an item of a message set, or an unknown field. */
static const uint8_t *pass_other(sl_walk *walk, const sl_place *place, uint32_t tag,
                                 const uint8_t *at)
{
    const sl_frame *frame = &walk->frames[walk->open - 1];
    if ((tag & 7) == SL_WIRE_EGROUP && frame->group && tag >> 3 == frame->group)
        return leave(walk, at);
    if (tag == (SL_MESSAGE_SET_ITEM << 3 | SL_WIRE_SGROUP) && frame->type->is_message_set)
        return enter_item(walk, place->at, at);
    return pass_unknown(walk, place, tag, at);
}

/* Until the innermost frame changes; NULL ends the walk. */
static const uint8_t *walk_frame(sl_walk *walk, const uint8_t *at)
{
    const size_t open = walk->open;
    sl_frame *frame = &walk->frames[open - 1];
    const uint8_t *end = frame->end;
    const sl_plan_type *type = frame->type;
    while (at < end) {
        sl_place place = {.at = at};
        uint32_t tag;
        at = sl_scan_tag(at, end, &tag);
        if (!at)
            return stop(walk, &(sl_fault){.at = place.at, .group = frame->group});
        place.entry = sl_plan_find(type, tag >> 3);
        sl_op op = place.entry ? sl_entry_op(place.entry, tag & 7) : SL_OP_NONE;
        if (op == SL_OP_NONE) {
            at = pass_other(walk, &place, tag, at);
            if (!at || walk->open != open)
                return at;
            continue;
        }
        if (place.entry->flags & SL_ENTRY_TRACKED && op != SL_OP_ENUM)
            frame->seen |= UINT64_C(1) << place.entry->required;
        if (op == SL_OP_MESSAGE || op == SL_OP_GROUP)
            return enter_message(walk, op, &place, at);
        at = pass_value(walk, op, &place, at, end);
        if (!at)
            return stop(walk, &(sl_fault){.at = place.at, .group = frame->group});
    }
    if (frame->group)
        return stop(walk, &(sl_fault){.at = end, .group = frame->group});
    return leave(walk, at);
}

sl_status sl_walk_run(sl_walk *walk)
{
    const uint8_t *at = walk->frames[0].begin;
    while (at && walk->open > 0)
        at = walk_frame(walk, at);
    return walk->status;
}
