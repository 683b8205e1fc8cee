/* A report as one page that needs nothing else: no script, no font, no picture from anywhere. */
#include <string.h>

#include "cli/evaluate_report.h"

static const char style[] =
    ":root{--ink:#1a2430;--soft:#5b6875;--line:#dfe4ea;--paper:#fff;--ground:#f4f6f8;"
    "--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--c4:#e69f00;--c5:#56b4e9}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);"
    "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}\n"
    "main{max-width:1200px;margin:0 auto;padding:32px 24px 48px}\n"
    "h1{font-size:28px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}\n"
    "h2{font-size:16px;margin:0 0 2px}\n"
    ".from{color:var(--soft);margin:0 0 20px;overflow-wrap:anywhere}\n"
    ".from code{font-size:13px}\n"
    ".heads{display:flex;flex-wrap:wrap;gap:12px;margin:0 0 16px}\n"
    ".head{background:var(--paper);border:1px solid var(--line);border-radius:8px;"
    "padding:12px 18px;flex:1 1 220px}\n"
    ".head "
    "b{display:block;font-size:20px;line-height:1.3;white-space:nowrap;font-variant-numeric:"
    "tabular-nums}\n"
    ".head span{color:var(--soft);font-size:13px}\n"
    "section,figure{background:var(--paper);border:1px solid var(--line);border-radius:8px;"
    "padding:16px 18px;margin:0 0 16px;overflow-x:auto}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));"
    "gap:16px;margin:0 0 16px}\n"
    "figure{margin:0}\n"
    ".note{color:var(--soft);font-size:13px;margin:0 0 10px}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{text-align:right;padding:6px 10px;border-bottom:1px solid var(--line);"
    "white-space:nowrap}\n"
    "th:first-child,td:first-child{text-align:left;padding-left:0}\n"
    "th{font-size:13px;font-weight:600;color:var(--soft)}\n"
    "tr:last-child td{border-bottom:0}\n"
    "svg{display:block;width:100%;height:auto}\n"
    "svg text{font-family:inherit;fill:var(--soft)}\n"
    ".tick{font-size:11px}.label{font-size:12px}.power{font-size:8px}\n"
    ".grid{stroke:var(--line);stroke-width:1}.axis{fill:none;stroke:#8793a0;stroke-width:1}\n"
    ".line{fill:none;stroke-width:2.2;stroke-linejoin:round}\n"
    ".dashed{fill:none;stroke-width:1.4;stroke-dasharray:5 4}\n"
    ".area{stroke-width:1.2;fill-opacity:.28}\n"
    ".dot{stroke:none;fill-opacity:.75}.bar{fill:var(--c0);fill-opacity:.85}\n"
    ".whisker{stroke:var(--ink);stroke-width:1.4;fill:none}\n"
    ".line.c0,.area.c0{stroke:var(--c0)}.line.c1,.area.c1{stroke:var(--c1)}"
    ".line.c2,.area.c2{stroke:var(--c2)}.line.c3,.area.c3{stroke:var(--c3)}"
    ".line.c4,.area.c4{stroke:var(--c4)}.line.c5,.area.c5{stroke:var(--c5)}"
    ".dashed{stroke:#8793a0}\n"
    ".area.c0,.dot.c0,.key.c0{fill:var(--c0);background:var(--c0)}"
    ".area.c1,.dot.c1,.key.c1{fill:var(--c1);background:var(--c1)}"
    ".area.c2,.dot.c2,.key.c2{fill:var(--c2);background:var(--c2)}"
    ".area.c3,.dot.c3,.key.c3{fill:var(--c3);background:var(--c3)}"
    ".area.c4,.dot.c4,.key.c4{fill:var(--c4);background:var(--c4)}"
    ".area.c5,.dot.c5,.key.c5{fill:var(--c5);background:var(--c5)}\n"
    ".keys{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);"
    "padding-left:62px}\n"
    ".key{display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:6px;"
    "vertical-align:middle}\n"
    ".key.none{background:repeating-linear-gradient(90deg,#8793a0 0 4px,transparent 4px 7px)}\n"
    "ul{margin:0;padding-left:20px}li{margin:2px 0}\n"
    "@media print{body{background:#fff}main{padding:0;max-width:none}"
    "section,figure,.head{break-inside:avoid}}\n";

