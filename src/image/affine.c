#include <math.h>

#include "image/image.h"

pv_point pv_affine_apply(const pv_affine *map, pv_point point)
{
    return (pv_point){(float)(map->xx * point.x + map->xy * point.y + map->x0),
                      (float)(map->yx * point.x + map->yy * point.y + map->y0)};
}

pv_affine pv_affine_compose(const pv_affine *first, const pv_affine *second)
{
    return (pv_affine){
        .xx = second->xx * first->xx + second->xy * first->yx,
        .xy = second->xx * first->xy + second->xy * first->yy,
        .x0 = second->xx * first->x0 + second->xy * first->y0 + second->x0,
        .yx = second->yx * first->xx + second->yy * first->yx,
        .yy = second->yx * first->xy + second->yy * first->yy,
        .y0 = second->yx * first->x0 + second->yy * first->y0 + second->y0,
    };
}

pv_status pv_affine_fit_similarity(const pv_point *from, const pv_point *to, size_t count,
                                   pv_affine *out)
{
    double fx = 0.0;
    double fy = 0.0;
    double tx = 0.0;
    double ty = 0.0;
    for (size_t i = 0; i < count; i++) {
        fx += from[i].x / (double)count;
        fy += from[i].y / (double)count;
        tx += to[i].x / (double)count;
        ty += to[i].y / (double)count;
    }
    /* In the plane the singular value decomposition reduces to one complex number: the sum of
     * conj(from) * to over the variance of from is scale times rotation. */
    double variance = 0.0;
    double real = 0.0;
    double imaginary = 0.0;
    for (size_t i = 0; i < count; i++) {
        double ax = from[i].x - fx;
        double ay = from[i].y - fy;
        double bx = to[i].x - tx;
        double by = to[i].y - ty;
        variance += ax * ax + ay * ay;
        real += ax * bx + ay * by;
        imaginary += ax * by - ay * bx;
    }
    if (!(variance > 1e-12) || !(real * real + imaginary * imaginary > 1e-24))
        return pv_fail(PV_ERROR_GENERIC, "the landmarks coincide: no alignment is possible");
    double c = real / variance;
    double s = imaginary / variance;
    *out = (pv_affine){.xx = c,
                       .xy = -s,
                       .x0 = tx - c * fx + s * fy,
                       .yx = s,
                       .yy = c,
                       .y0 = ty - s * fx - c * fy};
    return PV_OK;
}

pv_affine pv_affine_invert_similarity(const pv_affine *map)
{
    double square = map->xx * map->xx + map->yx * map->yx;
    double c = map->xx / square;
    double s = map->yx / square;
    return (pv_affine){.xx = c,
                       .xy = s,
                       .x0 = -c * map->x0 - s * map->y0,
                       .yx = -s,
                       .yy = c,
                       .y0 = s * map->x0 - c * map->y0};
}
