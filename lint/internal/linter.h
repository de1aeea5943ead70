/* lint/internal/linter.h: one run under way: the rules that were asked for, the file that is judged, what was found so far.
 *
 * lint.c calls sl_lint_each_NAME() for every element of kinds.def; that runs the rules of that kind; a rule that objects takes a finding from
 * sl_lint_add() and fills it. Nothing returns a status: the first failed allocation is remembered, later calls do nothing, and lint.c looks
 * once at the end. */
#pragma once

#include "base/base.h"
#include "lint/lint.h"

typedef struct sl_linter sl_linter;

typedef enum sl_lint_kind {
#define KIND(name, type) SL_LINT_##name,
#include "lint/kinds.def"
#undef KIND
    SL_LINT_KIND_COUNT
} sl_lint_kind;

#define KIND(name, type) typedef void sl_lint_fn_##name(sl_linter *linter, const type *element);
#include "lint/kinds.def"
#undef KIND

typedef struct sl_lint_row {
    sl_lint_rule listed;
    sl_lint_kind kind;
    union {
#define KIND(name, type) sl_lint_fn_##name *name;
#include "lint/kinds.def"
#undef KIND
    } run;
} sl_lint_row;

enum {
#define RULE(id, categories, applies, function, about) SL_LINT_RULE_##id,
#include "lint/rules.def"
#undef RULE
    SL_LINT_RULE_COUNT
};

#define RULE(id, categories, applies, function, about) sl_lint_fn_##applies function;
#include "lint/rules.def"
#undef RULE

extern const sl_lint_row sl_lint_rows[SL_LINT_RULE_COUNT];

/* What the linted files of one package, or of one folder, have in common so far. */
typedef struct sl_lint_group {
    const sl_file *first;
    bool is_mixed;          /* files of other folders, or of other packages */
    uint32_t mixed_options; /* by place in the list of packages.c */
} sl_lint_group;

struct sl_linter {
    const sl_lint_request *request;
    const sl_lint_row *rule; /* the one that runs */
    const sl_lint_row *rules[SL_LINT_RULE_COUNT];
    uint32_t rules_begin[SL_LINT_KIND_COUNT + 1]; /* kind → its part of `rules` */
    const sl_file *file;                          /* that is judged */
    sl_source_spots spots;                        /* of that file */
    sl_map packages, folders;                     /* name → sl_lint_group, of linted files */
    sl_map package_numbers;                       /* name → number + 1, of all files (cycles.c) */
    sl_map method_types; /* full name of a message → the first method that uses it, or a mark */
    bool has_method_types;
    uint32_t *marks;   /* of files (imports.c); NULL until asked for */
    uint32_t *circles; /* package → its circle of imports (cycles.c); NULL until asked for */
    sl_arena arena;
    SL_VEC(sl_finding) found;
    sl_buf text; /* scratch */
    bool no_memory;
};

/* Where something stands: an element, and a step or more to a part of it; 0 behind the last. */
typedef struct sl_lint_part {
    int32_t steps[4];
} sl_lint_part;
#define SL_LINT_PART(...) ((sl_lint_part){{__VA_ARGS__}})

/* A finding of the running rule about the part, in the file that is judged. NULL: memory is out, or a comment lets it pass. Where the part has no
 * place of its own, the finding is about the file. Valid until the next call. */
sl_finding *sl_lint_add(sl_linter *linter, sl_element_path element, sl_lint_part part);
/* About an option of the element: `path` leads from the element to it. The place is its own; or that of the first thing inside it; or, a step
 * less and another one, of what it stands in, down to `least` steps. */
sl_finding *sl_lint_add_option(sl_linter *linter, sl_element_path element, const int32_t *path,
                               size_t path_len, size_t least);
/* The same about the file as a whole. */
sl_finding *sl_lint_add_file(sl_linter *linter);

bool sl_lint_failed(sl_linter *linter, sl_status status);
bool sl_lint_is_linted(const sl_linter *linter, const sl_file *file);
#define sl_lint_text(linter, ...) sl_arena_printf(&(linter)->arena, __VA_ARGS__)
/* The comment before an element; absent if there is none. */
sl_str sl_lint_comment(sl_linter *linter, const sl_element_path *path);

/* Does a comment before the element, or before what is around it, let the rule pass? (comments.c) */
bool sl_lint_is_ignored(sl_linter *linter, const sl_element_path *path);

/* The folder of a path: "a/b", "" for none. */
sl_str sl_lint_folder(const sl_file *file);
/* Fill `packages` and `folders` (packages.c). */
void sl_lint_group_files(sl_linter *linter);
/* Does `file` import `imported` from a package that leads back to its own? (cycles.c) */
bool sl_lint_is_circle(sl_linter *linter, const sl_file *file, const sl_file *imported);
