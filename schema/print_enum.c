/* schema/print_enum.c: enums, and services with their methods. */
#include "schema/internal/printer.h"

/* --- enums --- */

static void print_value_line(sl_printer *printer, const sl_enum_value *value)
{
    const sl_enum_value_proto *proto = value->proto;
    const sl_source_spot *place = sl_print_place(printer);
    sl_option_bytes options =
        sl_print_take_options(printer, SL_OPTIONS_OF_ENUM_VALUE, proto->options, value->full_name);
    bool is_keyword = sl_str_is(value->name, "option") || sl_str_is(value->name, "reserved");
    if (is_keyword) {
        sl_print_left_out(printer, "the enum value %.*s = %d has the name of a statement",
                          SL_STR_ARG(value->full_name), value->number);
        return;
    }
    sl_print_unknown(printer, proto->unknown, value->full_name);
    sl_print_lost_options(printer, &options);
    sl_print_leading(printer, place);
    sl_put_indent(printer);
    sl_put_str(printer, value->name);
    sl_buf_printf(printer->out, " = %d", value->number);
    sl_print_option_brackets(printer, SL_OPTIONS_OF_ENUM_VALUE, &options, NULL, 0);
    sl_put(printer, ";");
    sl_print_trailing(printer, place);
}

static void print_enum_reserved(sl_printer *printer, const sl_enum *enumeration)
{
    const sl_enum_proto *proto = enumeration->proto;
    if (proto->reserved_ranges.count) {
        const sl_source_spot *place = sl_print_place_of(printer, SL_AT_ENUM_RESERVED_RANGE);
        for (uint32_t i = 0; i < proto->reserved_ranges.count; i++)
            sl_print_unknown(printer, proto->reserved_ranges.items[i].unknown,
                             enumeration->full_name);
        sl_print_leading(printer, place);
        sl_put_indent(printer);
        sl_put(printer, "reserved ");
        sl_print_ranges(printer, proto->reserved_ranges.items, proto->reserved_ranges.count, false,
                        INT32_MAX);
        sl_put(printer, ";");
        sl_print_trailing(printer, place);
    }
    if (proto->reserved_names.count) {
        const sl_source_spot *place = sl_print_place_of(printer, SL_AT_ENUM_RESERVED_NAME);
        sl_print_leading(printer, place);
        sl_put_indent(printer);
        sl_print_names(printer, proto->reserved_names.items, proto->reserved_names.count);
        sl_put(printer, ";");
        sl_print_trailing(printer, place);
    }
}

void sl_print_enum(sl_printer *printer, const sl_enum *enumeration)
{
    const sl_enum_proto *proto = enumeration->proto;
    const sl_source_spot *place = sl_print_place(printer);
    sl_option_bytes options =
        sl_print_take_options(printer, SL_OPTIONS_OF_ENUM, proto->options, enumeration->full_name);
    sl_print_check_enum(printer, enumeration);
    sl_print_unknown(printer, proto->unknown, enumeration->full_name);
    sl_print_lost_options(printer, &options);
    sl_print_leading(printer, place);
    sl_put_indent(printer);
    sl_print_visibility(printer, proto->has_visibility, proto->visibility, enumeration->full_name);
    sl_put(printer, "enum ");
    sl_put_str(printer, enumeration->name);
    sl_put(printer, " {");
    sl_print_trailing(printer, place);
    printer->indent++;
    sl_path_push(printer, SL_AT_ENUM_OPTIONS);
    sl_print_option_statements(printer, SL_OPTIONS_OF_ENUM, &options);
    sl_path_pop(printer, 1);
    print_enum_reserved(printer, enumeration);
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        sl_path_push2(printer, SL_AT_ENUM_VALUE, i);
        print_value_line(printer, &enumeration->values[i]);
        sl_path_pop(printer, 2);
    }
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}\n");
}

/* --- services --- */

/* A method with braces and nothing in them has options that are there and empty, and is printed so again. */
static void print_method(sl_printer *printer, const sl_method *method)
{
    const sl_method_proto *proto = method->proto;
    const sl_source_spot *place = sl_print_place(printer);
    sl_option_bytes options =
        sl_print_take_options(printer, SL_OPTIONS_OF_METHOD, proto->options, method->full_name);
    bool has_body = proto->options.data != NULL;
    sl_print_unknown(printer, proto->unknown, method->full_name);
    sl_print_lost_options(printer, &options);
    sl_print_leading(printer, place);
    sl_put_indent(printer);
    sl_put(printer, "rpc ");
    sl_put_str(printer, method->name);
    sl_put(printer, "(");
    if (method->is_client_streaming)
        sl_put(printer, "stream ");
    sl_print_message_name(printer, method->input->full_name);
    sl_put(printer, ") returns (");
    if (method->is_server_streaming)
        sl_put(printer, "stream ");
    sl_print_message_name(printer, method->output->full_name);
    sl_put(printer, ")");
    if (!has_body) {
        sl_put(printer, ";");
        sl_print_trailing(printer, place);
        return;
    }
    sl_put(printer, " {");
    if (options.known.len == 0) {
        sl_put(printer, "}");
        sl_print_trailing(printer, place);
        return;
    }
    sl_print_trailing(printer, place);
    printer->indent++;
    sl_path_push(printer, SL_AT_METHOD_OPTIONS);
    sl_print_option_statements(printer, SL_OPTIONS_OF_METHOD, &options);
    sl_path_pop(printer, 1);
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}\n");
}

void sl_print_service(sl_printer *printer, const sl_service *service)
{
    const sl_source_spot *place = sl_print_place(printer);
    sl_str outer = printer->scope;
    sl_option_bytes options = sl_print_take_options(printer, SL_OPTIONS_OF_SERVICE,
                                                    service->proto->options, service->full_name);
    sl_print_check_service(printer, service);
    sl_print_unknown(printer, service->proto->unknown, service->full_name);
    sl_print_lost_options(printer, &options);
    sl_print_leading(printer, place);
    sl_put_indent(printer);
    sl_put(printer, "service ");
    sl_put_str(printer, service->name);
    sl_put(printer, " {");
    sl_print_trailing(printer, place);
    printer->indent++;
    printer->scope = service->full_name;
    sl_path_push(printer, SL_AT_SERVICE_OPTIONS);
    sl_print_option_statements(printer, SL_OPTIONS_OF_SERVICE, &options);
    sl_path_pop(printer, 1);
    for (uint32_t i = 0; i < service->method_count; i++) {
        sl_path_push2(printer, SL_AT_SERVICE_METHOD, i);
        print_method(printer, &service->methods[i]);
        sl_path_pop(printer, 2);
    }
    printer->scope = outer;
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}\n");
}
