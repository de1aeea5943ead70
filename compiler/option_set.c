/* compiler/option_set.c: what is set already on one element.
 *
 * An option may be set once: neither again, nor as a whole when a part of it is there, nor as a part of what was given as a whole and has
 * that part (`(a) = { b: 1 }` and then `(a).b = 2`; `(a).c = 2` is fine). Every field that was reached is a node below the field it lies in.
 * What is inside a whole becomes nodes one level at a time and only when an option goes there, so that no text is read more often than it is
 * deep.
 *
 * Nodes are found by a hash over (parent, number): no option looks through others. */
#include "compiler/internal/option_impl.h"

typedef struct node_key {
    uint32_t parent; /* id of a node; 0: the options message */
    int32_t number;
} node_key;

typedef struct node_content {
    struct node_content *next;
    sl_bytes bytes;
} node_content;

typedef struct set_node {
    node_key key;
    uint32_t id;            /* from 1 */
    uint32_t count;         /* values of a repeated field */
    node_content *contents; /* fields that have no nodes yet */
} set_node;

void sl_option_set_clear(sl_option_set *set)
{
    sl_map_clear(&set->nodes);
    sl_arena_reset(&set->arena);
    set->no_memory = false;
}

void sl_option_set_done(sl_option_set *set)
{
    sl_map_done(&set->nodes);
    sl_arena_done(&set->arena);
}

static set_node *find_node(sl_option_set *set, uint32_t parent, int32_t number)
{
    node_key key = {parent, number};
    return sl_map_get(&set->nodes, (sl_str){(const char *)&key, sizeof key});
}

static set_node *make_node(sl_option_set *set, uint32_t parent, int32_t number)
{
    set_node *node = sl_arena_new(&set->arena, set_node);
    if (!node) {
        set->no_memory = true;
        return NULL;
    }
    node->key = (node_key){parent, number};
    node->id = (uint32_t)set->nodes.count + 1;
    sl_str key = {(const char *)&node->key, sizeof node->key};
    if (sl_map_add(&set->nodes, key, node, NULL) != SL_OK) {
        set->no_memory = true;
        return NULL;
    }
    return node;
}

static bool add_content(sl_option_set *set, set_node *node, sl_bytes bytes)
{
    node_content *content = sl_arena_new(&set->arena, node_content);
    if (!content) {
        set->no_memory = true;
        return false;
    }
    *content = (node_content){node->contents, bytes};
    node->contents = content;
    return true;
}

static bool expand(sl_option_set *set, set_node *node)
{
    node_content *content = node->contents;
    node->contents = NULL;
    for (; content; content = content->next) {
        sl_wire_reader reader = sl_wire_reader_of(content->bytes);
        sl_wire_field field;
        while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK) {
            set_node *child = find_node(set, node->id, (int32_t)field.tag.number);
            if (!child)
                child = make_node(set, node->id, (int32_t)field.tag.number);
            if (!child)
                return false;
            bool may_be_message = field.tag.type == SL_WIRE_LEN || field.tag.type == SL_WIRE_SGROUP;
            if (may_be_message && !add_content(set, child, field.bytes))
                return false;
        }
    }
    return true;
}

bool sl_option_set_add(sl_option_set *set, const sl_option_path *path, uint32_t *ret_index)
{
    uint32_t parent = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const sl_field *field = path->fields[i];
        set_node *node = find_node(set, parent, field->number);
        bool is_last = i + 1 == path->count;
        if (node && is_last && field->cardinality != SL_REPEATED)
            return false;
        if (!node)
            node = make_node(set, parent, field->number);
        if (!node || (!is_last && !expand(set, node)))
            return true; /* memory is out, which the caller looks for */
        *ret_index = node->count;
        node->count += is_last;
        parent = node->id;
    }
    return true;
}

void sl_option_set_content(sl_option_set *set, const sl_option_path *path, sl_bytes content)
{
    set_node *node = NULL;
    for (uint32_t i = 0; i < path->count; i++) {
        node = find_node(set, node ? node->id : 0, path->fields[i]->number);
        if (!node)
            return;
    }
    sl_bytes copy = {0};
    if (!node || sl_arena_copy_bytes(&set->arena, content, &copy) != SL_OK)
        set->no_memory = true;
    else
        add_content(set, node, copy);
}
