/* tests/conformance/test_features.c: what a linked field means, against two independent implementations.
 *
 * features/defaults.tsv: the value of each feature in each edition, as protoc --edition_defaults_out gives it.
 * features/google.tsv, features/encode.tsv: presence, packedness, UTF-8 checking, delimited encoding, JSON name, type and enum
 * openness of each field, as protobuf-es understands the same descriptor sets. */
#include <stdio.h>

#include "schema/schema.h"
#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

enum { EDITION_LEGACY = 900, FIELD_COLUMNS = 10, DEFAULTS_AT_LEAST = 40, TOLD = 25 };

/* protobuf-es's numbers of presence */
enum { ES_EXPLICIT = 1, ES_REQUIRED = 3 };

typedef struct field_row {
    sl_str name; /* in brackets: an extension */
    uint64_t number, presence;
    sl_str kind; /* singular, list, map */
    bool is_packed, is_utf8_checked, is_delimited;
    sl_str json_name, type;
    sl_str openness; /* 1, 0, or - */
} field_row;

/* FeatureSet's field numbers 1 to 8; number 9, enforce_proto_limits, is protoc's own affair when it reads source text. */
static uint64_t feature_value(const sl_features *features, uint64_t number)
{
    const uint8_t values[] = {
        0,
        features->field_presence,
        features->enum_type,
        features->repeated_field_encoding,
        features->utf8_validation,
        features->message_encoding,
        features->json_format,
        features->enforce_naming_style,
        features->default_symbol_visibility,
    };
    return number < SL_ARRAY_LEN(values) ? values[number] : 0;
}

/* A file of this edition that says nothing else: name "e.proto", then syntax (12) or edition (14). */
static sl_schema *link_empty_file(uint64_t edition)
{
    static const uint8_t proto2[] = "\x0a\x07"
                                    "e.proto";
    static const uint8_t proto3[] = "\x0a\x07"
                                    "e.proto\x62\x06"
                                    "proto3";
    uint8_t editions[] = "\x0a\x07"
                         "e.proto\x62\x08"
                         "editions\x70\x00\x00";
    sl_bytes file = {editions, sizeof editions - 1};
    editions[sizeof editions - 3] = (uint8_t)(edition % 128 + 128);
    editions[sizeof editions - 2] = (uint8_t)(edition / 128);
    if (edition == EDITION_LEGACY)
        file = (sl_bytes){proto2, sizeof proto2 - 1};
    if (edition == SL_EDITION_PROTO3)
        file = (sl_bytes){proto3, sizeof proto3 - 1};

    sl_findings findings = {0};
    sl_error err = {0};
    sl_schema *schema = NULL;
    sl_status status = sl_schema_link(&file, 1, (sl_str){0}, &schema, &findings, &err);
    ck_assert_msg(status == SL_OK && schema, "edition %zu: %s", (size_t)edition, err.text);
    sl_findings_done(&findings);
    return schema;
}

static uint64_t to_number(sl_str text)
{
    uint64_t number = 0;
    ck_assert_msg(sl_str_to_u64(text, &number), "'%.*s' is no number", SL_STR_ARG(text));
    return number;
}

START_TEST(empty_file_of_each_edition_has_the_defaults_of_protoc)
{
    sl_str rest = sl_bytes_str(corpora_load("features/defaults.tsv"));
    sl_str line = {0};
    size_t compared = 0;
    while (table_next_part(&rest, '\n', &line)) {
        sl_str columns[3] = {0};
        ck_assert_uint_eq(table_split(line, columns, 3), 3);
        uint64_t edition = to_number(columns[0]), number = to_number(columns[1]);
        if (number == 9)
            continue;
        sl_schema *schema = link_empty_file(edition);
        const sl_file *file = sl_schema_main_file(schema);
        ck_assert_msg(feature_value(&file->features, number) == to_number(columns[2]),
                      "edition %zu: feature %zu is %zu, not %.*s", (size_t)edition, (size_t)number,
                      (size_t)feature_value(&file->features, number), SL_STR_ARG(columns[2]));
        sl_schema_unref(schema);
        compared++;
    }
    ck_assert_uint_ge(compared, DEFAULTS_AT_LEAST);
}
END_TEST

