/* The charts of a contest between two classes. */
#include <math.h>

#include "cli/evaluate_report.h"

#define BINS 50
#define STEPS 200

static void span(const pv_contest *contest, double *least, double *most)
{
    const pv_samples *lists[2] = {&contest->positives, &contest->negatives};
    *least = INFINITY;
    *most = -INFINITY;
    for (int i = 0; i < 2; i++) {
        if (lists[i]->count == 0)
            continue;
        *least = fmin(*least, lists[i]->items[0].score);
        *most = fmax(*most, lists[i]->items[lists[i]->count - 1].score);
    }
    if (!(*least < *most)) { /* one score, or none */
        *least = isfinite(*least) ? *least - 0.5 : 0.0;
        *most = *least + 1.0;
    }
}

static double share_between(const pv_samples *samples, double from, double to, bool last)
{
    size_t end = last ? samples->count : pv_samples_below(samples, to);
    return (double)(end - pv_samples_below(samples, from)) / (double)samples->count;
}

static double add_bins(json_t *series, const char *name, const pv_samples *samples, double least,
                       double most)
{
    double highest = 0.0;
    if (samples->count == 0)
        return highest;
    json_t *points = pv_report_series(series, name, PV_SERIES_AREA);
    for (int i = 0; i < BINS; i++) {
        double from = least + (most - least) * i / BINS;
        double to = least + (most - least) * (i + 1) / BINS;
        double part = share_between(samples, from, to, i + 1 == BINS);
        pv_report_point(points, from, part);
        pv_report_point(points, to, part);
        highest = fmax(highest, part);
    }
    return highest;
}

void pv_report_histogram(json_t *report, const char *title, const pv_trade_words *words,
                         const pv_contest *contest)
{
    double least;
    double most;
    span(contest, &least, &most);
    pv_axis x = {words->score, PV_SCALE_LINEAR, least, most};
    /* The height is known afterwards: built aside, then moved into the chart. */
    json_t *series = json_array();
    double highest = add_bins(series, words->negative, &contest->negatives, least, most);
    highest = fmax(highest, add_bins(series, words->positive, &contest->positives, least, most));
    pv_axis y = {"share of its class", PV_SCALE_LINEAR, 0.0, highest > 0.0 ? highest : 1.0};
    json_array_extend(
        pv_report_chart(report, title, "How the scores of both classes are spread.", x, y), series);
    json_decref(series);
}

void pv_report_errors(json_t *report, const char *title, const pv_trade_words *words,
                      const pv_contest *contest)
{
    double least;
    double most;
    span(contest, &least, &most);
    pv_axis x = {words->score, PV_SCALE_LINEAR, least, most};
    pv_axis y = {"rate", PV_SCALE_LINEAR, 0.0, 1.0};
    json_t *series = pv_report_chart(
        report, title, "What a threshold costs on either side. They cross at the equal error rate.",
        x, y);
    json_t *accepted = pv_report_series(series, words->accepted, PV_SERIES_LINE);
    json_t *missed = pv_report_series(series, words->missed, PV_SERIES_LINE);
    for (int i = 0; i <= STEPS; i++) {
        double threshold = least + (most - least) * i / STEPS;
        pv_trade trade = pv_contest_at(contest, threshold);
        if (contest->negatives.count)
            pv_report_point(accepted, threshold,
                            (double)trade.accepted / (double)contest->negatives.count);
        if (contest->positives.count)
            pv_report_point(missed, threshold,
                            (double)trade.missed / (double)contest->positives.count);
    }
}

/* Points of the curve from loose to strict, evenly spaced in the logarithm of what is accepted; at
 * each the lowest threshold, so the fewest missed. */
typedef void (*add_point)(json_t *points, double accepted, double missed);

static void walk(const pv_contest *contest, add_point add, json_t *points)
{
    double positives = (double)contest->positives.count;
    double negatives = (double)contest->negatives.count;
    size_t former = SIZE_MAX;
    for (int i = 0; i <= STEPS; i++) {
        double rate = pow(negatives, -(double)i / STEPS);
        pv_trade trade = pv_contest_at(contest, pv_contest_threshold(contest, rate));
        if (trade.accepted == former)
            continue;
        former = trade.accepted;
        add(points, (double)trade.accepted / negatives, (double)trade.missed / positives);
    }
}

static void add_det(json_t *points, double accepted, double missed)
{
    if (accepted > 0.0 && missed > 0.0) /* else it has no place on logarithmic axes */
        pv_report_point(points, accepted, missed);
}

static void add_roc(json_t *points, double accepted, double missed)
{
    if (accepted > 0.0)
        pv_report_point(points, accepted, 1.0 - missed);
}

/* The decade at or below one in so many. */
static double decade(size_t count)
{
    return pow(10.0, floor(log10(1.0 / (double)(count > 1 ? count : 2))));
}

void pv_report_det(json_t *report, const char *title, const pv_trade_words *words,
                   const pv_contest *contest)
{
    if (contest->positives.count == 0 || contest->negatives.count == 0)
        return;
    pv_axis x = {words->accepted, PV_SCALE_LOG, decade(contest->negatives.count), 1.0};
    pv_axis y = {words->missed, PV_SCALE_LOG, decade(contest->positives.count), 1.0};
    json_t *series =
        pv_report_chart(report, title,
                        "Both errors against one another; nearer to the lower left is better. The "
                        "curve ends where no error was counted.",
                        x, y);
    json_t *points = pv_report_series(series, "measured", PV_SERIES_LINE);
    walk(contest, add_det, points);
    json_t *equal = pv_report_series(series, "equal errors", PV_SERIES_DASHED);
    double low = fmax(x.least, y.least);
    pv_report_point(equal, low, low);
    pv_report_point(equal, 1.0, 1.0);
}

void pv_report_roc(json_t *report, const char *title, const pv_trade_words *words,
                   const pv_contest *contest)
{
    if (contest->positives.count == 0 || contest->negatives.count == 0)
        return;
    /* The axis begins a tenth below the worst point: curves of good matchers are flat. */
    pv_trade strict = pv_contest_at(
        contest, pv_contest_threshold(contest, 1.0 / (double)contest->negatives.count));
    double worst = 1.0 - (double)strict.missed / (double)contest->positives.count;
    pv_axis x = {words->accepted, PV_SCALE_LOG, decade(contest->negatives.count), 1.0};
    pv_axis y = {"share found", PV_SCALE_LINEAR, fmax(0.0, floor(worst * 10.0 - 0.5) / 10.0), 1.0};
    json_t *series = pv_report_chart(
        report, title, "What is found at a given rate of false accepts; higher is better.", x, y);
    walk(contest, add_roc, pv_report_series(series, "measured", PV_SERIES_LINE));
}
