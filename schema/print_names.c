/* schema/print_names.c: how a type or an extension is named from where it is used.
 *
 * Canonical: in full, from the root, ".a.b.Foo"; that means one thing wherever it stands. Pretty: the part behind the scope or the
 * package that they share, if Protobuf's rule (C++'s: the innermost scope that knows the first part of the name decides) leads back to the same
 * thing; else in full, and only if that does not lead there, from the root. Symbols of files that are not imported are taken to be in the
 * way, too: the name is longer than need be then, and never wrong. Where more than types is in the way, the view (view.h) is asked. */
#include "schema/internal/printer.h"

static const sl_symbol *find_symbol(const sl_printer *printer, sl_str scope, sl_str name)
{
    char text[SL_LIMIT_FULL_NAME_BYTES * 2];
    size_t len = scope.len ? scope.len + 1 : 0;
    if (len + name.len > sizeof text)
        return NULL;
    if (scope.len == 0)
        return sl_map_get(&printer->schema->names, name);
    memcpy(text, scope.data, scope.len);
    text[scope.len] = '.';
    memcpy(text + len, name.data, name.len);
    return sl_map_get(&printer->schema->names, (sl_str){text, len + name.len});
}

static bool is_type(const sl_symbol *symbol)
{
    return symbol->kind == SL_SYMBOL_MESSAGE || symbol->kind == SL_SYMBOL_ENUM;
}

/* Can names stand inside of it? */
static bool is_aggregate(const sl_symbol *symbol)
{
    return is_type(symbol) || symbol->kind == SL_SYMBOL_PACKAGE ||
           symbol->kind == SL_SYMBOL_SERVICE;
}

/* Does "scope.name" spell `full_name`? */
static bool spells(sl_str scope, sl_str name, sl_str full_name)
{
    if (scope.len == 0)
        return sl_str_equal(name, full_name);
    return full_name.len == scope.len + 1 + name.len && sl_str_starts_with(full_name, scope) &&
           full_name.data[scope.len] == '.' && sl_str_ends_with(full_name, name);
}

bool sl_print_resolves(const sl_printer *printer, sl_str scope, sl_str name, sl_str full_name)
{
    sl_str first, rest;
    bool is_path = sl_str_split(name, '.', &first, &rest);
    if (!is_path)
        first = name;
    for (;;) {
        const sl_symbol *symbol = find_symbol(printer, scope, first);
        bool is_hit = symbol && (!is_path || is_aggregate(symbol));
        if (is_hit)
            return spells(scope, name, full_name);
        sl_str outer, last;
        if (scope.len == 0)
            return false;
        scope = sl_str_split_last(scope, '.', &outer, &last) ? outer : SL_STR("");
    }
}

/* What is left of `full_name` behind `scope` and its dot; false if it is not in there. */
static bool is_inside(sl_str full_name, sl_str scope, sl_str *ret_rest)
{
    if (scope.len == 0 || full_name.len <= scope.len + 1 || full_name.data[scope.len] != '.' ||
        !sl_str_starts_with(full_name, scope))
        return false;
    *ret_rest = (sl_str){full_name.data + scope.len + 1, full_name.len - scope.len - 1};
    return true;
}

static sl_str short_name(const sl_printer *printer, sl_str full_name)
{
    sl_str scope = printer->scope, rest, outer, last;
    size_t least = printer->file->package.len;
    while (scope.len && scope.len >= least) {
        if (is_inside(full_name, scope, &rest) &&
            sl_print_resolves(printer, printer->scope, rest, full_name))
            return rest;
        scope = sl_str_split_last(scope, '.', &outer, &last) ? outer : SL_STR("");
    }
    if (sl_print_resolves(printer, printer->scope, full_name, full_name))
        return full_name;
    return (sl_str){0};
}

/* A one-part name could be a keyword where it begins a statement: "message", "oneof". */
static bool is_plain_type_name(sl_str name)
{
    static const char *const words[] = {
        "message",  "enum",     "oneof",   "option",   "reserved", "extensions", "extend",
        "optional", "required", "map",     "repeated", "group",    "export",     "local",
        "stream",   "double",   "float",   "int32",    "int64",    "uint32",     "uint64",
        "sint32",   "sint64",   "fixed32", "fixed64",  "sfixed32", "sfixed64",   "bool",
        "string",   "bytes",    "rpc",     "returns",
    };
    sl_str first = name, rest;
    sl_str_split(name, '.', &first, &rest);
    for (size_t i = 0; i < SL_ARRAY_LEN(words); i++)
        if (sl_str_is(first, words[i]))
            return false;
    return true;
}

void sl_print_type_name(sl_printer *printer, sl_str full_name)
{
    sl_str name = printer->is_pretty ? short_name(printer, full_name) : (sl_str){0};
    if (name.data && is_plain_type_name(name)) {
        sl_put_str(printer, name);
        return;
    }
    sl_put(printer, ".");
    sl_put_str(printer, full_name);
}

/* Always in full: what `import option` brings is found by no shorter name. */
void sl_print_extension_name(sl_printer *printer, sl_str full_name)
{
    bool is_clear = sl_print_resolves(printer, printer->scope, full_name, full_name);
    if (!printer->is_pretty || !is_clear)
        sl_put(printer, ".");
    sl_put_str(printer, full_name);
}

/* --- what the file sees --- */

static bool open_view(sl_printer *printer)
{
    if (printer->has_view)
        return true;
    if (sl_view_open(printer->schema, printer->file, &printer->view) != SL_OK)
        return sl_print_no_memory(printer);
    printer->has_view = true;
    return true;
}

bool sl_print_sees(sl_printer *printer, const sl_file *file)
{
    return open_view(printer) && printer->view.sees[file->index] != SL_SEEN_NOTHING;
}

static bool leads_to(sl_printer *printer, sl_str name, sl_str full_name)
{
    sl_view_answer answer;
    if (!open_view(printer))
        return false;
    if (sl_view_find(&printer->view, printer->scope, name, &answer) != SL_OK)
        return sl_print_no_memory(printer);
    return answer.message && sl_str_equal(answer.message->full_name, full_name);
}

void sl_print_message_name(sl_printer *printer, sl_str full_name)
{
    sl_str name = printer->is_pretty ? short_name(printer, full_name) : (sl_str){0};
    bool is_short = name.data && is_plain_type_name(name) && leads_to(printer, name, full_name);
    if (!is_short)
        sl_put(printer, ".");
    sl_put_str(printer, is_short ? name : full_name);
}
