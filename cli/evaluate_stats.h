/* The arithmetic of an evaluation: rates, intervals, trade-offs. No input or output. */
#ifndef PV_CLI_EVALUATE_STATS_H
#define PV_CLI_EVALUATE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Confidence of every interval. */
#define PV_STATS_CONFIDENCE 0.95

typedef struct pv_interval {
    double low;
    double high;
} pv_interval;

/* Interval of a proportion of `hits` in `count`, independent of one another; E. B. Wilson,
 * "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927. 0..1 for
 * a count of 0. */
pv_interval pv_stats_wilson(size_t hits, size_t count);

/* The standard normal distribution: P(x <= z), and the z of a probability in (0, 1). */
double pv_stats_normal(double z);
double pv_stats_normal_inverse(double probability);

/* The value below which `share` (0..1) of the sorted values lie, linear between neighbours; NaN for
 * no value. */
double pv_stats_quantile(const double *sorted, size_t count, double share);

/* A score and whose it is. Comparisons of two people have two subjects, all else twice the same. */
typedef struct pv_sample {
    double score;
    int32_t first;
    int32_t second;
} pv_sample;

/* Samples of one class, growing. */
typedef struct pv_samples {
    pv_sample *items;
    size_t count;
    size_t capacity;
} pv_samples;

PV_CHECKED pv_status pv_samples_add(pv_samples *samples, double score, int32_t first,
                                    int32_t second);
/* By rising score. */
void pv_samples_sort(pv_samples *samples);
void pv_samples_release(pv_samples *samples);

/* How many of the sorted samples are below the threshold. */
size_t pv_samples_below(const pv_samples *samples, double threshold);
/* The quantile of the scores, as above. */
double pv_samples_quantile(const pv_samples *samples, double share);

/* A point of a trade-off. A positive (same person, live, wearing a mask) is missed where its score
 * is below the threshold, a negative is falsely accepted where it is not. */
typedef struct pv_trade {
    double threshold;
    size_t missed;   /* of the positives */
    size_t accepted; /* of the negatives */
} pv_trade;

typedef struct pv_contest {
    pv_samples positives; /* sorted */
    pv_samples negatives; /* sorted */
} pv_contest;

pv_trade pv_contest_at(const pv_contest *contest, double threshold);

/* The point where the shares of both errors are nearest to one another. NaN as threshold where a
 * class is empty. */
pv_trade pv_contest_equal(const pv_contest *contest);

/* The mean of both shares there: the equal error rate. */
double pv_contest_equal_rate(const pv_contest *contest);

/* A threshold at which at most `rate` of the negatives are accepted, and no fewer positives than at
 * any other such. */
double pv_contest_threshold(const pv_contest *contest, double rate);

/* The probability that a positive scores above a negative, ties counting half. */
double pv_contest_area(const pv_contest *contest);

/* The score that a share `rate` of the negatives reaches or exceeds if their upper tail is normal:
 * a line through the normal quantiles at nine rates from 1e-2 to 1e-4. NaN for fewer than 100. */
double pv_contest_tail(const pv_contest *contest, double rate);

/* --- by resampling subjects: evaluate_bootstrap.c --- */

/* Interval of the mean of values[i], a value of subject[i] (0..subjects - 1), when subjects are
 * drawn anew. NaN for fewer than two subjects. B. Efron, R. Tibshirani, "An Introduction to the
 * Bootstrap", 1993; percentile method, with a fixed seed. */
PV_CHECKED pv_status pv_bootstrap_mean(const double *values, const int32_t *subject, size_t count,
                                       size_t subjects, pv_interval *out);

/* The same of the equal error rate. NaN also for more than PV_BOOTSTRAP_MAX samples. */
#define PV_BOOTSTRAP_MAX ((size_t)5000000)
PV_CHECKED pv_status pv_bootstrap_equal_rate(const pv_contest *contest, size_t subjects,
                                             pv_interval *out);

#endif
