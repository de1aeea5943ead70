/* validate/explain_words.c: what is wrong, in words, with path and offset.
 *
 * Cold code. The walk says "here"; this file reads the same bytes again, slowly, and tells the possible reasons apart. A text names the
 * value, what was allowed, and, where the reader can do something about it, what. Offsets:
 *
 *   tags, unknown fields, wrong wire types, nesting   the first byte of the tag
 *   varints, fixed-width values, lengths              the first byte of the value
 *   packed elements, closed enums                     the first byte of the element
 *   UTF-8                                             the first byte that is not
 *   groups                                            the end tag that does not fit, or the byte behind the last */
#include "validate/internal/explain.h"

#include <stdio.h>

enum { TEXT_SIZE = 512 };

static const sl_frame *innermost(const sl_walk *walk)
{
    return &walk->frames[walk->open - 1];
}

/* --- adding ------------------------------------------------------------------------------------ */

static void trail_of(const sl_walk *walk, const sl_place *place, sl_trail *trail)
{
    trail->plan = walk->plan;
    trail->payload = walk->payload.data;
    trail->element = place->element;
    trail->count = 0;
    for (size_t i = 1; i < walk->open; i++) {
        const sl_frame *frame = &walk->frames[i];
        trail->steps[trail->count++] = (sl_trail_step){walk->frames[i - 1].type, frame->entry,
                                                       frame->at, frame->begin, frame->end};
    }
    if (place->entry)
        trail->steps[trail->count++] =
            (sl_trail_step){innermost(walk)->type, place->entry, place->at, place->at, NULL};
}

static sl_status add_text(sl_walk *walk, sl_violation_rule rule, const uint8_t *where,
                          const sl_trail *trail, const char *text)
{
    sl_path_text path;
    SL_TRY(sl_trail_path(trail, &path));
    return sl_violations_add(walk->violations, rule, (size_t)(where - walk->payload.data),
                             (sl_str){path.text, path.len}, "%s", text);
}

sl_status sl_walk_add(sl_walk *walk, sl_violation_rule rule, const uint8_t *where,
                      const sl_trail *trail, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return add_text(walk, rule, where, trail, text);
}

/* False when memory is out, and the walk then ends. */
static bool report(sl_walk *walk, sl_violation_rule rule, const uint8_t *where,
                   const sl_place *place, const char *format, ...) SL_PRINTF(5, 6);
static bool report(sl_walk *walk, sl_violation_rule rule, const uint8_t *where,
                   const sl_place *place, const char *format, ...)
{
    if (walk->violations->count == SL_LIMIT_VIOLATIONS) {
        walk->violations->left_out++;
        return true;
    }
    char text[TEXT_SIZE];
    sl_trail trail;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    trail_of(walk, place, &trail);
    walk->status = add_text(walk, rule, where, &trail, text);
    return walk->status == SL_OK;
}

/* --- one value --------------------------------------------------------------------------------- */

/* How many bytes the sequence that `lead` begins would have; 1 for what begins none. */
static size_t sequence_size(uint8_t lead)
{
    if (lead >= 0xF0 && lead < 0xF5)
        return 4;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    return lead >= 0xC2 && lead < 0xE0 ? 2 : 1;
}

bool sl_report_utf8(sl_walk *walk, const sl_place *place, sl_bytes text, size_t invalid)
{
    char shown[32];
    size_t len = 0, left = text.len - invalid, size = sequence_size(text.data[invalid]);
    for (size_t i = 0; i < SL_MIN(size, left); i++)
        len += (size_t)snprintf(shown + len, sizeof shown - len, " 0x%02X", text.data[invalid + i]);
    bool is_key = innermost(walk)->type->message->is_map_entry && place->entry->number == 1;
    return report(walk, SL_VIOLATION_UTF8, text.data + invalid, place,
                  "%sbyte%s%s at %zu of %zu %s not valid UTF-8%s; encode the text as UTF-8",
                  is_key ? "map key: " : "", SL_MIN(size, left) == 1 ? "" : "s", shown, invalid,
                  text.len, SL_MIN(size, left) == 1 ? "is" : "are",
                  size > left ? " (cut inside a character)" : "");
}

/* Why a number is not there, if the schema says so. */
static const char *unknown_reason(const sl_message *message, uint32_t number)
{
    if (number > SL_FIELD_NUMBER_MAX)
        return "has no such extension";
    if (sl_range_contains(message->reserved_ranges, message->reserved_range_count, (int32_t)number))
        return "has reserved that number";
    if (sl_range_contains(message->extension_ranges, message->extension_range_count,
                          (int32_t)number))
        return "is known here without such an extension";
    return "has no such field";
}

bool sl_report_unknown(sl_walk *walk, const uint8_t *at, uint32_t tag)
{
    const sl_message *message = innermost(walk)->type->message;
    return report(walk, SL_VIOLATION_UNKNOWN, at, &(sl_place){.at = at},
                  "unknown field %u (%s): %.*s %s; register the version that has it, or let the "
                  "contract allow unknown fields",
                  tag >> 3, sl_wire_type_name(tag & 7), SL_STR_ARG(message->full_name),
                  unknown_reason(message, tag >> 3));
}

