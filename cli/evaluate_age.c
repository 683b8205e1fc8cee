/* Age: how far the estimate is from the truth, by band, and whether its confidence means
 * something. */
#include <math.h>

#include "cli/evaluate_errors.h"

#define AGE_MAX 120.0
#define RELIABILITY_BINS 10

typedef struct band {
    double from; /* below the next band's */
    const char *name;
} band;

static const band bands[] = {{0, "0–2"},    {3, "3–7"},    {8, "8–12"},   {13, "13–17"},
                             {18, "18–20"}, {21, "21–24"}, {25, "25–34"}, {35, "35–49"},
                             {50, "50–64"}, {65, "65+"}};

#define BANDS (sizeof bands / sizeof bands[0])

pv_status pv_age_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    size_t column;
    pv_status status = pv_evaluation_check_image(evaluation);
    if (status == PV_OK)
        status = pv_table_require(table, "age", &column);
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        double age;
        status = pv_table_number(table, row, column, 0.0, AGE_MAX, &age);
    }
    return status;
}

static pv_status gather(pv_estimates *all)
{
    const pv_evaluation *evaluation = all->evaluation;
    const pv_table *table = &evaluation->table;
    size_t column;
    pv_status status = pv_table_require(table, "age", &column);
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
        const json_t *record = evaluation->records[picture];
        size_t i = all->count;
        if (!pv_record_score(record, "age", &all->estimate[i]))
            continue;
        if (!pv_record_score(record, "age_confidence", &all->confidence[i]))
            all->confidence[i] = NAN;
        all->row[i] = row;
        all->count++;
        status = pv_table_number(table, row, column, 0.0, AGE_MAX, &all->truth[i]);
    }
    return status;
}

static size_t band_of(double age)
{
    size_t i = BANDS - 1;
    while (i > 0 && age < bands[i].from)
        i--;
    return i;
}

static bool in_band(const pv_estimates *all, size_t index, const void *what)
{
    return band_of(all->truth[index]) == *(const size_t *)what;
}

static pv_status report_bands(const pv_estimates *all, json_t *report)
{
    json_t *rows = pv_errors_table(all, report, "Error by age",
                                   "MAE: mean absolute error in years. Bias: estimate minus truth; "
                                   "above 0 means that people are taken for older.",
                                   "age");
    json_t *bars = pv_report_bars(report, "Mean absolute error by age", "With its 95 % interval.",
                                  "true age", "years");
    json_t *figures = json_object();
    pv_errors found;
    for (size_t i = 0; i < BANDS; i++) {
        pv_status status = pv_errors_measure(all, in_band, &i, &found);
        if (status != PV_OK)
            return status;
        if (found.count == 0)
            continue;
        pv_errors_row(rows, bands[i].name, &found);
        pv_report_bar(bars, bands[i].name, found.absolute, found.interval);
        json_object_set_new(figures, bands[i].name, pv_errors_pack(&found));
    }
    pv_status status = pv_errors_measure(all, NULL, NULL, &found);
    if (status != PV_OK)
        return status;
    pv_errors_row(rows, "all", &found);
    pv_report_figure(report, "by_band", figures);
    pv_report_figure(report, "all", pv_errors_pack(&found));
    pv_report_headline(report, "mean absolute error", pv_cell("%.2f years", found.absolute));
    pv_report_headline(report, "its 95 % interval", pv_cell_interval(found.interval));
    pv_report_headline(report, "bias (estimate minus truth)",
                       pv_cell("%+.2f years", found.signed_mean));
    return PV_OK;
}

static pv_status report_groups(const pv_estimates *all, json_t *report)
{
    size_t columns[PV_EVALUATE_GROUPS_MAX];
    size_t count;
    pv_status status = pv_evaluation_groups(all->evaluation, columns, &count);
    for (size_t i = 0; i < count && status == PV_OK; i++) {
        const char *name = pv_table_name(&all->evaluation->table, columns[i]);
        char title[100];
        char figure[100];
        snprintf(title, sizeof title, "Error by %.60s", name);
        snprintf(figure, sizeof figure, "by_%.60s", name);
        status = pv_errors_by_group(all, columns[i], title, figure, report);
    }
    return status;
}