static field_row row_from(const sl_str columns[FIELD_COLUMNS])
{
    return (field_row){
        .name = columns[0],
        .number = to_number(columns[1]),
        .presence = to_number(columns[2]),
        .kind = columns[3],
        .is_packed = to_number(columns[4]),
        .is_utf8_checked = to_number(columns[5]),
        .is_delimited = to_number(columns[6]),
        .json_name = columns[7],
        .type = columns[8],
        .openness = columns[9],
    };
}

static const sl_field *find(const sl_schema *schema, sl_str name)
{
    sl_str message_name = {0}, field_name = {0};
    if (sl_str_starts_with(name, SL_STR("[")))
        return sl_schema_find_extension(schema, (sl_str){name.data + 1, name.len - 2});
    if (!sl_str_split_last(name, '.', &message_name, &field_name))
        return NULL;
    const sl_message *message = sl_schema_find_message(schema, message_name);
    return message ? sl_message_find_field_by_name(message, field_name) : NULL;
}

static sl_str type_name(const sl_field *field)
{
    if (field->message)
        return field->message->full_name;
    return field->enumeration ? field->enumeration->full_name : SL_STR("-");
}

/* What is different, or NULL. */
static const char *difference(const sl_field *field, const field_row *want)
{
    bool is_map = sl_str_is(want->kind, "map");
    if (!field)
        return "not found";
    if ((uint64_t)field->number != want->number)
        return "number";
    if ((field->cardinality == SL_REQUIRED) != (want->presence == ES_REQUIRED))
        return "required";
    if (field->has_presence != (want->presence == ES_EXPLICIT || want->presence == ES_REQUIRED))
        return "presence";
    if ((field->cardinality == SL_REPEATED) != !sl_str_is(want->kind, "singular"))
        return "repeated";
    if (field->is_map != is_map)
        return "map";
    if (field->is_packed != want->is_packed)
        return "packed";
    if (!is_map && field->type == SL_TYPE_STRING && field->is_utf8_checked != want->is_utf8_checked)
        return "UTF-8 checked";
    if ((field->type == SL_TYPE_GROUP) != want->is_delimited)
        return "delimited";
    if (!field->is_extension && !sl_str_equal(field->json_name, want->json_name))
        return "JSON name";
    if (!is_map && !sl_str_equal(type_name(field), want->type))
        return "type";
    if (field->enumeration && field->enumeration->is_closed != sl_str_is(want->openness, "0"))
        return "open enum";
    return NULL;
}

static size_t compare_fields(sl_bytes set, const char *table)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = schema_from_set(set);
    sl_str rest = sl_bytes_str(corpora_load(table));
    sl_str line = {0};
    size_t compared = 0, differing = 0;
    while (table_next_part(&rest, '\n', &line)) {
        sl_str columns[FIELD_COLUMNS] = {0};
        ck_assert_uint_eq(table_split(line, columns, FIELD_COLUMNS), FIELD_COLUMNS);
        const field_row row = row_from(columns);
        const char *what = difference(find(schema, row.name), &row);
        if (what && ++differing <= TOLD)
            fprintf(stderr, "%.*s: %s\n", SL_STR_ARG(row.name), what);
        compared++;
    }
    ck_assert_uint_eq(differing, 0);
    printf("# %zu fields mean the same\n", compared);
    fflush(stdout);
    return compared;
}

START_TEST(field_of_proto2_proto3_and_editions_means_what_protobuf_es_says)
{
    ck_assert_uint_ge(compare_fields(corpora_load("encode/schemas.binpb"), "features/encode.tsv"),
                      400);
}
END_TEST

START_TEST(field_of_google_proto_files_means_what_protobuf_es_says)
{
    ck_assert_uint_ge(compare_fields(corpora_load("google/all.binpb"), "features/google.tsv"),
                      160000);
}
END_TEST

static Suite *features_suite(void)
{
    corpora_require("features");
    Suite *suite = suite_create("features");
    TCase *tcase = tcase_create("meaning");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, empty_file_of_each_edition_has_the_defaults_of_protoc);
    tcase_add_test(tcase, field_of_proto2_proto3_and_editions_means_what_protobuf_es_says);
    tcase_add_test(tcase, field_of_google_proto_files_means_what_protobuf_es_says);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(features_suite)
