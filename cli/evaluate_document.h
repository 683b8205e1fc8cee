/* What the files of the evaluation of documents share. */
#ifndef PV_CLI_EVALUATE_DOCUMENT_H
#define PV_CLI_EVALUATE_DOCUMENT_H

#include "cli/evaluate_internal.h"

#define PV_DOCUMENT_LINES_MAX 3
#define PV_DOCUMENT_GOOD 0.9 /* IoU above which corners are good */

/* The columns of the table; PV_TABLE_NO_COLUMN for those that it lacks. */
typedef struct pv_document_columns {
    size_t corners[8]; /* x and y of top left, top right, bottom right, bottom left */
    size_t mrz;
    size_t birth_date;
    size_t barcode_text;
} pv_document_columns;

void pv_document_columns_find(const pv_table *table, pv_document_columns *out);

/* Whether the row says where a document is; its corners come back. */
PV_CHECKED pv_status pv_document_corners_read(const pv_table *table, size_t row,
                                              const pv_document_columns *columns, double corners[8],
                                              bool *labelled);

typedef enum pv_reading {
    PV_READING_NOT_LABELLED,
    PV_READING_NONE, /* nothing was read */
    PV_READING_WRONG,
    PV_READING_RIGHT
} pv_reading;

/* How one picture was answered. */
typedef struct pv_document_outcome {
    bool measured; /* false: the picture could not be read */
    bool labelled; /* the table says where its document is */
    bool empty;    /* the table says that there is none */
    bool found;
    bool sure;         /* at or above conf_score_thr_doc: not refused for it */
    double iou;        /* 0 where it was missed */
    double confidence; /* NaN where nothing was found */
    double turn;       /* degrees from lying straight, 0 to 45 */
    double width;      /* longer side over the picture's */
    pv_reading zone;   /* right: every line */
    size_t lines;      /* labelled */
    size_t lines_right;
    bool zone_valid; /* every check digit holds */
    pv_reading birth_date;
    pv_reading barcode;
    double seconds; /* NaN where it is not known */
    double barcode_seconds;
} pv_document_outcome;

PV_CHECKED pv_status pv_document_judge(const pv_evaluation *evaluation, size_t row,
                                       const pv_document_columns *columns,
                                       pv_document_outcome *out);

/* Some of the rows, counted. */
typedef struct pv_document_tally {
    size_t labelled, found, good, very_good;
    double iou_sum;
    size_t empty, false_found, false_sure;
    size_t lines, lines_right;
    size_t zones, zones_read, zones_right;
    size_t zones_valid;     /* every check digit holds */
    size_t zones_deceiving; /* so, and wrong all the same */
    size_t dates, dates_right, dates_wrong;
    size_t barcodes, barcodes_read, barcodes_right;
} pv_document_tally;

void pv_document_count(const pv_document_outcome *outcome, pv_document_tally *out);

/* A row for the tally, where it has anything of the kind, below these columns; and its figures. */
extern const char *const pv_document_corner_columns[];
extern const char *const pv_document_reading_columns[];
void pv_document_add_corners(json_t *rows, const char *name, const pv_document_tally *found);
void pv_document_add_readings(json_t *rows, const char *name, const pv_document_tally *found);
json_t *pv_document_pack_corners(const pv_document_tally *found);
json_t *pv_document_pack_readings(const pv_document_tally *found);

/* Intersection over union of two convex quadrilaterals, of any direction. */
double pv_quadrilateral_iou(const double a[8], const double b[8]);
bool pv_quadrilateral_is_convex(const double corners[8]);

#endif
