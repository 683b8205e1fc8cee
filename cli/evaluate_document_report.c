/* Documents: what the report says of all of them. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_document.h"
#include "cli/evaluate_report.h"

typedef struct documents {
    const pv_evaluation *evaluation;
    pv_document_columns columns;
    pv_document_outcome *outcomes; /* of each row */
    size_t rows;
} documents;

/* Which rows count. */
typedef bool (*choice)(const documents *all, size_t row, const void *what);

static bool is_any(const documents *all, size_t row, const void *what)
{
    (void)all;
    (void)row;
    (void)what;
    return true;
}

static pv_document_tally count(const documents *all, choice chosen, const void *what)
{
    pv_document_tally found = {0};
    for (size_t row = 0; row < all->rows; row++) {
        const pv_document_outcome *outcome = &all->outcomes[row];
        if (!outcome->measured || !chosen(all, row, what))
            continue;
        pv_document_count(outcome, &found);
    }
    return found;
}

/* --- corners --- */

/* The documents whose number lies in from..below. */
typedef struct band {
    const char *name;
    double from;
    double below;
} band;

static bool turned(const documents *all, size_t row, const void *what)
{
    const band *in = what;
    return all->outcomes[row].turn >= in->from && all->outcomes[row].turn < in->below;
}

static bool as_wide(const documents *all, size_t row, const void *what)
{
    const band *in = what;
    return all->outcomes[row].width >= in->from && all->outcomes[row].width < in->below;
}

static void report_bands(const documents *all, json_t *report, const char *title, const char *note,
                         const char *figure, choice chosen, const band *bands, size_t band_count)
{
    json_t *rows = pv_report_table(report, title, note, pv_document_corner_columns);
    json_t *figures = json_object();
    for (size_t i = 0; i < band_count; i++) {
        pv_document_tally found = count(all, chosen, &bands[i]);
        pv_document_add_corners(rows, bands[i].name, &found);
        if (found.labelled)
            json_object_set_new(figures, bands[i].name, pv_document_pack_corners(&found));
    }
    pv_report_figure(report, figure, figures);
}

static void report_corners(const documents *all, const pv_document_tally *whole, json_t *report)
{
    static const band turns[] = {{"below 10°", 0, 10}, {"10–25°", 10, 25}, {"25–45°", 25, 91}};
    static const band widths[] = {{"below 0.25", 0, 0.25},
                                  {"0.25–0.4", 0.25, 0.4},
                                  {"0.4–0.6", 0.4, 0.6},
                                  {"0.6–0.8", 0.6, 0.8},
                                  {"0.8 and more", 0.8, 1e9}};
    json_t *rows = pv_report_table(
        report, "Corners",
        "IoU: what the quadrilateral found and the true one share, over what both cover. A missed "
        "document counts as 0. Where several are in the picture, the labelled one counts.",
        pv_document_corner_columns);
    pv_document_add_corners(rows, "all", whole);
    pv_report_figure(report, "corners", pv_document_pack_corners(whole));
    report_bands(all, report, "Corners by turn",
                 "How far the document is from lying straight or upright in the picture.",
                 "corners_by_turn", turned, turns, sizeof turns / sizeof turns[0]);
    report_bands(all, report, "Corners by size", "Its longer side over the picture's.",
                 "corners_by_size", as_wide, widths, sizeof widths / sizeof widths[0]);
    pv_report_headline(report, "corners with IoU above 0.9",
                       pv_cell_rate(whole->good, whole->labelled));
    pv_report_headline(report, "corners with IoU above 0.95",
                       pv_cell_rate(whole->very_good, whole->labelled));
}

static const char *const false_columns[] = {"pictures without a document", "number",
                                            "a document was found (95 %)",
                                            "and was sure enough (95 %)", NULL};

static void add_false(json_t *rows, const char *name, const pv_document_tally *found)
{
    if (found->empty == 0)
        return;
    json_t *cells[] = {pv_cell("%s", name), pv_cell("%zu", found->empty),
                       pv_cell_rate(found->false_found, found->empty),
                       pv_cell_rate(found->false_sure, found->empty)};
    pv_report_row(rows, 4, cells);
}

