/* Areas of quadrilaterals and of what two of them share. */
#include <math.h>
#include <string.h>

#include "cli/evaluate_document.h"

#define POINTS_MAX 16 /* a convex quadrilateral cut by four lines has eight at most */

typedef struct polygon {
    double x[POINTS_MAX];
    double y[POINTS_MAX];
    int count;
} polygon;

static double area_of(const polygon *shape)
{
    double doubled = 0.0;
    for (int i = 0; i < shape->count; i++) {
        int next = (i + 1) % shape->count;
        doubled += shape->x[i] * shape->y[next] - shape->x[next] * shape->y[i];
    }
    return doubled / 2.0;
}

static polygon polygon_of(const double corners[8])
{
    polygon shape = {.count = 4};
    for (int i = 0; i < 4; i++) {
        shape.x[i] = corners[2 * i];
        shape.y[i] = corners[2 * i + 1];
    }
    return shape;
}

double pv_quadrilateral_area(const double corners[8])
{
    polygon shape = polygon_of(corners);
    return area_of(&shape);
}

/* Which side of the line from corner i to the next the point is on. */
static double side_of(const polygon *shape, int i, double x, double y)
{
    int next = (i + 1) % shape->count;
    return (shape->x[next] - shape->x[i]) * (y - shape->y[i]) -
           (shape->y[next] - shape->y[i]) * (x - shape->x[i]);
}

bool pv_quadrilateral_is_convex(const double corners[8])
{
    polygon shape = polygon_of(corners);
    int left = 0;
    int right = 0;
    for (int i = 0; i < 4; i++) {
        int after = (i + 2) % 4;
        double side = side_of(&shape, i, shape.x[after], shape.y[after]);
        left += side < 0.0;
        right += side > 0.0;
    }
    return left == 4 || right == 4;
}

static void add(polygon *shape, double x, double y)
{
    if (shape->count == POINTS_MAX)
        return;
    shape->x[shape->count] = x;
    shape->y[shape->count++] = y;
}

/* The part of the shape inside one edge of the cutter; I. Sutherland, G. Hodgman, "Reentrant
 * Polygon Clipping", CACM 17, 1974. */
static polygon cut(const polygon *shape, const polygon *cutter, int edge, double inside)
{
    polygon kept = {.count = 0};
    for (int i = 0; i < shape->count; i++) {
        int next = (i + 1) % shape->count;
        double here = inside * side_of(cutter, edge, shape->x[i], shape->y[i]);
        double there = inside * side_of(cutter, edge, shape->x[next], shape->y[next]);
        if (here >= 0.0)
            add(&kept, shape->x[i], shape->y[i]);
        if ((here >= 0.0) != (there >= 0.0)) {
            double part = here / (here - there);
            add(&kept, shape->x[i] + part * (shape->x[next] - shape->x[i]),
                shape->y[i] + part * (shape->y[next] - shape->y[i]));
        }
    }
    return kept;
}

double pv_quadrilateral_iou(const double a[8], const double b[8])
{
    polygon shared = polygon_of(a);
    polygon cutter = polygon_of(b);
    double area_a = fabs(area_of(&shared));
    double area_b = area_of(&cutter);
    double inside = area_b < 0.0 ? -1.0 : 1.0;
    for (int i = 0; i < 4; i++)
        shared = cut(&shared, &cutter, i, inside);
    double common = fabs(area_of(&shared));
    double both = area_a + fabs(area_b) - common;
    return both > 0.0 ? common / both : 0.0;
}
