/* What the files of `privid evaluate` share. */
#ifndef PV_CLI_EVALUATE_INTERNAL_H
#define PV_CLI_EVALUATE_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/matching.h"
#include "cli/evaluate_stats.h"
#include "cli/evaluate_table.h"
#include "cli/options.h"
#include "cli/picture.h"

#define PV_EVALUATE_COLUMNS_MAX 4
#define PV_EVALUATE_THRESHOLDS_MAX 32
#define PV_EVALUATE_GROUPS_MAX 8

/* Options of this command alone; the others are those of every command. */
typedef struct pv_evaluate_options {
    pv_cli_options common;
    const char *out; /* folder; NULL: privid-evaluation-KIND */
    int jobs;        /* 0: as many as processors */
    bool resume;
    bool overwrite;
    bool all_pairs;
    double pad;    /* share of width and height added on each side */
    double within; /* years */
    double thresholds[PV_EVALUATE_THRESHOLDS_MAX];
    size_t threshold_count;
    const char *groups[PV_EVALUATE_GROUPS_MAX];
    size_t group_count;
} pv_evaluate_options;

typedef struct pv_evaluation pv_evaluation;

/* A kind of evaluation: adding one is adding a row to the table in evaluate.c. */
typedef struct pv_evaluation_kind {
    const char *name;
    const char *summary;   /* one line */
    const char *operation; /* what is done with a picture; kinds of one operation share results */
    const char *text;      /* of the help: the columns and what is reported */
    /* Checks every label before any picture is looked at, names the picture columns, and sets the
     * keys that the labels need. */
    pv_status (*check)(pv_evaluation *evaluation);
    /* Puts what is known of one picture into the record. Called by many threads at once. */
    pv_status (*measure)(const pv_evaluation *evaluation, const pv_picture *picture,
                         json_t *record);
    /* Fills the report from the table and the records. */
    pv_status (*report)(const pv_evaluation *evaluation, json_t *report);
} pv_evaluation_kind;

struct pv_evaluation {
    const pv_evaluation_kind *kind;
    pv_evaluate_options options;
    pv_table table;
    size_t picture_columns[PV_EVALUATE_COLUMNS_MAX];
    size_t picture_column_count;
    /* Each picture once, in the order of the table. */
    size_t picture_count;
    const char **pictures; /* as the table names them; in its storage */
    char **files;          /* where they are */
    json_t *picture_index; /* name → number */
    json_t **records;      /* NULL: not measured yet */
    const pv_embedding_model *model;
    void *session;
    char *configuration; /* JSON text of --set */
    json_t *settings;    /* all that an answer depends on beside the picture */
    char settings_digest[PV_SHA256_HEX_SIZE];
};

/* --- kinds: evaluate.c --- */

/* NULL: there is no such kind. */
const pv_evaluation_kind *pv_evaluation_kind_find(const char *name);

/* --- options: evaluate_options.c --- */

extern const char pv_evaluate_options_help[];

/* argv[0] is "evaluate". PV_ERROR_ARGUMENT names the option. */
PV_CHECKED pv_status pv_evaluate_options_read(int argc, char **argv, pv_evaluate_options *out);

/* --- pictures: evaluate_pictures.c --- */

/* Lists the pictures of the picture columns; PV_ERROR_ARGUMENT, naming line and column, for a file
 * that is not there. */
PV_CHECKED pv_status pv_evaluation_list(pv_evaluation *evaluation);

/* The number of the picture that a cell names. */
size_t pv_evaluation_picture(const pv_evaluation *evaluation, size_t row, size_t column);

/* Names the only picture column, "image". */
PV_CHECKED pv_status pv_evaluation_check_image(pv_evaluation *evaluation);

/* Adds a margin of `share` of its width and height on each side, repeating the edge. */
PV_CHECKED pv_status pv_evaluation_pad(pv_picture *picture, double share);

void pv_evaluation_release(pv_evaluation *evaluation);

/* --- results: evaluate_results.c --- */

typedef struct pv_results {
    FILE *file;
    size_t kept;     /* records taken over */
    size_t foreign;  /* made with other settings */
    size_t changed;  /* of pictures that have changed since */
    size_t unlisted; /* of pictures that the table does not name */
} pv_results;

/* Opens results.jsonl in the folder, which is made, and takes over what it holds where that is
 * wanted. PV_ERROR_ARGUMENT where it holds results and neither was asked for, or another process
 * writes it. */
PV_CHECKED pv_status pv_results_open(pv_evaluation *evaluation, const char *folder,
                                     pv_results *out);

