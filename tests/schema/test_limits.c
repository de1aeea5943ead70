/* tests/schema/test_limits.c: sets that are small to write and large to link.
 *
 * Each meets one limit of base/limits.def that bounds linking as a whole; those of single descriptors are test_descriptor.c's. */
#include "schema/schema.h"
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdio.h>

enum {
    SET_FILE = 1,
    FILE_NAME = 1,
    FILE_PACKAGE = 2,
    FILE_DEPENDENCY = 3,
    FILE_MESSAGE = 4,
    FILE_SOURCE_INFO = 9,
    FILE_PUBLIC = 10,
    MESSAGE_NAME = 1,
    MESSAGE_FIELD = 2,
    MESSAGE_NESTED = 3,
};

static void put_text(sl_buf *buf, uint32_t number, const char *text)
{
    sl_wire_put_len(buf, number, sl_str_bytes(sl_str_from(text)));
}

/* A package of `parts` one-letter names. */
static void put_package(sl_buf *file, size_t parts)
{
    sl_cleanup(sl_buf_done) sl_buf name = {0};
    for (size_t i = 0; i < parts; i++)
        sl_buf_append(&name, "a.", i + 1 < parts ? 2 : 1);
    sl_wire_put_len(file, FILE_PACKAGE, sl_buf_bytes(&name));
}

/* optional `type` `name` = `number`, of a message type. */
static void put_field(sl_buf *message, const char *name, uint32_t number, const char *type)
{
    sl_cleanup(sl_buf_done) sl_buf field = {0};
    put_text(&field, 1, name);
    sl_wire_put_tag(&field, 3, SL_WIRE_VARINT);
    sl_wire_put_varint(&field, number);
    sl_wire_put_tag(&field, 5, SL_WIRE_VARINT);
    sl_wire_put_varint(&field, SL_TYPE_MESSAGE);
    put_text(&field, 6, type);
    sl_wire_put_len(message, MESSAGE_FIELD, sl_buf_bytes(&field));
}

/* Messages M0, M1, …, without fields. */
static void put_messages(sl_buf *file, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        sl_cleanup(sl_buf_done) sl_buf message = {0};
        char name[16];
        snprintf(name, sizeof name, "M%u", i);
        put_text(&message, MESSAGE_NAME, name);
        sl_wire_put_len(file, FILE_MESSAGE, sl_buf_bytes(&message));
    }
}

static void expect_limit(const sl_buf *file, const char *limit)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    sl_bytes bytes = sl_buf_bytes(file);
    ck_assert_int_eq(sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, &err), SL_LIMIT);
    ck_assert_ptr_null(schema);
    ck_assert_msg(strstr(err.text, limit), "%s", err.text);
}

/* A chain of messages of 99-byte names whose last full name has `len` bytes. */
static void put_nested(sl_buf *file, size_t len)
{
    enum { PART = 99, ROOM = 64 };
    char name[PART + 1];
    size_t parts = (len + PART) / (PART + 1);
    sl_cleanup(sl_buf_done) sl_buf inner = {0};
    ck_assert_uint_lt(parts, ROOM);
    for (size_t i = parts; i > 0; i--) {
        sl_cleanup(sl_buf_done) sl_buf message = {0};
        size_t name_len = i == parts ? len - (parts - 1) * (PART + 1) : PART;
        memset(name, 'm', name_len);
        name[name_len] = '\0';
        put_text(&message, MESSAGE_NAME, name);
        if (i < parts)
            sl_wire_put_len(&message, MESSAGE_NESTED, sl_buf_bytes(&inner));
        sl_buf_clear(&inner);
        sl_buf_append(&inner, message.data, message.len);
    }
    sl_wire_put_len(file, FILE_MESSAGE, sl_buf_bytes(&inner));
}

static const struct {
    size_t len;
    bool fits;
} full_names[] = {{SL_LIMIT_FULL_NAME_BYTES, true}, {SL_LIMIT_FULL_NAME_BYTES + 1, false}};

START_TEST(a_full_name_has_its_limit)
{
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    put_text(&file, FILE_NAME, "a.proto");
    put_nested(&file, full_names[_i].len);
    sl_bytes bytes = sl_buf_bytes(&file);
    ck_assert_int_eq(sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, &err), SL_OK);
    ck_assert((schema != NULL) == full_names[_i].fits);
    ck_assert_uint_eq(findings.list.count, full_names[_i].fits ? 0 : 1);
    if (full_names[_i].fits)
        return;
    ck_assert(sl_str_is(findings.list.items[0].rule, "NAME_TOO_LONG"));
    ck_assert(sl_str_contains(findings.list.items[0].message, SL_STR("FULL_NAME_BYTES (4096)")));
}
END_TEST

