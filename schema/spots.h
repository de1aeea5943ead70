/* schema/spots.h: all locations of a file's source info, by path.
 *
 * sl_file_locate() walks the source info at each question, which is right for one finding. Who asks for every element reads it once, into an
 * sl_source_spots. One thread at a time; what is found points into the schema. */
#pragma once

#include "base/base.h"
#include "schema/schema.h"

/* A location of source info. Of one path there may be several (`extend` and `reserved` statements): they are a chain in the order of
 * the file. */
typedef struct sl_source_spot sl_source_spot;
struct sl_source_spot {
    uint64_t begin, end;      /* line << 32 | column, from 0, the former plus 1; end is exclusive */
    sl_str leading, trailing; /* comments, with the newline of their last line; absent if none */
    sl_bytes raw;             /* the location, for its detached comments */
    sl_source_spot *next;
};

/* Zero-initialised is empty: nothing is found in it. */
typedef struct sl_source_spots {
    sl_map by_path;       /* packed path → first sl_source_spot */
    sl_map_entry *sorted; /* by_path's entries by packed path; NULL until asked for */
    sl_arena arena;
    sl_buf key;
} sl_source_spots;

/* Read all of the file's source info. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_source_spots_read(sl_source_spots *places, const sl_file *file);
/* The first location of that path; *ret_place NULL if there is none. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_source_spots_find(sl_source_spots *places, const int32_t *path,
                                             size_t path_len, const sl_source_spot **ret_place);
/* Of the locations whose path begins with that path and is longer, the one that stands first in the file; *ret_place NULL if there is none.
 * Logarithmic, and linear in how many there are. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_source_spots_find_below(sl_source_spots *places, const int32_t *path,
                                                   size_t path_len,
                                                   const sl_source_spot **ret_place);
void sl_source_spots_done(sl_source_spots *places);

/* Where it begins, from 1. */
static inline sl_location sl_source_spot_location(const sl_source_spot *place, const sl_file *file)
{
    return (sl_location){
        .file = file->path,
        .line = (uint32_t)((place->begin - 1) >> 32) + 1,
        .column = (uint32_t)(place->begin - 1) + 1,
    };
}
