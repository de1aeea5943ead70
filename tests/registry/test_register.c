/* tests/registry/test_register.c: schemas arriving: what is the same, what is refused, what imports become. */
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

static fixture f;

static sl_bytes a_with(const char *fields)
{
    return make_file(&f, "a.proto", "A", fields);
}

/* --- the same again -------------------------------------------------------------------------- */

START_TEST(the_same_schema_has_one_id_and_one_version)
{
    fixture_open(&f, _i);
    OK(&f, register_set(&f, &checkout, "one", a_with("id:1:i")));
    ck_assert(f.answer.is_new && f.answer.version.id == 1 && f.answer.version.version == 1);
    char guid[SL_GUID_TEXT_SIZE + 1];
    memcpy(guid, f.answer.version.guid, sizeof guid);
    OK(&f, register_set(&f, &billing, "one", a_with("id:1:i")));
    ck_assert(!f.answer.is_new && f.answer.version.id == 1 && f.answer.version.version == 1);
    ck_assert(sl_str_is(f.answer.version.created_by, "checkout"));
    OK(&f, register_set(&f, &checkout, "two", a_with("id:1:i")));
    ck_assert(f.answer.is_new && f.answer.version.id == 1 && f.answer.version.version == 1);
    ck_assert_str_eq(f.answer.version.guid, guid);
    OK(&f, register_set(&f, &checkout, "one", a_with("id:1:i name:2:s")));
    ck_assert(f.answer.is_new && f.answer.version.id == 2 && f.answer.version.version == 2);
    /* An old version again is that version, not a new one. */
    OK(&f, register_set(&f, &checkout, "one", a_with("id:1:i")));
    ck_assert(!f.answer.is_new && f.answer.version.id == 1 && f.answer.version.version == 1);
    fixture_close(&f);
}
END_TEST

START_TEST(what_was_registered_reads_back)
{
    sl_version version;
    sl_versions list;
    sl_schema *schema = NULL;
    fixture_open(&f, _i);
    sl_bytes sent = read_repository_file(&f, "examples/orders/v1.binpb");
    must_register(&f, "orders", sent);
    OK(&f, sl_registry_version_get(f.registry, SL_STR("orders"), SL_VERSION_LATEST, &f.arena,
                                   &version, &f.problem));
    ck_assert(version.version == 1 && sl_str_is(version.main, "orders/v1/order.proto"));
    ck_assert(sl_str_is(version.messages[0], "orders.v1.OrderPlaced"));
    OK(&f, sl_registry_version_list(f.registry, SL_STR("orders"), (sl_page){0}, &f.arena, &list,
                                    &f.problem));
    ck_assert(list.count == 1 && list.items[0].id == version.id);
    OK(&f, sl_registry_version_schema(f.registry, SL_STR("orders"), 1, &schema, &f.problem));
    /* With its lines: source info is kept beside the version. */
    const sl_message *message = sl_schema_find_message(schema, version.messages[0]);
    ck_assert_uint_gt(sl_message_locate(message).line, 0);
    sl_schema_unref(schema);
    OK(&f, sl_registry_schema_get(f.registry, version.id, &schema, &f.problem));
    ck_assert_ptr_nonnull(sl_schema_find_message(schema, version.messages[0]));
    sl_schema_unref(schema);
    REFUSED(&f, NO_SUBJECT,
            sl_registry_version_get(f.registry, SL_STR("x"), 1, &f.arena, &version, &f.problem));
    REFUSED(
        &f, NO_VERSION,
        sl_registry_version_get(f.registry, SL_STR("orders"), 2, &f.arena, &version, &f.problem));
    REFUSED(&f, NO_SCHEMA, sl_registry_schema_get(f.registry, 99, &schema, &f.problem));
    fixture_close(&f);
}
END_TEST

/* --- levels ---------------------------------------------------------------------------------- */

/* v1 {id}, v2 {id, name}: then a third. "drop": {id} and a new field, so `name` of v2 is gone. "retype": name changes its type, which
 * breaks both ways. "required": a required field comes, which v1 and v2 writers do not send. "only_v1": reuses number 3 as string, where v1
 * had an int32 that v2 had not any more: only a transitive level sees it. */
