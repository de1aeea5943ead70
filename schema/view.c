/* schema/view.c: names in a file, from the innermost scope outwards.
 *
 * A schema keeps the names that others refer to: packages, messages, enums, services and extensions. For C++'s rules the rest matters too, but
 * only where it hides something: a name of one part finds a field, oneof, enum value or method of its own file on the way out, or an enum
 * value of a package. Fields are found through their message. The others are gathered when first needed, from the file itself and from the
 * top level of what it sees, so that a file whose options have full names never pays for it. */
#include "schema/view.h"
#include "schema/internal/schema_impl.h"

static sl_status see_package(sl_view *view, sl_str package)
{
    while (package.len > 0) {
        sl_str dropped;
        sl_status status = sl_map_add(&view->packages, package, view->sees, NULL);
        if (status == SL_EXISTS || !sl_str_split_last(package, '.', &package, &dropped))
            return status == SL_EXISTS ? SL_OK : status;
        SL_TRY(status);
    }
    return SL_OK;
}

typedef SL_VEC(const sl_file *) file_queue;

static sl_status see_file(sl_view *view, const sl_file *file, sl_seen seen, file_queue *queue)
{
    if (view->sees[file->index] != SL_SEEN_NOTHING)
        return SL_OK;
    view->sees[file->index] = (uint8_t)seen;
    SL_TRY(see_package(view, file->package));
    return sl_vec_push(queue, file);
}

/* Those files, and what they import publicly. */
static sl_status see_files(sl_view *view, const sl_file *const *files, uint32_t count, sl_seen seen,
                           file_queue *queue)
{
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(see_file(view, files[i], seen, queue));
    while (queue->count > 0) {
        const sl_file *next = queue->items[--queue->count];
        for (uint32_t i = 0; i < next->proto->public_dependencies.count; i++)
            SL_TRY(see_file(view, next->imports[next->proto->public_dependencies.items[i]], seen,
                            queue));
    }
    return SL_OK;
}

/* What is imported both ways is seen whole. */
static sl_status see_imports(sl_view *view, file_queue *queue)
{
    const sl_file *file = view->file;
    view->sees[file->index] = SL_SEEN_ALL;
    SL_TRY(see_package(view, file->package));
    SL_TRY(see_files(view, file->imports, file->import_count, SL_SEEN_ALL, queue));
    return see_files(view, file->option_imports, file->option_import_count, SL_SEEN_FIELDS, queue);
}

sl_status sl_view_open(const sl_schema *schema, const sl_file *file, sl_view *ret_view)
{
    sl_cleanup(sl_view_done) sl_view view = {.schema = schema, .file = file};
    file_queue queue = {0};
    view.sees = sl_arena_array(&view.arena, uint8_t, schema->file_count);
    sl_status status = view.sees ? see_imports(&view, &queue) : SL_NO_MEMORY;
    sl_vec_done(&queue);
    if (status != SL_OK)
        return status;
    *ret_view = view;
    view = (sl_view){0};
    return SL_OK;
}

void sl_view_done(sl_view *view)
{
    sl_map_done(&view->packages);
    sl_map_done(&view->others);
    sl_buf_done(&view->spelled);
    sl_arena_done(&view->arena);
}

/* --- names that the schema does not keep --- */

static sl_status add_other(sl_view *view, sl_str scope, sl_str name, const sl_file *file)
{
    char *text = sl_arena_alloc(&view->arena, scope.len + 1 + name.len);
    if (!text)
        return SL_NO_MEMORY;
    size_t len = scope.len;
    memcpy(text, scope.data, scope.len);
    if (scope.len > 0)
        text[len++] = '.';
    memcpy(text + len, name.data, name.len);
    sl_status status =
        sl_map_add(&view->others, (sl_str){text, len + name.len}, (void *)file, NULL);
    return status == SL_EXISTS ? SL_OK : status;
}

static sl_status add_values(sl_view *view, const sl_enum *enums, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < enums[i].value_count; j++) {
            sl_status status = sl_map_add(&view->others, enums[i].values[j].full_name,
                                          (void *)enums[i].file, NULL);
            if (status != SL_OK && status != SL_EXISTS)
                return status;
        }
    return SL_OK;
}

static sl_status add_of_messages(sl_view *view, const sl_message *messages, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message *message = &messages[i];
        SL_TRY(add_values(view, message->enums, message->enum_count));
        for (uint32_t j = 0; j < message->oneof_count; j++)
            SL_TRY(add_other(view, message->full_name, message->oneofs[j].name, message->file));
        SL_TRY(add_of_messages(view, message->messages, message->message_count));
    }
    return SL_OK;
}

static sl_status add_methods(sl_view *view, const sl_file *file)
{
    for (uint32_t i = 0; i < file->service_count; i++)
        for (uint32_t j = 0; j < file->services[i].method_count; j++)
            SL_TRY(add_other(view, file->services[i].full_name, file->services[i].methods[j].name,
                             file));
    return SL_OK;
}

/* Is `package` that of the view's file, or one around it? Only there are names looked for. */
static bool is_around(sl_str package, sl_str own)
{
    return package.len == 0 || (sl_str_starts_with(own, package) &&
                                (own.len == package.len || own.data[package.len] == '.'));
}

