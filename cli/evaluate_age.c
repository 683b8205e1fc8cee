/* Age: how far the estimate is from the truth, by band, and whether its confidence means
 * something. */
#include <math.h>
#include <stdlib.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"

#define AGE_MAX 120.0
#define RELIABILITY_BINS 10
#define DOTS_MAX 1500

typedef struct band {
    double from; /* below the next band's */
    const char *name;
} band;

static const band bands[] = {{0, "0–2"},    {3, "3–7"},    {8, "8–12"},   {13, "13–17"},
                             {18, "18–20"}, {21, "21–24"}, {25, "25–34"}, {35, "35–49"},
                             {50, "50–64"}, {65, "65+"}};

#define BANDS (sizeof bands / sizeof bands[0])

typedef struct ages {
    const pv_evaluation *evaluation;
    pv_groups subjects;
    bool subjects_known;
    size_t count; /* faces with an estimate */
    double *truth;
    double *estimate;
    double *confidence; /* NaN: none */
    size_t *row;
} ages;

/* What is said of a part of the faces. */
typedef struct errors {
    size_t count;
    double absolute; /* means */
    double signed_mean;
    double root_square;
    size_t within;
    pv_interval interval; /* of the mean absolute error */
} errors;

typedef bool (*chooser)(const ages *all, size_t index, const void *what);

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

static pv_status allocate(ages *all, size_t rows)
{
    all->truth = malloc(rows * sizeof *all->truth);
    all->estimate = malloc(rows * sizeof *all->estimate);
    all->confidence = malloc(rows * sizeof *all->confidence);
    all->row = malloc(rows * sizeof *all->row);
    if (!all->truth || !all->estimate || !all->confidence || !all->row)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the ages");
    return PV_OK;
}

