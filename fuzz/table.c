/* libFuzzer target: the CSV tables of `privid evaluate`. What is read is written again with every
 * cell in quotes: that has to read as the same table. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_table.h"

#define LENGTH_MAX ((size_t)1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool condition)
{
    if (!condition)
        abort();
}

static void insist_on_message(pv_status status)
{
    insist(status == PV_OK || (status == PV_ERROR_ARGUMENT && pv_error_message()[0] != '\0'));
}

static char *write_cell(char *out, const char *cell, bool last)
{
    *out++ = '"';
    for (; *cell; cell++) {
        if (*cell == '"')
            *out++ = '"';
        *out++ = *cell;
    }
    *out++ = '"';
    *out++ = last ? '\n' : ',';
    return out;
}

/* The table as text, to be freed. */
static char *write_table(const pv_table *table, size_t *length)
{
    size_t count = table->columns * (table->rows + 1);
    size_t room = 1;
    for (size_t i = 0; i < count; i++)
        room += 2 * strlen(table->cells[i]) + 3;
    char *text = malloc(room);
    insist(text);
    char *out = text;
    for (size_t i = 0; i < count; i++)
        out = write_cell(out, table->cells[i], (i + 1) % table->columns == 0);
    *length = (size_t)(out - text);
    return text;
}

static void check_same(const pv_table *table, const pv_table *again)
{
    insist(again->columns == table->columns && again->rows == table->rows);
    for (size_t i = 0; i < table->columns * (table->rows + 1); i++)
        insist(strcmp(again->cells[i], table->cells[i]) == 0);
}

static void check_table(const pv_table *table, size_t size)
{
    insist(table->columns > 0 && table->rows > 0);
    for (size_t row = 0; row <= table->rows; row++)
        insist(table->lines[row] <= size && table->lines[row] > (row ? table->lines[row - 1] : 0));
    for (size_t column = 0; column < table->columns; column++)
        insist(pv_table_column(table, pv_table_name(table, column)) == column);
    size_t length;
    char *text = write_table(table, &length);
    pv_table again;
    insist(pv_table_parse("fuzz.csv", text, length, &again) == PV_OK);
    check_same(table, &again);
    pv_table_release(&again);
    free(text);
}

static void read_cells(const pv_table *table)
{
    size_t found;
    insist_on_message(pv_table_require(table, "person", &found));
    for (size_t row = 0; row < table->rows; row++)
        for (size_t column = 0; column < table->columns; column++) {
            double number = 2;
            bool flag;
            pv_status status = pv_table_number(table, row, column, 0, 1, &number);
            insist_on_message(status);
            insist(status != PV_OK || (number >= 0 && number <= 1));
            insist_on_message(pv_table_flag(table, row, column, &flag));
            char *path;
            insist(pv_table_file(table, pv_table_cell(table, row, column), &path) == PV_OK);
            free(path);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > LENGTH_MAX)
        return 0;
    /* A copy of the exact size: reading beyond it is seen. */
    char *text = malloc(size ? size : 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    pv_table table;
    pv_status status = pv_table_parse("folder/fuzz.csv", text, size, &table);
    insist_on_message(status);
    if (status == PV_OK) {
        check_table(&table, size);
        read_cells(&table);
    } else {
        insist(!table.text && !table.cells && !table.lines);
    }
    pv_table_release(&table);
    free(text);
    return 0;
}
