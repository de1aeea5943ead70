/* registry/names.c: what things may be called.
 *
 *   producer  [A-Za-z0-9][A-Za-z0-9._-]{0,127}: safe in URLs, file names and metrics
 *   topic     [A-Za-z0-9._-]{1,249}, not "." or "..": Kafka's own rule (org.apache.kafka.common.internals.Topic)
 *   subject   1 to 255 bytes of UTF-8 without control characters: Confluent's clients use paths and full names as subjects */
#include "registry/internal/core.h"

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_name(sl_str name, size_t most)
{
    if (name.len == 0 || name.len > most)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_alphanumeric(name.data[i]) && !memchr("._-", name.data[i], 3))
            return false;
    return true;
}

sl_status sl_check_producer_name(sl_str name, sl_problem *problem)
{
    if (is_name(name, SL_LIMIT_PRODUCER_NAME_BYTES) && is_alphanumeric(name.data[0]))
        return SL_OK;
    return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                     "a producer's name has 1 to %d of the characters A-Z a-z 0-9 . _ - and begins "
                     "with a letter or digit (limit PRODUCER_NAME_BYTES); '%.*s' does not do",
                     SL_LIMIT_PRODUCER_NAME_BYTES, SL_STR_ARG(name));
}

sl_status sl_check_topic_name(sl_str name, sl_problem *problem)
{
    if (is_name(name, SL_LIMIT_TOPIC_NAME_BYTES) && !sl_str_is(name, ".") && !sl_str_is(name, ".."))
        return SL_OK;
    return sl_refuse(
        problem, SL_PROBLEM_INVALID, SL_INVALID,
        "a topic's name has 1 to %d of the characters A-Z a-z 0-9 . _ - and is neither "
        "\".\" nor \"..\" (limit TOPIC_NAME_BYTES); '%.*s' does not do",
        SL_LIMIT_TOPIC_NAME_BYTES, SL_STR_ARG(name));
}

static bool is_plain_text(sl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
            return false;
    return sl_utf8_valid(sl_str_bytes(text));
}

sl_status sl_check_subject_name(sl_str name, sl_problem *problem)
{
    if (name.len >= 1 && name.len <= SL_LIMIT_SUBJECT_NAME_BYTES && is_plain_text(name))
        return SL_OK;
    return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                     "a subject's name has 1 to %d bytes of UTF-8 without control characters "
                     "(limit SUBJECT_NAME_BYTES)",
                     SL_LIMIT_SUBJECT_NAME_BYTES);
}

sl_status sl_check_text(const char *what, sl_str text, sl_problem *problem)
{
    if (text.len <= SL_LIMIT_TEXT_BYTES && is_plain_text(text))
        return SL_OK;
    return sl_refuse(
        problem, SL_PROBLEM_INVALID, SL_INVALID,
        "%s has at most %d bytes of UTF-8 without control characters (limit TEXT_BYTES)", what,
        SL_LIMIT_TEXT_BYTES);
}
