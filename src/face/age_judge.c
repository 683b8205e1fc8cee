#include <math.h>

#include "face/age.h"

#define KNOTS 5
#define FEATURES 5
#define SHIFT_KNOTS 6

/* Coefficients of the logarithm of the mean absolute error: at the knots of the estimate, linear
 * between them, and of the features, in the order of list_features(). */
typedef struct error_fit {
    float knots[KNOTS];
    float features[FEATURES];
} error_fit;

/* One row for each choice of nets. */
typedef struct operating_point {
    float share;       /* of age_v1 in the estimate */
    error_fit fits[2]; /* by the estimate alone; by the spread of the answers as well */
} operating_point;

#include "face/age_points.inc"

enum { POINT_BOTH, POINT_V1, POINT_XCEPTION };

static const float knot_years[KNOTS] = {0.0F, 5.0F, 15.0F, 30.0F, 50.0F};
static const float shift_years[SHIFT_KNOTS] = {0.0F, 8.0F, 18.0F, 30.0F, 45.0F, 60.0F};

/* Sizes at which the error stops to grow and to fall; errors outside the range are not credible. */
static const float size_range[2] = {4.0F, 30.0F};
static const float scale_range[2] = {0.5F, 40.0F};

/* NaN becomes low. */
static float clamp(float value, float low, float high)
{
    return fminf(fmaxf(value, low), high);
}

static const operating_point *choose_point(const pv_age_facts *facts)
{
    if (!facts->present[PV_AGE_XCEPTION])
        return &points[POINT_V1];
    return &points[facts->present[PV_AGE_V1] ? POINT_BOTH : POINT_XCEPTION];
}

/* Linear between the knots, constant beyond them. */
static float at_knots(const float *knots, const float *values, int count, float at)
{
    int i = 0;
    while (i < count - 2 && at > knots[i + 1])
        i++;
    float step = (at - knots[i]) / (knots[i + 1] - knots[i]);
    return values[i] + (values[i + 1] - values[i]) * clamp(step, 0.0F, 1.0F);
}

/* age_v1 takes young adults for older and older ones for younger. */
static float view_years(const pv_age_facts *facts, pv_age_net_id net, int view)
{
    float years = clamp(facts->years[net][view], 0.0F, PV_AGE_MAX);
    if (net == PV_AGE_V1)
        years += at_knots(shift_years, v1_shift, SHIFT_KNOTS, years);
    return clamp(years, 0.0F, PV_AGE_MAX);
}

static float net_years(const pv_age_facts *facts, pv_age_net_id net, float *difference)
{
    float first = view_years(facts, net, 0);
    float second = view_years(facts, net, 1);
    *difference = fabsf(first - second);
    return (first + second) / 2;
}

static void list_features(const pv_age_facts *facts, float gap, float views, float *out)
{
    float size = clamp(facts->size, size_range[0], size_range[1]);
    bool both = facts->present[PV_AGE_V1] && facts->present[PV_AGE_XCEPTION];
    out[0] = both ? log1pf(gap) : 0.0F;
    out[1] = log1pf(views);
    out[2] =
        facts->present[PV_AGE_V1] ? log1pf(clamp(facts->class_spread, 0.0F, PV_AGE_MAX)) : 0.0F;
    out[3] = logf(size / size_range[1]);
    out[4] = clamp(facts->outside, 0.0F, 1.0F);
}

pv_age pv_age_judge(const pv_age_facts *facts, bool use_deviation)
{
    const operating_point *point = choose_point(facts);
    const error_fit *fit = &point->fits[use_deviation ? 1 : 0];
    float differences[PV_AGE_NETS];
    float v1 = net_years(facts, PV_AGE_V1, &differences[PV_AGE_V1]);
    float xception = net_years(facts, PV_AGE_XCEPTION, &differences[PV_AGE_XCEPTION]);
    float years = point->share * v1 + (1.0F - point->share) * xception;
    float views = point->share * differences[PV_AGE_V1] +
                  (1.0F - point->share) * differences[PV_AGE_XCEPTION];
    float features[FEATURES];
    list_features(facts, fabsf(v1 - xception), views, features);
    float logarithm = at_knots(knot_years, fit->knots, KNOTS, years);
    for (int i = 0; i < FEATURES; i++)
        logarithm += fit->features[i] * features[i];
    float scale = clamp(expf(logarithm), scale_range[0], scale_range[1]);
    /* Laplace: the scale is the mean absolute error. */
    return (pv_age){
        .years = years, .confidence = 1.0F - expf(-PV_AGE_BAND / scale), .deviation = scale};
}
