/* compat/message.c: rules about a message as a whole: required fields, extension ranges, oneofs, JSON. (Its reservations: reserved.c.)
 *
 * "Required" is here what buf means by it: proto2's label. Editions' LEGACY_REQUIRED is seen by the rules of cardinality only. */
#include "compat/internal/check.h"

/* --- required fields --- */

static bool is_labelled_required(const sl_field *field)
{
    return field && field->proto->label == SL_LABEL_REQUIRED;
}

static void add_required_removed(sl_check *check, const sl_field *old, const sl_field *new,
                                 const sl_message *new_message)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_message(check, new_message);
    finding->previous = sl_place_of_field(check, old);
    finding->message =
        sl_check_text(check, "required %.*s %s", SL_STR_ARG(sl_describe_field(check, old)),
                      new ? "is no longer required" : "was deleted");
    finding->why = SL_STR("old readers refuse new data that lacks the field");
    finding->fix = sl_declare_field(check, old);
}

static void add_required_added(sl_check *check, const sl_field *old, const sl_field *new)
{
    sl_finding *finding = sl_check_add(check, old ? old : new);
    if (!finding)
        return;
    finding->at = sl_place_of_field(check, new);
    finding->message =
        sl_check_text(check, old ? "%.*s became required" : "required %.*s was added",
                      SL_STR_ARG(sl_describe_field(check, new)));
    if (old)
        finding->previous = sl_place_of_field(check, old);
    finding->why = SL_STR("new readers refuse old data, which lacks the field");
    finding->fix = sl_declare_field_optional(check, new);
}

typedef bool is_required_fn(const sl_field *field);

static void compare_required(sl_check *check, const sl_message *old, const sl_message *new,
                             is_required_fn *is_required)
{
    for (uint32_t i = 0; i < old->field_count && (check->directions & SL_COMPAT_FORWARD); i++) {
        const sl_field *field = old->by_number[i];
        const sl_field *partner =
            is_required(field) ? sl_message_find_field(new, field->number) : NULL;
        if (is_required(field) && !is_required(partner))
            add_required_removed(check, field, partner, new);
    }
    for (uint32_t i = 0; i < new->field_count && (check->directions & SL_COMPAT_BACKWARD); i++) {
        const sl_field *field = new->by_number[i];
        const sl_field *partner =
            is_required(field) ? sl_message_find_field(old, field->number) : NULL;
        if (is_required(field) && !is_required(partner))
            add_required_added(check, partner, field);
    }
}

void check_message_required(sl_check *check, const sl_message *old, const sl_message *new)
{
    compare_required(check, old, new, is_labelled_required);
}

static bool is_required(const sl_field *field)
{
    return field && field->cardinality == SL_REQUIRED;
}

void check_contract_required(sl_check *check, const sl_message *old, const sl_message *new)
{
    compare_required(check, old, new, is_required);
}

/* --- extension ranges --- */

static int32_t last_extension(const sl_message *message)
{
    return message->is_message_set ? INT32_MAX - 1 : SL_FIELD_MAX;
}

void check_message_extension_ranges(sl_check *check, const sl_message *old, const sl_message *new)
{
    sl_range_list ranges = {new->extension_ranges, new->extension_range_count, last_extension(new)};
    uint32_t first = 0;
    for (uint32_t i = 0; i < old->extension_range_count; i++) {
        const sl_range *range = &old->extension_ranges[i];
        sl_str missing = sl_range_missing(check, *range, &ranges, &first);
        sl_finding *finding = missing.len > 0 ? sl_check_add(check, range) : NULL;
        if (!finding)
            continue;
        finding->at = sl_place_of_message(check, new);
        finding->previous = sl_place_of_message(check, old);
        finding->message = sl_check_text(check, "%.*s no longer has extension range %.*s",
                                         SL_STR_ARG(new->full_name), SL_STR_ARG(missing));
        finding->why =
            SL_STR("extensions with these numbers, wherever they are declared, no longer build");
        finding->fix = sl_declare_missing(check, "extensions", missing);
    }
}

/* --- oneofs and JSON --- */

void check_oneof_deleted(sl_check *check, const sl_oneof *old, const sl_message *new)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_message(check, new);
    finding->previous = sl_place_of_oneof(check, old);
    finding->message = sl_check_text(check, "oneof \"%.*s\" of %.*s was deleted",
                                     SL_STR_ARG(old->name), SL_STR_ARG(new->full_name));
    finding->why = SL_STR("code that asks which member is set no longer builds");
}

void check_message_json_format(sl_check *check, const sl_message *old, const sl_message *new)
{
    bool is_lost =
        old->features.json_format == SL_JSON_ALLOW && new->features.json_format != SL_JSON_ALLOW;
    sl_finding *finding = is_lost ? sl_check_add(check, old) : NULL;
    if (!finding)
        return;
    finding->at = sl_place_in_message(
        check, new, SL_PART(SL_AT_MESSAGE_OPTIONS, SL_AT_MESSAGE_FEATURES, SL_AT_FEATURE_JSON));
    finding->previous = sl_place_of_message(check, old);
    finding->message = sl_check_text(
        check, "JSON support of message %.*s changed from ALLOW to LEGACY_BEST_EFFORT",
        SL_STR_ARG(new->full_name));
    finding->why = SL_STR("readers on either side can no longer rely on the other's JSON");
    if (new->file->edition >= SL_EDITION_2023)
        finding->fix = SL_STR("option features.json_format = ALLOW;");
}

/* --- generated code --- */

enum { NO_STANDARD_DESCRIPTOR_ACCESSOR = 2 }; /* in MessageOptions */

static bool has_accessor(const sl_message *message)
{
    uint64_t has_none = 0;
    sl_options_find_varint(message->proto->options, NO_STANDARD_DESCRIPTOR_ACCESSOR, &has_none);
    return !has_none;
}

void check_message_accessor(sl_check *check, const sl_message *old, const sl_message *new)
{
    bool is_lost = has_accessor(old) && !has_accessor(new);
    sl_finding *finding = is_lost ? sl_check_add(check, old) : NULL;
    if (!finding)
        return;
    finding->at = sl_place_in_message(
        check, new, SL_PART(SL_AT_MESSAGE_OPTIONS, NO_STANDARD_DESCRIPTOR_ACCESSOR));
    finding->previous = sl_place_of_message(check, old);
    finding->message = sl_check_text(check, "message %.*s loses its standard descriptor accessor",
                                     SL_STR_ARG(new->full_name));
    finding->why = SL_STR("code that asks the message for its descriptor no longer builds");
    finding->fix = SL_STR("option no_standard_descriptor_accessor = false;");
}
