/* Attributes: labels such as mask, glasses or closed eyes against the traits and scores that
 * validate answers with. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"
#include "config/enums_generated.h"

#define LABELS_MAX 32

/* A label that a table may have, beside the trait and the score that stand for it. */
typedef struct label {
    const char *column;
    const char *trait_name; /* also accepted as name of the column */
    uint32_t trait;         /* 0: none */
    const char *score;      /* NULL: none that grows or falls with the label */
    bool falls;             /* the score is the lower the more it is so */
    bool inverted;          /* the label says the opposite of the trait */
} label;

static const label known[] = {
    {"mask", "FT_FACE_WITH_MASK", PV_FT_FACE_WITH_MASK, "mask", false, false},
    {"glasses", "FT_FACE_WITH_GLASS", PV_FT_FACE_WITH_GLASS, "glasses", false, false},
    {"open", "", PV_FT_EYE_BLINK, "eyes_closed", false, true},
    {"closed", "FT_EYE_BLINK", PV_FT_EYE_BLINK, "eyes_closed", false, false},
    {"mouth_open", "FT_MOUTH_OPENED", PV_FT_MOUTH_OPENED, "mouth_open", false, false},
    {"blurred", "FT_IMAGE_BLURR", PV_FT_IMAGE_BLURR, "sharpness", true, false},
    {"dark", "FT_FACE_TOO_DARK", PV_FT_FACE_TOO_DARK, "brightness", true, false},
    {"bright", "FT_FACE_TOO_BRIGHT", PV_FT_FACE_TOO_BRIGHT, "brightness", false, false},
    {"busy_background", "FT_INVALID_FACE_BACKGROUND", PV_FT_INVALID_FACE_BACKGROUND,
     "background_unevenness", false, false},
    {"too_close", "FT_FACE_TOO_CLOSE", PV_FT_FACE_TOO_CLOSE, "face_size", false, false},
    {"too_far", "FT_FACE_TOO_FAR", PV_FT_FACE_TOO_FAR, "face_size", true, false},
    {"looking_up", "FT_LOOKING_HIGH", PV_FT_LOOKING_HIGH, "vertical", true, false},
    {"looking_down", "FT_LOOKING_DOWN", PV_FT_LOOKING_DOWN, "vertical", false, false},
    {"looking_left", "FT_LOOKING_LEFT", PV_FT_LOOKING_LEFT, NULL, false, false},
    {"looking_right", "FT_LOOKING_RIGHT", PV_FT_LOOKING_RIGHT, NULL, false, false},
    {"tilted_left", "FT_FACE_ROTATED_LEFT", PV_FT_FACE_ROTATED_LEFT, NULL, false, false},
    {"tilted_right", "FT_FACE_ROTATED_RIGHT", PV_FT_FACE_ROTATED_RIGHT, NULL, false, false},
    {"outside_oval", "FT_FACE_NOT_IN_OVAL", PV_FT_FACE_NOT_IN_OVAL, "in_oval", true, false},
    {"at_right_edge", "FT_FACE_RIGHT", PV_FT_FACE_RIGHT, NULL, false, false},
    {"at_left_edge", "FT_FACE_LEFT", PV_FT_FACE_LEFT, NULL, false, false},
    {"at_upper_edge", "FT_FACE_UP", PV_FT_FACE_UP, NULL, false, false},
    {"at_lower_edge", "FT_FACE_DOWN", PV_FT_FACE_DOWN, NULL, false, false},
    {"doubtful", "FT_FACE_LOW_VAL_CONF", PV_FT_FACE_LOW_VAL_CONF, NULL, false, false},
};

#define KNOWN (sizeof known / sizeof known[0])

/* A label column of this table. */
typedef struct question {
    label label;
    size_t column;
} question;

/* What came of one question. */
typedef struct verdict {
    size_t present, found;   /* labelled so, and of these with the trait */
    size_t absent, mistaken; /* labelled not so, and of these with the trait */
    size_t silent;           /* labelled, without a face */
    pv_contest contest;      /* by score */
} verdict;