bool sl_report_set_item(sl_walk *walk, const uint8_t *at, const sl_set_item *item)
{
    const sl_message *message = innermost(walk)->type->message;
    sl_place place = {.at = at};
    if (!item->has_type || !item->has_message)
        return report(walk, SL_VIOLATION_UNKNOWN, at, &place,
                      "an item of the message set %.*s without %s, which every parser drops",
                      SL_STR_ARG(message->full_name), item->has_type ? "a message" : "a type id");
    return report(walk, SL_VIOLATION_UNKNOWN, at, &place,
                  "unknown type id %u in the message set %.*s; register the schema with that "
                  "extension, or let the contract allow unknown fields",
                  item->type_id, SL_STR_ARG(message->full_name));
}

bool sl_report_wire_type(sl_walk *walk, const sl_place *place, uint32_t wire_type)
{
    const sl_field *field = place->entry->field;
    return report(
        walk, SL_VIOLATION_WIRE_TYPE, place->at, place,
        "field %u is %s and travels as %s, but these bytes are %s; parsers take them for an "
        "unknown field. Write with the registered schema",
        place->entry->number, sl_field_type_name(field->type),
        sl_wire_type_name(place->entry->wire_type), sl_wire_type_name(wire_type));
}

bool sl_report_enum(sl_walk *walk, const sl_place *place, const uint8_t *at, uint64_t value)
{
    const sl_enum *enumeration = place->entry->field->enumeration;
    const sl_enum_value *first = enumeration->by_number[0];
    const sl_enum_value *last = enumeration->by_number[enumeration->value_count - 1];
    return report(
        walk, SL_VIOLATION_ENUM_CLOSED, at, place,
        "%d is not in the closed enum %.*s, which has %u values from %d (%.*s) to %d (%.*s)",
        (int32_t)(uint32_t)value, SL_STR_ARG(enumeration->full_name), enumeration->value_count,
        first->number, SL_STR_ARG(first->name), last->number, SL_STR_ARG(last->name));
}

/* --- wrong wire data --------------------------------------------------------------------------- */

/* What is looked at: the bytes from `at` on, in whose frame, by which field. */
typedef struct fault_site {
    sl_walk *walk;
    const uint8_t *end;
    sl_place place;
} fault_site;

static void tell_varint(const fault_site *site, const uint8_t *at, const char *what)
{
    ptrdiff_t left = site->end - at;
    if (left >= SL_STRICT_VARINT_BYTES)
        report(site->walk, SL_VIOLATION_VARINT, at, &site->place, "%s of more than %d bytes", what,
               SL_STRICT_VARINT_BYTES);
    else
        report(site->walk, SL_VIOLATION_TRUNCATED, at, &site->place,
               "the bytes end inside %s: %td are there, and the last says that more follow", what,
               left);
}

static void tell_fixed(const fault_site *site, const uint8_t *at, size_t size)
{
    report(site->walk, SL_VIOLATION_TRUNCATED, at, &site->place,
           "the bytes end inside a %zu-bit value: %td of %zu are there", size * 8, site->end - at,
           size);
}

/* The content is there; its elements are not whole. */
static void tell_packed(const fault_site *site, sl_op op, const uint8_t *at, size_t len)
{
    size_t size = op == SL_OP_PACKED_FIXED32 ? 4 : 8;
    sl_place place = site->place;
    const uint8_t *end = at + len;
    if (op == SL_OP_PACKED_FIXED32 || op == SL_OP_PACKED_FIXED64) {
        place.element = len / size;
        report(site->walk, SL_VIOLATION_PACKED, end - len % size, &place,
               "%zu bytes of packed %s are no multiple of %zu", len,
               sl_field_type_name(place.entry->field->type), size);
        return;
    }
    for (const uint8_t *next; (next = sl_scan_varint(at, end)); at = next)
        place.element++;
    if (end - at >= SL_STRICT_VARINT_BYTES)
        report(site->walk, SL_VIOLATION_VARINT, at, &place, "a varint of more than %d bytes",
               SL_STRICT_VARINT_BYTES);
    else
        report(site->walk, SL_VIOLATION_PACKED, at, &place,
               "the packed bytes end inside an element: the last byte says that more follow");
}

