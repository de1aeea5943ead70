/* compiler/option_support.c: is what feature_support says of fields and enum values possible?
 *
 * Something is introduced, perhaps deprecated later, and perhaps removed later still; deprecation comes with a warning and removal with an
 * error text. A value of an enum has what the field says that uses it, but for what it says itself, and must not reach beyond the field.
 *
 * Enums are looked at once for each way in which fields that use them are supported, not once for each field. */
#include "compiler/internal/option_check.h"

#include <stdio.h>

enum {
    SUPPORT_INTRODUCED = 1,
    SUPPORT_DEPRECATED = 2,
    SUPPORT_WARNING = 3,
    SUPPORT_REMOVED = 4,
    SUPPORT_ERROR = 5,
    EDITION_LEGACY = 900,
    EDITION_UNSTABLE = 9999,
};

bool sl_support_read(sl_bytes options, uint32_t number, sl_support *ret_support)
{
    sl_bytes bytes;
    sl_wire_field wire;
    if (options.len == 0 || !sl_options_find_bytes(options, number, &bytes))
        return false;
    sl_support support = {0};
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &wire) == SL_OK) {
        int32_t edition = (int32_t)wire.number_value;
        switch (wire.tag.number) {
        case SUPPORT_INTRODUCED: support.introduced = edition; break;
        case SUPPORT_DEPRECATED:
            support.deprecated = edition;
            support.has_deprecated = true;
            break;
        case SUPPORT_REMOVED:
            support.removed = edition;
            support.has_removed = true;
            break;
        case SUPPORT_WARNING: support.warning = sl_bytes_str(wire.bytes); break;
        case SUPPORT_ERROR: support.error = sl_bytes_str(wire.bytes); break;
        default: break;
        }
    }
    *ret_support = support;
    return true;
}

sl_str sl_edition_name(int32_t edition, sl_edition_text *room)
{
    switch (edition) {
    case EDITION_LEGACY: return SL_STR("before proto2");
    case SL_EDITION_PROTO2: return SL_STR("proto2");
    case SL_EDITION_PROTO3: return SL_STR("proto3");
    case SL_EDITION_2023: return SL_STR("2023");
    case SL_EDITION_2024: return SL_STR("2024");
    case SL_EDITION_2026: return SL_STR("2026");
    case EDITION_UNSTABLE: return SL_STR("that is still to come");
    default: break;
    }
    int len = snprintf(room->text, sizeof room->text, "number %d", edition);
    return (sl_str){room->text, (size_t)len};
}

typedef struct support_check {
    sl_unit *unit;
    const sl_schema *draft;
    sl_diags *diags;
    sl_map looked_at; /* (enum, support of the field) that were */
} support_check;

static void tell(support_check *check, sl_span at, sl_diag_id id, sl_str name)
{
    sl_diag(check->diags, &check->unit->source, at, id, name);
}

/* The order in which protoc finds it; one finding each. */
static bool check_one(support_check *check, sl_span at, sl_str name, const sl_support *support)
{
    bool has_early_removal = support->has_removed && support->removed < support->introduced;
    if (support->has_deprecated && support->deprecated < support->introduced)
        tell(check, at, SL_DIAG_SUPPORT_DEPRECATED_EARLY, name);
    else if (support->has_deprecated && !support->warning.data)
        tell(check, at, SL_DIAG_SUPPORT_NO_WARNING, name);
    else if (!support->has_deprecated && support->warning.data)
        tell(check, at, SL_DIAG_SUPPORT_WARNING_ALONE, name);
    else if (support->has_removed && support->deprecated >= support->removed)
        tell(check, at, SL_DIAG_SUPPORT_DEPRECATED_LATE, name);
    else if (has_early_removal)
        tell(check, at, SL_DIAG_SUPPORT_REMOVED_EARLY, name);
    else if (support->has_removed && support->removed != support->introduced &&
             !support->error.data)
        tell(check, at, SL_DIAG_SUPPORT_NO_ERROR, name);
    else if (!support->has_removed && support->error.data)
        tell(check, at, SL_DIAG_SUPPORT_ERROR_ALONE, name);
    else
        return true;
    return false;
}