static bool is_label(const char *name, label *out)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(name, known[i].column) != 0 && strcmp(name, known[i].trait_name) != 0)
            continue;
        *out = known[i];
        out->inverted = known[i].inverted && strcmp(name, known[i].column) == 0;
        return true;
    }
    return false;
}

/* A column that is named like a score of the answers is a label for that score. */
static bool is_score(const pv_evaluation *evaluation, const char *name, label *out)
{
    double value;
    for (size_t i = 0; i < evaluation->picture_count; i++) {
        if (!pv_record_has_face(evaluation->records[i]) ||
            !pv_record_score(evaluation->records[i], name, &value))
            continue;
        *out = (label){.column = name, .score = name};
        return true;
    }
    return false;
}

static bool all_flags(const pv_table *table, size_t column)
{
    bool value;
    for (size_t row = 0; row < table->rows; row++)
        if (*pv_table_cell(table, row, column) &&
            pv_table_flag(table, row, column, &value) != PV_OK)
            return false;
    return true;
}

static pv_status check_column(const pv_table *table, size_t column)
{
    bool value;
    pv_status status = PV_OK;
    for (size_t row = 0; row < table->rows && status == PV_OK; row++)
        if (*pv_table_cell(table, row, column))
            status = pv_table_flag(table, row, column, &value);
    return status;
}

pv_status pv_attributes_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    pv_status status = pv_evaluation_check_image(evaluation);
    size_t candidates = 0;
    label found;
    for (size_t i = 0; i < table->columns && status == PV_OK; i++) {
        if (i == evaluation->picture_columns[0])
            continue;
        if (is_label(pv_table_name(table, i), &found))
            status = check_column(table, i);
        candidates += is_label(pv_table_name(table, i), &found) || all_flags(table, i);
    }
    if (status == PV_OK && candidates == 0)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%s: no column is a label: mask, glasses, open, the name of a trait "
                       "(FT_...) or of a score, with 1 and 0",
                       table->path);
    return status;
}

/* The score so that more of it means more of the label's trait; false where there is none. */
static bool read_score(const label *what, const json_t *record, double *out)
{
    if (!what->score || !pv_record_score(record, what->score, out))
        return false;
    if (what->falls)
        *out = -*out;
    return true;
}

static bool read_trait(const label *what, const json_t *record)
{
    json_int_t flags = json_integer_value(json_object_get(record, "flags"));
    return ((uint64_t)flags & what->trait) != 0;
}

static pv_status add_row(const pv_evaluation *evaluation, const question *asked, size_t row,
                         verdict *out)
{
    const pv_table *table = &evaluation->table;
    size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
    const json_t *record = evaluation->records[picture];
    bool present;
    double score;
    pv_status status = pv_table_flag(table, row, asked->column, &present);
    if (status != PV_OK)
        return status;
    present = present != asked->label.inverted;
    if (!pv_record_has_face(record)) {
        out->silent++;
        return PV_OK;
    }
    bool raised = read_trait(&asked->label, record);
    out->present += present;
    out->found += present && raised;
    out->absent += !present;
    out->mistaken += !present && raised;
    if (!read_score(&asked->label, record, &score))
        return PV_OK;
    return pv_samples_add(present ? &out->contest.positives : &out->contest.negatives, score,
                          (int32_t)row, (int32_t)row);
}

/* group -1: all rows. */
static pv_status judge(const pv_evaluation *evaluation, const question *asked,
                       const pv_groups *groups, int32_t group, verdict *out)
{
    *out = (verdict){0};
    pv_status status = PV_OK;
    for (size_t row = 0; row < evaluation->table.rows && status == PV_OK; row++) {
        if (!*pv_table_cell(&evaluation->table, row, asked->column))
            continue; /* not labelled */
        if (group >= 0 && groups->of_row[row] != group)
            continue;
        status = add_row(evaluation, asked, row, out);
    }
    pv_samples_sort(&out->contest.positives);
    pv_samples_sort(&out->contest.negatives);
    return status;
}

static void release(verdict *found)
{
    pv_samples_release(&found->contest.positives);
    pv_samples_release(&found->contest.negatives);
}

