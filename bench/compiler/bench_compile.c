/* bench/compiler/bench_compile.c: the compiler in one process and thread: how long a usual file takes, and whether time grows as input does.
 *
 * The usual file has 60 lines and imports timestamp.proto and validate.proto, both built in. Its first compilation is measured in fresh
 * processes, this program started again, each the whole way with nothing warm; later ones in this process.
 *
 * The large inputs are of one kind each, doubled three times, the best of some runs; the ratio of neighbours should stay at 2, whatever the
 * kind. Source info is made, too.
 *
 * All times are the processor's: on a machine that does nothing else they are those of a clock on the wall. */
#include "compiler/compiler.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRESH_PROCESSES = 41, LATER_RUNS = 501, RUNS = 9, SIZES = 4, MEGABYTE = 1 << 20 };

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_compiler_compile: %s\n", what);
    exit(EXIT_FAILURE);
}

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare_numbers(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Compile the first of `files`. */
static void compile(const sl_memory_file *files, size_t count, bool with_source_info)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_resolver *links[2] = {NULL};
    sl_error err = {0};
    if (sl_resolver_of_memory(files, count, &links[0]) != SL_OK ||
        sl_resolver_of_built_ins(&links[1]) != SL_OK ||
        sl_resolver_of_chain(links, 2, &resolver) != SL_OK)
        give_up("no memory");
    sl_compile_request request = {resolver, &files[0].path, 1, with_source_info};
    if (sl_compile(&request, &compiled, &findings, &err) != SL_OK)
        give_up(err.text);
    if (!compiled)
        give_up(findings.list.items[0].message.data);
}

/* --- a usual file --- */

static const char usual[] =
    "syntax = \"proto3\";\n\n"
    "package orders.v1;\n\n"
    "import \"buf/validate/validate.proto\";\n"
    "import \"google/protobuf/timestamp.proto\";\n\n"
    "// An order, as the shop places it.\n"
    "message OrderPlaced {\n"
    "  // Made by the shop.\n"
    "  string order_id = 1 [(buf.validate.field).string.uuid = true];\n"
    "  string customer_id = 2 [(buf.validate.field).string = { min_len: 1 max_len: 64 }];\n"
    "  google.protobuf.Timestamp placed_at = 3 [(buf.validate.field).required = true];\n"
    "  Currency currency = 4 [(buf.validate.field).enum.defined_only = true];\n"
    "  repeated Item items = 5 [(buf.validate.field).repeated.min_items = 1];\n"
    "  Address ship_to = 6 [(buf.validate.field).required = true];\n"
    "  map<string, string> labels = 7 [(buf.validate.field).map.max_pairs = 16];\n"
    "  oneof payment {\n"
    "    option (buf.validate.oneof).required = true;\n"
    "    Card card = 8;\n"
    "    string invoice_id = 9;\n"
    "  }\n"
    "  reserved 10 to 12;\n"
    "  reserved \"coupon\";\n"
    "}\n\n"
    "message Item {\n"
    "  option (buf.validate.message).cel = {\n"
    "    id: \"item.total\"\n"
    "    message: \"the total is price times quantity\"\n"
    "    expression: \"this.total_cents == this.price_cents * this.quantity\"\n"
    "  };\n"
    "  string sku = 1 [(buf.validate.field).string.pattern = \"^[A-Z]{3}-[0-9]+$\"];\n"
    "  int64 quantity = 2 [(buf.validate.field).int64 = { gt: 0 lte: 1000 }];\n"
    "  int64 price_cents = 3 [(buf.validate.field).int64.gte = 0];\n"
    "  int64 total_cents = 4;\n"
    "  optional string note = 5;\n"
    "}\n\n"
    "message Address {\n"
    "  repeated string lines = 1 [(buf.validate.field).repeated = {\n"
    "    min_items: 1\n"
    "    items: { string: { min_len: 1 } }\n"
    "  }];\n"
    "  string postal_code = 2;\n"
    "  string city = 4;\n"
    "  string country = 3 [(buf.validate.field).string.len = 2];\n"
    "}\n\n"
    "message Card {\n"
    "  string token = 1 [deprecated = true];\n"
    "  string last_digits = 2 [json_name = \"last4\"];\n"
    "}\n\n"
    "enum Currency {\n"
    "  CURRENCY_UNSPECIFIED = 0;\n"
    "  CURRENCY_EUR = 1;\n"
    "  CURRENCY_USD = 2;\n"
    "  CURRENCY_GBP = 3;\n"
    "}\n";