typedef enum outcome { FITS, BREAKS } outcome;
static const struct {
    const char *name, *level;
    outcome retype, only_v1;
} levels[] = {
    {"none", "NONE", FITS, FITS},
    {"backward", "BACKWARD", BREAKS, FITS},
    {"backward_transitive", "BACKWARD_TRANSITIVE", BREAKS, BREAKS},
    {"forward", "FORWARD", BREAKS, FITS},
    {"forward_transitive", "FORWARD_TRANSITIVE", BREAKS, BREAKS},
    {"full", "FULL", BREAKS, FITS},
    {"full_transitive", "FULL_TRANSITIVE", BREAKS, BREAKS},
};

static void set_level(const char *subject, const char *name)
{
    sl_compat_level level;
    ck_assert(sl_compat_level_parse(sl_str_from(name), &level));
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, sl_str_from(subject), level, &f.arena,
                                         &f.problem));
}

static void expect(outcome want, const char *what, const char *fields)
{
    sl_status status = register_set(&f, &checkout, "s", a_with(fields));
    if (want == FITS) {
        ck_assert_msg(status == SL_OK, "%s: %s", what, f.problem.error.text);
        return;
    }
    ck_assert_msg(status == SL_CONFLICT && f.problem.code == SL_PROBLEM_INCOMPATIBLE, "%s: %s",
                  what, sl_status_name(status));
    ck_assert_uint_ge(f.answer.findings.error_count, 1);
}

START_TEST(every_level_compares_with_its_versions)
{
    size_t at = (size_t)_i / TEMP_DRIVER_COUNT;
    fixture_open(&f, _i % TEMP_DRIVER_COUNT);
    must_register(&f, "s", a_with("id:1:i old:3:i"));
    set_level("s", "NONE");
    must_register(&f, "s", a_with("id:1:i name:2:s"));
    set_level("s", levels[at].level);
    expect(levels[at].retype, "retype", "id:1:i name:2:i");
    if (levels[at].retype == FITS)
        must_register(&f, "s", a_with("id:1:i name:2:s more:4:s"));
    expect(levels[at].only_v1, "only_v1", "id:1:i name:2:s reused:3:s");
    if (levels[at].only_v1 == BREAKS) {
        sl_str told = f.answer.findings.list.items[0].message;
        ck_assert_msg(sl_str_contains(told, SL_STR("(against version 1)")), "%.*s",
                      SL_STR_ARG(told));
    }
    fixture_close(&f);
}
END_TEST

START_TEST(a_finding_is_told_once_against_the_newest_version)
{
    fixture_open(&f, _i);
    must_register(&f, "s", a_with("id:1:i name:2:s"));
    must_register(&f, "s", a_with("id:1:i name:2:s x:3:i"));
    set_level("s", "FULL_TRANSITIVE");
    ck_assert_int_eq(register_set(&f, &checkout, "s", a_with("id:1:i name:2:i x:3:i")),
                     SL_CONFLICT);
    size_t type_changes = 0;
    for (size_t i = 0; i < f.answer.findings.list.count; i++) {
        sl_str told = f.answer.findings.list.items[i].message;
        ck_assert(!sl_str_contains(told, SL_STR("version 1)")));
        type_changes += sl_str_contains(told, SL_STR("version 2)"));
    }
    ck_assert_uint_ge(type_changes, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(loosening_is_the_administrators)
{
    sl_subject subject;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_str name = SL_STR("orders-value");
    REFUSED(&f, FORBIDDEN,
            sl_registry_subject_set_level(f.registry, &checkout, name, SL_LEVEL_BACKWARD, &f.arena,
                                          &f.problem));
    REFUSED(&f, FORBIDDEN,
            sl_registry_subject_set_level(f.registry, &billing, name, SL_LEVEL_FULL_TRANSITIVE,
                                          &f.arena, &f.problem));
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, name, SL_LEVEL_BACKWARD, &f.arena,
                                         &f.problem));
    OK(&f, sl_registry_subject_set_level(f.registry, &checkout, name, SL_LEVEL_FULL, &f.arena,
                                         &f.problem));
    OK(&f, sl_registry_subject_get(f.registry, name, &f.arena, &subject, &f.problem));
    ck_assert(subject.level == SL_LEVEL_FULL && subject.has_own_level);
    ck_assert(sl_str_is(subject.topic, "orders") && subject.latest_version == 1);
    REFUSED(&f, NO_SUBJECT,
            sl_registry_subject_set_level(f.registry, &admin, SL_STR("nothing"), SL_LEVEL_FULL,
                                          &f.arena, &f.problem));
    fixture_close(&f);
}
END_TEST

