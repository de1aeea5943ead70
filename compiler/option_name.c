/* compiler/option_name.c: from the name of an option to the fields that it goes through.
 *
 *     features.(pb.cpp).string_type      FieldOptions.features → FeatureSet, extension pb.cpp → CppFeatures.string_type
 *
 * Each part is a field of the message that the part before it led to: by its name, or, in parentheses, an extension by what its name means in
 * the file, from the element's scope outwards (C++'s rules; schema/view.h). All but the last lead into singular messages. */
#include "compiler/internal/option_impl.h"

bool sl_option_look_up(sl_interpreter *in, sl_str scope, sl_str name, sl_view_answer *ret_answer)
{
    const sl_file *file = sl_schema_find_file(in->draft, in->unit->proto->name);
    *ret_answer = (sl_view_answer){0};
    if (!file)
        return true;
    if (!in->has_view && sl_view_open(in->draft, file, &in->view) != SL_OK)
        return sl_option_no_memory(in);
    in->has_view = true;
    if (sl_view_find(&in->view, scope, name, ret_answer) != SL_OK)
        return sl_option_no_memory(in);
    return true;
}

static bool refuse_unknown_extension(sl_interpreter *in, const sl_option_part *part,
                                     const sl_message *message, const sl_view_answer *answer)
{
    sl_str hidden = answer->hidden ? answer->hidden->path : (sl_str){0};
    if (answer->dead_end.data)
        return sl_option_refuse(in, part->span, OPTION_DEAD_END, part->name, answer->dead_end);
    if (hidden.data)
        return sl_option_refuse(in, part->span, OPTION_NOT_IMPORTED, part->name, hidden);
    return sl_option_refuse(in, part->span, OPTION_UNKNOWN_EXTENSION, part->name,
                            sl_option_nearest_extension(in, message, part->name));
}

static bool resolve_extension(sl_interpreter *in, const sl_option_part *part,
                              const sl_message *message, const sl_field **ret_field)
{
    sl_view_answer answer = {0};
    if (part->name.len == 0)
        return sl_option_refuse(in, in->option->name, OPTION_NO_NAME, part->name);
    if (!sl_option_look_up(in, in->scope, part->name, &answer))
        return false;
    if (!answer.field)
        return refuse_unknown_extension(in, part, message, &answer);
    const sl_message *owner =
        answer.field->is_extension ? answer.field->extendee : answer.field->parent;
    if (!owner || !sl_str_equal(owner->full_name, message->full_name))
        return sl_option_refuse(in, part->span, OPTION_OTHER_MESSAGE, answer.field->full_name,
                                message->full_name, owner ? owner->full_name : (sl_str){0});
    /* What features a file has is known before its own messages are. */
    if (sl_str_is(message->full_name, "google.protobuf.FeatureSet") &&
        sl_str_equal(answer.field->file->path, in->unit->proto->name))
        return sl_option_refuse(in, part->span, OPTION_OWN_FEATURE, part->name);
    *ret_field = answer.field;
    return true;
}

static bool resolve_part(sl_interpreter *in, const sl_option_part *part, const sl_message *message,
                         const sl_field **ret_field)
{
    if (part == in->option->parts && sl_str_is(part->name, "uninterpreted_option"))
        return sl_option_refuse(in, part->span, OPTION_RESERVED, part->name);
    if (part->is_extension)
        return resolve_extension(in, part, message, ret_field);
    *ret_field = sl_message_find_field_by_name(message, part->name);
    if (*ret_field)
        return true;
    return sl_option_refuse(in, part->span, OPTION_UNKNOWN, message->full_name, part->name,
                            sl_option_nearest_field(in, message, part->name));
}

/* Can the next part go on inside `field`? */
static bool may_go_into(sl_interpreter *in, const sl_option_part *part, const sl_field *field)
{
    if (!sl_type_is_message(field) || !field->message)
        return sl_option_refuse(in, part->span, OPTION_NOT_A_MESSAGE, field->full_name,
                                sl_str_from(sl_field_type_name(field->type)));
    if (field->cardinality != SL_REPEATED)
        return true;
    sl_span so_far = {in->option->name.begin, part->span.end + part->is_extension};
    return sl_option_refuse(in, part->span, OPTION_REPEATED_PART, field->full_name,
                            sl_source_text(&in->unit->source, so_far));
}

bool sl_option_resolve(sl_interpreter *in, sl_option_path *ret_path)
{
    const sl_option *option = in->option;
    const sl_message *message = in->message;
    sl_diag_number most;
    ret_path->count = 0;
    for (uint32_t i = 0; i < option->part_count; i++) {
        const sl_option_part *part = &option->parts[i];
        const sl_field *field = NULL;
        if (ret_path->count == SL_ARRAY_LEN(ret_path->fields))
            return sl_option_refuse(in, part->span, OPTION_TOO_DEEP,
                                    sl_diag_i64(SL_LIMIT_OPTION_DEPTH, &most));
        if (!resolve_part(in, part, message, &field))
            return false;
        if (i + 1 < option->part_count && !may_go_into(in, part, field))
            return false;
        ret_path->fields[ret_path->count++] = field;
        message = field->message;
    }
    return true;
}
