/* tests/server/test_settings.c: the table of settings: three sources, one meaning, in growing weight. */
#include "server/settings.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- one value ------------------------------------------------------------------------------- */

static const struct {
    const char *name, *line;
    sl_status status;
    const char *part; /* of the error's text */
} lines[] = {
    {"string", "listen = 0.0.0.0:80", SL_OK, NULL},
    {"quoted", "store = \"sqlite:a b.db\"", SL_OK, NULL},
    {"comment", "# listen = x", SL_OK, NULL},
    {"blank", "  \t ", SL_OK, NULL},
    {"windows_line_end", "threads = 3\r", SL_OK, NULL},
    {"bool", "require_auth = true", SL_OK, NULL},
    {"bool_of_another_kind", "require_auth = yes", SL_INVALID,
     "f.conf:1: 'yes' will not do; wanted: true or false"},
    {"count", "threads = 8", SL_OK, NULL},
    {"negative_count", "threads = -1", SL_INVALID, "a number up to"},
    {"count_with_letters", "threads = 8x", SL_INVALID, "a number up to"},
    {"bytes", "max_body = 65536", SL_OK, NULL},
    {"kibibytes", "max_body = 64KiB", SL_OK, NULL},
    {"mebibytes_with_blank", "max_body = 1 MiB", SL_OK, NULL},
    {"unit_alone", "max_body = MiB", SL_INVALID, "bytes up to"},
    {"too_many_bytes", "max_body = 99999999999GiB", SL_INVALID, "bytes up to"},
    {"payload_at_its_limit", "max_payload = 64MiB", SL_OK, NULL},
    {"payload_above_its_limit", "max_payload = 65MiB", SL_INVALID,
     "f.conf:1: 68157440 is too much; the most is 67108864 (limit PAYLOAD_BYTES)"},
    {"no_payload_at_all", "max_payload = 0", SL_INVALID, "the least is 1"},
    {"batch_above_its_limit", "max_batch = 129MiB", SL_INVALID, "limit BATCH_BYTES"},
    {"body_above_its_limit", "max_body = 97MiB", SL_INVALID, "limit JSON_BYTES"},
    {"a_thread_a_core", "threads = 0", SL_OK, NULL},
    {"too_many_threads", "threads = 257", SL_INVALID, "the most is 256 (limit THREADS)"},
    {"too_many_control_threads", "control_threads = 1000000", SL_INVALID, "limit THREADS"},
    {"level", "default_compatibility = FULL_TRANSITIVE", SL_OK, NULL},
    {"unknown_level", "default_compatibility = SOME", SL_INVALID, "NONE, BACKWARD"},
    {"rules", "compatibility_rules = WIRE", SL_OK, NULL},
    {"log_level", "log_level = debug", SL_OK, NULL},
    {"unknown_log_level", "log_level = loud", SL_INVALID, "error, warn, info or debug"},
    {"no_equals", "listen", SL_INVALID, "f.conf:1: expected `key = value`"},
    {"unknown_key", "lisen = x", SL_INVALID, "f.conf:1: no such setting 'lisen'"},
    {"secret_in_a_file", "admin_token = x", SL_INVALID, "taken from the environment only"},
    {"second_line_is_named", "threads = 1\nthreads = 2", SL_INVALID,
     "f.conf:2: 'threads' is set a second time"},
};

START_TEST(reads_line)
{
    sl_settings settings;
    sl_error err = {0};
    ck_assert_int_eq(sl_settings_init(&settings, &err), SL_OK);
    sl_status status =
        sl_settings_read_text(&settings, "f.conf", sl_str_from(lines[_i].line), &err);
    ck_assert_msg(status == lines[_i].status, "%s: got %s: %s", lines[_i].name,
                  sl_status_name(status), err.text);
    if (lines[_i].part)
        ck_assert_msg(strstr(err.text, lines[_i].part) != NULL, "%s: '%s'", lines[_i].name,
                      err.text);
    sl_settings_done(&settings);
}
END_TEST

START_TEST(file_without_end)
{
    sl_settings settings;
    sl_error err = {0};
    ck_assert_int_eq(sl_settings_init(&settings, &err), SL_OK);
    ck_assert_int_eq(sl_settings_read_file(&settings, "/dev/zero", &err), SL_INVALID);
    ck_assert_msg(strstr(err.text, "larger than 1048576 bytes") != NULL, "'%s'", err.text);
    sl_settings_done(&settings);
}
END_TEST

