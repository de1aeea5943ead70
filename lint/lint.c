/* lint/lint.c: the walk over the elements of the files that are linted.
 *
 *   rules by kind  [ file: r r r | enum: r r | message: r | … ]     only those that are asked for
 *
 * Files are judged one by one. What concerns several of them (packages, folders, types of methods) is gathered first, or when a rule first asks, so
 * that each rule is about one element, and the place of a finding is in the file at hand, whose source info is read once. Findings are sorted at
 * the end. */
#include "lint/internal/linter.h"

#include <stdlib.h>

/* --- findings --- */

bool sl_lint_failed(sl_linter *linter, sl_status status)
{
    if (status != SL_OK)
        linter->no_memory = true;
    return status != SL_OK;
}

static sl_finding *add_at(sl_linter *linter, sl_location at)
{
    sl_finding finding = {
        .rule = sl_str_from(linter->rule->listed.id), .severity = SL_SEVERITY_ERROR, .at = at};
    if (linter->no_memory || sl_lint_failed(linter, sl_vec_push(&linter->found, finding)))
        return NULL;
    return &linter->found.items[linter->found.count - 1];
}

static const sl_source_spot *find_spot(sl_linter *linter, const sl_element_path *path)
{
    const sl_source_spot *spot = NULL;
    (void)sl_lint_failed(linter,
                         sl_source_spots_find(&linter->spots, path->numbers, path->len, &spot));
    return spot;
}

sl_finding *sl_lint_add(sl_linter *linter, sl_element_path element, sl_lint_part part)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(part.steps) && part.steps[i]; i++)
        sl_element_path_add(&element, part.steps[i]);
    const sl_source_spot *spot = find_spot(linter, &element);
    if (!linter->request->ignores_comments && sl_lint_is_ignored(linter, &element))
        return NULL;
    return add_at(linter, spot ? sl_source_spot_location(spot, linter->file)
                               : (sl_location){.file = linter->file->path});
}

sl_finding *sl_lint_add_option(sl_linter *linter, sl_element_path element, const int32_t *path,
                               size_t path_len, size_t least)
{
    if (!linter->request->ignores_comments && sl_lint_is_ignored(linter, &element))
        return NULL;
    const sl_source_spot *spot = NULL;
    size_t element_len = element.len;
    for (size_t i = 0; i < path_len; i++)
        sl_element_path_add(&element, path[i]);
    for (; !spot && element.len >= element_len + least && !linter->no_memory; element.len--) {
        spot = find_spot(linter, &element);
        if (!spot)
            (void)sl_lint_failed(linter, sl_source_spots_find_below(&linter->spots, element.numbers,
                                                                    element.len, &spot));
    }
    return add_at(linter, spot ? sl_source_spot_location(spot, linter->file)
                               : (sl_location){.file = linter->file->path});
}

sl_finding *sl_lint_add_file(sl_linter *linter)
{
    return add_at(linter, (sl_location){.file = linter->file->path});
}

sl_str sl_lint_comment(sl_linter *linter, const sl_element_path *path)
{
    const sl_source_spot *spot = find_spot(linter, path);
    return spot ? spot->leading : (sl_str){0};
}

/* --- the walk --- */

