/* How far a quadrilateral is to be believed. */
#include <math.h>

#include "document/corners_internal.h"

typedef enum term {
    TERM_FILL,
    TERM_OUTLINE,
    TERM_WEAKEST,
    TERM_CORNERS,
    TERM_AGREEMENT,
    TERM_EDGES,
    TERM_RATIO,
    TERM_SHAPE
} term;

/* The blend's logarithm of odds, as training/corners/fit_blend.py fits it. */
static const float constant = -22.94F;
static const float weights[PV_CORNER_TERMS] = {
    [TERM_FILL] = 8.29F,    [TERM_OUTLINE] = 5.34F,   [TERM_WEAKEST] = 2.62F,
    [TERM_CORNERS] = 3.59F, [TERM_AGREEMENT] = 2.60F, [TERM_EDGES] = 1.93F,
    [TERM_RATIO] = 2.48F,   [TERM_SHAPE] = 2.04F,
};

static float limited(double value)
{
    return value > 0.0 ? (float)fmin(value, 1.0) : 0.0F; /* 0 also for what is no number */
}

void pv_corner_terms(const pv_corner_evidence *evidence, int width, int height,
                     float out[PV_CORNER_TERMS])
{
    pv_quad_shape shape = pv_quad_measure(&evidence->quad);
    double off = pv_corner_ratio_off(&evidence->quad, width, height);
    out[TERM_FILL] = limited(evidence->maps.fill);
    out[TERM_OUTLINE] = limited(evidence->maps.outline);
    out[TERM_WEAKEST] = limited(evidence->maps.weakest);
    out[TERM_CORNERS] = limited(evidence->maps.corners);
    out[TERM_AGREEMENT] = limited(evidence->agreement);
    out[TERM_EDGES] = limited(evidence->edges.mean);
    /* 1 for the ratios of the standard, 0 from 30 % off */
    out[TERM_RATIO] = limited(1.0 - off / 0.3);
    /* 1 for a rectangle, 0 for angles off by 45 degrees or a side twice as long as its opposite */
    out[TERM_SHAPE] = limited(1.0 - fmax(shape.skew / 45.0, shape.convergence / log(2.0)));
}

float pv_corner_confidence(const float terms[PV_CORNER_TERMS])
{
    float sum = constant;
    for (int i = 0; i < PV_CORNER_TERMS; i++)
        sum += weights[i] * terms[i];
    return 1.0F / (1.0F + expf(-sum));
}