/* "closed eyes" reads better than "open" where the label is the opposite. */
static void name_question(const question *asked, const pv_table *table, char *text, size_t size)
{
    snprintf(text, size, "%s%.60s", asked->label.inverted ? "not " : "",
             pv_table_name(table, asked->column));
}

static void add_counts(json_t *rows, const char *name, const verdict *found)
{
    json_t *cells[] = {pv_cell("%s", name),
                       pv_cell("%zu", found->present),
                       pv_cell("%zu", found->found),
                       pv_cell_rate(found->found, found->present),
                       pv_cell("%zu", found->absent),
                       pv_cell("%zu", found->mistaken),
                       pv_cell_rate(found->mistaken, found->absent)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
}

static const char *const count_columns[] = {"label",  "present",      "trait raised", "TPR (95 %)",
                                            "absent", "trait raised", "FPR (95 %)",   NULL};

/* The threshold as it would be written for the score itself. */
static double shown_threshold(const label *what, double threshold)
{
    return what->falls ? -threshold : threshold;
}

static void add_threshold(const label *what, const pv_contest *contest, double threshold,
                          const char *caption, json_t *rows, json_t *figures)
{
    pv_trade trade = pv_contest_at(contest, threshold);
    size_t found = contest->positives.count - trade.missed;
    double shown = shown_threshold(what, threshold);
    json_t *cells[] = {pv_cell("%s", caption), pv_cell("%s %.4g", what->falls ? "≤" : "≥", shown),
                       pv_cell_rate(found, contest->positives.count),
                       pv_cell_rate(trade.accepted, contest->negatives.count)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
    json_array_append_new(figures,
                          json_pack("{s:s, s:f, s:o, s:o}", "at", caption, "threshold", shown,
                                    "tpr", pv_report_rate(found, contest->positives.count), "fpr",
                                    pv_report_rate(trade.accepted, contest->negatives.count)));
}

static void report_scores(const pv_evaluation *evaluation, const question *asked,
                          const verdict *found, const char *name, json_t *report, json_t *figure)
{
    static const char *const columns[] = {"at", "score", "TPR (95 %)", "FPR (95 %)", NULL};
    static const double rates[] = {0.001, 0.01, 0.05};
    const pv_contest *contest = &found->contest;
    const label *what = &asked->label;
    char title[200];
    char caption[32];
    if (contest->positives.count == 0 || contest->negatives.count == 0)
        return;
    snprintf(title, sizeof title, "%s: thresholds of the score %.60s", name, what->score);
    json_t *rows = pv_report_table(report, title,
                                   "The threshold that a false positive rate needs, and what is "
                                   "then found. A rate below one in the number of pictures without "
                                   "it cannot be told from 0.",
                                   columns);
    json_t *figures = json_array();
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        snprintf(caption, sizeof caption, "FPR %g %%", 100.0 * rates[i]);
        add_threshold(what, contest, pv_contest_threshold(contest, rates[i]), caption, rows,
                      figures);
    }
    add_threshold(what, contest, pv_contest_equal(contest).threshold, "equal errors", rows,
                  figures);
    for (size_t i = 0; i < evaluation->options.threshold_count; i++) {
        double given = evaluation->options.thresholds[i];
        add_threshold(what, contest, what->falls ? -given : given, "--threshold", rows, figures);
    }
    json_object_set_new(figure, "at_score", figures);
    json_object_set_new(figure, "area_under_roc", pv_report_number(pv_contest_area(contest)));
}

static void report_charts(const question *asked, const verdict *found, const char *name,
                          json_t *report)
{
    char title[120];
    char score[100];
    const pv_contest *contest = &found->contest;
    if (contest->positives.count == 0 || contest->negatives.count == 0)
        return;
    snprintf(score, sizeof score, "%s%.60s", asked->label.falls ? "minus " : "",
             asked->label.score);
    const pv_trade_words words = {"present", "absent", "missed", "false positives", score};
    snprintf(title, sizeof title, "%s: errors against the score", name);
    pv_report_errors(report, title, &words, contest);
    snprintf(title, sizeof title, "%s: scores", name);
    pv_report_histogram(report, title, &words, contest);
    snprintf(title, sizeof title, "%s: ROC", name);
    pv_report_roc(report, title, &words, contest);
}

static pv_status report_groups(const pv_evaluation *evaluation, const question *asked,
                               const char *name, json_t *report)
{
    size_t columns[PV_EVALUATE_GROUPS_MAX];
    size_t count;
    char title[240];
    pv_status status = pv_evaluation_groups(evaluation, columns, &count);
    for (size_t i = 0; i < count && status == PV_OK; i++) {
        pv_groups groups;
        status = pv_groups_make(&evaluation->table, columns[i], &groups);
        if (status != PV_OK)
            break;
        snprintf(title, sizeof title, "%s by %.60s, at the shipped threshold", name,
                 pv_table_name(&evaluation->table, columns[i]));
        json_t *rows = pv_report_table(report, title, NULL, count_columns);
        for (size_t g = 0; g < groups.count && status == PV_OK; g++) {
            verdict found;
            status = judge(evaluation, asked, &groups, (int32_t)g, &found);
            add_counts(rows, groups.names[g], &found);
            release(&found);
        }
        pv_groups_release(&groups);
    }
    return status;
}

static pv_status answer(const pv_evaluation *evaluation, const question *asked, json_t *rows,
                        json_t *report)
{
    char name[80];
    verdict found;
    name_question(asked, &evaluation->table, name, sizeof name);
    pv_status status = judge(evaluation, asked, NULL, -1, &found);
    json_t *figure = json_object();
    if (status == PV_OK && asked->label.trait) {
        char caption[120];
        add_counts(rows, name, &found);
        json_object_set_new(figure, "tpr", pv_report_rate(found.found, found.present));
        json_object_set_new(figure, "fpr", pv_report_rate(found.mistaken, found.absent));
        snprintf(caption, sizeof caption, "%s: found at the shipped threshold (TPR)", name);
        if (found.present)
            pv_report_headline(report, caption, pv_cell_rate(found.found, found.present));
        snprintf(caption, sizeof caption, "%s: false positives there (FPR)", name);
        if (found.absent)
            pv_report_headline(report, caption, pv_cell_rate(found.mistaken, found.absent));
    }
    if (status == PV_OK) {
        json_object_set_new(figure, "without_face", json_integer((json_int_t)found.silent));
        report_scores(evaluation, asked, &found, name, report, figure);
        report_charts(asked, &found, name, report);
        if (asked->label.trait)
            status = report_groups(evaluation, asked, name, report);
    }
    pv_report_figure(report, name, figure);
    release(&found);
    return status;
}

static size_t find_questions(const pv_evaluation *evaluation, question *out)
{
    const pv_table *table = &evaluation->table;
    size_t count = 0;
    for (size_t i = 0; i < table->columns && count < LABELS_MAX; i++) {
        const char *name = pv_table_name(table, i);
        out[count].column = i;
        if (i != evaluation->picture_columns[0] &&
            (is_label(name, &out[count].label) ||
             (all_flags(table, i) && is_score(evaluation, name, &out[count].label))))
            count++;
    }
    return count;
}

pv_status pv_attributes_report(const pv_evaluation *evaluation, json_t *report)
{
    question asked[LABELS_MAX];
    size_t faces = 0;
    size_t count = find_questions(evaluation, asked);
    for (size_t i = 0; i < evaluation->picture_count; i++)
        faces += pv_record_has_face(evaluation->records[i]);
    if (count == 0 || faces == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s",
                       faces ? "no column is named like a score of the answers"
                             : "no picture holds a face: there is nothing to measure");
    json_t *rows = pv_report_table(report, "At the shipped threshold",
                                   "TPR: of the faces labelled so, those with the trait. FPR: "
                                   "of the others, those with it all the same.",
                                   count_columns);
    pv_status status = PV_OK;
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = answer(evaluation, &asked[i], rows, report);
    pv_report_note(report, "Rates are of pictures with a face. Intervals take pictures as "
                           "independent of one another.");
    return status;
}
