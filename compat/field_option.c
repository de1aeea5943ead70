/* compat/field_option.c: rules about options of fields that generated code of one language follows.
 *
 *   C++          of what type a string or bytes field is: ctype before edition 2024, else features.(pb.cpp).string_type
 *   Java         whether strings are checked for UTF-8: java_string_check_utf8, features.(pb.java).utf8_validation, else what the field
 *                is by the features that all languages heed
 *   JavaScript   of what type a 64-bit integer is: jstype
 *
 * Features of one language are extensions of FeatureSet: the field's, else the file's, else the default of the edition. schema/ resolves
 * only the features that change what the bytes mean; these are looked up here, in raw options. */
#include "compat/internal/check.h"

/* FeatureSet's extensions, and in them the features asked for: cpp_features.proto and java_features.proto. */
enum {
    CPP = 1000,
    CPP_STRING_TYPE = 2,
    JAVA = 1001,
    JAVA_UTF8 = 2,
    JAVA_UTF8_VERIFY = 2,
    FILE_FEATURES = 50,
    FIELD_CTYPE = 1,
    FIELD_JSTYPE = 6,
    FILE_JAVA_STRING_CHECK_UTF8 = 27,
};

static bool find_feature(sl_bytes options, uint32_t features, uint32_t language, uint32_t number,
                         uint64_t *ret_value)
{
    sl_bytes set, extension;
    return sl_options_find_bytes(options, features, &set) &&
           sl_options_find_bytes(set, language, &extension) &&
           sl_options_find_varint(extension, number, ret_value);
}

/* The feature as the field has it: its own or its file's, which is where these two may be set; false if neither says. */
static bool inherit_feature(const sl_field *field, uint32_t language, uint32_t number,
                            uint64_t *ret_value)
{
    return find_feature(field->proto->options, SL_AT_FIELD_FEATURES, language, number, ret_value) ||
           find_feature(field->file->proto->options, FILE_FEATURES, language, number, ret_value);
}

static bool is_of_map_entry(const sl_field *field)
{
    return !field->is_extension && field->parent && field->parent->is_map_entry;
}

typedef struct {
    const char *what, *from, *to;
    sl_part at; /* of the field */
} change;

static sl_finding *add_change(sl_check *check, const sl_field *old, const sl_field *new,
                              change told)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return NULL;
    finding->at = sl_place_in_field(check, new, told.at);
    finding->previous = sl_place_in_field(check, old, told.at);
    finding->message = sl_check_text(check, "%s of %.*s changed from %s to %s", told.what,
                                     SL_STR_ARG(sl_describe_field(check, new)), told.from, told.to);
    return finding;
}

/* --- C++ --- */

typedef enum { STRING, CORD, STRING_PIECE, VIEW, STRING_TYPE_COUNT } string_type;

static const char *const string_types[STRING_TYPE_COUNT] = {
    [STRING] = "STRING", [CORD] = "CORD", [STRING_PIECE] = "STRING_PIECE", [VIEW] = "VIEW"};

static string_type string_type_of(const sl_field *field)
{
    static const string_type by_ctype[] = {STRING, CORD, STRING_PIECE};
    static const string_type by_feature[] = {STRING, VIEW, CORD, STRING};
    uint64_t value;
    if (field->file->edition < SL_EDITION_2024 &&
        sl_options_find_varint(field->proto->options, FIELD_CTYPE, &value) &&
        value < SL_ARRAY_LEN(by_ctype))
        return by_ctype[value];
    if (inherit_feature(field, CPP, CPP_STRING_TYPE, &value) && value < SL_ARRAY_LEN(by_feature))
        return by_feature[value];
    return field->file->edition < SL_EDITION_2024 ? STRING : VIEW;
}

static bool is_text(const sl_field *field)
{
    return (field->type == SL_TYPE_STRING || field->type == SL_TYPE_BYTES) &&
           !is_of_map_entry(field);
}

