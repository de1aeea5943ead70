/* tests/fault/test_registry_disk.c: the disk is full, or fails, or the process dies, at every operation in turn.
 *
 * SQLite runs on a file layer with a countdown (shim_vfs.c), so each point between two writes is hit exactly, without luck or timing. */
#include "tests/fault/shim_vfs.h"
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static fixture f;

enum { SWEEP_MOST = 2000 };

static void open_on_shim(void)
{
    shim_install();
    shim_arm(0, SHIM_IO, false);
    fixture_open(&f, 1);
}

static sl_status register_as(const char *subject, int seed)
{
    char fields[64];
    snprintf(fields, sizeof fields, "id:1:i f:%d:s", seed + 2);
    return register_set(&f, &admin, subject, make_file(&f, "a.proto", "A", fields));
}

static bool has_subject(const char *name)
{
    sl_subject subject;
    sl_status status =
        sl_registry_subject_get(f.registry, sl_str_from(name), &f.arena, &subject, &f.problem);
    ck_assert_msg(status == SL_OK || status == SL_NOT_FOUND, "%s", f.problem.error.text);
    ck_assert(status != SL_OK || subject.latest_version == 1);
    return status == SL_OK;
}

static int64_t count_changes(void)
{
    sl_changes changes;
    OK(&f, sl_registry_changes(f.registry, &(sl_change_query){.limit = 1000}, &f.arena, &changes,
                               &f.problem));
    return (int64_t)changes.count;
}

/* --- errors ---------------------------------------------------------------------------------- */

static const struct {
    shim_fault fault;
    bool is_persistent;
} disks[] = {{SHIM_FULL, false}, {SHIM_FULL, true}, {SHIM_IO, false}, {SHIM_IO, true}};

static void expect_refused(sl_status status, shim_fault fault)
{
    ck_assert_msg(status == SL_IO || (fault == SHIM_FULL && status == SL_FULL), "%s: %s",
                  sl_status_name(status), f.problem.error.text);
    ck_assert_int_eq(f.problem.code, SL_PROBLEM_UNAVAILABLE);
}

START_TEST(a_failing_disk_refuses_and_keeps_what_was)
{
    bool is_over = false;
    open_on_shim();
    for (uint64_t nth = 1; !is_over; nth++) {
        ck_assert_uint_lt(nth, SWEEP_MOST);
        char subject[32];
        snprintf(subject, sizeof subject, "s%llu", (unsigned long long)nth);
        int64_t before = count_changes();
        shim_arm(nth, disks[_i].fault, disks[_i].is_persistent);
        sl_status status = register_as(subject, (int)nth);
        is_over = !shim_hit();
        if (status != SL_OK) {
            expect_refused(status, disks[_i].fault);
            /* Reading goes on; readiness says no while the disk does. */
            ck_assert(!has_subject(subject));
            if (disks[_i].is_persistent)
                ck_assert_int_ne(sl_registry_ready(f.registry, &f.problem.error), SL_OK);
        }
        shim_arm(0, SHIM_IO, false);
        ck_assert_int_eq(sl_registry_ready(f.registry, &f.problem.error), SL_OK);
        ck_assert(has_subject(subject) == (status == SL_OK));
        ck_assert_int_eq(count_changes() - before, status == SL_OK);
    }
    fixture_reopen(&f);
    ck_assert(!has_subject("s1"));
    fixture_close(&f);
}
END_TEST

START_TEST(payloads_are_judged_on_while_the_disk_is_full)
{
    open_on_shim();
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    shim_arm(1, SHIM_FULL, true);
    ck_assert_int_eq(register_as("s", 1), SL_FULL);
    ck_assert_int_eq(sl_registry_ready(f.registry, &f.problem.error), SL_FULL);
    sl_judge_request request = {.topic = SL_STR("orders"),
                                .payload = payload_of(&f, "\x08\x01", 2)};
    sl_verdict verdict;
    OK(&f, judge(&f, &request, &verdict));
    ck_assert(verdict.is_valid);
    shim_arm(0, SHIM_FULL, false);
    OK(&f, register_as("s", 1));
    fixture_close(&f);
}
END_TEST