static sl_status gather_others(sl_view *view)
{
    const sl_file *own = view->file;
    if (view->has_others)
        return SL_OK;
    SL_TRY(add_of_messages(view, own->messages, own->message_count));
    SL_TRY(add_methods(view, own));
    for (size_t i = 0; i < view->schema->file_count; i++) {
        const sl_file *file = view->schema->ordered[i];
        if (view->sees[file->index] == SL_SEEN_ALL && is_around(file->package, own->package))
            SL_TRY(add_values(view, file->enums, file->enum_count));
    }
    view->has_others = true;
    return SL_OK;
}

/* --- finding --- */

static const sl_file *file_of(const sl_symbol *symbol)
{
    return symbol->kind == SL_SYMBOL_PACKAGE ? NULL : symbol->file;
}

static bool can_see(const sl_view *view, const sl_symbol *symbol, sl_str full_name)
{
    if (symbol->kind == SL_SYMBOL_PACKAGE)
        return sl_map_get(&view->packages, full_name) != NULL;
    sl_seen least = symbol->kind == SL_SYMBOL_EXTENSION ? SL_SEEN_FIELDS : SL_SEEN_ALL;
    return view->sees[symbol->file->index] >= least;
}

static const sl_field *find_plain_field(const sl_view *view, sl_str full_name)
{
    sl_str outer, name;
    if (!sl_str_split_last(full_name, '.', &outer, &name))
        return NULL;
    const sl_message *message = sl_schema_find_message(view->schema, outer);
    return message ? sl_message_find_field_by_name(message, name) : NULL;
}

static void answer_field(const sl_view *view, const sl_field *field, sl_view_answer *answer)
{
    if (!view->sees[field->file->index]) {
        answer->hidden = field->file;
        return;
    }
    answer->field = field;
    answer->file = field->file;
    answer->is_something = true;
}

/* `answer->hidden` stays as it was unless something is found that is not seen. The symbol itself comes back if the schema keeps it. */
static sl_status find_exact(sl_view *view, sl_str full_name, bool with_others,
                            sl_view_answer *answer, const sl_symbol **ret_symbol)
{
    const sl_symbol *symbol = sl_map_get(&view->schema->names, full_name);
    *ret_symbol = NULL;
    if (symbol && !can_see(view, symbol, full_name)) {
        answer->hidden = file_of(symbol);
        return SL_OK;
    }
    if (symbol) {
        *ret_symbol = symbol;
        answer->is_something = true;
        answer->file = file_of(symbol);
        answer->field = symbol->kind == SL_SYMBOL_EXTENSION ? symbol->item : NULL;
        answer->message = symbol->kind == SL_SYMBOL_MESSAGE ? symbol->item : NULL;
        return SL_OK;
    }
    const sl_field *field = find_plain_field(view, full_name);
    if (field)
        answer_field(view, field, answer);
    if (field || !with_others)
        return SL_OK;
    SL_TRY(gather_others(view));
    answer->file = sl_map_get(&view->others, full_name);
    answer->is_something = answer->file != NULL;
    return SL_OK;
}

static bool has_members(const sl_symbol *symbol)
{
    return symbol && symbol->kind <= SL_SYMBOL_SERVICE;
}

static sl_status spell(sl_view *view, sl_str scope, sl_str name, sl_str *ret_full_name)
{
    sl_buf_clear(&view->spelled);
    sl_buf_append_str(&view->spelled, scope);
    if (scope.len > 0)
        sl_buf_append_byte(&view->spelled, '.');
    sl_buf_append_str(&view->spelled, name);
    *ret_full_name = sl_buf_str(&view->spelled);
    return sl_buf_status(&view->spelled) == SL_OK ? SL_OK : SL_NO_MEMORY;
}

sl_status sl_view_find_full(sl_view *view, sl_str full_name, sl_view_answer *ret_answer)
{
    const sl_symbol *unused;
    *ret_answer = (sl_view_answer){0};
    return find_exact(view, full_name, false, ret_answer, &unused);
}

/* One round for each part of the scope's name, which has its limit. At the top level the whole name is looked for at once. */
static sl_status find_relative(sl_view *view, sl_str scope, sl_str name, sl_view_answer *answer)
{
    sl_str first = name, rest, full_name, dropped;
    bool has_rest = sl_str_split(name, '.', &first, &rest);
    while (scope.len > 0) {
        const sl_symbol *symbol = NULL;
        SL_TRY(spell(view, scope, first, &full_name));
        *answer = (sl_view_answer){.hidden = answer->hidden};
        SL_TRY(find_exact(view, full_name, !has_rest, answer, &symbol));
        if (answer->is_something && !has_rest)
            return SL_OK;
        if (has_members(symbol)) {
            SL_TRY(spell(view, scope, name, &full_name));
            *answer = (sl_view_answer){.hidden = answer->hidden};
            SL_TRY(find_exact(view, full_name, false, answer, &symbol));
            if (!answer->is_something)
                answer->dead_end = full_name;
            return SL_OK;
        }
        if (!sl_str_split_last(scope, '.', &scope, &dropped))
            scope = (sl_str){"", 0};
    }
    const sl_symbol *unused;
    *answer = (sl_view_answer){.hidden = answer->hidden};
    return find_exact(view, name, !has_rest, answer, &unused);
}

sl_status sl_view_find(sl_view *view, sl_str scope, sl_str name, sl_view_answer *ret_answer)
{
    if (name.len > 0 && name.data[0] == '.')
        return sl_view_find_full(view, (sl_str){name.data + 1, name.len - 1}, ret_answer);
    *ret_answer = (sl_view_answer){0};
    SL_TRY(find_relative(view, scope, name, ret_answer));
    if (ret_answer->is_something)
        ret_answer->hidden = NULL;
    return SL_OK;
}
