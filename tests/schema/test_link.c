/* tests/schema/test_link.c: what linking makes of sound files.
 *
 * Truth comes from outside: data/expected.tsv is what upb says of every field and enum of the fixtures, data/edition_defaults.binpb is
 * protoc's own table, data/relative.binpb has names that protoc resolves to the same types, and lines are those of the .proto text. How
 * they are made: make_fixtures.py. */
#include "schema/internal/linker.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdio.h>

static const char *const fixtures[] = {
    "proto2.binpb",           "proto3.binpb",      "edition2023.binpb",
    "edition2023_file.binpb", "edition2024.binpb", "options.binpb",
    "edition2026.binpb",      "public.binpb",      "inherited.binpb",
};

static sl_schema *link_fixture(const char *name)
{
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    corpus_read_fixture(name, &bytes);
    ck_assert_int_eq(
        sl_schema_link_set(sl_buf_bytes(&bytes), (sl_str){0}, &schema, &findings, &err), SL_OK);
    ck_assert_msg(schema, "%s: %.*s", name, SL_STR_ARG(findings.list.items[0].message));
    return schema;
}

/* --- every element, one after the other --- */

typedef struct schema_visitor {
    void (*field)(void *to, const sl_field *field);
    void (*enumeration)(void *to, const sl_enum *enumeration);
    void *to;
} schema_visitor;

static void visit_fields(const schema_visitor *visitor, const sl_field *fields, uint32_t count)
{
    for (uint32_t i = 0; visitor->field && i < count; i++)
        visitor->field(visitor->to, &fields[i]);
}

static void visit_enums(const schema_visitor *visitor, const sl_enum *enums, uint32_t count)
{
    for (uint32_t i = 0; visitor->enumeration && i < count; i++)
        visitor->enumeration(visitor->to, &enums[i]);
}

static void visit_messages(const schema_visitor *visitor, const sl_message *messages,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        visit_fields(visitor, messages[i].fields, messages[i].field_count);
        visit_fields(visitor, messages[i].extensions, messages[i].extension_count);
        visit_enums(visitor, messages[i].enums, messages[i].enum_count);
        visit_messages(visitor, messages[i].messages, messages[i].message_count);
    }
}

static void visit_schema(const schema_visitor *visitor, const sl_schema *schema)
{
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        if (sl_str_starts_with(file->path, SL_STR("google/")))
            continue;
        visit_messages(visitor, file->messages, file->message_count);
        visit_fields(visitor, file->extensions, file->extension_count);
        visit_enums(visitor, file->enums, file->enum_count);
    }
}

/* --- against upb --- */

/* The lines of expected.tsv, by kind and full name. */
typedef struct expectation {
    sl_map lines;
    sl_buf text;
    size_t seen, wrong;
} expectation;

static void load_expectation(expectation *expected)
{
    corpus_read_fixture("expected.tsv", &expected->text);
    sl_str line, rest = sl_buf_str(&expected->text);
    while (sl_str_split(rest, '\n', &line, &rest)) {
        const char *tab = memchr(line.data, '\t', line.len);
        const char *end = memchr(tab + 1, '\t', line.len - (size_t)(tab + 1 - line.data));
        sl_str key = {line.data, (size_t)(end - line.data)};
        ck_assert_int_eq(sl_map_add(&expected->lines, key, (void *)line.data, NULL), SL_OK);
    }
}

static void compare(expectation *expected, sl_str got)
{
    const char *tab = memchr(got.data, '\t', got.len);
    const char *end = memchr(tab + 1, '\t', got.len - (size_t)(tab + 1 - got.data));
    sl_str key = {got.data, (size_t)(end - got.data)};
    const char *want = sl_map_get(&expected->lines, key);
    expected->seen++;
    if (want && strncmp(want, got.data, got.len) == 0 && want[got.len] == '\n')
        return;
    expected->wrong++;
    const char *line_end = want ? strchr(want, '\n') : NULL;
    fprintf(stderr, "got:  %.*s\nwant: %.*s\n", SL_STR_ARG(got), want ? (int)(line_end - want) : 0,
            want ? want : "");
}

static void compare_field(void *to, const sl_field *field)
{
    sl_cleanup(sl_buf_done) sl_buf line = {0};
    const sl_features *features = &field->features;
    sl_str oneof = field->oneof ? field->oneof->name : SL_STR("-");
    sl_str type = field->message       ? field->message->full_name
                  : field->enumeration ? field->enumeration->full_name
                                       : SL_STR("-");
    sl_buf_printf(&line, "field\t%.*s\t%d\t%d\t%d\t%d\t%d\t%d\t%.*s\t%.*s\t%.*s",
                  SL_STR_ARG(field->full_name), field->number, field->type, (int)field->cardinality,
                  field->has_presence, field->is_packed, field->is_utf8_checked,
                  SL_STR_ARG(field->json_name), SL_STR_ARG(oneof), SL_STR_ARG(type));
    sl_buf_printf(&line, "\t%u\t%u\t%u\t%u\t%u\t%u", features->field_presence, features->enum_type,
                  features->repeated_field_encoding, features->utf8_validation,
                  features->message_encoding, features->json_format);
    compare(to, sl_buf_str(&line));
}

