/* Maps between plane figures seen in perspective, and pictures drawn through them. */
#ifndef PV_IMAGE_PROJECTIVE_H
#define PV_IMAGE_PROJECTIVE_H

#include "image/image.h"

/* x' = (m00 x + m01 y + m02) / w, y' = (m10 x + m11 y + m12) / w, w = m20 x + m21 y + m22. Pixel
 * centres are at whole numbers. */
typedef struct pv_projective {
    double m[3][3];
} pv_projective;

/* The map that takes the corners of one quadrilateral to those of another. Both have to be convex,
 * else PV_ERROR_GENERIC: no plane rectangle is seen like that. */
PV_CHECKED pv_status pv_projective_fit(const pv_point from[4], const pv_point to[4],
                                       pv_projective *out);

/* A point of the horizon comes out as (0, 0). */
pv_point pv_projective_apply(const pv_projective *map, pv_point point);

/* first, then second. */
pv_projective pv_projective_compose(const pv_projective *first, const pv_projective *second);

/* The way back, up to a factor, which changes nothing. */
pv_projective pv_projective_invert(const pv_projective *map);

/* From a picture that was turned clockwise by 0 to 3 quarters to what it was before, of width x
 * height. */
pv_projective pv_projective_turn_back(int quarters, int width, int height);

/* Positive for corners that go clockwise where y points down. */
double pv_quad_area(const pv_point corners[4]);

/* Strictly: no three corners on a line, in either sense of going round. */
bool pv_quad_is_convex(const pv_point corners[4]);

/* RGB, tightly packed, width * height * 3 bytes at `rgb`. Where the picture has more pixels than
 * the target, every target pixel is the mean over the area that it covers, as far as that differs
 * from place to place and from one direction to the other; where it has fewer, a bicubic kernel
 * (Catmull and Rom's) fills in. Beyond the border it is black. */
PV_CHECKED pv_status pv_image_warp_projective(pv_image *image,
                                              const pv_projective *target_to_source, int width,
                                              int height, uint8_t *rgb);

#endif
