/* lint/protovalidate.c: the rule PROTOVALIDATE: are the rules of buf.validate any good?
 *
 *   message  (buf.validate.message)     ids of expressions, oneof
 *   field    (buf.validate.field)       where it stands, flags, ids of expressions, kind of the rules against type of the field
 *                .repeated.items        the same for each item
 *                .map.keys .map.values  … for each key and value
 *                .string …              protovalidate_values.c
 *   extension of rules  (buf.validate.predefined)  ids of expressions
 *
 * Rules that contradict each other let no value pass; rules for another type than the field's are an error when a validator first meets them, in
 * production. Here they are found before. What an expression means is not looked at: it may still fail to compile (docs/lint.md). */
#include "lint/internal/protovalidate.h"

enum {
    /* FieldRules */
    CEL = 23,
    REQUIRED = 25,
    IGNORE = 27,
    REPEATED = 18,
    MAP = 19,
    IGNORE_IF_ZERO_VALUE = 1,
    IGNORE_ALWAYS = 3,
    /* MessageRules */
    MESSAGE_CEL = 3,
    MESSAGE_ONEOF = 4,
    MESSAGE_ONEOF_FIELDS = 1,
    /* Rule */
    RULE_ID = 1,
    RULE_EXPRESSION = 3,
    /* RepeatedRules and MapRules */
    MIN = 1,
    MAX = 2,
    UNIQUE = 3,
    ITEMS = 4,
    KEYS = 4,
    VALUES = 5,
};
/* Members of FieldRules.type. */
static const uint64_t type_members = UINT64_C(0x7dfffe) | UINT64_C(1) << 28;

/* --- objections --- */

static sl_finding *object_at(sl_linter *linter, sl_element_path element, int32_t options,
                             const sl_rule_path *path)
{
    int32_t steps[SL_VALUE_RULES_DEPTH + 1] = {options};
    for (size_t i = 0; i < path->len; i++)
        steps[i + 1] = path->steps[i];
    return sl_lint_add_option(linter, element, steps, path->len + 1, 2);
}

sl_finding *sl_rule_object(const sl_ruled *ruled, sl_rule_path path)
{
    return object_at(ruled->linter, sl_field_path(ruled->field), SL_AT_FIELD_OPTIONS, &path);
}

void sl_rule_object_both(const sl_ruled *ruled, sl_rule_path one, sl_rule_path other, sl_str text)
{
    sl_finding *finding = sl_rule_object(ruled, one);
    if (!finding)
        return;
    finding->message = text;
    sl_location at = finding->at;
    finding = sl_rule_object(ruled, other);
    if (!finding)
        return;
    finding->message = text;
    if (finding->at.line == at.line && finding->at.column == at.column)
        ruled->linter->found.count--;
}

sl_str sl_rule_name(const sl_ruled *ruled, sl_rule_path path)
{
    sl_buf *text = &ruled->linter->text;
    const sl_message *rules =
        sl_schema_find_message(ruled->linter->request->schema, SL_STR("buf.validate.FieldRules"));
    sl_buf_clear(text);
    sl_buf_append_str(text, SL_STR("(buf.validate.field)"));
    for (size_t i = 1; i < path.len && rules; i++) {
        const sl_field *field = sl_message_find_field(rules, path.steps[i]);
        if (!field)
            break;
        sl_buf_printf(text, ".%.*s", SL_STR_ARG(field->name));
        rules = field->message;
    }
    sl_str name = {0};
    (void)sl_lint_failed(ruled->linter,
                         sl_arena_copy_str(&ruled->linter->arena, sl_buf_str(text), &name));
    return name;
}

/* --- expressions --- */

typedef struct expressions {
    sl_linter *linter;
    sl_element_path element;
    int32_t options; /* number of the element's options */
    sl_bytes bytes;  /* those options */
    sl_rule_path path;
    sl_str owner; /* "field acme.Order.total" */
} expressions;

static void tell_expression(const expressions *of, uint32_t index, const char *text)
{
    sl_rule_path path = sl_rule_path_add(of->path, (int32_t)index);
    sl_finding *finding = object_at(of->linter, of->element, of->options, &path);
    if (finding)
        finding->message = sl_lint_text(of->linter, "expression %u of %.*s %s", index + 1,
                                        SL_STR_ARG(of->owner), text);
}

static bool is_id(sl_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.')
            return false;
    }
    return true;
}

static sl_str text_of(const sl_value_rules *rules, int32_t number)
{
    return sl_value_rules_has(rules, number) ? sl_bytes_str(rules->of[number].bytes) : SL_STR("");
}

