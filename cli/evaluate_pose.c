/* Head pose: yaw, pitch and roll against labelled angles, and whether the side is right. */
#include <math.h>

#include "cli/evaluate_errors.h"

#define ANGLE_MAX 180.0
/* Below this an angle has no side that matters. */
#define SIDE_LEAST 10.0

static const char *const angles[] = {"yaw", "pitch", "roll"};

#define ANGLES (sizeof angles / sizeof angles[0])

/* Bands of the absolute angle. */
typedef struct band {
    double from;
    double to;
} band;

static const band bands[] = {{0, 10}, {10, 20}, {20, 30}, {30, 45}, {45, 60}, {60, 180.1}};

#define BANDS (sizeof bands / sizeof bands[0])

static bool is_labelled(const pv_table *table, size_t row, size_t column)
{
    return *pv_table_cell(table, row, column) != '\0';
}

static pv_status check_column(const pv_table *table, size_t column)
{
    pv_status status = PV_OK;
    double angle;
    for (size_t row = 0; row < table->rows && status == PV_OK; row++)
        if (is_labelled(table, row, column))
            status = pv_table_number(table, row, column, -ANGLE_MAX, ANGLE_MAX, &angle);
    return status;
}

pv_status pv_pose_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    size_t found = 0;
    pv_status status = pv_evaluation_check_image(evaluation);
    for (size_t i = 0; i < ANGLES && status == PV_OK; i++) {
        size_t column = pv_table_column(table, angles[i]);
        if (column == PV_TABLE_NO_COLUMN)
            continue;
        found++;
        status = check_column(table, column);
    }
    if (status == PV_OK && found == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: there is none of the columns yaw, pitch and roll",
                       table->path);
    return status;
}

static pv_status gather(pv_estimates *all, const char *angle, size_t column)
{
    const pv_evaluation *evaluation = all->evaluation;
    const pv_table *table = &evaluation->table;
    pv_status status = PV_OK;
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
        if (!is_labelled(table, row, column) ||
            !pv_record_score(evaluation->records[picture], angle, &all->estimate[all->count]))
            continue;
        status =
            pv_table_number(table, row, column, -ANGLE_MAX, ANGLE_MAX, &all->truth[all->count]);
        /* The shorter way round. */
        all->estimate[all->count] =
            all->truth[all->count] +
            remainder(all->estimate[all->count] - all->truth[all->count], 2.0 * ANGLE_MAX);
        all->row[all->count++] = row;
    }
    return status;
}

static bool in_band(const pv_estimates *all, size_t index, const void *what)
{
    const band *wanted = what;
    double size = fabs(all->truth[index]);
    return size >= wanted->from && size < wanted->to;
}

static pv_status report_bands(const pv_estimates *all, const char *angle, json_t *report,
                              json_t *figure)
{
    char title[60];
    char name[32];
    snprintf(title, sizeof title, "Error of %s by the size of the angle", angle);
    json_t *rows = pv_errors_table(all, report, title,
                                   "Bias: estimate minus truth. Angles in degrees.", "degrees");
    json_t *by_band = json_object();
    pv_errors found;
    for (size_t i = 0; i < BANDS; i++) {
        pv_status status = pv_errors_measure(all, in_band, &bands[i], &found);
        if (status != PV_OK)
            return status;
        if (found.count == 0)
            continue;
        if (i + 1 < BANDS)
            snprintf(name, sizeof name, "%g–%g", bands[i].from, bands[i].to);
        else
            snprintf(name, sizeof name, "%g+", bands[i].from);
        pv_errors_row(rows, name, &found);
        json_object_set_new(by_band, name, pv_errors_pack(&found));
    }
    pv_status status = pv_errors_measure(all, NULL, NULL, &found);
    if (status != PV_OK)
        return status;
    pv_errors_row(rows, "all", &found);
    json_object_set_new(figure, "by_size", by_band);
    json_object_set_new(figure, "all", pv_errors_pack(&found));
    char caption[48];
    snprintf(caption, sizeof caption, "mean absolute error of %s", angle);
    pv_report_headline(report, caption, pv_cell("%.2f°", found.absolute));
    return PV_OK;
}

/* Pearson's coefficient; NaN where one side does not vary. */
static double correlation(const pv_estimates *all)
{
    double mean_truth = 0.0;
    double mean_estimate = 0.0;
    double truth_square = 0.0;
    double estimate_square = 0.0;
    double product = 0.0;
    for (size_t i = 0; i < all->count; i++) {
        mean_truth += all->truth[i] / (double)all->count;
        mean_estimate += all->estimate[i] / (double)all->count;
    }
    for (size_t i = 0; i < all->count; i++) {
        double x = all->truth[i] - mean_truth;
        double y = all->estimate[i] - mean_estimate;
        truth_square += x * x;
        estimate_square += y * y;
        product += x * y;
    }
    double scale = sqrt(truth_square * estimate_square);
    return scale > 0.0 ? product / scale : NAN;
}

static void add_side(const pv_estimates *all, const char *angle, json_t *rows, json_t *figure)
{
    size_t turned = 0;
    size_t right = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (fabs(all->truth[i]) < SIDE_LEAST)
            continue;
        turned++;
        right += (all->truth[i] > 0.0) == (all->estimate[i] > 0.0);
    }
    double related = correlation(all);
    json_t *cells[] = {pv_cell("%s", angle), pv_cell("%zu", turned), pv_cell_rate(right, turned),
                       isnan(related) ? NULL : pv_cell("%.3f", related)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    json_object_set_new(figure, "side", pv_report_rate(right, turned));
    json_object_set_new(figure, "correlation", pv_report_number(related));
}

static pv_status report_angle(const pv_evaluation *evaluation, const char *angle, size_t column,
                              json_t *report, json_t *sides, size_t *answered)
{
    pv_estimates all;
    pv_status status = pv_estimates_begin(evaluation, "degrees", &all);
    if (status == PV_OK)
        status = gather(&all, angle, column);
    *answered += all.count;
    if (status == PV_OK && all.count > 0) {
        char title[48];
        json_t *figure = json_object();
        snprintf(title, sizeof title, "%s: estimate against truth", angle);
        status = report_bands(&all, angle, report, figure);
        add_side(&all, angle, sides, figure);
        pv_errors_scatter(&all, report, title, -90.0, 90.0);
        pv_report_figure(report, angle, figure);
    }
    pv_estimates_release(&all);
    return status;
}

pv_status pv_pose_report(const pv_evaluation *evaluation, json_t *report)
{
    static const char *const columns[] = {"angle", "turned by 10° or more", "side right (95 %)",
                                          "correlation", NULL};
    json_t *sides = pv_report_table(report, "Side",
                                    "Whether a head that is turned is taken to be turned the way "
                                    "it is: a sign that is the wrong way round shows here.",
                                    columns);
    size_t answered = 0;
    pv_status status = PV_OK;
    for (size_t i = 0; i < ANGLES && status == PV_OK; i++) {
        size_t column = pv_table_column(&evaluation->table, angles[i]);
        if (column != PV_TABLE_NO_COLUMN)
            status = report_angle(evaluation, angles[i], column, report, sides, &answered);
    }
    if (status == PV_OK && answered == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "no answer holds an angle");
    pv_report_note(report,
                   "Signs are those of the scores yaw, pitch and roll, as the documentation "
                   "of the face traits draws them.");
    return status;
}
