#include "document/gray.h"

#include <math.h>

#include "image/samples.h"

/* Weights of red, green and blue in 65536ths. */
#define RED 19595
#define GREEN 38470
#define BLUE 7471

#define PHASES 256U    /* parts of a pixel that places are told apart by */
#define WEIGHT_ONE 256 /* of the samples around a place, together */
#define BEYOND 8       /* pixels outside the border; what is farther away looks the same */

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

/* Weights of the four samples around a place, by its fraction, so that nothing has to be computed
 * for a pixel but integers. */
typedef struct weights {
    int16_t of[PHASES][4];
} weights;

static void fill_weights(weights *out)
{
    for (unsigned phase = 0; phase < PHASES; phase++) {
        float exact[4];
        pv_cubic_weights((float)phase / (float)PHASES, exact);
        int others = 0;
        for (int i = 0; i < 4; i++) {
            out->of[phase][i] = (int16_t)lrintf(exact[i] * WEIGHT_ONE);
            others += i != 1 ? out->of[phase][i] : 0;
        }
        out->of[phase][1] = (int16_t)(WEIGHT_ONE - others); /* what is even stays as it is */
    }
}

/* Far outside, every place looks like the nearest one of the border. In parts of a pixel, from
 * BEYOND outside. */
static unsigned place_of(double value, int size)
{
    double within = value;
    if (!(within > 1.0 - BEYOND))
        within = 1.0 - BEYOND;
    if (within > size + BEYOND)
        within = size + BEYOND;
    return (unsigned)((within + BEYOND) * PHASES + 0.5);
}

static uint8_t sample(const pv_gray *source, const weights *table, unsigned x, unsigned y)
{
    const int16_t *across = table->of[x % PHASES];
    const int16_t *down = table->of[y % PHASES];
    int left = (int)(x / PHASES) - BEYOND - 1;
    int top = (int)(y / PHASES) - BEYOND - 1;
    int columns[4];
    for (int i = 0; i < 4; i++)
        columns[i] = pv_index_within(left + i, source->width - 1);
    int sum = WEIGHT_ONE * WEIGHT_ONE / 2;
    for (int j = 0; j < 4; j++) {
        int row = pv_index_within(top + j, source->height - 1);
        const uint8_t *p = source->pixels + (size_t)row * (size_t)source->width;
        int line = 0;
        for (int i = 0; i < 4; i++)
            line += across[i] * p[columns[i]];
        sum += down[j] * line;
    }
    int value = sum / (WEIGHT_ONE * WEIGHT_ONE);
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void pv_gray_warp(const pv_gray *source, const pv_affine *target_to_source, pv_gray *target)
{
    const pv_affine *m = target_to_source;
    weights table;
    fill_weights(&table);
    for (int y = 0; y < target->height; y++) {
        uint8_t *to = target->pixels + (size_t)y * (size_t)target->width;
        for (int x = 0; x < target->width; x++)
            to[x] = sample(source, &table, place_of(m->xx * x + m->xy * y + m->x0, source->width),
                           place_of(m->yx * x + m->yy * y + m->y0, source->height));
    }
}