static pv_status gather(ages *all)
{
    const pv_evaluation *evaluation = all->evaluation;
    const pv_table *table = &evaluation->table;
    size_t column;
    pv_status status = pv_table_require(table, "age", &column);
    if (status == PV_OK)
        status = allocate(all, table->rows);
    if (status == PV_OK)
        status = pv_subjects_make(table, &all->subjects, &all->subjects_known);
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

static bool in_band(const ages *all, size_t index, const void *what)
{
    return band_of(all->truth[index]) == *(const size_t *)what;
}

static bool anywhere(const ages *all, size_t index, const void *what)
{
    (void)all;
    (void)index;
    (void)what;
    return true;
}

typedef struct membership {
    const pv_groups *groups;
    int32_t group;
} membership;

static bool in_group(const ages *all, size_t index, const void *what)
{
    const membership *wanted = what;
    return wanted->groups->of_row[all->row[index]] == wanted->group;
}

static pv_status measure(const ages *all, chooser chosen, const void *what, errors *out)
{
    *out = (errors){0};
    double *absolute = malloc((all->count + 1) * sizeof *absolute);
    int32_t *subject = malloc((all->count + 1) * sizeof *subject);
    pv_status status = PV_OK;
    if (!absolute || !subject)
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for the ages");
    double sum = 0.0;
    double sum_signed = 0.0;
    double sum_square = 0.0;
    for (size_t i = 0; i < all->count && status == PV_OK; i++) {
        if (!chosen(all, i, what))
            continue;
        double error = all->estimate[i] - all->truth[i];
        absolute[out->count] = fabs(error);
        subject[out->count++] = all->subjects.of_row[all->row[i]];
        sum += fabs(error);
        sum_signed += error;
        sum_square += error * error;
        out->within += fabs(error) <= all->evaluation->options.within;
    }
    double count = (double)out->count;
    out->absolute = out->count ? sum / count : NAN;
    out->signed_mean = out->count ? sum_signed / count : NAN;
    out->root_square = out->count ? sqrt(sum_square / count) : NAN;
    if (status == PV_OK)
        status =
            pv_bootstrap_mean(absolute, subject, out->count, all->subjects.count, &out->interval);
    free(absolute);
    free(subject);
    return status;
}

static json_t *pack_errors(const errors *found)
{
    json_t *figure = json_pack("{s:I}", "count", (json_int_t)found->count);
    json_object_set_new(figure, "mae", pv_report_number(found->absolute));
    json_object_set_new(figure, "mae_interval", pv_report_interval(found->interval));
    json_object_set_new(figure, "bias", pv_report_number(found->signed_mean));
    json_object_set_new(figure, "rmse", pv_report_number(found->root_square));
    json_object_set_new(figure, "within", pv_report_rate(found->within, found->count));
    return figure;
}

static void add_row(json_t *rows, const char *name, const errors *found)
{
    if (found->count == 0)
        return;
    json_t *cells[] = {pv_cell("%s", name),
                       pv_cell("%zu", found->count),
                       pv_cell("%.2f", found->absolute),
                       pv_cell_interval(found->interval),
                       pv_cell("%+.2f", found->signed_mean),
                       pv_cell("%.2f", found->root_square),
                       pv_cell_rate(found->within, found->count)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
}

/* The columns of every table of errors; the text of the last one lives as long as `within`. */
static json_t *error_table(const ages *all, json_t *report, const char *title, const char *note,
                           const char *first)
{
    char within[48];
    snprintf(within, sizeof within, "within %g years (95 %%)", all->evaluation->options.within);
    const char *const columns[] = {first, "faces", "MAE", "95 %", "bias", "RMSE", within, NULL};
    return pv_report_table(report, title, note, columns);
}

static pv_status report_bands(const ages *all, json_t *report)
{
    json_t *rows = error_table(all, report, "Error by age",
                               "MAE: mean absolute error in years. Bias: estimate minus truth; "
                               "above 0 means that people are taken for older.",
                               "age");
    json_t *bars = pv_report_bars(report, "Mean absolute error by age", "With its 95 % interval.",
                                  "true age", "years");
    json_t *figures = json_object();
    errors found;
    for (size_t i = 0; i < BANDS; i++) {
        pv_status status = measure(all, in_band, &i, &found);
        if (status != PV_OK)
            return status;
        if (found.count == 0)
            continue;
        add_row(rows, bands[i].name, &found);
        pv_report_bar(bars, bands[i].name, found.absolute, found.interval);
        json_object_set_new(figures, bands[i].name, pack_errors(&found));
    }
    pv_status status = measure(all, anywhere, NULL, &found);
    if (status != PV_OK)
        return status;
    add_row(rows, "all", &found);
    pv_report_figure(report, "by_band", figures);
    pv_report_figure(report, "all", pack_errors(&found));
    pv_report_headline(report, "mean absolute error", pv_cell("%.2f years", found.absolute));
    pv_report_headline(report, "its 95 % interval", pv_cell_interval(found.interval));
    pv_report_headline(report, "bias (estimate minus truth)",
                       pv_cell("%+.2f years", found.signed_mean));
    return PV_OK;
}

static pv_status report_group(const ages *all, size_t column, json_t *report)
{
    pv_groups groups;
    char title[100];
    const char *name = pv_table_name(&all->evaluation->table, column);
    pv_status status = pv_groups_make(&all->evaluation->table, column, &groups);
    if (status != PV_OK)
        return status;
    snprintf(title, sizeof title, "Error by %.60s", name);
    json_t *rows = error_table(all, report, title, NULL, "group");
    json_t *figures = json_object();
    for (size_t i = 0; i < groups.count && status == PV_OK; i++) {
        membership wanted = {&groups, (int32_t)i};
        errors found;
        status = measure(all, in_group, &wanted, &found);
        if (status != PV_OK || found.count == 0)
            continue;
        add_row(rows, groups.names[i], &found);
        json_object_set_new(figures, groups.names[i], pack_errors(&found));
    }
    snprintf(title, sizeof title, "by_%.60s", name);
    pv_report_figure(report, title, figures);
    pv_groups_release(&groups);
    return status;
}

static pv_status report_groups(const ages *all, json_t *report)
{
    size_t columns[PV_EVALUATE_GROUPS_MAX];
    size_t count;
    pv_status status = pv_evaluation_groups(all->evaluation, columns, &count);
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = report_group(all, columns[i], report);
    return status;
}

/* Faces of about the same confidence: how many of them are as near as it claims. */
typedef struct reliability {
    size_t count[RELIABILITY_BINS];
    size_t within[RELIABILITY_BINS];
    double claimed[RELIABILITY_BINS]; /* sums */
    size_t total;
} reliability;

static reliability count_reliability(const ages *all)
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

static void report_reliability(const ages *all, json_t *report)
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
static void report_gates(const ages *all, json_t *report)
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

static void report_scatter(const ages *all, json_t *report)
{
    pv_axis x = {"true age", PV_SCALE_LINEAR, 0.0, 100.0};
    pv_axis y = {"estimated age", PV_SCALE_LINEAR, 0.0, 100.0};
    json_t *series = pv_report_chart(report, "Estimate against truth", NULL, x, y);
    json_t *dots = pv_report_series(series, "a face", PV_SERIES_DOTS);
    json_t *ideal = pv_report_series(series, "exact", PV_SERIES_DASHED);
    size_t step = all->count / DOTS_MAX + 1;
    for (size_t i = 0; i < all->count; i += step)
        pv_report_point(dots, all->truth[i], all->estimate[i]);
    pv_report_point(ideal, 0.0, 0.0);
    pv_report_point(ideal, 100.0, 100.0);
}

/* The share of faces whose error is at most so many years. */
static void report_cumulative(const ages *all, json_t *report)
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

static void report_confusion(const ages *all, json_t *report)
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

static pv_status make_report(const ages *all, json_t *report)
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
    report_scatter(all, report);
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
    ages all = {.evaluation = evaluation};
    pv_status status = gather(&all);
    if (status == PV_OK)
        status = make_report(&all, report);
    pv_groups_release(&all.subjects);
    free(all.truth);
    free(all.estimate);
    free(all.confidence);
    free(all.row);
    return status;
}