static double usual_us(bool with_source_info)
{
    const sl_memory_file file = {SL_STR("orders/v1/order.proto"), SL_STR(usual)};
    double begin = cpu_ms();
    compile(&file, 1, with_source_info);
    return (cpu_ms() - begin) * 1e3;
}

/* In this program, started again. */
static double first_us(const char *program)
{
    char command[4096];
    double value = 0;
    snprintf(command, sizeof command, "'%s' --first", program);
    FILE *child = popen(command, "r");
    if (!child || fscanf(child, "%lf", &value) != 1 || pclose(child) != 0)
        give_up("cannot start itself again");
    return value;
}

static void print_usual(const char *name, double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare_numbers);
    printf("%-36s %10.0f %10.0f %10.0f\n", name, times[0], times[count / 2], times[count * 9 / 10]);
}

static void measure_usual(const char *program)
{
    double first[FRESH_PROCESSES], later[LATER_RUNS];
    for (size_t i = 0; i < FRESH_PROCESSES; i++)
        first[i] = first_us(program);
    printf("%-36s %10s %10s %10s\n", "a file of 60 lines, microseconds", "best", "median",
           "9 in 10");
    print_usual("first of a process", first, FRESH_PROCESSES);
    for (int with_source_info = 0; with_source_info < 2; with_source_info++) {
        for (size_t i = 0; i < LATER_RUNS; i++)
            later[i] = usual_us(with_source_info);
        print_usual(with_source_info ? "later, with source info" : "later", later, LATER_RUNS);
    }
}

/* --- large files --- */

/* Files that are made; the first is the main one. */
typedef struct input {
    sl_buf texts, paths;
    sl_memory_file *files;
    size_t count;
} input;

static void input_done(input *it)
{
    sl_buf_done(&it->texts);
    sl_buf_done(&it->paths);
    sl_free(it->files);
}

static void many_messages(sl_buf *text, size_t size)
{
    for (unsigned i = 0; text->len < size; i++)
        sl_buf_printf(
            text,
            "// The message with the number %u.\n"
            "message Message%u {\n  optional string name = 1;\n  repeated int64 numbers = 2;\n"
            "  optional Message%u another = 3 [deprecated = true];\n}\n",
            i, i, i / 2);
}

static void many_fields(sl_buf *text, size_t size)
{
    sl_buf_append_literal(text, "message Wide {\n");
    /* Numbers from 19000 to 19999 are Protobuf's own. */
    for (unsigned i = 1; text->len < size; i++)
        sl_buf_printf(text, "  optional string the_field_with_number_%u = %u;\n", i,
                      i < 19000 ? i : i + 1000);
    sl_buf_append_literal(text, "}\n");
}

static void deep_nesting(sl_buf *text, size_t size)
{
    enum { LEVELS = SL_LIMIT_SOURCE_DEPTH - 1 };
    for (unsigned i = 0; text->len < size; i++) {
        for (unsigned level = 0; level < LEVELS; level++)
            sl_buf_printf(
                text,
                "message Level%u_%u { optional string name = 1; optional Level%u_0 top = 2;\n", i,
                level, i);
        for (unsigned level = 0; level < LEVELS; level++)
            sl_buf_append_literal(text, "}");
        sl_buf_append_literal(text, "\n");
    }
}

