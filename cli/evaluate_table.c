#include "cli/evaluate_table.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where the parser is; cells are written over the text that they were read from. */
typedef struct parser {
    pv_table *table;
    char *in;
    char *end;
    char *out;
    size_t line;
    size_t cells; /* of all rows so far */
    size_t capacity;
    size_t row_capacity;
} parser;

static pv_status fail_line(const parser *state, size_t line, const char *what)
{
    return pv_fail(PV_ERROR_ARGUMENT, "%s:%zu: %s", state->table->path, line, what);
}

static pv_status add_cell(parser *state, char *cell)
{
    if (state->cells == state->capacity) {
        size_t capacity = state->capacity ? state->capacity * 2 : 256;
        char **cells = realloc(state->table->cells, capacity * sizeof *cells);
        if (!cells)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for %s", state->table->path);
        state->table->cells = cells;
        state->capacity = capacity;
    }
    state->table->cells[state->cells++] = cell;
    return PV_OK;
}

static pv_status add_row(parser *state, size_t rows, size_t line)
{
    if (rows == state->row_capacity) {
        size_t capacity = rows ? rows * 2 : 256;
        size_t *lines = realloc(state->table->lines, capacity * sizeof *lines);
        if (!lines)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for %s", state->table->path);
        state->table->lines = lines;
        state->row_capacity = capacity;
    }
    state->table->lines[rows] = line;
    return PV_OK;
}

/* A field in quotes; in stands behind the first one. */
static pv_status read_quoted(parser *state)
{
    size_t begin = state->line;
    while (state->in < state->end) {
        char byte = *state->in++;
        if (byte == '\n')
            state->line++;
        if (byte != '"') {
            *state->out++ = byte;
            continue;
        }
        if (state->in < state->end && *state->in == '"') {
            *state->out++ = *state->in++;
            continue;
        }
        if (state->in < state->end && !strchr(",\r\n", *state->in))
            return fail_line(state, state->line, "text stands behind a closing quote");
        return PV_OK;
    }
    return fail_line(state, begin, "a quote is opened and not closed");
}

static pv_status read_plain(parser *state)
{
    while (state->in < state->end && !strchr(",\r\n", *state->in)) {
        if (*state->in == '"')
            return fail_line(state, state->line,
                             "a quote inside a field that does not begin with one");
        *state->out++ = *state->in++;
    }
    return PV_OK;
}

/* One field with what ends it; *last: it ended its row. */
static pv_status read_field(parser *state, bool *last)
{
    char *cell = state->out;
    bool quoted = state->in < state->end && *state->in == '"';
    if (quoted)
        state->in++;
    pv_status status = quoted ? read_quoted(state) : read_plain(state);
    if (status != PV_OK)
        return status;
    *last = state->in == state->end || *state->in != ',';
    if (state->in < state->end && *state->in == '\r')
        state->in++;
    if (state->in < state->end && (!*last || *state->in == '\n'))
        state->in++;
    if (*last)
        state->line++;
    *state->out++ = '\0';
    return add_cell(state, cell);
}

static pv_status read_row(parser *state, size_t *rows)
{
    size_t line = state->line;
    size_t before = state->cells;
    bool last = false;
    pv_status status = PV_OK;
    while (!last && status == PV_OK)
        status = read_field(state, &last);
    if (status != PV_OK)
        return status;
    size_t count = state->cells - before;
    if (*rows == 0)
        state->table->columns = count;
    if (count != state->table->columns)
        return pv_fail(PV_ERROR_ARGUMENT, "%s:%zu: %zu fields, the header has %zu",
                       state->table->path, line, count, state->table->columns);
    status = add_row(state, *rows, line);
    (*rows)++;
    return status;
}

static void skip_empty_lines(parser *state)
{
    while (state->in < state->end && (*state->in == '\n' || *state->in == '\r')) {
        if (*state->in == '\n' || state->in + 1 == state->end || state->in[1] != '\n')
            state->line++;
        state->in++;
    }
}

static pv_status check_header(const pv_table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (!*table->cells[i])
            return pv_fail(PV_ERROR_ARGUMENT, "%s:%zu: column %zu has no name", table->path,
                           table->lines[0], i + 1);
        for (size_t j = 0; j < i; j++)
            if (strcmp(table->cells[i], table->cells[j]) == 0)
                return pv_fail(PV_ERROR_ARGUMENT, "%s:%zu: two columns are named \"%.40s\"",
                               table->path, table->lines[0], table->cells[i]);
    }
    return PV_OK;
}

static pv_status parse(pv_table *table, size_t length)
{
    /* Never longer than the text: a cell's NUL takes the place of what ended it; the last one has
     * the NUL behind the text. */
    parser state = {.table = table, .in = table->text, .end = table->text + length, .line = 1};
    if (length >= 3 && memcmp(state.in, "\xef\xbb\xbf", 3) == 0)
        state.in += 3;
    state.out = table->text;
    size_t rows = 0;
    skip_empty_lines(&state);
    while (state.in < state.end) {
        pv_status status = read_row(&state, &rows);
        if (status != PV_OK)
            return status;
        skip_empty_lines(&state);
    }
    if (rows < 2)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", table->path,
                       rows ? "there is no row below the header" : "the table is empty");
    table->rows = rows - 1;
    return check_header(table);
}

