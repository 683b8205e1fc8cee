#include "image/image.h"

#include <math.h>
#include <string.h>

pv_status pv_image_open(const char *name, const uint8_t *pixels, int width, int height,
                        pv_pixel_format format, pv_arena *arena, pv_image *out)
{
    if (!pixels)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the pixel buffer is NULL", name);
    if (width < 1 || height < 1)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %d x %d pixels; width and height must be 1 or more",
                       name, width, height);
    if ((int64_t)width * height > PV_IMAGE_PIXELS_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %d x %d pixels; at most %d are accepted", name,
                       width, height, PV_IMAGE_PIXELS_MAX);
    uint8_t first = format == PV_FORMAT_BGR ? 2 : 0;
    memset(out, 0, sizeof *out);
    out->arena = arena;
    out->level_count = 1;
    out->levels[0] = (pv_plane){.pixels = pixels,
                                .width = width,
                                .height = height,
                                .channels = format == PV_FORMAT_RGBA ? 4 : 3,
                                .red = first,
                                .green = 1,
                                .blue = (uint8_t)(2 - first)};
    return PV_OK;
}

/* `step` is a constant where this is called, so that the compiler can unroll. */
static inline void halve_pixels(const uint8_t *upper, const uint8_t *lower, size_t step,
                                const size_t offsets[3], uint8_t *target, int count)
{
    for (int x = 0; x < count; x++) {
        const uint8_t *a = upper + 2 * step * (size_t)x;
        const uint8_t *b = lower + 2 * step * (size_t)x;
        for (int c = 0; c < 3; c++) {
            size_t o = offsets[c];
            target[3 * x + c] = (uint8_t)((a[o] + a[o + step] + b[o] + b[o + step] + 2) / 4);
        }
    }
}

/* One row of 2 x 2 averages; an odd last column or row counts twice. */
static void halve_row(const pv_plane *source, const uint8_t *upper, const uint8_t *lower,
                      uint8_t *target)
{
    const size_t offsets[3] = {source->red, source->green, source->blue};
    int pairs = source->width / 2;
    if (source->channels == 3)
        halve_pixels(upper, lower, 3, offsets, target, pairs);
    else
        halve_pixels(upper, lower, 4, offsets, target, pairs);
    if (source->width % 2 == 0)
        return;
    size_t last = (size_t)(source->width - 1) * (size_t)source->channels;
    for (int c = 0; c < 3; c++)
        target[3 * pairs + c] =
            (uint8_t)((2 * upper[last + offsets[c]] + 2 * lower[last + offsets[c]] + 2) / 4);
}

static pv_status add_level(pv_image *image)
{
    const pv_plane *source = &image->levels[image->level_count - 1];
    int width = (source->width + 1) / 2;
    int height = (source->height + 1) / 2;
    uint8_t *pixels = pv_arena_take(image->arena, (size_t)width * (size_t)height, 3);
    if (!pixels)
        return PV_ERROR_GENERIC;
    size_t source_row = (size_t)source->width * (size_t)source->channels;
    for (int y = 0; y < height; y++) {
        int lower = 2 * y + 1 < source->height ? 2 * y + 1 : 2 * y;
        halve_row(source, source->pixels + (size_t)(2 * y) * source_row,
                  source->pixels + (size_t)lower * source_row,
                  pixels + (size_t)y * (size_t)width * 3);
    }
    image->levels[image->level_count++] = (pv_plane){.pixels = pixels,
                                                     .width = width,
                                                     .height = height,
                                                     .channels = 3,
                                                     .red = 0,
                                                     .green = 1,
                                                     .blue = 2};
    return PV_OK;
}

double pv_affine_scale(const pv_affine *map)
{
    return sqrt(fabs(map->xx * map->yy - map->xy * map->yx));
}

/* 5 % under a power of two still counts as that power, so that 1279 columns are treated as 1280
 * are. */
pv_status pv_image_level(pv_image *image, const pv_affine *target_to_source, const pv_plane **plane,
                         pv_affine *target_to_level)
{
    double scale = pv_affine_scale(target_to_source);
    if (!isfinite(scale) || !isfinite(target_to_source->x0) || !isfinite(target_to_source->y0))
        return pv_fail(PV_ERROR_GENERIC, "the picture cannot be sampled: the map is not finite");
    int wanted = 0;
    while (wanted < PV_IMAGE_LEVELS - 1 && scale >= 1.9 * (double)(1 << wanted) &&
           (image->levels[0].width >> wanted) > 1 && (image->levels[0].height >> wanted) > 1)
        wanted++;
    while (image->level_count <= wanted) {
        pv_status status = add_level(image);
        if (status != PV_OK)
            return status;
    }
    double shrink = 1.0 / (double)(1 << wanted);
    const pv_affine to_level = {
        .xx = shrink, .x0 = 0.5 * shrink - 0.5, .yy = shrink, .y0 = 0.5 * shrink - 0.5};
    *target_to_level = pv_affine_compose(target_to_source, &to_level);
    *plane = &image->levels[wanted];
    return PV_OK;
}

