#include "cli/evaluate_stats.h"

#include <math.h>
#include <stdlib.h>

pv_interval pv_stats_wilson(size_t hits, size_t count)
{
    if (count == 0)
        return (pv_interval){0.0, 1.0};
    double n = (double)count;
    double p = (double)hits / n;
    double z = pv_stats_normal_inverse(0.5 + PV_STATS_CONFIDENCE / 2.0);
    double scale = 1.0 + z * z / n;
    double centre = (p + z * z / (2.0 * n)) / scale;
    double half = z * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / scale;
    /* The ends are exact where rounding would leave a trace. */
    return (pv_interval){hits == 0 ? 0.0 : fmax(0.0, centre - half),
                         hits == count ? 1.0 : fmin(1.0, centre + half)};
}

double pv_stats_normal(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

/* Newton's method from a start that is good to a few per cent: A. Ya. Shore, "Simple approximations
 * for the inverse cumulative function", Applied Statistics 31(2), 1982. */
double pv_stats_normal_inverse(double probability)
{
    double tail = fmin(probability, 1.0 - probability);
    if (!(tail > 0.0))
        return probability > 0.5 ? INFINITY : -INFINITY;
    double z = -5.5556 * (1.0 - pow(tail / (1.0 - tail), 0.1186));
    for (int i = 0; i < 50; i++) {
        double density = exp(-z * z / 2.0) / sqrt(2.0 * acos(-1.0));
        double step = (pv_stats_normal(z) - tail) / density;
        /* Far out the density is nearly nothing and a whole step would overshoot. */
        step = fmax(-0.5, fmin(0.5, step));
        z -= step;
        if (fabs(step) < 1e-14)
            break;
    }
    return probability > 0.5 ? -z : z;
}

static double interpolate(double position, size_t count, size_t *index)
{
    double place = position * (double)(count - 1);
    *index = (size_t)place;
    if (*index + 1 >= count)
        *index = count - 1;
    return place - (double)*index;
}

double pv_stats_quantile(const double *sorted, size_t count, double share)
{
    if (count == 0)
        return NAN;
    size_t i;
    double rest = interpolate(share, count, &i);
    return i + 1 < count ? sorted[i] + rest * (sorted[i + 1] - sorted[i]) : sorted[i];
}

double pv_samples_quantile(const pv_samples *samples, double share)
{
    if (samples->count == 0)
        return NAN;
    size_t i;
    double rest = interpolate(share, samples->count, &i);
    double low = samples->items[i].score;
    return i + 1 < samples->count ? low + rest * (samples->items[i + 1].score - low) : low;
}

pv_status pv_samples_add(pv_samples *samples, double score, int32_t first, int32_t second)
{
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity ? samples->capacity * 2 : 1024;
        pv_sample *items = realloc(samples->items, capacity * sizeof *items);
        if (!items)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu scores", capacity);
        samples->items = items;
        samples->capacity = capacity;
    }
    samples->items[samples->count++] = (pv_sample){score, first, second};
    return PV_OK;
}

static int by_score(const void *a, const void *b)
{
    double first = ((const pv_sample *)a)->score;
    double second = ((const pv_sample *)b)->score;
    return first < second ? -1 : first > second;
}

void pv_samples_sort(pv_samples *samples)
{
    if (samples->count > 1)
        qsort(samples->items, samples->count, sizeof *samples->items, by_score);
}

void pv_samples_release(pv_samples *samples)
{
    free(samples->items);
    *samples = (pv_samples){0};
}

