/* Identification in an open set: of people who are enrolled, how many are not found (FNIR); of
 * people who are not, how many are taken for somebody (FPIR). By exact comparison with all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"
#include "face/embed.h"

#define RANKS 20
/* Below every cosine: somebody else is nearer, whatever the threshold. */
#define NEVER (-2.0)

static const pv_trade_words words = {"enrolled", "not enrolled", "FNIR", "FPIR", "cosine"};

typedef enum role { GALLERY, PROBE } role;

typedef struct identification {
    const pv_evaluation *evaluation;
    float **templates; /* of each picture; NULL without a face */
    role *roles;       /* of each picture */
    int32_t *person;   /* of each picture */
    size_t person_count;
    bool *enrolled; /* each person */
    size_t gallery_count, gallery_faceless;
    size_t probe_count, probe_faceless;
    size_t enrolled_count;
    double *best;          /* of each person, for one probe */
    pv_contest contest;    /* positives: the right person's score if first, else NEVER */
    pv_contest scores;     /* positives: the right person's score whatever the rank */
    size_t at_rank[RANKS]; /* probes whose person is at that rank */
} identification;

static pv_status read_role(const pv_table *table, size_t row, size_t column, role *out)
{
    const char *text = pv_table_cell(table, row, column);
    *out = strcmp(text, "gallery") == 0 ? GALLERY : PROBE;
    if (*out == GALLERY || strcmp(text, "probe") == 0)
        return PV_OK;
    return pv_table_fail(table, row, column, "\"%.40s\" is neither gallery nor probe", text);
}

pv_status pv_identification_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    size_t column = pv_table_column(table, "role");
    pv_status status = pv_evaluation_check_image(evaluation);
    for (size_t row = 0; row < table->rows && status == PV_OK && column != PV_TABLE_NO_COLUMN;
         row++) {
        role value;
        status = read_role(table, row, column, &value);
    }
    return status;
}

/* Without a column `role`: the first picture of whoever has several is enrolled. Those of whom
 * there is one picture are the strangers. */
static void choose_roles(identification *all, size_t *pictures_of)
{
    size_t count = all->evaluation->picture_count;
    for (size_t i = 0; i < count; i++)
        pictures_of[all->person[i]]++;
    for (size_t i = 0; i < count; i++) {
        bool first = !all->enrolled[all->person[i]] && pictures_of[all->person[i]] > 1;
        all->roles[i] = first ? GALLERY : PROBE;
        if (first)
            all->enrolled[all->person[i]] = true;
    }
}

static pv_status read_roles(identification *all, size_t column)
{
    const pv_evaluation *evaluation = all->evaluation;
    pv_status status = PV_OK;
    for (size_t row = 0; row < evaluation->table.rows && status == PV_OK; row++) {
        size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
        status = read_role(&evaluation->table, row, column, &all->roles[picture]);
    }
    return status;
}

/* Who is enrolled is who has a template in the gallery. */
static void count_roles(identification *all)
{
    memset(all->enrolled, 0, all->person_count * sizeof *all->enrolled);
    for (size_t i = 0; i < all->evaluation->picture_count; i++) {
        bool gallery = all->roles[i] == GALLERY;
        bool faceless = !all->templates[i];
        *(gallery ? &all->gallery_count : &all->probe_count) += 1;
        *(gallery ? &all->gallery_faceless : &all->probe_faceless) += faceless;
        if (!gallery || faceless)
            continue;
        all->enrolled_count += !all->enrolled[all->person[i]];
        all->enrolled[all->person[i]] = true;
    }
}

static pv_status assign_roles(identification *all)
{
    size_t column = pv_table_column(&all->evaluation->table, "role");
    if (column != PV_TABLE_NO_COLUMN)
        return read_roles(all, column);
    size_t *pictures_of = calloc(all->person_count + 1, sizeof *pictures_of);
    if (!pictures_of)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the gallery");
    choose_roles(all, pictures_of);
    free(pictures_of);
    return PV_OK;
}

/* The best cosine of each person for one probe; returns the highest of all and whose it is. */
static double search(identification *all, size_t probe, int32_t *who)
{
    size_t dimension = all->evaluation->model->dimension;
    double highest = NEVER;
    *who = -1;
    for (size_t i = 0; i < all->person_count; i++)
        all->best[i] = NEVER;
    for (size_t i = 0; i < all->evaluation->picture_count; i++) {
        if (all->roles[i] != GALLERY || !all->templates[i])
            continue;
        int32_t person = all->person[i];
        double cosine = pv_embedding_cosine(all->templates[probe], all->templates[i], dimension);
        all->best[person] = fmax(all->best[person], cosine);
        if (cosine > highest) {
            highest = cosine;
            *who = person;
        }
    }
    return highest;
}

