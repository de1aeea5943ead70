/* schema/link_resolve.c: the third pass: from the names of types to the types.
 *
 * A name with a leading dot is full; protoc writes only those. Others are legal and mean what they would mean in C++: the first part is looked for
 * in the innermost scope, then further out, and the first scope that has it decides, even if the rest of the name then leads nowhere.
 * A find that could not be what is looked for (no type; no container of the rest) is passed over, but where protoc is stricter: a method's
 * types and an extendee are what the first thing of that name is, or nothing.
 *
 * A file sees itself, what it imports, and what those files import publicly, however far. Direct imports are stamped when a file's turn comes;
 * public ones only when a name is not found among those, which spares nearly every file the walk. A name that is there but not
 * visible gets a finding of its own, since the cure is an import. */
#include "schema/internal/field_type.h"
#include "schema/internal/linker.h"

enum {
    VISIBILITY_LOCAL = 1,
    SYMBOLS_EXPORT_TOP_LEVEL = 2,
    SYMBOLS_LOCAL_ALL = 3,
    SYMBOLS_STRICT = 4,
};

/* --- what the file at hand sees --- */

/* The file, and its package with the packages around it. */
static void see_file(sl_linker *linker, const sl_file *file)
{
    linker->visible[file->index] = linker->stamp;
    sl_symbol *package = linker->packages[file->index];
    for (; package && package->stamp != linker->stamp; package = package->outer)
        package->stamp = linker->stamp;
}

static void enter_file(sl_linker *linker, const sl_file *file)
{
    linker->stamp++;
    linker->is_closed = false;
    see_file(linker, file);
    for (uint32_t i = 0; i < file->import_count; i++)
        see_file(linker, file->imports[i]);
}

/* Stamp public imports of imports, and theirs. */
static sl_status close_visible(sl_linker *linker, const sl_file *file)
{
    SL_VEC(const sl_file *) queue = {0};
    sl_status status = SL_OK;
    for (uint32_t i = 0; i < file->import_count && status == SL_OK; i++)
        status = sl_vec_push(&queue, file->imports[i]);
    while (queue.count > 0 && status == SL_OK) {
        const sl_file *next = queue.items[--queue.count];
        linker->import_steps += next->proto->public_dependencies.count + 1;
        if (linker->import_steps > SL_LIMIT_IMPORT_STEPS)
            status = SL_LIMIT;
        for (uint32_t i = 0; i < next->proto->public_dependencies.count && status == SL_OK; i++) {
            const sl_file *seen = next->imports[next->proto->public_dependencies.items[i]];
            if (linker->visible[seen->index] == linker->stamp)
                continue;
            see_file(linker, seen);
            status = sl_vec_push(&queue, seen);
        }
    }
    sl_vec_done(&queue);
    linker->is_closed = true;
    if (status == SL_LIMIT)
        return sl_error_set(linker->err, SL_LIMIT,
                            "following public imports takes more than IMPORT_STEPS (%d) allows",
                            SL_LIMIT_IMPORT_STEPS);
    return status == SL_OK ? SL_OK : sl_error_no_memory(linker->err);
}

/* --- finding a name --- */

typedef struct name_lookup {
    sl_linker *linker;
    const sl_file *from;
    bool takes_anything;     /* the first thing of that name counts, whatever it is */
    const sl_symbol *hidden; /* last type that was there, but not visible */
} name_lookup;

static bool is_stamped(const sl_linker *linker, const sl_symbol *symbol)
{
    uint32_t stamp =
        symbol->kind == SL_SYMBOL_PACKAGE ? symbol->stamp : linker->visible[symbol->file->index];
    return stamp == linker->stamp;
}

static sl_status is_visible(name_lookup *lookup, const sl_symbol *symbol, bool *ret_is)
{
    sl_linker *linker = lookup->linker;
    if (!is_stamped(linker, symbol) && !linker->is_closed)
        SL_TRY(close_visible(linker, lookup->from));
    *ret_is = is_stamped(linker, symbol);
    return SL_OK;
}

static bool is_type(const sl_symbol *symbol)
{
    return symbol->kind == SL_SYMBOL_MESSAGE || symbol->kind == SL_SYMBOL_ENUM;
}

/* NULL if there is no such name, or it is not visible. */
static sl_status find_visible(name_lookup *lookup, sl_str full_name, const sl_symbol **ret_symbol)
{
    const sl_symbol *symbol = sl_map_get(lookup->takes_anything ? &lookup->linker->symbols
                                                                : &lookup->linker->schema->names,
                                         full_name);
    bool can_see = false;
    if (symbol)
        SL_TRY(is_visible(lookup, symbol, &can_see));
    if (symbol && !can_see && is_type(symbol))
        lookup->hidden = symbol;
    *ret_symbol = can_see ? symbol : NULL;
    return SL_OK;
}

