/* json/read.c: an object into a struct, by a table of its fields.
 *
 * A request that says "prodcer" means something, and silence would make it mean something else: every member must be in the table, and
 * the refusal names the nearest field that is. Two walks: the object's members against the table (unknown names, kinds), then the table
 * against the object (what is missing). The tables are short, so both look up by comparing names.
 *
 * Nothing is allocated; on failure the struct may be partly filled and is not to be used. */
#include "json/json.h"

#include <stdio.h>

enum { NAME_SHOWN_BYTES = 64 };

/* A member's name for a message: a stranger chose it, so not all of a long one. */
static sl_str shown(sl_str name)
{
    if (name.len <= NAME_SHOWN_BYTES)
        return name;
    size_t len = NAME_SHOWN_BYTES;
    while (len > 0 && ((uint8_t)name.data[len] & 0xC0) == 0x80)
        len--;
    return (sl_str){name.data, len};
}

/* The field that `name` was probably meant to be; NULL if none is near. */
static const char *nearest(const sl_json_field *fields, size_t count, sl_str name)
{
    const char *best = NULL;
    size_t best_distance = 1 + name.len / 4;
    for (size_t i = 0; i < count; i++) {
        size_t distance = sl_str_edit_distance(name, sl_str_from(fields[i].name));
        bool is_near =
            distance < name.len && (best ? distance < best_distance : distance <= best_distance);
        if (!is_near)
            continue;
        best = fields[i].name;
        best_distance = distance;
    }
    return best;
}

static sl_status refuse_unknown(const sl_json_field *fields, size_t count, sl_str name,
                                sl_error *err)
{
    sl_str text = shown(name);
    const char *meant = nearest(fields, count, name);
    if (meant)
        return sl_error_set(err, SL_INVALID, "unknown field '%.*s'; did you mean '%s'?",
                            SL_STR_ARG(text), meant);
    return sl_error_set(err, SL_INVALID, "unknown field '%.*s'", SL_STR_ARG(text));
}

static sl_status refuse_kind(const sl_json_field *field, const char *wanted, const sl_json *value,
                             sl_error *err)
{
    return sl_error_set(err, SL_INVALID, "field '%s' must be %s, not %s", field->name, wanted,
                        sl_json_kind_name(sl_json_kind_of(value)));
}

static sl_status refuse_enum(const sl_json_field *field, sl_error *err)
{
    char names[SL_ERROR_TEXT_SIZE] = "";
    size_t len = 0;
    for (size_t i = 0; field->names[i] && len < sizeof names; i++)
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i ? ", " : "",
                                field->names[i]);
    return sl_error_set(err, SL_INVALID, "field '%s' must be one of %s", field->name, names);
}

static sl_status read_enum(const sl_json_field *field, const sl_json *value, int *ret_index,
                           sl_error *err)
{
    if (sl_json_kind_of(value) != SL_JSON_STRING)
        return refuse_kind(field, "a string", value, err);
    for (int i = 0; field->names[i]; i++) {
        if (!sl_str_is(sl_json_string(value), field->names[i]))
            continue;
        *ret_index = i;
        return SL_OK;
    }
    return refuse_enum(field, err);
}

static sl_status read_field(const sl_json_field *field, const sl_json *value, void *into,
                            sl_error *err)
{
    void *to = (char *)into + field->offset;
    sl_json_kind kind = sl_json_kind_of(value);
    switch (field->kind) {
    case SL_JSON_FIELD_STRING:
        if (kind != SL_JSON_STRING)
            return refuse_kind(field, "a string", value, err);
        *(sl_str *)to = sl_json_string(value);
        return SL_OK;
    case SL_JSON_FIELD_BOOL:
        if (kind != SL_JSON_BOOL)
            return refuse_kind(field, "true or false", value, err);
        *(bool *)to = sl_json_bool(value);
        return SL_OK;
    case SL_JSON_FIELD_INT64:
        if (kind != SL_JSON_INTEGER)
            return refuse_kind(field, "an integer", value, err);
        *(int64_t *)to = sl_json_integer(value);
        return SL_OK;
    case SL_JSON_FIELD_ENUM: return read_enum(field, value, to, err);
    case SL_JSON_FIELD_VALUE: *(const sl_json **)to = value; return SL_OK;
    }
    return sl_error_set(err, SL_INVALID, "field '%s' has no kind in its table", field->name);
}

static const sl_json_field *find_field(const sl_json_field *fields, size_t count, sl_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (sl_str_is(name, fields[i].name))
            return &fields[i];
    }
    return NULL;
}

static bool is_given(const sl_json *object, const char *name)
{
    const sl_json *value = sl_json_member(object, name);
    return value && sl_json_kind_of(value) != SL_JSON_NULL;
}

sl_status sl_json_read(const sl_json *object, const sl_json_field *fields, size_t field_count,
                       void *into, sl_error *err)
{
    if (sl_json_kind_of(object) != SL_JSON_OBJECT)
        return sl_error_set(err, SL_INVALID, "must be an object, not %s",
                            sl_json_kind_name(sl_json_kind_of(object)));
    void *iterator = NULL;
    sl_str name;
    const sl_json *value;
    while (sl_json_object_next(object, &iterator, &name, &value)) {
        const sl_json_field *field = find_field(fields, field_count, name);
        if (!field)
            return refuse_unknown(fields, field_count, name, err);
        if (sl_json_kind_of(value) == SL_JSON_NULL)
            continue;
        SL_TRY(read_field(field, value, into, err));
        if (field->seen_offset > 0)
            *(bool *)((char *)into + field->seen_offset) = true;
    }
    for (size_t i = 0; i < field_count; i++) {
        if (fields[i].is_required && !is_given(object, fields[i].name))
            return sl_error_set(err, SL_INVALID, "field '%s' is missing", fields[i].name);
    }
    return SL_OK;
}
