/* cli/report.c: findings for people, with the line that is to blame.
 *
 *     orders/v1/order.proto:3:3: field 'A.b' has type 'Nowhere', which is not defined [TYPE_NOT_FOUND]
 *         3 |   Nowhere b = 1;
 *           |   ^~~~~~~
 *
 * Findings of one cause are told as one: the first of them with all it has, the others in a line each below it.
 * Columns count a tab up to the next multiple of 8, and so does the line as it is shown. A line that is too long for a terminal is left out: the
 * place says enough. Texts of files are printed through sl_say_text(), like everything that comes from outside. */
#include "cli/internal/report_impl.h"
#include "cli/internal/tell.h"

enum { TAB_WIDTH = 8, LINE_MOST = 200, LINE_NUMBER_WIDTH = 5 };

void sl_report_file_done(sl_report_file *file)
{
    sl_buf_done(&file->name);
    sl_buf_done(&file->text);
}

bool sl_report_look_up(const sl_report_source *source, sl_str path, sl_report_file *file)
{
    if (file->path.data && sl_str_equal(file->path, path))
        return file->is_there;
    sl_buf_clear(&file->name);
    sl_buf_clear(&file->text);
    file->path = path;
    file->line = 0;
    file->is_there = source && path.len > 0 && source->find(source, path, &file->name, &file->text);
    return file->is_there;
}

sl_str sl_report_name(const sl_report_source *source, sl_str path, sl_report_file *file)
{
    return sl_report_look_up(source, path, file) ? sl_buf_str(&file->name) : path;
}

/* Line `number`, from 1; absent if there is none. Findings are sorted, so the search goes on from the line before. */
static sl_str line_of(sl_report_file *file, uint32_t number)
{
    sl_str text = sl_buf_str(&file->text);
    if (file->line == 0 || number < file->line) {
        file->line = 1;
        file->line_begin = 0;
    }
    for (; file->line < number; file->line++) {
        const char *from = text.data + file->line_begin;
        const char *end = memchr(from, '\n', text.len - file->line_begin);
        if (!end)
            return (sl_str){0};
        file->line_begin = (size_t)(end - text.data) + 1;
    }
    sl_str line = {text.data + file->line_begin, text.len - file->line_begin}, rest;
    sl_str_split(line, '\n', &line, &rest);
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* The line with its tabs as blanks, and below it the mark: from `location->column`, `location->length` bytes. */
static void draw_line(sl_str line, const sl_location *location, sl_buf *shown, sl_buf *mark)
{
    uint32_t column = 0, begin = location->column - 1, left = SL_MAX(location->length, 1U);
    for (size_t i = 0; i < line.len; i++) {
        bool is_marked = column >= begin && left > 0;
        bool is_inside_character = ((uint8_t)line.data[i] & 0xC0) == 0x80;
        uint32_t width = line.data[i] == '\t' ? TAB_WIDTH - column % TAB_WIDTH : 1;
        if (line.data[i] != '\t')
            sl_buf_append_byte(shown, (uint8_t)line.data[i]);
        for (uint32_t k = 0; k < width && !is_inside_character; k++) {
            if (line.data[i] == '\t')
                sl_buf_append_byte(shown, ' ');
            sl_buf_append_byte(mark, column + k == begin ? '^' : is_marked ? '~' : ' ');
        }
        left -= is_marked;
        column += width;
        if (left == 0 && column > begin)
            begin = UINT32_MAX;
    }
    if (column == begin) /* behind the last character: something is missing there */
        sl_buf_append_byte(mark, '^');
}

static void put_excerpt(FILE *to, const sl_location *location, sl_report_file *file)
{
    sl_cleanup(sl_buf_done) sl_buf shown = {0};
    sl_cleanup(sl_buf_done) sl_buf mark = {0};
    sl_str line = location->line && location->column ? line_of(file, location->line) : (sl_str){0};
    if (!line.data || line.len > LINE_MOST)
        return;
    draw_line(line, location, &shown, &mark);
    sl_str below = sl_buf_str(&mark);
    while (below.len > 0 && below.data[below.len - 1] == ' ')
        below.len--;
    if (shown.has_failed || mark.has_failed || below.len == 0)
        return;
    fprintf(to, "%*u | ", LINE_NUMBER_WIDTH, location->line);
    sl_say_text(to, sl_buf_str(&shown));
    fprintf(to, "\n%*s | %.*s\n", LINE_NUMBER_WIDTH, "", SL_STR_ARG(below));
}

/* Findings by cause: a chain of places in the list for each. */
typedef struct chains {
    size_t *next;   /* of the same cause; 0: none */
    bool *is_later; /* not the first of its cause */
} chains;

static bool chain_causes(const sl_findings *findings, sl_arena *arena, chains *ret_chains)
{
    uint32_t most = 0;
    for (size_t i = 0; i < findings->list.count; i++)
        most = SL_MAX(most, findings->list.items[i].cause);
    size_t *last = sl_arena_array(arena, size_t, (size_t)most + 1); /* place + 1 */
    ret_chains->next = sl_arena_array(arena, size_t, findings->list.count + 1);
    ret_chains->is_later = sl_arena_array(arena, bool, findings->list.count + 1);
    if (!last || !ret_chains->next || !ret_chains->is_later)
        return false;
    for (size_t i = 0; i < findings->list.count; i++) {
        uint32_t cause = findings->list.items[i].cause;
        if (cause && last[cause]) {
            ret_chains->next[last[cause] - 1] = i;
            ret_chains->is_later[i] = true;
        }
        last[cause] = i + 1;
    }
    return true;
}

/* What else the cause of the finding `index` did. */
static void put_consequences(FILE *to, const sl_findings *findings, const chains *chained,
                             size_t index)
{
    for (size_t i = chained->next[index]; i > 0; i = chained->next[i]) {
        const sl_finding *also = &findings->list.items[i];
        fputs("    also: ", to);
        sl_say_text(to, also->message);
        fprintf(to, " [%.*s]\n", SL_STR_ARG(also->rule));
    }
}

static sl_status report_text(FILE *to, const sl_findings *findings, const sl_report_source *source)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    chains chained;
    if (!chain_causes(findings, &arena, &chained))
        return SL_NO_MEMORY;
    sl_cleanup(sl_report_file_done) sl_report_file file = {0};
    sl_cleanup(sl_report_file_done) sl_report_file other = {0};
    const sl_report_source *before = source && source->previous ? source->previous : source;
    for (size_t i = 0; i < findings->list.count; i++) {
        if (chained.is_later[i])
            continue;
        sl_finding finding = findings->list.items[i];
        sl_location at = finding.at;
        bool is_there = sl_report_look_up(source, at.file, &file);
        finding.at.file = sl_report_name(source, at.file, &file);
        finding.previous.file = sl_report_name(before, finding.previous.file, &other);
        sl_print_finding_head(to, &finding);
        if (is_there)
            put_excerpt(to, &at, &file);
        sl_print_finding_notes(to, &finding);
        put_consequences(to, findings, &chained, i);
    }
    if (findings->left_out > 0)
        fprintf(to, "and %zu more\n", findings->left_out);
    return SL_OK;
}

