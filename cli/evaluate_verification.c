/* Verification: how often two people are taken for one (FMR) and one person for two (FNMR). */
#include <math.h>
#include <stdlib.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"
#include "face/embed.h"

/* Counted rates need so many false matches to stand on; the rest is extrapolated. */
#define COUNTED_LEAST 9.0

static const pv_trade_words words = {"same person", "different persons", "FNMR", "FMR", "cosine"};
static const double rates[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
static const double distances[] = {0.65, 0.5, 0.3};
static const double nominal[] = {1e-3, 1e-4, 1e-6};

/* Which of the distances groups are compared at: that which decides is_match. */
#define GROUP_DISTANCE 1
#define RATE_COUNT (sizeof rates / sizeof rates[0])

typedef struct verification {
    const pv_evaluation *evaluation;
    float **templates; /* of each picture; NULL without a face */
    int32_t *person;
    size_t person_count;
    size_t faceless;
    size_t lost; /* listed pairs without a face in one of the pictures */
    pv_contest contest;
} verification;

static bool has_pairs(const pv_table *table)
{
    return pv_table_column(table, "a") != PV_TABLE_NO_COLUMN ||
           pv_table_column(table, "same") != PV_TABLE_NO_COLUMN;
}

pv_status pv_verification_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    size_t same;
    if (evaluation->options.all_pairs && !has_pairs(table))
        return pv_evaluation_check_image(evaluation);
    evaluation->picture_column_count = 2;
    pv_status status = pv_table_require(table, "same", &same);
    if (status == PV_OK)
        status = pv_table_require(table, "a", &evaluation->picture_columns[0]);
    if (status == PV_OK)
        status = pv_table_require(table, "b", &evaluation->picture_columns[1]);
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        bool value;
        status = pv_table_flag(table, row, same, &value);
    }
    return status;
}

static pv_status add_pair(verification *all, size_t a, size_t b, bool same)
{
    if (!all->templates[a] || !all->templates[b])
        return PV_OK;
    double cosine = pv_embedding_cosine(all->templates[a], all->templates[b],
                                        all->evaluation->model->dimension);
    return pv_samples_add(same ? &all->contest.positives : &all->contest.negatives, cosine,
                          all->person[a], all->person[b]);
}

static pv_status add_listed(verification *all)
{
    const pv_evaluation *evaluation = all->evaluation;
    size_t column;
    pv_status status = pv_table_require(&evaluation->table, "same", &column);
    for (size_t row = 0; row < evaluation->table.rows && status == PV_OK; row++) {
        bool same;
        size_t a = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
        size_t b = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[1]);
        all->lost += !all->templates[a] || !all->templates[b];
        status = pv_table_flag(&evaluation->table, row, column, &same);
        if (status == PV_OK)
            status = add_pair(all, a, b, same);
    }
    return status;
}

static pv_status add_all(verification *all)
{
    size_t count = all->evaluation->picture_count;
    pv_status status = PV_OK;
    for (size_t a = 0; a < count && status == PV_OK; a++)
        for (size_t b = a + 1; b < count && status == PV_OK; b++)
            status = add_pair(all, a, b, all->person[a] == all->person[b]);
    return status;
}

static pv_status gather(verification *all)
{
    const pv_evaluation *evaluation = all->evaluation;
    all->templates = calloc(evaluation->picture_count + 1, sizeof *all->templates);
    if (!all->templates)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the templates");
    pv_status status = pv_persons_make(evaluation, &all->person, &all->person_count);
    for (size_t i = 0; i < evaluation->picture_count && status == PV_OK; i++) {
        status = pv_record_template(evaluation, evaluation->records[i], &all->templates[i]);
        all->faceless += !all->templates[i];
    }
    if (status == PV_OK)
        status = evaluation->options.all_pairs ? add_all(all) : add_listed(all);
    pv_samples_sort(&all->contest.positives);
    pv_samples_sort(&all->contest.negatives);
    return status;
}

