/* json/memory.c: a block for each parsed document.
 *
 * jansson's reader does not bear a failed allocation everywhere: while it gathers the bytes of a string it ignores that its buffer could not
 * grow, loses a byte, and then either reads a string that was never sent or runs past the end of one. So the memory of a parse is had before
 * it begins, in one block whose size is reckoned from the text; that allocation may fail, and none behind it does.
 *
 *   block: [ header | (owner, bytes) (owner, bytes) … | free ]
 *
 * Allocations are carved off and never used again; the block counts the living and goes with the last of them, so that a document is still ended
 * by freeing its root. The kernel gives pages as they are touched: a generous block costs what is used of it. If the reckoning were ever too
 * small, further memory is asked for, and its failure is told. */
#include "json/internal/memory.h"

enum { ALIGNMENT = 16 };

struct sl_json_memory {
    size_t living; /* allocations not yet freed, and the parse itself */
    size_t used, size;
    bool has_failed;
    _Alignas(ALIGNMENT) uint8_t bytes[];
};

/* In front of each allocation; the second word keeps the alignment. */
typedef struct owner {
    sl_json_memory *memory; /* NULL: an allocation of its own */
    size_t unused;
} owner;

static _Thread_local sl_json_memory *memory_here;

sl_json_memory *sl_json_memory_begin(size_t size)
{
    sl_json_memory *memory = sl_alloc(sizeof *memory + size);
    if (!memory)
        return NULL;
    *memory = (sl_json_memory){.living = 1, .size = size};
    memory_here = memory;
    return memory;
}

static void drop(sl_json_memory *memory)
{
    if (--memory->living == 0)
        sl_free(memory);
}

bool sl_json_memory_end(sl_json_memory *memory)
{
    bool has_failed = memory->has_failed;
    memory_here = NULL;
    drop(memory);
    return has_failed;
}

static void *take_apart(sl_json_memory *memory, size_t size)
{
    owner *block = size <= SIZE_MAX - sizeof *block ? sl_alloc(sizeof *block + size) : NULL;
    if (!block) {
        if (memory)
            memory->has_failed = true;
        return NULL;
    }
    block->memory = NULL;
    return block + 1;
}

void *sl_json_memory_take(size_t size)
{
    sl_json_memory *memory = memory_here;
    size_t whole = (size + sizeof(owner) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!memory || whole < size || whole > memory->size - memory->used)
        return take_apart(memory, size);
    owner *block = (owner *)(memory->bytes + memory->used);
    memory->used += whole;
    memory->living++;
    block->memory = memory;
    return block + 1;
}

void sl_json_memory_give(void *block)
{
    if (!block)
        return;
    owner *head = (owner *)block - 1;
    if (head->memory)
        drop(head->memory);
    else
        sl_free(head);
}
