/* cli/report_formats.c: findings for programs: JSON lines, GitLab's Code Quality, SARIF 2.1.0, JUnit.
 *
 * Each is written whole, also without any finding, since a CI that collects reports takes a missing one for a failed job. */
#include "cli/internal/report_impl.h"
#include "json/json.h"

typedef struct report {
    sl_json_writer writer;
    const sl_report_source *source;
    sl_report_file file, other; /* of findings, and of their `previous` */
} report;

static void report_done(report *self)
{
    sl_report_file_done(&self->file);
    sl_report_file_done(&self->other);
}

/* --- JSON --- */

/* Files go by their names on disk. */
static void put_finding(report *self, const sl_finding *finding)
{
    sl_finding named = *finding;
    named.at.file = sl_report_name(self->source, finding->at.file, &self->file);
    if (finding->previous.file.len > 0)
        named.previous.file = sl_report_name(self->source, finding->previous.file, &self->other);
    sl_json_put_finding(&self->writer, &named);
}

void sl_report_json(sl_buf *out, const sl_findings *findings, const sl_report_source *source)
{
    sl_cleanup(report_done) report self = {.source = source};
    for (size_t i = 0; i < findings->list.count; i++) {
        self.writer = sl_json_writer_of(out);
        put_finding(&self, &findings->list.items[i]);
        sl_buf_append_byte(out, '\n');
    }
}

/* --- GitLab --- */

/* What makes a finding the same one in the next run: not its line, which moves. */
static void put_fingerprint(sl_json_writer *writer, sl_str file, const sl_finding *finding)
{
    sl_cleanup(sl_buf_done) sl_buf hex = {0};
    sl_sha256 hash = {0};
    const sl_bytes parts[] = {
        sl_str_bytes(finding->rule), sl_str_bytes(SL_STR("\n")),     sl_str_bytes(file),
        sl_str_bytes(SL_STR("\n")),  sl_str_bytes(finding->message),
    };
    if (sl_sha256_of_parts(parts, SL_ARRAY_LEN(parts), &hash) != SL_OK)
        writer->buf->has_failed = writer->buf->no_memory = true;
    sl_hex_append(&hex, (sl_bytes){hash.bytes, sizeof hash.bytes});
    if (hex.has_failed)
        writer->buf->has_failed = writer->buf->no_memory = true;
    sl_json_put_string(writer, "fingerprint", sl_buf_str(&hex));
}

static void put_quality(report *self, const sl_finding *finding)
{
    static const char *const severities[] = {"major", "minor", "info"};
    sl_json_writer *writer = &self->writer;
    sl_str file = sl_report_name(self->source, finding->at.file, &self->file);
    sl_json_put_object(writer, NULL);
    sl_json_put_string(writer, "description", finding->message);
    sl_json_put_string(writer, "check_name", finding->rule);
    put_fingerprint(writer, file, finding);
    sl_json_put_string(writer, "severity", sl_str_from(severities[finding->severity]));
    sl_json_put_object(writer, "location");
    sl_json_put_string(writer, "path", file);
    sl_json_put_object(writer, "lines");
    sl_json_put_integer(writer, "begin", SL_MAX(finding->at.line, 1U));
    sl_json_end_object(writer);
    sl_json_end_object(writer);
    sl_json_end_object(writer);
}

void sl_report_gitlab(sl_buf *out, const sl_findings *findings, const sl_report_source *source)
{
    sl_cleanup(report_done) report self = {.source = source};
    self.writer = sl_json_writer_of(out);
    sl_json_put_array(&self.writer, NULL);
    for (size_t i = 0; i < findings->list.count; i++)
        put_quality(&self, &findings->list.items[i]);
    sl_json_end_array(&self.writer);
    sl_buf_append_byte(out, '\n');
}

/* --- SARIF --- */

static void put_region(sl_json_writer *writer, const sl_location *at)
{
    if (!at->line)
        return;
    sl_json_put_object(writer, "region");
    sl_json_put_integer(writer, "startLine", at->line);
    if (at->column)
        sl_json_put_integer(writer, "startColumn", at->column);
    if (at->column && at->length)
        sl_json_put_integer(writer, "endColumn", (int64_t)at->column + at->length);
    sl_json_end_object(writer);
}

static void put_physical(report *self, const char *list, const sl_location *at,
                         sl_report_file *file)
{
    sl_json_writer *writer = &self->writer;
    if (at->file.len == 0)
        return;
    sl_json_put_array(writer, list);
    sl_json_put_object(writer, NULL);
    sl_json_put_object(writer, "physicalLocation");
    sl_json_put_object(writer, "artifactLocation");
    sl_json_put_string(writer, "uri", sl_report_name(self->source, at->file, file));
    sl_json_end_object(writer);
    put_region(writer, at);
    sl_json_end_object(writer);
    sl_json_end_object(writer);
    sl_json_end_array(writer);
}