/* --- contracts ------------------------------------------------------------------------------- */

START_TEST(a_contracts_message_type_is_not_lost)
{
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    set_level("orders-value", "NONE");
    sl_bytes other = make_file(&f, "orders.proto", "B", "id:1:i");
    REFUSED(&f, CONTRACT_BROKEN, register_set(&f, &checkout, "orders-value", other));
    ck_assert(sl_str_is(f.problem.owner.producer, "checkout"));
    ck_assert_uint_eq(f.answer.findings.error_count, 1);
    OK(&f,
       register_set(&f, &checkout, "orders-value", make_file(&f, "orders.proto", "B|A", "id:1:s")));
    fixture_close(&f);
}
END_TEST

/* Without a contract the level guards it: payloads of a type that is gone have no reader. */
START_TEST(a_payloads_message_type_is_not_lost)
{
    fixture_open(&f, _i);
    must_register(&f, "s", make_file(&f, "a.proto", "A|B", "id:1:i"));
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, SL_STR("s"), SL_LEVEL_FULL_TRANSITIVE,
                                         &f.arena, &f.problem));
    REFUSED(&f, INCOMPATIBLE,
            register_set(&f, &admin, "s", make_file(&f, "a.proto", "A", "id:1:i")));
    ck_assert(sl_str_is(f.answer.findings.list.items[0].rule, "PAYLOAD_MESSAGE_NO_DELETE"));
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, SL_STR("s"), SL_LEVEL_FORWARD,
                                         &f.arena, &f.problem));
    must_register(&f, "s", make_file(&f, "a.proto", "A", "id:1:i"));
    fixture_close(&f);
}
END_TEST

START_TEST(only_a_side_of_the_contract_registers)
{
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_bytes wider = make_file(&f, "orders.proto", "A", "id:1:i name:2:s more:3:i");
    REFUSED(&f, FORBIDDEN, register_set(&f, &billing, "orders-value", wider));
    ck_assert(sl_str_is(f.problem.owner.team, "payments"));
    REFUSED(&f, UNAUTHENTICATED, register_set(&f, &anonymous, "orders-value", wider));
    OK(&f, register_set(&f, &billing, "free", wider));
    OK(&f, register_set(&f, &checkout, "orders-value", wider));
    fixture_close(&f);
}
END_TEST

/* --- imports --------------------------------------------------------------------------------- */

static sl_bytes with_import(const char *common_fields, const char *main_fields)
{
    const file_spec specs[] = {
        {.path = "common.proto", .message = "Common", .fields = common_fields},
        {.path = "main.proto",
         .message = "Main",
         .fields = main_fields,
         .import = "common.proto",
         .field_type = ".p.Common"},
    };
    return make_set(&f, specs, SL_ARRAY_LEN(specs));
}

