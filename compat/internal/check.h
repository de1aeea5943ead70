/* compat/internal/check.h: one comparison under way: what is compared, which rules run, what was found so far.
 *
 * pair.c calls sl_check_NAME() for every pair of kinds.def; that runs the rules of that kind which were asked for; a rule
 * that objects takes a finding from sl_check_add() and fills it. Nothing returns a status: as in sl_buf, the first failed
 * allocation is remembered, later calls do nothing, and check.c looks once at the end. */
#pragma once

#include "compat/compat.h"

typedef struct sl_check sl_check;

enum {
    SL_FIELD_MAX = 536870911, /* the last field number: 2^29 - 1 */
};

typedef enum sl_rule_kind {
#define KIND(name, old_type, new_type) SL_KIND_##name,
#include "compat/kinds.def"
#undef KIND
    SL_KIND_COUNT
} sl_rule_kind;

/* The functions of rules, one type a kind. */
#define KIND(name, old_type, new_type) \
    typedef void sl_rule_##name(sl_check *check, const old_type *old, const new_type *new);
#include "compat/kinds.def"
#undef KIND

typedef struct sl_rule {
    sl_compat_rule listed;
    sl_rule_kind kind;
    union {
#define KIND(name, old_type, new_type) sl_rule_##name *name;
#include "compat/kinds.def"
#undef KIND
    } run;
} sl_rule;

enum {
#define RULE(id, categories, breaks, applies, function, protects) SL_RULE_##id,
#include "compat/rules.def"
#undef RULE
    SL_RULE_COUNT
};

#define RULE(id, categories, breaks, applies, function, protects) sl_rule_##applies function;
#include "compat/rules.def"
#undef RULE

extern const sl_rule sl_rules[SL_RULE_COUNT];

/* A finding that is not published yet; its texts lie in the check's arena. */
typedef struct sl_pending {
    sl_finding finding;
    const void *cause; /* the element to blame; findings with the same one have one cause */
    size_t order;
    size_t rank;  /* of its rule in the table */
    bool is_best; /* of its cause */
} sl_pending;

struct sl_check {
    const sl_schema *old_schema, *new_schema;
    int directions;
    bool compares_imports, is_tree;
    const sl_rule *rule; /* the one that runs */
    const sl_rule *rules[SL_RULE_COUNT];
    uint32_t rules_begin[SL_KIND_COUNT + 1]; /* kind → its part of `rules` */
    sl_arena arena;
    SL_VEC(sl_pending) pending; /* at most `room` */
    size_t room;                /* that the caller's list has left */
    size_t left_out;
    bool no_memory;
    size_t searched;  /* bytes of source info */
    sl_map name_sets; /* element → names in it, made when first asked for (names.c) */
    sl_map alike;     /* pairs of messages that are (alike.c) */
    size_t alike_steps;
    bool one_per_cause;
    sl_map enum_subsets; /* memo of sl_check_enum_missing() */
};

static inline bool sl_check_has_rules(const sl_check *check, sl_rule_kind kind)
{
    return check->rules_begin[kind] < check->rules_begin[kind + 1];
}

/* Run all rules of a kind over one pair. */
#define KIND(name, old_type, new_type) \
    void sl_check_##name(sl_check *check, const old_type *old, const new_type *new);
#include "compat/kinds.def"
#undef KIND

/* Is this file of one of the schemas looked at, or one of Protobuf's own that came along? */
bool sl_check_is_compared(const sl_check *check, const sl_schema *schema, const sl_file *file);
/* Walk both schemas and run every rule over every pair (pair.c). */
void sl_check_schemas(sl_check *check);
/* What the walk by pairs does not see: messages that nothing reads any more (lost.c). */
void sl_check_losses(sl_check *check);

/* A finding of the running rule, to be filled in: NULL when it is only counted, or memory is out. Valid until the next call.
 * `cause` is the element to blame (the old one where there is one). */
sl_finding *sl_check_add(sl_check *check, const void *cause);
/* Blame another element for the finding that sl_check_add() gave last. */
void sl_check_blame(sl_check *check, const void *cause);
/* Remember a failed allocation; returns true if `status` is one. */
bool sl_check_failed(sl_check *check, sl_status status);

/* Text in the check's arena. */
#define sl_check_text(check, ...) sl_arena_printf(&(check)->arena, __VA_ARGS__)

/* "… changed its type from … to …", with `why` (type.c). */
void sl_check_add_type_change(sl_check *check, const sl_field *old, const sl_field *new,
                              sl_str why);

/* --- alike.c: the same but for the name --- */

bool sl_check_are_alike(sl_check *check, const sl_message *old, const sl_message *new);
/* The types of two fields, both messages or both enums. */
bool sl_check_are_types_alike(sl_check *check, const sl_field *old, const sl_field *new);

/* --- describe.c: elements in words and as declarations to paste --- */

/* field 4 "currency" of orders.v1.OrderPlaced; value of field 5 "attributes" of orders.v1.OrderPlaced, for map entries */
sl_str sl_describe_field(sl_check *check, const sl_field *field);
/* int32, message orders.v1.Money, enum orders.v1.State */
sl_str sl_describe_type(sl_check *check, const sl_field *field);
/* string currency = 4; as its file would write it; for the key or value of a map entry, the map. Absent for groups, which
 * have a body. */
