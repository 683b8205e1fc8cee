/* Pictures: the caller's pixels, read in place, and smaller copies of them made when needed. */
#ifndef PV_IMAGE_IMAGE_H
#define PV_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define PV_IMAGE_PIXELS_MAX 100000000 /* 100 megapixels */
#define PV_IMAGE_LEVELS 16

typedef enum pv_pixel_format { PV_FORMAT_RGB, PV_FORMAT_BGR, PV_FORMAT_RGBA } pv_pixel_format;

/* One level of a picture: rows tightly packed, 8 bits a channel. */
typedef struct pv_plane {
    const uint8_t *pixels;
    int width;
    int height;
    int channels;             /* bytes a pixel: 3 or 4; a fourth channel is never read */
    uint8_t red, green, blue; /* offsets of the channels in a pixel */
} pv_plane;

/* A picture of one operation; not thread-safe. Level 0 is the caller's buffer, each next level half
 * as wide and high (2 x 2 averages), made in the arena when first asked for. */
typedef struct pv_image {
    pv_plane levels[PV_IMAGE_LEVELS];
    int level_count;
    pv_arena *arena;
} pv_image;

/* The plane affine maps points of the target to points of the source:
 * x' = xx * x + xy * y + x0, y' = yx * x + yy * y + y0. Pixel centres are at whole numbers. */
typedef struct pv_affine {
    double xx, xy, x0;
    double yx, yy, y0;
} pv_affine;

typedef struct pv_point {
    float x;
    float y;
} pv_point;

/* What a warp sees beyond the border of the picture. */
typedef enum pv_border {
    PV_BORDER_BLACK,
    PV_BORDER_REPLICATE /* the nearest pixel of the border */
} pv_border;

/* Target of a warp: floats, (value - mean) * scale; three planes, one after the other, or three
 * values a pixel. */
typedef struct pv_planar {
    float *data; /* 3 * width * height */
    int width;
    int height;
    int blue_first; /* 0: red, green, blue; 1: blue, green, red */
    float mean;
    float scale;
    bool interleaved;
    pv_border border;
} pv_planar;

/* Checks the size (PV_ERROR_ARGUMENT, naming what is wrong; `name` is the argument's name in the
 * message) and describes the buffer; reads no pixel. */
PV_CHECKED pv_status pv_image_open(const char *name, const uint8_t *pixels, int width, int height,
                                   pv_pixel_format format, pv_arena *arena, pv_image *out);

/* The level whose pixels are nearest in size to the target's, and the map to it; the levels up to
 * it are made. A point (x, y) of the picture is ((x + 0.5) / 2^level - 0.5, ...) there. */
PV_CHECKED pv_status pv_image_level(pv_image *image, const pv_affine *target_to_source,
                                    const pv_plane **plane, pv_affine *target_to_level);

/* Samples the picture bilinearly at the mapped points, from the level whose pixels are nearest in
 * size to the target's, so that shrinking averages instead of skipping. Outside the picture is
 * what target->border says. */
PV_CHECKED pv_status pv_image_warp(pv_image *image, const pv_affine *target_to_source,
                                   const pv_planar *target);

pv_point pv_affine_apply(const pv_affine *map, pv_point point);

/* By how much lengths grow, on average. */
double pv_affine_scale(const pv_affine *map);

/* first, then second. */
pv_affine pv_affine_compose(const pv_affine *first, const pv_affine *second);

/* Least-squares similarity (rotation, uniform scale, shift) that maps the points `from` to `to`;
 * S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
 * IEEE PAMI 13(4), 1991, in two dimensions and without reflection. PV_ERROR_GENERIC when the points
 * coincide. */
PV_CHECKED pv_status pv_affine_fit_similarity(const pv_point *from, const pv_point *to,
                                              size_t count, pv_affine *out);

/* The way back from a similarity without reflection. */
pv_affine pv_affine_invert_similarity(const pv_affine *map);

#endif
