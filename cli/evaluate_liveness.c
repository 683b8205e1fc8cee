/* Liveness in the terms of ISO/IEC 30107-3: of each kind of attack how many pass for a live face
 * (APCER), of the live faces how many are refused (BPCER), and how many get no answer. */
#include <math.h>
#include <stdlib.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"
#include "config/config.h"

static const pv_trade_words words = {"live", "attack", "BPCER", "APCER", "liveness score"};

/* What is known of the rows, sorted into classes. */
typedef struct liveness {
    const pv_evaluation *evaluation;
    pv_contest contest;
    pv_groups subjects;
    bool subjects_known;
    pv_groups attacks; /* by type; of_row is NULL where the table has no such column */
    bool *live;        /* of each row */
    double *scores;    /* NaN: no answer */
    size_t live_count, attack_count;
    size_t live_silent, attack_silent; /* without an answer */
} liveness;

pv_status pv_liveness_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    size_t column;
    pv_status status = pv_evaluation_check_image(evaluation);
    if (status == PV_OK)
        status = pv_table_require(table, "live", &column);
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        bool live;
        status = pv_table_flag(table, row, column, &live);
    }
    return status;
}

static pv_status read_row(liveness *all, size_t row, size_t live_column)
{
    const pv_evaluation *evaluation = all->evaluation;
    size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
    int32_t subject = all->subjects.of_row[row];
    pv_status status = pv_table_flag(&evaluation->table, row, live_column, &all->live[row]);
    if (status != PV_OK)
        return status;
    bool live = all->live[row];
    *(live ? &all->live_count : &all->attack_count) += 1;
    if (!pv_record_score(evaluation->records[picture], "liveness", &all->scores[row])) {
        *(live ? &all->live_silent : &all->attack_silent) += 1;
        all->scores[row] = NAN;
        return PV_OK;
    }
    return pv_samples_add(live ? &all->contest.positives : &all->contest.negatives,
                          all->scores[row], subject, subject);
}

static pv_status gather(liveness *all)
{
    const pv_table *table = &all->evaluation->table;
    size_t live_column;
    size_t attack = pv_table_column(table, "attack");
    pv_status status = pv_table_require(table, "live", &live_column);
    all->live = calloc(table->rows, sizeof *all->live);
    all->scores = calloc(table->rows, sizeof *all->scores);
    if (!all->live || !all->scores)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the scores");
    if (status == PV_OK)
        status = pv_subjects_make(table, &all->subjects, &all->subjects_known);
    if (status == PV_OK && attack != PV_TABLE_NO_COLUMN)
        status = pv_groups_make(table, attack, &all->attacks);
    for (size_t row = 0; row < table->rows && status == PV_OK; row++)
        status = read_row(all, row, live_column);
    pv_samples_sort(&all->contest.positives);
    pv_samples_sort(&all->contest.negatives);
    return status;
}

/* The rate of one class by row, so that subjects can be resampled. group -1: of every attack. */
static bool counts(const liveness *all, size_t row, bool live, int32_t attack)
{
    if (all->live[row] != live || isnan(all->scores[row]))
        return false;
    return live || attack < 0 || all->attacks.of_row[row] == attack;
}

typedef struct tally {
    size_t errors;
    size_t count;
    pv_interval by_subject;
} tally;

/* Where every picture is judged alike, drawing subjects anew changes nothing; then each subject
 * counts as one trial. */
static pv_status interval_by_subject(const liveness *all, const double *values,
                                     const int32_t *subjects, tally *out)
{
    if (out->errors > 0 && out->errors < out->count)
        return pv_bootstrap_mean(values, subjects, out->count, all->subjects.count,
                                 &out->by_subject);
    bool *seen = calloc(all->subjects.count + 1, sizeof *seen);
    size_t count = 0;
    if (!seen)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for an interval");
    for (size_t i = 0; i < out->count; i++) {
        count += !seen[subjects[i]];
        seen[subjects[i]] = true;
    }
    free(seen);
    if (count > 0)
        out->by_subject = pv_stats_wilson(out->errors ? count : 0, count);
    return PV_OK;
}

