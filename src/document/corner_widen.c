/* Documents of which the net saw a part: a side of it in one colour is easily taken for ground. */
#include <math.h>

#include "document/corners_internal.h"
#include "document/page.h"

/* ISO/IEC 7810: ID-2 and ID-3 are 1.42 times as long as high, ID-1 1.586. */
#define RATIO_LEAST 1.42
#define RATIO_MOST 1.586
#define OFF_LEAST 0.1 /* logarithm: as much comes from leaning alone */
/* Leaning shows in the angles and in opposite sides; where it may explain the ratio, nothing is
 * missing. */
#define SKEW_MOST 8.0         /* degrees */
#define CONVERGENCE_MOST 0.12 /* logarithm */
#define STEPS 40
#define STEP 0.02  /* of a side's length: at most 0.8 is added */
#define REACH 0.04 /* of the longest side: the ratio says where to look, the edge where it is */
#define SUPPORT_LEAST 0.75F /* of every side that can be seen, and of the new one */
#define STEADY_LEAST 0.4F   /* of the new one */

double pv_corner_ratio_off(const pv_quad *quad, int width, int height)
{
    double ratio = fabs(log(pv_page_aspect(quad->corners, width, height)));
    double off = fmax(log(RATIO_LEAST) - ratio, ratio - log(RATIO_MOST));
    return isfinite(off) ? fmax(0.0, off) : INFINITY;
}

/* A side moved out along its neighbours by a share of their length. */
static pv_quad moved_out(const pv_quad *quad, int side, double share)
{
    pv_quad out = *quad;
    for (int i = 0; i < 2; i++) {
        pv_point *p = &out.corners[(side + i) % 4];
        pv_point from = quad->corners[(side + (i ? 2 : 3)) % 4];
        p->x = (float)(from.x + (1.0 + share) * ((double)p->x - from.x));
        p->y = (float)(from.y + (1.0 + share) * ((double)p->y - from.y));
    }
    return out;
}

/* With the side out so far that it is the picture of a rectangle of this ratio, as nearly as can
 * be. */
static pv_quad with_ratio(const pv_quad *quad, int side, double ratio, int width, int height)
{
    pv_quad best = *quad;
    double least = INFINITY;
    for (int i = 0; i <= STEPS; i++) {
        pv_quad next = moved_out(quad, side, i * STEP);
        double off = fabs(fabs(log(pv_page_aspect(next.corners, width, height))) - log(ratio));
        if (!(off < least))
            continue;
        least = off;
        best = next;
    }
    return best;
}

pv_status pv_corner_widen(pv_image *image, pv_quad *quad, pv_edge_support *edges)
{
    static const double ratios[] = {RATIO_LEAST, RATIO_MOST};
    int width = image->levels[0].width;
    int height = image->levels[0].height;
    const pv_quad narrow = *quad;
    float best = SUPPORT_LEAST;
    const pv_quad_shape shape = pv_quad_measure(&narrow);
    if (pv_corner_ratio_off(&narrow, width, height) < OFF_LEAST || shape.skew > SKEW_MOST ||
        shape.convergence > CONVERGENCE_MOST)
        return PV_OK;
    for (int i = 0; i < 8; i++) {
        pv_edge_support support;
        pv_quad next = with_ratio(&narrow, i / 2, ratios[i % 2], width, height);
        if (pv_quad_overlap(&next, &narrow) > 0.97)
            continue;
        double reach = REACH * pv_quad_longest_side(&next);
        pv_status status = pv_corner_edges_refine(image, reach, &next, &support);
        if (status != PV_OK)
            return status;
        if (support.sides[i / 2] < SUPPORT_LEAST || support.steady[i / 2] < STEADY_LEAST ||
            !(support.weakest > best) || pv_corner_ratio_off(&next, width, height) >= OFF_LEAST)
            continue;
        best = support.weakest;
        *quad = next;
        *edges = support;
    }
    return PV_OK;
}
