/* Intervals by resampling subjects: pictures of one person are not independent of one another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_stats.h"

#define REPLICATES_MAX 1000
#define REPLICATES_MIN 200
#define WORK ((size_t)200000000) /* samples looked at in all replicates together */

/* S. Vigna's splitmix64 (public domain algorithm): the same interval in every run. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

/* weight[i]: how often subject i was drawn. */
static void draw(uint64_t *state, uint32_t *weight, size_t subjects)
{
    memset(weight, 0, subjects * sizeof *weight);
    for (size_t i = 0; i < subjects; i++)
        weight[(size_t)(next_random(state) % subjects)]++;
}

static size_t replicates(size_t samples)
{
    size_t wanted = WORK / (samples + 1);
    return wanted > REPLICATES_MAX   ? REPLICATES_MAX
           : wanted < REPLICATES_MIN ? REPLICATES_MIN
                                     : wanted;
}

static int by_value(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;
    return first < second ? -1 : first > second;
}

static pv_interval percentiles(double *values, size_t count)
{
    double tail = (1.0 - PV_STATS_CONFIDENCE) / 2.0;
    qsort(values, count, sizeof *values, by_value);
    return (pv_interval){pv_stats_quantile(values, count, tail),
                         pv_stats_quantile(values, count, 1.0 - tail)};
}

/* A figure of the samples, each counted as often as its subject was drawn; NAN where it has none.
 */
typedef double (*figure)(const void *samples, const uint32_t *weight);

static pv_status resample(figure of, const void *samples, size_t count, size_t subjects,
                          pv_interval *out)
{
    size_t wanted = replicates(count);
    double *values = malloc(wanted * sizeof *values);
    uint32_t *weight = malloc(subjects * sizeof *weight);
    pv_status status = PV_OK;
    if (!values || !weight) {
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for an interval");
        goto out;
    }
    uint64_t state = 1;
    size_t made = 0;
    for (size_t i = 0; i < wanted; i++) {
        draw(&state, weight, subjects);
        double value = of(samples, weight);
        if (!isnan(value))
            values[made++] = value;
    }
    *out = percentiles(values, made);
out:
    free(values);
    free(weight);
    return status;
}

typedef struct valued {
    const double *values;
    const int32_t *subject;
    size_t count;
} valued;

static double weighted_mean(const void *samples, const uint32_t *weight)
{
    const valued *all = samples;
    double sum = 0.0;
    double total = 0.0;
    for (size_t i = 0; i < all->count; i++) {
        double w = weight[all->subject[i]];
        sum += w * all->values[i];
        total += w;
    }
    return total > 0.0 ? sum / total : NAN;
}

pv_status pv_bootstrap_mean(const double *values, const int32_t *subject, size_t count,
                            size_t subjects, pv_interval *out)
{
    const valued all = {.values = values, .subject = subject, .count = count};
    *out = (pv_interval){NAN, NAN};
    if (subjects < 2 || count == 0)
        return PV_OK;
    return resample(weighted_mean, &all, count, subjects, out);
}

static double pair_weight(const pv_sample *sample, const uint32_t *weight)
{
    double first = weight[sample->first];
    return sample->first == sample->second ? first : first * weight[sample->second];
}

static double total_weight(const pv_samples *samples, const uint32_t *weight)
{
    double sum = 0.0;
    for (size_t i = 0; i < samples->count; i++)
        sum += pair_weight(&samples->items[i], weight);
    return sum;
}

/* Adds the weights of the samples below the score; *index moves up the sorted list. */
static double pass(const pv_samples *samples, const uint32_t *weight, double score, size_t *index)
{
    double sum = 0.0;
    while (*index < samples->count && samples->items[*index].score < score)
        sum += pair_weight(&samples->items[(*index)++], weight);
    return sum;
}

/* Both lists walked once, upward, stopping where more is missed than accepted. */
static double weighted_equal_rate(const void *samples, const uint32_t *weight)
{
    const pv_contest *contest = samples;
    const pv_samples *positives = &contest->positives;
    const pv_samples *negatives = &contest->negatives;
    double all_positives = total_weight(positives, weight);
    double all_negatives = total_weight(negatives, weight);
    if (!(all_positives > 0.0) || !(all_negatives > 0.0))
        return NAN;
    double missed = 0.0;
    double accepted = all_negatives;
    double rate = 0.5;
    double distance = INFINITY;
    size_t p = 0;
    size_t n = 0;
    for (;;) {
        double miss = missed / all_positives;
        double accept = accepted / all_negatives;
        if (fabs(miss - accept) < distance) {
            distance = fabs(miss - accept);
            rate = (miss + accept) / 2.0;
        }
        if (miss >= accept || (p == positives->count && n == negatives->count))
            return rate;
        /* The next threshold is just above the next score. */
        double next = INFINITY;
        if (p < positives->count)
            next = positives->items[p].score;
        if (n < negatives->count)
            next = fmin(next, negatives->items[n].score);
        next = nextafter(next, INFINITY);
        missed += pass(positives, weight, next, &p);
        accepted -= pass(negatives, weight, next, &n);
    }
}

pv_status pv_bootstrap_equal_rate(const pv_contest *contest, size_t subjects, pv_interval *out)
{
    size_t samples = contest->positives.count + contest->negatives.count;
    *out = (pv_interval){NAN, NAN};
    if (subjects < 2 || samples > PV_BOOTSTRAP_MAX)
        return PV_OK;
    return resample(weighted_equal_rate, contest, samples, subjects, out);
}