START_TEST(a_database_is_created_whole_or_not_at_all)
{
    bool is_over = false;
    shim_install();
    for (uint64_t nth = 1; !is_over; nth++) {
        ck_assert_uint_lt(nth, SWEEP_MOST);
        memset(&f, 0, sizeof f);
        temp_store_make(&f.temp, "sqlite");
        sl_registry_options options = {.store = sl_str_from(f.temp.url)};
        shim_arm(nth, disks[_i].fault, disks[_i].is_persistent);
        sl_status status = sl_registry_open(&options, &f.registry, &f.problem.error);
        is_over = !shim_hit();
        shim_arm(0, SHIM_IO, false);
        if (status != SL_OK) {
            ck_assert_msg(status == SL_FULL || status == SL_IO, "%s", f.problem.error.text);
            OK(&f, sl_registry_open(&options, &f.registry, &f.problem.error));
        }
        ck_assert_int_eq(count_changes(), 0);
        fixture_close(&f);
    }
}
END_TEST

/* --- death ----------------------------------------------------------------------------------- */

enum { WRITES = 3 };

/* In the child: write, and tell of each answer on the pipe, until the shim kills. */
static void write_and_tell(const char *url, uint64_t nth, shim_fault fault, int pipe_end)
{
    static fixture child;
    sl_registry_options options = {.store = sl_str_from(url)};
    shim_arm(nth, fault, false);
    if (sl_registry_open(&options, &child.registry, NULL) != SL_OK)
        _exit(3);
    for (uint8_t i = 0; i < WRITES; i++) {
        char subject[16], fields[32];
        snprintf(subject, sizeof subject, "s%d", i);
        snprintf(fields, sizeof fields, "id:1:i f:%d:s", i + 2);
        if (register_set(&child, &admin, subject, make_file(&child, "a.proto", "A", fields)) !=
            SL_OK)
            _exit(4);
        if (write(pipe_end, &i, 1) != 1)
            _exit(5);
    }
    _exit(0);
}

/* Wait for the child; how many of its writes were answered. */
static int read_answers(int pipe_end)
{
    int answered = 0;
    uint8_t number;
    for (ssize_t got; (got = read(pipe_end, &number, 1)) != 0;) {
        ck_assert(got == 1 || errno == EINTR);
        if (got == 1)
            ck_assert_int_eq(number, answered++);
    }
    return answered;
}

/* True when the shim did not get to kill. */
static bool run_child(uint64_t nth, shim_fault fault, int *ret_answered)
{
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[0]);
        write_and_tell(f.temp.url, nth, fault, ends[1]);
    }
    close(ends[1]);
    *ret_answered = read_answers(ends[0]);
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "the child ended with %d",
                  WEXITSTATUS(status));
    return WIFEXITED(status);
}

/* Nothing that was answered is lost; at most one more write is there, and wholly. */
static void check_survivors(int answered)
{
    int there = 0;
    for (int i = 0; i < WRITES; i++) {
        char subject[16];
        snprintf(subject, sizeof subject, "s%d", i);
        bool is_there = has_subject(subject);
        ck_assert_msg(is_there || i >= answered, "answered write %d is lost", i);
        ck_assert_msg(!is_there || i <= answered, "write %d was never begun", i);
        there += is_there;
        if (is_there) {
            sl_schema *schema = NULL;
            OK(&f, sl_registry_version_schema(f.registry, sl_str_from(subject), 1, &schema,
                                              &f.problem));
            sl_schema_unref(schema);
        }
    }
    ck_assert_int_eq(count_changes(), there);
}

START_TEST(killed_at_any_point_nothing_answered_is_lost)
{
    shim_fault fault = _i == 0 ? SHIM_KILL_BEFORE : SHIM_KILL_AFTER;
    bool is_over = false;
    shim_install();
    for (uint64_t nth = 1; !is_over; nth++) {
        int answered = 0;
        ck_assert_uint_lt(nth, SWEEP_MOST);
        memset(&f, 0, sizeof f);
        temp_store_make(&f.temp, "sqlite");
        is_over = run_child(nth, fault, &answered);
        shim_arm(0, SHIM_IO, false);
        fixture_reopen(&f);
        check_survivors(answered);
        OK(&f, register_as("afterwards", 99));
        fixture_close(&f);
        ck_assert(!is_over || answered == WRITES);
    }
}
END_TEST

static Suite *disk_suite(void)
{
    Suite *suite = suite_create("registry_disk");
    TCase *tcase = tcase_create("sweep");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, a_failing_disk_refuses_and_keeps_what_was, 0, SL_ARRAY_LEN(disks));
    tcase_add_test(tcase, payloads_are_judged_on_while_the_disk_is_full);
    tcase_add_loop_test(tcase, a_database_is_created_whole_or_not_at_all, 0, SL_ARRAY_LEN(disks));
    tcase_add_loop_test(tcase, killed_at_any_point_nothing_answered_is_lost, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(disk_suite)
