/* tests/conformance/soup.c: see soup.h. */
#include "tests/conformance/soup.h"

#include "wire/wire.h"

enum { FIELDS_MAX = 6, TEXT_MAX = 12 };

/* Numbers that the schemas of encode/ have, and some that none has. */
static uint32_t pick_number(uint64_t *seed)
{
    static const uint32_t rare[] = {0, 18, 100, 101, 102, 104, 199, 2047, 2048, 262144, 536870911};
    if (random_below(seed, 8) == 0)
        return rare[random_below(seed, SL_ARRAY_LEN(rare))];
    return 1 + (uint32_t)random_below(seed, 17);
}

static void append_varint(sl_buf *buf, uint64_t value, size_t padding)
{
    while (value >= 0x80 || padding > 0) {
        if (value < 0x80)
            padding--;
        sl_buf_append_byte(buf, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    sl_buf_append_byte(buf, (uint8_t)value);
}

/* One in sixteen is padded with zeros, up to two bytes beyond what the format allows. */
static size_t pick_padding(uint64_t *seed)
{
    return random_below(seed, 16) == 0 ? random_below(seed, 12) : 0;
}

static void append_tag(sl_buf *buf, uint64_t *seed, uint32_t number, uint32_t wire_type)
{
    size_t padding = random_below(seed, 32) == 0 ? random_below(seed, 4) : 0;
    append_varint(buf, (uint64_t)number << 3 | wire_type, padding);
}

static void append_random_varint(sl_buf *buf, uint64_t *seed)
{
    uint64_t value = random_next(seed) >> random_below(seed, 64);
    append_varint(buf, value, pick_padding(seed));
}

static void append_text(sl_buf *buf, uint64_t *seed)
{
    static const char *const pieces[] = {
        "a",
        "k",
        "text",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xf0\x9f\x8d\xb5",
        "\xed\xa0\x80",
        "\xc0\x80",
        "\xff",
        "\xe2\x82",
        "\xf4\x90\x80\x80",
        "\xef\xbf\xbf",
    };
    size_t count = random_below(seed, TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        /* Most texts are well-formed. */
        size_t bound = random_below(seed, 6) == 0 ? SL_ARRAY_LEN(pieces) : 6;
        const char *piece = pieces[random_below(seed, bound)];
        sl_buf_append(buf, piece, strlen(piece));
    }
}

/* What stands behind a length: a text, a message, packed varints, or anything. */
static void append_content(sl_buf *buf, uint64_t *seed, uint32_t depth)
{
    size_t count = random_below(seed, 9);
    switch (random_below(seed, 4)) {
    case 0: append_text(buf, seed); return;
    case 1:
        for (size_t i = 0; i < count; i++)
            append_random_varint(buf, seed);
        return;
    case 2:
        for (size_t i = 0; i < count * 4; i++)
            sl_buf_append_byte(buf, (uint8_t)random_next(seed));
        return;
    default:
        if (depth > 0)
            soup_fields(buf, seed, depth - 1);
    }
}

static void append_delimited(sl_buf *buf, uint64_t *seed, uint32_t depth)
{
    sl_cleanup(sl_buf_done) sl_buf content = {0};
    append_content(&content, seed, depth);
    uint64_t len = content.len;
    if (random_below(seed, 64) == 0)
        len += random_below(seed, 3);
    append_varint(buf, len, random_below(seed, 16) == 0 ? random_below(seed, 6) : 0);
    sl_buf_append(buf, content.data, content.len);
}

static void append_group(sl_buf *buf, uint64_t *seed, uint32_t number, uint32_t depth)
{
    if (depth > 0)
        soup_fields(buf, seed, depth - 1);
    if (random_below(seed, 64) == 0)
        number = pick_number(seed);
    append_tag(buf, seed, number, SL_WIRE_EGROUP);
}

void soup_fields(sl_buf *buf, uint64_t *seed, uint32_t depth)
{
    size_t count = random_below(seed, FIELDS_MAX);
    for (size_t i = 0; i < count; i++) {
        uint32_t number = pick_number(seed);
        /* Wire types 6 and 7 are none; a lone end of a group seldom is right either. */
        uint32_t wire_type = (uint32_t)random_below(seed, random_below(seed, 40) == 0 ? 8 : 4);
        if (wire_type == 3 && random_below(seed, 2))
            wire_type = SL_WIRE_I32;
        append_tag(buf, seed, number, wire_type);
        switch (wire_type) {
        case SL_WIRE_VARINT: append_random_varint(buf, seed); break;
        case SL_WIRE_I64: sl_buf_append(buf, &(uint64_t){random_next(seed)}, 8); break;
        case SL_WIRE_LEN: append_delimited(buf, seed, depth); break;
        case SL_WIRE_SGROUP: append_group(buf, seed, number, depth); break;
        case SL_WIRE_I32: sl_buf_append(buf, &(uint64_t){random_next(seed)}, 4); break;
        default: break;
        }
    }
}

void soup_nested(sl_buf *buf, uint32_t number, bool is_group, uint32_t levels, sl_bytes core)
{
    if (levels == 0) {
        sl_buf_append(buf, core.data, core.len);
        return;
    }
    sl_cleanup(sl_buf_done) sl_buf inner = {0};
    soup_nested(&inner, number, is_group, levels - 1, core);
    append_varint(buf, (uint64_t)number << 3 | (is_group ? SL_WIRE_SGROUP : SL_WIRE_LEN), 0);
    if (!is_group)
        append_varint(buf, inner.len, 0);
    sl_buf_append(buf, inner.data, inner.len);
    if (is_group)
        append_varint(buf, (uint64_t)number << 3 | SL_WIRE_EGROUP, 0);
}