static void report_false(const pv_document_tally *whole, json_t *report)
{
    json_t *rows = pv_report_table(report, "False documents",
                                   "Sure enough: its confidence is at least conf_score_thr_doc, "
                                   "so it is not refused for it.",
                                   false_columns);
    add_false(rows, "all", whole);
    pv_report_figure(report, "false_finds", pv_report_rate(whole->false_found, whole->empty));
    pv_report_figure(report, "false_documents", pv_report_rate(whole->false_sure, whole->empty));
    pv_report_headline(report, "false documents", pv_cell_rate(whole->false_sure, whole->empty));
}

/* Does the confidence tell good corners from bad ones and from no document at all? */
static pv_status report_confidence(const documents *all, json_t *report)
{
    static const pv_trade_words words = {"good corners", "others", "missed", "accepted",
                                         "confidence"};
    pv_contest contest = {0};
    pv_status status = PV_OK;
    for (size_t row = 0; row < all->rows && status == PV_OK; row++) {
        const pv_document_outcome *outcome = &all->outcomes[row];
        if (!outcome->found || isnan(outcome->confidence) || !(outcome->labelled || outcome->empty))
            continue;
        bool good = outcome->labelled && outcome->iou > PV_DOCUMENT_GOOD;
        status = pv_samples_add(good ? &contest.positives : &contest.negatives, outcome->confidence,
                                (int32_t)row, (int32_t)row);
    }
    pv_samples_sort(&contest.positives);
    pv_samples_sort(&contest.negatives);
    if (status == PV_OK && contest.positives.count && contest.negatives.count) {
        pv_report_histogram(report, "Confidence of good corners (IoU above 0.9) and of others",
                            &words, &contest);
        pv_report_errors(report, "Good corners missed and others accepted", &words, &contest);
        pv_report_figure(report, "confidence_area", json_real(pv_contest_area(&contest)));
    }
    pv_samples_release(&contest.positives);
    pv_samples_release(&contest.negatives);
    return status;
}

/* --- reading --- */

static void report_readings(const pv_document_tally *whole, json_t *report)
{
    json_t *rows = pv_report_table(
        report, "Reading",
        "MRZ whole: every character of every line. A birth date is right, wrong or not given. A "
        "document that was not found is in all of them as not read.",
        pv_document_reading_columns);
    pv_document_add_readings(rows, "all", whole);
    pv_report_figure(report, "reading", pv_document_pack_readings(whole));
    if (whole->zones)
        pv_report_headline(report, "MRZ read whole",
                           pv_cell_rate(whole->zones_right, whole->zones));
    if (whole->zones_deceiving)
        pv_report_note(report, "%zu zones have check digits that hold and are wrong all the same.",
                       whole->zones_deceiving);
}

/* --- groups --- */

typedef struct group_choice {
    const pv_groups *groups;
    int32_t group;
} group_choice;

static bool in_group(const documents *all, size_t row, const void *what)
{
    (void)all;
    const group_choice *chosen = what;
    return chosen->groups->of_row[row] == chosen->group;
}

/* One table of the groups. */
typedef void (*add_row)(json_t *rows, const char *name, const pv_document_tally *found);

static void report_group_table(const documents *all, const pv_groups *groups, const char *what,
                               const char *const *columns, add_row add, json_t *report)
{
    char title[100];
    snprintf(title, sizeof title, "%s by %.60s", what,
             pv_table_name(&all->evaluation->table, groups->column));
    json_t *rows = pv_report_table(report, title, NULL, columns);
    for (size_t i = 0; i < groups->count; i++) {
        const group_choice chosen = {groups, (int32_t)i};
        pv_document_tally found = count(all, in_group, &chosen);
        add(rows, groups->names[i], &found);
    }
}

static void report_group_figures(const documents *all, const pv_groups *groups, json_t *report)
{
    char name[100];
    json_t *figures = json_object();
    for (size_t i = 0; i < groups->count; i++) {
        const group_choice chosen = {groups, (int32_t)i};
        pv_document_tally found = count(all, in_group, &chosen);
        json_t *figure = pv_document_pack_readings(&found);
        if (found.labelled)
            json_object_set_new(figure, "corners", pv_document_pack_corners(&found));
        if (found.empty)
            json_object_set_new(figure, "false_documents",
                                pv_report_rate(found.false_sure, found.empty));
        json_object_set_new(figures, groups->names[i], figure);
    }
    snprintf(name, sizeof name, "by_%.60s", pv_table_name(&all->evaluation->table, groups->column));
    pv_report_figure(report, name, figures);
}