/* An id that comes twice is told at each of its places. */
static void check_ids(const expressions *of, const sl_rule_items *items)
{
    sl_cleanup(sl_map_done) sl_map counts = {0};
    static const sl_rule_path itself = {.len = 0};
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < items->count; i++) {
            sl_value_rules rule = sl_value_rules_read(items->items[i], &itself);
            sl_str id = text_of(&rule, RULE_ID);
            uintptr_t count = (uintptr_t)sl_map_get(&counts, id);
            if (id.len == 0)
                continue;
            if (pass == 0 &&
                sl_lint_failed(of->linter, sl_map_set(&counts, id, (void *)(count + 1))))
                return;
            if (pass == 1 && count > 1)
                tell_expression(of, i, "has the id of another one");
        }
}

static void check_expressions(const expressions *of)
{
    sl_rule_items items = {0};
    static const sl_rule_path itself = {.len = 0};
    if (!sl_lint_failed(of->linter, sl_value_rules_items(of->bytes, &of->path, &items))) {
        for (uint32_t i = 0; i < items.count; i++) {
            sl_value_rules rule = sl_value_rules_read(items.items[i], &itself);
            sl_str id = text_of(&rule, RULE_ID);
            if (!is_id(id))
                tell_expression(of, i,
                                "has an id with other signs than a-z, A-Z, 0-9, '.', '_', '-'");
            if (text_of(&rule, RULE_EXPRESSION).len == 0)
                tell_expression(of, i, "is empty");
        }
        check_ids(of, &items);
    }
    sl_vec_done(&items);
}

/* --- flags --- */

static void tell_flag(const sl_ruled *ruled, int32_t flag, const char *text)
{
    sl_rule_path path = sl_rule_path_add(ruled->path, flag);
    sl_finding *finding = sl_rule_object(ruled, path);
    if (finding)
        finding->message = sl_lint_text(ruled->linter, "%.*s of field %.*s %s",
                                        SL_STR_ARG(sl_rule_name(ruled, path)),
                                        SL_STR_ARG(ruled->field->full_name), text);
}

static void check_flags(const sl_ruled *ruled, const sl_value_rules *rules)
{
    bool is_required = sl_value_rules_has(rules, REQUIRED) && rules->of[REQUIRED].number;
    uint64_t ignore = sl_value_rules_has(rules, IGNORE) ? rules->of[IGNORE].number : 0;
    const sl_field *value = ruled->value;
    if (value->is_extension && is_required)
        tell_flag(ruled, REQUIRED, "means nothing: an extension cannot be required");
    if (value->is_extension && ignore == IGNORE_IF_ZERO_VALUE)
        tell_flag(ruled, IGNORE, "means nothing on an extension");
    if (value->oneof && !value->oneof->is_synthetic && is_required)
        tell_flag(ruled, REQUIRED,
                  "forbids the other members of its oneof: say (buf.validate.oneof).required");
    if (ignore == IGNORE_ALWAYS && __builtin_popcountll(rules->is_set) > 1)
        tell_flag(ruled, IGNORE, "is IGNORE_ALWAYS, so that its other rules are never asked");
    if (is_required && ignore == IGNORE_IF_ZERO_VALUE)
        sl_rule_object_both(
            ruled, sl_rule_path_add(ruled->path, REQUIRED), sl_rule_path_add(ruled->path, IGNORE),
            sl_lint_text(ruled->linter,
                         "field %.*s is required, and ignored if it is zero: that is both ways",
                         SL_STR_ARG(ruled->field->full_name)));
    if (ignore == IGNORE_IF_ZERO_VALUE && value->has_presence && !value->is_extension)
        tell_flag(ruled, IGNORE,
                  "says what holds anyway: a field with presence is ignored if it is not set");
}

/* --- the kind of the rules --- */

