/* server/settings.c: one table, three sources.
 *
 * Every source ends in assign(): a row of the table, a text, and where it came from. So a value means the same thing in the file, in the
 * environment and as a flag, and every refusal has the same form: WHERE: KEY: what is wrong. */
#include "server/settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

typedef enum setting_type {
    TYPE_STRING,
    TYPE_BOOL,
    TYPE_COUNT,
    TYPE_SECONDS,
    TYPE_BYTES,
    TYPE_COMPATIBILITY,
    TYPE_RULES,
    TYPE_LOG_LEVEL
} setting_type;

typedef enum setting_from { FROM_ANYWHERE, FROM_ENVIRONMENT } setting_from;

typedef struct setting {
    const char *name;
    setting_type type;
    size_t offset;
    const char *default_text, *placeholder;
    setting_from from;
    const char *help;
    uint64_t limit; /* 0: none */
    const char *limit_name;
} setting;

/* What a row without a limit says. */
enum { SL_LIMIT_NONE = 0 };

static const setting settings_table[] = {
#define SETTING(name, type, default_text, placeholder, from, help, limit) \
    {#name,        TYPE_##type,      offsetof(sl_settings, name),         \
     default_text, placeholder,      FROM_##from,                         \
     help,         SL_LIMIT_##limit, #limit},
#include "server/settings.def"
#undef SETTING
};

enum {
    SETTING_COUNT = SL_ARRAY_LEN(settings_table),
    NAME_SIZE = 64,
    FILE_MOST = 1 << 20,
    HELP_COLUMN = 34,
    COUNT_MOST = 1000000,
    SECONDS_MOST = 86400,
};

static sl_status parse_bytes(sl_str text, uint64_t *ret_bytes)
{
    static const struct {
        sl_str suffix;
        unsigned shift;
    } units[] = {{SL_STR_INIT("KiB"), 10}, {SL_STR_INIT("MiB"), 20}, {SL_STR_INIT("GiB"), 30}};
    unsigned shift = 0;
    for (size_t i = 0; i < SL_ARRAY_LEN(units); i++) {
        if (!sl_str_ends_with(text, units[i].suffix))
            continue;
        shift = units[i].shift;
        text = sl_str_trim((sl_str){text.data, text.len - units[i].suffix.len});
    }
    uint64_t number;
    if (!sl_str_to_u64(text, &number) || number > ((uint64_t)1 << 40) >> shift)
        return SL_INVALID;
    *ret_bytes = number << shift;
    return SL_OK;
}

static sl_status parse_number(sl_str text, uint64_t most, uint64_t *ret_number)
{
    uint64_t number;
    if (!sl_str_to_u64(text, &number) || number > most)
        return SL_INVALID;
    *ret_number = number;
    return SL_OK;
}

static sl_status parse_bool(sl_str text, bool *ret_value)
{
    bool is_true = sl_str_is(text, "true");
    if (!is_true && !sl_str_is(text, "false"))
        return SL_INVALID;
    *ret_value = is_true;
    return SL_OK;
}

static sl_status parse_log_level(sl_str text, sl_log_level *ret_level)
{
    char name[16];
    if (text.len >= sizeof name)
        return SL_INVALID;
    memcpy(name, text.data, text.len);
    name[text.len] = '\0';
    return sl_log_level_parse(name, ret_level) ? SL_OK : SL_INVALID;
}

static const char *what_is_wanted(setting_type type)
{
    static const char *const wanted[] = {
        [TYPE_STRING] = "text",
        [TYPE_BOOL] = "true or false",
        [TYPE_COUNT] = "a number up to 1000000",
        [TYPE_SECONDS] = "seconds, up to 86400",
        [TYPE_BYTES] = "bytes up to 1024GiB, such as 65536, 64KiB or 16MiB",
        [TYPE_COMPATIBILITY] = "NONE, BACKWARD, FORWARD, FULL, or one of these with _TRANSITIVE",
        [TYPE_RULES] = "WIRE, WIRE_JSON, PACKAGE, FILE, CSR or CONTRACT",
        [TYPE_LOG_LEVEL] = "error, warn, info or debug",
    };
    return wanted[type];
}

static sl_status parse_into(sl_settings *settings, const setting *row, sl_str text)
{
    void *at = (char *)settings + row->offset;
    switch (row->type) {
    case TYPE_STRING: return sl_arena_copy_str(&settings->arena, text, at);
    case TYPE_BOOL: return parse_bool(text, at);
    case TYPE_COUNT: return parse_number(text, COUNT_MOST, at);
    case TYPE_SECONDS: return parse_number(text, SECONDS_MOST, at);
    case TYPE_BYTES: return parse_bytes(text, at);
    case TYPE_COMPATIBILITY: return sl_compat_level_parse(text, at) ? SL_OK : SL_INVALID;
    case TYPE_RULES: return sl_compat_category_parse(text, at) ? SL_OK : SL_INVALID;
    case TYPE_LOG_LEVEL: return parse_log_level(text, at);
    }
    return SL_INVALID;
}

/* The value as it was parsed: above the limit of its row, or a size of nothing? */
static sl_status check_limit(const sl_settings *settings, const setting *row, const char *where,
                             sl_error *err)
{
    if (row->limit == 0)
        return SL_OK;
    uint64_t value = *(const uint64_t *)((const char *)settings + row->offset);
    if (value > row->limit)
        return sl_error_set(err, SL_INVALID, "%s: %llu is too much; the most is %llu (limit %s)",
                            where, (unsigned long long)value, (unsigned long long)row->limit,
                            row->limit_name);
    if (value == 0 && row->type == TYPE_BYTES)
        return sl_error_set(err, SL_INVALID, "%s: 0 will not do; the least is 1", where);
    return SL_OK;
}

/* The only way that a value gets into the struct. A value that may be a secret is not repeated in a message. */
static sl_status assign(sl_settings *settings, const setting *row, sl_str text, const char *where,
                        sl_error *err)
{
    sl_status status = parse_into(settings, row, text);
    if (status == SL_NO_MEMORY)
        return sl_error_no_memory(err);
    if (status != SL_OK)
        return sl_error_set(err, SL_INVALID, "%s: '%.*s' will not do; wanted: %s", where,
                            SL_STR_ARG(text), what_is_wanted(row->type));
    return check_limit(settings, row, where, err);
}

static const setting *find_setting(sl_str name)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (sl_str_is(name, settings_table[i].name))
            return &settings_table[i];
    return NULL;
}

