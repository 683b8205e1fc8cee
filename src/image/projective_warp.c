#include <math.h>
#include <string.h>

#include "image/projective.h"
#include "image/samples.h"

/* Samples that one target pixel takes in one direction. */
#define SAMPLES_MAX 8
/* Up to so many source pixels a target pixel the bicubic kernel is sharper than it aliases. */
#define CUBIC_SCALE_MOST 1.3
/* Places between two pixels that are told apart. */
#define PHASES 256
/* Target pixels that are drawn at a time. */
#define RUN 64
#define BEYOND (-2)

typedef float floats __attribute__((vector_size(16)));
typedef int32_t ints __attribute__((vector_size(16)));
typedef uint16_t halves __attribute__((vector_size(16)));
typedef uint8_t bytes __attribute__((vector_size(16)));

/* How many source pixels a step of one target pixel crosses at (x, y), to the right and down. */
static void local_scale(const pv_projective *map, double x, double y, double out[2])
{
    double u = map->m[0][0] * x + map->m[0][1] * y + map->m[0][2];
    double v = map->m[1][0] * x + map->m[1][1] * y + map->m[1][2];
    double w = map->m[2][0] * x + map->m[2][1] * y + map->m[2][2];
    for (int axis = 0; axis < 2; axis++) {
        double dx = (map->m[0][axis] * w - u * map->m[2][axis]) / (w * w);
        double dy = (map->m[1][axis] * w - v * map->m[2][axis]) / (w * w);
        out[axis] = hypot(dx, dy);
    }
}

/* The least step anywhere, and the greatest in each direction; they are at corners of the target.
 * False where the horizon crosses it. */
static bool find_scales(const pv_projective *map, int width, int height, double *least,
                        double most[2])
{
    int signs = 0;
    *least = INFINITY;
    most[0] = most[1] = 0.0;
    for (int corner = 0; corner < 4; corner++) {
        double x = (corner & 1) ? width - 1 : 0;
        double y = (corner & 2) ? height - 1 : 0;
        double w = map->m[2][0] * x + map->m[2][1] * y + map->m[2][2];
        double scale[2];
        signs += w > 0.0 ? 1 : w < 0.0 ? -1 : 0;
        local_scale(map, x, y, scale);
        *least = fmin(*least, fmin(scale[0], scale[1]));
        for (int axis = 0; axis < 2; axis++)
            most[axis] = fmax(most[axis], scale[axis]);
    }
    return (signs == 4 || signs == -4) && isfinite(*least) && isfinite(most[0]) &&
           isfinite(most[1]);
}

/* Where the next samples of a row lie in the plane. */
typedef struct places {
    int left[RUN]; /* the pixel at or before the place, from -1 on; BEYOND: not on the plane */
    int top[RUN];
    int right_phase[RUN]; /* how far behind it the place is, in PHASES */
    int down_phase[RUN];
} places;

/* From the target's (x, y) on, `count` steps to the right. Loops without a branch, which the
 * compiler turns into vectors. */
static void find_places(const pv_projective *map, double x, double y, int count,
                        const pv_plane *plane, places *out)
{
    const double wide = plane->width;
    const double high = plane->height;
    const double u = map->m[0][0] * x + map->m[0][1] * y + map->m[0][2];
    const double v = map->m[1][0] * x + map->m[1][1] * y + map->m[1][2];
    const double w = map->m[2][0] * x + map->m[2][1] * y + map->m[2][2];
    for (int i = 0; i < count; i++) {
        double depth = 1.0 / (w + map->m[2][0] * i);
        double sx = (u + map->m[0][0] * i) * depth;
        double sy = (v + map->m[1][0] * i) * depth;
        sx = sx > -1.0 ? sx : -1.0;
        sy = sy > -1.0 ? sy : -1.0;
        sx = sx < wide ? sx : wide;
        sy = sy < high ? sy : high;
        int left = (int)(sx + 1.0) - 1;
        int top = (int)(sy + 1.0) - 1;
        int on = (sx >= -0.5) & (sy >= -0.5) & (sx < wide - 0.5) & (sy < high - 0.5);
        out->left[i] = on ? left : BEYOND;
        out->top[i] = top;
        out->right_phase[i] = (int)((sx - left) * PHASES + 0.5);
        out->down_phase[i] = (int)((sy - top) * PHASES + 0.5);
    }
}