#define KIND(name, type)                                                       \
    static void each_##name(sl_linter *linter, const type *element)            \
    {                                                                          \
        uint32_t end = linter->rules_begin[SL_LINT_##name + 1];                \
        for (uint32_t i = linter->rules_begin[SL_LINT_##name]; i < end; i++) { \
            linter->rule = linter->rules[i];                                   \
            linter->rule->run.name(linter, element);                           \
        }                                                                      \
    }
#include "lint/kinds.def"
#undef KIND

/* Nesting is bounded by SL_LIMIT_DESCRIPTOR_DEPTH. */
static void visit_message(sl_linter *linter, const sl_message *message)
{
    if (message->is_map_entry)
        return;
    each_message(linter, message);
    for (uint32_t i = 0; i < message->field_count; i++)
        each_field(linter, &message->fields[i]);
    for (uint32_t i = 0; i < message->extension_count; i++)
        each_field(linter, &message->extensions[i]);
    for (uint32_t i = 0; i < message->oneof_count; i++)
        if (!message->oneofs[i].is_synthetic)
            each_oneof(linter, &message->oneofs[i]);
    for (uint32_t i = 0; i < message->enum_count; i++)
        each_enumeration(linter, &message->enums[i]);
    for (uint32_t i = 0; i < message->message_count; i++)
        visit_message(linter, &message->messages[i]);
}

static void visit_service(sl_linter *linter, const sl_service *service)
{
    each_service(linter, service);
    for (uint32_t i = 0; i < service->method_count; i++)
        each_method(linter, &service->methods[i]);
}

static void visit_file(sl_linter *linter, const sl_file *file)
{
    linter->file = file;
    if (sl_lint_failed(linter, sl_source_spots_read(&linter->spots, file)))
        return;
    each_file(linter, file);
    for (uint32_t i = 0; i < file->enum_count; i++)
        each_enumeration(linter, &file->enums[i]);
    for (uint32_t i = 0; i < file->message_count; i++)
        visit_message(linter, &file->messages[i]);
    for (uint32_t i = 0; i < file->extension_count; i++)
        each_field(linter, &file->extensions[i]);
    for (uint32_t i = 0; i < file->service_count; i++)
        visit_service(linter, &file->services[i]);
    sl_source_spots_done(&linter->spots);
    linter->spots = (sl_source_spots){0};
}

/* --- begin and end --- */

bool sl_lint_is_linted(const sl_linter *linter, const sl_file *file)
{
    const sl_lint_request *request = linter->request;
    return request->is_linted ? request->is_linted[file->index]
                              : file == sl_schema_main_file(request->schema);
}

static void choose_rules(sl_linter *linter)
{
    uint32_t count = 0;
    for (int kind = 0; kind < SL_LINT_KIND_COUNT; kind++) {
        linter->rules_begin[kind] = count;
        for (size_t i = 0; i < SL_LINT_RULE_COUNT; i++)
            if ((int)sl_lint_rows[i].kind == kind && sl_lint_rules_has(&linter->request->rules, i))
                linter->rules[count++] = &sl_lint_rows[i];
    }
    linter->rules_begin[SL_LINT_KIND_COUNT] = count;
}

static int compare_findings(const void *left, const void *right)
{
    const sl_finding *a = left, *b = right;
    int order = sl_str_compare(a->at.file, b->at.file);
    if (order == 0 && a->at.line != b->at.line)
        order = a->at.line < b->at.line ? -1 : 1;
    if (order == 0 && a->at.column != b->at.column)
        order = a->at.column < b->at.column ? -1 : 1;
    if (order == 0)
        order = sl_str_compare(a->rule, b->rule);
    return order ? order : sl_str_compare(a->message, b->message);
}

static sl_status publish(sl_linter *linter, sl_findings *findings)
{
    if (linter->no_memory || linter->arena.has_failed || linter->text.has_failed)
        return SL_NO_MEMORY;
    if (linter->found.count > 0)
        qsort(linter->found.items, linter->found.count, sizeof *linter->found.items,
              compare_findings);
    for (size_t i = 0; i < linter->found.count; i++)
        SL_TRY(sl_findings_add(findings, &linter->found.items[i]));
    return SL_OK;
}

static void linter_done(sl_linter *linter)
{
    sl_source_spots_done(&linter->spots);
    sl_map_done(&linter->packages);
    sl_map_done(&linter->folders);
    sl_map_done(&linter->method_types);
    sl_map_done(&linter->package_numbers);
    sl_arena_done(&linter->arena);
    sl_vec_done(&linter->found);
    sl_buf_done(&linter->text);
}

sl_status sl_lint_run(const sl_lint_request *request, sl_findings *findings)
{
    sl_cleanup(linter_done) sl_linter linter = {.request = request};
    choose_rules(&linter);
    sl_lint_group_files(&linter);
    for (size_t i = 0; i < sl_schema_file_count(request->schema) && !linter.no_memory; i++) {
        const sl_file *file = sl_schema_file_at(request->schema, i);
        if (sl_lint_is_linted(&linter, file))
            visit_file(&linter, file);
    }
    return publish(&linter, findings);
}
