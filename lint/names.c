/* lint/names.c: rules about enums, messages, fields and oneofs: mostly how they are called. */
#include "lint/internal/linter.h"

typedef void convert(sl_str name, sl_buf *to);

/* What the name should be, in the scratch buffer; absent if it is that already. */
static sl_str should_be(sl_linter *linter, sl_str name, convert *to_case)
{
    sl_buf_clear(&linter->text);
    to_case(name, &linter->text);
    return sl_str_equal(sl_buf_str(&linter->text), name) ? (sl_str){0} : sl_buf_str(&linter->text);
}

/* `what` and `name` tell whose name it is; `path` leads to the element. */
static void lint_case(sl_linter *linter, sl_element_path path, const char *what, sl_str name,
                      convert *to_case)
{
    sl_str wanted = should_be(linter, name, to_case);
    sl_finding *finding = wanted.data ? sl_lint_add(linter, path, SL_LINT_PART(SL_AT_NAME)) : NULL;
    if (!finding)
        return;
    finding->message = sl_lint_text(linter, "%s \"%.*s\" should be called \"%.*s\"", what,
                                    SL_STR_ARG(name), SL_STR_ARG(wanted));
    finding->fix = sl_lint_text(linter, "%.*s", SL_STR_ARG(wanted));
}

/* --- enums --- */

void lint_enum_case(sl_linter *linter, const sl_enum *enumeration)
{
    lint_case(linter, sl_enum_path(enumeration), "enum", enumeration->name, sl_lint_pascal_case);
}

void lint_enum_value_case(sl_linter *linter, const sl_enum *enumeration)
{
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        lint_case(linter, sl_enum_value_path(enumeration, &enumeration->values[i]), "value",
                  enumeration->values[i].name, sl_lint_upper_snake_case);
}

void lint_enum_first_zero(sl_linter *linter, const sl_enum *enumeration)
{
    const sl_enum_value *first = &enumeration->values[0];
    if (enumeration->value_count == 0 || first->number == 0)
        return;
    sl_finding *finding = sl_lint_add(linter, sl_enum_value_path(enumeration, first),
                                      SL_LINT_PART(SL_AT_VALUE_NUMBER));
    if (finding)
        finding->message = sl_lint_text(
            linter,
            "the first value of enum %.*s, \"%.*s\", should be 0: it is what an unset field reads as",
            SL_STR_ARG(enumeration->full_name), SL_STR_ARG(first->name));
}

enum { ALLOW_ALIAS = 2 }; /* in EnumOptions */

void lint_enum_alias(sl_linter *linter, const sl_enum *enumeration)
{
    if (!enumeration->allows_alias)
        return;
    sl_finding *finding = sl_lint_add(linter, sl_enum_path(enumeration),
                                      SL_LINT_PART(SL_AT_ENUM_OPTIONS, ALLOW_ALIAS));
    if (finding)
        finding->message =
            sl_lint_text(linter, "enum %.*s lets values share a number (allow_alias)",
                         SL_STR_ARG(enumeration->full_name));
}

void lint_enum_value_prefix(sl_linter *linter, const sl_enum *enumeration)
{
    sl_buf_clear(&linter->text);
    sl_lint_upper_snake_case(enumeration->name, &linter->text);
    sl_buf_append_byte(&linter->text, '_');
    sl_str prefix = sl_buf_str(&linter->text);
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        const sl_enum_value *value = &enumeration->values[i];
        if (sl_str_starts_with(value->name, prefix))
            continue;
        sl_finding *finding =
            sl_lint_add(linter, sl_enum_value_path(enumeration, value), SL_LINT_PART(SL_AT_NAME));
        if (!finding)
            continue;
        finding->message = sl_lint_text(
            linter,
            "value \"%.*s\" should begin with \"%.*s\": values share the scope around their enum",
            SL_STR_ARG(value->name), SL_STR_ARG(prefix));
        finding->fix =
            sl_lint_text(linter, "%.*s%.*s", SL_STR_ARG(prefix), SL_STR_ARG(value->name));
    }
}

void lint_enum_zero_suffix(sl_linter *linter, const sl_enum *enumeration)
{
    sl_str suffix = linter->request->enum_zero_value_suffix;
    if (!suffix.data)
        suffix = SL_STR("_UNSPECIFIED");
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        const sl_enum_value *value = &enumeration->values[i];
        if (value->number != 0 || sl_str_ends_with(value->name, suffix))
            continue;
        sl_finding *finding =
            sl_lint_add(linter, sl_enum_value_path(enumeration, value), SL_LINT_PART(SL_AT_NAME));
        if (!finding)
            continue;
        finding->message = sl_lint_text(linter, "value \"%.*s\" is 0 and should end in \"%.*s\"",
                                        SL_STR_ARG(value->name), SL_STR_ARG(suffix));
        finding->fix =
            sl_lint_text(linter, "%.*s%.*s", SL_STR_ARG(value->name), SL_STR_ARG(suffix));
    }
}

/* --- messages --- */

void lint_message_case(sl_linter *linter, const sl_message *message)
{
    lint_case(linter, sl_message_path(message), "message", message->name, sl_lint_pascal_case);
}

void lint_field_case(sl_linter *linter, const sl_field *field)
{
    lint_case(linter, sl_field_path(field), "field", field->name, sl_lint_lower_snake_case);
}

void lint_field_required(sl_linter *linter, const sl_field *field)
{
    if (field->cardinality != SL_REQUIRED)
        return;
    sl_finding *finding = sl_lint_add(linter, sl_field_path(field), SL_LINT_PART(SL_AT_NAME));
    if (finding)
        finding->message = sl_lint_text(
            linter,
            "field %.*s is required: it can never be deleted, and readers refuse payloads without it",
            SL_STR_ARG(field->full_name));
}

void lint_oneof_case(sl_linter *linter, const sl_oneof *oneof)
{
    lint_case(linter, sl_oneof_path(oneof), "oneof", oneof->name, sl_lint_lower_snake_case);
}

/* --- services --- */

void lint_service_case(sl_linter *linter, const sl_service *service)
{
    lint_case(linter, sl_service_path(service), "service", service->name, sl_lint_pascal_case);
}

void lint_method_case(sl_linter *linter, const sl_method *method)
{
    lint_case(linter, sl_method_path(method), "method", method->name, sl_lint_pascal_case);
}

void lint_service_suffix(sl_linter *linter, const sl_service *service)
{
    sl_str suffix = linter->request->service_suffix;
    if (!suffix.data)
        suffix = SL_STR("Service");
    if (sl_str_ends_with(service->name, suffix))
        return;
    sl_finding *finding = sl_lint_add(linter, sl_service_path(service), SL_LINT_PART(SL_AT_NAME));
    if (!finding)
        return;
    finding->message = sl_lint_text(linter, "service \"%.*s\" should end in \"%.*s\"",
                                    SL_STR_ARG(service->name), SL_STR_ARG(suffix));
    finding->fix = sl_lint_text(linter, "%.*s%.*s", SL_STR_ARG(service->name), SL_STR_ARG(suffix));
}