static pv_status add_probe(identification *all, size_t probe)
{
    int32_t who;
    int32_t person = all->person[probe];
    double highest = search(all, probe, &who);
    if (!all->enrolled[person]) {
        pv_status status = pv_samples_add(&all->contest.negatives, highest, person, person);
        return status == PV_OK ? pv_samples_add(&all->scores.negatives, highest, person, person)
                               : status;
    }
    double own = all->best[person];
    size_t rank = 0;
    for (size_t i = 0; i < all->person_count; i++)
        rank += all->best[i] > own;
    if (rank < RANKS)
        all->at_rank[rank]++;
    pv_status status =
        pv_samples_add(&all->contest.positives, who == person ? own : NEVER, person, person);
    return status == PV_OK ? pv_samples_add(&all->scores.positives, own, person, person) : status;
}

static pv_status gather(identification *all)
{
    const pv_evaluation *evaluation = all->evaluation;
    size_t pictures = evaluation->picture_count;
    pv_status status = pv_persons_make(evaluation, &all->person, &all->person_count);
    all->templates = calloc(pictures + 1, sizeof *all->templates);
    all->roles = calloc(pictures + 1, sizeof *all->roles);
    all->enrolled = calloc(all->person_count + 1, sizeof *all->enrolled);
    all->best = calloc(all->person_count + 1, sizeof *all->best);
    if (!all->templates || !all->roles || !all->enrolled || !all->best)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the templates");
    for (size_t i = 0; i < pictures && status == PV_OK; i++)
        status = pv_record_template(evaluation, evaluation->records[i], &all->templates[i]);
    if (status == PV_OK)
        status = assign_roles(all);
    if (status != PV_OK)
        return status;
    count_roles(all);
    for (size_t i = 0; i < pictures && status == PV_OK; i++)
        if (all->roles[i] == PROBE && all->templates[i])
            status = add_probe(all, i);
    pv_samples_sort(&all->contest.positives);
    pv_samples_sort(&all->contest.negatives);
    pv_samples_sort(&all->scores.positives);
    pv_samples_sort(&all->scores.negatives);
    return status;
}

static void add_threshold(const identification *all, json_t *rows, json_t *figures,
                          const char *caption, double cosine)
{
    const pv_contest *contest = &all->contest;
    pv_trade trade = pv_contest_at(contest, cosine);
    double distance = pv_match_distance(all->evaluation->model, cosine);
    size_t found = contest->positives.count - trade.missed;
    json_t *cells[] = {pv_cell("%s", caption),
                       pv_cell("%.4f", cosine),
                       pv_cell("%.4f", distance),
                       pv_cell_rate(trade.accepted, contest->negatives.count),
                       pv_cell_rate(trade.missed, contest->positives.count),
                       pv_cell_rate(found, contest->positives.count)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    json_array_append_new(
        figures,
        json_pack("{s:s, s:f, s:f, s:o, s:o}", "at", caption, "cosine", cosine, "distance",
                  distance, "fpir", pv_report_rate(trade.accepted, contest->negatives.count),
                  "fnir", pv_report_rate(trade.missed, contest->positives.count)));
}

static void report_thresholds(const identification *all, json_t *report)
{
    static const char *const columns[] = {
        "at", "cosine", "distance", "FPIR (95 %)", "FNIR (95 %)", "TPIR at rank 1 (95 %)", NULL};
    static const double rates[] = {0.1, 0.01, 0.001};
    static const double distances[] = {0.65, 0.5, 0.3};
    const pv_evaluate_options *options = &all->evaluation->options;
    char caption[32];
    json_t *rows = pv_report_table(
        report, "Found and falsely found",
        "FPIR: searches for people who are not enrolled that find somebody. FNIR: searches for "
        "enrolled people that don't find them first. The larger the gallery, the higher the FPIR "
        "at "
        "a threshold.",
        columns);
    json_t *figures = json_array();
    for (size_t i = 0; i < sizeof distances / sizeof distances[0]; i++) {
        snprintf(caption, sizeof caption, "distance %g", distances[i]);
        add_threshold(all, rows, figures, caption,
                      pv_match_cosine(all->evaluation->model, distances[i]));
    }
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        if (rates[i] * (double)all->contest.negatives.count < 1.0)
            continue; /* cannot be told from 0 */
        snprintf(caption, sizeof caption, "FPIR %g", rates[i]);
        add_threshold(all, rows, figures, caption, pv_contest_threshold(&all->contest, rates[i]));
    }
    for (size_t i = 0; i < options->threshold_count; i++) {
        snprintf(caption, sizeof caption, "distance %g", options->thresholds[i]);
        add_threshold(all, rows, figures, caption,
                      pv_match_cosine(all->evaluation->model, options->thresholds[i]));
    }
    pv_report_figure(report, "thresholds", figures);
}