START_TEST(values_arrive)
{
    sl_settings settings;
    sl_error err = {0};
    ck_assert_int_eq(sl_settings_init(&settings, &err), SL_OK);
    ck_assert(sl_str_is(settings.listen, "127.0.0.1:8081"));
    ck_assert(sl_str_is(settings.store, "sqlite:var/sluice.db"));
    ck_assert(!settings.require_auth);
    ck_assert_uint_eq(settings.max_payload, 64U << 20);
    ck_assert_uint_eq(settings.control_threads, 16);
    ck_assert_int_eq(settings.log_level, SL_LOG_INFO);
    ck_assert_int_eq(sl_settings_read_text(&settings, "f",
                                           SL_STR("listen = \"[::1]:9\"\nrequire_auth = true\n"
                                                  "max_payload = 3KiB\nidle_timeout = 7\n"
                                                  "default_compatibility = NONE\n"
                                                  "compatibility_rules = FILE\nlog_level = warn"),
                                           &err),
                     SL_OK);
    ck_assert(sl_str_is(settings.listen, "[::1]:9"));
    ck_assert(settings.require_auth);
    ck_assert_uint_eq(settings.max_payload, 3072);
    ck_assert_uint_eq(settings.idle_timeout, 7);
    ck_assert_int_eq(settings.default_compatibility, SL_LEVEL_NONE);
    ck_assert_int_eq(settings.compatibility_rules, SL_COMPAT_FILE);
    ck_assert_int_eq(settings.log_level, SL_LOG_WARN);
    sl_settings_done(&settings);
}
END_TEST

/* --- weight ---------------------------------------------------------------------------------- */

static char path[] = "/tmp/sluice-test-settings-XXXXXX";