static bool is_container(const sl_symbol *symbol)
{
    return is_type(symbol) || symbol->kind == SL_SYMBOL_PACKAGE ||
           symbol->kind == SL_SYMBOL_SERVICE;
}

/* `scope` "." `name` in `buf`; just `name` if the scope is empty. */
static sl_status spell(sl_linker *linker, sl_buf *buf, sl_str scope, sl_str name)
{
    sl_buf_clear(buf);
    sl_buf_append_str(buf, scope);
    if (scope.len > 0)
        sl_buf_append_byte(buf, '.');
    sl_buf_append_str(buf, name);
    linker->lookup_bytes += buf->len;
    if (linker->lookup_bytes > SL_LIMIT_LOOKUP_BYTES)
        return sl_error_set(linker->err, SL_LIMIT,
                            "resolving relative type names takes more than LOOKUP_BYTES (%d) "
                            "allows; write full names, with a leading dot",
                            SL_LIMIT_LOOKUP_BYTES);
    return sl_buf_status(buf) == SL_OK ? SL_OK : sl_error_no_memory(linker->err);
}

/* C++ scoping from `scope` outwards. At most one round for each part of the scope's name, which has its limit. */
static sl_status find_relative(name_lookup *lookup, sl_str scope, sl_str name,
                               const sl_symbol **ret_symbol)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_str first = name, rest = {0};
    bool has_rest = sl_str_split(name, '.', &first, &rest);
    for (;;) {
        const sl_symbol *symbol = NULL;
        SL_TRY(spell(lookup->linker, &buf, scope, first));
        SL_TRY(find_visible(lookup, sl_buf_str(&buf), &symbol));
        if (symbol && has_rest && is_container(symbol)) {
            SL_TRY(spell(lookup->linker, &buf, scope, name));
            return find_visible(lookup, sl_buf_str(&buf), ret_symbol);
        }
        bool is_found = symbol && (lookup->takes_anything || is_type(symbol));
        if ((is_found && !has_rest) || scope.len == 0) {
            *ret_symbol = has_rest ? NULL : symbol;
            return SL_OK;
        }
        sl_str dropped;
        if (!sl_str_split_last(scope, '.', &scope, &dropped))
            scope = (sl_str){"", 0};
    }
}

/* What a reference is, for findings. */
typedef struct type_reference {
    const sl_symbol *from; /* field, extension or method that refers */
    sl_str from_name;      /* its full name */
    sl_str scope;          /* where relative names begin */
    sl_str name;           /* as written */
    const char *role;      /* "type", "extendee", "input type" */
    sl_link_part part;     /* where the name stands */
} type_reference;

static sl_status tell_unresolved(name_lookup *lookup, const type_reference *reference)
{
    const sl_symbol *from = reference->from;
    if (lookup->hidden)
        sl_link_hint_import(lookup->linker, lookup->hidden->file->path);
    else
        sl_link_hint_elsewhere(lookup->linker, reference->scope, reference->name);
    if (!lookup->hidden)
        return sl_link_finding(lookup->linker, SL_LINK_TYPE_NOT_FOUND,
                               sl_link_locate_part(lookup->linker, from, reference->part),
                               "%s '%.*s' has %s '%.*s', which is not defined",
                               sl_symbol_kind_name(from->kind), SL_STR_ARG(reference->from_name),
                               reference->role, SL_STR_ARG(reference->name));
    return sl_link_finding_pair(lookup->linker, SL_LINK_TYPE_NOT_IMPORTED,
                                sl_link_locate_part(lookup->linker, from, reference->part),
                                sl_link_locate(lookup->linker, lookup->hidden),
                                "%s '%.*s' has %s '%.*s', which is defined in %.*s, and %.*s does "
                                "not import that",
                                sl_symbol_kind_name(from->kind), SL_STR_ARG(reference->from_name),
                                reference->role, SL_STR_ARG(reference->name),
                                SL_STR_ARG(lookup->hidden->file->path),
                                SL_STR_ARG(from->file->path));
}

/* What does not say so itself is as its file has it (features.default_symbol_visibility). */
static bool is_local_by(const sl_file *file, int32_t stated, bool is_nested)
{
    if (stated != 0)
        return stated == VISIBILITY_LOCAL;
    switch (file->features.default_symbol_visibility) {
    case SYMBOLS_EXPORT_TOP_LEVEL: return is_nested;
    case SYMBOLS_LOCAL_ALL:
    case SYMBOLS_STRICT: return true;
    default: return false;
    }
}