/* Faces of about the same confidence: how many of them are as near as it claims. */
typedef struct reliability {
    size_t count[RELIABILITY_BINS];
    size_t within[RELIABILITY_BINS];
    double claimed[RELIABILITY_BINS]; /* sums */
    size_t total;
} reliability;

static reliability count_reliability(const pv_estimates *all)
{
    reliability found = {0};
    for (size_t i = 0; i < all->count; i++) {
        double confidence = all->confidence[i];
        if (!(confidence >= 0.0 && confidence <= 1.0))
            continue;
        size_t bin = (size_t)(confidence * RELIABILITY_BINS);
        bin = bin < RELIABILITY_BINS ? bin : RELIABILITY_BINS - 1;
        found.count[bin]++;
        found.total++;
        found.claimed[bin] += confidence;
        found.within[bin] +=
            fabs(all->estimate[i] - all->truth[i]) <= all->evaluation->options.within;
    }
    return found;
}

static void report_reliability(const pv_estimates *all, json_t *report)
{
    reliability found = count_reliability(all);
    char label[80];
    double gap = 0.0;
    if (found.total == 0)
        return;
    snprintf(label, sizeof label, "share within %g years", all->evaluation->options.within);
    pv_axis x = {"age_confidence_score", PV_SCALE_LINEAR, 0.0, 1.0};
    pv_axis y = {label, PV_SCALE_LINEAR, 0.0, 1.0};
    json_t *series = pv_report_chart(
        report, "What the confidence is worth",
        "Faces by confidence. On the dashed line the confidence is what it says: of the faces "
        "given 0.8, eight in ten are as near as that.",
        x, y);
    json_t *measured = pv_report_series(series, "measured, with 95 % interval", PV_SERIES_DOTS);
    json_t *ideal = pv_report_series(series, "ideal", PV_SERIES_DASHED);
    json_t *figures = json_array();
    pv_report_point(ideal, 0.0, 0.0);
    pv_report_point(ideal, 1.0, 1.0);
    for (size_t i = 0; i < RELIABILITY_BINS; i++) {
        if (found.count[i] == 0)
            continue;
        double claimed = found.claimed[i] / (double)found.count[i];
        double share = (double)found.within[i] / (double)found.count[i];
        gap += fabs(claimed - share) * (double)found.count[i] / (double)found.total;
        pv_report_point_interval(measured, claimed, share,
                                 pv_stats_wilson(found.within[i], found.count[i]));
        json_array_append_new(figures, json_pack("{s:f, s:o}", "confidence", claimed, "within",
                                                 pv_report_rate(found.within[i], found.count[i])));
    }
    pv_report_figure(report, "reliability", figures);
    pv_report_figure(report, "calibration_error", json_real(gap));
    pv_report_headline(report, "calibration error of the confidence", pv_cell("%.3f", gap));
}

/* Who passes as old enough, and who is turned away though he is. */
static void report_gates(const pv_estimates *all, json_t *report)
{
    static const char *const columns[] = {"estimated age at least", "younger who pass (95 %)",
                                          "old enough, refused (95 %)", NULL};
    static const double usual[] = {18, 21, 25};
    const pv_evaluate_options *options = &all->evaluation->options;
    const double *list = options->threshold_count ? options->thresholds : usual;
    size_t count = options->threshold_count ? options->threshold_count : 3;
    json_t *rows = pv_report_table(report, "As an age limit",
                                   "The estimate alone, compared with the limit.", columns);
    json_t *figures = json_array();
    for (size_t k = 0; k < count; k++) {
        size_t younger = 0, passed = 0, older = 0, refused = 0;
        for (size_t i = 0; i < all->count; i++) {
            bool old = all->truth[i] >= list[k];
            bool taken = all->estimate[i] >= list[k];
            older += old;
            younger += !old;
            passed += !old && taken;
            refused += old && !taken;
        }
        json_t *cells[] = {pv_cell("%g", list[k]), pv_cell_rate(passed, younger),
                           pv_cell_rate(refused, older)};
        pv_report_row(rows, 3, cells);
        json_array_append_new(figures, json_pack("{s:f, s:o, s:o}", "limit", list[k], "passed",
                                                 pv_report_rate(passed, younger), "refused",
                                                 pv_report_rate(refused, older)));
    }
    pv_report_figure(report, "limits", figures);
}

