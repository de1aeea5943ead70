/* schema/internal/descriptor_table.h: the structs of schema/descriptor.h as data, for one generic reader and one generic writer.
 *
 * Immutable; any thread. */
#pragma once

#include "schema/descriptor.h"

/* What a member of a descriptor struct is. The kinds that own a list point to { items, count }. */
typedef enum sl_proto_kind {
    SL_PROTO_NONE, /* no such field number */
    SL_PROTO_TEXT, /* sl_str */
    SL_PROTO_RAW, /* sl_bytes: a message kept as it came; several parts are joined, which is what merging them means */
    SL_PROTO_INT32, /* int32_t (enums too) and bool has_… */
    SL_PROTO_BOOL,  /* bool and bool has_… */
    SL_PROTO_TEXTS,
    SL_PROTO_INT32S,
    SL_PROTO_MESSAGES,
} sl_proto_kind;

enum {
    SL_PROTO_NUMBER_MAX = 17, /* the largest field number in the tables */
    SL_PROTO_SOURCE_INFO = 9, /* FileDescriptorProto.source_code_info, which may be left out */
};

typedef struct sl_proto_table sl_proto_table;

typedef struct sl_proto_member {
    const char *name; /* in descriptor.proto */
    sl_proto_kind kind;
    uint16_t offset;             /* of the member in its struct */
    uint16_t has_offset;         /* INT32 and BOOL */
    uint32_t most;               /* TEXT and TEXTS: most bytes of one text; 0 no bound of its own */
    const char *limit;           /* name of that limit in base/limits.def */
    const sl_proto_table *table; /* MESSAGES */
} sl_proto_member;

struct sl_proto_table {
    const char *name;                                 /* "DescriptorProto" */
    uint16_t size;                                    /* of the struct */
    uint16_t unknown_offset;                          /* of its sl_bytes `unknown` */
    sl_proto_member members[SL_PROTO_NUMBER_MAX + 1]; /* by field number; 0 unused */
};

extern const sl_proto_table sl_proto_file_table;

/* A list, whatever its items are. Read and written through these, since a `T *` may not be accessed as a `void *`. */
typedef struct sl_proto_list {
    void *items;
    uint32_t count;
} sl_proto_list;

sl_proto_list sl_proto_list_get(const void *message, const sl_proto_member *member);
void sl_proto_list_set(void *message, const sl_proto_member *member, sl_proto_list list);

/* Bytes of one item of a list kind. */
size_t sl_proto_item_size(const sl_proto_member *member);
