/* schema/features.c: what an edition defaults to, and what a file, message, oneof, field or enum says otherwise.
 *
 * Resolution is a merge from the outside in (Protobuf editions, "feature resolution"): the defaults of the edition, then the FeatureSet
 * in the options of the file, of each message around, of the oneof, of the field itself. A FeatureSet may come in parts, which merge
 * in order. Features of other languages (pb.cpp and so on) are extensions of it and are passed over.
 *
 * A number that this build does not know is refused, not ignored: it would change what the bytes of a payload mean. */
#include "schema/internal/linker.h"
#include "wire/wire.h"

#include <stddef.h>

static const struct {
    const char *name;
    uint32_t number;
    uint32_t values; /* bit N: N is a value */
    size_t offset;
} features_table[] = {
#define FEATURE(member, number, values, p2, p3, e23, e24, e26) \
    {#member, number, values, offsetof(sl_features, member)},
#include "schema/features.def"
#undef FEATURE
};

bool sl_features_default(sl_edition edition, sl_features *ret_features)
{
    switch (edition) {
#define FEATURE(member, number, values, p2, p3, e23, e24, e26) ret_features->member = (p2);
    case SL_EDITION_PROTO2:
#include "schema/features.def"
        return true;
#undef FEATURE
#define FEATURE(member, number, values, p2, p3, e23, e24, e26) ret_features->member = (p3);
    case SL_EDITION_PROTO3:
#include "schema/features.def"
        return true;
#undef FEATURE
#define FEATURE(member, number, values, p2, p3, e23, e24, e26) ret_features->member = (e23);
    case SL_EDITION_2023:
#include "schema/features.def"
        return true;
#undef FEATURE
#define FEATURE(member, number, values, p2, p3, e23, e24, e26) ret_features->member = (e24);
    case SL_EDITION_2024:
#include "schema/features.def"
        return true;
#undef FEATURE
#define FEATURE(member, number, values, p2, p3, e23, e24, e26) ret_features->member = (e26);
    case SL_EDITION_2026:
#include "schema/features.def"
        return true;
#undef FEATURE
    case SL_EDITION_UNKNOWN: break;
    }
    return false;
}

static sl_status set_feature(sl_linker *linker, const sl_features_source *source,
                             const sl_wire_field *field, sl_features *features)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(features_table); i++) {
        if (features_table[i].number != field->tag.number)
            continue;
        uint64_t value = field->number_value;
        if (field->tag.type != SL_WIRE_VARINT || value > 31 ||
            !(features_table[i].values >> value & 1))
            return sl_link_finding(
                linker, SL_LINK_FEATURE_INVALID, sl_link_locate(linker, source->symbol),
                "'%.*s' sets features.%s to %llu, which this build does not know",
                SL_STR_ARG(source->of), features_table[i].name, (unsigned long long)value);
        ((uint8_t *)features)[features_table[i].offset] = (uint8_t)value;
        return SL_OK;
    }
    return SL_OK;
}

static sl_status merge_set(sl_linker *linker, const sl_features_source *source, sl_bytes set,
                           sl_features *features)
{
    if (source->symbol->file->edition < SL_EDITION_2023)
        return sl_link_finding(
            linker, SL_LINK_FEATURE_INVALID, sl_link_locate(linker, source->symbol),
            "'%.*s' sets features, and its file is not of an edition", SL_STR_ARG(source->of));
    SL_TRY(sl_link_options(linker, set, source->symbol, source->of));
    sl_wire_reader reader = sl_wire_reader_of(set);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK)
        SL_TRY(set_feature(linker, source, &field, features));
    return SL_OK;
}

sl_status sl_features_merge(sl_linker *linker, const sl_features_source *source,
                            sl_features *features)
{
    sl_wire_reader reader = sl_wire_reader_of(source->options);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK)
        if (field.tag.number == source->number && field.tag.type == SL_WIRE_LEN)
            SL_TRY(merge_set(linker, source, field.bytes, features));
    return SL_OK;
}

void sl_features_stated(sl_bytes options, uint32_t number, sl_features *ret_stated)
{
    *ret_stated = (sl_features){0};
    sl_wire_reader reader = sl_wire_reader_of(options);
    sl_wire_field set;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &set) == SL_OK) {
        if (set.tag.number != number || set.tag.type != SL_WIRE_LEN)
            continue;
        sl_wire_reader inner = sl_wire_reader_of(set.bytes);
        sl_wire_field field;
        while (sl_wire_next_field(&inner, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK)
            for (size_t i = 0; i < SL_ARRAY_LEN(features_table); i++)
                if (features_table[i].number == field.tag.number &&
                    field.tag.type == SL_WIRE_VARINT)
                    ((uint8_t *)ret_stated)[features_table[i].offset] = (uint8_t)field.number_value;
    }
}
