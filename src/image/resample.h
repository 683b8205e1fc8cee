/* Resampling for pictures that people look at: slower than pv_image_warp(), and sharper. */
#ifndef PV_IMAGE_RESAMPLE_H
#define PV_IMAGE_RESAMPLE_H

#include "image/image.h"

/* RGB, tightly packed, width * height * 3 bytes at `rgb`: a bicubic kernel (Catmull and Rom's) that
 * is stretched where the target is smaller, so that it averages over a target pixel's area. Beyond
 * the border the nearest pixel stands. The map has to keep angles (turn, scale, shift, mirror). */
PV_CHECKED pv_status pv_image_resample(pv_image *image, const pv_affine *target_to_source,
                                       int width, int height, uint8_t *rgb);

#endif