/* The cosine at a false match rate: counted where enough pairs reach it, from the fitted tail
 * beyond where there are enough to fit one, else unknown (NaN). Between 1e-2 and the counted rates
 * the stricter of both, so that one lucky pair more or less does not decide. */
static double cosine_at(const pv_contest *contest, double rate, const char **how)
{
    double count = (double)contest->negatives.count;
    bool countable = rate * count >= COUNTED_LEAST;
    double counted = pv_samples_quantile(&contest->negatives, 1.0 - rate);
    double tail = count >= 10000.0 && rate < 5e-3 ? pv_contest_tail(contest, rate) : NAN;
    *how = countable ? "counted" : isnan(tail) ? "too few pairs" : "fitted tail";
    if (!countable)
        return tail;
    if (!isnan(tail) && tail > counted)
        *how = "fitted tail";
    return isnan(tail) ? counted : fmax(counted, tail);
}

static void add_figure(json_t *list, double rate, double cosine, double distance, const char *how,
                       const pv_contest *contest)
{
    pv_trade trade = pv_contest_at(contest, cosine);
    json_t *figure = json_pack("{s:f, s:f, s:o, s:o}", "cosine", cosine, "distance", distance,
                               "fmr", pv_report_rate(trade.accepted, contest->negatives.count),
                               "fnmr", pv_report_rate(trade.missed, contest->positives.count));
    if (rate > 0.0)
        json_object_set_new(figure, "nominal_fmr", json_real(rate));
    if (how)
        json_object_set_new(figure, "how", json_string(how));
    json_array_append_new(list, figure);
}

static void report_rates(const verification *all, json_t *report)
{
    static const char *const columns[] = {"FMR",           "cosine",      "distance", "from",
                                          "false matches", "FNMR (95 %)", NULL};
    const pv_contest *contest = &all->contest;
    json_t *rows = pv_report_table(
        report, "FNMR at a false match rate",
        "The cosine that a threshold needs for a rate, and what it then misses. Where fewer than "
        "nine false matches could be counted, the cosine comes from a normal tail fitted between "
        "1 in 100 and 1 in 10,000; below 10,000 pairs there is none.",
        columns);
    json_t *figures = json_array();
    for (size_t i = 0; i < RATE_COUNT; i++) {
        const char *how;
        double cosine = cosine_at(contest, rates[i], &how);
        if (isnan(cosine)) {
            json_t *cells[] = {pv_cell("%.0e", rates[i]), NULL, NULL,
                               pv_cell("%s", how),        NULL, NULL};
            pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
            continue;
        }
        double distance = pv_match_distance(all->evaluation->model, cosine);
        pv_trade trade = pv_contest_at(contest, cosine);
        json_t *cells[] = {
            pv_cell("%.0e", rates[i]),      pv_cell("%.4f", cosine),
            pv_cell("%.4f", distance),      pv_cell("%s", how),
            pv_cell("%zu", trade.accepted), pv_cell_rate(trade.missed, contest->positives.count)};
        pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
        add_figure(figures, rates[i], cosine, distance, how, contest);
    }
    pv_report_figure(report, "at_false_match_rate", figures);
}

