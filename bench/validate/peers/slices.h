/* bench/validate/peers/slices.h: one side of bench_peers.py: judges payloads on demand, a slice of time at a time.
 *
 *   PROGRAM SET.binpb MANIFEST FOLDER
 *
 * Reads lines "INDEX NANOSECONDS" (a payload's line in the manifest) and answers each with "TIMES NANOSECONDS": how often the
 * payload was judged, and how much processor time of this process that took. "0 0": this side does not take the type. Time is the
 * processor's, since others use the machine too. Also compiled as C++. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A side. `open` is told a type and returns what `judge` needs, or NULL; judge returns false for a payload that it refuses. */
typedef struct slice_side {
    void *(*open)(const char *set_path, const char *type);
    bool (*judge)(void *opened, const uint8_t *bytes, size_t len);
} slice_side;

enum { SLICE_PAYLOADS = 64, SLICE_NAME = 200, SLICE_PATH = 4096, SLICE_SLOP = 64 };

typedef struct slice_payload {
    void *opened;
    uint8_t *bytes;
    size_t len;
} slice_payload;

static inline void slice_give_up(const char *what, const char *which)
{
    fprintf(stderr, "%s: %s\n", what, which);
    exit(EXIT_FAILURE);
}

static inline int64_t slice_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void slice_load(const char *path, slice_payload *payload)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        slice_give_up("cannot be opened", path);
    fseek(file, 0, SEEK_END);
    payload->len = (size_t)ftell(file);
    rewind(file);
    payload->bytes = (uint8_t *)calloc(1, payload->len + SLICE_SLOP);
    if (!payload->bytes || fread(payload->bytes, 1, payload->len, file) != payload->len)
        slice_give_up("cannot be read", path);
    fclose(file);
}

static inline void slice_run(const slice_side *side, const slice_payload *payload, int64_t least)
{
    long times = 0;
    int64_t begin = slice_now(), passed = 0;
    for (long step = 1; payload->opened && passed < least; step *= 2) {
        for (long i = 0; i < step; i++)
            if (!side->judge(payload->opened, payload->bytes, payload->len))
                slice_give_up("refused", "a payload of the manifest");
        times += step;
        passed = slice_now() - begin;
    }
    printf("%ld %lld\n", times, (long long)(payload->opened ? passed : 0));
    fflush(stdout);
}

static inline int slices_serve(int count, char **arguments, const slice_side *side)
{
    static slice_payload payloads[SLICE_PAYLOADS];
    char line[SLICE_PATH], name[SLICE_NAME], type[SLICE_NAME], path[SLICE_PATH];
    long long least;
    int known = 0, index;
    FILE *manifest = count == 4 ? fopen(arguments[2], "r") : NULL;
    if (!manifest)
        slice_give_up("usage", "PROGRAM SET.binpb MANIFEST FOLDER");
    while (known < SLICE_PAYLOADS && fgets(line, sizeof line, manifest)) {
        if (sscanf(line, "%199s %199s", name, type) != 2)
            continue;
        snprintf(path, sizeof path, "%.3800s/%s", arguments[3], name);
        slice_load(path, &payloads[known]);
        payloads[known++].opened = side->open(arguments[1], type);
    }
    fclose(manifest);
    while (scanf("%d %lld", &index, &least) == 2 && index >= 0 && index < known)
        slice_run(side, &payloads[index], least);
    return EXIT_SUCCESS;
}
