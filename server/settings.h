/* server/settings.h: the settings of `sluice serve`, from a file, the environment and flags, in growing weight.
 *
 * The table is settings.def. A file has lines `key = value`; blank lines and lines that begin with `#` are skipped; a value may stand in
 * double quotes. Whatever is wrong is refused, never guessed: unknown keys, values of another kind, keys that come twice. */
#pragma once

#include "base/base.h"
#include "compat/compat.h"

typedef struct sl_settings {
#define SL_SETTING_STRING sl_str /* in the arena */
#define SL_SETTING_BOOL bool
#define SL_SETTING_COUNT uint64_t
#define SL_SETTING_SECONDS uint64_t
#define SL_SETTING_BYTES uint64_t
#define SL_SETTING_COMPATIBILITY sl_compat_level
#define SL_SETTING_RULES sl_compat_category
#define SL_SETTING_LOG_LEVEL sl_log_level
#define SETTING(name, type, default_text, placeholder, from, help, limit) SL_SETTING_##type name;
#include "server/settings.def"
#undef SETTING
    sl_arena arena;
} sl_settings;

/* All settings at their defaults. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_settings_init(sl_settings *ret_settings, sl_error *err);
void sl_settings_done(sl_settings *settings);

/* Each overwrites what it names and leaves the rest. SL_OK; SL_INVALID (the text says where: file:line, variable or flag); SL_NOT_FOUND and SL_IO
 * (the file); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_settings_read_file(sl_settings *settings, const char *path,
                                              sl_error *err);
/* `text` is the content of a file, `name` its name in messages. */
SL_MUST_CHECK sl_status sl_settings_read_text(sl_settings *settings, const char *name, sl_str text,
                                              sl_error *err);
/* `environment`: NULL-terminated NAME=VALUE strings. Variables that begin with SLUICE_ and are no setting are left alone. */
SL_MUST_CHECK sl_status sl_settings_read_environment(sl_settings *settings,
                                                     char *const *environment, sl_error *err);
/* --flag VALUE and --flag=VALUE; --flag alone for a BOOL. `arguments` without the program's and the subcommand's name. */
SL_MUST_CHECK sl_status sl_settings_read_arguments(sl_settings *settings, int count,
                                                   char *const *arguments, sl_error *err);

/* The whole order: defaults, the file that --config or SLUICE_CONFIG names, environment, flags. On failure `ret_settings` is empty.
 * SL_OK, and as above. */
SL_MUST_CHECK sl_status sl_settings_load(int count, char *const *arguments,
                                         char *const *environment, sl_settings *ret_settings,
                                         sl_error *err);

/* One paragraph a setting, for --help. */
void sl_settings_help(sl_buf *buf);
