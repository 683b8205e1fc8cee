/* Sides of a quadrilateral to a fraction of a cell. */
#include <math.h>
#include <stdlib.h>

#include "document/corner_maps_internal.h"

#define PLACES 40 /* along a side */
#define PLACES_LEAST 10
#define CORNER_SHARE 0.07 /* of the side at either end, where corners may be round */
#define REACH 3.0         /* cells to either side, at first */
#define REACH_LAST 1.5
#define STEP 0.25
#define ROUNDS 3
#define OUTLINE_LEAST 0.25F
#define SHIFT_MOST 4.0 /* cells that a corner may move */

/* A place across a side: how far along it, and how far out of it. */
typedef struct edge_place {
    double along, out;
} edge_place;

/* The step from inside to outside that is nearest to the line, and the outline's peak beside it. */
static bool find_edge(const pv_corner_maps *maps, double x, double y, const pv_line *side,
                      double reach, double *out)
{
    int steps = (int)(reach / STEP);
    double nearest = INFINITY;
    for (int i = -steps; i < steps; i++) {
        double t = i * STEP;
        float here = pv_map_sample(maps->inside, x + t * side->nx, y + t * side->ny);
        float next =
            pv_map_sample(maps->inside, x + (t + STEP) * side->nx, y + (t + STEP) * side->ny);
        if (here < 0.5F || next >= 0.5F)
            continue;
        double at = t + STEP * (double)((here - 0.5F) / (here - next));
        if (fabs(at) < fabs(nearest))
            nearest = at;
    }
    if (!isfinite(nearest) ||
        !pv_map_visible(maps, x + nearest * side->nx, y + nearest * side->ny, 0.8))
        return false;
    double weight = 0.0;
    double sum = 0.0;
    for (int i = -4; i <= 4; i++) {
        double t = nearest + i * STEP;
        float value = pv_map_sample(maps->outline, x + t * side->nx, y + t * side->ny);
        value = fmaxf(0.0F, value - OUTLINE_LEAST);
        weight += value;
        sum += value * t;
    }
    *out = weight > 0.3 ? 0.5 * (nearest + sum / weight) : nearest;
    return true;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* out = a + b * along by least squares with weights. */
static bool fit_line(const edge_place *places, const double *weights, int count, double *a,
                     double *b)
{
    double s = 0.0;
    double sx = 0.0;
    double sy = 0.0;
    double sxx = 0.0;
    double sxy = 0.0;
    for (int i = 0; i < count; i++) {
        double w = weights[i];
        s += w;
        sx += w * places[i].along;
        sy += w * places[i].out;
        sxx += w * places[i].along * places[i].along;
        sxy += w * places[i].along * places[i].out;
    }
    double determinant = s * sxx - sx * sx;
    if (!(determinant > 1e-9 * s * s))
        return false;
    *b = (s * sxy - sx * sy) / determinant;
    *a = (sy - *b * sx) / s;
    return true;
}

/* Tukey's biweight, its width from the median of what is left over. */
static bool fit_robust(const edge_place *places, int count, double *a, double *b)
{
    double weights[PLACES];
    double sizes[PLACES];
    for (int i = 0; i < count; i++)
        weights[i] = 1.0;
    for (int round = 0; round < 6; round++) {
        if (!fit_line(places, weights, count, a, b))
            return false;
        for (int i = 0; i < count; i++)
            sizes[i] = fabs(places[i].out - *a - *b * places[i].along);
        qsort(sizes, (size_t)count, sizeof *sizes, by_size);
        double width = fmax(0.4, 4.0 * sizes[count / 2]);
        for (int i = 0; i < count; i++) {
            double r = (places[i].out - *a - *b * places[i].along) / width;
            weights[i] = fabs(r) < 1.0 ? (1.0 - r * r) * (1.0 - r * r) : 0.0;
        }
    }
    return true;
}

static bool fit_side(const pv_corner_maps *maps, pv_point from, pv_point to, double reach,
                     pv_line *side)
{
    edge_place places[PLACES];
    int count = 0;
    double dx = (double)to.x - from.x;
    double dy = (double)to.y - from.y;
    double length = hypot(dx, dy);
    for (int i = 0; i < PLACES; i++) {
        double t = CORNER_SHARE + (1.0 - 2.0 * CORNER_SHARE) * (i + 0.5) / PLACES;
        double out;
        if (find_edge(maps, from.x + t * dx, from.y + t * dy, side, reach, &out))
            places[count++] = (edge_place){t * length, out};
    }
    double a;
    double b;
    if (count < PLACES_LEAST || !fit_robust(places, count, &a, &b))
        return false;
    pv_point start = {(float)(from.x + a * side->nx), (float)(from.y + a * side->ny)};
    pv_point end = {(float)(to.x + (a + b * length) * side->nx),
                    (float)(to.y + (a + b * length) * side->ny)};
    return pv_line_through(start, end, side);
}

void pv_map_fit_sides(const pv_corner_maps *maps, pv_quad *quad)
{
    for (int round = 0; round < ROUNDS; round++) {
        pv_line sides[4];
        for (int k = 0; k < 4; k++) {
            pv_point from = quad->corners[k];
            pv_point to = quad->corners[(k + 1) % 4];
            if (!pv_line_through(from, to, &sides[k]))
                return;
            /* a side without an edge stays where it is */
            (void)fit_side(maps, from, to, round == 0 ? REACH : REACH_LAST, &sides[k]);
        }
        pv_quad next;
        if (!pv_quad_from_lines(sides, &next) || !pv_quad_convex(&next))
            return;
        for (int k = 0; k < 4; k++)
            if (hypot((double)next.corners[k].x - quad->corners[k].x,
                      (double)next.corners[k].y - quad->corners[k].y) > SHIFT_MOST)
                return;
        *quad = next;
    }
}