static pv_status check_text(const char *path, const char *text, size_t length)
{
    if (memchr(text, '\0', length))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: not a text file", path);
    json_t *checked = json_stringn(text, length);
    if (!checked)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: not UTF-8", path);
    json_decref(checked);
    return PV_OK;
}

pv_status pv_table_parse(const char *path, const char *text, size_t length, pv_table *out)
{
    *out = (pv_table){0};
    pv_status status = check_text(path, text, length);
    if (status != PV_OK)
        return status;
    const char *slash = strrchr(path, '/');
    out->path = strdup(path);
    out->folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("");
    out->text = malloc(length + 1);
    if (!out->path || !out->folder || !out->text) {
        pv_table_release(out);
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %s", path);
    }
    memcpy(out->text, text, length);
    out->text[length] = '\0';
    status = pv_sha256_bytes(text, length, out->sha256);
    if (status == PV_OK)
        status = parse(out, length);
    if (status != PV_OK)
        pv_table_release(out);
    return status;
}

static pv_status read_all(FILE *file, const char *path, char **out, size_t *length)
{
    size_t capacity = 0;
    *length = 0;
    for (;;) {
        if (capacity - *length < 4096) {
            capacity = capacity ? capacity * 2 : 65536;
            char *larger = realloc(*out, capacity);
            if (!larger)
                return pv_fail(PV_ERROR_GENERIC, "out of memory for %s", path);
            *out = larger;
        }
        size_t count = fread(*out + *length, 1, capacity - *length, file);
        *length += count;
        if (ferror(file))
            return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
        if (count == 0)
            return PV_OK;
        if (*length > PV_TABLE_FILE_MAX)
            return pv_fail(PV_ERROR_ARGUMENT, "%s: more than 256 MiB", path);
    }
}

pv_status pv_table_read(const char *path, pv_table *out)
{
    *out = (pv_table){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    char *text = NULL;
    size_t length = 0;
    pv_status status = read_all(file, path, &text, &length);
    fclose(file);
    if (status == PV_OK)
        status = pv_table_parse(path, text, length, out);
    free(text);
    return status;
}

void pv_table_release(pv_table *table)
{
    free(table->path);
    free(table->folder);
    free(table->text);
    free(table->cells);
    free(table->lines);
    *table = (pv_table){0};
}

size_t pv_table_column(const pv_table *table, const char *name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->cells[i], name) == 0)
            return i;
    return PV_TABLE_NO_COLUMN;
}

pv_status pv_table_require(const pv_table *table, const char *name, size_t *column)
{
    *column = pv_table_column(table, name);
    if (*column != PV_TABLE_NO_COLUMN)
        return PV_OK;
    char known[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < table->columns && used < sizeof known; i++) {
        int written =
            snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", table->cells[i]);
        used += written > 0 ? (size_t)written : 0;
    }
    return pv_fail(PV_ERROR_ARGUMENT, "%s: there is no column \"%s\"; there are: %s", table->path,
                   name, known);
}

const char *pv_table_name(const pv_table *table, size_t column)
{
    return table->cells[column];
}

const char *pv_table_cell(const pv_table *table, size_t row, size_t column)
{
    return table->cells[(row + 1) * table->columns + column];
}

pv_status pv_table_fail(const pv_table *table, size_t row, size_t column, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return pv_fail(PV_ERROR_ARGUMENT, "%s:%zu: column \"%s\": %s", table->path,
                   table->lines[row + 1], pv_table_name(table, column), text);
}

pv_status pv_table_number(const pv_table *table, size_t row, size_t column, double least,
                          double most, double *out)
{
    const char *text = pv_table_cell(table, row, column);
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number) || number < least || number > most)
        return pv_table_fail(table, row, column, "\"%.40s\" is not a number in %g..%g", text, least,
                             most);
    *out = number;
    return PV_OK;
}

pv_status pv_table_flag(const pv_table *table, size_t row, size_t column, bool *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"1", true},      {"0", false},  {"true", true},
                 {"false", false}, {"yes", true}, {"no", false}};
    const char *text = pv_table_cell(table, row, column);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i].word) == 0) {
            *out = words[i].value;
            return PV_OK;
        }
    }
    return pv_table_fail(table, row, column, "\"%.40s\" is neither 1 nor 0", text);
}

pv_status pv_table_file(const pv_table *table, const char *cell, char **out)
{
    const char *folder = cell[0] == '/' ? "" : table->folder;
    if (asprintf(out, "%s%s", folder, cell) >= 0)
        return PV_OK;
    *out = NULL;
    return pv_fail(PV_ERROR_GENERIC, "out of memory");
}