sl_str sl_declare_field(sl_check *check, const sl_field *field);
/* The same without `required`. */
sl_str sl_declare_field_optional(sl_check *check, const sl_field *field);
/* rpc Place(orders.v1.Order) returns (orders.v1.Receipt); */
sl_str sl_declare_method(sl_check *check, const sl_method *method);
/* "currency", or currency in editions, which reserve identifiers */
sl_str sl_declare_reserved_name(sl_check *check, const sl_file *file, sl_str name);
/* 5 to 10, 7, 100 to max */
sl_str sl_describe_range(sl_check *check, sl_range range, int32_t max);

/* The old element whose change explains that this one has no partner: its file (gone, or its package renamed), an outer message,
 * the map field that it is the entry of, or itself. */
const void *sl_cause_of_message(const sl_check *check, const sl_message *message);
const void *sl_cause_of_enum(const sl_check *check, const sl_enum *enumeration);
/* For what only its file can take with it. */
const void *sl_cause_of_member(const sl_check *check, const sl_file *file, const void *member);

/* The map field whose entry message this is, and the one whose entry has this key or value; NULL if it is none. They walk the fields
 * of a message: for findings only. */
const sl_field *sl_map_field_of_entry(const sl_message *entry);
const sl_field *sl_map_field_of(const sl_field *field);

/* --- place.c: where elements stand. Once SL_LIMIT_LOCATE_BYTES of source info have been searched, without a line --- */

/* What belongs to a map entry, which nobody wrote, stands at its map field. */
sl_location sl_place_of_field(sl_check *check, const sl_field *field);
sl_location sl_place_of_message(sl_check *check, const sl_message *message);
sl_location sl_place_of_oneof(sl_check *check, const sl_oneof *oneof);
sl_location sl_place_of_enum(sl_check *check, const sl_enum *enumeration);
sl_location sl_place_of_value(sl_check *check, const sl_enum *enumeration,
                              const sl_enum_value *value);
sl_location sl_place_of_service(sl_check *check, const sl_service *service);
sl_location sl_place_of_method(sl_check *check, const sl_method *method);
/* A part of an element: steps below it (schema/descriptor_path.h), with 0 behind the last. {8, 6} is the option jstype of a field. */
typedef struct sl_part {
    int32_t steps[4];
} sl_part;
#define SL_PART(...) ((sl_part){{__VA_ARGS__}})
/* Where a part stands; where it is not in the text, the element. */
sl_location sl_place_in_field(sl_check *check, const sl_field *field, sl_part part);
sl_location sl_place_in_message(sl_check *check, const sl_message *message, sl_part part);
sl_location sl_place_in_enum(sl_check *check, const sl_enum *enumeration, sl_part part);
sl_location sl_place_in_value(sl_check *check, const sl_enum *enumeration,
                              const sl_enum_value *value, sl_part part);
sl_location sl_place_in_method(sl_check *check, const sl_method *method, sl_part part);
/* An option of the file, by its number in FileOptions. */
sl_location sl_place_of_file_option(sl_check *check, const sl_file *file, int32_t number);
/* A statement of the file, by its field number in FileDescriptorProto. */
sl_location sl_place_of_statement(sl_check *check, const sl_file *file, int32_t number);
/* A file without a line. */
sl_location sl_place_of_file(const sl_file *file);
/* Where to point for something of `old_parent` (NULL: top level) in `old_file` that is gone: the nearest outer message that is still
 * there, in `new_file` if that is not NULL, else in any; else the new file of the same path; else nowhere. */
sl_location sl_place_of_gone(sl_check *check, const sl_message *old_parent, const sl_file *old_file,
                             const sl_file *new_file);

/* --- names.c: is this name in that list, without walking it each time --- */

bool sl_check_message_reserves(sl_check *check, const sl_message *message, sl_str name);
bool sl_check_enum_reserves(sl_check *check, const sl_enum *enumeration, sl_str name);
/* The value of `enumeration` called `name`, NULL if none. */
const sl_enum_value *sl_check_find_value(sl_check *check, const sl_enum *enumeration, sl_str name);
/* Does `part` have a value (name and number) that `whole` lacks? */
bool sl_check_enum_missing(sl_check *check, const sl_enum *part, const sl_enum *whole);
/* The name that an element of `old_file` called `full_name` has in `new_file` if only the package changed. In the arena if it did. */
sl_str sl_check_rename(sl_check *check, sl_str full_name, const sl_file *old_file,
                       const sl_file *new_file);
void sl_check_names_done(sl_check *check);

/* --- range.c --- */

/* Ranges sorted by start; `max` is the number that is written as max. */
typedef struct sl_range_list {
    const sl_range *ranges;
    uint32_t count;
    int32_t max;
} sl_range_list;

/* The parts of `range` that `list` does not cover, as text ("5 to 7, 9"), empty if it covers all. `first` is the caller's place in the
 * list, 0 at first; it moves on as long as ranges are asked for in order. */
sl_str sl_range_missing(sl_check *check, sl_range range, const sl_range_list *list,
                        uint32_t *first);
/* `statement` ("reserved", "extensions") for those parts; absent if there were too many to write out. */
sl_str sl_declare_missing(sl_check *check, const char *statement, sl_str missing);