static bool is_local(const sl_symbol *symbol)
{
    if (symbol->kind == SL_SYMBOL_MESSAGE) {
        const sl_message *message = symbol->item;
        return is_local_by(symbol->file, message->proto->visibility, message->parent != NULL);
    }
    if (symbol->kind == SL_SYMBOL_ENUM) {
        const sl_enum *enumeration = symbol->item;
        return is_local_by(symbol->file, enumeration->proto->visibility,
                           enumeration->parent != NULL);
    }
    return false;
}

/* NULL, and a finding, if it does not lead anywhere. */
static sl_status resolve_name(sl_linker *linker, const type_reference *reference,
                              const sl_symbol **ret_symbol)
{
    const sl_symbol *from = reference->from, *symbol = NULL;
    name_lookup lookup = {.linker = linker,
                          .from = from->file,
                          .takes_anything = reference->part != SL_PART_FIELD_TYPE_NAME};
    sl_str name = reference->name;
    if (name.len > 0 && name.data[0] == '.')
        SL_TRY(find_visible(&lookup, (sl_str){name.data + 1, name.len - 1}, &symbol));
    else if (name.len > 0)
        SL_TRY(find_relative(&lookup, reference->scope, name, &symbol));
    *ret_symbol = symbol;
    if (!symbol)
        return tell_unresolved(&lookup, reference);
    if (is_local(symbol) && symbol->file != from->file)
        return sl_link_finding_pair(
            linker, SL_LINK_TYPE_LOCAL, sl_link_locate_part(linker, from, reference->part),
            sl_link_locate(linker, symbol), "%s '%.*s' has %s '%.*s', which is local to %.*s",
            sl_symbol_kind_name(from->kind), SL_STR_ARG(reference->from_name), reference->role,
            SL_STR_ARG(name), SL_STR_ARG(symbol->file->path));
    return SL_OK;
}

static sl_status tell_kind(sl_linker *linker, const type_reference *reference,
                           const sl_symbol *symbol, const char *wanted)
{
    return sl_link_finding_pair(
        linker, SL_LINK_TYPE_WRONG_KIND,
        sl_link_locate_part(linker, reference->from, reference->part),
        sl_link_locate(linker, symbol), "%s '%.*s' has %s '%.*s', which is a %s and must be a %s",
        sl_symbol_kind_name(reference->from->kind), SL_STR_ARG(reference->from_name),
        reference->role, SL_STR_ARG(reference->name), sl_symbol_kind_name(symbol->kind), wanted);
}

static sl_status resolve_message(sl_linker *linker, const type_reference *reference,
                                 const sl_message **ret_message)
{
    const sl_symbol *symbol = NULL;
    SL_TRY(resolve_name(linker, reference, &symbol));
    if (symbol && symbol->kind != SL_SYMBOL_MESSAGE)
        return tell_kind(linker, reference, symbol, "message");
    *ret_message = symbol ? symbol->item : NULL;
    return SL_OK;
}

/* --- fields and methods --- */

/* Is there a type number that is known, or none and a type name; and a type name where one is needed and nowhere else? */
static sl_status check_type(sl_linker *linker, const sl_field *field, const sl_symbol *symbol,
                            bool *ret_is_sound)
{
    const sl_field_proto *proto = field->proto;
    bool has_name = proto->type_name.data != NULL;
    bool is_known = proto->type >= SL_TYPE_DOUBLE && proto->type < SL_TYPE_COUNT;
    const char *what = NULL;
    if (proto->has_type && !is_known)
        what = "a type number that this build does not know";
    else if (!proto->has_type && !has_name)
        what = "no type";
    else if (proto->has_type && !has_name && sl_field_type_is_named((sl_field_type)proto->type))
        what = "a message or enum type, and no type name";
    else if (proto->has_type && has_name && !sl_field_type_is_named((sl_field_type)proto->type))
        what = "a scalar type, and a type name";
    *ret_is_sound = !what;
    if (!what)
        return SL_OK;
    return sl_link_finding(linker, SL_LINK_TYPE_INVALID, sl_link_locate(linker, symbol),
                           "%s '%.*s' has %s (type %d)", sl_symbol_kind_name(symbol->kind),
                           SL_STR_ARG(field->full_name), what, proto->type);
}