static pv_status count_errors(const liveness *all, bool live, int32_t attack, double threshold,
                              tally *out)
{
    size_t rows = all->evaluation->table.rows;
    *out = (tally){.by_subject = {NAN, NAN}};
    double *values = malloc(rows * sizeof *values);
    int32_t *subjects = malloc(rows * sizeof *subjects);
    pv_status status = PV_OK;
    if (!values || !subjects)
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for an interval");
    for (size_t row = 0; row < rows && status == PV_OK; row++) {
        if (!counts(all, row, live, attack))
            continue;
        bool error = live ? all->scores[row] < threshold : all->scores[row] >= threshold;
        values[out->count] = error ? 1.0 : 0.0;
        subjects[out->count++] = all->subjects.of_row[row];
        out->errors += error;
    }
    if (status == PV_OK && all->subjects_known)
        status = interval_by_subject(all, values, subjects, out);
    free(values);
    free(subjects);
    return status;
}

/* APCER of the type of attack that passes most, as the standard wants it. */
static pv_status worst_attack(const liveness *all, double threshold, tally *out, const char **name)
{
    *name = "all attacks";
    if (!all->attacks.of_row)
        return count_errors(all, false, -1, threshold, out);
    *out = (tally){.by_subject = {NAN, NAN}};
    double worst = -1.0;
    for (size_t i = 0; i < all->attacks.count; i++) {
        tally one;
        pv_status status = count_errors(all, false, (int32_t)i, threshold, &one);
        if (status != PV_OK)
            return status;
        double rate = one.count ? (double)one.errors / (double)one.count : -1.0;
        if (rate > worst) {
            worst = rate;
            *out = one;
            *name = all->attacks.names[i];
        }
    }
    return PV_OK;
}

static double configured_threshold(const pv_evaluation *evaluation)
{
    const json_t *given =
        json_object_get(evaluation->options.common.configuration, "anti_spoofing_threshold");
    if (json_is_number(given))
        return json_number_value(given);
    return pv_config_row_find("anti_spoofing_threshold")->number;
}