START_TEST(all_names_together_have_their_limit)
{
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    put_text(&file, FILE_NAME, "a.proto");
    put_package(&file, 2000);
    put_messages(&file, SL_LIMIT_NAMES_BYTES / 4000 + 1);
    expect_limit(&file, "NAMES_BYTES");
}
END_TEST

START_TEST(resolving_relative_names_has_its_limit)
{
    enum { PARTS = 100, TYPE_BYTES = 4000, LOOKUPS = 2700 };
    char type[TYPE_BYTES + 1];
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_cleanup(sl_buf_done) sl_buf message = {0};
    memset(type, 't', TYPE_BYTES);
    type[TYPE_BYTES] = '\0';
    put_text(&file, FILE_NAME, "a.proto");
    put_package(&file, PARTS);
    put_text(&message, MESSAGE_NAME, "M");
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        put_field(&message, name, i + 1, type);
    }
    sl_wire_put_len(&file, FILE_MESSAGE, sl_buf_bytes(&message));
    expect_limit(&file, "LOOKUP_BYTES");
}
END_TEST

/* 16 MB of source info and hundreds of findings: the first have a line, the last do not, and all are there. */
START_TEST(finding_lines_has_its_limit)
{
    enum { INFO_BYTES = 16 << 20, FINDINGS = 200 };
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_cleanup(sl_buf_done) sl_buf message = {0};
    sl_cleanup(sl_buf_done) sl_buf info = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    put_text(&file, FILE_NAME, "a.proto");
    put_text(&message, MESSAGE_NAME, "M");
    for (uint32_t i = 0; i < FINDINGS; i++) {
        char name[16],
            path[] = {0x0a, 4, 4, 0, 2, (char)(i & 0x7f), 0x12, 3, (char)(i & 0x7f), 1, 2};
        snprintf(name, sizeof name, "f%u", i);
        put_field(&message, name, i + 1, ".nowhere");
        if (i < 128)
            sl_wire_put_len(&info, 1, (sl_bytes){(const uint8_t *)path, sizeof path});
    }
    sl_wire_put_len(&file, FILE_MESSAGE, sl_buf_bytes(&message));
    char *filler = sl_buf_reserve(&message, INFO_BYTES);
    ck_assert_ptr_nonnull(filler);
    memset(filler, 0, INFO_BYTES);
    sl_wire_put_len(&info, 99, (sl_bytes){(const uint8_t *)filler, INFO_BYTES});
    sl_wire_put_len(&file, FILE_SOURCE_INFO, sl_buf_bytes(&info));

    sl_bytes bytes = sl_buf_bytes(&file);
    ck_assert_int_eq(sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, &err), SL_OK);
    ck_assert_uint_eq(findings.list.count, FINDINGS);
    ck_assert_uint_eq(findings.list.items[0].at.line, 1);
    ck_assert_uint_eq(findings.list.items[60].at.line, 61);
    ck_assert_uint_eq(findings.list.items[100].at.line, 0);
    ck_assert(sl_str_is(findings.list.items[FINDINGS - 1].at.file, "a.proto"));
}
END_TEST

START_TEST(more_findings_than_are_told_are_counted)
{
    enum { FINDINGS = SL_LIMIT_FINDINGS + 50 };
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_cleanup(sl_buf_done) sl_buf message = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    put_text(&file, FILE_NAME, "a.proto");
    put_text(&message, MESSAGE_NAME, "M");
    for (uint32_t i = 0; i < FINDINGS; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        put_field(&message, name, i + 1, ".nowhere");
    }
    sl_wire_put_len(&file, FILE_MESSAGE, sl_buf_bytes(&message));
    sl_bytes bytes = sl_buf_bytes(&file);
    ck_assert_int_eq(sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, NULL), SL_OK);
    ck_assert_uint_eq(findings.list.count, SL_LIMIT_FINDINGS);
    ck_assert_uint_eq(findings.error_count, FINDINGS);
    ck_assert_uint_eq(findings.left_out, 50);
}
END_TEST

