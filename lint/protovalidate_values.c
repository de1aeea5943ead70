/* lint/protovalidate_values.c: can any value keep these rules?
 *
 *   numbers, Duration, Timestamp   const beside others; bounds that are equal
 *   string, bytes                  lengths against each other; parts longer than the whole; patterns that RE2 refuses
 *   FieldMask                      paths that are both in and not_in
 *
 * A lower bound above the upper one is no contradiction: {gt: 5, lt: 3} means outside of 3 … 5. */
#include "lint/internal/protovalidate.h"

#include <string.h>

enum {
    /* kinds of rules, by number in FieldRules */
    FLOAT = 1,
    DOUBLE = 2,
    SFIXED64 = 12,
    STRING = 14,
    BYTES = 15,
    ENUM = 16,
    DURATION = 21,
    TIMESTAMP = 22,
    FIELD_MASK = 28,
    LAST_SCALAR = ENUM,
    CONST = 1, /* of all scalars, and of FieldMask */
};

static sl_value_rules rules_at(const sl_ruled *ruled, sl_rule_path path)
{
    return sl_value_rules_read(ruled->field->proto->options, &path);
}

static void tell(const sl_ruled *ruled, sl_rule_path path, const char *text)
{
    sl_finding *finding = sl_rule_object(ruled, path);
    if (finding)
        finding->message = sl_lint_text(ruled->linter, "%.*s of field %.*s %s",
                                        SL_STR_ARG(sl_rule_name(ruled, path)),
                                        SL_STR_ARG(ruled->field->full_name), text);
}

/* `const` says all: what stands beside it is never asked. */
static void check_const(const sl_ruled *ruled, sl_rule_path path, const sl_value_rules *rules,
                        int32_t number)
{
    if (sl_value_rules_has(rules, number) && __builtin_popcountll(rules->is_set) > 1)
        tell(ruled, sl_rule_path_add(path, number),
             "leaves nothing for the rules beside it to say");
}

/* --- times --- */

/* google.protobuf.Duration and Timestamp alike. */
typedef struct time_value {
    int64_t seconds;
    int32_t nanos;
} time_value;

static time_value time_at(const sl_ruled *ruled, sl_rule_path path)
{
    sl_value_rules fields = rules_at(ruled, path);
    return (time_value){(int64_t)fields.of[1].number, (int32_t)fields.of[2].number};
}

enum { NANOS_PER_SECOND = 1000000000 };

/* What a validator can reckon with, which is a little less than what 64 bits of nanoseconds hold. */
static bool is_duration(time_value value)
{
    static const int64_t most_seconds = 9223372036;
    static const int32_t most_nanos = 854775428;
    if (value.nanos <= -NANOS_PER_SECOND || value.nanos >= NANOS_PER_SECOND)
        return false;
    if ((value.seconds > 0 && value.nanos < 0) || (value.seconds < 0 && value.nanos > 0))
        return false;
    if (value.seconds == most_seconds || value.seconds == -most_seconds)
        return value.nanos <= most_nanos && value.nanos >= -most_nanos;
    return value.seconds < most_seconds && value.seconds > -most_seconds;
}

/* From the year 1 to the year 9999. */
static bool is_timestamp(time_value value)
{
    return value.seconds >= -62135596800 && value.seconds <= 253402300799 && value.nanos >= 0 &&
           value.nanos < NANOS_PER_SECOND;
}

/* --- bounds --- */

/* Where the rules of one kind have their bounds. */
typedef struct bounds {
    int32_t constant, lt, lte, gt, gte;
} bounds;

static bool is_valid(const sl_ruled *ruled, int32_t kind, sl_rule_path path)
{
    if (kind == DURATION)
        return is_duration(time_at(ruled, path));
    return kind != TIMESTAMP || is_timestamp(time_at(ruled, path));
}

