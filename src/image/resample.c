#include "image/resample.h"

#include <math.h>

#include "image/samples.h"

/* Positions of a sample within a pixel that the table tells apart. */
#define PHASES 64
/* A level is at most 1.9 times finer than the target (pv_image_level), and the kernel two target
 * pixels long to either side. */
#define TAPS_MAX 10

typedef struct kernel {
    int taps;
    float weights[PHASES + 1][TAPS_MAX];
} kernel;

/* E. Catmull, R. Rom, "A class of local interpolating splines", 1974. */
static double cubic(double x)
{
    x = fabs(x);
    if (x < 1.0)
        return (1.5 * x - 2.5) * x * x + 1.0;
    return x < 2.0 ? ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0 : 0.0;
}

/* Tap t of phase p stands for the source pixel t - (taps / 2 - 1) from the one left of the sample.
 */
static void make_kernel(double scale, kernel *out)
{
    double stretch = fmax(1.0, scale);
    int half = (int)ceil(2.0 * stretch);
    if (2 * half > TAPS_MAX)
        half = TAPS_MAX / 2;
    out->taps = 2 * half;
    for (int p = 0; p <= PHASES; p++) {
        double sum = 0.0;
        for (int t = 0; t < out->taps; t++)
            sum += cubic((t - (half - 1) - (double)p / PHASES) / stretch);
        for (int t = 0; t < out->taps; t++)
            out->weights[p][t] =
                (float)(cubic((t - (half - 1) - (double)p / PHASES) / stretch) / sum);
    }
}

static void sample(const pv_plane *plane, const kernel *k, double x, double y, uint8_t *rgb)
{
    const size_t step = (size_t)plane->channels;
    int first = k->taps / 2 - 1;
    int left = (int)floor(x) - first;
    int top = (int)floor(y) - first;
    const float *across = k->weights[(int)((x - floor(x)) * PHASES + 0.5)];
    const float *down = k->weights[(int)((y - floor(y)) * PHASES + 0.5)];
    size_t columns[TAPS_MAX];
    for (int t = 0; t < k->taps; t++)
        columns[t] = (size_t)pv_index_within(left + t, plane->width - 1) * step;
    float sum[3] = {0};
    for (int r = 0; r < k->taps; r++) {
        const uint8_t *row = plane->pixels + (size_t)pv_index_within(top + r, plane->height - 1) *
                                                 (size_t)plane->width * step;
        float line[3] = {0};
        for (int t = 0; t < k->taps; t++) {
            const uint8_t *pixel = row + columns[t];
            line[0] += across[t] * (float)pixel[plane->red];
            line[1] += across[t] * (float)pixel[plane->green];
            line[2] += across[t] * (float)pixel[plane->blue];
        }
        for (int c = 0; c < 3; c++)
            sum[c] += down[r] * line[c];
    }
    for (int c = 0; c < 3; c++)
        rgb[c] = pv_byte_of(sum[c]);
}

pv_status pv_image_resample(pv_image *image, const pv_affine *target_to_source, int width,
                            int height, uint8_t *rgb)
{
    pv_affine map;
    const pv_plane *plane;
    pv_status status = pv_image_level(image, target_to_source, &plane, &map);
    if (status != PV_OK)
        return status;
    kernel k;
    make_kernel(pv_affine_scale(&map), &k);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            /* far outside one border pixel is as good as another, and fits an int */
            double sx = fmin(fmax(map.xx * x + map.xy * y + map.x0, -16.0), plane->width + 16.0);
            double sy = fmin(fmax(map.yx * x + map.yy * y + map.y0, -16.0), plane->height + 16.0);
            sample(plane, &k, sx, sy, rgb + 3 * ((size_t)y * (size_t)width + (size_t)x));
        }
    }
    return PV_OK;
}
