#include "document/quad.h"

#include <math.h>
#include <string.h>

#define DEGREES (180.0 / M_PI)
#define ANGLE_LEAST 15.0
#define PARALLEL 1e-3 /* sine of the angle between two lines that do not meet */

bool pv_line_through(pv_point from, pv_point to, pv_line *out)
{
    double dx = (double)to.x - from.x;
    double dy = (double)to.y - from.y;
    double length = hypot(dx, dy);
    if (!(length > 1e-9) || !isfinite(length))
        return false;
    *out = (pv_line){.nx = dy / length, .ny = -dx / length};
    out->distance = out->nx * from.x + out->ny * from.y;
    return true;
}

bool pv_line_meet(const pv_line *a, const pv_line *b, pv_point *out)
{
    double sine = a->nx * b->ny - a->ny * b->nx;
    if (!(fabs(sine) > PARALLEL))
        return false;
    double x = (a->distance * b->ny - b->distance * a->ny) / sine;
    double y = (a->nx * b->distance - b->nx * a->distance) / sine;
    if (!isfinite(x) || !isfinite(y) || fabs(x) > 1e7 || fabs(y) > 1e7)
        return false;
    *out = (pv_point){(float)x, (float)y};
    return true;
}

bool pv_quad_from_lines(const pv_line sides[4], pv_quad *out)
{
    for (int k = 0; k < 4; k++)
        if (!pv_line_meet(&sides[(k + 3) % 4], &sides[k], &out->corners[k]))
            return false;
    return true;
}

static double cross(pv_point a, pv_point b, pv_point c)
{
    return ((double)b.x - a.x) * ((double)c.y - b.y) - ((double)b.y - a.y) * ((double)c.x - b.x);
}

double pv_quad_side(const pv_quad *quad, int side)
{
    pv_point a = quad->corners[side];
    pv_point b = quad->corners[(side + 1) % 4];
    return hypot((double)b.x - a.x, (double)b.y - a.y);
}

double pv_quad_longest_side(const pv_quad *quad)
{
    double longest = 0.0;
    for (int k = 0; k < 4; k++)
        longest = fmax(longest, pv_quad_side(quad, k));
    return longest;
}

/* Inner angle at a corner of a clockwise one, in degrees; not a number where two corners coincide.
 */
static double inner_angle(const pv_quad *quad, int corner)
{
    pv_point a = quad->corners[(corner + 3) % 4];
    pv_point b = quad->corners[corner];
    pv_point c = quad->corners[(corner + 1) % 4];
    double dot =
        ((double)a.x - b.x) * ((double)c.x - b.x) + ((double)a.y - b.y) * ((double)c.y - b.y);
    double turn = cross(a, b, c);
    return hypot(dot, turn) > 0.0 ? atan2(turn, dot) * DEGREES : NAN;
}

bool pv_quad_convex(const pv_quad *quad)
{
    for (int k = 0; k < 4; k++) {
        double angle = inner_angle(quad, k);
        if (!(angle >= ANGLE_LEAST && angle <= 180.0 - ANGLE_LEAST))
            return false;
    }
    return true;
}

/* Keeps of a polygon what lies inside of one side (I. E. Sutherland, G. W. Hodgman, "Reentrant
 * polygon clipping", 1974). A convex one gains at most one corner. */
static int clip(const pv_point *from, int count, const pv_line *side, pv_point *to)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        pv_point a = from[i];
        pv_point b = from[(i + 1) % count];
        double da = side->nx * a.x + side->ny * a.y - side->distance;
        double db = side->nx * b.x + side->ny * b.y - side->distance;
        if (da <= 0.0)
            to[kept++] = a;
        if ((da <= 0.0) != (db <= 0.0)) {
            double t = da / (da - db);
            to[kept++] = (pv_point){(float)(a.x + t * ((double)b.x - a.x)),
                                    (float)(a.y + t * ((double)b.y - a.y))};
        }
    }
    return kept;
}

static double common_area(const pv_quad *a, const pv_quad *b)
{
    /* each of the four cuts adds at most one corner; twice that for rounding */
    pv_point polygons[2][16];
    int count = 4;
    memcpy(polygons[0], a->corners, sizeof a->corners);
    for (int k = 0; k < 4; k++) {
        pv_line side;
        if (!pv_line_through(b->corners[k], b->corners[(k + 1) % 4], &side))
            return 0.0;
        count = clip(polygons[k % 2], count, &side, polygons[(k + 1) % 2]);
        if (count > 8)
            return 0.0; /* not convex */
    }
    double area = 0.0;
    for (int i = 0; i < count; i++) {
        pv_point p = polygons[0][i];
        pv_point q = polygons[0][(i + 1) % count];
        area += 0.5 * ((double)p.x * q.y - (double)q.x * p.y);
    }
    return fmax(0.0, area);
}

double pv_quad_overlap(const pv_quad *a, const pv_quad *b)
{
    double common = common_area(a, b);
    double together = pv_quad_area(a->corners) + pv_quad_area(b->corners) - common;
    return together > 0.0 ? fmin(1.0, common / together) : 0.0;
}

pv_quad pv_quad_map(const pv_affine *map, const pv_quad *quad)
{
    pv_quad out;
    for (int k = 0; k < 4; k++)
        out.corners[k] = pv_affine_apply(map, quad->corners[k]);
    return out;
}

double pv_quad_angle(const pv_quad *quad)
{
    const pv_point *p = quad->corners;
    double x = ((double)p[1].x - p[0].x) + ((double)p[2].x - p[3].x);
    double y = ((double)p[1].y - p[0].y) + ((double)p[2].y - p[3].y);
    return atan2(y, x);
}

void pv_quad_order(pv_quad *quad)
{
    pv_quad best = *quad;
    for (int k = 1; k < 4; k++) {
        pv_quad turned;
        for (int i = 0; i < 4; i++)
            turned.corners[i] = quad->corners[(i + k) % 4];
        if (fabs(pv_quad_angle(&turned)) < fabs(pv_quad_angle(&best)))
            best = turned;
    }
    *quad = best;
}

pv_quad_shape pv_quad_measure(const pv_quad *quad)
{
    pv_quad_shape out = {0};
    for (int k = 0; k < 4; k++)
        out.skew = fmax(out.skew, fabs(inner_angle(quad, k) - 90.0));
    for (int k = 0; k < 2; k++)
        out.convergence =
            fmax(out.convergence, fabs(log(pv_quad_side(quad, k) / pv_quad_side(quad, k + 2))));
    return out;
}