START_TEST(imports_are_registered_under_their_path)
{
    sl_version common;
    fixture_open(&f, _i);
    OK(&f, register_set(&f, &checkout, "main-value", with_import("a:1:i", "x:1:i")));
    const sl_version *main = &f.answer.version;
    ck_assert(main->id == 2 && main->reference_count == 1 && main->version == 1);
    ck_assert(sl_str_is(main->references[0].name, "common.proto"));
    ck_assert(sl_str_is(main->references[0].subject, "common.proto"));
    ck_assert_int_eq(main->references[0].version, 1);
    OK(&f, sl_registry_version_get(f.registry, SL_STR("common.proto"), 1, &f.arena, &common,
                                   &f.problem));
    ck_assert(common.id == 1 && common.reference_count == 0);

    /* The same import again is the same version; a changed one is the next. */
    OK(&f, register_set(&f, &checkout, "main-value", with_import("a:1:i", "x:1:i y:2:i")));
    ck_assert(main->version == 2 && main->references[0].version == 1);
    OK(&f, register_set(&f, &checkout, "main-value", with_import("a:1:i b:2:i", "x:1:i y:2:i")));
    ck_assert(f.answer.is_new && main->version == 3 && main->references[0].version == 2);
    OK(&f, register_set(&f, &checkout, "main-value", with_import("a:1:i", "x:1:i y:2:i")));
    ck_assert(!f.answer.is_new && main->version == 2 && main->references[0].version == 1);

    /* An import's subject has readers of its own, and its level counts. */
    ck_assert_int_eq(register_set(&f, &checkout, "main-value", with_import("a:1:s b:2:i", "x:1:i")),
                     SL_CONFLICT);
    ck_assert_int_eq(f.problem.code, SL_PROBLEM_INCOMPATIBLE);
    sl_versions list;
    OK(&f, sl_registry_version_list(f.registry, SL_STR("common.proto"), (sl_page){0}, &f.arena,
                                    &list, &f.problem));
    ck_assert_uint_eq(list.count, 2);
    fixture_close(&f);
}
END_TEST

START_TEST(an_import_and_the_subject_cannot_be_one)
{
    fixture_open(&f, _i);
    REFUSED(&f, INVALID,
            register_set(&f, &checkout, "common.proto", with_import("a:1:i", "x:1:i")));
    fixture_close(&f);
}
END_TEST

/* Files of which each imports the one before: together they reach n * (n + 1) / 2. */
static sl_bytes make_chain(size_t count)
{
    static char paths[500][16];
    file_spec specs[500];
    ck_assert_uint_le(count, SL_ARRAY_LEN(specs));
    for (size_t i = 0; i < count; i++) {
        char *names = sl_arena_calloc(&f.arena, 1, 16);
        snprintf(paths[i], sizeof paths[i], "c%zu.proto", i);
        snprintf(names, 16, "M%zu", i);
        specs[i] = (file_spec){.path = paths[i],
                               .message = names,
                               .fields = "a:1:i",
                               .import = i ? paths[i - 1] : NULL};
    }
    return make_set(&f, specs, count);
}

static const struct {
    size_t files;
    bool fits;
} chains[] = {{446, true}, {447, false}};

START_TEST(a_chain_of_imports_is_bounded_before_it_is_stored)
{
    const bool checks[] = {true, false};
    fixture_open(&f, _i % TEMP_DRIVER_COUNT);
    size_t at = (size_t)_i / TEMP_DRIVER_COUNT;
    for (size_t i = 0; i < SL_ARRAY_LEN(checks); i++) {
        sl_register_request request = {.subject = SL_STR("s"),
                                       .descriptor_set = make_chain(chains[at].files),
                                       .is_check = checks[i]};
        if (chains[at].fits)
            OK(&f, register_request(&f, &admin, &request));
        else
            REFUSED(&f, LIMIT, register_request(&f, &admin, &request));
        ck_assert(chains[at].fits || strstr(f.problem.error.text, "limit REGISTER_CLOSURE_FILES"));
    }
    fixture_close(&f);
}
END_TEST

START_TEST(builtin_imports_are_kept_but_not_registered)
{
    const file_spec specs[] = {
        {.path = "google/type/thing.proto", .message = "Common", .fields = "a:1:i"},
        {.path = "main.proto",
         .message = "Main",
         .fields = "x:1:i",
         .import = "google/type/thing.proto",
         .field_type = ".p.Common"},
    };
    sl_subjects subjects;
    sl_schema *schema = NULL;
    fixture_open(&f, _i);
    must_register(&f, "main-value", make_set(&f, specs, SL_ARRAY_LEN(specs)));
    ck_assert_uint_eq(f.answer.version.reference_count, 0);
    OK(&f, sl_registry_subject_list(f.registry, SL_STR(""), (sl_page){0}, &f.arena, &subjects,
                                    &f.problem));
    ck_assert_uint_eq(subjects.count, 1);
    OK(&f, sl_registry_version_schema(f.registry, SL_STR("main-value"), 1, &schema, &f.problem));
    ck_assert_ptr_nonnull(sl_schema_find_message(schema, SL_STR("p.Common")));
    sl_schema_unref(schema);
    fixture_close(&f);
}
END_TEST