sl_status sl_settings_init(sl_settings *ret_settings, sl_error *err)
{
    *ret_settings = (sl_settings){0};
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const setting *row = &settings_table[i];
        sl_status status =
            assign(ret_settings, row, sl_str_from(row->default_text), row->name, err);
        if (status == SL_OK)
            continue;
        sl_settings_done(ret_settings);
        return status;
    }
    return SL_OK;
}

void sl_settings_done(sl_settings *settings)
{
    sl_arena_done(&settings->arena);
    *settings = (sl_settings){0};
}

/* --- a file ---------------------------------------------------------------------------------- */

static sl_str unquote(sl_str value)
{
    bool is_quoted = value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"';
    return is_quoted ? (sl_str){value.data + 1, value.len - 2} : value;
}

static sl_status read_line(sl_settings *settings, sl_str line, const char *where,
                           bool seen[SETTING_COUNT], sl_error *err)
{
    line = sl_str_trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return SL_OK;
    sl_str key, value;
    if (!sl_str_split(line, '=', &key, &value))
        return sl_error_set(err, SL_INVALID, "%s: expected `key = value`", where);
    key = sl_str_trim(key);
    const setting *row = find_setting(key);
    if (!row)
        return sl_error_set(err, SL_INVALID,
                            "%s: no such setting '%.*s'; `sluice serve --help` lists them", where,
                            SL_STR_ARG(key));
    if (row->from == FROM_ENVIRONMENT)
        return sl_error_set(err, SL_INVALID,
                            "%s: '%s' is a secret and is taken from the environment only", where,
                            row->name);
    if (seen[row - settings_table])
        return sl_error_set(err, SL_INVALID, "%s: '%s' is set a second time", where, row->name);
    seen[row - settings_table] = true;
    return assign(settings, row, unquote(sl_str_trim(value)), where, err);
}