void check_field_cpp_string_type(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (!is_text(old) || !is_text(new))
        return;
    string_type from = string_type_of(old), to = string_type_of(new);
    if (from == to || (from == STRING_PIECE && to == STRING))
        return;
    sl_part part = new->file->edition < SL_EDITION_2024
                       ? SL_PART(SL_AT_FIELD_OPTIONS, FIELD_CTYPE)
                       : SL_PART(SL_AT_FIELD_OPTIONS, SL_AT_FIELD_FEATURES, CPP, CPP_STRING_TYPE);
    sl_finding *finding = add_change(
        check, old, new, (change){"C++ string type", string_types[from], string_types[to], part});
    if (!finding)
        return;
    finding->why = SL_STR(
        "C++ code that uses the field no longer builds: its accessors take and give another type");
    if (new->file->edition >= SL_EDITION_2023 && from != STRING_PIECE)
        finding->fix =
            sl_check_text(check, "[features.(pb.cpp).string_type = %s]", string_types[from]);
    else if (from != VIEW)
        finding->fix = sl_check_text(check, "[ctype = %s]", string_types[from]);
}

/* --- Java --- */

static bool is_checked_in_java(const sl_field *field)
{
    uint64_t value;
    if (sl_options_find_varint(field->file->proto->options, FILE_JAVA_STRING_CHECK_UTF8, &value) &&
        value)
        return true;
    if (inherit_feature(field, JAVA, JAVA_UTF8, &value) && value == JAVA_UTF8_VERIFY)
        return true;
    return field->features.utf8_validation == SL_UTF8_VERIFY;
}

void check_field_java_utf8(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (old->type != SL_TYPE_STRING || new->type != SL_TYPE_STRING)
        return;
    bool was_checked = is_checked_in_java(old), is_checked = is_checked_in_java(new);
    if (was_checked == is_checked)
        return;
    sl_part part = SL_PART(SL_AT_FIELD_OPTIONS, SL_AT_FIELD_FEATURES, JAVA, JAVA_UTF8);
    sl_finding *finding = add_change(check, old, new,
                                     (change){"Java's UTF-8 check", was_checked ? "on" : "off",
                                              is_checked ? "on" : "off", part});
    if (!finding)
        return;
    uint64_t value;
    if (sl_options_find_varint(new->file->proto->options, FILE_JAVA_STRING_CHECK_UTF8, &value))
        finding->at = sl_place_of_file_option(check, new->file, FILE_JAVA_STRING_CHECK_UTF8);
    finding->why = is_checked
                       ? SL_STR("new Java readers refuse old data whose string is not UTF-8")
                       : SL_STR("old Java readers refuse new data whose string is not UTF-8");
    if (new->file->edition < SL_EDITION_2023)
        finding->fix = was_checked ? SL_STR("option java_string_check_utf8 = true;")
                                   : SL_STR("option java_string_check_utf8 = false;");
    else if (was_checked)
        finding->fix = SL_STR("[features.(pb.java).utf8_validation = VERIFY]");
}

/* --- JavaScript --- */

static bool is_integer_of_64_bits(const sl_field *field)
{
    switch (field->type) {
    case SL_TYPE_INT64:
    case SL_TYPE_UINT64:
    case SL_TYPE_SINT64:
    case SL_TYPE_FIXED64:
    case SL_TYPE_SFIXED64: return true;
    default: return false;
    }
}

static const char *jstype_of(const sl_field *field)
{
    static const char *const names[] = {"JS_NORMAL", "JS_STRING", "JS_NUMBER"};
    uint64_t value = 0;
    sl_options_find_varint(field->proto->options, FIELD_JSTYPE, &value);
    return value < SL_ARRAY_LEN(names) ? names[value] : "an unknown type";
}

void check_field_jstype(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (!is_integer_of_64_bits(old) || !is_integer_of_64_bits(new))
        return;
    const char *from = jstype_of(old), *to = jstype_of(new);
    if (strcmp(from, to) == 0)
        return;
    sl_finding *finding = add_change(
        check, old, new,
        (change){"JavaScript type", from, to, SL_PART(SL_AT_FIELD_OPTIONS, FIELD_JSTYPE)});
    if (!finding)
        return;
    finding->why = SL_STR("JavaScript code that uses the field gets values of another type");
    finding->fix = sl_check_text(check, "[jstype = %s]", from);
}
