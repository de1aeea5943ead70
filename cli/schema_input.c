/* cli/schema_input.c: what is registered or checked, as a person names it.
 *
 * Text is sent as text, since the server keeps it and says where in it something is wrong. Which imports go along is found by compiling here: every
 * file that the compiler asks for and a folder has is written down. What the compile itself has to say is dropped; the server compiles with
 * the subjects at hand, and its word counts. */
#include "cli/internal/schema_input.h"

#include "cli/internal/input.h"
#include "cli/internal/tell.h"

#include <sys/stat.h>

void sl_schema_input_done(sl_schema_input *input)
{
    sl_buf_done(&input->set);
    sl_vec_done(&input->files);
    sl_arena_done(&input->arena);
}

static int no_memory(void)
{
    sl_complain("out of memory");
    return SL_EXIT_NO_ANSWER;
}

static int tell_status(sl_status status, const sl_error *error)
{
    sl_complain("%s", error->text[0] ? error->text : sl_status_name(status));
    return SL_EXIT_NO_ANSWER;
}

/* --- text ------------------------------------------------------------------------------------ */

/* Writes down what goes through it. The resolver behind it is borrowed. */
typedef struct recorder {
    sl_resolver base;
    sl_resolver *behind;
    sl_schema_input *input;
} recorder;

static sl_status record(recorder *self, sl_str path, sl_str text, sl_error *err)
{
    sl_memory_file file;
    if (sl_arena_copy_str(&self->input->arena, path, &file.path) != SL_OK ||
        sl_arena_copy_str(&self->input->arena, text, &file.text) != SL_OK ||
        sl_vec_push(&self->input->files, file) != SL_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}

static sl_status find_and_record(sl_resolver *base, sl_str path, sl_found_file *ret_file,
                                 sl_error *err)
{
    recorder *self = (recorder *)base;
    SL_TRY(self->behind->ops->find(self->behind, path, ret_file, err));
    if (ret_file->is_built_in)
        return SL_OK;
    sl_status status = record(self, path, sl_buf_str(&ret_file->text), err);
    if (status != SL_OK)
        sl_found_file_done(ret_file);
    return status;
}

static int read_text(const sl_proto_inputs *inputs, sl_schema_input *input)
{
    static const sl_resolver_ops ops = {.find = find_and_record};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error error = {0};
    if (sl_proto_inputs_resolver(inputs, &resolver) != SL_OK)
        return no_memory();
    recorder self = {{&ops}, resolver, input};
    sl_compile_request request = {
        .resolver = &self.base,
        .mains = inputs->mains.items,
        .main_count = inputs->mains.count,
    };
    sl_status status = sl_compile(&request, &compiled, &findings, &error);
    if (status != SL_OK)
        return tell_status(status, &error);
    if (inputs->mains.count == 1 &&
        sl_arena_copy_str(&input->arena, inputs->mains.items[0], &input->main) != SL_OK)
        return no_memory();
    if (input->files.count > 0)
        return SL_EXIT_CLEAN;
    sl_complain("'%.*s' is not found in the folders of -I", SL_STR_ARG(inputs->mains.items[0]));
    return SL_EXIT_NO_ANSWER;
}

/* --- which of the two ------------------------------------------------------------------------ */

static bool is_text(const char *argument)
{
    struct stat about;
    return sl_str_ends_with(sl_str_from(argument), SL_STR(".proto")) ||
           (stat(argument, &about) == 0 && S_ISDIR(about.st_mode));
}

static int read_set(const char *path, sl_schema_input *input)
{
    sl_error error = {0};
    if (sl_input_read_file(path, SL_LIMIT_SET_BYTES, &input->set, &error) == SL_OK)
        return SL_EXIT_CLEAN;
    sl_complain("%s", error.text);
    return SL_EXIT_NO_ANSWER;
}

int sl_schema_input_read(const sl_command *command, const sl_option_list *roots,
                         const sl_arguments *arguments, sl_schema_input *input)
{
    sl_cleanup(sl_proto_inputs_done) sl_proto_inputs inputs = {0};
    int texts = 0;
    for (int i = 0; i < arguments->count; i++)
        texts += is_text(arguments->items[i]);
    if (texts == 0 && arguments->count == 1)
        return read_set(arguments->items[0], input);
    if (texts < arguments->count)
        return sl_usage_error(command, "give one descriptor set, or .proto files and folders");
    int exit_status = sl_proto_inputs_collect(command, roots, arguments, &inputs);
    return exit_status == SL_EXIT_CLEAN ? read_text(&inputs, input) : exit_status;
}

/* --- without a server ------------------------------------------------------------------------ */

static int tell_refusal(const char *path, const sl_findings *findings)
{
    sl_complain("'%s' does not make a schema", path);
    for (size_t i = 0; i < findings->list.count; i++)
        sl_print_finding(stderr, &findings->list.items[i]);
    return SL_EXIT_NO_ANSWER;
}

static int link_text(const sl_command *command, const sl_option_list *roots, char *path,
                     sl_schema **ret_schema)
{
    sl_cleanup(sl_proto_inputs_done) sl_proto_inputs inputs = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_arguments arguments = {&path, 1};
    sl_error error = {0};
    int exit_status = sl_proto_inputs_collect(command, roots, &arguments, &inputs);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    if (sl_proto_inputs_resolver(&inputs, &resolver) != SL_OK)
        return no_memory();
    sl_compile_request request = {resolver, inputs.mains.items, inputs.mains.count, true};
    sl_status status = sl_compile(&request, &compiled, &findings, &error);
    if (status == SL_OK && compiled)
        status = sl_compiled_link(compiled, inputs.mains.items[0], ret_schema, &findings, &error);
    if (status != SL_OK)
        return tell_status(status, &error);
    return *ret_schema ? SL_EXIT_CLEAN : tell_refusal(path, &findings);
}

static int link_set(const char *path, sl_schema **ret_schema)
{
    sl_cleanup(sl_schema_input_done) sl_schema_input input = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error error = {0};
    int exit_status = read_set(path, &input);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_status status =
        sl_schema_link_set(sl_buf_bytes(&input.set), (sl_str){0}, ret_schema, &findings, &error);
    if (status != SL_OK)
        return tell_status(status, &error);
    return *ret_schema ? SL_EXIT_CLEAN : tell_refusal(path, &findings);
}

int sl_schema_input_link(const sl_command *command, const sl_option_list *roots, char *path,
                         sl_schema **ret_schema)
{
    *ret_schema = NULL;
    return sl_str_ends_with(sl_str_from(path), SL_STR(".proto"))
               ? link_text(command, roots, path, ret_schema)
               : link_set(path, ret_schema);
}

/* --- to a server ----------------------------------------------------------------------------- */

void sl_schema_input_put(const sl_schema_input *input, const char *main, sl_json_writer *writer)
{
    if (!sl_schema_input_is_text(input)) {
        sl_json_put_base64(writer, "descriptor_set", sl_buf_bytes(&input->set));
        return;
    }
    if (!main)
        sl_json_put_string_if(writer, "main", input->main);
    sl_json_put_object(writer, "files");
    for (size_t i = 0; i < input->files.count; i++) {
        sl_json_put_name(writer, input->files.items[i].path);
        sl_json_put_string(writer, NULL, input->files.items[i].text);
    }
    sl_json_end_object(writer);
}