/* The slow way, for places near the border and beyond: size x size pixels from (left, top) on. */
static floats weigh_at_border(const pv_plane *plane, int left, int top, int size,
                              const float *across, const float *down)
{
    const size_t step = (size_t)plane->channels;
    floats sum = {0};
    for (int j = 0; j < size; j++) {
        const uint8_t *row = plane->pixels + (size_t)pv_index_within(top + j, plane->height - 1) *
                                                 (size_t)plane->width * step;
        for (int i = 0; i < size; i++) {
            const uint8_t *p = row + (size_t)pv_index_within(left + i, plane->width - 1) * step;
            float weight = across[i] * down[j];
            sum += weight *
                   (floats){(float)p[0], (float)p[1], (float)p[2], step == 4 ? (float)p[3] : 0.0F};
        }
    }
    return sum;
}

/* Four bytes as floats. The compiler would convert them one by one, had it not been spelt out. */
static inline floats floats_of(const uint8_t *p)
{
    const bytes none = {0};
    int32_t four;
    memcpy(&four, p, sizeof four);
    bytes wide = (bytes)(ints){four, 0, 0, 0};
    halves half = (halves)__builtin_shufflevector(wide, none, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                                  21, 6, 22, 7, 23);
    half = __builtin_shufflevector(half, (halves)none, 0, 8, 1, 9, 2, 10, 3, 11);
    return __builtin_convertvector((ints)half, floats);
}

/* Four pixels below each other, or parts of them, weighed. */
static inline floats weigh_column(const uint8_t *p, size_t row, const float down[4])
{
    return down[0] * floats_of(p) + down[1] * floats_of(p + row) +
           down[2] * floats_of(p + 2 * row) + down[3] * floats_of(p + 3 * row);
}

/* Four rows of four pixels of three bytes from p on: their weighted sum, by channel. */
static inline floats weigh_threes(const uint8_t *p, size_t row, const float across[4],
                                  const float down[4])
{
    const float *a = across;
    floats first = weigh_column(p, row, down) * (floats){a[0], a[0], a[0], a[1]};
    floats second = weigh_column(p + 4, row, down) * (floats){a[1], a[1], a[2], a[2]};
    floats third = weigh_column(p + 8, row, down) * (floats){a[2], a[3], a[3], a[3]};
    return first + __builtin_shufflevector(first, second, 3, 4, 5, 6) +
           __builtin_shufflevector(second, third, 2, 3, 4, 5) +
           __builtin_shufflevector(third, third, 1, 2, 3, 0);
}

/* The same of pixels of four bytes. */
static inline floats weigh_fours(const uint8_t *p, size_t row, const float across[4],
                                 const float down[4])
{
    return across[0] * weigh_column(p, row, down) + across[1] * weigh_column(p + 4, row, down) +
           across[2] * weigh_column(p + 8, row, down) + across[3] * weigh_column(p + 12, row, down);
}

/* What a picture is drawn with. */
typedef struct brush {
    const pv_plane *plane;
    pv_projective map;
    int samples[2]; /* of a target pixel, in each direction */
    bool cubic;
    float weights[PHASES + 1][4]; /* of the bicubic kernel */
} brush;

/* Adds up the pixel of each place and its right, lower and lower right neighbours. `step` is a
 * constant where these are called. */
static inline void add_bilinear(const pv_plane *plane, size_t step, const places *at, int count,
                                floats *sums)
{
    const size_t row = (size_t)plane->width * step;
    for (int k = 0; k < count; k++) {
        int left = at->left[k];
        int top = at->top[k];
        float fx = (float)at->right_phase[k] / PHASES;
        float fy = (float)at->down_phase[k] / PHASES;
        if (left == BEYOND)
            continue;
        /* four bytes are read of each, also where a pixel has three */
        if (left < 0 || top < 0 || left + 2 >= plane->width || top + 1 >= plane->height) {
            sums[k] += weigh_at_border(plane, left, top, 2, (float[]){1.0F - fx, fx},
                                       (float[]){1.0F - fy, fy});
            continue;
        }
        const uint8_t *p = plane->pixels + (size_t)top * row + (size_t)left * step;
        floats upper = floats_of(p);
        floats lower = floats_of(p + row);
        upper += fx * (floats_of(p + step) - upper);
        lower += fx * (floats_of(p + row + step) - lower);
        sums[k] += upper + fy * (lower - upper);
    }
}