/* Where a colour's first value stands; the next ones follow target_step() apart. */
static float *target_plane(const pv_planar *target, int colour)
{
    int index = target->blue_first ? 2 - colour : colour;
    size_t plane = target->interleaved ? 1 : (size_t)target->width * (size_t)target->height;
    return target->data + (size_t)index * plane;
}

static size_t target_step(const pv_planar *target)
{
    return target->interleaved ? 3 : 1;
}

/* Bilinear sample with black outside; the slow path, for points near or beyond the border. */
static void sample_border(const pv_plane *plane, double x, double y, float rgb[3])
{
    const size_t offsets[3] = {plane->red, plane->green, plane->blue};
    rgb[0] = rgb[1] = rgb[2] = 0.0F;
    if (!(x > -1.0 && y > -1.0 && x < plane->width && y < plane->height))
        return;
    int left = (int)floor(x);
    int top = (int)floor(y);
    float fx = (float)(x - left);
    float fy = (float)(y - top);
    for (int corner = 0; corner < 4; corner++) {
        int px = left + (corner & 1);
        int py = top + (corner >> 1);
        if (px < 0 || py < 0 || px >= plane->width || py >= plane->height)
            continue;
        float weight = ((corner & 1) ? fx : 1.0F - fx) * ((corner >> 1) ? fy : 1.0F - fy);
        const uint8_t *pixel = plane->pixels + ((size_t)py * (size_t)plane->width + (size_t)px) *
                                                   (size_t)plane->channels;
        for (int c = 0; c < 3; c++)
            rgb[c] += weight * (float)pixel[offsets[c]];
    }
}

static void warp_general(const pv_plane *plane, const pv_affine *map, const pv_planar *target)
{
    const size_t offsets[3] = {plane->red, plane->green, plane->blue};
    const size_t step = (size_t)plane->channels;
    const size_t row = (size_t)plane->width * step;
    float *planes[3] = {target_plane(target, 0), target_plane(target, 1), target_plane(target, 2)};
    for (int y = 0; y < target->height; y++) {
        for (int x = 0; x < target->width; x++) {
            double sx = map->xx * x + map->xy * y + map->x0;
            double sy = map->yx * x + map->yy * y + map->y0;
            float rgb[3];
            if (target->border == PV_BORDER_REPLICATE) {
                sx = fmin(fmax(sx, 0.0), plane->width - 1);
                sy = fmin(fmax(sy, 0.0), plane->height - 1);
            }
            if (sx >= 0.0 && sy >= 0.0 && sx < plane->width - 1 && sy < plane->height - 1) {
                int left = (int)sx;
                int top = (int)sy;
                float fx = (float)(sx - left);
                float fy = (float)(sy - top);
                const uint8_t *pixel = plane->pixels + (size_t)top * row + (size_t)left * step;
                for (int c = 0; c < 3; c++) {
                    const uint8_t *p = pixel + offsets[c];
                    float upper = (float)p[0] + fx * (float)(p[step] - p[0]);
                    float lower = (float)p[row] + fx * (float)(p[row + step] - p[row]);
                    rgb[c] = upper + fy * (lower - upper);
                }
            } else {
                sample_border(plane, sx, sy, rgb);
            }
            size_t at = ((size_t)y * (size_t)target->width + (size_t)x) * target_step(target);
            for (int c = 0; c < 3; c++)
                planes[c][at] = (rgb[c] - target->mean) * target->scale;
        }
    }
}

/* The columns of an upright resize. */
typedef struct columns {
    int width;
    int *left;       /* source column at or before the sample */
    float *fraction; /* of the way to the next one */
    int from, to;    /* target columns whose both source columns are in the picture */
} columns;

static pv_status map_columns(pv_arena *arena, const pv_plane *plane, const pv_affine *map,
                             int width, double beyond, columns *out)
{
    *out = (columns){.width = width};
    out->left = pv_arena_take(arena, (size_t)width, sizeof *out->left);
    out->fraction = pv_arena_take(arena, (size_t)width, sizeof *out->fraction);
    if (!out->left || !out->fraction)
        return PV_ERROR_GENERIC;
    for (int x = 0; x < width; x++) {
        double sx = fmin(fmax(map->xx * x + map->x0, -beyond), plane->width - 1 + beyond);
        out->left[x] = (int)floor(sx);
        out->fraction[x] = (float)(sx - out->left[x]);
    }
    while (out->from < width &&
           (out->left[out->from] < 0 || out->left[out->from] >= plane->width - 1))
        out->from++;
    out->to = out->from;
    while (out->to < width && out->left[out->to] >= 0 && out->left[out->to] < plane->width - 1)
        out->to++;
    return PV_OK;
}

