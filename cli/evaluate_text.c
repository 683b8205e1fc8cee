/* The tables of a report for a terminal. */
#include <string.h>

#include "cli/evaluate_report.h"
#include "cli/print.h"

#define COLUMNS_MAX 16

/* Characters as they are seen; UTF-8's continuation bytes are none. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static const char *cell_text(const json_t *row, size_t column)
{
    const char *text = json_string_value(json_array_get(row, column));
    return text ? text : "";
}

static void measure(const json_t *row, size_t *widths)
{
    for (size_t i = 0; i < json_array_size(row) && i < COLUMNS_MAX; i++) {
        size_t width = width_of(cell_text(row, i));
        if (width > widths[i])
            widths[i] = width;
    }
}

static void print_spaces(FILE *stream, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fputc(' ', stream);
}

/* The first column stands left, numbers stand right. */
static void print_row(const json_t *row, const size_t *widths, FILE *stream)
{
    for (size_t i = 0; i < json_array_size(row) && i < COLUMNS_MAX; i++) {
        const char *text = cell_text(row, i);
        size_t gap = widths[i] - width_of(text);
        if (i > 0)
            print_spaces(stream, gap + 2);
        pv_print_text(stream, text);
        if (i == 0 && json_array_size(row) > 1)
            print_spaces(stream, gap);
    }
    fputc('\n', stream);
}

static void print_table(const json_t *table, FILE *stream)
{
    size_t widths[COLUMNS_MAX] = {0};
    const json_t *columns = json_object_get(table, "columns");
    const json_t *rows = json_object_get(table, "rows");
    measure(columns, widths);
    for (size_t i = 0; i < json_array_size(rows); i++)
        measure(json_array_get(rows, i), widths);
    fputc('\n', stream);
    pv_print_text(stream, json_string_value(json_object_get(table, "title")));
    fputc('\n', stream);
    print_row(columns, widths, stream);
    for (size_t i = 0; i < json_array_size(rows); i++)
        print_row(json_array_get(rows, i), widths, stream);
}

void pv_report_print(const json_t *report, FILE *stream)
{
    const json_t *headlines = json_object_get(report, "headlines");
    const json_t *tables = json_object_get(report, "tables");
    for (size_t i = 0; i < json_array_size(headlines); i++) {
        const json_t *line = json_array_get(headlines, i);
        pv_print_text(stream, json_string_value(json_object_get(line, "caption")));
        fputs(": ", stream);
        pv_print_text(stream, json_string_value(json_object_get(line, "value")));
        fputc('\n', stream);
    }
    for (size_t i = 0; i < json_array_size(tables); i++)
        print_table(json_array_get(tables, i), stream);
}