void pv_report_escape(FILE *stream, const char *text)
{
    for (; text && *text; text++) {
        switch (*text) {
        case '&': fputs("&amp;", stream); break;
        case '<': fputs("&lt;", stream); break;
        case '>': fputs("&gt;", stream); break;
        case '"': fputs("&quot;", stream); break;
        case '\'': fputs("&#39;", stream); break;
        default: fputc(*text, stream); break;
        }
    }
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void element(FILE *stream, const char *open, const char *text, const char *close)
{
    if (!text || !*text)
        return;
    fputs(open, stream);
    pv_report_escape(stream, text);
    fputs(close, stream);
}

static void write_head(const json_t *report, FILE *stream)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" "
          "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
          stream);
    element(stream, "<title>", text_of(report, "title"), "</title>\n");
    fprintf(stream, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    element(stream, "<h1>", text_of(report, "title"), "</h1>\n");
    fputs("<p class=\"from\">", stream);
    element(stream, "", text_of(report, "made_at"), " · ");
    element(stream, "privid ", text_of(report, "version"), "<br>");
    element(stream, "<code>", text_of(report, "command"), "</code>");
    fputs("</p>\n", stream);
}

static void write_headlines(const json_t *report, FILE *stream)
{
    const json_t *lines = json_object_get(report, "headlines");
    fputs("<div class=\"heads\">\n", stream);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        fputs("<div class=\"head\">", stream);
        element(stream, "<b>", text_of(line, "value"), "</b>");
        element(stream, "<span>", text_of(line, "caption"), "</span>");
        fputs("</div>\n", stream);
    }
    fputs("</div>\n", stream);
}

static void write_row(const json_t *row, const char *tag, FILE *stream)
{
    fputs("<tr>", stream);
    for (size_t i = 0; i < json_array_size(row); i++) {
        fprintf(stream, "<%s>", tag);
        pv_report_escape(stream, json_string_value(json_array_get(row, i)));
        fprintf(stream, "</%s>", tag);
    }
    fputs("</tr>\n", stream);
}

static void write_table(const json_t *table, FILE *stream)
{
    const json_t *rows = json_object_get(table, "rows");
    fputs("<section>\n", stream);
    element(stream, "<h2>", text_of(table, "title"), "</h2>\n");
    element(stream, "<p class=\"note\">", text_of(table, "note"), "</p>\n");
    fputs("<table>\n<thead>", stream);
    write_row(json_object_get(table, "columns"), "th", stream);
    fputs("</thead>\n<tbody>\n", stream);
    for (size_t i = 0; i < json_array_size(rows); i++)
        write_row(json_array_get(rows, i), "td", stream);
    fputs("</tbody>\n</table>\n</section>\n", stream);
}

/* One series needs no key, unless it is one of two classes. */
static void write_keys(const json_t *chart, FILE *stream)
{
    const json_t *series = json_object_get(chart, "series");
    if (json_array_size(series) < 2)
        return;
    fputs("<div class=\"keys\">", stream);
    for (size_t i = 0; i < json_array_size(series); i++) {
        const json_t *one = json_array_get(series, i);
        if (strcmp(text_of(one, "style"), "dashed") == 0)
            fputs("<span><i class=\"key none\"></i>", stream);
        else
            fprintf(stream, "<span><i class=\"key c%zu\"></i>", i % 6);
        pv_report_escape(stream, text_of(one, "name"));
        fputs("</span>", stream);
    }
    fputs("</div>\n", stream);
}

static void write_chart(const json_t *chart, FILE *stream)
{
    fputs("<figure>\n", stream);
    element(stream, "<h2>", text_of(chart, "title"), "</h2>\n");
    element(stream, "<p class=\"note\">", text_of(chart, "note"), "</p>\n");
    pv_report_svg(chart, stream);
    write_keys(chart, stream);
    fputs("</figure>\n", stream);
}

static void write_notes(const json_t *report, FILE *stream)
{
    const json_t *notes = json_object_get(report, "notes");
    if (json_array_size(notes) == 0)
        return;
    fputs("<section>\n<h2>How to read this</h2>\n<ul>\n", stream);
    for (size_t i = 0; i < json_array_size(notes); i++)
        element(stream, "<li>", json_string_value(json_array_get(notes, i)), "</li>\n");
    fputs("</ul>\n</section>\n", stream);
}

void pv_report_html(const json_t *report, FILE *stream)
{
    const json_t *tables = json_object_get(report, "tables");
    const json_t *charts = json_object_get(report, "charts");
    write_head(report, stream);
    write_headlines(report, stream);
    for (size_t i = 0; i < json_array_size(tables); i++)
        write_table(json_array_get(tables, i), stream);
    fputs("<div class=\"charts\">\n", stream);
    for (size_t i = 0; i < json_array_size(charts); i++)
        write_chart(json_array_get(charts, i), stream);
    fputs("</div>\n", stream);
    write_notes(report, stream);
    fputs("</main>\n</body>\n</html>\n", stream);
}
