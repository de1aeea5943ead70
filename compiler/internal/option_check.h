/* compiler/internal/option_check.h: what option_check.c and option_support.c share: google.protobuf.FieldOptions.FeatureSupport. */
#pragma once

#include "compiler/internal/option_impl.h"

/* In which editions a field or an enum value is there. */
typedef struct sl_support {
    int32_t introduced, deprecated, removed; /* google.protobuf.Edition; 0 if absent */
    bool has_deprecated, has_removed;
    sl_str warning, error; /* absent if not given */
} sl_support;

/* feature_support in the options of */
enum {
    SL_SUPPORT_OF_FIELD = 22,
    SL_SUPPORT_OF_VALUE = 4,
};

/* False if it is not there. */
bool sl_support_read(sl_bytes options, uint32_t number, sl_support *ret_support);

typedef struct sl_edition_text {
    char text[32];
} sl_edition_text;
/* "2023", "proto2"; for numbers without a year what can be said of them. */
sl_str sl_edition_name(int32_t edition, sl_edition_text *room);

/* What is said of the fields and enum values of `unit` must hold together. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_supports_check(sl_unit *unit, const sl_schema *draft, sl_diags *diags);
