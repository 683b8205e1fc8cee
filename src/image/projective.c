#include "image/projective.h"

#include <math.h>
#include <string.h>

#include "image/samples.h"

/* A corner whose triangle has less than this share of the quadrilateral's area makes it no
 * quadrilateral. */
#define LEAST_CORNER_SHARE 1e-3
/* Samples that one target pixel takes in one direction. */
#define SAMPLES_MAX 8
/* Up to so many source pixels a target pixel the bicubic kernel is sharper than it aliases. */
#define CUBIC_SCALE_MOST 1.3

static double cross(pv_point o, pv_point a, pv_point b)
{
    return ((double)a.x - o.x) * ((double)b.y - o.y) - ((double)a.y - o.y) * ((double)b.x - o.x);
}

double pv_quad_area(const pv_point corners[4])
{
    return 0.5 *
           (cross(corners[0], corners[1], corners[2]) + cross(corners[0], corners[2], corners[3]));
}

bool pv_quad_is_convex(const pv_point corners[4])
{
    double area = pv_quad_area(corners);
    if (!isfinite(area) || area == 0.0)
        return false;
    for (int i = 0; i < 4; i++) {
        double triangle =
            0.5 * cross(corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]) / area;
        if (!(triangle > LEAST_CORNER_SHARE))
            return false;
    }
    return true;
}

/* From the unit square to a quadrilateral; P. Heckbert, "Fundamentals of texture mapping and image
 * warping", 1989. */
static pv_projective from_square(const pv_point q[4])
{
    double dx1 = (double)q[1].x - q[2].x;
    double dx2 = (double)q[3].x - q[2].x;
    double dy1 = (double)q[1].y - q[2].y;
    double dy2 = (double)q[3].y - q[2].y;
    double sx = (double)q[0].x - q[1].x + q[2].x - q[3].x;
    double sy = (double)q[0].y - q[1].y + q[2].y - q[3].y;
    double area = dx1 * dy2 - dx2 * dy1;
    double g = (sx * dy2 - dx2 * sy) / area;
    double h = (dx1 * sy - sx * dy1) / area;
    return (pv_projective){
        {{q[1].x - (double)q[0].x + g * q[1].x, q[3].x - (double)q[0].x + h * q[3].x, q[0].x},
         {q[1].y - (double)q[0].y + g * q[1].y, q[3].y - (double)q[0].y + h * q[3].y, q[0].y},
         {g, h, 1.0}}};
}

pv_projective pv_projective_compose(const pv_projective *first, const pv_projective *second)
{
    pv_projective out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            double sum = 0.0;
            for (int k = 0; k < 3; k++)
                sum += second->m[i][k] * first->m[k][j];
            out.m[i][j] = sum;
        }
    return out;
}

pv_projective pv_projective_invert(const pv_projective *map)
{
    pv_projective out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            int r1 = (j + 1) % 3;
            int r2 = (j + 2) % 3;
            int c1 = (i + 1) % 3;
            int c2 = (i + 2) % 3;
            out.m[i][j] = map->m[r1][c1] * map->m[r2][c2] - map->m[r1][c2] * map->m[r2][c1];
        }
    return out;
}

pv_status pv_projective_fit(const pv_point from[4], const pv_point to[4], pv_projective *out)
{
    if (!pv_quad_is_convex(from) || !pv_quad_is_convex(to))
        return pv_fail(PV_ERROR_GENERIC, "the corners are not those of a rectangle in perspective");
    pv_projective source = from_square(from);
    pv_projective target = from_square(to);
    pv_projective back = pv_projective_invert(&source);
    *out = pv_projective_compose(&back, &target);
    return PV_OK;
}

pv_point pv_projective_apply(const pv_projective *map, pv_point point)
{
    double x = point.x;
    double y = point.y;
    double w = map->m[2][0] * x + map->m[2][1] * y + map->m[2][2];
    if (w == 0.0)
        return (pv_point){0.0F, 0.0F};
    return (pv_point){(float)((map->m[0][0] * x + map->m[0][1] * y + map->m[0][2]) / w),
                      (float)((map->m[1][0] * x + map->m[1][1] * y + map->m[1][2]) / w)};
}