sl_status sl_settings_read_text(sl_settings *settings, const char *name, sl_str text, sl_error *err)
{
    bool seen[SETTING_COUNT] = {false};
    for (unsigned number = 1; text.len > 0; number++) {
        sl_str line, rest;
        if (!sl_str_split(text, '\n', &line, &rest)) {
            line = text;
            rest = (sl_str){0};
        }
        if (sl_str_ends_with(line, SL_STR("\r")))
            line.len--;
        char where[512];
        snprintf(where, sizeof where, "%s:%u", name, number);
        SL_TRY(read_line(settings, line, where, seen, err));
        text = rest;
    }
    return SL_OK;
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

sl_status sl_settings_read_file(sl_settings *settings, const char *path, sl_error *err)
{
    sl_cleanup(sl_buf_done) sl_buf text = {.max = FILE_MOST};
    sl_cleanup(close_file) FILE *file = fopen(path, "re");
    if (!file)
        return sl_error_set(err, errno == ENOENT ? SL_NOT_FOUND : SL_IO, "%s: %m", path);
    char block[4096];
    for (size_t got; !text.has_failed && (got = fread(block, 1, sizeof block, file)) > 0;)
        sl_buf_append(&text, block, got);
    if (ferror(file))
        return sl_error_set(err, SL_IO, "%s: could not be read: %m", path);
    if (sl_buf_status(&text) == SL_NO_MEMORY)
        return sl_error_no_memory(err);
    if (text.has_failed)
        return sl_error_set(err, SL_INVALID, "%s: larger than %d bytes: not a settings file", path,
                            FILE_MOST);
    return sl_settings_read_text(settings, path, sl_buf_str(&text), err);
}

/* --- environment and flags ------------------------------------------------------------------- */

static void variable_name(const setting *row, char ret_name[NAME_SIZE])
{
    size_t len = (size_t)snprintf(ret_name, NAME_SIZE, "SLUICE_");
    for (const char *c = row->name; *c && len + 1 < NAME_SIZE; c++)
        ret_name[len++] = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    ret_name[len] = '\0';
}

static void flag_name(const setting *row, char ret_name[NAME_SIZE])
{
    size_t len = (size_t)snprintf(ret_name, NAME_SIZE, "--");
    for (const char *c = row->name; *c && len + 1 < NAME_SIZE; c++)
        ret_name[len++] = (char)(*c == '_' ? '-' : *c);
    ret_name[len] = '\0';
}

sl_status sl_settings_read_environment(sl_settings *settings, char *const *environment,
                                       sl_error *err)
{
    for (; environment && *environment; environment++) {
        sl_str name, value;
        if (!sl_str_split(sl_str_from(*environment), '=', &name, &value))
            continue;
        for (size_t i = 0; i < SETTING_COUNT; i++) {
            char wanted[NAME_SIZE];
            variable_name(&settings_table[i], wanted);
            if (sl_str_is(name, wanted))
                SL_TRY(assign(settings, &settings_table[i], value, wanted, err));
        }
    }
    return SL_OK;
}

/* --flag=VALUE, --flag VALUE, or --flag for a BOOL; how many arguments it took. */
static sl_status read_flag(sl_settings *settings, const setting *row, int count,
                           char *const *arguments, int *ret_taken, sl_error *err)
{
    char flag[NAME_SIZE];
    flag_name(row, flag);
    const char *equals = strchr(arguments[0], '=');
    *ret_taken = 1;
    if (equals)
        return assign(settings, row, sl_str_from(equals + 1), flag, err);
    if (row->type == TYPE_BOOL)
        return assign(settings, row, SL_STR("true"), flag, err);
    if (count < 2)
        return sl_error_set(err, SL_INVALID, "%s: needs a value: %s %s", flag, flag,
                            row->placeholder);
    *ret_taken = 2;
    return assign(settings, row, sl_str_from(arguments[1]), flag, err);
}

static const setting *find_flag(const char *argument)
{
    size_t len = strcspn(argument, "=");
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        char flag[NAME_SIZE];
        flag_name(&settings_table[i], flag);
        if (settings_table[i].from == FROM_ANYWHERE && sl_str_is((sl_str){argument, len}, flag))
            return &settings_table[i];
    }
    return NULL;
}