static void add_distance(const verification *all, json_t *rows, json_t *figures, double distance,
                         double rate)
{
    const pv_contest *contest = &all->contest;
    double cosine = pv_match_cosine(all->evaluation->model, distance);
    pv_trade trade = pv_contest_at(contest, cosine);
    json_t *cells[] = {pv_cell("%.4g", distance),
                       pv_cell("%.4f", cosine),
                       rate > 0.0 ? pv_cell("%.0e", rate) : NULL,
                       pv_cell_rate(trade.accepted, contest->negatives.count),
                       pv_cell("%zu", trade.accepted),
                       pv_cell_rate(trade.missed, contest->positives.count)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    add_figure(figures, rate, cosine, distance, NULL, contest);
}

static void report_distances(const verification *all, json_t *report)
{
    static const char *const columns[] = {
        "distance",      "cosine",      "nominal FMR", "FMR here (95 %)",
        "false matches", "FNMR (95 %)", NULL};
    const pv_evaluate_options *options = &all->evaluation->options;
    json_t *rows = pv_report_table(
        report, "At the shipped thresholds",
        "face_thresholds_max, _med and _min, and those of --threshold, as distances.", columns);
    json_t *figures = json_array();
    for (size_t i = 0; i < sizeof distances / sizeof distances[0]; i++)
        add_distance(all, rows, figures, distances[i], nominal[i]);
    for (size_t i = 0; i < options->threshold_count; i++)
        add_distance(all, rows, figures, options->thresholds[i], 0.0);
    pv_report_figure(report, "at_distance", figures);
}

/* The group of each person: that of their first row. -1: a person of no row. */
static void find_groups(const verification *all, const pv_groups *groups, int32_t *of_person)
{
    const pv_evaluation *evaluation = all->evaluation;
    for (size_t i = 0; i < all->person_count; i++)
        of_person[i] = -1;
    for (size_t row = 0; row < evaluation->table.rows; row++) {
        size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
        int32_t *group = &of_person[all->person[picture]];
        if (*group < 0)
            *group = groups->of_row[row];
    }
}

/* Of the samples whose people are both of the group: how many, and how many are below the cosine.
 */
static size_t count_group(const pv_samples *samples, const int32_t *of_person, int32_t group,
                          double cosine, size_t *below)
{
    size_t count = 0;
    *below = 0;
    for (size_t i = 0; i < samples->count; i++) {
        const pv_sample *sample = &samples->items[i];
        if (of_person[sample->first] != group || of_person[sample->second] != group)
            continue;
        count++;
        *below += sample->score < cosine;
    }
    return count;
}

static void add_group(const verification *all, const int32_t *of_person, int32_t group,
                      const char *name, double cosine, json_t *rows, json_t *figures)
{
    size_t missed;
    size_t refused;
    size_t genuine = count_group(&all->contest.positives, of_person, group, cosine, &missed);
    size_t impostor = count_group(&all->contest.negatives, of_person, group, cosine, &refused);
    json_t *cells[] = {pv_cell("%s", name), pv_cell("%zu", impostor),
                       pv_cell_rate(impostor - refused, impostor), pv_cell("%zu", genuine),
                       pv_cell_rate(missed, genuine)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    json_object_set_new(figures, name,
                        json_pack("{s:o, s:o}", "fmr", pv_report_rate(impostor - refused, impostor),
                                  "fnmr", pv_report_rate(missed, genuine)));
}

static pv_status report_group(const verification *all, size_t column, json_t *report)
{
    static const char *const columns[] = {"group",        "pairs of two", "FMR (95 %)",
                                          "pairs of one", "FNMR (95 %)",  NULL};
    const char *name = pv_table_name(&all->evaluation->table, column);
    double cosine = pv_match_cosine(all->evaluation->model, distances[GROUP_DISTANCE]);
    int32_t *of_person = malloc((all->person_count + 1) * sizeof *of_person);
    pv_groups groups = {0};
    char text[100];
    pv_status status = of_person ? pv_groups_make(&all->evaluation->table, column, &groups)
                                 : pv_fail(PV_ERROR_GENERIC, "out of memory for the groups");
    if (status == PV_OK) {
        snprintf(text, sizeof text, "By %.60s, at distance %g", name, distances[GROUP_DISTANCE]);
        json_t *rows = pv_report_table(
            report, text, "Pairs of two people are those of one group: strangers that are alike.",
            columns);
        json_t *figures = json_object();
        find_groups(all, &groups, of_person);
        for (size_t i = 0; i < groups.count; i++)
            add_group(all, of_person, (int32_t)i, groups.names[i], cosine, rows, figures);
        snprintf(text, sizeof text, "by_%.60s", name);
        pv_report_figure(report, text, figures);
    }
    pv_groups_release(&groups);
    free(of_person);
    return status;
}

/* Of a table of pairs it is not known whose group a column tells. */
static pv_status report_groups(const verification *all, json_t *report)
{
    size_t columns[PV_EVALUATE_GROUPS_MAX];
    size_t count = 0;
    pv_status status = PV_OK;
    if (all->evaluation->picture_column_count == 1)
        status = pv_evaluation_groups(all->evaluation, columns, &count);
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = report_group(all, columns[i], report);
    return status;
}

static pv_status report_equal(const verification *all, json_t *report)
{
    const pv_contest *contest = &all->contest;
    pv_trade equal = pv_contest_equal(contest);
    double rate = pv_contest_equal_rate(contest);
    pv_interval interval;
    pv_status status = pv_bootstrap_equal_rate(contest, all->person_count, &interval);
    json_t *figure = json_object();
    json_object_set_new(figure, "cosine", pv_report_number(equal.threshold));
    json_object_set_new(figure, "rate", pv_report_number(rate));
    json_object_set_new(figure, "interval_by_person", pv_report_interval(interval));
    pv_report_figure(report, "equal_error", figure);
    pv_report_headline(report, "equal error rate (FMR = FNMR)", pv_cell_percent(rate));
    json_t *shown = pv_cell_interval_percent(interval);
    if (shown)
        pv_report_headline(report, "its 95 % interval, persons drawn anew", shown);
    return status;
}

static void report_counts(const verification *all, json_t *report)
{
    const pv_contest *contest = &all->contest;
    pv_report_figure(report, "embedding_model", json_integer(all->evaluation->model->id));
    pv_report_figure(report, "genuine_pairs", json_integer((json_int_t)contest->positives.count));
    pv_report_figure(report, "impostor_pairs", json_integer((json_int_t)contest->negatives.count));
    pv_report_figure(report, "persons", json_integer((json_int_t)all->person_count));
    pv_report_figure(report, "lost_pairs", json_integer((json_int_t)all->lost));
    pv_report_figure(report, "failure_to_acquire",
                     pv_report_rate(all->faceless, all->evaluation->picture_count));
    pv_report_headline(report, "pairs of one person / of two",
                       pv_cell("%zu / %zu", contest->positives.count, contest->negatives.count));
    pv_report_headline(report, "pictures without a face (failure to acquire)",
                       pv_cell_rate(all->faceless, all->evaluation->picture_count));
}

static pv_status make_report(const verification *all, json_t *report)
{
    const pv_contest *contest = &all->contest;
    if (contest->positives.count == 0 || contest->negatives.count == 0)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%zu pairs of one person and %zu of two could be compared: both are needed",
                       contest->positives.count, contest->negatives.count);
    pv_status status = report_equal(all, report);
    if (status != PV_OK)
        return status;
    report_counts(all, report);
    report_distances(all, report);
    report_rates(all, report);
    status = report_groups(all, report);
    if (status != PV_OK)
        return status;
    pv_report_det(report, "DET", &words, contest);
    pv_report_roc(report, "ROC", &words, contest);
    pv_report_histogram(report, "Cosines", &words, contest);
    pv_report_errors(report, "FMR and FNMR against the cosine", &words, contest);
    pv_report_note(report,
                   "Templates of embedding model %d (%s), compared by the cosine of one template "
                   "each, as an identification does; privid compare takes the mean of four "
                   "distances, which is a little stricter.",
                   all->evaluation->model->id, all->evaluation->model->name);
    pv_report_note(report, "Pairs that share a picture or a person are not independent: the "
                           "intervals of FMR and FNMR, which take them as such, are too narrow.");
    pv_report_note(report, "FMR and FNMR are of pairs with a face in both pictures; pictures "
                           "without one are counted as failures to acquire.");
    return PV_OK;
}

pv_status pv_verification_report(const pv_evaluation *evaluation, json_t *report)
{
    verification all = {.evaluation = evaluation};
    pv_status status = gather(&all);
    if (status == PV_OK)
        status = make_report(&all, report);
    for (size_t i = 0; all.templates && i < evaluation->picture_count; i++)
        free(all.templates[i]);
    free(all.templates);
    free(all.person);
    pv_samples_release(&all.contest.positives);
    pv_samples_release(&all.contest.negatives);
    return status;
}
