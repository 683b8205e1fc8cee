/* Quadrilaterals as tables and answers write them, in either direction. */
#include "cli/evaluate_document.h"
#include "document/quad.h"

bool pv_quadrilateral_is_convex(const double corners[8])
{
    int left = 0;
    int right = 0;
    for (int i = 0; i < 4; i++) {
        const double *a = corners + 2 * i;
        const double *b = corners + 2 * ((i + 1) % 4);
        const double *c = corners + 2 * ((i + 2) % 4);
        double side = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        left += side < 0.0;
        right += side > 0.0;
    }
    return left == 4 || right == 4;
}

static pv_quad clockwise(const double corners[8])
{
    pv_quad quad;
    for (int i = 0; i < 4; i++)
        quad.corners[i] = (pv_point){(float)corners[2 * i], (float)corners[2 * i + 1]};
    if (pv_quad_area(quad.corners) < 0.0) {
        pv_point second = quad.corners[1];
        quad.corners[1] = quad.corners[3];
        quad.corners[3] = second;
    }
    return quad;
}

double pv_quadrilateral_iou(const double a[8], const double b[8])
{
    const pv_quad first = clockwise(a);
    const pv_quad second = clockwise(b);
    return pv_quad_overlap(&first, &second);
}