static void compare_enum(void *to, const sl_enum *enumeration)
{
    sl_cleanup(sl_buf_done) sl_buf line = {0};
    sl_buf_printf(&line, "enum\t%.*s\t%d", SL_STR_ARG(enumeration->full_name),
                  enumeration->is_closed);
    compare(to, sl_buf_str(&line));
}

static void compare_schema(const sl_schema *schema, expectation *expected)
{
    schema_visitor visitor = {compare_field, compare_enum, expected};
    visit_schema(&visitor, schema);
    ck_assert_uint_gt(expected->seen, 0);
    ck_assert_uint_eq(expected->wrong, 0);
}

START_TEST(means_what_upb_says)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_fixture(fixtures[_i]);
    expectation expected = {0};
    load_expectation(&expected);
    compare_schema(schema, &expected);
    sl_map_done(&expected.lines);
    sl_buf_done(&expected.text);
}
END_TEST

START_TEST(relative_names_mean_what_protoc_resolves)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_fixture("relative.binpb");
    expectation expected = {0};
    load_expectation(&expected);
    compare_schema(schema, &expected);
    sl_map_done(&expected.lines);
    sl_buf_done(&expected.text);
}
END_TEST

/* --- against protoc's edition defaults --- */

/* FeatureSet: number → value, over what is there. */
static void read_feature_set(sl_bytes set, uint32_t values[16])
{
    sl_wire_reader reader = sl_wire_reader_of(set);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, 1, &field) == SL_OK)
        if (field.tag.number < 16)
            values[field.tag.number] = (uint32_t)field.number_value;
}

/* FeatureSetEditionDefault: edition = 3, overridable_features = 4, fixed_features = 5. */
static uint32_t read_edition_default(sl_bytes bytes, uint32_t values[16])
{
    uint32_t edition = 0;
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, 1, &field) == SL_OK) {
        if (field.tag.number == 3)
            edition = (uint32_t)field.number_value;
        else
            read_feature_set(field.bytes, values);
    }
    return edition;
}

START_TEST(edition_defaults_are_protocs)
{
    static const sl_edition editions[] = {SL_EDITION_PROTO2, SL_EDITION_PROTO3, SL_EDITION_2023,
                                          SL_EDITION_2024, SL_EDITION_2026};
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    uint32_t values[16] = {0};
    sl_features got = {0};
    corpus_read_fixture("edition_defaults.binpb", &bytes);
    ck_assert(sl_features_default(editions[_i], &got));

    /* The last row at or before the edition; rows stand in order. */
    sl_wire_reader reader = sl_wire_reader_of(sl_buf_bytes(&bytes));
    sl_wire_field field;
    while (sl_wire_next_field(&reader, 1, &field) == SL_OK) {
        uint32_t row[16] = {0};
        if (field.tag.number == 1 && read_edition_default(field.bytes, row) <= editions[_i])
            memcpy(values, row, sizeof values);
    }
    const struct {
        uint32_t number, got;
    } pairs[] = {
#define FEATURE(member, number, mask, p2, p3, e23, e24, e26) {number, got.member},
#include "schema/features.def"
#undef FEATURE
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(pairs); i++) {
        ck_assert_msg(pairs[i].got == values[pairs[i].number], "feature %u: got %u, want %u",
                      pairs[i].number, pairs[i].got, values[pairs[i].number]);
        values[pairs[i].number] = 0;
    }
    for (size_t i = 0; i < SL_ARRAY_LEN(values); i++)
        ck_assert_msg(values[i] == 0, "feature %zu of protoc is not in features.def", i);
}
END_TEST

START_TEST(later_editions_are_not_known)
{
    sl_features features;
    ck_assert(!sl_features_default((sl_edition)9999, &features));
    ck_assert(!sl_features_default(SL_EDITION_UNKNOWN, &features));
}
END_TEST

/* --- lines --- */

/* Line `line` (from 1) of a text. */
static sl_str line_at(sl_str text, uint32_t line)
{
    sl_str found = {0};
    for (uint32_t i = 0; i < line && sl_str_split(text, '\n', &found, &text); i++)
        ;
    return found;
}