/* Appends a line; on disk, as far as a crash of the program goes, when it returns. */
PV_CHECKED pv_status pv_results_add(pv_results *results, const json_t *record);

/* The time of a file's last change as a record holds it. */
json_int_t pv_results_time(const struct stat *state);

PV_CHECKED pv_status pv_results_close(pv_results *results);

/* --- measuring: evaluate_measure.c, evaluate_embed.c, evaluate_run.c --- */

PV_CHECKED pv_status pv_measure_validate(const pv_evaluation *evaluation, const pv_picture *picture,
                                         json_t *record);
PV_CHECKED pv_status pv_measure_liveness(const pv_evaluation *evaluation, const pv_picture *picture,
                                         json_t *record);
PV_CHECKED pv_status pv_measure_age(const pv_evaluation *evaluation, const pv_picture *picture,
                                    json_t *record);
PV_CHECKED pv_status pv_measure_document(const pv_evaluation *evaluation, const pv_picture *picture,
                                         json_t *record);
PV_CHECKED pv_status pv_measure_template(const pv_evaluation *evaluation, const pv_picture *picture,
                                         json_t *record);

/* The profile of the models in use, to be freed. */
PV_CHECKED pv_status pv_evaluation_profile(char **out);

/* The template of a record, `model->dimension` floats to be freed; NULL where it has none. */
PV_CHECKED pv_status pv_record_template(const pv_evaluation *evaluation, const json_t *record,
                                        float **out);

/* Whether the record holds a face. */
bool pv_record_has_face(const json_t *record);
/* A score of the face by its name, or a number of the record itself; false where there is none. */
bool pv_record_score(const json_t *record, const char *name, double *out);

/* Measures what is not measured yet, on all cores. *stopped: the signal that ended it early, or 0;
 * results are kept. */
PV_CHECKED pv_status pv_evaluation_run(pv_evaluation *evaluation, pv_results *results,
                                       int *stopped);

/* Progress on standard error: one updating line on a terminal, else a plain line now and then. */
typedef struct pv_progress {
    const char *name;
    size_t total;
    size_t begun_with; /* done before this run */
    bool terminal;
    double started;
    double shown;
    int tenth; /* of the whole, last told by a plain line */
} pv_progress;

void pv_progress_begin(pv_progress *progress, const char *name, size_t done, size_t total);
void pv_progress_show(pv_progress *progress, size_t done);
void pv_progress_end(pv_progress *progress, size_t done);

/* --- labels: evaluate_labels.c --- */

/* A column as numbers of its distinct values. */
typedef struct pv_groups {
    size_t column;
    int32_t *of_row;    /* the group of each row */
    const char **names; /* of the groups, sorted */
    size_t count;
} pv_groups;

PV_CHECKED pv_status pv_groups_make(const pv_table *table, size_t column, pv_groups *out);
void pv_groups_release(pv_groups *groups);

/* Whose pictures are whose, for resampling: the column "subject" or "person", else each row is a
 * subject of its own and *known is false. */
PV_CHECKED pv_status pv_subjects_make(const pv_table *table, pv_groups *out, bool *known);

/* The columns to report by: those of --group, else those of the usual names that are there. */
PV_CHECKED pv_status pv_evaluation_groups(const pv_evaluation *evaluation, size_t *columns,
                                          size_t *count);

/* A person's number for each picture: from the column `person` where the table has one, else from
 * names like ANN_0001.jpg and the rows of `same` pairs. To be freed. */
PV_CHECKED pv_status pv_persons_make(const pv_evaluation *evaluation, int32_t **of_picture,
                                     size_t *count);

/* --- checks and reports of the kinds: a file each --- */

PV_CHECKED pv_status pv_verification_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_verification_report(const pv_evaluation *evaluation, json_t *report);
PV_CHECKED pv_status pv_identification_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_identification_report(const pv_evaluation *evaluation, json_t *report);
PV_CHECKED pv_status pv_liveness_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_liveness_report(const pv_evaluation *evaluation, json_t *report);
PV_CHECKED pv_status pv_age_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_age_report(const pv_evaluation *evaluation, json_t *report);
PV_CHECKED pv_status pv_attributes_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_attributes_report(const pv_evaluation *evaluation, json_t *report);
PV_CHECKED pv_status pv_pose_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_pose_report(const pv_evaluation *evaluation, json_t *report);
PV_CHECKED pv_status pv_document_check(pv_evaluation *evaluation);
PV_CHECKED pv_status pv_document_report(const pv_evaluation *evaluation, json_t *report);

#endif