/* The share of faces whose error is at most so many years. */
static void report_cumulative(const pv_estimates *all, json_t *report)
{
    pv_axis x = {"absolute error in years", PV_SCALE_LINEAR, 0.0, 20.0};
    pv_axis y = {"share of faces", PV_SCALE_LINEAR, 0.0, 1.0};
    json_t *series = pv_report_chart(report, "Cumulative score",
                                     "How many faces are estimated at least so closely.", x, y);
    json_t *points = pv_report_series(series, "measured", PV_SERIES_LINE);
    for (double years = 0.0; years <= 20.0; years += 0.5) {
        size_t within = 0;
        for (size_t i = 0; i < all->count; i++)
            within += fabs(all->estimate[i] - all->truth[i]) <= years;
        pv_report_point(points, years, (double)within / (double)all->count);
    }
}

static void report_confusion(const pv_estimates *all, json_t *report)
{
    const char *columns[BANDS + 2] = {"true age"};
    size_t counts[BANDS][BANDS] = {{0}};
    for (size_t i = 0; i < all->count; i++)
        counts[band_of(all->truth[i])][band_of(floor(all->estimate[i] + 0.5))]++;
    for (size_t i = 0; i < BANDS; i++)
        columns[i + 1] = bands[i].name;
    json_t *rows = pv_report_table(report, "True age (rows) and estimated age (columns)",
                                   "Numbers of faces; the estimate is rounded.", columns);
    for (size_t i = 0; i < BANDS; i++) {
        json_t *cells[BANDS + 1] = {pv_cell("%s", bands[i].name)};
        for (size_t j = 0; j < BANDS; j++)
            cells[j + 1] = counts[i][j] ? pv_cell("%zu", counts[i][j]) : pv_cell("·");
        pv_report_row(rows, BANDS + 1, cells);
    }
}

static pv_status make_report(const pv_estimates *all, json_t *report)
{
    size_t rows = all->evaluation->table.rows;
    if (all->count == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "no answer holds an estimated age");
    pv_status status = report_bands(all, report);
    if (status == PV_OK)
        status = report_groups(all, report);
    if (status != PV_OK)
        return status;
    report_gates(all, report);
    report_confusion(all, report);
    pv_errors_scatter(all, report, "Estimate against truth", 0.0, 100.0);
    report_reliability(all, report);
    report_cumulative(all, report);
    pv_report_figure(report, "without_estimate", pv_report_rate(rows - all->count, rows));
    pv_report_note(report,
                   "%zu of %zu pictures gave no estimate, mostly because no face was "
                   "found; they are in none of the figures.",
                   rows - all->count, rows);
    pv_report_note(report, "Intervals of MAE come from drawing %s anew.",
                   all->subjects_known ? "subjects" : "pictures");
    return PV_OK;
}

pv_status pv_age_report(const pv_evaluation *evaluation, json_t *report)
{
    pv_estimates all;
    pv_status status = pv_estimates_begin(evaluation, "years", &all);
    if (status == PV_OK)
        status = gather(&all);
    if (status == PV_OK)
        status = make_report(&all, report);
    pv_estimates_release(&all);
    return status;
}
