/* compiler/check.c: one walk over a unit, its marks beside what the linker made of it.
 *
 * An element of the draft and its mark have the same index in their lists, so the walk goes down both. Depth is that of the source, which the
 * parser has bounded. What each element must keep to:
 *
 *   visibility   where everything is local by default (STRICT), only what stands at the top level is exported; an enum may be inside a
 *                message that is there for its name alone
 *   limits       how many members a message, oneof or enum has (the feature enforce_proto_limits; numbers are protoc 36's)
 *   style        check_style.c
 *   JSON         check_json.c */
#include "compiler/internal/check.h"

enum {
    VISIBILITY_EXPORT = 2,
    SYMBOLS_EXPORT_ALL = 1,
    SYMBOLS_EXPORT_TOP_LEVEL = 2,
    SYMBOLS_STRICT = 4,
    PROTO_LIMITS_2026 = 2,
    NUMBER_MAX = 536870911,
    FIELDS_MOST = 1500,
    ONEOFS_MOST = 1000,
    ONEOF_FIELDS_MOST = 1200,
    ENUM_VALUES_MOST = 1700,
    FILE_CC_GENERIC_SERVICES = 16,
    FILE_JAVA_GENERIC_SERVICES = 17,
    FILE_PY_GENERIC_SERVICES = 18,
};

/* --- limits --- */

typedef struct member_count {
    const char *kind, *members;
    sl_str name;
    uint32_t count, most;
} member_count;

static void check_count(sl_check *check, const sl_features *features, const member_count *it,
                        sl_span at)
{
    sl_diag_number count, most;
    if (features->enforce_proto_limits != PROTO_LIMITS_2026 || it->count <= it->most)
        return;
    sl_diag(check->diags, &check->unit->source, at, SL_DIAG_TOO_MANY_MEMBERS, sl_str_from(it->kind),
            it->name, sl_diag_i64(it->count, &count), sl_str_from(it->members),
            sl_diag_i64(it->most, &most));
}

/* --- visibility --- */

/* There only so that enums have its name in front of theirs: at the top level, not exported, and without a number for a field. */
static bool is_namespace(const sl_message *message)
{
    uint8_t visibility = message->file->features.default_symbol_visibility;
    bool is_local_by_default =
        visibility != SYMBOLS_EXPORT_ALL && visibility != SYMBOLS_EXPORT_TOP_LEVEL;
    bool is_local = message->proto->has_visibility ? message->proto->visibility != VISIBILITY_EXPORT
                                                   : is_local_by_default;
    return !message->parent && is_local && message->reserved_range_count == 1 &&
           message->reserved_ranges[0].start == 1 && message->reserved_ranges[0].end == NUMBER_MAX;
}

static void check_nested_export(sl_check *check, int32_t visibility, sl_str name, sl_span at)
{
    if (visibility == VISIBILITY_EXPORT &&
        check->file->features.default_symbol_visibility == SYMBOLS_STRICT)
        sl_diag(check->diags, &check->unit->source, at, SL_DIAG_EXPORT_NESTED, name);
}

/* --- the walk --- */

static void check_enums(sl_check *check, const sl_enum *enums, const sl_enum_mark *marks,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_enum *enumeration = &enums[i];
        member_count values = {"enum", "values", enumeration->name, enumeration->value_count,
                               ENUM_VALUES_MOST};
        check_count(check, &enumeration->features, &values, marks[i].name);
        if (enumeration->parent && !is_namespace(enumeration->parent))
            check_nested_export(check, enumeration->proto->visibility, enumeration->full_name,
                                marks[i].name);
        sl_check_enum_style(check, enumeration, &marks[i]);
        sl_check_json_strings(check, enumeration, &marks[i]);
    }
}

static void check_fields(sl_check *check, const sl_field *fields, const sl_field_mark *marks,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sl_check_field_style(check, &fields[i], marks[i].name);
}

static void check_oneofs(sl_check *check, const sl_message *message, const sl_message_mark *mark)
{
    for (uint32_t i = 0; i < message->oneof_count; i++) {
        const sl_oneof *oneof = &message->oneofs[i];
        member_count fields = {"oneof", "fields", oneof->name, oneof->field_count,
                               ONEOF_FIELDS_MOST};
        check_count(check, &oneof->features, &fields, mark->oneofs[i].name);
        if (!oneof->is_synthetic)
            sl_check_oneof_style(check, oneof, mark->oneofs[i].name);
    }
}

static void check_messages(sl_check *check, const sl_message *messages,
                           const sl_message_mark *marks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message *message = &messages[i];
        const sl_message_mark *mark = &marks[i];
        if (message->is_map_entry)
            continue;
        member_count fields = {"message", "fields", message->name, message->field_count,
                               FIELDS_MOST};
        member_count oneofs = {"message", "oneofs", message->name, message->oneof_count,
                               ONEOFS_MOST};
        check_count(check, &message->features, &fields, mark->name);
        check_count(check, &message->features, &oneofs, mark->name);
        if (message->parent)
            check_nested_export(check, message->proto->visibility, message->full_name, mark->name);
        sl_check_message_style(check, message, mark->name);
        check_fields(check, message->fields, mark->fields, message->field_count);
        check_fields(check, message->extensions, mark->extensions, message->extension_count);
        check_oneofs(check, message, mark);
        check_enums(check, message->enums, mark->enums, message->enum_count);
        check_messages(check, message->messages, mark->messages, message->message_count);
    }
}

static void check_generic_services(sl_check *check)
{
    static const uint32_t numbers[] = {FILE_CC_GENERIC_SERVICES, FILE_JAVA_GENERIC_SERVICES,
                                       FILE_PY_GENERIC_SERVICES};
    for (size_t i = 0; i < SL_ARRAY_LEN(numbers); i++) {
        uint64_t is_set = 0;
        sl_options_find_varint(check->unit->proto->options, numbers[i], &is_set);
        if (!is_set)
            continue;
        sl_diag_plain(check->diags, &check->unit->source, (sl_span){0}, SL_DIAG_GENERIC_SERVICES);
        return;
    }
}

static sl_status check_all(sl_check *check, bool is_main)
{
    const sl_file *file = check->file;
    const sl_file_mark *marks = &check->unit->marks;
    sl_check_package_style(check);
    check_messages(check, file->messages, marks->messages, file->message_count);
    check_enums(check, file->enums, marks->enums, file->enum_count);
    check_fields(check, file->extensions, marks->extensions, file->extension_count);
    for (uint32_t i = 0; i < file->service_count; i++)
        sl_check_service_style(check, &file->services[i], &marks->services[i]);
    if (!is_main)
        return SL_OK;
    check_generic_services(check);
    return sl_check_imports(check);
}

sl_status sl_check_unit(sl_unit *unit, const sl_schema *draft, bool is_main, sl_diags *diags)
{
    sl_check check = {.unit = unit, .draft = draft, .diags = diags};
    check.file = sl_schema_find_file(draft, unit->proto->name);
    sl_status status = check.file ? check_all(&check, is_main) : SL_OK;
    if (sl_buf_status(&check.text) != SL_OK || diags->no_memory)
        status = SL_NO_MEMORY;
    sl_buf_done(&check.text);
    sl_map_done(&check.oneofs);
    return status;
}
