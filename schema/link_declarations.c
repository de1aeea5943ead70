/* schema/link_declarations.c: the last pass: extensions that a message has declared beforehand.
 *
 * An extension range may list, in its options, each number with the full name and type of the one extension that may take it:
 *
 *   extensions 4 to 100 [declaration = { number: 4, full_name: ".a.b", type: "int32" }];
 *
 * A range with a declaration, or with verification = DECLARATION, admits only what it declares. Declarations themselves are sound when their
 * numbers lie in the range and they say both name and type, as full names, or are reserved. These are protoc's rules
 * (ValidateExtensionDeclaration, CheckExtensionDeclaration). Each range is read once into a list sorted by number. What extends
 * descriptor.proto is not held to its declarations, which are a list for people. */
#include "schema/internal/field_type.h"
#include "schema/internal/linker.h"
#include "wire/wire.h"

#include <stdlib.h>

enum {
    RANGE_DECLARATION = 2,
    RANGE_VERIFICATION = 3,
    DECLARATION_NUMBER = 1,
    DECLARATION_FULL_NAME = 2,
    DECLARATION_TYPE = 3,
    DECLARATION_RESERVED = 5,
    DECLARATION_REPEATED = 6,
    VERIFICATION_DECLARATION = 0,
    VERIFICATION_UNVERIFIED = 1,
};

typedef struct declaration {
    int32_t number;
    uint32_t index;         /* in its range */
    sl_str full_name, type; /* data NULL: not stated */
    bool is_reserved, is_repeated;
} declaration;

typedef struct declared_range {
    const sl_message *message;
    const sl_range *range;
    SL_VEC(declaration) declarations; /* sorted by number, then as written */
    bool has_verification;
    uint64_t verification;
} declared_range;

static void declared_range_done(declared_range *declared)
{
    sl_vec_done(&declared->declarations);
}

/* --- reading --- */

static declaration read_declaration(sl_bytes bytes)
{
    declaration found = {0};
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        bool is_varint = field.tag.type == SL_WIRE_VARINT, is_text = field.tag.type == SL_WIRE_LEN;
        if (field.tag.number == DECLARATION_NUMBER && is_varint)
            found.number = (int32_t)field.number_value;
        else if (field.tag.number == DECLARATION_FULL_NAME && is_text)
            found.full_name = sl_bytes_str(field.bytes);
        else if (field.tag.number == DECLARATION_TYPE && is_text)
            found.type = sl_bytes_str(field.bytes);
        else if (field.tag.number == DECLARATION_RESERVED && is_varint)
            found.is_reserved = field.number_value != 0;
        else if (field.tag.number == DECLARATION_REPEATED && is_varint)
            found.is_repeated = field.number_value != 0;
    }
    return found;
}

static int by_number(const void *a, const void *b)
{
    const declaration *left = a, *right = b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static sl_status read_range(sl_linker *linker, declared_range *declared)
{
    sl_wire_reader reader = sl_wire_reader_of(declared->range->proto->options);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.number == RANGE_VERIFICATION && field.tag.type == SL_WIRE_VARINT) {
            declared->has_verification = true;
            declared->verification = field.number_value;
        }
        if (field.tag.number != RANGE_DECLARATION || field.tag.type != SL_WIRE_LEN)
            continue;
        declaration found = read_declaration(field.bytes);
        found.index = (uint32_t)declared->declarations.count;
        if (sl_vec_push(&declared->declarations, found) != SL_OK)
            return sl_error_no_memory(linker->err);
    }
    if (declared->declarations.count > 1)
        qsort(declared->declarations.items, declared->declarations.count, sizeof(declaration),
              by_number);
    return SL_OK;
}

/* --- declarations by themselves --- */

static sl_status refuse(sl_linker *linker, const declared_range *declared, int32_t number,
                        const char *what)
{
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_MESSAGE, declared->message->file, declared->message);
    uint32_t index =
        (uint32_t)(declared->range->proto - declared->message->proto->extension_ranges.items);
    return sl_link_finding(
        linker, SL_LINK_DECLARATION_INVALID,
        sl_link_locate_item(linker, &symbol, SL_LIST_MESSAGE_EXTENSION_RANGE, index),
        "declaration of extension %d of '%.*s' %s", number,
        SL_STR_ARG(declared->message->full_name), what);
}

/* ".a.b.C" */
static bool is_full_name(sl_str name)
{
    bool is_behind_dot = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!is_word && (c != '.' || is_behind_dot))
            return false;
        is_behind_dot = c == '.';
    }
    return name.len > 1 && name.data[0] == '.' && !is_behind_dot;
}

static bool is_scalar_name(sl_str name)
{
    for (int type = SL_TYPE_DOUBLE; type < SL_TYPE_COUNT; type++)
        if (!sl_field_type_is_named((sl_field_type)type) &&
            sl_str_is(name, sl_field_type_name((sl_field_type)type)))
            return true;
    return false;
}

static sl_status check_names(sl_linker *linker, const declared_range *declared,
                             const declaration *it, sl_map *names)
{
    bool has_name = it->full_name.data != NULL, has_type = it->type.data != NULL;
    if (has_name != has_type || (!has_name && !it->is_reserved))
        return refuse(linker, declared, it->number, "does not state both full_name and type");
    if (!has_name)
        return SL_OK;
    sl_status status = sl_map_add(names, it->full_name, (void *)it, NULL);
    if (status == SL_EXISTS)
        return refuse(linker, declared, it->number, "has the full_name of another");
    if (status != SL_OK)
        return sl_error_no_memory(linker->err);
    if (!is_full_name(it->full_name))
        return refuse(linker, declared, it->number,
                      "has a full_name that is no name with a dot in front");
    if (!is_scalar_name(it->type) && !is_full_name(it->type))
        return refuse(linker, declared, it->number,
                      "has a type that is neither scalar nor a name with a dot in front");
    return SL_OK;
}