static void tell_length(const fault_site *site, sl_op op, const uint8_t *at)
{
    uint64_t len;
    const uint8_t *content = sl_scan_varint_slow(at, site->end, SL_STRICT_LENGTH_BYTES, &len);
    if (!content && site->end - at < SL_STRICT_LENGTH_BYTES)
        tell_varint(site, at, "a length");
    else if (!content)
        report(site->walk, SL_VIOLATION_LENGTH, at, &site->place, "a length of more than %d bytes",
               SL_STRICT_LENGTH_BYTES);
    else if (len > SL_STRICT_LENGTH_MOST)
        report(site->walk, SL_VIOLATION_LENGTH, at, &site->place,
               "length %llu is more than %d, the most that Protobuf allows",
               (unsigned long long)len, SL_STRICT_LENGTH_MOST);
    else if (len > (size_t)(site->end - content))
        report(site->walk, SL_VIOLATION_LENGTH, at, &site->place,
               "length %llu, but only %td bytes are left in what holds it", (unsigned long long)len,
               site->end - content);
    else
        tell_packed(site, op, content, (size_t)len);
}

static void tell_value(const fault_site *site, sl_op op, uint32_t wire_type, const uint8_t *at)
{
    switch (wire_type) {
    case SL_WIRE_VARINT: tell_varint(site, at, "a varint"); break;
    case SL_WIRE_I64: tell_fixed(site, at, 8); break;
    case SL_WIRE_I32: tell_fixed(site, at, 4); break;
    default: tell_length(site, op, at); break;
    }
}

static void tell_end_group(const fault_site *site, const sl_fault *fault, uint32_t number)
{
    if (fault->group)
        report(site->walk, SL_VIOLATION_GROUP, fault->at, &site->place,
               "the group of field %u ends with the end-group tag of field %u", fault->group,
               number);
    else
        report(site->walk, SL_VIOLATION_GROUP, fault->at, &site->place,
               "an end-group tag of field %u, but no group is open", number);
}

/* True if the tag is to blame, which is then told. */
static bool tell_tag(const fault_site *site, const sl_fault *fault, const uint8_t **ret_value_at,
                     uint32_t *ret_tag)
{
    uint64_t tag;
    const uint8_t *at = fault->at;
    const uint8_t *value_at = sl_scan_varint_slow(at, site->end, SL_STRICT_TAG_BYTES, &tag);
    if (!value_at && site->end - at < SL_STRICT_TAG_BYTES)
        tell_varint(site, at, "a tag");
    else if (!value_at || tag >> SL_STRICT_TAG_BITS != 0)
        report(site->walk, SL_VIOLATION_TAG, at, &site->place,
               "a tag of more than %s: field numbers end at %d",
               value_at ? "32 bits" : "five bytes", SL_FIELD_NUMBER_MAX);
    else if (tag >> 3 == 0)
        report(site->walk, SL_VIOLATION_TAG, at, &site->place,
               "tag 0x%02X has field number 0, and field numbers begin with 1; this is not a "
               "Protobuf message, or bytes stand before it (is it framed?)",
               (unsigned)tag);
    else if ((tag & 7) > SL_STRICT_WIRE_TYPE_MOST)
        report(site->walk, SL_VIOLATION_TAG, at, &site->place,
               "the tag of field %u has wire type %u, which does not exist", (uint32_t)tag >> 3,
               (unsigned)(tag & 7));
    else if ((tag & 7) == SL_WIRE_EGROUP)
        tell_end_group(site, fault, (uint32_t)tag >> 3);
    else {
        *ret_value_at = value_at;
        *ret_tag = (uint32_t)tag;
        return false;
    }
    return true;
}

static void tell_too_deep(const fault_site *site, const sl_fault *fault)
{
    report(site->walk, SL_VIOLATION_DEPTH, fault->at, &site->place,
           "messages nested more than %u deep, the limit", site->walk->max_depth);
}

static void tell_open_group(const fault_site *site, const sl_fault *fault)
{
    report(site->walk, SL_VIOLATION_GROUP, fault->at, &site->place,
           "the bytes end inside the group of field %u, which has no end-group tag", fault->group);
}

void sl_report_type_zero(sl_walk *walk, const uint8_t *at)
{
    walk->is_broken = true;
    report(walk, SL_VIOLATION_TAG, at, &(sl_place){.at = at},
           "type id 0 in an item of the message set %.*s, and field numbers begin with 1",
           SL_STR_ARG(innermost(walk)->type->message->full_name));
}

void sl_report_fault(sl_walk *walk, const sl_fault *fault)
{
    const sl_frame *frame = innermost(walk);
    fault_site site = {.walk = walk, .end = frame->end, .place = {.at = fault->at}};
    const uint8_t *value_at;
    uint32_t tag;
    walk->is_broken = true;
    if (fault->is_too_deep)
        tell_too_deep(&site, fault);
    else if (fault->at == frame->end)
        tell_open_group(&site, fault);
    else if (!tell_tag(&site, fault, &value_at, &tag)) {
        bool is_direct = fault->group == frame->group;
        const sl_plan_entry *entry = is_direct ? sl_plan_find(frame->type, tag >> 3) : NULL;
        sl_op op = entry ? sl_entry_op(entry, tag & 7) : SL_OP_NONE;
        site.place.entry = op == SL_OP_NONE ? NULL : entry;
        tell_value(&site, op, tag & 7, value_at);
    }
}
