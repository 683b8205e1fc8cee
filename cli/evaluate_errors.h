/* How far estimates are from the truth: what the evaluations of ages and angles share. */
#ifndef PV_CLI_EVALUATE_ERRORS_H
#define PV_CLI_EVALUATE_ERRORS_H

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"

/* Estimates beside what they should be; each belongs to a row of the table. */
typedef struct pv_estimates {
    const pv_evaluation *evaluation;
    const char *unit; /* "years" */
    pv_groups subjects;
    bool subjects_known;
    size_t count;
    double *truth;
    double *estimate;
    double *confidence; /* NaN: none */
    size_t *row;
} pv_estimates;

/* Whether an estimate belongs to the part that is looked at. */
typedef bool (*pv_chooser)(const pv_estimates *all, size_t index, const void *what);

typedef struct pv_errors {
    size_t count;
    double absolute;    /* mean of the absolute errors */
    double signed_mean; /* estimate minus truth */
    double root_square;
    size_t within;        /* as near as --within says */
    pv_interval interval; /* of the mean absolute error */
} pv_errors;

/* Room for an estimate a row; pv_estimates_release() follows in any case. */
PV_CHECKED pv_status pv_estimates_begin(const pv_evaluation *evaluation, const char *unit,
                                        pv_estimates *out);
void pv_estimates_release(pv_estimates *all);

/* chosen NULL: all of them. */
PV_CHECKED pv_status pv_errors_measure(const pv_estimates *all, pv_chooser chosen, const void *what,
                                       pv_errors *out);

/* The errors for programs, as a table that rows are added to, and by the values of a column. */
json_t *pv_errors_pack(const pv_errors *found);
json_t *pv_errors_table(const pv_estimates *all, json_t *report, const char *title,
                        const char *note, const char *first);
void pv_errors_row(json_t *rows, const char *name, const pv_errors *found);
/* `figure` is the name of the figures that come of it. */
PV_CHECKED pv_status pv_errors_by_group(const pv_estimates *all, size_t column, const char *title,
                                        const char *figure, json_t *report);

/* A chart of estimate against truth between least and most. */
void pv_errors_scatter(const pv_estimates *all, json_t *report, const char *title, double least,
                       double most);

#endif
