/* compat/file_option.c: rules about options of files that generated code follows.
 *
 * They are one rule in as many instances as file_options.def has rows: the value in effect, written or default, is the same on both sides. */
#include "compat/internal/check.h"

typedef enum { BOOL, CHOICE, TEXT } option_form;

typedef struct {
    const char *name, *why;
    int32_t number;
    option_form form;
    uint64_t fallback; /* where the option is not written; of TEXT it is empty */
} file_option;

static const char *const optimize_modes[] = {"0", "SPEED", "CODE_SIZE", "LITE_RUNTIME"};

/* The value in effect as text, by which two are compared and told. */
static sl_str value_of(sl_check *check, const sl_file *file, const file_option *option)
{
    uint64_t number = option->fallback;
    sl_bytes text = {0};
    uint32_t field = (uint32_t)option->number;
    if (option->form == TEXT) {
        sl_options_find_bytes(file->proto->options, field, &text);
        return sl_check_text(check, "\"%.*s\"", (int)text.len, (const char *)text.data);
    }
    sl_options_find_varint(file->proto->options, field, &number);
    if (option->form == BOOL)
        return number ? SL_STR("true") : SL_STR("false");
    return number < SL_ARRAY_LEN(optimize_modes)
               ? sl_str_from(optimize_modes[number])
               : sl_check_text(check, "%llu", (unsigned long long)number);
}

static void check_option(sl_check *check, const sl_file *old, const sl_file *new,
                         const file_option *option)
{
    sl_str from = value_of(check, old, option), to = value_of(check, new, option);
    sl_finding *finding = sl_str_equal(from, to) ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_file_option(check, new, option->number);
    finding->previous = sl_place_of_file_option(check, old, option->number);
    finding->message =
        sl_check_text(check, "option %s of %.*s changed from %.*s to %.*s", option->name,
                      SL_STR_ARG(new->path), SL_STR_ARG(from), SL_STR_ARG(to));
    finding->why = sl_str_from(option->why);
    finding->fix = sl_check_text(check, "option %s = %.*s;", option->name, SL_STR_ARG(from));
}

#define OPTION(rule, number, form, fallback, name, why)                             \
    void check_file_##name(sl_check *check, const sl_file *old, const sl_file *new) \
    {                                                                               \
        static const file_option option = {#name, why, number, form, fallback};     \
        check_option(check, old, new, &option);                                     \
    }
#include "compat/file_options.def"
#undef OPTION