/* A field that stays without its type keeps type 0, which later passes look out for. */
static sl_status resolve_type(sl_linker *linker, sl_field *field, const type_reference *reference)
{
    const sl_field_proto *proto = field->proto;
    const sl_symbol *symbol = NULL;
    SL_TRY(resolve_name(linker, reference, &symbol));
    if (!symbol)
        return SL_OK;
    bool wants_enum = proto->has_type && proto->type == SL_TYPE_ENUM;
    if (symbol->kind == SL_SYMBOL_ENUM && (wants_enum || !proto->has_type)) {
        field->type = SL_TYPE_ENUM;
        field->enumeration = symbol->item;
    } else if (symbol->kind == SL_SYMBOL_MESSAGE && !wants_enum) {
        field->type = proto->has_type ? (sl_field_type)proto->type : SL_TYPE_MESSAGE;
        field->message = symbol->item;
    } else {
        const char *wanted = wants_enum ? "enum" : proto->has_type ? "message" : "type";
        return tell_kind(linker, reference, symbol, wanted);
    }
    return SL_OK;
}

static sl_status resolve_extendee(sl_linker *linker, sl_field *field, const sl_symbol *symbol,
                                  sl_str scope)
{
    bool has_extendee = field->proto->extendee.data != NULL;
    if (has_extendee != field->is_extension)
        return sl_link_finding(linker, SL_LINK_EXTENDEE_INVALID, sl_link_locate(linker, symbol),
                               "%s '%.*s' has %s extendee", sl_symbol_kind_name(symbol->kind),
                               SL_STR_ARG(field->full_name), has_extendee ? "an" : "no");
    if (!has_extendee)
        return SL_OK;
    type_reference reference = {symbol,     field->full_name,      scope, field->proto->extendee,
                                "extendee", SL_PART_FIELD_EXTENDEE};
    return resolve_message(linker, &reference, &field->extendee);
}

static sl_status resolve_field(sl_linker *linker, sl_field *field)
{
    sl_symbol_kind kind = field->is_extension ? SL_SYMBOL_EXTENSION : SL_SYMBOL_FIELD;
    sl_symbol symbol = sl_symbol_of(kind, field->file, field);
    sl_str scope = field->parent ? field->parent->full_name : field->file->package;
    bool is_sound = false;
    SL_TRY(resolve_extendee(linker, field, &symbol, scope));
    SL_TRY(check_type(linker, field, &symbol, &is_sound));
    if (!is_sound)
        return SL_OK;
    if (field->proto->type_name.data) {
        type_reference reference = {&symbol, field->full_name,       scope, field->proto->type_name,
                                    "type",  SL_PART_FIELD_TYPE_NAME};
        return resolve_type(linker, field, &reference);
    }
    field->type = (sl_field_type)field->proto->type;
    return SL_OK;
}

static sl_status resolve_fields(sl_linker *linker, const sl_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(resolve_field(linker, (sl_field *)&fields[i]));
    return SL_OK;
}

static sl_status resolve_service(sl_linker *linker, const sl_service *service)
{
    for (uint32_t i = 0; i < service->method_count; i++) {
        sl_method *method = (sl_method *)&service->methods[i];
        sl_symbol symbol = sl_symbol_of(SL_SYMBOL_METHOD, service->file, method);
        type_reference input = {
            &symbol,      method->full_name,   service->full_name, method->proto->input_type,
            "input type", SL_PART_METHOD_INPUT};
        type_reference output = {
            &symbol,       method->full_name,    service->full_name, method->proto->output_type,
            "output type", SL_PART_METHOD_OUTPUT};
        SL_TRY(resolve_message(linker, &input, &method->input));
        SL_TRY(resolve_message(linker, &output, &method->output));
    }
    return SL_OK;
}

/* Messages lie by serial in the order of files, so one cursor walks them beside the files. */
sl_status sl_link_resolve(sl_linker *linker)
{
    sl_schema *schema = linker->schema;
    size_t next = 0;
    memset(linker->visible, 0, schema->file_count * sizeof *linker->visible);
    for (size_t f = 0; f < schema->file_count; f++) {
        const sl_file *file = schema->ordered[f];
        enter_file(linker, file);
        SL_TRY(resolve_fields(linker, file->extensions, file->extension_count));
        for (; next < linker->messages.count && linker->messages.items[next]->file == file;
             next++) {
            const sl_message *message = linker->messages.items[next];
            SL_TRY(resolve_fields(linker, message->fields, message->field_count));
            SL_TRY(resolve_fields(linker, message->extensions, message->extension_count));
        }
        for (uint32_t i = 0; i < file->service_count; i++)
            SL_TRY(resolve_service(linker, &file->services[i]));
    }
    return SL_OK;
}
