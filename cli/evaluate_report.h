/* The report of an evaluation: one JSON object that is written as it is, as a page and as text.
 *
 * `figures` holds the numbers for programs. `tables` and `charts` hold what people see; a kind
 * builds them with the functions below and knows nothing of pages. */
#ifndef PV_CLI_EVALUATE_REPORT_H
#define PV_CLI_EVALUATE_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"
#include "cli/evaluate_stats.h"

/* Every function takes over the values it is given; NULL values are left out or shown as "–". Where
 * memory is short the report lacks something, which pv_report_write() finds out. */

/* {rate, count, of, low, high} of a proportion. */
json_t *pv_report_rate(size_t count, size_t of);
/* A number, or NULL where it is not finite: JSON has no NaN. */
json_t *pv_report_number(double value);
/* {low, high}, or NULL where it is not known. */
json_t *pv_report_interval(pv_interval interval);

void pv_report_figure(json_t *report, const char *name, json_t *value);
/* A sentence that belongs to the report as a whole. */
void pv_report_note(json_t *report, const char *format, ...) PV_PRINTF(2, 3);
/* A number at the head of the page with a caption. */
void pv_report_headline(json_t *report, const char *caption, json_t *value);

/* Adds a table; columns end with NULL. Returns its rows. A first column is left-aligned. */
json_t *pv_report_table(json_t *report, const char *title, const char *note,
                        const char *const *columns);
/* Appends a row of `count` cells. */
void pv_report_row(json_t *rows, size_t count, json_t *const *cells);

/* Cells. */
json_t *pv_cell(const char *format, ...) PV_PRINTF(1, 2);
/* "1.23 % [0.61, 2.45]": a proportion with its interval. */
json_t *pv_cell_rate(size_t count, size_t of);
json_t *pv_cell_percent(double value);
json_t *pv_cell_interval_percent(pv_interval interval);
json_t *pv_cell_interval(pv_interval interval);

/* --- charts --- */

typedef enum pv_scale { PV_SCALE_LINEAR, PV_SCALE_LOG } pv_scale;

typedef struct pv_axis {
    const char *label;
    pv_scale scale;
    double least;
    double most;
} pv_axis;

/* Adds a chart; returns its series. */
json_t *pv_report_chart(json_t *report, const char *title, const char *note, pv_axis x, pv_axis y);

typedef enum pv_series_style {
    PV_SERIES_LINE,
    PV_SERIES_DASHED, /* for what is ideal */
    PV_SERIES_DOTS,
    PV_SERIES_AREA /* steps down to the axis, for histograms */
} pv_series_style;

/* Adds a series; returns its points. */
json_t *pv_report_series(json_t *chart_series, const char *name, pv_series_style style);
void pv_report_point(json_t *points, double x, double y);
/* A point with an interval in y. */
void pv_report_point_interval(json_t *points, double x, double y, pv_interval interval);

/* A chart of bars: one value a category, with an interval where known. Returns its bars. */
json_t *pv_report_bars(json_t *report, const char *title, const char *note, const char *x_label,
                       const char *y_label);
void pv_report_bar(json_t *bars, const char *category, double value, pv_interval interval);

/* --- charts that several kinds have: evaluate_trade.c --- */

typedef struct pv_trade_words {
    const char *positive; /* "same person" */
    const char *negative;
    const char *missed;   /* "FNMR" */
    const char *accepted; /* "FMR" */
    const char *score;    /* "cosine" */
} pv_trade_words;

/* Histograms of both classes, both errors against the threshold, DET and ROC. */
void pv_report_histogram(json_t *report, const char *title, const pv_trade_words *words,
                         const pv_contest *contest);
void pv_report_errors(json_t *report, const char *title, const pv_trade_words *words,
                      const pv_contest *contest);
void pv_report_det(json_t *report, const char *title, const pv_trade_words *words,
                   const pv_contest *contest);
void pv_report_roc(json_t *report, const char *title, const pv_trade_words *words,
                   const pv_contest *contest);

/* --- writing: evaluate_html.c, evaluate_svg.c, evaluate_text.c --- */

/* Writes folder/report.json and folder/report.html. */
PV_CHECKED pv_status pv_report_write(const json_t *report, const char *folder);
/* The tables for a terminal. */
void pv_report_print(const json_t *report, FILE *stream);
/* A chart as a drawing, and the whole as a page. */
void pv_report_svg(const json_t *chart, FILE *stream);
void pv_report_html(const json_t *report, FILE *stream);
/* Text with the five characters that mean something in a page replaced. */
void pv_report_escape(FILE *stream, const char *text);

#endif