static sl_str source;

static void check_line(sl_str name, sl_location at)
{
    sl_str line = line_at(source, at.line);
    ck_assert_msg(at.line > 0 && at.column > 0 && at.column <= line.len, "%.*s: line %u, column %u",
                  SL_STR_ARG(name), at.line, at.column);
    ck_assert_msg(sl_str_contains(line, name), "%.*s is not in line %u: %.*s", SL_STR_ARG(name),
                  at.line, SL_STR_ARG(line));
}

static void check_field_line(void *to, const sl_field *field)
{
    (void)to;
    bool is_made_up = field->parent && field->parent->is_map_entry;
    bool is_group = field->proto->type == SL_TYPE_GROUP; /* written with a capital */
    if (!is_made_up)
        check_line(is_group ? field->message->name : field->name, sl_field_locate(field));
}

static void check_enum_lines(void *to, const sl_enum *enumeration)
{
    (void)to;
    check_line(enumeration->name, sl_enum_locate(enumeration));
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        check_line(enumeration->values[i].name,
                   sl_enum_value_locate(enumeration, &enumeration->values[i]));
}

START_TEST(elements_stand_where_the_text_has_them)
{
    static const char *const texts[] = {"proto2.proto", "proto3.proto"};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_fixture(fixtures[_i]);
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    corpus_read_fixture(texts[_i], &text);
    source = sl_buf_str(&text);
    schema_visitor visitor = {check_field_line, check_enum_lines, NULL};
    visit_schema(&visitor, schema);

    const sl_file *file = sl_schema_main_file(schema);
    check_line(SL_STR("Every"), sl_message_locate(&file->messages[0]));
    const sl_message *every = sl_schema_find_message(
        schema, _i == 0 ? SL_STR("fixture.proto2.Every") : SL_STR("fixture.proto3.Every"));
    check_line(SL_STR("choice"), sl_oneof_locate(&every->oneofs[0]));
    if (file->service_count == 0)
        return;
    check_line(SL_STR("Greeter"), sl_service_locate(&file->services[0]));
    check_line(SL_STR("Chat"), sl_method_locate(&file->services[0].methods[1]));
}
END_TEST

/* --- lookups --- */

START_TEST(things_are_found_by_name_and_number)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_fixture("proto2.binpb");
    const sl_message *every = sl_schema_find_message(schema, SL_STR("fixture.proto2.Every"));
    ck_assert_ptr_nonnull(every);
    ck_assert_ptr_eq(sl_message_find_field(every, 11),
                     sl_message_find_field_by_name(every, SL_STR("left")));
    ck_assert_ptr_null(sl_message_find_field(every, 50));
    ck_assert_ptr_null(sl_message_find_field_by_name(every, SL_STR("lefu")));
    ck_assert(sl_range_contains(every->reserved_ranges, every->reserved_range_count, 59));
    ck_assert(!sl_range_contains(every->reserved_ranges, every->reserved_range_count, 60));
    ck_assert(sl_range_contains(every->reserved_ranges, every->reserved_range_count, 70));
    ck_assert(!sl_range_contains(every->reserved_ranges, every->reserved_range_count, 71));

    ck_assert_uint_eq(every->known_extension_count, 4);
    ck_assert(sl_str_is(sl_message_find_extension(every, 1000)->full_name,
                        "fixture.proto2.Every.Inner.deep"));
    ck_assert_ptr_eq(sl_message_find_extension(every, 100),
                     sl_schema_find_extension(schema, SL_STR("fixture.proto2.number")));
    ck_assert_ptr_null(sl_message_find_extension(every, 103));

    const sl_enum *closed = sl_schema_find_enum(schema, SL_STR("fixture.proto2.Closed"));
    ck_assert(sl_str_is(sl_enum_find_value(closed, 2)->name, "TWO"));
    ck_assert(sl_str_is(sl_enum_find_value(closed, -3)->full_name, "fixture.proto2.MINUS"));
    ck_assert_ptr_null(sl_enum_find_value(closed, 3));
    ck_assert(closed->is_closed && closed->allows_alias);

    const sl_service *greeter = sl_schema_find_service(schema, SL_STR("fixture.proto2.Greeter"));
    ck_assert_ptr_eq(greeter->methods[0].input, every);
    ck_assert(greeter->methods[1].is_client_streaming && !greeter->methods[0].is_client_streaming);
    ck_assert_ptr_null(sl_schema_find_message(schema, SL_STR("fixture.proto2")));
    ck_assert_ptr_null(sl_schema_find_message(schema, SL_STR("fixture.proto2.Closed")));
    ck_assert_ptr_eq(sl_schema_find_file(schema, SL_STR("proto2.proto")),
                     sl_schema_main_file(schema));
}
END_TEST

