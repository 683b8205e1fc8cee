#include "document/sharpness.h"

#include <math.h>
#include <stdlib.h>

/* The longer side at which the page is looked at. */
#define SIDE 1000
#define BLOCK 32
/* At the border there may be background, where the corners are not exact: a share of the side. */
#define BORDER_SHARE 0.02
/* Contrast of a block that has print on it: standard deviation by mean. */
#define LEAST_CONTRAST 0.06F
/* A block in the dark is not lighter than noise makes it. */
#define LEAST_BRIGHTNESS 20.0F
/* Of the printed blocks the half with more contrast counts, of that the upper quarter: fine print.
 */
#define PRINT_SHARE 0.5
#define FINE_SHARE 0.25
#define LEAST_BLOCKS 8
#define DIRECTIONS 4
/* So that a flat scan has about 2000, and a page softened by two thousandths of its length, where
 * small print begins to run together, the described threshold of 100. */
#define SCALE 2.0e5

typedef struct block {
    float contrast;
    float energy[DIRECTIONS]; /* by the square of the brightness */
} block;

typedef struct gray {
    float *pixels;
    int width;
    int height;
} gray;

static pv_status draw_luma(pv_image *page, gray *out)
{
    const pv_plane *plane = &page->levels[0];
    int longer = plane->width > plane->height ? plane->width : plane->height;
    double step = (double)longer / SIDE;
    out->width = (int)fmax(1.0, round(plane->width / step));
    out->height = (int)fmax(1.0, round(plane->height / step));
    size_t count = (size_t)out->width * (size_t)out->height;
    float *rgb = pv_arena_take(page->arena, 3 * count, sizeof *rgb);
    if (!rgb)
        return PV_ERROR_GENERIC;
    const pv_affine map = {.xx = step, .x0 = 0.5 * step - 0.5, .yy = step, .y0 = 0.5 * step - 0.5};
    const pv_planar target = {.data = rgb,
                              .width = out->width,
                              .height = out->height,
                              .scale = 1.0F,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(page, &map, &target);
    for (size_t i = 0; i < count; i++)
        rgb[i] = 0.299F * rgb[i] + 0.587F * rgb[count + i] + 0.114F * rgb[2 * count + i];
    out->pixels = rgb;
    return status;
}

/* Binomial smoothing (1 2 1) in both directions, of all but the border. */
static void smooth(const gray *in, float *out)
{
    const int w = in->width;
    for (int y = 1; y + 1 < in->height; y++)
        for (int x = 1; x + 1 < w; x++) {
            const float *p = in->pixels + (size_t)y * (size_t)w + (size_t)x;
            float middle = p[-1] + 2.0F * p[0] + p[1];
            float upper = p[-w - 1] + 2.0F * p[-w] + p[-w + 1];
            float lower = p[w - 1] + 2.0F * p[w] + p[w + 1];
            out[(size_t)y * (size_t)w + (size_t)x] = (upper + 2.0F * middle + lower) / 16.0F;
        }
}

/* The block whose first pixel is at p; `row` is the step from one line to the next. */
static block measure_block(const float *p, int row)
{
    const int steps[DIRECTIONS] = {1, row, row + 1, row - 1};
    /* a diagonal neighbour is further away, by the root of two */
    static const float weights[DIRECTIONS] = {1.0F, 1.0F, 0.25F, 0.25F};
    float sum = 0.0F;
    float square = 0.0F;
    float energy[DIRECTIONS] = {0};
    for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++) {
            const float *q = p + y * row + x;
            sum += q[0];
            square += q[0] * q[0];
            for (int d = 0; d < DIRECTIONS; d++) {
                float second = q[steps[d]] + q[-steps[d]] - 2.0F * q[0];
                energy[d] += second * second;
            }
        }
    const float count = (float)(BLOCK * BLOCK);
    float mean = sum / count;
    float bright = fmaxf(mean, LEAST_BRIGHTNESS);
    block out = {.contrast = sqrtf(fmaxf(0.0F, square / count - mean * mean)) / bright};
    for (int d = 0; d < DIRECTIONS; d++)
        out.energy[d] = weights[d] * energy[d] / count / (bright * bright);
    return out;
}

static int by_contrast(const void *a, const void *b)
{
    float first = ((const block *)a)->contrast;
    float second = ((const block *)b)->contrast;
    return first > second ? -1 : first < second;
}

static int falling(const void *a, const void *b)
{
    float first = *(const float *)a;
    float second = *(const float *)b;
    return first > second ? -1 : first < second;
}

/* The printed blocks, those with the most contrast first. */
static size_t find_print(const gray *luma, const float *smoothed, block *out)
{
    int border = (int)fmax(2.0, BORDER_SHARE * SIDE);
    size_t count = 0;
    for (int y = border; y + BLOCK + border <= luma->height; y += BLOCK)
        for (int x = border; x + BLOCK + border <= luma->width; x += BLOCK) {
            block b =
                measure_block(smoothed + (size_t)y * (size_t)luma->width + (size_t)x, luma->width);
            if (b.contrast > LEAST_CONTRAST)
                out[count++] = b;
        }
    qsort(out, count, sizeof *out, by_contrast);
    return count;
}

pv_status pv_page_sharpness(pv_image *page, float *sharpness)
{
    gray luma;
    *sharpness = 0.0F;
    pv_status status = draw_luma(page, &luma);
    if (status != PV_OK)
        return status;
    size_t pixels = (size_t)luma.width * (size_t)luma.height;
    size_t most = pixels / (BLOCK * BLOCK) + 1;
    float *smoothed = pv_arena_take(page->arena, pixels, sizeof *smoothed);
    block *blocks = pv_arena_take(page->arena, most, sizeof *blocks);
    float *energies = pv_arena_take(page->arena, most, sizeof *energies);
    if (!smoothed || !blocks || !energies)
        return PV_ERROR_GENERIC;
    smooth(&luma, smoothed);
    size_t count = find_print(&luma, smoothed, blocks);
    if (count < LEAST_BLOCKS)
        return PV_OK;
    count = (size_t)(PRINT_SHARE * (double)count);
    float least = INFINITY;
    for (int d = 0; d < DIRECTIONS; d++) {
        for (size_t i = 0; i < count; i++)
            energies[i] = blocks[i].energy[d];
        qsort(energies, count, sizeof *energies, falling);
        least = fminf(least, energies[(size_t)(FINE_SHARE * (double)count)]);
    }
    *sharpness = (float)(SCALE * least);
    return PV_OK;
}
