/* compiler/internal/check.h: what only source text can have wrong, once everything is linked and options have their meaning.
 *
 *   check.c          the walk over a unit; visibility, limits, generic services
 *   check_style.c    names, as the feature enforce_naming_style wants them
 *   check_json.c     enum values with a string of their own in JSON
 *   check_imports.c  imports that nothing uses
 *
 * What is wrong with any descriptor, whoever made it, is the linker's (schema/link_*.c). These rules are those that protoc holds source files to
 * and that a DescriptorPool, left alone, does not ask for. */
#pragma once

#include "compiler/internal/unit.h"

/* Tell what is wrong with the unit.
 *
 *   draft    all files, linked with all their options
 *   is_main  it was asked for: only then there are warnings, since an author cannot change what is imported
 *
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_check_unit(sl_unit *unit, const sl_schema *draft, bool is_main,
                                      sl_diags *diags);

/* --- among these files --- */

typedef struct sl_check {
    sl_unit *unit;
    const sl_schema *draft;
    const sl_file *file; /* the unit, linked */
    sl_diags *diags;
    sl_buf text;                 /* a name as it should be */
    const sl_message *of_oneofs; /* whose oneofs are in the map; NULL: none */
    sl_map oneofs;               /* by name */
} sl_check;

/* google.protobuf.FeatureSet.EnforceNamingStyle */
enum { SL_STYLE_2024 = 1, SL_STYLE_LEGACY = 2, SL_STYLE_2026 = 3 };

/* Each of its own name alone; those of what is inside are asked for by the walk. */
void sl_check_package_style(sl_check *check);
void sl_check_message_style(sl_check *check, const sl_message *message, sl_span at);
void sl_check_field_style(sl_check *check, const sl_field *field, sl_span at);
void sl_check_oneof_style(sl_check *check, const sl_oneof *oneof, sl_span at);
void sl_check_enum_style(sl_check *check, const sl_enum *enumeration, const sl_enum_mark *mark);
void sl_check_service_style(sl_check *check, const sl_service *service,
                            const sl_service_mark *mark);

void sl_check_json_strings(sl_check *check, const sl_enum *enumeration, const sl_enum_mark *mark);

/* SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_check_imports(sl_check *check);