static pv_status add_threshold(const liveness *all, json_t *rows, json_t *figures, double threshold)
{
    tally live;
    tally attack;
    const char *name;
    pv_status status = count_errors(all, true, -1, threshold, &live);
    if (status == PV_OK)
        status = worst_attack(all, threshold, &attack, &name);
    if (status != PV_OK)
        return status;
    json_t *cells[] = {pv_cell("%.4g", threshold),
                       pv_cell_rate(attack.errors, attack.count),
                       pv_cell_interval_percent(attack.by_subject),
                       pv_cell_rate(live.errors, live.count),
                       pv_cell_interval_percent(live.by_subject),
                       pv_cell("%zu / %zu", attack.errors, live.errors)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    json_t *figure = json_pack("{s:f, s:s, s:o, s:o}", "threshold", threshold, "attack", name,
                               "apcer", pv_report_rate(attack.errors, attack.count), "bpcer",
                               pv_report_rate(live.errors, live.count));
    json_object_set_new(figure, "apcer_by_subject", pv_report_interval(attack.by_subject));
    json_object_set_new(figure, "bpcer_by_subject", pv_report_interval(live.by_subject));
    json_array_append_new(figures, figure);
    return PV_OK;
}

static pv_status report_thresholds(const liveness *all, json_t *report)
{
    static const char *const columns[] = {
        "threshold",  "APCER (95 %)",     "by subject", "BPCER (95 %)",
        "by subject", "passed / refused", NULL};
    const pv_evaluate_options *options = &all->evaluation->options;
    double shipped = configured_threshold(all->evaluation);
    double list[PV_EVALUATE_THRESHOLDS_MAX + 2] = {0.5, shipped};
    size_t count = shipped == 0.5 ? 1 : 2;
    for (size_t i = 0; i < options->threshold_count; i++)
        list[count++] = options->thresholds[i];
    json_t *rows = pv_report_table(
        report, "Errors at thresholds",
        "APCER: attacks that pass for live, of the type of attack that passes most. BPCER: live "
        "faces that are refused. Of pictures with a score; those without are counted below.",
        columns);
    json_t *figures = json_array();
    pv_status status = PV_OK;
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = add_threshold(all, rows, figures, list[i]);
    pv_report_figure(report, "thresholds", figures);
    return status;
}

static pv_status report_attacks(const liveness *all, json_t *report)
{
    static const char *const columns[] = {"attack", "pictures", "APCER (95 %)", "by subject", NULL};
    double threshold = configured_threshold(all->evaluation);
    char title[80];
    if (!all->attacks.of_row)
        return PV_OK;
    snprintf(title, sizeof title, "By type of attack, at threshold %.4g", threshold);
    json_t *rows = pv_report_table(report, title, NULL, columns);
    json_t *figures = json_object();
    pv_status status = PV_OK;
    for (size_t i = 0; i < all->attacks.count && status == PV_OK; i++) {
        tally one;
        status = count_errors(all, false, (int32_t)i, threshold, &one);
        if (status != PV_OK || one.count == 0)
            continue;
        json_t *cells[] = {pv_cell("%s", all->attacks.names[i]), pv_cell("%zu", one.count),
                           pv_cell_rate(one.errors, one.count),
                           pv_cell_interval_percent(one.by_subject)};
        pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
        json_object_set_new(figures, all->attacks.names[i], pv_report_rate(one.errors, one.count));
    }
    pv_report_figure(report, "apcer_by_attack", figures);
    return status;
}

static void count_group(const liveness *all, const pv_groups *groups, int32_t group,
                        double threshold, size_t counts_out[4])
{
    for (int i = 0; i < 4; i++)
        counts_out[i] = 0;
    for (size_t row = 0; row < all->evaluation->table.rows; row++) {
        if (groups->of_row[row] != group || isnan(all->scores[row]))
            continue;
        size_t *of = counts_out + (all->live[row] ? 2 : 0);
        bool passed = all->scores[row] >= threshold;
        of[0] += passed != all->live[row];
        of[1]++;
    }
}

static pv_status report_group(const liveness *all, size_t column, json_t *report)
{
    static const char *const columns[] = {"group", "attacks",      "APCER (95 %)",
                                          "live",  "BPCER (95 %)", NULL};
    const pv_table *table = &all->evaluation->table;
    double threshold = configured_threshold(all->evaluation);
    pv_groups groups;
    char title[120];
    pv_status status = pv_groups_make(table, column, &groups);
    if (status != PV_OK)
        return status;
    snprintf(title, sizeof title, "By %.60s, at threshold %.4g", pv_table_name(table, column),
             threshold);
    json_t *rows = pv_report_table(report, title, NULL, columns);
    for (size_t i = 0; i < groups.count; i++) {
        size_t found[4];
        count_group(all, &groups, (int32_t)i, threshold, found);
        json_t *cells[] = {pv_cell("%s", groups.names[i]), pv_cell("%zu", found[1]),
                           pv_cell_rate(found[0], found[1]), pv_cell("%zu", found[3]),
                           pv_cell_rate(found[2], found[3])};
        pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    }
    pv_groups_release(&groups);
    return PV_OK;
}

static pv_status report_groups(const liveness *all, json_t *report)
{
    size_t columns[PV_EVALUATE_GROUPS_MAX];
    size_t count;
    pv_status status = pv_evaluation_groups(all->evaluation, columns, &count);
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = report_group(all, columns[i], report);
    return status;
}

/* Those that got no score: no face, or liveness switched off. */
static void report_silent(const liveness *all, json_t *report)
{
    static const char *const columns[] = {"class", "pictures", "without a score (95 %)", NULL};
    json_t *rows = pv_report_table(report, "Pictures without an answer",
                                   "No face was found in them, or it could not be checked. The "
                                   "standard calls the shares APNRR and BPNRR; they are in "
                                   "none of the rates above.",
                                   columns);
    json_t *attack[] = {pv_cell("attack"), pv_cell("%zu", all->attack_count),
                        pv_cell_rate(all->attack_silent, all->attack_count)};
    json_t *live[] = {pv_cell("live"), pv_cell("%zu", all->live_count),
                      pv_cell_rate(all->live_silent, all->live_count)};
    pv_report_row(rows, 3, attack);
    pv_report_row(rows, 3, live);
    pv_report_figure(report, "apnrr", pv_report_rate(all->attack_silent, all->attack_count));
    pv_report_figure(report, "bpnrr", pv_report_rate(all->live_silent, all->live_count));
}

static pv_status report_equal(const liveness *all, json_t *report)
{
    pv_trade equal = pv_contest_equal(&all->contest);
    double rate = pv_contest_equal_rate(&all->contest);
    pv_interval interval;
    pv_status status = pv_bootstrap_equal_rate(&all->contest, all->subjects.count, &interval);
    json_t *figure = json_object();
    json_object_set_new(figure, "threshold", pv_report_number(equal.threshold));
    json_object_set_new(figure, "rate", pv_report_number(rate));
    json_object_set_new(figure, "interval", pv_report_interval(interval));
    pv_report_figure(report, "equal_error", figure);
    pv_report_headline(report, "equal error rate (APCER = BPCER)", pv_cell_percent(rate));
    return status;
}

static pv_status report_headlines(const liveness *all, json_t *report)
{
    double threshold = configured_threshold(all->evaluation);
    tally live;
    tally attack;
    const char *name;
    pv_status status = count_errors(all, true, -1, threshold, &live);
    if (status == PV_OK)
        status = worst_attack(all, threshold, &attack, &name);
    if (status != PV_OK)
        return status;
    json_t *apcer = pv_cell_rate(attack.errors, attack.count);
    json_t *bpcer = pv_cell_rate(live.errors, live.count);
    if (apcer)
        pv_report_headline(report, "attacks that pass at the threshold in force (APCER)", apcer);
    if (bpcer)
        pv_report_headline(report, "live faces refused there (BPCER)", bpcer);
    return report_equal(all, report);
}

/* Why there is nothing to report: the spoof statuses tell. */
static pv_status fail_silent(const pv_evaluation *evaluation)
{
    size_t faces = 0;
    size_t failed = 0;
    for (size_t i = 0; i < evaluation->picture_count; i++) {
        const json_t *status = json_object_get(evaluation->records[i], "spoof_status");
        faces += pv_record_has_face(evaluation->records[i]);
        failed += json_integer_value(status) == PV_AS_GENERIC_ERROR;
    }
    return pv_fail(
        PV_ERROR_ARGUMENT,
        "no answer holds the score \"liveness\": of %zu pictures %zu have a face, and of "
        "these the check failed for %zu (the log says why); it is off where "
        "anti_spoofing_mode is 0",
        evaluation->picture_count, faces, failed);
}

static pv_status make_report(liveness *all, json_t *report)
{
    if (all->contest.positives.count + all->contest.negatives.count == 0)
        return fail_silent(all->evaluation);
    pv_status status = report_headlines(all, report);
    if (status == PV_OK)
        status = report_thresholds(all, report);
    if (status == PV_OK)
        status = report_attacks(all, report);
    if (status == PV_OK)
        status = report_groups(all, report);
    if (status != PV_OK)
        return status;
    report_silent(all, report);
    pv_report_errors(report, "APCER and BPCER against the threshold", &words, &all->contest);
    pv_report_histogram(report, "Liveness scores", &words, &all->contest);
    pv_report_det(report, "DET", &words, &all->contest);
    pv_report_roc(report, "ROC", &words, &all->contest);
    pv_report_note(report, "A threshold of t counts a face as live when its liveness score is t or "
                           "more.");
    if (all->subjects_known)
        pv_report_note(
            report,
            "There are %zu subjects. Pictures of one person are alike, so the interval "
            "by subject, which draws subjects anew, is the one to go by (where no picture or every "
            "picture is an error, each subject counts as one trial); the interval in "
            "brackets takes pictures as independent.",
            all->subjects.count);
    return PV_OK;
}

pv_status pv_liveness_report(const pv_evaluation *evaluation, json_t *report)
{
    liveness all = {.evaluation = evaluation};
    pv_status status = gather(&all);
    if (status == PV_OK)
        status = make_report(&all, report);
    pv_samples_release(&all.contest.positives);
    pv_samples_release(&all.contest.negatives);
    pv_groups_release(&all.subjects);
    pv_groups_release(&all.attacks);
    free(all.live);
    free(all.scores);
    return status;
}
