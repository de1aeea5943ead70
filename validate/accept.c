/* validate/accept.c: tier 1's choice of a variant, and what its loop seldom needs.
 *
 * Everything here is called from the loop (accept_loop.h) and kept out of it, because it would cost the common case registers. The rules are
 * those of tier 2's walk; what tier 2 would tell as a violation is "not sure" here. */
#include "validate/internal/accept.h"
#include "validate/internal/scan.h"

/* --- variants ---------------------------------------------------------------------------------- */

const sl_accept_variant *const sl_accept_variants[] = {
#ifdef __x86_64__
    &sl_accept_avx2,
    &sl_accept_ssse3,
#endif
    &sl_accept_scalar,
};
const size_t sl_accept_variant_count = SL_ARRAY_LEN(sl_accept_variants);

const sl_accept_variant *sl_accept_choose(void)
{
    size_t i = 0;
    while (!sl_accept_variants[i]->is_supported())
        i++;
    return sl_accept_variants[i];
}

/* --- rare tags --------------------------------------------------------------------------------- */

static const sl_accept_entry *find_sparse(const sl_accept_table *table, uint32_t number)
{
    const sl_accept_entry *sparse = table->entries + table->dense_count;
    uint32_t from = 0, to = table->sparse_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2, found = sparse[middle].tag >> 3;
        if (found == number)
            return &sparse[middle];
        if (found < number)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

/* Message sets are tier 2's. */
static bool is_set_item(const sl_accept_place *place)
{
    return place->table->is_message_set &&
           place->tag == (SL_MESSAGE_SET_ITEM << 3 | SL_WIRE_SGROUP);
}

static sl_accept_op pass_unknown(sl_accept_place *place)
{
    sl_fault fault;
    if (place->rejects_unknown || is_set_item(place))
        return SL_ACCEPT_NOTHING;
    place->at = sl_skip_value(place->at, place->end, place->tag, place->depth_left, &fault);
    return place->at ? SL_ACCEPT_PASSED : SL_ACCEPT_NOTHING;
}

sl_accept_op sl_accept_look_up(sl_accept_place *place)
{
    place->at = sl_scan_tag(place->at, place->end, &place->tag);
    uint32_t number = place->tag >> 3, wire_type = place->tag & 7;
    if (!place->at || number < SL_STRICT_FIELD_NUMBER_LEAST || wire_type > SL_STRICT_WIRE_TYPE_MOST)
        return SL_ACCEPT_NOTHING;
    if (wire_type == SL_WIRE_EGROUP)
        return number == place->group ? SL_ACCEPT_GROUP_END : SL_ACCEPT_NOTHING;

    const sl_accept_table *table = place->table;
    place->entry =
        number < table->dense_count ? &table->entries[number] : find_sparse(table, number);
    if (place->entry && place->entry->tag == place->tag)
        return (sl_accept_op)place->entry->op;
    if (place->entry && place->entry->other_tag == place->tag)
        return (sl_accept_op)place->entry->other_op;
    return pass_unknown(place);
}

/* --- rare values ------------------------------------------------------------------------------- */

/* Of no bytes, and longer than any payload. */
#define NOT_A_LENGTH (INT64_MAX & ~UINT64_C(0xff))

uint64_t sl_accept_long_length(const uint8_t *at)
{
    uint64_t len;
    const uint8_t *content =
        sl_scan_varint_slow(at, at + SL_STRICT_LENGTH_BYTES, SL_STRICT_LENGTH_BYTES, &len);
    if (!content || len > SL_STRICT_LENGTH_MOST)
        return NOT_A_LENGTH;
    return len << 8 | (uint64_t)(content - at);
}

bool sl_accept_enum_has(const sl_plan_enum *set, const uint8_t *at)
{
    uint64_t value;
    return sl_scan_varint_value(at, at + SL_STRICT_VARINT_BYTES, &value) &&
           sl_plan_enum_has(set, value);
}

bool sl_accept_packed_enum(const sl_plan_enum *set, const uint8_t *at, uint64_t len)
{
    const uint8_t *end = at + len;
    while (at < end) {
        uint64_t value;
        at = sl_scan_varint_value(at, end, &value);
        if (!at || !sl_plan_enum_has(set, value))
            return false;
    }
    return true;
}