size_t pv_samples_below(const pv_samples *samples, double threshold)
{
    size_t low = 0;
    size_t high = samples->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (samples->items[middle].score < threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

pv_trade pv_contest_at(const pv_contest *contest, double threshold)
{
    return (pv_trade){threshold, pv_samples_below(&contest->positives, threshold),
                      contest->negatives.count - pv_samples_below(&contest->negatives, threshold)};
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

/* What is missed minus what is accepted, as shares: rises with the threshold. */
static double imbalance(const pv_contest *contest, const pv_trade *trade)
{
    return share(trade->missed, contest->positives.count) -
           share(trade->accepted, contest->negatives.count);
}

/* The first sample of the list whose score as a threshold misses at least as large a share as it
 * accepts. */
static size_t find_crossing(const pv_contest *contest, const pv_samples *list)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        pv_trade trade = pv_contest_at(contest, list->items[middle].score);
        if (imbalance(contest, &trade) < 0.0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Only at scores does anything change; the best threshold is one on either side of the crossing. */
pv_trade pv_contest_equal(const pv_contest *contest)
{
    const pv_samples *lists[2] = {&contest->positives, &contest->negatives};
    pv_trade best = {.threshold = NAN};
    if (contest->positives.count == 0 || contest->negatives.count == 0)
        return best;
    for (int i = 0; i < 2; i++) {
        const pv_samples *list = lists[i];
        size_t crossing = find_crossing(contest, list);
        for (size_t at = crossing ? crossing - 1 : 0; at <= crossing; at++) {
            /* Above all scores nothing is accepted. */
            double score = at < list->count
                               ? list->items[at].score
                               : nextafter(list->items[list->count - 1].score, INFINITY);
            pv_trade trade = pv_contest_at(contest, score);
            if (isnan(best.threshold) ||
                fabs(imbalance(contest, &trade)) < fabs(imbalance(contest, &best)))
                best = trade;
        }
    }
    return best;
}

double pv_contest_equal_rate(const pv_contest *contest)
{
    pv_trade trade = pv_contest_equal(contest);
    return (share(trade.missed, contest->positives.count) +
            share(trade.accepted, contest->negatives.count)) /
           2.0;
}

/* A threshold just above the score: halfway to the next one of either class, so that a few digits
 * of it say the same. */
static double just_above(const pv_contest *contest, double score)
{
    const pv_samples *lists[2] = {&contest->positives, &contest->negatives};
    double next = INFINITY;
    for (int i = 0; i < 2; i++) {
        size_t at = pv_samples_below(lists[i], nextafter(score, INFINITY));
        if (at < lists[i]->count)
            next = fmin(next, lists[i]->items[at].score);
    }
    double middle =
        isinf(next) ? score + 1e-6 * fmax(1.0, fabs(score)) : score + (next - score) / 2;
    return middle > score ? middle : nextafter(score, INFINITY);
}

double pv_contest_threshold(const pv_contest *contest, double rate)
{
    const pv_samples *negatives = &contest->negatives;
    size_t count = negatives->count;
    if (count == 0)
        return NAN;
    /* So many may be accepted; a rounding error must not take one away. */
    size_t allowed = (size_t)floor(rate * (double)count * (1.0 + 1e-12));
    if (allowed >= count)
        return negatives->items[0].score;
    return just_above(contest, negatives->items[count - allowed - 1].score);
}

double pv_contest_area(const pv_contest *contest)
{
    const pv_samples *negatives = &contest->negatives;
    double sum = 0.0;
    for (size_t i = 0; i < contest->positives.count; i++) {
        double score = contest->positives.items[i].score;
        size_t below = pv_samples_below(negatives, score);
        size_t not_above = pv_samples_below(negatives, nextafter(score, INFINITY));
        sum += (double)below + ((double)not_above - (double)below) / 2.0;
    }
    return sum / (double)contest->positives.count / (double)negatives->count;
}

double pv_contest_tail(const pv_contest *contest, double rate)
{
    enum { RATES = 9 };
    if (contest->negatives.count < 100)
        return NAN;
    double sum_z = 0.0;
    double sum_score = 0.0;
    double sum_zz = 0.0;
    double sum_z_score = 0.0;
    for (int i = 0; i < RATES; i++) {
        double at = pow(10.0, -2.0 - 2.0 * i / (RATES - 1));
        double z = -pv_stats_normal_inverse(at);
        double score = pv_samples_quantile(&contest->negatives, 1.0 - at);
        sum_z += z;
        sum_score += score;
        sum_zz += z * z;
        sum_z_score += z * score;
    }
    double slope = (RATES * sum_z_score - sum_z * sum_score) / (RATES * sum_zz - sum_z * sum_z);
    double offset = (sum_score - slope * sum_z) / RATES;
    return offset - slope * pv_stats_normal_inverse(rate);
}
