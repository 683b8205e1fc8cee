/* Placing a quadrilateral by what the maps say under it. */
#include <math.h>

#include "document/corner_maps_internal.h"

#define SIDE PV_MAPS_SIDE
#define ROW (SIDE + 1)
#define LINES_PER_CELL 3
#define LINES (SIDE * LINES_PER_CELL)
#define SAMPLES 20 /* along a side */
#define STEP_FIRST 2.0
#define STEP_LAST 0.2
#define ROUNDS_MOST 12 /* of one step length */
#define OUTLINE_WEIGHT 0.35
#define CORNER_WEIGHT 0.08
#define ODD_WEIGHT 0.3     /* of what leaning alone does not explain */
#define BEYOND_WEIGHT 0.05 /* of area that lies outside of the picture */

/* Sum of the first x cells' worth of a row. */
static double sum_until(const float *sums, double x)
{
    x = fmin(fmax(x + 0.5, 0.0), SIDE - 1e-6);
    int cell = (int)x;
    return sums[cell] + (x - cell) * (sums[cell + 1] - sums[cell]);
}

/* Where a horizontal line crosses a convex quadrilateral. */
static bool cross_line(const pv_quad *quad, double y, double *left, double *right)
{
    *left = INFINITY;
    *right = -INFINITY;
    for (int k = 0; k < 4; k++) {
        pv_point a = quad->corners[k];
        pv_point b = quad->corners[(k + 1) % 4];
        if ((a.y <= y) == (b.y <= y))
            continue;
        double x = a.x + (y - a.y) / ((double)b.y - a.y) * ((double)b.x - a.x);
        *left = fmin(*left, x);
        *right = fmax(*right, x);
    }
    return *left < *right;
}

pv_map_sums pv_map_sum(const pv_map_work *work, const pv_quad *quad)
{
    pv_map_sums out = {0};
    double top = INFINITY;
    double bottom = -INFINITY;
    for (int k = 0; k < 4; k++) {
        top = fmin(top, quad->corners[k].y);
        bottom = fmax(bottom, quad->corners[k].y);
    }
    int first = (int)fmin(fmax(floor((top + 0.5) * LINES_PER_CELL), 0.0), LINES);
    int end = (int)fmin(fmax(ceil((bottom + 0.5) * LINES_PER_CELL), 0.0), LINES);
    for (int i = first; i < end; i++) {
        double left;
        double right;
        double y = (i + 0.5) / LINES_PER_CELL - 0.5;
        if (!cross_line(quad, y, &left, &right))
            continue;
        size_t row = (size_t)(i / LINES_PER_CELL) * ROW;
        out.gain += sum_until(work->gain + row, right) - sum_until(work->gain + row, left);
        out.mass += sum_until(work->mass + row, right) - sum_until(work->mass + row, left);
        out.space += sum_until(work->space + row, right) - sum_until(work->space + row, left);
    }
    out.gain /= LINES_PER_CELL;
    out.mass /= LINES_PER_CELL;
    out.space /= LINES_PER_CELL;
    return out;
}

void pv_map_outline(const pv_corner_maps *maps, const pv_quad *quad, float out[4])
{
    for (int k = 0; k < 4; k++) {
        pv_point a = quad->corners[k];
        pv_point b = quad->corners[(k + 1) % 4];
        float sums[2] = {0.0F, 0.0F}; /* of what is in the picture, and with its border */
        int counts[2] = {0, 0};
        for (int i = 0; i < SAMPLES; i++) {
            double t = (i + 0.5) / SAMPLES;
            double x = a.x + t * ((double)b.x - a.x);
            double y = a.y + t * ((double)b.y - a.y);
            if (!pv_map_drawn(maps, x, y))
                continue;
            float value = pv_map_sample(maps->outline, x, y);
            bool visible = pv_map_visible(maps, x, y, 0.3);
            sums[0] += visible ? value : 0.0F;
            counts[0] += visible;
            sums[1] += value;
            counts[1]++;
        }
        out[k] = -1.0F;
        if (counts[0] >= SAMPLES / 4)
            out[k] = sums[0] / (float)counts[0];
        else if (counts[1] >= SAMPLES / 4 && sums[1] >= PV_MAPS_ENDS * (float)counts[1])
            out[k] = sums[1] / (float)counts[1];
    }
}

/* What pv_map_climb() makes as large as it can. */
static double goodness(const pv_map_work *work, const pv_quad *quad)
{
    if (!pv_quad_convex(quad))
        return -INFINITY;
    pv_map_sums sums = pv_map_sum(work, quad);
    float sides[4];
    pv_map_outline(work->maps, quad, sides);
    double outline = 0.0;
    double corners = 0.0;
    for (int k = 0; k < 4; k++) {
        outline += fmaxf(0.0F, sides[k]) / 4.0;
        pv_point p = quad->corners[k];
        if (pv_map_drawn(work->maps, p.x, p.y))
            corners += pv_map_sample(work->maps->corners, p.x, p.y) / 4.0;
    }
    pv_quad_shape shape = pv_quad_measure(quad);
    double odd = shape.skew / 90.0 * (shape.skew / 90.0) + shape.convergence * shape.convergence;
    double beyond = fmax(0.0, pv_quad_area(quad->corners) - sums.space);
    return (sums.gain - BEYOND_WEIGHT * beyond) / work->positive + OUTLINE_WEIGHT * outline +
           CORNER_WEIGHT * corners - ODD_WEIGHT * odd;
}

/* Moves number 0 to 15 push a corner four ways, 16 to 23 a side out or in. */
static pv_quad moved(const pv_quad *quad, int move, double step)
{
    static const double ways[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    pv_quad out = *quad;
    if (move < 16) {
        pv_point *p = &out.corners[move / 4];
        p->x += (float)(step * ways[move % 4][0]);
        p->y += (float)(step * ways[move % 4][1]);
        return out;
    }
    pv_line side;
    int k = (move - 16) / 2;
    double way = move % 2 ? -step : step;
    if (!pv_line_through(quad->corners[k], quad->corners[(k + 1) % 4], &side))
        return out;
    for (int i = 0; i < 2; i++) {
        pv_point *p = &out.corners[(k + i) % 4];
        p->x += (float)(way * side.nx);
        p->y += (float)(way * side.ny);
    }
    return out;
}

double pv_map_climb(const pv_map_work *work, pv_quad *quad)
{
    double best = goodness(work, quad);
    for (double step = STEP_FIRST; step > STEP_LAST; step /= 2.0) {
        bool better = true;
        for (int round = 0; round < ROUNDS_MOST && better; round++) {
            better = false;
            for (int move = 0; move < 24; move++) {
                pv_quad next = moved(quad, move, step);
                double value = goodness(work, &next);
                if (value > best + 1e-6) {
                    best = value;
                    *quad = next;
                    better = true;
                }
            }
        }
    }
    return best;
}
