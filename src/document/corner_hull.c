/* From a region of the inside map to a first quadrilateral. */
#include <math.h>
#include <stdlib.h>

#include "document/corner_maps_internal.h"

#define SIDE PV_MAPS_SIDE
#define LEVEL 0.5F
#define CONTOUR_MOST (4 * PV_MAPS_CELLS)
#define OUTLINE_REACH 0.5 /* cells beyond the picture where an outline is still drawn */
#define BORDER_CELLS 0.9  /* a side as near to the picture's border as this runs along it */

float pv_map_sample(const float *map, double x, double y)
{
    x = fmin(fmax(x, 0.0), SIDE - 1.001);
    y = fmin(fmax(y, 0.0), SIDE - 1.001);
    int left = (int)x;
    int top = (int)y;
    float fx = (float)(x - left);
    float fy = (float)(y - top);
    const float *v = map + top * SIDE + left;
    float upper = v[0] + fx * (v[1] - v[0]);
    float lower = v[SIDE] + fx * (v[SIDE + 1] - v[SIDE]);
    return upper + fy * (lower - upper);
}

bool pv_map_visible(const pv_corner_maps *maps, double x, double y, double margin)
{
    const pv_affine *m = &maps->to_picture;
    double cell = pv_affine_scale(m);
    double px = m->xx * x + m->xy * y + m->x0;
    double py = m->yx * x + m->yy * y + m->y0;
    return px >= -0.5 + margin * cell && py >= -0.5 + margin * cell &&
           px <= maps->width - 0.5 - margin * cell && py <= maps->height - 0.5 - margin * cell &&
           x >= -0.5 + margin && y >= -0.5 + margin && x <= SIDE - 0.5 - margin &&
           y <= SIDE - 0.5 - margin;
}

bool pv_map_drawn(const pv_corner_maps *maps, double x, double y)
{
    return x >= -0.2 && y >= -0.2 && x <= SIDE - 0.8 && y <= SIDE - 0.8 &&
           pv_map_visible(maps, x, y, -OUTLINE_REACH);
}

/* Where the way from a cell of the region to a neighbour outside crosses the level. */
static pv_point crossing(const pv_map_work *work, int cell, int dx, int dy)
{
    int x = cell % SIDE;
    int y = cell / SIDE;
    float t = 0.5F;
    if (x + dx >= 0 && x + dx < SIDE && y + dy >= 0 && y + dy < SIDE) {
        float here = work->maps->inside[cell];
        float there = work->maps->inside[cell + dy * SIDE + dx];
        if (here > LEVEL && there < LEVEL)
            t = (here - LEVEL) / (here - there);
    }
    return (pv_point){(float)x + t * (float)dx, (float)y + t * (float)dy};
}

static int contour(const pv_map_work *work, int region, pv_point *out)
{
    static const int steps[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    int count = 0;
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++) {
        if (work->region[cell] != region)
            continue;
        for (int k = 0; k < 4; k++) {
            int x = cell % SIDE + steps[k][0];
            int y = cell / SIDE + steps[k][1];
            bool beyond = x < 0 || y < 0 || x >= SIDE || y >= SIDE;
            if (beyond || work->region[y * SIDE + x] != region)
                out[count++] = crossing(work, cell, steps[k][0], steps[k][1]);
        }
    }
    return count;
}

static int by_place(const void *a, const void *b)
{
    const pv_point *p = a;
    const pv_point *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->y < q->y ? -1 : p->y > q->y;
}

/* Positive where a, b, c turn clockwise. */
static double turn(pv_point a, pv_point b, pv_point c)
{
    return ((double)b.x - a.x) * ((double)c.y - a.y) - ((double)b.y - a.y) * ((double)c.x - a.x);
}

/* One half of the hull, upper or lower: A. M. Andrew, "Another efficient algorithm for convex hulls
 * in two dimensions", 1979. */
static int half_hull(const pv_point *points, int count, int step, pv_point *hull, int most)
{
    int kept = 0;
    for (int i = step > 0 ? 0 : count - 1; i >= 0 && i < count; i += step) {
        while (kept >= 2 && turn(hull[kept - 2], hull[kept - 1], points[i]) <= 1e-6)
            kept--;
        if (kept == most)
            return kept;
        hull[kept++] = points[i];
    }
    return kept;
}

