/* fuzz/replay.c: main() of a fuzz target where libFuzzer is not: each file of a folder, then damage to each, then damage to that.
 *
 *   replay FOLDER [ROUNDS]
 *
 * Damage is drawn from a fixed seed, so a failure comes again: the input that is being tried is kept in memory, and the name of its
 * file and its round are printed when the process dies. Speaks TAP, one case a file. */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MOST = 512, BYTES_MOST = 1 << 16, ROUNDS = 2000, NAME_MOST = 256 };

typedef struct seed_file {
    char name[NAME_MOST];
    uint8_t *bytes;
    size_t len;
} seed_file;

static seed_file files[FILES_MOST];
static size_t file_count;
static char current[NAME_MOST + 64];

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t value = *state += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static size_t below(uint64_t *state, size_t bound)
{
    return (size_t)(draw(state) % bound);
}

static void tell_current(int number)
{
    ssize_t ignored = write(STDERR_FILENO, current, strlen(current));
    (void)ignored;
    signal(number, SIG_DFL);
    raise(number);
}

/* A block of just the size, so that a sanitizer sees the first byte read behind it. */
static void try_bytes(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (!copy)
        exit(EXIT_FAILURE);
    memcpy(copy, bytes, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

/* One change; the new length. `bytes` has room for BYTES_MOST. */
static size_t damage(uint8_t *bytes, size_t len, uint64_t *state)
{
    size_t at = below(state, len + 1);
    size_t size = 1 + below(state, 8);
    const seed_file *other = &files[below(state, file_count)];
    switch (draw(state) % 6) {
    case 0: /* a bit */
        if (at < len)
            bytes[at] ^= (uint8_t)(1U << below(state, 8));
        return len;
    case 1: /* a byte */
        if (at < len)
            bytes[at] = (uint8_t)draw(state);
        return len;
    case 2: /* cut a stretch out */
        size = size < len - at ? size : len - at;
        memmove(bytes + at, bytes + at + size, len - at - size);
        return len - size;
    case 3: /* cut the end off */ return at;
    case 4: /* write a stretch again */
        size = size < len - at ? size : len - at;
        if (len + size > BYTES_MOST)
            return len;
        memmove(bytes + at + size, bytes + at, len - at);
        return len + size;
    default: /* put another file in */
        if (len + other->len > BYTES_MOST)
            return len;
        memmove(bytes + at + other->len, bytes + at, len - at);
        memcpy(bytes + at, other->bytes, other->len);
        return len + other->len;
    }
}

static void run_file(const seed_file *file, unsigned long rounds)
{
    static uint8_t bytes[BYTES_MOST];
    uint64_t state = 20260 + file->len;
    snprintf(current, sizeof current, "\n# died in %.*s as it is\n", NAME_MOST, file->name);
    try_bytes(file->bytes, file->len);
    for (unsigned long round = 0; round < rounds; round++) {
        size_t len = file->len;
        memcpy(bytes, file->bytes, len);
        for (size_t changes = 1 + below(&state, 4); changes > 0; changes--)
            len = damage(bytes, len, &state);
        snprintf(current, sizeof current, "\n# died in %.*s, round %lu\n", NAME_MOST, file->name,
                 round);
        try_bytes(bytes, len);
    }
}

static void load_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(BYTES_MOST);
    if (!file || !bytes || file_count == FILES_MOST) {
        printf("Bail out! %s\n", path);
        exit(EXIT_FAILURE);
    }
    files[file_count].bytes = bytes;
    files[file_count].len = fread(bytes, 1, BYTES_MOST, file);
    snprintf(files[file_count++].name, NAME_MOST, "%s", name);
    fclose(file);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const seed_file *)a)->name, ((const seed_file *)b)->name);
}

int main(int count, char **arguments)
{
    DIR *folder = count > 1 ? opendir(arguments[1]) : NULL;
    unsigned long rounds = count > 2 ? strtoul(arguments[2], NULL, 10) : ROUNDS;
    if (!folder) {
        fprintf(stderr, "usage: replay FOLDER [ROUNDS]\n");
        return 2;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            load_file(arguments[1], entry->d_name);
    closedir(folder);
    qsort(files, file_count, sizeof files[0], compare_names);
    signal(SIGABRT, tell_current);
    signal(SIGSEGV, tell_current);

    printf("1..%zu\n", file_count);
    for (size_t i = 0; i < file_count; i++) {
        run_file(&files[i], rounds);
        printf("ok %zu - %s and %lu damaged\n", i + 1, files[i].name, rounds);
        fflush(stdout);
    }
    for (size_t i = 0; i < file_count; i++)
        free(files[i].bytes);
    return file_count ? EXIT_SUCCESS : EXIT_FAILURE;
}
