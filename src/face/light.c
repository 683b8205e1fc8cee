#include "face/light.h"

#include <math.h>
#include <string.h>

#include "face/measures_generated.h"

#define SCALE PV_MEASURE_SHARPNESS_SCALE
#define STEPS 256
#define DARK 25.5F
#define LIGHT 247.35F
/* Square cheek patches of a full-size chip: half their side, and their centre from the middle. */
#define CHEEK_HALF 9.0
#define CHEEK_X 24.0
#define CHEEK_Y 86.0
/* Variance of two steps of luminance: below is nothing but noise. */
#define LEAST_CONTRAST 4.0
#define DIRECTIONS 4

/* Right, down and both diagonals: eyes, brows and mouth lie across, so a face has more detail down
 * than to the side; diagonal steps are longer. */
static const double direction_weight[DIRECTIONS] = {1.5, 1.0, 0.5, 0.5};

/* The colours of skin in CIE L*a*b* that ISO/IEC 29794-5 takes for natural. */
static const double skin_a[2] = {5.0, 25.0};
static const double skin_b[2] = {5.0, 35.0};

static int step_of(float luma)
{
    return luma <= 0.0F ? 0 : luma >= 255.0F ? STEPS - 1 : (int)(luma + 0.5F);
}

/* Mean of the brighter two thirds: shadows, beard and hair within the oval do not count, and dark
 * skin in good light is not mistaken for bad light as easily as by the plain mean. */
static float brighter_part(const int *histogram, size_t count)
{
    size_t left = (2 * count + 2) / 3;
    double sum = 0.0;
    size_t taken = 0;
    for (int i = STEPS - 1; i >= 0 && left > 0; i--) {
        size_t here = (size_t)histogram[i] < left ? (size_t)histogram[i] : left;
        sum += (double)here * i;
        taken += here;
        left -= here;
    }
    return taken > 0 ? (float)(sum / (double)taken / 255.0) : 0.0F;
}

static float entropy_of(const int *histogram, size_t count)
{
    double bits = 0.0;
    for (int i = 0; i < STEPS; i++) {
        double share = (double)histogram[i] / (double)count;
        if (share > 0.0)
            bits -= share * log2(share);
    }
    return (float)bits;
}

/* Rows and columns of a cheek patch on this chip; side -1 or 1. */
static void cheek(const pv_chip *chip, int side, int from[2], int to[2])
{
    double x = PV_CHIP_WIDTH / 2.0 + side * CHEEK_X;
    from[0] = (int)((x - CHEEK_HALF) * chip->scale);
    to[0] = (int)((x + CHEEK_HALF) * chip->scale);
    from[1] = (int)((CHEEK_Y - CHEEK_HALF) * chip->scale);
    to[1] = (int)((CHEEK_Y + CHEEK_HALF) * chip->scale);
}

/* Of both cheeks' histograms in 32 steps; blurred steps would hide a lamp from one side. */
static float cheeks_uniformity(const pv_chip *chip)
{
    double histogram[2][32] = {{0}};
    double total[2] = {0, 0};
    for (int side = 0; side < 2; side++) {
        int from[2];
        int to[2];
        cheek(chip, 2 * side - 1, from, to);
        for (int y = from[1]; y <= to[1]; y++)
            for (int x = from[0]; x <= to[0]; x++) {
                histogram[side][step_of(chip->luma[y * chip->width + x]) / 8] += 1.0;
                total[side] += 1.0;
            }
    }
    double common = 0.0;
    for (int i = 0; i < 32; i++)
        common += fmin(histogram[0][i] / total[0], histogram[1][i] / total[1]);
    return (float)common;
}