/* `step` is a constant where this is called, so that the compiler can unroll. */
static inline void sample_inside(const uint8_t *row, size_t step, const size_t offsets[3],
                                 const columns *cols, float *out)
{
    float *planes[3] = {out, out + cols->width, out + 2 * (size_t)cols->width};
    for (int x = cols->from; x < cols->to; x++) {
        const uint8_t *p = row + (size_t)cols->left[x] * step;
        float fraction = cols->fraction[x];
        for (int c = 0; c < 3; c++) {
            float a = p[offsets[c]];
            planes[c][x] = a + fraction * ((float)p[offsets[c] + step] - a);
        }
    }
}

static void sample_outside(const pv_plane *plane, const uint8_t *row, const size_t offsets[3],
                           const columns *cols, int from, int to, float *out)
{
    const size_t step = (size_t)plane->channels;
    for (int x = from; x < to; x++) {
        int l = cols->left[x];
        for (int c = 0; c < 3; c++) {
            float a = l >= 0 && l < plane->width ? row[(size_t)l * step + offsets[c]] : 0.0F;
            float b = l + 1 >= 0 && l + 1 < plane->width ? row[(size_t)(l + 1) * step + offsets[c]]
                                                         : 0.0F;
            out[c * cols->width + x] = a + cols->fraction[x] * (b - a);
        }
    }
}

/* Horizontal pass of the upright resize: one source row, sampled at the target's columns. */
static void sample_row(const pv_plane *plane, int source_y, const columns *cols, float *out)
{
    if (source_y < 0 || source_y >= plane->height) {
        memset(out, 0, 3 * (size_t)cols->width * sizeof *out);
        return;
    }
    const size_t offsets[3] = {plane->red, plane->green, plane->blue};
    const uint8_t *row =
        plane->pixels + (size_t)source_y * (size_t)plane->width * (size_t)plane->channels;
    sample_outside(plane, row, offsets, cols, 0, cols->from, out);
    if (plane->channels == 3)
        sample_inside(row, 3, offsets, cols, out);
    else
        sample_inside(row, 4, offsets, cols, out);
    sample_outside(plane, row, offsets, cols, cols->to, cols->width, out);
}

/* Vertical pass: a row of the target from the two sampled rows around it. */
static void blend_rows(const float *upper, const float *lower, float fraction, int y,
                       const pv_planar *target)
{
    const size_t width = (size_t)target->width;
    const float mean = target->mean;
    const float scale = target->scale;
    for (int c = 0; c < 3; c++) {
        float *restrict out = target_plane(target, c) + (size_t)y * width * target_step(target);
        const float *restrict a = upper + (size_t)c * width;
        const float *restrict b = lower + (size_t)c * width;
        if (target->interleaved)
            for (size_t x = 0; x < width; x++)
                out[3 * x] = (a[x] + fraction * (b[x] - a[x]) - mean) * scale;
        else
            for (size_t x = 0; x < width; x++)
                out[x] = (a[x] + fraction * (b[x] - a[x]) - mean) * scale;
    }
}

/* Upright resize in two passes: what detection does most, so it keeps both rows it blends. */
static pv_status warp_upright(pv_arena *arena, const pv_plane *plane, const pv_affine *map,
                              const pv_planar *target)
{
    /* how far beyond the border a sample may lie */
    const double beyond = target->border == PV_BORDER_REPLICATE ? 0.0 : 2.0;
    columns cols;
    pv_status status = map_columns(arena, plane, map, target->width, beyond, &cols);
    float *rows = pv_arena_take(arena, 6 * (size_t)target->width, sizeof *rows);
    if (status != PV_OK || !rows)
        return PV_ERROR_GENERIC;
    float *upper = rows;
    float *lower = rows + 3 * (size_t)target->width;
    int upper_y = -10;
    int lower_y = -10;
    for (int y = 0; y < target->height; y++) {
        double sy = fmin(fmax(map->yy * y + map->y0, -beyond), plane->height - 1 + beyond);
        int top = (int)floor(sy);
        if (top == lower_y) {
            float *swap = upper;
            upper = lower;
            lower = swap;
            upper_y = lower_y;
            lower_y = -10;
        }
        if (upper_y != top) {
            sample_row(plane, top, &cols, upper);
            upper_y = top;
        }
        if (lower_y != top + 1) {
            sample_row(plane, top + 1, &cols, lower);
            lower_y = top + 1;
        }
        blend_rows(upper, lower, (float)(sy - top), y, target);
    }
    return PV_OK;
}

pv_status pv_image_warp(pv_image *image, const pv_affine *target_to_source, const pv_planar *target)
{
    pv_affine map;
    const pv_plane *plane;
    pv_status status = pv_image_level(image, target_to_source, &plane, &map);
    if (status != PV_OK)
        return status;
    if (map.xy == 0.0 && map.yx == 0.0)
        return warp_upright(image->arena, plane, &map, target);
    warp_general(plane, &map, target);
    return PV_OK;
}
