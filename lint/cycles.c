/* lint/cycles.c: packages that import each other in a circle.
 *
 * The graph of packages has an edge for each import from one to another, of all files, imports included. Two packages are in one circle if each
 * leads to the other; what a package can be in a circle with is its strongly connected component, and these are found by one
 * depth-first walk (Tarjan 1972), with a stack of its own, since chains of packages have no bound but their number.
 *
 *   numbers   package name → 0 … count - 1
 *   edges     edge_begin[p] … edge_begin[p + 1]: the packages that p imports
 *   circles   package → the number of its component */
#include "lint/internal/linter.h"

typedef struct graph {
    uint32_t count;
    uint32_t *edge_begin, *edges;
    uint32_t *order, *low; /* of the walk, from 1; 0: not visited */
    uint32_t *next;        /* edge to follow */
    uint32_t *open, *path; /* visited and in no component yet; the way down */
    bool *is_open;
    uint32_t open_count, path_count, visited, component;
} graph;

/* --- packages and edges --- */

static uint32_t number_of(sl_linter *linter, sl_str package)
{
    return (uint32_t)(uintptr_t)sl_map_get(&linter->package_numbers, package) - 1;
}

static void number_packages(sl_linter *linter)
{
    const sl_schema *schema = linter->request->schema;
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        sl_str package = sl_schema_file_at(schema, i)->package;
        uintptr_t number = linter->package_numbers.count + 1;
        if (!sl_map_get(&linter->package_numbers, package) &&
            sl_lint_failed(linter, sl_map_set(&linter->package_numbers, package, (void *)number)))
            return;
    }
}

/* Count edges into edge_begin[p + 1], or, with `to`, put them there. */
static void each_edge(sl_linter *linter, graph *g, uint32_t *to)
{
    const sl_schema *schema = linter->request->schema;
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        uint32_t from = number_of(linter, file->package);
        for (uint32_t k = 0; k < file->import_count; k++) {
            uint32_t target = number_of(linter, file->imports[k]->package);
            if (target == from)
                continue;
            if (to)
                g->edges[to[from]++] = target;
            else
                g->edge_begin[from + 1]++;
        }
    }
}

static bool make_edges(sl_linter *linter, graph *g)
{
    sl_arena *arena = &linter->arena;
    g->edge_begin = sl_arena_array(arena, uint32_t, g->count + 1);
    uint32_t *to = sl_arena_array(arena, uint32_t, g->count + 1);
    if (!g->edge_begin || !to)
        return false;
    each_edge(linter, g, NULL);
    for (uint32_t i = 0; i < g->count; i++)
        g->edge_begin[i + 1] += g->edge_begin[i];
    g->edges = sl_arena_array(arena, uint32_t, g->edge_begin[g->count] + 1);
    if (!g->edges)
        return false;
    memcpy(to, g->edge_begin, g->count * sizeof *to);
    each_edge(linter, g, to);
    return true;
}

/* --- the walk --- */

static void enter(graph *g, uint32_t package)
{
    g->order[package] = g->low[package] = ++g->visited;
    g->next[package] = g->edge_begin[package];
    g->is_open[package] = true;
    g->open[g->open_count++] = package;
    g->path[g->path_count++] = package;
}

/* All that was opened since `package` is one component with it. */
static void close_component(graph *g, uint32_t package, uint32_t *circles)
{
    uint32_t last;
    g->component++;
    do {
        last = g->open[--g->open_count];
        g->is_open[last] = false;
        circles[last] = g->component;
    } while (last != package);
}

static void leave(graph *g, uint32_t package, uint32_t *circles)
{
    g->path_count--;
    if (g->low[package] == g->order[package])
        close_component(g, package, circles);
    if (g->path_count > 0) {
        uint32_t above = g->path[g->path_count - 1];
        g->low[above] = SL_MIN(g->low[above], g->low[package]);
    }
}

static void walk_from(graph *g, uint32_t start, uint32_t *circles)
{
    enter(g, start);
    while (g->path_count > 0) {
        uint32_t package = g->path[g->path_count - 1];
        if (g->next[package] == g->edge_begin[package + 1]) {
            leave(g, package, circles);
            continue;
        }
        uint32_t target = g->edges[g->next[package]++];
        if (!g->order[target])
            enter(g, target);
        else if (g->is_open[target])
            g->low[package] = SL_MIN(g->low[package], g->order[target]);
    }
}

static void find_circles(sl_linter *linter)
{
    number_packages(linter);
    graph g = {.count = (uint32_t)linter->package_numbers.count};
    sl_arena *arena = &linter->arena;
    uint32_t *circles = sl_arena_array(arena, uint32_t, g.count);
    uint32_t **lists[] = {&g.order, &g.low, &g.next, &g.open, &g.path};
    for (size_t i = 0; i < SL_ARRAY_LEN(lists); i++)
        *lists[i] = sl_arena_array(arena, uint32_t, g.count);
    g.is_open = sl_arena_array(arena, bool, g.count);
    if (linter->no_memory || arena->has_failed || !make_edges(linter, &g))
        return;
    for (uint32_t i = 0; i < g.count; i++)
        if (!g.order[i])
            walk_from(&g, i, circles);
    linter->circles = circles;
}

bool sl_lint_is_circle(sl_linter *linter, const sl_file *file, const sl_file *imported)
{
    if (!linter->circles)
        find_circles(linter);
    if (!linter->circles || sl_str_equal(file->package, imported->package))
        return false;
    return linter->circles[number_of(linter, file->package)] ==
           linter->circles[number_of(linter, imported->package)];
}