static double linear(double coded)
{
    double v = coded / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double lab_curve(double t)
{
    return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
}

static double outside(double value, const double range[2])
{
    return fmax(0.0, fmax(range[0] - value, value - range[1]));
}

/* sRGB to CIE L*a*b* under D65; the distance from the range of skin. */
static float colour_distance(const pv_chip *chip)
{
    double mean[3] = {0, 0, 0};
    double count = 0.0;
    size_t plane = (size_t)chip->width * (size_t)chip->height;
    for (int side = -1; side <= 1; side += 2) {
        int from[2];
        int to[2];
        cheek(chip, side, from, to);
        for (int y = from[1]; y <= to[1]; y++)
            for (int x = from[0]; x <= to[0]; x++, count += 1.0)
                for (size_t c = 0; c < 3; c++)
                    mean[c] += (double)chip->rgb[c * plane + (size_t)(y * chip->width + x)];
    }
    double r = linear(mean[0] / count);
    double g = linear(mean[1] / count);
    double b = linear(mean[2] / count);
    double x = lab_curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    double y = lab_curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    double z = lab_curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    return (float)hypot(outside(500.0 * (x - y), skin_a), outside(200.0 * (y - z), skin_b));
}

void pv_light_measure(const pv_chip *chip, pv_light *out)
{
    int histogram[STEPS] = {0};
    double sum = 0.0;
    double square = 0.0;
    size_t dark = 0;
    size_t light = 0;
    size_t count = chip->inside_count;
    for (int i = 0; i < chip->width * chip->height; i++) {
        if (!chip->inside[i])
            continue;
        float luma = chip->luma[i];
        histogram[step_of(luma)]++;
        sum += luma / 255.0;
        square += luma / 255.0 * (luma / 255.0);
        dark += luma < DARK;
        light += luma > LIGHT;
    }
    double n = (double)count;
    *out = (pv_light){.brightness = brighter_part(histogram, count),
                      .mean = (float)(sum / n),
                      .variance = (float)fmax(0.0, square / n - sum / n * (sum / n)),
                      .underexposed = (float)((double)dark / n),
                      .overexposed = (float)((double)light / n),
                      .entropy = entropy_of(histogram, count),
                      .uniformity = cheeks_uniformity(chip),
                      .colour = colour_distance(chip)};
}

/* Binomial smoothing (1 2 1) in both directions, so that noise does not pass for sharpness; borders
 * stay as they are. */
static void smooth(const float *in, int width, int height, float *out)
{
    for (int y = 0; y < height; y++) {
        int above = y > 0 ? -width : 0;
        int below = y + 1 < height ? width : 0;
        for (int x = 0; x < width; x++) {
            const float *p = in + y * width + x;
            int l = x > 0 ? -1 : 0;
            int r = x + 1 < width ? 1 : 0;
            float middle = p[l] + 2.0F * p[0] + p[r];
            float upper = p[above + l] + 2.0F * p[above] + p[above + r];
            float lower = p[below + l] + 2.0F * p[below] + p[below + r];
            out[y * width + x] = (upper + 2.0F * middle + lower) / 16.0F;
        }
    }
}

/* Sum, sum of squares and what they give. */
typedef struct moments {
    double sum;
    double square;
} moments;

static void add(moments *m, double value)
{
    m->sum += value;
    m->square += value * value;
}

static double variance_of(const moments *m, double count)
{
    return fmax(0.0, m->square / count - m->sum / count * (m->sum / count));
}

pv_status pv_sharpness_measure(pv_arena *arena, const pv_chip *chip, float *sharpness)
{
    const int w = chip->width;
    float *smoothed = pv_arena_take(arena, (size_t)w * (size_t)chip->height, sizeof *smoothed);
    if (!smoothed)
        return PV_ERROR_GENERIC;
    smooth(chip->luma, w, chip->height, smoothed);
    const int steps[DIRECTIONS] = {1, w, w + 1, w - 1};
    moments second[DIRECTIONS] = {{0, 0}};
    moments luma = {0, 0};
    double count = 0.0;
    for (int y = 1; y + 1 < chip->height; y++) {
        for (int x = 1; x + 1 < w; x++) {
            if (!chip->inside[y * w + x])
                continue;
            const float *p = smoothed + y * w + x;
            for (int d = 0; d < DIRECTIONS; d++)
                add(&second[d], (double)p[steps[d]] + p[-steps[d]] - 2.0 * p[0]);
            add(&luma, p[0]);
            count += 1.0;
        }
    }
    double least = INFINITY;
    for (int d = 0; d < DIRECTIONS; d++)
        least = fmin(least, direction_weight[d] * variance_of(&second[d], count));
    double contrast = variance_of(&luma, count);
    /* scaled so that the described threshold of 10 is near the first percentile of sharp press
     * photographs */
    *sharpness = contrast > LEAST_CONTRAST ? (float)(SCALE * least / contrast) : 0.0F;
    return PV_OK;
}
