/* validate/explain_occurrence.c: reading again what a walk has found to be well-formed.
 *
 * The walk is in a hurry and remembers little. What comes after it (paths, merging) takes the bytes again, a message at a time,
 * through wire/'s reader, and sees them as a parser's result would: only the fields that would be set. */
#include "validate/internal/trail.h"

void sl_set_item_take(sl_set_item *item, uint32_t tag, uint32_t type_id, sl_bytes bytes)
{
    if (tag == SL_MESSAGE_SET_TYPE_TAG && !item->has_type) {
        item->has_type = true;
        item->type_id = type_id;
    }
    if (tag == SL_MESSAGE_SET_MESSAGE_TAG && !item->has_message) {
        item->has_message = true;
        item->message = bytes;
    }
}

/* NULL if the item is incomplete or its type unknown. */
static const sl_plan_entry *item_entry(const sl_plan_type *type, sl_bytes content,
                                       sl_bytes *ret_message)
{
    sl_wire_reader reader = sl_wire_reader_of(content);
    sl_set_item item = {0};
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK)
        sl_set_item_take(&item, *field.raw.data, (uint32_t)field.number_value, field.bytes);
    *ret_message = item.message;
    const sl_plan_entry *entry =
        item.has_type && item.has_message ? sl_plan_find(type, item.type_id) : NULL;
    return entry && entry->op == SL_OP_MESSAGE ? entry : NULL;
}

bool sl_next_occurrence(const sl_plan *plan, const sl_plan_type *type, sl_wire_reader *reader,
                        sl_occurrence *ret_occurrence)
{
    sl_wire_field field;
    while (sl_wire_next_field(reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK) {
        const sl_plan_entry *entry = sl_plan_find(type, field.tag.number);
        sl_op op = entry ? sl_entry_op(entry, field.tag.type) : SL_OP_NONE;
        bool is_item = type->is_message_set && field.tag.number == SL_MESSAGE_SET_ITEM &&
                       field.tag.type == SL_WIRE_SGROUP;
        if (is_item) {
            entry = item_entry(type, field.bytes, &field.bytes);
            op = entry ? SL_OP_MESSAGE : SL_OP_NONE;
        }
        if (op == SL_OP_ENUM && !(entry->flags & SL_ENTRY_REPEATED) &&
            !sl_plan_enum_has(&plan->enums.items[entry->target], field.number_value))
            continue;
        if (op == SL_OP_NONE)
            continue;
        *ret_occurrence = (sl_occurrence){entry, op, field.raw.data, field.bytes};
        return true;
    }
    return false;
}

/* Numbers as parsers keep them: cut to the type's width, zigzag undone, and for bool: is any bit set? */
static uint64_t key_number(sl_field_type type, uint64_t raw)
{
    switch (type) {
    case SL_TYPE_BOOL: return raw != 0;
    case SL_TYPE_INT32:
    case SL_TYPE_SFIXED32: return (uint64_t)(int64_t)(int32_t)(uint32_t)raw;
    case SL_TYPE_SINT32: return (uint64_t)(int64_t)(int32_t)sl_wire_zigzag_decode((uint32_t)raw);
    case SL_TYPE_SINT64: return (uint64_t)sl_wire_zigzag_decode(raw);
    case SL_TYPE_UINT32:
    case SL_TYPE_FIXED32: return (uint32_t)raw;
    default: return raw;
    }
}

sl_map_key sl_map_key_read(const sl_plan_type *entry_type, const uint8_t *begin, const uint8_t *end)
{
    enum { KEY_NUMBER = 1 };
    const sl_plan_entry *entry = sl_plan_find(entry_type, KEY_NUMBER);
    sl_map_key key = {.text = SL_STR(""), .type = entry->field->type};
    sl_wire_reader reader = sl_wire_reader_of((sl_bytes){begin, (size_t)(end - begin)});
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK) {
        if (field.tag.number != KEY_NUMBER || field.tag.type != entry->wire_type)
            continue;
        if (key.type == SL_TYPE_STRING)
            key.text = sl_bytes_str(field.bytes);
        else
            key.number = key_number(key.type, field.number_value);
    }
    return key;
}
