#include "document/gray.h"

#include <math.h>

#include "image/samples.h"

/* Weights of red, green and blue in 65536ths. */
#define RED 19595
#define GREEN 38470
#define BLUE 7471

pv_status pv_gray_make(const pv_plane *plane, pv_arena *arena, pv_gray *out)
{
    size_t count = (size_t)plane->width * (size_t)plane->height;
    *out = (pv_gray){pv_arena_take(arena, count, 1), plane->width, plane->height};
    if (!out->pixels)
        return PV_ERROR_GENERIC;
    const uint8_t *p = plane->pixels;
    for (size_t i = 0; i < count; i++, p += plane->channels)
        out->pixels[i] = (uint8_t)((p[plane->red] * RED + p[plane->green] * GREEN +
                                    p[plane->blue] * BLUE + 32768) >>
                                   16);
    return PV_OK;
}

pv_status pv_gray_halve(const pv_gray *source, pv_arena *arena, pv_gray *out)
{
    int width = source->width > 1 ? source->width / 2 : 1;
    int height = source->height > 1 ? source->height / 2 : 1;
    *out = (pv_gray){pv_arena_take(arena, (size_t)width * (size_t)height, 1), width, height};
    if (!out->pixels)
        return PV_ERROR_GENERIC;
    size_t right = source->width > 1 ? 1 : 0;
    size_t below = source->height > 1 ? (size_t)source->width : 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = source->pixels + (size_t)(2 * y) * (size_t)source->width;
        uint8_t *to = out->pixels + (size_t)y * (size_t)width;
        for (size_t x = 0; x < (size_t)width; x++)
            to[x] = (uint8_t)((row[2 * x] + row[2 * x + right] + row[2 * x + below] +
                               row[2 * x + right + below] + 2) /
                              4);
    }
    return PV_OK;
}

static uint8_t sample(const pv_gray *source, double x, double y)
{
    double left = floor(x);
    double top = floor(y);
    float across[4];
    float down[4];
    pv_cubic_weights((float)(x - left), across);
    pv_cubic_weights((float)(y - top), down);
    int columns[4];
    for (int i = 0; i < 4; i++)
        columns[i] = pv_index_within((int)left - 1 + i, source->width - 1);
    float sum = 0.5F;
    for (int j = 0; j < 4; j++) {
        int row = pv_index_within((int)top - 1 + j, source->height - 1);
        const uint8_t *p = source->pixels + (size_t)row * (size_t)source->width;
        float line = 0.0F;
        for (int i = 0; i < 4; i++)
            line += across[i] * (float)p[columns[i]];
        sum += down[j] * line;
    }
    return (uint8_t)fminf(fmaxf(sum, 0.0F), 255.0F);
}

/* Far outside, every place looks like the nearest one of the border. */
static double near_border(double value, int size)
{
    return fmin(fmax(value, -8.0), size + 8.0);
}

void pv_gray_warp(const pv_gray *source, const pv_affine *target_to_source, pv_gray *target)
{
    const pv_affine *m = target_to_source;
    for (int y = 0; y < target->height; y++) {
        uint8_t *to = target->pixels + (size_t)y * (size_t)target->width;
        for (int x = 0; x < target->width; x++)
            to[x] = sample(source, near_border(m->xx * x + m->xy * y + m->x0, source->width),
                           near_border(m->yx * x + m->yy * y + m->y0, source->height));
    }
}