START_TEST(message_indexes_lead_there_and_back)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_fixture("proto2.binpb");
    const sl_message *deep =
        sl_schema_find_message(schema, SL_STR("fixture.proto2.Every.Inner.Deep"));
    int32_t indexes[SL_LIMIT_MESSAGE_INDEXES];
    size_t count = sl_message_indexes(schema, deep, indexes);
    ck_assert_uint_eq(count, 3);
    ck_assert_ptr_eq(sl_schema_message_at(schema, indexes, count), deep);
    ck_assert_ptr_null(sl_schema_message_at(schema, (int32_t[]){0, 99}, 2));
    ck_assert_ptr_null(sl_schema_message_at(schema, (int32_t[]){-1}, 1));
    ck_assert_ptr_null(sl_schema_message_at(schema, NULL, 0));

    sl_cleanup(sl_schema_unrefp) sl_schema *other = link_fixture("public.binpb");
    const sl_message *imported = sl_schema_find_message(other, SL_STR("fixture.proto3.Every"));
    ck_assert_uint_eq(sl_message_indexes(other, imported, indexes), 0);
}
END_TEST

/* protoc writes what the main file needs, so nothing is dropped for it, and nearly all for a file at the bottom. */
START_TEST(pruning_keeps_what_the_main_file_reaches)
{
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *all = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *same = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *bottom = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *pruned = NULL;
    sl_error err = {0};
    corpus_read_fixture("edition2026.binpb", &bytes);
    sl_bytes set = sl_buf_bytes(&bytes);
    ck_assert_int_eq(sl_schema_link_set(set, (sl_str){0}, &all, &findings, &err), SL_OK);
    ck_assert_int_eq(sl_schema_prune(all, &same, &err), SL_OK);
    ck_assert_ptr_eq(same, all);
    ck_assert_uint_eq(sl_schema_file_count(all), 4);

    ck_assert_int_eq(sl_schema_link_set(set, SL_STR("proto3.proto"), &bottom, &findings, &err),
                     SL_OK);
    ck_assert_int_eq(sl_schema_prune(bottom, &pruned, &err), SL_OK);
    ck_assert_uint_eq(sl_schema_file_count(pruned), 1);
    const sl_file *before = sl_schema_main_file(bottom), *after = sl_schema_main_file(pruned);
    ck_assert(sl_str_is(after->path, "proto3.proto"));
    ck_assert_int_eq(memcmp(&before->hash, &after->hash, sizeof before->hash), 0);
    ck_assert_uint_gt(sl_message_locate(&after->messages[0]).line, 0);
}
END_TEST

/* With and without source info, in canonical order or not, a file has one hash. */
START_TEST(the_hash_is_of_canonical_bytes)
{
    static const char one[] = "\x0a\x03\x0a\x01"
                              "a";
    static const char with_source_info[] = "\x0a\x05\x4a\x00\x0a\x01"
                                           "a";
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *first = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *second = NULL;
    sl_bytes a = {(const uint8_t *)one, sizeof one - 1};
    sl_bytes b = {(const uint8_t *)with_source_info, sizeof with_source_info - 1};
    ck_assert_int_eq(sl_schema_link_set(a, (sl_str){0}, &first, &findings, NULL), SL_OK);
    ck_assert_int_eq(sl_schema_link_set(b, (sl_str){0}, &second, &findings, NULL), SL_OK);
    const sl_file *left = sl_schema_main_file(first), *right = sl_schema_main_file(second);
    ck_assert_int_eq(memcmp(&left->hash, &right->hash, sizeof left->hash), 0);
    ck_assert(sl_str_is(sl_bytes_str(right->serialized), "\x0a\x01"
                                                         "a"));
}
END_TEST

static Suite *link_suite(void)
{
    Suite *suite = suite_create("link");
    TCase *tcase = tcase_create("link");
    tcase_add_loop_test(tcase, means_what_upb_says, 0, SL_ARRAY_LEN(fixtures));
    tcase_add_test(tcase, relative_names_mean_what_protoc_resolves);
    tcase_add_loop_test(tcase, edition_defaults_are_protocs, 0, 5);
    tcase_add_test(tcase, later_editions_are_not_known);
    tcase_add_loop_test(tcase, elements_stand_where_the_text_has_them, 0, 2);
    tcase_add_test(tcase, things_are_found_by_name_and_number);
    tcase_add_test(tcase, message_indexes_lead_there_and_back);
    tcase_add_test(tcase, pruning_keeps_what_the_main_file_reaches);
    tcase_add_test(tcase, the_hash_is_of_canonical_bytes);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(link_suite)