pv_status pv_map_hull(const pv_map_work *work, int region, pv_arena *arena, pv_point *hull,
                      int *count)
{
    *count = 0;
    pv_point *points = pv_arena_take(arena, CONTOUR_MOST, sizeof *points);
    if (!points)
        return PV_ERROR_GENERIC;
    int found = contour(work, region, points);
    if (found < 3)
        return PV_OK;
    qsort(points, (size_t)found, sizeof *points, by_place);
    int upper = half_hull(points, found, 1, hull, PV_HULL_MOST / 2) - 1;
    int lower = half_hull(points, found, -1, hull + upper, PV_HULL_MOST / 2) - 1;
    *count = upper + lower;
    return PV_OK;
}

/* What is added when the side from `at` to the next is dropped and its neighbours go on to where
 * they meet; infinite where they don't. */
static double cost(const pv_point *hull, int count, int at, pv_point *meeting)
{
    pv_point a = hull[(at + count - 1) % count];
    pv_point b = hull[at];
    pv_point c = hull[(at + 1) % count];
    pv_point d = hull[(at + 2) % count];
    pv_line before;
    pv_line after;
    if (!pv_line_through(a, b, &before) || !pv_line_through(c, d, &after) ||
        !pv_line_meet(&before, &after, meeting))
        return INFINITY;
    /* behind b as seen from a, and before c as seen from d */
    double forward = ((double)meeting->x - b.x) * ((double)b.x - a.x) +
                     ((double)meeting->y - b.y) * ((double)b.y - a.y);
    double backward = ((double)meeting->x - c.x) * ((double)c.x - d.x) +
                      ((double)meeting->y - c.y) * ((double)c.y - d.y);
    if (forward < 0.0 || backward < 0.0)
        return INFINITY;
    return 0.5 * fabs(turn(b, *meeting, c));
}

static bool along_border(const pv_corner_maps *maps, pv_point a, pv_point b)
{
    return !pv_map_visible(maps, a.x, a.y, BORDER_CELLS) &&
           !pv_map_visible(maps, b.x, b.y, BORDER_CELLS) &&
           !pv_map_visible(maps, (a.x + b.x) / 2.0, (a.y + b.y) / 2.0, BORDER_CELLS);
}

/* Drops the side whose loss costs least; false where none can be dropped. */
static bool drop_side(const pv_corner_maps *maps, double border_cost, pv_point *hull, int *count)
{
    int best = -1;
    double least = INFINITY;
    pv_point meeting = {0, 0};
    for (int i = 0; i < *count; i++) {
        pv_point at;
        double value = cost(hull, *count, i, &at);
        if (along_border(maps, hull[i], hull[(i + 1) % *count]))
            value *= border_cost;
        if (value < least) {
            least = value;
            best = i;
            meeting = at;
        }
    }
    if (best < 0)
        return false;
    hull[best] = meeting;
    int gone = (best + 1) % *count;
    for (int i = gone; i + 1 < *count; i++)
        hull[i] = hull[i + 1];
    --*count;
    return true;
}

bool pv_hull_to_quad(const pv_corner_maps *maps, double border_cost, pv_point *hull, int count,
                     pv_quad *out)
{
    while (count > 4)
        if (!drop_side(maps, border_cost, hull, &count))
            return false;
    if (count != 4)
        return false;
    for (int k = 0; k < 4; k++)
        out->corners[k] = hull[k];
    return pv_quad_convex(out);
}

/* The rectangle around the hull whose first side runs along the given direction. */
static void box_along(const pv_point *hull, int count, double dx, double dy, pv_quad *out)
{
    double least[2] = {INFINITY, INFINITY};
    double most[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i < count; i++) {
        double along = hull[i].x * dx + hull[i].y * dy;
        double across = hull[i].y * dx - hull[i].x * dy;
        least[0] = fmin(least[0], along);
        most[0] = fmax(most[0], along);
        least[1] = fmin(least[1], across);
        most[1] = fmax(most[1], across);
    }
    for (int k = 0; k < 4; k++) {
        double along = k == 1 || k == 2 ? most[0] : least[0];
        double across = k >= 2 ? most[1] : least[1];
        out->corners[k] =
            (pv_point){(float)(along * dx - across * dy), (float)(along * dy + across * dx)};
    }
}

bool pv_hull_to_box(const pv_point *hull, int count, pv_quad *out)
{
    double smallest = INFINITY;
    for (int i = 0; i < count; i++) {
        pv_point a = hull[i];
        pv_point b = hull[(i + 1) % count];
        double length = hypot((double)b.x - a.x, (double)b.y - a.y);
        if (!(length > 0.5))
            continue;
        pv_quad box;
        box_along(hull, count, ((double)b.x - a.x) / length, ((double)b.y - a.y) / length, &box);
        double area = pv_quad_area(box.corners);
        if (!(area < smallest))
            continue;
        smallest = area;
        *out = box;
    }
    return isfinite(smallest) && pv_quad_convex(out);
}