static void put_result(report *self, const sl_finding *finding)
{
    static const char *const levels[] = {"error", "warning", "note"};
    sl_json_writer *writer = &self->writer;
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_buf_append_str(&text, finding->message);
    if (finding->fix.len > 0) {
        sl_buf_append_byte(&text, '\n');
        sl_buf_append_str(&text, finding->fix);
    }
    if (text.has_failed)
        writer->buf->has_failed = writer->buf->no_memory = true;
    sl_json_put_object(writer, NULL);
    sl_json_put_string(writer, "ruleId", finding->rule);
    sl_json_put_string(writer, "level", sl_str_from(levels[finding->severity]));
    sl_json_put_object(writer, "message");
    sl_json_put_string(writer, "text", sl_buf_str(&text));
    sl_json_end_object(writer);
    put_physical(self, "locations", &finding->at, &self->file);
    put_physical(self, "relatedLocations", &finding->previous, &self->other);
    sl_json_end_object(writer);
}

void sl_report_sarif(sl_buf *out, const sl_findings *findings, const sl_report_source *source)
{
    sl_cleanup(report_done) report self = {.source = source};
    sl_json_writer *writer = &self.writer;
    self.writer = sl_json_writer_of(out);
    sl_json_put_object(writer, NULL);
    sl_json_put_string(writer, "version", SL_STR("2.1.0"));
    sl_json_put_string(writer, "$schema", SL_STR("https://json.schemastore.org/sarif-2.1.0.json"));
    sl_json_put_array(writer, "runs");
    sl_json_put_object(writer, NULL);
    sl_json_put_object(writer, "tool");
    sl_json_put_object(writer, "driver");
    sl_json_put_string(writer, "name", SL_STR("sluice"));
    sl_json_put_string(writer, "version", SL_STR(SLUICE_VERSION));
    sl_json_end_object(writer);
    sl_json_end_object(writer);
    sl_json_put_array(writer, "results");
    for (size_t i = 0; i < findings->list.count; i++)
        put_result(&self, &findings->list.items[i]);
    sl_json_end_array(writer);
    sl_json_end_object(writer);
    sl_json_end_array(writer);
    sl_json_end_object(writer);
    sl_buf_append_byte(out, '\n');
}

/* --- JUnit --- */

/* Text of XML 1.0: what it cannot hold becomes U+FFFD. */
static void put_xml(sl_buf *out, sl_str text)
{
    while (text.len > 0) {
        uint8_t c = (uint8_t)text.data[0];
        size_t step = 1;
        size_t valid = SL_MIN(sl_utf8_find_invalid(sl_str_bytes(text)), text.len);
        if (c == '<')
            sl_buf_append_literal(out, "&lt;");
        else if (c == '>')
            sl_buf_append_literal(out, "&gt;");
        else if (c == '&')
            sl_buf_append_literal(out, "&amp;");
        else if (c == '"')
            sl_buf_append_literal(out, "&quot;");
        else if (c == '\n')
            sl_buf_append_literal(out, "&#10;");
        else if (valid == 0 || (c < 0x20 && c != '\t'))
            sl_buf_append_literal(out, "\xEF\xBF\xBD");
        else
            sl_buf_append_byte(out, c);
        text = (sl_str){text.data + step, text.len - step};
    }
}

static void put_case(report *self, sl_buf *out, const sl_finding *finding)
{
    sl_str file = sl_report_name(self->source, finding->at.file, &self->file);
    sl_buf_append_literal(out, "  <testcase name=\"");
    put_xml(out, finding->rule);
    sl_buf_append_literal(out, "\" classname=\"");
    put_xml(out, file);
    sl_buf_append_literal(out, "\"><failure type=\"");
    sl_buf_append_str(out, sl_str_from(sl_severity_name(finding->severity)));
    sl_buf_append_literal(out, "\" message=\"");
    put_xml(out, finding->message);
    sl_buf_append_literal(out, "\">");
    put_xml(out, file);
    sl_buf_printf(out, ":%u:%u", finding->at.line, finding->at.column);
    if (finding->fix.len > 0) {
        sl_buf_append_literal(out, ": ");
        put_xml(out, finding->fix);
    }
    sl_buf_append_literal(out, "</failure></testcase>\n");
}

void sl_report_junit(sl_buf *out, const sl_findings *findings, const sl_report_source *source)
{
    sl_cleanup(report_done) report self = {.source = source};
    size_t count = findings->list.count;
    sl_buf_printf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuites tests=\"%zu\" failures=\"%zu\">\n"
                  " <testsuite name=\"sluice\" tests=\"%zu\" failures=\"%zu\">\n",
                  SL_MAX(count, (size_t)1), count, SL_MAX(count, (size_t)1), count);
    for (size_t i = 0; i < count; i++)
        put_case(&self, out, &findings->list.items[i]);
    if (count == 0)
        sl_buf_append_literal(out, "  <testcase name=\"no findings\" classname=\"sluice\"/>\n");
    sl_buf_append_literal(out, " </testsuite>\n</testsuites>\n");
}
