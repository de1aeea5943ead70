/* compat/contract.c: rules of CONTRACT: what really breaks a reader of payloads or a caller, where WIRE_JSON says too much or too little.
 *
 * Types. A reader of one integer type reads what a writer of another wrote if every value survives, in bytes and in JSON:
 *
 *   writer \ reader   int32  int64  uint32  uint64  sint32  sint64
 *   int32             yes    yes
 *   int64                    yes
 *   uint32                   yes    yes     yes
 *   uint64                                  yes
 *   sint32                                          yes     yes
 *   sint64                                                  yes
 *
 * (https://protobuf.dev/programming-guides/proto3/#updating; in JSON a 64-bit integer is written as a string, and every reader of integers takes
 * strings: https://protobuf.dev/programming-guides/json/.) Buf lets int32 stand in for uint32; a negative value then turns into a large one,
 * or is refused in JSON. Messages and enums may be called otherwise if they are alike (alike.c).
 *
 * Oneofs. Of the members of a oneof a reader keeps the last; so a break is a pair of fields that one side may write together and the other keeps
 * only one of. One field by itself moves into or out of a oneof freely, and what a oneof is called is nobody's business, as the guide has it
 * ("Moving a single field into a new oneof").
 *
 * Required fields are what the schema means by it, in editions too. */
#include "compat/internal/check.h"

/* --- types --- */

static bool keeps_values(sl_field_type writer, sl_field_type reader)
{
    if (writer == reader)
        return true;
    return (writer == SL_TYPE_INT32 && reader == SL_TYPE_INT64) ||
           (writer == SL_TYPE_UINT32 && (reader == SL_TYPE_UINT64 || reader == SL_TYPE_INT64)) ||
           (writer == SL_TYPE_SINT32 && reader == SL_TYPE_SINT64);
}

static int type_breaks(sl_check *check, const sl_field *old, const sl_field *new)
{
    bool is_named = old->message || old->enumeration;
    if (is_named && old->type == new->type)
        return sl_check_are_types_alike(check, old, new) ? 0 : SL_COMPAT_BOTH;
    return (keeps_values(old->type, new->type) ? 0 : SL_COMPAT_BACKWARD) |
           (keeps_values(new->type, old->type) ? 0 : SL_COMPAT_FORWARD);
}

void check_contract_type(sl_check *check, const sl_field *old, const sl_field *new)
{
    int breaks = type_breaks(check, old, new) & check->directions;
    if (!breaks)
        return;
    sl_check_add_type_change(
        check, old, new,
        breaks == SL_COMPAT_BACKWARD
            ? SL_STR("new readers misread or refuse values that old data holds")
        : breaks == SL_COMPAT_FORWARD
            ? SL_STR("old readers misread or refuse values that new data may hold")
            : SL_STR(
                  "readers on either side find a wrong value in the other's data, or refuse it"));
}

void check_contract_request(sl_check *check, const sl_method *old, const sl_method *new)
{
    if (!sl_check_are_alike(check, old->input, new->input))
        check_method_request(check, old, new);
}

void check_contract_response(sl_check *check, const sl_method *old, const sl_method *new)
{
    if (!sl_check_are_alike(check, old->output, new->output))
        check_method_response(check, old, new);
}

/* --- oneofs --- */

static const sl_oneof *real_oneof(const sl_field *field)
{
    return field && field->oneof && !field->oneof->is_synthetic ? field->oneof : NULL;
}

/* Members of `oneof` that `other` has too, and that do not exclude each other there: the second of the first such two; NULL if there are none. */
static const sl_field *find_freed(const sl_oneof *oneof, const sl_message *other)
{
    const sl_field *first = NULL;
    for (uint32_t i = 0; i < oneof->field_count; i++) {
        const sl_field *partner = sl_message_find_field(other, oneof->fields[i]->number);
        if (!partner)
            continue;
        if (first && (!real_oneof(first) || real_oneof(first) != real_oneof(partner)))
            return oneof->fields[i];
        first = first ? first : partner;
    }
    return NULL;
}

