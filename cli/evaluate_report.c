#include "cli/evaluate_report.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

json_t *pv_report_number(double value)
{
    return isfinite(value) ? json_real(value) : NULL;
}

json_t *pv_report_interval(pv_interval interval)
{
    if (!isfinite(interval.low) || !isfinite(interval.high))
        return NULL;
    return json_pack("{s:f, s:f}", "low", interval.low, "high", interval.high);
}

json_t *pv_report_rate(size_t count, size_t of)
{
    pv_interval interval = pv_stats_wilson(count, of);
    json_t *rate = json_pack("{s:I, s:I}", "count", (json_int_t)count, "of", (json_int_t)of);
    if (of > 0) {
        json_object_set_new(rate, "rate", json_real((double)count / (double)of));
        json_object_set_new(rate, "low", json_real(interval.low));
        json_object_set_new(rate, "high", json_real(interval.high));
    }
    return rate;
}

/* The member of that name, made where it is not there. */
static json_t *member(json_t *object, const char *name, json_t *(*make)(void))
{
    json_t *found = json_object_get(object, name);
    if (!found) {
        json_object_set_new(object, name, make());
        found = json_object_get(object, name);
    }
    return found;
}

void pv_report_figure(json_t *report, const char *name, json_t *value)
{
    if (value)
        json_object_set_new(member(report, "figures", json_object), name, value);
}

void pv_report_note(json_t *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    json_array_append_new(member(report, "notes", json_array), json_vsprintf(format, arguments));
    va_end(arguments);
}

void pv_report_headline(json_t *report, const char *caption, json_t *value)
{
    json_array_append_new(member(report, "headlines", json_array),
                          json_pack("{s:s, s:o}", "caption", caption, "value", value));
}

json_t *pv_report_table(json_t *report, const char *title, const char *note,
                        const char *const *columns)
{
    json_t *names = json_array();
    json_t *rows = json_array();
    for (size_t i = 0; columns[i]; i++)
        json_array_append_new(names, json_string(columns[i]));
    json_array_append_new(member(report, "tables", json_array),
                          json_pack("{s:s, s:s, s:o, s:o}", "title", title, "note",
                                    note ? note : "", "columns", names, "rows", rows));
    return rows; /* owned by the report, which is alive as long */
}

void pv_report_row(json_t *rows, size_t count, json_t *const *cells)
{
    json_t *row = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(row, cells[i] ? cells[i] : json_string("–"));
    json_array_append_new(rows, row);
}

json_t *pv_cell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    json_t *cell = json_vsprintf(format, arguments);
    va_end(arguments);
    return cell;
}

/* As many digits as say something: 12.3, 1.23, 0.123, 0.00012 per cent. */
static int percent_digits(double percent)
{
    percent = fabs(percent);
    return percent >= 99.995 || percent == 0.0 ? 0
           : percent >= 10.0                   ? 1
           : percent >= 1.0                    ? 2
           : percent >= 0.01                   ? 3
                                               : 5;
}

json_t *pv_cell_percent(double value)
{
    if (!isfinite(value))
        return NULL;
    return pv_cell("%.*f %%", percent_digits(100.0 * value), 100.0 * value);
}

json_t *pv_cell_interval_percent(pv_interval interval)
{
    if (!isfinite(interval.low) || !isfinite(interval.high))
        return NULL;
    double low = 100.0 * interval.low;
    double high = 100.0 * interval.high;
    return pv_cell("%.*f – %.*f %%", percent_digits(low), low, percent_digits(high), high);
}

json_t *pv_cell_interval(pv_interval interval)
{
    if (!isfinite(interval.low) || !isfinite(interval.high))
        return NULL;
    return pv_cell("%.2f – %.2f", interval.low, interval.high);
}

json_t *pv_cell_rate(size_t count, size_t of)
{
    if (of == 0)
        return NULL;
    pv_interval interval = pv_stats_wilson(count, of);
    double rate = 100.0 * (double)count / (double)of;
    double low = 100.0 * interval.low;
    double high = 100.0 * interval.high;
    return pv_cell("%.*f %% (%.*f – %.*f)", percent_digits(rate), rate, percent_digits(low), low,
                   percent_digits(high), high);
}

static const char *scale_word(pv_scale scale)
{
    return scale == PV_SCALE_LOG ? "log" : "linear";
}

static json_t *pack_axis(pv_axis axis)
{
    return json_pack("{s:s, s:s, s:f, s:f}", "label", axis.label, "scale", scale_word(axis.scale),
                     "least", axis.least, "most", axis.most);
}

json_t *pv_report_chart(json_t *report, const char *title, const char *note, pv_axis x, pv_axis y)
{
    json_t *series = json_array();
    json_array_append_new(member(report, "charts", json_array),
                          json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "kind", "lines", "title",
                                    title, "note", note ? note : "", "x", pack_axis(x), "y",
                                    pack_axis(y), "series", series));
    return series;
}

json_t *pv_report_series(json_t *chart_series, const char *name, pv_series_style style)
{
    static const char *const words[] = {[PV_SERIES_LINE] = "line",
                                        [PV_SERIES_DASHED] = "dashed",
                                        [PV_SERIES_DOTS] = "dots",
                                        [PV_SERIES_AREA] = "area"};
    json_t *points = json_array();
    json_array_append_new(chart_series, json_pack("{s:s, s:s, s:o}", "name", name, "style",
                                                  words[style], "points", points));
    return points;
}

void pv_report_point(json_t *points, double x, double y)
{
    if (isfinite(x) && isfinite(y))
        json_array_append_new(points, json_pack("[f, f]", x, y));
}

void pv_report_point_interval(json_t *points, double x, double y, pv_interval interval)
{
    if (!isfinite(interval.low) || !isfinite(interval.high))
        pv_report_point(points, x, y);
    else if (isfinite(x) && isfinite(y))
        json_array_append_new(points, json_pack("[f, f, f, f]", x, y, interval.low, interval.high));
}

json_t *pv_report_bars(json_t *report, const char *title, const char *note, const char *x_label,
                       const char *y_label)
{
    json_t *bars = json_array();
    json_array_append_new(member(report, "charts", json_array),
                          json_pack("{s:s, s:s, s:s, s:{s:s}, s:{s:s}, s:o}", "kind", "bars",
                                    "title", title, "note", note ? note : "", "x", "label", x_label,
                                    "y", "label", y_label, "bars", bars));
    return bars;
}

void pv_report_bar(json_t *bars, const char *category, double value, pv_interval interval)
{
    json_t *bar = json_pack("{s:s}", "category", category);
    json_t *known = pv_report_number(value);
    json_t *limits = pv_report_interval(interval);
    if (known)
        json_object_set_new(bar, "value", known);
    if (limits)
        json_object_set_new(bar, "interval", limits);
    json_array_append_new(bars, bar);
}

static pv_status write_file(const json_t *report, const char *folder, const char *name,
                            void (*write)(const json_t *report, FILE *stream))
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    pv_status status = PV_OK;
    FILE *file = fopen(path, "wb");
    if (file) {
        write(report, file);
        bool good = !ferror(file);
        if (fclose(file) != 0 || !good)
            status = pv_fail(PV_ERROR_GENERIC, "%s: %s", path, strerror(errno));
    } else {
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    }
    free(path);
    return status;
}

static void write_json(const json_t *report, FILE *stream)
{
    json_dumpf(report, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    fputc('\n', stream);
}

pv_status pv_report_write(const json_t *report, const char *folder)
{
    pv_status status = write_file(report, folder, "report.json", write_json);
    if (status == PV_OK)
        status = write_file(report, folder, "report.html", pv_report_html);
    return status;
}