static bool are_equal(const sl_ruled *ruled, int32_t kind, sl_rule_path one, sl_rule_path other)
{
    if (kind == DURATION || kind == TIMESTAMP) {
        time_value left = time_at(ruled, one), right = time_at(ruled, other);
        return left.seconds == right.seconds && left.nanos == right.nanos;
    }
    sl_rule_path parent = one;
    parent.len--;
    sl_value_rules rules = rules_at(ruled, parent);
    uint64_t left = rules.of[one.steps[parent.len]].number,
             right = rules.of[other.steps[parent.len]].number;
    if (kind == FLOAT) {
        uint32_t bits[] = {(uint32_t)left, (uint32_t)right};
        float numbers[2];
        memcpy(numbers, bits, sizeof numbers);
        return numbers[0] == numbers[1];
    }
    if (kind == DOUBLE) {
        uint64_t bits[] = {left, right};
        double numbers[2];
        memcpy(numbers, bits, sizeof numbers);
        return numbers[0] == numbers[1];
    }
    return left == right;
}

/* The bound that is set and valid, 0 for none; one that is not valid is told. */
static int32_t valid_bound(const sl_ruled *ruled, int32_t kind, sl_rule_path path,
                           const sl_value_rules *rules, int32_t number)
{
    if (!sl_value_rules_has(rules, number))
        return 0;
    if (is_valid(ruled, kind, sl_rule_path_add(path, number)))
        return number;
    tell(ruled, sl_rule_path_add(path, number), "is out of the range of its type");
    return 0;
}

static void check_bounds(const sl_ruled *ruled, int32_t kind, sl_rule_path path, bounds at)
{
    sl_value_rules rules = rules_at(ruled, path);
    sl_value_rules_keep_last(&rules, UINT64_C(1) << at.lt | UINT64_C(1) << at.lte);
    sl_value_rules_keep_last(&rules, UINT64_C(1) << at.gt | UINT64_C(1) << at.gte);
    if (valid_bound(ruled, kind, path, &rules, at.constant))
        check_const(ruled, path, &rules, at.constant);
    int32_t lt = valid_bound(ruled, kind, path, &rules, at.lt);
    int32_t lte = valid_bound(ruled, kind, path, &rules, at.lte);
    int32_t gt = valid_bound(ruled, kind, path, &rules, at.gt);
    int32_t gte = valid_bound(ruled, kind, path, &rules, at.gte);
    int32_t upper = lt ? lt : lte, lower = gt ? gt : gte;
    if (!upper || !lower)
        return;
    sl_rule_path low = sl_rule_path_add(path, lower), high = sl_rule_path_add(path, upper);
    if (!are_equal(ruled, kind, low, high))
        return;
    sl_rule_object_both(ruled, low, high,
                        sl_lint_text(ruled->linter, "both bounds of field %.*s are equal%s",
                                     SL_STR_ARG(ruled->field->full_name),
                                     lte && gte ? ": say const" : ", so no value is between"));
}

static void check_timestamp(const sl_ruled *ruled, sl_rule_path path)
{
    enum { LT_NOW = 7, GT_NOW = 8, WITHIN = 9 };
    sl_value_rules rules = rules_at(ruled, path);
    if (rules.of[LT_NOW].number && rules.of[GT_NOW].number)
        sl_rule_object_both(ruled, sl_rule_path_add(path, GT_NOW), sl_rule_path_add(path, LT_NOW),
                            sl_lint_text(ruled->linter,
                                         "field %.*s is to be before now and behind now",
                                         SL_STR_ARG(ruled->field->full_name)));
    if (!sl_value_rules_has(&rules, WITHIN))
        return;
    sl_rule_path within = sl_rule_path_add(path, WITHIN);
    time_value span = time_at(ruled, within);
    if (!is_duration(span))
        tell(ruled, within, "is out of the range of its type");
    else if (span.seconds <= 0 && span.nanos <= 0)
        tell(ruled, within, "is not above zero");
}

/* --- lengths --- */