static void add_freed(sl_check *check, const sl_message *old, const sl_message *new,
                      const sl_oneof *oneof, const sl_field *field)
{
    bool is_new = oneof->parent == new;
    sl_finding *finding = sl_check_add(check, oneof);
    if (!finding)
        return;
    const sl_field *before = is_new ? sl_message_find_field(old, field->number) : field;
    const sl_field *after = is_new ? field : sl_message_find_field(new, field->number);
    finding->at = sl_place_of_field(check, after);
    finding->previous = sl_place_of_field(check, before);
    finding->message = sl_check_text(
        check,
        is_new
            ? "%.*s now excludes other fields of oneof \"%.*s\", beside which it could be written"
            : "%.*s no longer excludes the other fields of oneof \"%.*s\"",
        SL_STR_ARG(sl_describe_field(check, after)), SL_STR_ARG(oneof->name));
    finding->why =
        is_new ? SL_STR("old data may hold several of them: new readers keep only the last")
               : SL_STR("new data may hold several of them: old readers keep only the last");
    finding->fix = sl_declare_field(check, before);
}

void check_contract_oneofs(sl_check *check, const sl_message *old, const sl_message *new)
{
    for (uint32_t i = 0; i < new->oneof_count && (check->directions & SL_COMPAT_BACKWARD); i++) {
        const sl_oneof *oneof = &new->oneofs[i];
        const sl_field *freed = oneof->is_synthetic ? NULL : find_freed(oneof, old);
        if (freed)
            add_freed(check, old, new, oneof, freed);
    }
    for (uint32_t i = 0; i < old->oneof_count && (check->directions & SL_COMPAT_FORWARD); i++) {
        const sl_oneof *oneof = &old->oneofs[i];
        const sl_field *freed = oneof->is_synthetic ? NULL : find_freed(oneof, new);
        if (freed)
            add_freed(check, old, new, oneof, freed);
    }
}

/* --- extensions, message sets, services --- */

void check_extension_number(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (old->number == new->number ||
        !sl_str_equal(old->extendee->full_name, new->extendee->full_name))
        return;
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_in_field(check, new, SL_PART(SL_AT_FIELD_NUMBER));
    finding->previous = sl_place_in_field(check, old, SL_PART(SL_AT_FIELD_NUMBER));
    finding->message = sl_check_text(check, "extension %.*s changed its number from %d to %d",
                                     SL_STR_ARG(old->full_name), old->number, new->number);
    finding->why = SL_STR("readers on either side do not find the extension in the other's data");
    finding->fix = sl_declare_field(check, old);
}

void check_message_set(sl_check *check, const sl_message *old, const sl_message *new)
{
    sl_finding *finding =
        old->is_message_set == new->is_message_set ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_message(check, new);
    finding->previous = sl_place_of_message(check, old);
    finding->message =
        sl_check_text(check, "message %.*s is %s a message set", SL_STR_ARG(new->full_name),
                      new->is_message_set ? "now" : "no longer");
    finding->why = SL_STR(
        "its extensions are encoded differently: readers on either side do not find the other's");
    finding->fix = new->is_message_set ? SL_STR("option message_set_wire_format = false;")
                                       : SL_STR("option message_set_wire_format = true;");
}

void check_service_lost(sl_check *check, const sl_service *old, const sl_schema *new)
{
    (void)new;
    sl_finding *finding = sl_check_add(check, sl_cause_of_member(check, old->file, old));
    if (!finding)
        return;
    finding->at = sl_place_of_gone(check, NULL, old->file, NULL);
    finding->previous = sl_place_of_service(check, old);
    finding->message = sl_check_text(check, "service %.*s was deleted", SL_STR_ARG(old->full_name));
    finding->why = SL_STR("old callers of a new server are answered UNIMPLEMENTED");
}