/* --- GitHub --- */

/* Workflow commands end at the line and have their own escapes. */
static void put_escaped(FILE *to, sl_str text, bool is_property)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.data[i];
        if (c == '%' || c < 0x20 || (is_property && (c == ':' || c == ',')))
            fprintf(to, "%%%02X", c);
        else
            fputc(c, to);
    }
}

static void report_github(FILE *to, const sl_findings *findings, const sl_report_source *source)
{
    static const char *const commands[] = {"error", "warning", "notice"};
    sl_cleanup(sl_report_file_done) sl_report_file file = {0};
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        fprintf(to, "::%s title=", commands[finding->severity]);
        put_escaped(to, finding->rule, true);
        if (finding->at.file.len > 0) {
            fputs(",file=", to);
            put_escaped(to, sl_report_name(source, finding->at.file, &file), true);
        }
        if (finding->at.line)
            fprintf(to, ",line=%u", finding->at.line);
        if (finding->at.column)
            fprintf(to, ",col=%u", finding->at.column);
        if (finding->at.column && finding->at.length)
            fprintf(to, ",endColumn=%u", finding->at.column + finding->at.length);
        fputs("::", to);
        put_escaped(to, finding->message, false);
        if (finding->fix.len > 0) {
            fputs("%0A", to);
            put_escaped(to, finding->fix, false);
        }
        fputc('\n', to);
    }
}

sl_status sl_report(FILE *to, sl_report_format format, const sl_findings *findings,
                    const sl_report_source *source)
{
    sl_cleanup(sl_buf_done) sl_buf out = {0};
    switch (format) {
    case SL_REPORT_TEXT: return report_text(to, findings, source);
    case SL_REPORT_GITHUB: report_github(to, findings, source); return SL_OK;
    case SL_REPORT_JSON: sl_report_json(&out, findings, source); break;
    case SL_REPORT_GITLAB: sl_report_gitlab(&out, findings, source); break;
    case SL_REPORT_SARIF: sl_report_sarif(&out, findings, source); break;
    case SL_REPORT_JUNIT: sl_report_junit(&out, findings, source); break;
    }
    SL_TRY(sl_buf_status(&out));
    fwrite(sl_buf_str(&out).data, 1, out.len, to);
    return SL_OK;
}