/* `at`: the numbers of len, min_len and max_len. */
static void check_lengths(const sl_ruled *ruled, sl_rule_path path, const sl_value_rules *rules,
                          const int32_t at[3])
{
    bool has_exact = sl_value_rules_has(rules, at[0]);
    for (int i = 1; i < 3; i++)
        if (has_exact && sl_value_rules_has(rules, at[i]))
            tell(ruled, sl_rule_path_add(path, at[i]), "says nothing more: the length is given");
    if (!sl_value_rules_has(rules, at[1]) || !sl_value_rules_has(rules, at[2]))
        return;
    uint64_t least = rules->of[at[1]].number, most = rules->of[at[2]].number;
    sl_rule_path min = sl_rule_path_add(path, at[1]), max = sl_rule_path_add(path, at[2]);
    if (least > most) {
        tell(ruled, min, "is above the greatest length: no value has it");
        tell(ruled, max, "is below the least length: no value has it");
    } else if (least == most)
        sl_rule_object_both(
            ruled, min, max,
            sl_lint_text(ruled->linter,
                         "least and greatest length of field %.*s are equal: say len",
                         SL_STR_ARG(ruled->field->full_name)));
}

enum { MIN_LEN = 2, MAX_LEN = 3 }; /* of strings and of bytes */

static uint64_t characters_of(sl_str text)
{
    uint64_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((uint8_t)text.data[i] & 0xc0) != 0x80;
    return count;
}

/* --- strings and bytes --- */

/* Characters against bytes: a character takes one to four. */
static void check_bytes_of_text(const sl_ruled *ruled, sl_rule_path path,
                                const sl_value_rules *rules)
{
    enum { MIN_BYTES = 4, MAX_BYTES = 5, MOST_BYTES_OF_CHARACTER = 4 };
    if (sl_value_rules_has(rules, MIN_LEN) && sl_value_rules_has(rules, MAX_BYTES) &&
        rules->of[MAX_BYTES].number < rules->of[MIN_LEN].number) {
        tell(ruled, sl_rule_path_add(path, MIN_LEN), "takes more bytes than max_bytes");
        tell(ruled, sl_rule_path_add(path, MAX_BYTES), "is too small for min_len");
    }
    uint64_t most;
    if (sl_value_rules_has(rules, MAX_LEN) && sl_value_rules_has(rules, MIN_BYTES) &&
        !__builtin_mul_overflow(rules->of[MAX_LEN].number, MOST_BYTES_OF_CHARACTER, &most) &&
        most < rules->of[MIN_BYTES].number) {
        tell(ruled, sl_rule_path_add(path, MIN_BYTES), "is more than max_len characters take");
        tell(ruled, sl_rule_path_add(path, MAX_LEN), "takes fewer bytes than min_bytes");
    }
}

static bool holds(sl_str text, sl_str part)
{
    return part.len == 0 || memmem(text.data, text.len, part.data, part.len);
}

static void check_part_of_text(const sl_ruled *ruled, sl_rule_path path,
                               const sl_value_rules *rules, int32_t number)
{
    enum { MAX_BYTES = 5, NOT_CONTAINS = 23 };
    if (!sl_value_rules_has(rules, number))
        return;
    sl_str part = sl_bytes_str(rules->of[number].bytes);
    sl_rule_path place = sl_rule_path_add(path, number);
    if (sl_value_rules_has(rules, MAX_LEN) && characters_of(part) > rules->of[MAX_LEN].number)
        tell(ruled, place, "is longer than max_len");
    if (sl_value_rules_has(rules, MAX_BYTES) && part.len > rules->of[MAX_BYTES].number)
        tell(ruled, place, "is longer than max_bytes");
    if (sl_value_rules_has(rules, NOT_CONTAINS) &&
        holds(part, sl_bytes_str(rules->of[NOT_CONTAINS].bytes)))
        tell(ruled, place, "contains what not_contains forbids");
}