static sl_status check_declarations(sl_linker *linker, const declared_range *declared,
                                    sl_map *names)
{
    const declaration *items = declared->declarations.items;
    size_t count = declared->declarations.count;
    if (count > 0 && declared->has_verification &&
        declared->verification == VERIFICATION_UNVERIFIED)
        return refuse(linker, declared, items[0].number, "stands in a range that is UNVERIFIED");
    for (size_t i = 0; i < count; i++) {
        if (items[i].number < declared->range->start || items[i].number > declared->range->end)
            SL_TRY(refuse(linker, declared, items[i].number, "is not of its range"));
        if (i > 0 && items[i].number == items[i - 1].number)
            SL_TRY(refuse(linker, declared, items[i].number, "stands there twice"));
        SL_TRY(check_names(linker, declared, &items[i], names));
    }
    return SL_OK;
}

/* --- extensions against declarations --- */

static sl_status refuse_extension(sl_linker *linker, const sl_field *extension, sl_link_part part,
                                  const char *what, sl_str expected)
{
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_EXTENSION, extension->file, extension);
    return sl_link_finding(
        linker, SL_LINK_DECLARATION_MISMATCH, sl_link_locate_part(linker, &symbol, part),
        "extension '%.*s' of '%.*s' with number %d %s%.*s", SL_STR_ARG(extension->full_name),
        SL_STR_ARG(extension->extendee->full_name), extension->number, what, SL_STR_ARG(expected));
}

static bool is_type_named(const sl_field *extension, sl_str type)
{
    if (!extension->message && !extension->enumeration)
        return sl_str_is(type, sl_field_type_name(extension->type));
    sl_str full_name =
        extension->message ? extension->message->full_name : extension->enumeration->full_name;
    return type.len > 0 && type.data[0] == '.' &&
           sl_str_equal((sl_str){type.data + 1, type.len - 1}, full_name);
}

static sl_status compare(sl_linker *linker, const sl_field *extension, const declaration *it)
{
    sl_str name = it->full_name;
    if (it->is_reserved)
        return refuse_extension(linker, extension, SL_PART_FIELD_NUMBER,
                                "takes a number that is declared as reserved", SL_STR(""));
    if (it->type.len > 0 && !is_type_named(extension, it->type))
        SL_TRY(refuse_extension(linker, extension, SL_PART_FIELD_TYPE_NAME,
                                "is declared with type ", it->type));
    if (name.len > 0 && (name.data[0] != '.' || !sl_str_equal((sl_str){name.data + 1, name.len - 1},
                                                              extension->full_name)))
        SL_TRY(refuse_extension(linker, extension, SL_PART_NAME, "is declared as ", name));
    if (it->is_repeated != (extension->cardinality == SL_REPEATED))
        SL_TRY(refuse_extension(linker, extension, SL_PART_FIELD_LABEL,
                                it->is_repeated ? "is declared as repeated"
                                                : "is declared as not repeated",
                                SL_STR("")));
    return SL_OK;
}

static const declaration *find_declaration(const declared_range *declared, int32_t number)
{
    size_t low = 0, high = declared->declarations.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (declared->declarations.items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    const declaration *it = &declared->declarations.items[low];
    return low < declared->declarations.count && it->number == number ? it : NULL;
}

/* Extensions are sorted by number; those before the range are passed over with a cursor, since ranges are sorted too. */
static sl_status check_extensions(sl_linker *linker, const declared_range *declared, uint32_t *next)
{
    const sl_message *message = declared->message;
    bool is_closed =
        declared->declarations.count > 0 ||
        (declared->has_verification && declared->verification == VERIFICATION_DECLARATION);
    while (*next < message->known_extension_count &&
           message->known_extensions[*next]->number < declared->range->start)
        ++*next;
    for (; *next < message->known_extension_count &&
           message->known_extensions[*next]->number <= declared->range->end;
         ++*next) {
        const sl_field *extension = message->known_extensions[*next];
        const declaration *it = find_declaration(declared, extension->number);
        if (it && extension->type != 0)
            SL_TRY(compare(linker, extension, it));
        else if (!it && is_closed)
            SL_TRY(refuse_extension(linker, extension, SL_PART_FIELD_NUMBER,
                                    "is not declared in its range, which wants that", SL_STR("")));
    }
    return SL_OK;
}

/* --- the pass --- */

static sl_status check_message(sl_linker *linker, const sl_message *message)
{
    sl_cleanup(sl_map_done) sl_map names = {0};
    uint32_t next = 0;
    bool is_descriptor = sl_str_is(message->file->path, "google/protobuf/descriptor.proto");
    for (uint32_t i = 0; i < message->extension_range_count; i++) {
        const sl_range *range = &message->extension_ranges[i];
        if (!range->proto || range->proto->options.len == 0)
            continue;
        sl_cleanup(declared_range_done)
            declared_range declared = {.message = message, .range = range};
        SL_TRY(read_range(linker, &declared));
        SL_TRY(check_declarations(linker, &declared, &names));
        if (!is_descriptor)
            SL_TRY(check_extensions(linker, &declared, &next));
    }
    return SL_OK;
}

sl_status sl_link_declarations(sl_linker *linker)
{
    if (sl_link_has_errors(linker))
        return SL_OK; /* ranges and extensions may not be what they should */
    for (size_t i = 0; i < linker->messages.count; i++)
        if (linker->messages.items[i]->extension_range_count > 0)
            SL_TRY(check_message(linker, linker->messages.items[i]));
    return SL_OK;
}