static void long_strings(sl_buf *text, size_t size)
{
    sl_buf_append_literal(text, "message Strings {\n");
    for (unsigned i = 1; text->len < size; i++) {
        sl_buf_printf(text, "  optional string s%u = %u [default = \"", i, i);
        for (unsigned j = 0; j < 4096; j++)
            sl_buf_append_literal(text, "text \\n \\303\\251 ");
        sl_buf_append_literal(text, "\"];\n");
    }
    sl_buf_append_literal(text, "}\n");
}

static void many_options(sl_buf *text, size_t size)
{
    sl_buf_append_literal(text,
                          "import \"google/protobuf/descriptor.proto\";\n"
                          "message Rule { optional string id = 1; repeated Rule of = 2; }\n"
                          "extend google.protobuf.FileOptions { repeated Rule rule = 50000; }\n");
    for (unsigned i = 0; text->len < size; i++)
        sl_buf_printf(text, "option (rule) = { id: \"rule.%u\" of { id: 'a' of [{}, {}] } };\n", i);
}

static void options_of_fields(sl_buf *text, size_t size)
{
    sl_buf_append_literal(text,
                          "import \"google/protobuf/descriptor.proto\";\n"
                          "message Rule { optional string id = 1; optional Rule of = 2; }\n"
                          "extend google.protobuf.FieldOptions { optional Rule rule = 50000; }\n");
    for (unsigned i = 0; text->len < size; i++)
        sl_buf_printf(
            text,
            "message M%u { optional int32 f = 1 [(rule).id = \"r%u\", (rule).of.id = 'b', "
            "deprecated = true]; }\n",
            i, i);
}

static void one_enum(sl_buf *text, size_t size)
{
    sl_buf_append_literal(text, "enum Large {\n");
    for (unsigned i = 0; text->len < size; i++)
        sl_buf_printf(text, "  LARGE_VALUE_%u = %u;\n", i, i);
    sl_buf_append_literal(text, "}\n");
}

typedef struct input_kind {
    const char *name;
    void (*write)(sl_buf *text, size_t size);
} input_kind;

static const input_kind kinds[] = {
    {"many messages", many_messages},
    {"one message with many fields", many_fields},
    {"nesting to the limit", deep_nesting},
    {"long strings", long_strings},
    {"many options of a file", many_options},
    {"options of many fields", options_of_fields},
    {"one enum", one_enum},
};

static void make_one_file(input *it, const input_kind *kind, size_t size)
{
    *it = (input){.count = 1, .files = sl_zalloc(sizeof(sl_memory_file))};
    sl_buf_append_literal(&it->texts, "syntax = \"proto2\";\n");
    kind->write(&it->texts, size);
    if (!it->files || it->texts.has_failed)
        give_up("no memory");
    it->files[0] = (sl_memory_file){SL_STR("large.proto"), sl_buf_str(&it->texts)};
}

/* An input of some size, and how long it takes at best. */
typedef struct sized {
    input it;
    double best;
} sized;

/* Sizes take turns, so that a slow moment of the machine is nobody's own. */
static void measure_sizes(const char *name, sized *sizes, size_t count)
{
    for (size_t run = 0; run < RUNS; run++)
        for (size_t i = 0; i < count; i++) {
            double begin = cpu_ms();
            compile(sizes[i].it.files, sizes[i].it.count, true);
            double took = cpu_ms() - begin;
            sizes[i].best = run == 0 || took < sizes[i].best ? took : sizes[i].best;
        }
    for (size_t i = 0; i < count; i++) {
        double megabytes = (double)sizes[i].it.texts.len / MEGABYTE;
        printf("%-30s %10zu files %8.2f MB %10.1f ms %8.1f MB/s", name, sizes[i].it.count,
               megabytes, sizes[i].best, megabytes / sizes[i].best * 1e3);
        if (i > 0)
            printf(" %8.2f x", sizes[i].best / sizes[i - 1].best);
        printf("\n");
        input_done(&sizes[i].it);
    }
    fflush(stdout);
}