/* --- which file is the main one --------------------------------------------------------------- */

static const struct {
    const char *name, *main, *type, *want;
} mains[] = {
    {"the_last_file", NULL, NULL, "main.proto"},
    {"the_one_named", "common.proto", NULL, "common.proto"},
    {"the_one_that_defines_the_type", NULL, "p.Common", "common.proto"},
    {"named_and_defines_it", "main.proto", "p.Main", "main.proto"},
    {"named_but_another_defines_it", "main.proto", "p.Common", NULL},
    {"a_type_that_is_not_there", NULL, "p.Nothing", NULL},
};

START_TEST(a_schema_is_found_by_its_id)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    fixture_open(&f, _i);
    must_register(&f, "s", make_file(&f, "a.proto", "A", "id:1:i"));
    OK(&f, sl_registry_schema_get(f.registry, f.answer.version.id, &schema, &f.problem));
    ck_assert(sl_str_is(sl_schema_main_file(schema)->path, "a.proto"));
    REFUSED(&f, NO_SCHEMA,
            sl_registry_schema_get(f.registry, f.answer.version.id + 1, &schema, &f.problem));
    fixture_close(&f);
}
END_TEST

START_TEST(the_main_file_is_chosen)
{
    size_t at = (size_t)_i / TEMP_DRIVER_COUNT;
    fixture_open(&f, _i % TEMP_DRIVER_COUNT);
    sl_register_request request = {.subject = SL_STR("s"),
                                   .descriptor_set = with_import("a:1:i", "x:1:i"),
                                   .main = sl_str_from(mains[at].main),
                                   .message_type = sl_str_from(mains[at].type)};
    sl_status status = register_request(&f, &checkout, &request);
    if (mains[at].want) {
        ck_assert_msg(status == SL_OK, "%s: %s", mains[at].name, f.problem.error.text);
        ck_assert(sl_str_is(f.answer.version.main, mains[at].want));
    } else {
        ck_assert_msg(f.problem.code == SL_PROBLEM_NO_MESSAGE_TYPE, "%s", mains[at].name);
    }
    fixture_close(&f);
}
END_TEST

/* --- what is none ---------------------------------------------------------------------------- */

START_TEST(files_that_make_no_schema_are_refused_with_findings)
{
    const file_spec lost = {.path = "main.proto",
                            .message = "Main",
                            .fields = "x:1:i",
                            .import = "common.proto",
                            .field_type = ".p.Common"};
    fixture_open(&f, _i);
    REFUSED(&f, NOT_A_SCHEMA, register_set(&f, &checkout, "s", make_set(&f, &lost, 1)));
    ck_assert_uint_ge(f.answer.findings.error_count, 1);
    REFUSED(&f, NOT_A_SCHEMA,
            register_set(&f, &checkout, "s", (sl_bytes){(const uint8_t *)"\x0a\x05garbage", 9}));
    REFUSED(&f, NOT_A_SCHEMA, register_set(&f, &checkout, "s", (sl_bytes){(const uint8_t *)"", 0}));
    REFUSED(&f, INVALID, register_set(&f, &checkout, "", a_with("id:1:i")));
    REFUSED(&f, INVALID, register_set(&f, &checkout, "a\nb", a_with("id:1:i")));
    sl_subject subject;
    REFUSED(&f, NO_SUBJECT,
            sl_registry_subject_get(f.registry, SL_STR("s"), &f.arena, &subject, &f.problem));
    fixture_close(&f);
}
END_TEST

/* --- checks ---------------------------------------------------------------------------------- */