/* By number in FieldRules: the type of a field that they are for, and the message that stands for it. */
static const struct {
    sl_field_type type;
    const char *message;
} kinds[] = {
    [1] = {SL_TYPE_FLOAT, "google.protobuf.FloatValue"},
    [2] = {SL_TYPE_DOUBLE, "google.protobuf.DoubleValue"},
    [3] = {SL_TYPE_INT32, "google.protobuf.Int32Value"},
    [4] = {SL_TYPE_INT64, "google.protobuf.Int64Value"},
    [5] = {SL_TYPE_UINT32, "google.protobuf.UInt32Value"},
    [6] = {SL_TYPE_UINT64, "google.protobuf.UInt64Value"},
    [7] = {SL_TYPE_SINT32, NULL},
    [8] = {SL_TYPE_SINT64, NULL},
    [9] = {SL_TYPE_FIXED32, NULL},
    [10] = {SL_TYPE_FIXED64, NULL},
    [11] = {SL_TYPE_SFIXED32, NULL},
    [12] = {SL_TYPE_SFIXED64, NULL},
    [13] = {SL_TYPE_BOOL, "google.protobuf.BoolValue"},
    [14] = {SL_TYPE_STRING, "google.protobuf.StringValue"},
    [15] = {SL_TYPE_BYTES, "google.protobuf.BytesValue"},
    [16] = {SL_TYPE_ENUM, NULL},
    [20] = {0, "google.protobuf.Any"},
    [21] = {0, "google.protobuf.Duration"},
    [22] = {0, "google.protobuf.Timestamp"},
    [28] = {0, "google.protobuf.FieldMask"},
};
enum { LAST_SCALAR_KIND = 16 };

static bool is_message(const sl_field *field)
{
    return field->type == SL_TYPE_MESSAGE || field->type == SL_TYPE_GROUP;
}

static bool fits(const sl_field *field, int32_t kind)
{
    if (kinds[kind].type && kinds[kind].type == field->type)
        return true;
    return kinds[kind].message && is_message(field) &&
           sl_str_is(field->message->full_name, kinds[kind].message);
}

static bool is_wrapper(const sl_field *field)
{
    for (int32_t kind = 1; kind <= LAST_SCALAR_KIND; kind++)
        if (kinds[kind].message && sl_str_is(field->message->full_name, kinds[kind].message))
            return true;
    return false;
}

static void tell_kind(const sl_ruled *ruled, sl_rule_path path)
{
    sl_finding *finding = sl_rule_object(ruled, path);
    if (!finding)
        return;
    const sl_field *value = ruled->value;
    sl_str type = is_message(value) && !value->is_map
                      ? value->message->full_name
                      : sl_str_from(sl_field_type_name(value->type));
    finding->message =
        sl_lint_text(ruled->linter, "%.*s stands on field %.*s, which is %s%.*s",
                     SL_STR_ARG(sl_rule_name(ruled, path)), SL_STR_ARG(ruled->field->full_name),
                     value->is_map    ? "a map"
                     : ruled->is_list ? "repeated "
                                      : "",
                     value->is_map ? 0 : (int)type.len, type.data);
}

/* min_items and max_items, min_pairs and max_pairs */
static void check_sizes(const sl_ruled *ruled, sl_rule_path path, const sl_value_rules *rules)
{
    if (!sl_value_rules_has(rules, MIN) || !sl_value_rules_has(rules, MAX) ||
        rules->of[MIN].number <= rules->of[MAX].number)
        return;
    for (int32_t number = MIN; number <= MAX; number++) {
        sl_finding *finding = sl_rule_object(ruled, sl_rule_path_add(path, number));
        if (finding)
            finding->message = sl_lint_text(
                ruled->linter, "field %.*s has at least %llu and at most %llu: no value has",
                SL_STR_ARG(ruled->field->full_name), (unsigned long long)rules->of[MIN].number,
                (unsigned long long)rules->of[MAX].number);
    }
}

static void check_field_rules(const sl_ruled *ruled);

/* Rules for each item, key or value. `required` means nothing there: what is there is set. */
static void check_inner(const sl_ruled *ruled, sl_rule_path path, const sl_field *value)
{
    sl_ruled inner = *ruled;
    inner.path = path;
    inner.value = value;
    inner.is_list = false;
    sl_value_rules rules = sl_value_rules_read(ruled->field->proto->options, &path);
    if (sl_value_rules_has(&rules, REQUIRED) && rules.of[REQUIRED].number)
        tell_flag(&inner, REQUIRED,
                  "cannot be enforced: it stands on what is inside a list or a map");
    check_field_rules(&inner);
}

static void check_repeated(const sl_ruled *ruled)
{
    const sl_field *field = ruled->value;
    sl_rule_path path = sl_rule_path_add(ruled->path, REPEATED);
    if (field->cardinality != SL_REPEATED || field->is_map) {
        tell_kind(ruled, path);
        return;
    }
    sl_value_rules rules = sl_value_rules_read(ruled->field->proto->options, &path);
    if (sl_value_rules_has(&rules, UNIQUE) && rules.of[UNIQUE].number && is_message(field) &&
        !is_wrapper(field)) {
        sl_finding *finding = sl_rule_object(ruled, sl_rule_path_add(path, UNIQUE));
        if (finding)
            finding->message = sl_lint_text(
                ruled->linter, "field %.*s holds messages, which cannot be asked to be unique",
                SL_STR_ARG(field->full_name));
    }
    check_sizes(ruled, path, &rules);
    if (sl_value_rules_has(&rules, ITEMS))
        check_inner(ruled, sl_rule_path_add(path, ITEMS), field);
}