pv_projective pv_projective_turn_back(int quarters, int width, int height)
{
    const double w = width - 1;
    const double h = height - 1;
    switch (quarters) {
    case 1: return (pv_projective){{{0, 1, 0}, {-1, 0, h}, {0, 0, 1}}};
    case 2: return (pv_projective){{{-1, 0, w}, {0, -1, h}, {0, 0, 1}}};
    case 3: return (pv_projective){{{0, -1, w}, {1, 0, 0}, {0, 0, 1}}};
    default: return (pv_projective){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    }
}

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

/* Whether a place lies on a pixel of the plane. */
static bool is_within(const pv_plane *plane, double x, double y)
{
    return x >= -0.5 && y >= -0.5 && x < plane->width - 0.5 && y < plane->height - 0.5;
}

static void add_bilinear(const pv_plane *plane, double x, double y, float sum[3])
{
    x = fmin(fmax(x, 0.0), plane->width - 1);
    y = fmin(fmax(y, 0.0), plane->height - 1);
    int left = (int)x;
    int top = (int)y;
    float fx = (float)(x - left);
    float fy = (float)(y - top);
    size_t step = left + 1 < plane->width ? (size_t)plane->channels : 0;
    size_t row = (size_t)plane->width * (size_t)plane->channels;
    const uint8_t *p = plane->pixels + (size_t)top * row + (size_t)left * (size_t)plane->channels;
    size_t below = top + 1 < plane->height ? row : 0;
    const size_t offsets[3] = {plane->red, plane->green, plane->blue};
    for (int c = 0; c < 3; c++) {
        const uint8_t *q = p + offsets[c];
        float upper = (float)q[0] + fx * (float)(q[step] - q[0]);
        float lower = (float)q[below] + fx * (float)(q[below + step] - q[below]);
        sum[c] += upper + fy * (lower - upper);
    }
}

/* The slow way, for places near or beyond the border. */
static void add_cubic_at_border(const pv_plane *plane, int left, int top, const float across[4],
                                const float down[4], float sum[3])
{
    size_t row = (size_t)plane->width * (size_t)plane->channels;
    for (int j = 0; j < 4; j++) {
        const uint8_t *p =
            plane->pixels + (size_t)pv_index_within(top - 1 + j, plane->height - 1) * row;
        for (int i = 0; i < 4; i++) {
            const uint8_t *pixel = p + (size_t)pv_index_within(left - 1 + i, plane->width - 1) *
                                           (size_t)plane->channels;
            float weight = across[i] * down[j];
            sum[0] += weight * (float)pixel[plane->red];
            sum[1] += weight * (float)pixel[plane->green];
            sum[2] += weight * (float)pixel[plane->blue];
        }
    }
}

/* Four rows of four pixels from p on, all channels side by side. `step` is a constant where this is
 * called, so that the compiler can unroll. */
static inline void add_cubic_inside(const uint8_t *p, size_t step, size_t row,
                                    const pv_plane *plane, const float across[4],
                                    const float down[4], float sum[3])
{
    float column[16];
    for (size_t i = 0; i < 4 * step; i++)
        column[i] = down[0] * (float)p[i] + down[1] * (float)p[i + row] +
                    down[2] * (float)p[i + 2 * row] + down[3] * (float)p[i + 3 * row];
    const size_t offsets[3] = {plane->red, plane->green, plane->blue};
    for (int c = 0; c < 3; c++) {
        const float *q = column + offsets[c];
        sum[c] += across[0] * q[0] + across[1] * q[step] + across[2] * q[2 * step] +
                  across[3] * q[3 * step];
    }
}

static void add_cubic(const pv_plane *plane, double x, double y, float sum[3])
{
    /* rounded down: the place is within the plane, so neither is below -1 */
    int left = (int)(x + 1.0) - 1;
    int top = (int)(y + 1.0) - 1;
    float across[4];
    float down[4];
    pv_cubic_weights((float)(x - left), across);
    pv_cubic_weights((float)(y - top), down);
    if (left < 1 || top < 1 || left + 2 >= plane->width || top + 2 >= plane->height) {
        add_cubic_at_border(plane, left, top, across, down, sum);
        return;
    }
    size_t step = (size_t)plane->channels;
    size_t row = (size_t)plane->width * step;
    const uint8_t *p = plane->pixels + (size_t)(top - 1) * row + (size_t)(left - 1) * step;
    if (step == 3)
        add_cubic_inside(p, 3, row, plane, across, down, sum);
    else
        add_cubic_inside(p, 4, row, plane, across, down, sum);
}

static void draw(const pv_plane *plane, const pv_projective *map, const int samples[2], bool cubic,
                 int width, int height, uint8_t *rgb)
{
    const float weight = 1.0F / (float)(samples[0] * samples[1]);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++, rgb += 3) {
            float sum[3] = {0};
            for (int i = 0; i < samples[0] * samples[1]; i++) {
                double tx = x - 0.5 + (i % samples[0] + 0.5) / samples[0];
                double ty = y - 0.5 + ((double)(i / samples[0]) + 0.5) / samples[1];
                double w = map->m[2][0] * tx + map->m[2][1] * ty + map->m[2][2];
                double sx = (map->m[0][0] * tx + map->m[0][1] * ty + map->m[0][2]) / w;
                double sy = (map->m[1][0] * tx + map->m[1][1] * ty + map->m[1][2]) / w;
                if (!is_within(plane, sx, sy))
                    continue;
                if (cubic)
                    add_cubic(plane, sx, sy, sum);
                else
                    add_bilinear(plane, sx, sy, sum);
            }
            for (int c = 0; c < 3; c++)
                rgb[c] = pv_byte_of(weight * sum[c]);
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
    pv_projective map = pv_projective_compose(target_to_source, &level);
    bool cubic = fmax(most[0], most[1]) * shrink <= CUBIC_SCALE_MOST;
    int samples[2] = {1, 1};
    for (int axis = 0; axis < 2 && !cubic; axis++)
        samples[axis] = 1 + pv_index_within((int)ceil(most[axis] * shrink) - 1, SAMPLES_MAX - 1);
    draw(plane, &map, samples, cubic, width, height, rgb);
    return PV_OK;
}