static void write_file(const char *text)
{
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void remove_file(void)
{
    unlink(path);
    strcpy(path + strlen(path) - 6, "XXXXXX");
}

START_TEST(a_flag_goes_before_the_environment_and_that_before_the_file)
{
    char config[64], variable[80];
    write_file("threads = 1\ncontrol_threads = 1\nmax_connections = 1\n");
    snprintf(config, sizeof config, "--config=%s", path);
    snprintf(variable, sizeof variable, "SLUICE_CONFIG=/no/such/file");
    char *environment[] = {variable,
                           (char[]){"SLUICE_THREADS=2"},
                           (char[]){"SLUICE_CONTROL_THREADS=2"},
                           (char[]){"SLUICE_UNKNOWN=1"},
                           (char[]){"SLUICE_ADMIN_TOKEN=secret"},
                           NULL};
    char *arguments[] = {config, (char[]){"--threads"}, (char[]){"3"}, (char[]){"--require-auth"},
                         (char[]){"--log-level=error"}};
    sl_settings settings;
    sl_error err = {0};
    sl_status status = sl_settings_load(5, arguments, environment, &settings, &err);
    ck_assert_msg(status == SL_OK, "%s", err.text);
    ck_assert_uint_eq(settings.threads, 3);
    ck_assert_uint_eq(settings.control_threads, 2);
    ck_assert_uint_eq(settings.max_connections, 1);
    ck_assert(settings.require_auth);
    ck_assert_int_eq(settings.log_level, SL_LOG_ERROR);
    ck_assert(sl_str_is(settings.admin_token, "secret"));
    sl_settings_done(&settings);
    remove_file();
}
END_TEST

static const struct {
    const char *name;
    const char *argument, *variable;
    sl_status status;
    const char *part;
} bad[] = {
    {"unknown_flag", "--lisen", NULL, SL_INVALID, "'--lisen' is not a flag"},
    {"no_flag", "8081", NULL, SL_INVALID, "'8081' is not a flag"},
    {"flag_without_value", "--listen", NULL, SL_INVALID,
     "--listen: needs a value: --listen HOST:PORT"},
    {"flag_with_bad_value", "--threads=x", NULL, SL_INVALID, "--threads: 'x' will not do"},
    {"secret_as_a_flag", "--admin-token=x", NULL, SL_INVALID, "not a flag"},
    {"config_without_value", "--config", NULL, SL_INVALID, "--config: needs a value"},
    {"config_that_is_not_there", "--config=/no/such/file", NULL, SL_NOT_FOUND, "/no/such/file"},
    {"config_of_the_environment", NULL, "SLUICE_CONFIG=/no/such", SL_NOT_FOUND, "/no/such"},
    {"bad_variable", NULL, "SLUICE_THREADS=x", SL_INVALID, "SLUICE_THREADS: 'x' will not do"},
};

START_TEST(refuses)
{
    sl_settings settings;
    sl_error err = {0};
    char argument[64], variable[64];
    char *arguments[] = {argument, NULL}, *environment[] = {variable, NULL};
    snprintf(argument, sizeof argument, "%s", bad[_i].argument ? bad[_i].argument : "");
    snprintf(variable, sizeof variable, "%s", bad[_i].variable ? bad[_i].variable : "X=");
    sl_status status =
        sl_settings_load(bad[_i].argument ? 1 : 0, arguments, environment, &settings, &err);
    ck_assert_msg(status == bad[_i].status, "%s: got %s", bad[_i].name, sl_status_name(status));
    ck_assert_msg(strstr(err.text, bad[_i].part) != NULL, "%s: '%s'", bad[_i].name, err.text);
}
END_TEST

static const struct {
    const char *flag;
    long long most;
    const char *limit;
} limited[] = {
    {"threads", SL_LIMIT_THREADS, "limit THREADS"},
    {"control-threads", SL_LIMIT_THREADS, "limit THREADS"},
    {"max-payload", SL_LIMIT_PAYLOAD_BYTES, "limit PAYLOAD_BYTES"},
    {"max-batch", SL_LIMIT_BATCH_BYTES, "limit BATCH_BYTES"},
    {"max-body", SL_LIMIT_JSON_BYTES, "limit JSON_BYTES"},
};

START_TEST(a_setting_is_not_above_its_limit)
{
    sl_settings settings;
    sl_error err = {0};
    char argument[64], number[24];
    char *arguments[] = {argument, NULL};
    snprintf(argument, sizeof argument, "--%s=%lld", limited[_i].flag, limited[_i].most);
    ck_assert_int_eq(sl_settings_load(1, arguments, NULL, &settings, &err), SL_OK);
    sl_settings_done(&settings);
    snprintf(argument, sizeof argument, "--%s=%lld", limited[_i].flag, limited[_i].most + 1);
    ck_assert_int_eq(sl_settings_load(1, arguments, NULL, &settings, &err), SL_INVALID);
    snprintf(number, sizeof number, "%lld", limited[_i].most);
    ck_assert_msg(strstr(err.text, limited[_i].limit) && strstr(err.text, number), "%s", err.text);
}
END_TEST

/* Each row of the table is in the help, by flag or variable, with its default. */
START_TEST(help_has_every_setting)
{
    static const char *const names[] = {
#define SETTING(name, type, default_text, placeholder, from, help, limit) #name, help,
#include "server/settings.def"
#undef SETTING
    };
    sl_buf text = {0};
    sl_settings_help(&text);
    sl_buf_append_byte(&text, 0);
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i += 2) {
        char variable[64] = "SLUICE_";
        size_t len = strlen(variable);
        for (const char *c = names[i]; *c; c++)
            variable[len++] = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
        variable[len] = '\0';
        ck_assert_msg(strstr(text.data, variable) != NULL, "%s", variable);
        ck_assert_msg(strstr(text.data, names[i + 1]) != NULL, "%s", names[i]);
    }
    sl_buf_done(&text);
}
END_TEST

START_TEST(every_failing_allocation_is_told)
{
    char *arguments[] = {(char[]){"--listen=127.0.0.1:0"}};
    sl_settings settings;
    sl_error err = {0};
    sl_status status = SL_NO_MEMORY;
    for (uint64_t nth = 1; status != SL_OK; nth++) {
        ck_assert_uint_lt(nth, 100);
        sl_alloc_fault_arm(nth, false);
        status = sl_settings_load(1, arguments, NULL, &settings, &err);
        sl_alloc_fault_arm(0, false);
        ck_assert(status == SL_OK || status == SL_NO_MEMORY);
    }
    sl_settings_done(&settings);
}
END_TEST

static Suite *settings_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *tcase = tcase_create("settings");
    tcase_add_loop_test(tcase, reads_line, 0, SL_ARRAY_LEN(lines));
    tcase_add_test(tcase, file_without_end);
    tcase_add_test(tcase, values_arrive);
    tcase_add_test(tcase, a_flag_goes_before_the_environment_and_that_before_the_file);
    tcase_add_loop_test(tcase, refuses, 0, SL_ARRAY_LEN(bad));
    tcase_add_loop_test(tcase, a_setting_is_not_above_its_limit, 0, SL_ARRAY_LEN(limited));
    tcase_add_test(tcase, help_has_every_setting);
    tcase_add_test(tcase, every_failing_allocation_is_told);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(settings_suite)