static void check_map(const sl_ruled *ruled)
{
    const sl_field *field = ruled->value;
    sl_rule_path path = sl_rule_path_add(ruled->path, MAP);
    if (!field->is_map) {
        tell_kind(ruled, path);
        return;
    }
    sl_value_rules rules = sl_value_rules_read(ruled->field->proto->options, &path);
    check_sizes(ruled, path, &rules);
    if (sl_value_rules_has(&rules, KEYS))
        check_inner(ruled, sl_rule_path_add(path, KEYS), sl_message_find_field(field->message, 1));
    if (sl_value_rules_has(&rules, VALUES))
        check_inner(ruled, sl_rule_path_add(path, VALUES),
                    sl_message_find_field(field->message, 2));
}

/* Items of repeated rules are no repeated field, so nesting ends: depth is at most 2. */
static void check_field_rules(const sl_ruled *ruled)
{
    sl_value_rules rules = sl_value_rules_read(ruled->field->proto->options, &ruled->path);
    sl_value_rules_keep_last(&rules, type_members);
    check_flags(ruled, &rules);
    if (sl_value_rules_has(&rules, CEL))
        check_expressions(&(expressions){
            ruled->linter, sl_field_path(ruled->field), SL_AT_FIELD_OPTIONS,
            ruled->field->proto->options, sl_rule_path_add(ruled->path, CEL),
            sl_lint_text(ruled->linter, "field %.*s", SL_STR_ARG(ruled->field->full_name))});
    uint64_t kind_bit = rules.is_set & type_members;
    if (!kind_bit)
        return;
    int32_t kind = __builtin_ctzll(kind_bit);
    sl_rule_path path = sl_rule_path_add(ruled->path, kind);
    if (kind == MAP)
        check_map(ruled);
    else if (kind == REPEATED)
        check_repeated(ruled);
    else if (ruled->is_list || !fits(ruled->value, kind))
        tell_kind(ruled, path);
    else
        sl_rule_check_values(ruled, kind, path);
}

/* --- elements --- */

static bool extends_rules(const sl_field *field)
{
    static const sl_str package = SL_STR_INIT("buf.validate."), ending = SL_STR_INIT("Rules");
    return field->is_extension && sl_str_starts_with(field->extendee->full_name, package) &&
           sl_str_ends_with(field->extendee->full_name, ending);
}

static void check_field(sl_linter *linter, const sl_field *field)
{
    if (field->proto->options.len == 0)
        return;
    sl_rule_path options = {.len = 0};
    sl_value_rules all = {0};
    sl_rule_path rules = sl_rule_path_add(options, SL_VALUE_RULES_OPTION);
    all = sl_value_rules_read(field->proto->options, &rules);
    if (all.is_set)
        check_field_rules(&(sl_ruled){.linter = linter,
                                      .field = field,
                                      .value = field,
                                      .path = rules,
                                      .is_list = field->cardinality == SL_REPEATED});
    if (extends_rules(field))
        check_expressions(
            &(expressions){linter, sl_field_path(field), SL_AT_FIELD_OPTIONS, field->proto->options,
                           SL_RULE_PATH(SL_PREDEFINED_RULES_OPTION, 1),
                           sl_lint_text(linter, "extension %.*s", SL_STR_ARG(field->full_name))});
}

/* --- oneof of a message --- */

/* A field's name in the entries of one message. */
typedef struct oneof_name {
    uint32_t entries; /* that have it */
    sl_location told; /* where that was last found wrong */
} oneof_name;

typedef struct oneof_use {
    oneof_name *name;
    uint32_t entry;
} oneof_use;

typedef struct oneofs {
    sl_linter *linter;
    const sl_message *message;
    sl_map names; /* name → oneof_name */
    SL_VEC(oneof_use) uses;
} oneofs;

static sl_finding *tell_oneof(oneofs *of, sl_rule_path path, const char *text)
{
    sl_finding *finding =
        object_at(of->linter, sl_message_path(of->message), SL_AT_MESSAGE_OPTIONS, &path);
    if (finding)
        finding->message = sl_lint_text(of->linter, "(buf.validate.message).oneof of %.*s %s",
                                        SL_STR_ARG(of->message->full_name), text);
    return finding;
}