static void check_string(const sl_ruled *ruled, sl_rule_path path)
{
    enum { PREFIX = 7, CONTAINS = 9, WELL_KNOWN_REGEX = 24, STRICT = 25 };
    static const int32_t characters[] = {19, MIN_LEN, MAX_LEN}, bytes[] = {20, 4, 5};
    sl_value_rules rules = rules_at(ruled, path);
    check_const(ruled, path, &rules, CONST);
    check_lengths(ruled, path, &rules, characters);
    check_lengths(ruled, path, &rules, bytes);
    check_bytes_of_text(ruled, path, &rules);
    for (int32_t number = PREFIX; number <= CONTAINS; number++)
        check_part_of_text(ruled, path, &rules, number);
    if (sl_value_rules_has(&rules, STRICT) && !rules.of[STRICT].number &&
        !rules.of[WELL_KNOWN_REGEX].number)
        tell(ruled, sl_rule_path_add(path, STRICT), "means nothing without well_known_regex");
}

static void check_bytes(const sl_ruled *ruled, sl_rule_path path)
{
    enum { PREFIX = 5, CONTAINS = 7 };
    static const int32_t lengths[] = {13, MIN_LEN, MAX_LEN};
    sl_value_rules rules = rules_at(ruled, path);
    check_const(ruled, path, &rules, CONST);
    check_lengths(ruled, path, &rules, lengths);
    for (int32_t number = PREFIX; number <= CONTAINS; number++)
        if (sl_value_rules_has(&rules, number) && sl_value_rules_has(&rules, MAX_LEN) &&
            rules.of[number].bytes.len > rules.of[MAX_LEN].number)
            tell(ruled, sl_rule_path_add(path, number), "is longer than max_len");
}

static void check_field_mask(const sl_ruled *ruled, sl_rule_path path)
{
    enum { IN = 2, NOT_IN = 3 };
    sl_value_rules rules = rules_at(ruled, path);
    check_const(ruled, path, &rules, CONST);
    sl_cleanup(sl_map_done) sl_map forbidden = {0};
    sl_rule_items in = {0}, not_in = {0};
    sl_rule_path in_path = sl_rule_path_add(path, IN), not_in_path = sl_rule_path_add(path, NOT_IN);
    sl_bytes options = ruled->field->proto->options;
    (void)sl_lint_failed(ruled->linter, sl_value_rules_items(options, &in_path, &in));
    (void)sl_lint_failed(ruled->linter, sl_value_rules_items(options, &not_in_path, &not_in));
    for (size_t i = 0; i < not_in.count; i++)
        (void)sl_lint_failed(ruled->linter,
                             sl_map_set(&forbidden, sl_bytes_str(not_in.items[i]), &in));
    for (size_t i = 0; i < in.count; i++)
        if (sl_map_get(&forbidden, sl_bytes_str(in.items[i])))
            tell(ruled, in_path, "has a path that not_in has too");
    sl_vec_done(&in);
    sl_vec_done(&not_in);
}

void sl_rule_check_values(const sl_ruled *ruled, int32_t number, sl_rule_path path)
{
    static const bounds of_numbers = {.constant = CONST, .lt = 2, .lte = 3, .gt = 4, .gte = 5};
    static const bounds of_times = {.constant = 2, .lt = 3, .lte = 4, .gt = 5, .gte = 6};
    if (number <= SFIXED64)
        check_bounds(ruled, number, path, of_numbers);
    else if (number == DURATION || number == TIMESTAMP)
        check_bounds(ruled, number, path, of_times);
    sl_value_rules rules = rules_at(ruled, path);
    if (number == STRING)
        check_string(ruled, path);
    else if (number == BYTES)
        check_bytes(ruled, path);
    else if (number == ENUM)
        check_const(ruled, path, &rules, CONST);
    else if (number == TIMESTAMP)
        check_timestamp(ruled, path);
    else if (number == FIELD_MASK)
        check_field_mask(ruled, path);
}
