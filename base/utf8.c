/* base/utf8.c: is this UTF-8, and if not, from where?
 *
 * Eight ASCII bytes are stepped over at a time; anything else goes through the ranges of Unicode 15 table 3-7, which
 * exclude over-long forms, surrogates and code points above U+10FFFF by narrowing the second byte. */
#include "base/base.h"

/* Allowed range of the second byte, and how many bytes follow the lead; length 0: not a lead byte. */
typedef struct sequence_form {
    uint8_t length, second_min, second_max;
} sequence_form;

static sequence_form form_of_lead(uint8_t lead)
{
    if (lead < 0xC2)
        return (sequence_form){0, 0, 0};
    if (lead < 0xE0)
        return (sequence_form){2, 0x80, 0xBF};
    if (lead < 0xF0)
        return (sequence_form){3, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF};
    if (lead < 0xF5)
        return (sequence_form){4, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF};
    return (sequence_form){0, 0, 0};
}

/* Length of the well-formed sequence at `at`, or 0. */
static size_t sequence_length(const uint8_t *at, size_t left)
{
    sequence_form form = form_of_lead(at[0]);
    if (form.length == 0 || form.length > left)
        return 0;
    if (at[1] < form.second_min || at[1] > form.second_max)
        return 0;
    for (size_t i = 2; i < form.length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return form.length;
}

size_t sl_utf8_find_invalid(sl_bytes bytes)
{
    size_t at = 0;
    while (at < bytes.len) {
        uint64_t eight;
        if (bytes.len - at >= sizeof eight) {
            memcpy(&eight, bytes.data + at, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        if (bytes.data[at] < 0x80) {
            at++;
            continue;
        }
        size_t length = sequence_length(bytes.data + at, bytes.len - at);
        if (length == 0)
            return at;
        at += length;
    }
    return SIZE_MAX;
}
