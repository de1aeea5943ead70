/* compat/default.c: the rule about default values: what a reader sees where nothing was written.
 *
 * A value that equals the default need not be on the wire, so changing the default changes what old data means. What counts is the
 * effective value, not its spelling: no default is the type's zero (for a closed enum its first value), 16 is 0x10, "a" is "\x61",
 * and across a change of type numbers are compared as numbers (bool as 0 and 1, enums as their numbers), text and bytes as bytes.
 * float against double compares as floats, since that is what the one reader sees. long double holds every int64, uint64 and
 * double exactly. */
#include "compat/internal/check.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    bool is_text;
    sl_str text;
    long double number;
} default_value;

static bool has_default(const sl_field *field)
{
    return field->cardinality != SL_REPEATED && !field->message;
}

static int octal_digit(char letter)
{
    return letter >= '0' && letter <= '7' ? letter - '0' : -1;
}

/* Digits of an escape at *at: up to `most` of them, of the base that `digit` reads. */
static uint8_t read_digits(sl_str text, size_t *at, int most, int base, int (*digit)(char))
{
    int value = 0;
    for (int i = 0; i < most && *at < text.len && digit(text.data[*at]) >= 0; i++)
        value = value * base + digit(text.data[(*at)++]);
    return (uint8_t)value;
}

/* One byte of a C-escaped text, as descriptors store the defaults of bytes fields. */
static uint8_t read_byte(sl_str text, size_t *at)
{
    static const char names[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
    char letter = text.data[(*at)++];
    if (letter != '\\' || *at == text.len)
        return (uint8_t)letter;
    if (octal_digit(text.data[*at]) >= 0)
        return read_digits(text, at, 3, 8, octal_digit);
    letter = text.data[(*at)++];
    if (letter == 'x' || letter == 'X')
        return read_digits(text, at, 2, 16, sl_hex_value);
    const char *name = memchr(names, letter, sizeof names - 1);
    return (uint8_t)(name ? bytes[name - names] : letter);
}

static sl_str unescape(sl_check *check, sl_str text)
{
    char *bytes = sl_arena_alloc(&check->arena, text.len);
    size_t len = 0;
    for (size_t at = 0; bytes && at < text.len;)
        bytes[len++] = (char)read_byte(text, &at);
    return (sl_str){bytes, len};
}

static long double read_real(sl_str text)
{
    char copy[64];
    size_t len = SL_MIN(text.len, sizeof copy - 1);
    memcpy(copy, text.data, len);
    copy[len] = '\0';
    return strtod(copy, NULL);
}

static long double read_integer(sl_str text)
{
    int64_t value;
    uint64_t large;
    if (sl_str_to_i64(text, &value))
        return value;
    return sl_str_to_u64(text, &large) ? (long double)large : 0;
}

static long double read_enum(sl_check *check, const sl_field *field)
{
    const sl_enum *enumeration = field->enumeration;
    if (field->proto->default_value.data) {
        const sl_enum_value *value =
            sl_check_find_value(check, enumeration, field->proto->default_value);
        return value ? value->number : 0;
    }
    return enumeration->is_closed && enumeration->value_count > 0 ? enumeration->values[0].number
                                                                  : 0;
}

static long double read_number(sl_check *check, const sl_field *field)
{
    sl_str text = field->proto->default_value;
    if (field->enumeration)
        return read_enum(check, field);
    if (!text.data)
        return 0;
    switch (field->type) {
    case SL_TYPE_BOOL: return sl_str_is(text, "true");
    case SL_TYPE_DOUBLE: return read_real(text);
    case SL_TYPE_FLOAT: return (float)read_real(text);
    default: return read_integer(text);
    }
}

static default_value default_of(sl_check *check, const sl_field *field)
{
    sl_str text = field->proto->default_value;
    if (field->type == SL_TYPE_STRING)
        return (default_value){.is_text = true, .text = text};
    if (field->type == SL_TYPE_BYTES)
        return (default_value){.is_text = true, .text = text.data ? unescape(check, text) : text};
    return (default_value){.number = read_number(check, field)};
}

static bool is_zero(const default_value *value)
{
    return value->is_text ? value->text.len == 0 : value->number == 0;
}

static bool is_float_with_double(const sl_field *a, const sl_field *b)
{
    return (a->type == SL_TYPE_FLOAT && b->type == SL_TYPE_DOUBLE) ||
           (a->type == SL_TYPE_DOUBLE && b->type == SL_TYPE_FLOAT);
}

static bool is_same_default(sl_check *check, const sl_field *old, const sl_field *new)
{
    default_value a = default_of(check, old), b = default_of(check, new);
    if (is_zero(&a) && is_zero(&b))
        return true;
    if (a.is_text != b.is_text)
        return false;
    if (a.is_text)
        return sl_str_equal(a.text, b.text);
    if (isnan(a.number) || isnan(b.number))
        return isnan(a.number) && isnan(b.number);
    if (is_float_with_double(old, new))
        return (float)a.number == (float)b.number;
    return a.number == b.number;
}

static sl_str describe_default(sl_check *check, const sl_field *field)
{
    sl_str text = field->proto->default_value;
    if (text.data)
        return sl_check_text(check, "\"%.*s\"", SL_STR_ARG(text));
    const sl_enum *enumeration = field->enumeration;
    if (enumeration && enumeration->value_count > 0)
        return sl_check_text(check, "\"%.*s\", the first value of %.*s",
                             SL_STR_ARG(enumeration->values[0].name),
                             SL_STR_ARG(enumeration->full_name));
    return SL_STR("none");
}

void check_field_default(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (!has_default(old) || !has_default(new) || is_same_default(check, old, new))
        return;
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_in_field(check, new, SL_PART(SL_AT_FIELD_DEFAULT));
    finding->previous = sl_place_of_field(check, old);
    finding->message = sl_check_text(check, "default of %.*s changed from %.*s to %.*s",
                                     SL_STR_ARG(sl_describe_field(check, new)),
                                     SL_STR_ARG(describe_default(check, old)),
                                     SL_STR_ARG(describe_default(check, new)));
    finding->why = SL_STR(
        "where the field is unset, readers on the two sides see different values in the same data");
    finding->fix = sl_declare_field(check, old);
}