static pv_status report_group(const documents *all, size_t column, json_t *report)
{
    pv_groups groups;
    pv_document_tally whole = count(all, is_any, NULL);
    pv_status status = pv_groups_make(&all->evaluation->table, column, &groups);
    if (status != PV_OK)
        return status;
    if (whole.labelled)
        report_group_table(all, &groups, "Corners", pv_document_corner_columns,
                           pv_document_add_corners, report);
    if (whole.empty)
        report_group_table(all, &groups, "False documents", false_columns, add_false, report);
    if (whole.zones + whole.dates + whole.barcodes)
        report_group_table(all, &groups, "Reading", pv_document_reading_columns,
                           pv_document_add_readings, report);
    report_group_figures(all, &groups, report);
    pv_groups_release(&groups);
    return PV_OK;
}

static pv_status report_groups(const documents *all, json_t *report)
{
    static const char *const usual[] = {"difficulty", "kind", "design", "condition"};
    const pv_table *table = &all->evaluation->table;
    size_t columns[PV_EVALUATE_GROUPS_MAX];
    size_t found;
    pv_status status = pv_evaluation_groups(all->evaluation, columns, &found);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        size_t column = pv_table_column(table, usual[i]);
        if (all->evaluation->options.group_count == 0 && column != PV_TABLE_NO_COLUMN &&
            found < PV_EVALUATE_GROUPS_MAX)
            columns[found++] = column;
    }
    for (size_t i = 0; i < found && status == PV_OK; i++)
        status = report_group(all, columns[i], report);
    return status;
}

/* --- time --- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static pv_status report_time(const documents *all, json_t *report, const char *name,
                             const char *figure, size_t offset, json_t *rows)
{
    double *sorted = malloc((all->rows + 1) * sizeof *sorted);
    size_t known = 0;
    if (!sorted)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the times");
    for (size_t row = 0; row < all->rows; row++) {
        double seconds;
        memcpy(&seconds, (const char *)&all->outcomes[row] + offset, sizeof seconds);
        if (all->outcomes[row].measured && !isnan(seconds))
            sorted[known++] = seconds;
    }
    qsort(sorted, known, sizeof *sorted, by_size);
    if (known) {
        double median = pv_stats_quantile(sorted, known, 0.5);
        double late = pv_stats_quantile(sorted, known, 0.95);
        json_t *cells[] = {pv_cell("%s", name), pv_cell("%zu", known),
                           pv_cell("%.0f ms", 1e3 * median), pv_cell("%.0f ms", 1e3 * late)};
        pv_report_row(rows, 4, cells);
        pv_report_figure(report, figure,
                         json_pack("{s:I, s:f, s:f}", "count", (json_int_t)known, "median", median,
                                   "p95", late));
    }
    free(sorted);
    return PV_OK;
}

static pv_status report_times(const documents *all, json_t *report)
{
    static const char *const columns[] = {"call", "pictures", "median", "95th percentile", NULL};
    json_t *rows = pv_report_table(
        report, "Time", "With --jobs 1, for else the pictures at work wait for one another.",
        columns);
    pv_status status =
        report_time(all, report, "document", "time", offsetof(pv_document_outcome, seconds), rows);
    if (status == PV_OK)
        status = report_time(all, report, "barcode alone", "barcode_time",
                             offsetof(pv_document_outcome, barcode_seconds), rows);
    return status;
}

static pv_status make_report(const documents *all, json_t *report)
{
    pv_document_tally whole = count(all, is_any, NULL);
    if (whole.labelled)
        report_corners(all, &whole, report);
    if (whole.empty)
        report_false(&whole, report);
    if (whole.zones + whole.dates + whole.barcodes)
        report_readings(&whole, report);
    pv_status status = report_groups(all, report);
    if (status == PV_OK)
        status = report_confidence(all, report);
    if (status == PV_OK)
        status = report_times(all, report);
    return status;
}

pv_status pv_document_report(const pv_evaluation *evaluation, json_t *report)
{
    documents all = {.evaluation = evaluation, .rows = evaluation->table.rows};
    pv_document_columns_find(&evaluation->table, &all.columns);
    all.outcomes = calloc(all.rows, sizeof *all.outcomes);
    pv_status status =
        all.outcomes ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for the outcomes");
    for (size_t row = 0; row < all.rows && status == PV_OK; row++)
        status = pv_document_judge(evaluation, row, &all.columns, &all.outcomes[row]);
    if (status == PV_OK)
        status = make_report(&all, report);
    free(all.outcomes);
    return status;
}