static bool is_config_flag(const char *argument)
{
    return strcmp(argument, "--config") == 0 || strncmp(argument, "--config=", 9) == 0;
}

sl_status sl_settings_read_arguments(sl_settings *settings, int count, char *const *arguments,
                                     sl_error *err)
{
    for (int at = 0, taken = 1; at < count; at += taken) {
        if (is_config_flag(arguments[at])) {
            taken = strchr(arguments[at], '=') ? 1 : 2;
            continue;
        }
        const setting *row = find_flag(arguments[at]);
        if (!row)
            return sl_error_set(err, SL_INVALID,
                                "'%s' is not a flag of sluice serve; --help lists them",
                                arguments[at]);
        SL_TRY(read_flag(settings, row, count - at, arguments + at, &taken, err));
    }
    return SL_OK;
}

/* The file named by --config, else by SLUICE_CONFIG; NULL if none is. */
static sl_status find_config(int count, char *const *arguments, char *const *environment,
                             const char **ret_path, sl_error *err)
{
    *ret_path = NULL;
    for (; environment && *environment; environment++)
        if (strncmp(*environment, "SLUICE_CONFIG=", 14) == 0)
            *ret_path = *environment + 14;
    for (int i = 0; i < count; i++) {
        if (!is_config_flag(arguments[i]))
            continue;
        const char *equals = strchr(arguments[i], '=');
        if (!equals && i + 1 >= count)
            return sl_error_set(err, SL_INVALID, "--config: needs a value: --config FILE");
        *ret_path = equals ? equals + 1 : arguments[i + 1];
    }
    return SL_OK;
}

static sl_status load_all(int count, char *const *arguments, char *const *environment,
                          sl_settings *settings, sl_error *err)
{
    const char *path;
    SL_TRY(find_config(count, arguments, environment, &path, err));
    if (path)
        SL_TRY(sl_settings_read_file(settings, path, err));
    SL_TRY(sl_settings_read_environment(settings, environment, err));
    return sl_settings_read_arguments(settings, count, arguments, err);
}

sl_status sl_settings_load(int count, char *const *arguments, char *const *environment,
                           sl_settings *ret_settings, sl_error *err)
{
    SL_TRY(sl_settings_init(ret_settings, err));
    sl_status status = load_all(count, arguments, environment, ret_settings, err);
    if (status != SL_OK)
        sl_settings_done(ret_settings);
    return status;
}

void sl_settings_help(sl_buf *buf)
{
    sl_buf_printf(buf, "  %-*s%s\n", HELP_COLUMN - 2, "--config FILE",
                  "settings, one `key = value` a line; keys are the names below with _ for -");
    sl_buf_printf(buf, "%*s%s\n", HELP_COLUMN, "", "SLUICE_CONFIG");
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const setting *row = &settings_table[i];
        char flag[NAME_SIZE], variable[NAME_SIZE], left[2 * NAME_SIZE];
        flag_name(row, flag);
        variable_name(row, variable);
        if (row->from == FROM_ENVIRONMENT)
            snprintf(left, sizeof left, "(%s)", variable);
        else
            snprintf(left, sizeof left, "%s %s", flag, row->placeholder);
        sl_buf_printf(buf, "  %-*s%s\n", HELP_COLUMN - 2, left, row->help);
        if (row->from == FROM_ENVIRONMENT)
            sl_buf_printf(buf, "%*senvironment only\n", HELP_COLUMN, "");
        else
            sl_buf_printf(buf, "%*s%s; default %s\n", HELP_COLUMN, "", variable, row->default_text);
    }
}
