#include "image/projective.h"

#include <math.h>

/* A corner whose triangle has less than this share of the quadrilateral's area makes it no
 * quadrilateral. */
#define LEAST_CORNER_SHARE 1e-3

static double cross(pv_point o, pv_point a, pv_point b)
{
    return ((double)a.x - o.x) * ((double)b.y - o.y) - ((double)a.y - o.y) * ((double)b.x - o.x);
}

double pv_quad_area(const pv_point corners[4])
{
    return 0.5 *
           (cross(corners[0], corners[1], corners[2]) + cross(corners[0], corners[2], corners[3]));
}

bool pv_quad_is_convex(const pv_point corners[4])
{
    double area = pv_quad_area(corners);
    if (!isfinite(area) || area == 0.0)
        return false;
    for (int i = 0; i < 4; i++) {
        double triangle =
            0.5 * cross(corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]) / area;
        if (!(triangle > LEAST_CORNER_SHARE))
            return false;
    }
    return true;
}

/* From the unit square to a quadrilateral; P. Heckbert, "Fundamentals of texture mapping and image
 * warping", 1989. */
static pv_projective from_square(const pv_point q[4])
{
    double dx1 = (double)q[1].x - q[2].x;
    double dx2 = (double)q[3].x - q[2].x;
    double dy1 = (double)q[1].y - q[2].y;
    double dy2 = (double)q[3].y - q[2].y;
    double sx = (double)q[0].x - q[1].x + q[2].x - q[3].x;
    double sy = (double)q[0].y - q[1].y + q[2].y - q[3].y;
    double area = dx1 * dy2 - dx2 * dy1;
    double g = (sx * dy2 - dx2 * sy) / area;
    double h = (dx1 * sy - sx * dy1) / area;
    return (pv_projective){
        {{q[1].x - (double)q[0].x + g * q[1].x, q[3].x - (double)q[0].x + h * q[3].x, q[0].x},
         {q[1].y - (double)q[0].y + g * q[1].y, q[3].y - (double)q[0].y + h * q[3].y, q[0].y},
         {g, h, 1.0}}};
}

pv_projective pv_projective_compose(const pv_projective *first, const pv_projective *second)
{
    pv_projective out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            double sum = 0.0;
            for (int k = 0; k < 3; k++)
                sum += second->m[i][k] * first->m[k][j];
            out.m[i][j] = sum;
        }
    return out;
}

pv_projective pv_projective_invert(const pv_projective *map)
{
    pv_projective out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            int r1 = (j + 1) % 3;
            int r2 = (j + 2) % 3;
            int c1 = (i + 1) % 3;
            int c2 = (i + 2) % 3;
            out.m[i][j] = map->m[r1][c1] * map->m[r2][c2] - map->m[r1][c2] * map->m[r2][c1];
        }
    return out;
}

pv_status pv_projective_fit(const pv_point from[4], const pv_point to[4], pv_projective *out)
{
    if (!pv_quad_is_convex(from) || !pv_quad_is_convex(to))
        return pv_fail(PV_ERROR_GENERIC, "the corners are not those of a rectangle in perspective");
    pv_projective source = from_square(from);
    pv_projective target = from_square(to);
    pv_projective back = pv_projective_invert(&source);
    *out = pv_projective_compose(&back, &target);
    return PV_OK;
}

pv_point pv_projective_apply(const pv_projective *map, pv_point point)
{
    double x = point.x;
    double y = point.y;
    double w = map->m[2][0] * x + map->m[2][1] * y + map->m[2][2];
    if (w == 0.0)
        return (pv_point){0.0F, 0.0F};
    return (pv_point){(float)((map->m[0][0] * x + map->m[0][1] * y + map->m[0][2]) / w),
                      (float)((map->m[1][0] * x + map->m[1][1] * y + map->m[1][2]) / w)};
}

pv_projective pv_projective_turn_back(int quarters, int width, int height)
{
    const double w = width - 1;
    const double h = height - 1;
    switch (quarters) {
    case 1: return (pv_projective){{{0, 1, 0}, {-1, 0, h}, {0, 0, 1}}};
    case 2: return (pv_projective){{{-1, 0, w}, {0, -1, h}, {0, 0, 1}}};
    case 3: return (pv_projective){{{0, -1, w}, {1, 0, 0}, {0, 0, 1}}};
    default: return (pv_projective){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    }
}