static inline void add_cubic(const pv_plane *plane, size_t step, const places *at, int count,
                             float weights[PHASES + 1][4], floats *sums)
{
    const size_t row = (size_t)plane->width * step;
    for (int k = 0; k < count; k++) {
        int left = at->left[k] - 1;
        int top = at->top[k] - 1;
        const float *across = weights[at->right_phase[k]];
        const float *down = weights[at->down_phase[k]];
        if (at->left[k] == BEYOND)
            continue;
        if (left < 0 || top < 0 || left + 3 >= plane->width || top + 3 >= plane->height) {
            sums[k] += weigh_at_border(plane, left, top, 4, across, down);
            continue;
        }
        const uint8_t *p = plane->pixels + (size_t)top * row + (size_t)left * step;
        sums[k] +=
            step == 3 ? weigh_threes(p, row, across, down) : weigh_fours(p, row, across, down);
    }
}

static void add_samples(brush *b, const places *at, int count, floats *sums)
{
    if (b->cubic && b->plane->channels == 3)
        add_cubic(b->plane, 3, at, count, b->weights, sums);
    else if (b->cubic)
        add_cubic(b->plane, 4, at, count, b->weights, sums);
    else if (b->plane->channels == 3)
        add_bilinear(b->plane, 3, at, count, sums);
    else
        add_bilinear(b->plane, 4, at, count, sums);
}

static void draw(brush *b, int width, int height, uint8_t *rgb)
{
    const int across = b->samples[0];
    const int down = b->samples[1];
    const float share = 1.0F / (float)(across * down);
    const uint8_t channels[3] = {b->plane->red, b->plane->green, b->plane->blue};
    places at;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x += RUN) {
            int count = width - x < RUN ? width - x : RUN;
            floats sums[RUN] = {{0}};
            for (int j = 0; j < down; j++)
                for (int i = 0; i < across; i++) {
                    find_places(&b->map, x - 0.5 + (i + 0.5) / across, y - 0.5 + (j + 0.5) / down,
                                count, b->plane, &at);
                    add_samples(b, &at, count, sums);
                }
            for (int k = 0; k < count; k++, rgb += 3)
                for (int c = 0; c < 3; c++)
                    rgb[c] = pv_byte_of(share * sums[k][channels[c]]);
        }
    }
}

pv_status pv_image_warp_projective(pv_image *image, const pv_projective *target_to_source,
                                   int width, int height, uint8_t *rgb)
{
    double least;
    double most[2];
    if (!find_scales(target_to_source, width, height, &least, most))
        return pv_fail(PV_ERROR_GENERIC, "the picture cannot be drawn in this perspective");
    const pv_plane *plane;
    pv_affine to_level;
    pv_status status =
        pv_image_level(image, &(pv_affine){.xx = least, .yy = least}, &plane, &to_level);
    if (status != PV_OK)
        return status;
    /* the same shift and shrinking for every place of the picture */
    double shrink = to_level.xx / least;
    const pv_projective level = {{{shrink, 0, to_level.x0}, {0, shrink, to_level.y0}, {0, 0, 1}}};
    brush b = {.plane = plane,
               .map = pv_projective_compose(target_to_source, &level),
               .samples = {1, 1},
               .cubic = fmax(most[0], most[1]) * shrink <= CUBIC_SCALE_MOST};
    for (int phase = 0; phase <= PHASES; phase++)
        pv_cubic_weights((float)phase / PHASES, b.weights[phase]);
    for (int axis = 0; axis < 2 && !b.cubic; axis++)
        b.samples[axis] = 1 + pv_index_within((int)ceil(most[axis] * shrink) - 1, SAMPLES_MAX - 1);
    draw(&b, width, height, rgb);
    return PV_OK;
}