static void measure_kind(const input_kind *kind)
{
    sized sizes[SIZES] = {0};
    for (size_t step = 0; step < SIZES; step++)
        make_one_file(&sizes[step].it, kind, (size_t)MEGABYTE << step);
    measure_sizes(kind->name, sizes, SIZES);
}

/* Values, and not bytes, of one enum. */
static void make_enum_values(input *it, size_t count)
{
    *it = (input){.count = 1, .files = sl_zalloc(sizeof(sl_memory_file))};
    sl_buf_append_literal(&it->texts, "syntax = \"proto2\";\nenum Large {\n");
    for (size_t i = 0; i < count; i++)
        sl_buf_printf(&it->texts, "  V%zu = %zu;\n", i, i);
    sl_buf_append_literal(&it->texts, "}\n");
    if (!it->files || it->texts.has_failed)
        give_up("no memory");
    it->files[0] = (sl_memory_file){SL_STR("large.proto"), sl_buf_str(&it->texts)};
}

static void measure_enum_values(void)
{
    enum { FIRST = 100000 };
    sized sizes[SIZES - 1] = {0};
    for (size_t step = 0; step < SL_ARRAY_LEN(sizes); step++)
        make_enum_values(&sizes[step].it, (size_t)FIRST << step);
    measure_sizes("an enum of 100,000 values and up", sizes, SL_ARRAY_LEN(sizes));
}

/* The main file imports all others and uses a type of each. */
static void make_imports(input *it, size_t count)
{
    enum { ROOM = 200 };
    *it = (input){.count = count + 1, .files = sl_zalloc((count + 1) * sizeof *it->files)};
    char *paths = sl_buf_reserve(&it->paths, (count + 1) * ROOM);
    char *texts = sl_buf_reserve(&it->texts, (count + 1) * ROOM * 2);
    size_t at = 0;
    if (!it->files || !paths || !texts)
        give_up("no memory");
    for (size_t i = 1; i <= count; i++) {
        int path_len = snprintf(paths + i * ROOM, ROOM, "some/folder/file_%zu.proto", i);
        int len = snprintf(
            texts + at, ROOM,
            "syntax = \"proto2\";\npackage p%zu;\nmessage M { optional string s = 1; }\n", i);
        it->files[i] =
            (sl_memory_file){{paths + i * ROOM, (size_t)path_len}, {texts + at, (size_t)len}};
        at += (size_t)len;
    }
    size_t begin = at;
    at += (size_t)sprintf(texts + at, "syntax = \"proto2\";\n");
    for (size_t i = 1; i <= count; i++)
        at += (size_t)sprintf(texts + at, "import \"some/folder/file_%zu.proto\";\n", i);
    at += (size_t)sprintf(texts + at, "message All {\n");
    for (size_t i = 1; i <= count; i++)
        at += (size_t)sprintf(texts + at, "optional p%zu.M m%zu = %zu;\n", i, i, i);
    at += (size_t)sprintf(texts + at, "}\n");
    it->texts.len = at;
    it->files[0] = (sl_memory_file){SL_STR("all.proto"), {texts + begin, at - begin}};
}

static void measure_imports(void)
{
    enum { FIRST = 2000 };
    sized sizes[SIZES] = {0};
    for (size_t step = 0; step < SIZES; step++)
        make_imports(&sizes[step].it, (size_t)FIRST << step);
    measure_sizes("one file with many imports", sizes, SIZES);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "--first") == 0) {
        printf("%.3f\n", usual_us(false));
        return EXIT_SUCCESS;
    }
    measure_usual(arguments[0]);
    printf("\n%-30s %16s %11s %13s %13s %10s\n", "large inputs, with source info", "", "text",
           "processor", "", "doubled");
    for (size_t i = 0; i < SL_ARRAY_LEN(kinds); i++)
        measure_kind(&kinds[i]);
    measure_enum_values();
    measure_imports();
    return EXIT_SUCCESS;
}
