/* cli/compile.c: `sluice compile`: .proto text to a descriptor set, or to findings.
 *
 * It takes protoc's own words (-I, -o, --descriptor_set_out, --include_imports, --include_source_info, @FILE), so that a build
 * can change one for the other; where they differ, the notes of the help say so. Imports are in the set unless asked otherwise, since a set
 * without them can be neither registered nor validated against. */
#include "cli/internal/proto_inputs.h"
#include "cli/internal/report.h"
#include "cli/internal/say.h"
#include "wire/wire.h"

#include <errno.h>
#include <unistd.h>

typedef struct compile_options {
    sl_option_list roots;
    const char *out;
    bool exclude_imports, include_imports, include_source_info, fatal_warnings;
    int format;
} compile_options;

static const sl_option options[] = {
    {"proto-path", SL_OPTION_LIST, offsetof(compile_options, roots), "DIR",
     "a folder below which files and imports are found; the current one if none is given",
     .letter = 'I'},
    {"descriptor-set-out", SL_OPTION_TEXT, offsetof(compile_options, out), "FILE",
     "write a FileDescriptorSet there; '-' is standard output. Without it files are only checked",
     .letter = 'o'},
    {"exclude-imports", SL_OPTION_FLAG, offsetof(compile_options, exclude_imports), NULL,
     "only the files that are named"},
    {"include-imports", SL_OPTION_FLAG, offsetof(compile_options, include_imports), NULL,
     "the files that are named and all that they import (the default; protoc's is the other)"},
    {"include-source-info", SL_OPTION_FLAG, offsetof(compile_options, include_source_info), NULL,
     "with comments and the places of everything"},
    {"fatal-warnings", SL_OPTION_FLAG, offsetof(compile_options, fatal_warnings), NULL,
     "a warning is an error"},
    {"format", SL_OPTION_CHOICE, offsetof(compile_options, format), SL_REPORT_FORMATS,
     "of findings: for people, for programs, or for a CI"},
};

static const sl_option_table table = {
    SL_OPTION_TABLE(options),
    .least_arguments = 1,
    .most_arguments = -1,
    .takes_underscores = true,
    .notes =
        "FILE is a .proto file below one of the folders of -I, or its import path; DIR stands for all .proto\n"
        "files below it, and is itself where imports are found unless there is an -I. @FILE stands for the\n"
        "lines of FILE. google/protobuf/, google/type/, confluent/ and buf/validate/ need not be brought.\n",
};

/* Text of findings' files: from the roots. */
typedef struct disk_source {
    sl_report_source base;
    const sl_proto_inputs *inputs;
    sl_resolver *resolver;
} disk_source;

static bool find_on_disk(const sl_report_source *base, sl_str path, sl_buf *ret_name,
                         sl_buf *ret_text)
{
    const disk_source *self = (const disk_source *)base;
    sl_cleanup(sl_found_file_done) sl_found_file found = {0};
    if (!sl_proto_inputs_locate(self->inputs, path, ret_name) || ret_name->has_failed ||
        self->resolver->ops->find(self->resolver, path, &found, NULL) != SL_OK)
        return false;
    sl_buf_append_str(ret_text, sl_buf_str(&found.text));
    return !ret_text->has_failed;
}

static int complain(const sl_error *error, sl_status status)
{
    sl_complain("%s", error->text[0] ? error->text : sl_status_name(status));
    return SL_EXIT_NO_ANSWER;
}

static int write_failed(const char *path)
{
    sl_complain("cannot write '%s': %s", path, strerror(errno));
    return SL_EXIT_NO_ANSWER;
}

/* File by file: sets are large, and one copy of their bytes is there already. */
static bool write_files(FILE *file, const sl_compiled *compiled, bool with_imports)
{
    enum { SET_FILE = 1 }; /* FileDescriptorSet.file */
    sl_cleanup(sl_buf_done) sl_buf head = {0};
    for (size_t i = 0; i < sl_compiled_count(compiled); i++) {
        const sl_compiled_file *one = sl_compiled_at(compiled, i);
        if (!with_imports && !one->is_main)
            continue;
        sl_buf_clear(&head);
        sl_wire_put_tag(&head, SET_FILE, SL_WIRE_LEN);
        sl_wire_put_varint(&head, one->bytes.len);
        if (head.has_failed || fwrite(head.data, 1, head.len, file) != head.len ||
            fwrite(one->bytes.data, 1, one->bytes.len, file) != one->bytes.len)
            return false;
    }
    return true;
}

static int write_set(const compile_options *given, const sl_compiled *compiled)
{
    bool is_stdout = strcmp(given->out, "-") == 0;
    FILE *file = is_stdout ? stdout : fopen(given->out, "wbe");
    if (!file)
        return write_failed(given->out);
    bool is_written = write_files(file, compiled, !given->exclude_imports);
    is_written = (is_stdout ? fflush(file) : fclose(file)) == 0 && is_written;
    return is_written ? SL_EXIT_CLEAN : write_failed(given->out);
}

/* Also for people when there is nothing to tell: nothing is printed then, as protoc does. */
static int tell(const compile_options *given, const sl_findings *findings,
                const disk_source *source)
{
    bool is_stdout_taken = given->out && strcmp(given->out, "-") == 0;
    FILE *to = is_stdout_taken ? stderr : stdout;
    if (sl_report(to, (sl_report_format)given->format, findings, &source->base) != SL_OK) {
        sl_complain("out of memory");
        return SL_EXIT_NO_ANSWER;
    }
    bool is_refused =
        sl_findings_have_errors(findings) || (given->fatal_warnings && findings->list.count > 0);
    return is_refused ? SL_EXIT_FINDINGS : SL_EXIT_CLEAN;
}

static int compile(const compile_options *given, const sl_proto_inputs *inputs)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error error = {0};
    sl_status status = sl_proto_inputs_resolver(inputs, &resolver);
    if (status != SL_OK)
        return complain(&error, status);
    sl_compile_request request = {
        .resolver = resolver,
        .mains = inputs->mains.items,
        .main_count = inputs->mains.count,
        .with_source_info = given->include_source_info,
    };
    status = sl_compile(&request, &compiled, &findings, &error);
    if (status != SL_OK)
        return complain(&error, status);
    disk_source source = {{find_on_disk}, inputs, resolver};
    int exit_status = tell(given, &findings, &source);
    if (exit_status == SL_EXIT_CLEAN && given->out)
        exit_status = write_set(given, compiled);
    return exit_status;
}

int sl_cmd_compile(const sl_command *command, sl_arguments arguments)
{
    sl_cleanup(sl_proto_inputs_done) sl_proto_inputs inputs = {0};
    compile_options given = {0};
    int exit_status = sl_arguments_expand(&arguments, &inputs.arena);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    if (!sl_options_parse(command, &table, &arguments, &given, &exit_status))
        return exit_status;
    if (given.exclude_imports && given.include_imports)
        return sl_usage_error(command, "give either --exclude-imports or --include-imports");
    exit_status = sl_proto_inputs_collect(command, &given.roots, &arguments, &inputs);
    return exit_status == SL_EXIT_CLEAN ? compile(&given, &inputs) : exit_status;
}