/* Every file imports the one before it publicly and uses the type of the first: chains are walked without recursion. */
static void put_chain(sl_buf *set, unsigned files)
{
    for (unsigned i = 0; i < files; i++) {
        sl_cleanup(sl_buf_done) sl_buf file = {0};
        sl_cleanup(sl_buf_done) sl_buf message = {0};
        char name[32];
        snprintf(name, sizeof name, "f%u.proto", i);
        put_text(&file, FILE_NAME, name);
        snprintf(name, sizeof name, "f%u.proto", i - 1);
        if (i > 0)
            put_text(&file, FILE_DEPENDENCY, name);
        snprintf(name, sizeof name, "M%u", i);
        put_text(&message, MESSAGE_NAME, name);
        put_field(&message, "f", 1, ".M0");
        sl_wire_put_len(&file, FILE_MESSAGE, sl_buf_bytes(&message));
        if (i > 0)
            sl_wire_put_len(&file, FILE_PUBLIC, (sl_bytes){(const uint8_t *)"", 1});
        sl_wire_put_len(set, SET_FILE, sl_buf_bytes(&file));
    }
}

START_TEST(a_long_chain_of_public_imports_is_walked)
{
    enum { FILES = 3000 };
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    put_chain(&set, FILES);
    ck_assert_int_eq(sl_schema_link_set(sl_buf_bytes(&set), (sl_str){0}, &schema, &findings, NULL),
                     SL_OK);
    ck_assert_ptr_nonnull(schema);
    ck_assert_uint_eq(sl_schema_file_count(schema), FILES);
}
END_TEST

START_TEST(following_public_imports_has_its_limit)
{
    enum {
        FILES = 10100
    }; /* each goes back to the first: a good fifty million steps, and two each */
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    put_chain(&set, FILES);
    ck_assert_int_eq(sl_schema_link_set(sl_buf_bytes(&set), (sl_str){0}, &schema, &findings, &err),
                     SL_LIMIT);
    ck_assert_ptr_null(schema);
    ck_assert_msg(strstr(err.text, "IMPORT_STEPS"), "%s", err.text);
}
END_TEST

/* Half a million names in each of two files and one more. */
START_TEST(names_of_all_files_together_have_their_limit)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    for (int i = 0; i < 2; i++) {
        sl_cleanup(sl_buf_done) sl_buf file = {0};
        sl_cleanup(sl_buf_done) sl_buf values = {0};
        put_text(&file, FILE_NAME, i == 0 ? "a.proto" : "b.proto");
        put_text(&file, FILE_PACKAGE, i == 0 ? "a" : "b");
        put_text(&values, 1, "E");
        for (unsigned v = 0; v < SL_LIMIT_SCHEMA_SYMBOLS / 2; v++) {
            char name[16];
            sl_cleanup(sl_buf_done) sl_buf value = {0};
            snprintf(name, sizeof name, "V%u", v);
            put_text(&value, 1, name);
            sl_wire_put_len(&values, 2, sl_buf_bytes(&value));
        }
        sl_wire_put_len(&file, 5, sl_buf_bytes(&values));
        sl_wire_put_len(&set, SET_FILE, sl_buf_bytes(&file));
    }
    ck_assert_int_eq(sl_schema_link_set(sl_buf_bytes(&set), (sl_str){0}, &schema, &findings, &err),
                     SL_LIMIT);
    ck_assert_ptr_null(schema);
    ck_assert_msg(strstr(err.text, "SCHEMA_SYMBOLS"), "%s", err.text);
}
END_TEST

START_TEST(the_default_of_a_real_has_its_limit)
{
    char digits[SL_LIMIT_DEFAULT_REAL_BYTES + 1];
    memset(digits, '0', sizeof digits);
    memcpy(digits, "0.", 2);
    digits[sizeof digits - 1] = '7';
    ck_assert(sl_default_is_valid(SL_TYPE_DOUBLE, (sl_str){digits, sizeof digits - 1}));
    ck_assert(!sl_default_is_valid(SL_TYPE_DOUBLE, (sl_str){digits, sizeof digits}));
}
END_TEST

static Suite *limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *tcase = tcase_create("limits");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, a_full_name_has_its_limit, 0, SL_ARRAY_LEN(full_names));
    tcase_add_test(tcase, all_names_together_have_their_limit);
    tcase_add_test(tcase, resolving_relative_names_has_its_limit);
    tcase_add_test(tcase, finding_lines_has_its_limit);
    tcase_add_test(tcase, more_findings_than_are_told_are_counted);
    tcase_add_test(tcase, a_long_chain_of_public_imports_is_walked);
    tcase_add_test(tcase, following_public_imports_has_its_limit);
    tcase_add_test(tcase, names_of_all_files_together_have_their_limit);
    tcase_add_test(tcase, the_default_of_a_real_has_its_limit);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(limits_suite)
