/* server/http/media.c: media types in lists and in Accept headers (RFC 9110 §8.3.1, §12.5.1). */
#include "server/http/http.h"

/* The next element of a comma-separated list, trimmed. */
static bool next_element(sl_str *list, sl_str *ret_element)
{
    if (!sl_str_next_element(list, ',', ret_element))
        return false;
    *ret_element = sl_str_trim(*ret_element);
    return true;
}

bool sl_media_in_list(const char *list, sl_str media_type)
{
    sl_str rest = sl_str_from(list), element;
    while (next_element(&rest, &element))
        if (sl_str_equal_nocase(element, media_type))
            return true;
    return false;
}

/* Does one range of an Accept header, without its parameters, cover the type? */
static bool covers(sl_str range, sl_str media_type)
{
    sl_str main_type, subtype, wanted_type, wanted_subtype;
    if (sl_str_is(range, "*/*") || sl_str_equal_nocase(range, media_type))
        return true;
    if (!sl_str_split(range, '/', &main_type, &subtype) || !sl_str_is(subtype, "*"))
        return false;
    return sl_str_split(media_type, '/', &wanted_type, &wanted_subtype) &&
           sl_str_equal_nocase(main_type, wanted_type);
}

/* "q=0", "q=0.0", …: not this one. */
static bool is_refused(sl_str parameters)
{
    while (parameters.len > 0) {
        sl_str one = parameters, rest = {0}, name, value;
        if (!sl_str_split(parameters, ';', &one, &rest))
            one = parameters;
        parameters = rest;
        if (!sl_str_split(one, '=', &name, &value) ||
            !sl_str_equal_nocase(sl_str_trim(name), SL_STR("q")))
            continue;
        value = sl_str_trim(value);
        if (value.len == 0 || value.data[0] != '0')
            return false;
        for (size_t i = 1; i < value.len; i++)
            if (value.data[i] != '0' && value.data[i] != '.')
                return false;
        return true;
    }
    return false;
}

/* How closely a range names a type: the closest one of a header decides. */
static int closeness(sl_str range)
{
    if (sl_str_is(range, "*/*"))
        return 1;
    return sl_str_ends_with(range, SL_STR("/*")) ? 2 : 3;
}

bool sl_media_is_accepted(sl_str accept, sl_str media_type)
{
    int closest = 0;
    bool is_accepted = false;
    sl_str rest = sl_str_trim(accept), element;
    if (rest.len == 0)
        return true;
    while (next_element(&rest, &element)) {
        sl_str range = element, parameters = {0};
        if (!sl_str_split(element, ';', &range, &parameters))
            range = element;
        range = sl_str_trim(range);
        if (!covers(range, media_type) || closeness(range) < closest)
            continue;
        closest = closeness(range);
        is_accepted = !is_refused(parameters);
    }
    return is_accepted;
}
