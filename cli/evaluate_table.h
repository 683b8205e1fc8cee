/* The table of an evaluation: a CSV file with a header, checked as a whole before it is used. */
#ifndef PV_CLI_EVALUATE_TABLE_H
#define PV_CLI_EVALUATE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/status.h"

#define PV_TABLE_FILE_MAX ((size_t)256 * 1024 * 1024)
#define PV_TABLE_NO_COLUMN ((size_t)-1)

typedef struct pv_table {
    char *path;
    char *folder;  /* that pictures are relative to */
    char *text;    /* storage of the cells */
    char **cells;  /* row by row, the header first */
    size_t *lines; /* of the file, on which each row begins; the header first */
    size_t columns;
    size_t rows; /* without the header */
    char sha256[PV_SHA256_HEX_SIZE];
} pv_table;

/* Reads a file as RFC 4180 says: commas, fields in double quotes where need be, any line end; a
 * byte order mark and empty lines are skipped. PV_ERROR_ARGUMENT names the file and the line. */
PV_CHECKED pv_status pv_table_read(const char *path, pv_table *out);

/* The same for text in memory; `path` is the name in messages and tells the folder. */
PV_CHECKED pv_status pv_table_parse(const char *path, const char *text, size_t length,
                                    pv_table *out);

/* An empty table is allowed. */
void pv_table_release(pv_table *table);

/* The number of the column with that name, or PV_TABLE_NO_COLUMN. */
size_t pv_table_column(const pv_table *table, const char *name);

/* The same; PV_ERROR_ARGUMENT, naming the columns there are, where it is not there. */
PV_CHECKED pv_status pv_table_require(const pv_table *table, const char *name, size_t *column);

const char *pv_table_name(const pv_table *table, size_t column);
const char *pv_table_cell(const pv_table *table, size_t row, size_t column);

/* A number in least..most; PV_ERROR_ARGUMENT names the line and the column. */
PV_CHECKED pv_status pv_table_number(const pv_table *table, size_t row, size_t column, double least,
                                     double most, double *out);

/* 1 or 0, or one of the words true, false, yes and no. */
PV_CHECKED pv_status pv_table_flag(const pv_table *table, size_t row, size_t column, bool *out);

/* PV_ERROR_ARGUMENT with file, line and column in front. */
pv_status pv_table_fail(const pv_table *table, size_t row, size_t column, const char *format, ...)
    PV_PRINTF(4, 5);

/* The cell as path of a file, to be freed. */
PV_CHECKED pv_status pv_table_file(const pv_table *table, const char *cell, char **out);

#endif
