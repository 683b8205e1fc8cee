#include "drawn_maps.h"

#include <math.h>

pv_quad drawn_quad(double x, double y, double a, double b, double angle, double taper)
{
    const double places[4][2] = {
        {-a * (1 - taper), -b}, {a * (1 - taper), -b}, {a * (1 + taper), b}, {-a * (1 + taper), b}};
    pv_quad out;
    for (int k = 0; k < 4; k++)
        out.corners[k] =
            (pv_point){(float)(x + places[k][0] * cos(angle) - places[k][1] * sin(angle)),
                       (float)(y + places[k][0] * sin(angle) + places[k][1] * cos(angle))};
    return out;
}

/* How far a place is outside of the quadrilateral, made smaller by `radius` and then wider. */
static double distance_out(const pv_quad *quad, double radius, double x, double y)
{
    double far = -INFINITY;
    double outside[4];
    for (int k = 0; k < 4; k++) {
        pv_line side = {0};
        (void)pv_line_through(quad->corners[k], quad->corners[(k + 1) % 4], &side);
        outside[k] = side.nx * x + side.ny * y - side.distance + radius;
        far = fmax(far, outside[k]);
    }
    for (int k = 0; k < 4; k++)
        if (outside[k] > 0.0 && outside[(k + 1) % 4] > 0.0)
            far = hypot(outside[k], outside[(k + 1) % 4]);
    return far - radius;
}

void draw_document(drawn_maps *maps, const pv_quad *quad, double radius)
{
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++) {
        double x = cell % PV_MAPS_SIDE;
        double y = (double)(cell / PV_MAPS_SIDE);
        double far = distance_out(quad, radius, x, y);
        float inside = (float)(1.0 / (1.0 + exp(6.0 * far)));
        float outline = (float)exp(-far * far / 0.72);
        maps->inside[cell] = fmaxf(maps->inside[cell], inside);
        maps->outline[cell] = fmaxf(maps->outline[cell], outline);
        for (int k = 0; k < 4; k++) {
            double dx = x - quad->corners[k].x;
            double dy = y - quad->corners[k].y;
            float peak = (float)exp(-(dx * dx + dy * dy) / 2.0);
            maps->corners[cell] = fmaxf(maps->corners[cell], peak);
        }
    }
}

pv_corner_maps whole_maps(const drawn_maps *maps)
{
    return (pv_corner_maps){.inside = maps->inside,
                            .outline = maps->outline,
                            .corners = maps->corners,
                            .to_picture = {.xx = 10, .x0 = 4.5, .yy = 10, .y0 = 4.5},
                            .width = 10 * PV_MAPS_SIDE,
                            .height = 10 * PV_MAPS_SIDE};
}