static sl_support merged(const sl_support *field, const sl_support *value)
{
    sl_support both = *field;
    if (value->introduced)
        both.introduced = value->introduced;
    if (value->has_deprecated)
        both.deprecated = value->deprecated;
    if (value->has_removed)
        both.removed = value->removed;
    both.has_deprecated = field->has_deprecated || value->has_deprecated;
    both.has_removed = field->has_removed || value->has_removed;
    if (value->warning.data)
        both.warning = value->warning;
    if (value->error.data)
        both.error = value->error;
    return both;
}

static void check_value(support_check *check, sl_span at, const sl_field *field,
                        const sl_support *of_field, const sl_enum_value *value)
{
    sl_support own;
    if (!sl_support_read(value->proto->options, SL_SUPPORT_OF_VALUE, &own))
        return;
    sl_support both = merged(of_field, &own);
    const char *what = NULL;
    if (!check_one(check, at, value->full_name, &both))
        return;
    if (both.introduced < of_field->introduced)
        what = "introduced before";
    else if (of_field->has_removed && both.removed > of_field->removed)
        what = "removed after";
    else if (of_field->has_deprecated && both.deprecated > of_field->deprecated)
        what = "deprecated after";
    if (what)
        sl_diag(check->diags, &check->unit->source, at, SL_DIAG_SUPPORT_OF_VALUE, value->full_name,
                sl_str_from(what), field->full_name);
}

/* What matters of a field's support, and the enum. False: it was looked at already, or memory is out. */
static bool is_new(support_check *check, const sl_enum *enumeration, const sl_support *support)
{
    sl_arena *scratch = check->unit->scratch;
    sl_str key = sl_arena_printf(scratch, "%d %d %d %d%d%d%d %.*s", support->introduced,
                                 support->deprecated, support->removed, support->has_deprecated,
                                 support->has_removed, support->warning.data != NULL,
                                 support->error.data != NULL, SL_STR_ARG(enumeration->full_name));
    sl_status status = key.data ? sl_map_add(&check->looked_at, key, check, NULL) : SL_NO_MEMORY;
    check->diags->no_memory = check->diags->no_memory || status == SL_NO_MEMORY;
    return status == SL_OK;
}

static void check_field(support_check *check, const sl_field *field, sl_span at)
{
    sl_support support;
    if (!sl_support_read(field->proto->options, SL_SUPPORT_OF_FIELD, &support) ||
        !check_one(check, at, field->full_name, &support))
        return;
    const sl_enum *enumeration = field->enumeration;
    if (!enumeration || !is_new(check, enumeration, &support))
        return;
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        check_value(check, at, field, &support, &enumeration->values[i]);
}

static void check_fields(support_check *check, const sl_field *fields, const sl_field_mark *marks,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (marks[i].options.count > 0)
            check_field(check, &fields[i], marks[i].name);
}

static void check_enums(support_check *check, const sl_enum *enums, const sl_enum_mark *marks,
                        uint32_t count)
{
    sl_support support;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < enums[i].value_count; j++) {
            const sl_enum_value *value = &enums[i].values[j];
            if (sl_support_read(value->proto->options, SL_SUPPORT_OF_VALUE, &support))
                check_one(check, marks[i].values[j].name, value->full_name, &support);
        }
}

static void check_messages(support_check *check, const sl_message *messages,
                           const sl_message_mark *marks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message *message = &messages[i];
        check_fields(check, message->fields, marks[i].fields, message->field_count);
        check_fields(check, message->extensions, marks[i].extensions, message->extension_count);
        check_enums(check, message->enums, marks[i].enums, message->enum_count);
        check_messages(check, message->messages, marks[i].messages, message->message_count);
    }
}

sl_status sl_supports_check(sl_unit *unit, const sl_schema *draft, sl_diags *diags)
{
    const sl_file *file = sl_schema_find_file(draft, unit->proto->name);
    support_check check = {.unit = unit, .draft = draft, .diags = diags};
    if (!file)
        return SL_OK;
    check_fields(&check, file->extensions, unit->marks.extensions, file->extension_count);
    check_enums(&check, file->enums, unit->marks.enums, file->enum_count);
    check_messages(&check, file->messages, unit->marks.messages, file->message_count);
    sl_map_done(&check.looked_at);
    return diags->no_memory ? SL_NO_MEMORY : SL_OK;
}