static sl_rule_path entry_path(uint32_t entry)
{
    return SL_RULE_PATH(SL_VALUE_RULES_OPTION, MESSAGE_ONEOF, (int32_t)entry);
}

static void use_name(oneofs *of, sl_str name, uint32_t entry)
{
    oneof_name *known = sl_map_get(&of->names, name);
    if (!known) {
        known = sl_arena_new(&of->linter->arena, oneof_name);
        if (!known || sl_lint_failed(of->linter, sl_map_set(&of->names, name, known))) {
            of->linter->no_memory = true;
            return;
        }
    }
    known->entries++;
    (void)sl_lint_failed(of->linter, sl_vec_push(&of->uses, (oneof_use){known, entry}));
}

static void check_oneof_names(oneofs *of, uint32_t entry, const sl_rule_items *names)
{
    sl_cleanup(sl_map_done) sl_map seen = {0};
    if (names->count == 0)
        (void)tell_oneof(of, entry_path(entry), "has an entry without fields");
    for (uint32_t i = 0; i < names->count && !of->linter->no_memory; i++) {
        sl_str name = sl_bytes_str(names->items[i]);
        sl_rule_path place = sl_rule_path_add(entry_path(entry), MESSAGE_ONEOF_FIELDS);
        place = sl_rule_path_add(place, (int32_t)i);
        if (sl_map_get(&seen, name))
            (void)tell_oneof(of, place, "names a field twice");
        else if (!sl_message_find_field_by_name(of->message, name))
            (void)tell_oneof(of, place, "names a field that the message does not have");
        else
            use_name(of, name, entry);
        (void)sl_lint_failed(of->linter, sl_map_set(&seen, name, of));
    }
}

/* A field belongs to one entry; at each place that has it once too often, this is told once. */
static void tell_shared_names(oneofs *of)
{
    for (size_t i = 0; i < of->uses.count; i++) {
        oneof_use use = of->uses.items[i];
        sl_finding *finding =
            use.name->entries < 2
                ? NULL
                : tell_oneof(of, entry_path(use.entry), "names a field in several entries");
        if (!finding)
            continue;
        if (use.name->told.file.data && use.name->told.line == finding->at.line &&
            use.name->told.column == finding->at.column)
            of->linter->found.count--;
        else
            use.name->told = finding->at;
    }
}

static void check_oneofs(sl_linter *linter, const sl_message *message)
{
    oneofs of = {.linter = linter, .message = message};
    sl_rule_items entries = {0};
    sl_rule_path path = SL_RULE_PATH(SL_VALUE_RULES_OPTION, MESSAGE_ONEOF);
    (void)sl_lint_failed(linter, sl_value_rules_items(message->proto->options, &path, &entries));
    for (uint32_t i = 0; i < entries.count && !linter->no_memory; i++) {
        sl_rule_items names = {0};
        sl_rule_path fields = SL_RULE_PATH(MESSAGE_ONEOF_FIELDS);
        if (!sl_lint_failed(linter, sl_value_rules_items(entries.items[i], &fields, &names)))
            check_oneof_names(&of, i, &names);
        sl_vec_done(&names);
    }
    tell_shared_names(&of);
    sl_vec_done(&entries);
    sl_vec_done(&of.uses);
    sl_map_done(&of.names);
}

/* --- the file --- */

/* Nesting is bounded by SL_LIMIT_DESCRIPTOR_DEPTH. */
static void check_message(sl_linter *linter, const sl_message *message)
{
    if (message->is_map_entry)
        return;
    if (message->proto->options.len > 0) {
        check_expressions(&(expressions){
            linter, sl_message_path(message), SL_AT_MESSAGE_OPTIONS, message->proto->options,
            SL_RULE_PATH(SL_VALUE_RULES_OPTION, MESSAGE_CEL),
            sl_lint_text(linter, "message %.*s", SL_STR_ARG(message->full_name))});
        check_oneofs(linter, message);
    }
    for (uint32_t i = 0; i < message->field_count; i++)
        check_field(linter, &message->fields[i]);
    for (uint32_t i = 0; i < message->extension_count; i++)
        check_field(linter, &message->extensions[i]);
    for (uint32_t i = 0; i < message->message_count; i++)
        check_message(linter, &message->messages[i]);
}

void lint_protovalidate(sl_linter *linter, const sl_file *file)
{
    for (uint32_t i = 0; i < file->message_count; i++)
        check_message(linter, &file->messages[i]);
    for (uint32_t i = 0; i < file->extension_count; i++)
        check_field(linter, &file->extensions[i]);
}