static void report_ranks(const identification *all, json_t *report)
{
    size_t probes = all->contest.positives.count;
    size_t found = 0;
    if (probes == 0)
        return;
    size_t ranks = all->enrolled_count < RANKS ? all->enrolled_count : RANKS;
    double first = (double)all->at_rank[0] / (double)probes;
    pv_axis x = {"rank", PV_SCALE_LINEAR, 1.0, ranks > 1 ? (double)ranks : 2.0};
    pv_axis y = {"share found up to there", PV_SCALE_LINEAR,
                 fmax(0.0, floor(first * 10 - 0.5) / 10), 1.0};
    json_t *series = pv_report_chart(
        report, "CMC", "Without a threshold: how often the right person is among the first.", x, y);
    json_t *points = pv_report_series(series, "measured", PV_SERIES_LINE);
    json_t *figures = json_array();
    for (size_t i = 0; i < ranks; i++) {
        found += all->at_rank[i];
        pv_report_point(points, (double)(i + 1), (double)found / (double)probes);
        json_array_append_new(figures, pv_report_rate(found, probes));
    }
    pv_report_figure(report, "found_by_rank", figures);
}

static void report_counts(const identification *all, json_t *report)
{
    static const char *const columns[] = {"what", "number", NULL};
    const struct {
        const char *caption, *name;
        size_t count;
    } counts[] = {{"people enrolled", "enrolled", all->enrolled_count},
                  {"gallery pictures", "gallery_pictures", all->gallery_count},
                  {"of these without a face", "gallery_without_face", all->gallery_faceless},
                  {"probe pictures", "probe_pictures", all->probe_count},
                  {"of these without a face", "probes_without_face", all->probe_faceless},
                  {"searches for enrolled people", "mated", all->contest.positives.count},
                  {"searches for others", "unmated", all->contest.negatives.count}};
    json_t *rows = pv_report_table(report, "Gallery and probes", NULL, columns);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        json_t *cells[] = {pv_cell("%s", counts[i].caption), pv_cell("%zu", counts[i].count)};
        pv_report_row(rows, 2, cells);
        pv_report_figure(report, counts[i].name, json_integer((json_int_t)counts[i].count));
    }
}

static pv_status make_report(const identification *all, json_t *report)
{
    const pv_contest *contest = &all->contest;
    if (all->enrolled_count == 0 || contest->positives.count + contest->negatives.count == 0)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%zu people are enrolled and %zu probes have a face: both are needed",
                       all->enrolled_count, contest->positives.count + contest->negatives.count);
    pv_report_headline(report, "people enrolled", pv_cell("%zu", all->enrolled_count));
    if (contest->positives.count)
        pv_report_headline(report, "right person first, no threshold",
                           pv_cell_rate(all->at_rank[0], contest->positives.count));
    report_thresholds(all, report);
    report_counts(all, report);
    if (contest->negatives.count)
        pv_report_det(report, "FNIR and FPIR", &words, contest);
    report_ranks(all, report);
    pv_report_histogram(report, "Best cosines", &words, &all->scores);
    pv_report_note(report,
                   "Each probe is compared with every template of the gallery; a person's score is "
                   "that of the best template. Templates of embedding model %d (%s).",
                   all->evaluation->model->id, all->evaluation->model->name);
    if (contest->negatives.count == 0)
        pv_report_note(report, "Nobody was searched for who is not enrolled: FPIR is unknown.");
    return PV_OK;
}

pv_status pv_identification_report(const pv_evaluation *evaluation, json_t *report)
{
    identification all = {.evaluation = evaluation};
    pv_status status = gather(&all);
    if (status == PV_OK)
        status = make_report(&all, report);
    for (size_t i = 0; all.templates && i < evaluation->picture_count; i++)
        free(all.templates[i]);
    free(all.templates);
    free(all.roles);
    free(all.person);
    free(all.enrolled);
    free(all.best);
    pv_samples_release(&all.contest.positives);
    pv_samples_release(&all.contest.negatives);
    pv_samples_release(&all.scores.positives);
    pv_samples_release(&all.scores.negatives);
    return status;
}