static sl_status check(const sl_actor *actor, sl_register_request request)
{
    request.is_check = true;
    return register_request(&f, actor, &request);
}

START_TEST(a_check_says_what_registering_would_meet_and_stores_nothing)
{
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_register_request request = {.topic = SL_STR("orders"),
                                   .descriptor_set =
                                       make_file(&f, "orders.proto", "A", "id:1:i name:2:i")};
    sl_registry_stats before, after;
    sl_registry_get_stats(f.registry, &before);
    OK(&f, check(&anonymous, request));
    ck_assert(sl_findings_have_errors(&f.answer.findings));
    request.descriptor_set = make_file(&f, "orders.proto", "A", "id:1:i name:2:s more:3:i");
    OK(&f, check(&anonymous, request));
    ck_assert(!sl_findings_have_errors(&f.answer.findings));
    ck_assert(f.answer.is_new && f.answer.version.version == 2 && f.answer.version.id == 0);
    ck_assert(sl_str_is(f.answer.version.subject, "orders-value"));
    REFUSED(&f, FORBIDDEN, check(&billing, request));
    request.descriptor_set = (sl_bytes){(const uint8_t *)"x", 1};
    OK(&f, check(&anonymous, request));
    ck_assert(sl_findings_have_errors(&f.answer.findings));
    request.topic = SL_STR("nothing");
    REFUSED(&f, NO_CONTRACT, check(&anonymous, request));
    sl_registry_get_stats(f.registry, &after);
    ck_assert_uint_eq(before.write_jobs, after.write_jobs);
    ck_assert_int_eq(before.change_seq, after.change_seq);
    fixture_close(&f);
}
END_TEST

START_TEST(subjects_are_listed_by_prefix_and_page)
{
    static const char *const names[] = {"a", "b-1", "b-2", "b-3", "c"};
    sl_subjects list;
    fixture_open(&f, _i);
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++)
        must_register(&f, names[i], a_with("id:1:i"));
    OK(&f, sl_registry_subject_list(f.registry, SL_STR("b-"), (sl_page){.limit = 2}, &f.arena,
                                    &list, &f.problem));
    ck_assert(list.count == 2 && sl_str_is(list.items[0].name, "b-1"));
    ck_assert(sl_str_is(list.next_cursor, "b-2"));
    OK(&f, sl_registry_subject_list(f.registry, SL_STR("b-"),
                                    (sl_page){.limit = 2, .cursor = list.next_cursor}, &f.arena,
                                    &list, &f.problem));
    ck_assert(list.count == 1 && sl_str_is(list.items[0].name, "b-3") && !list.next_cursor.data);
    OK(&f, sl_registry_subject_list(f.registry, (sl_str){0}, (sl_page){0}, &f.arena, &list,
                                    &f.problem));
    ck_assert_uint_eq(list.count, 5);
    fixture_close(&f);
}
END_TEST

static Suite *register_suite(void)
{
    Suite *suite = suite_create("register");
    TCase *tcase = tcase_create("drivers");
    tcase_add_loop_test(tcase, the_same_schema_has_one_id_and_one_version, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, what_was_registered_reads_back, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, every_level_compares_with_its_versions, 0,
                        (int)SL_ARRAY_LEN(levels) * TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_finding_is_told_once_against_the_newest_version, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, loosening_is_the_administrators, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_contracts_message_type_is_not_lost, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_payloads_message_type_is_not_lost, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, only_a_side_of_the_contract_registers, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, imports_are_registered_under_their_path, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, an_import_and_the_subject_cannot_be_one, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_chain_of_imports_is_bounded_before_it_is_stored, 0,
                        (int)SL_ARRAY_LEN(chains) * TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, builtin_imports_are_kept_but_not_registered, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_schema_is_found_by_its_id, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_main_file_is_chosen, 0,
                        (int)SL_ARRAY_LEN(mains) * TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, files_that_make_no_schema_are_refused_with_findings, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_check_says_what_registering_would_meet_and_stores_nothing, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, subjects_are_listed_by_prefix_and_page, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(register_suite)
