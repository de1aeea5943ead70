/* schema/internal/schema_impl.h: what an sl_schema is made of. */
#pragma once

#include "schema/schema.h"

#include <stdatomic.h>

/* What a full name can mean. */
typedef enum sl_symbol_kind {
    SL_SYMBOL_PACKAGE,
    SL_SYMBOL_MESSAGE,
    SL_SYMBOL_ENUM,
    SL_SYMBOL_SERVICE,
    SL_SYMBOL_EXTENSION,
    SL_SYMBOL_FIELD,
    SL_SYMBOL_ONEOF,
    SL_SYMBOL_ENUM_VALUE,
    SL_SYMBOL_METHOD,
} sl_symbol_kind;

typedef struct sl_symbol sl_symbol;
struct sl_symbol {
    sl_symbol_kind kind;
    const sl_file *file; /* of a package: the first file that is in it */
    const void *item;    /* sl_message, sl_enum, … by kind; NULL for a package */
    const void *owner;   /* of an enum value: its sl_enum */
    sl_symbol *outer;    /* of a package: the one around it, NULL at the top; while linking */
    uint32_t stamp;      /* of a package: see link_resolve.c; while linking */
};

struct sl_schema {
    atomic_uint refs;
    sl_arena arena; /* all that the schema is, this struct apart */
    sl_map files;   /* import path → sl_file */
    sl_map names;   /* full name → sl_symbol: packages, messages, enums, services, extensions */
    sl_file **ordered; /* dependency order */
    size_t file_count;
    size_t message_count;
    const sl_file *main;
};

/* "message", "enum value", … */
const char *sl_symbol_kind_name(sl_symbol_kind kind);

/* Of a package: that of the file's package statement. */
sl_element_path sl_symbol_path(const sl_symbol *symbol);
