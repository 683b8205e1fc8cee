/* From a coarse share of the person to a picture of them on another background. */
#ifndef PV_FACE_MATTE_H
#define PV_FACE_MATTE_H

#include "base/arena.h"
#include "base/status.h"

#include <stdint.h>

/* Fits the coarse shares (0 to 1, width * height) to the edges of the picture: K. He, J. Sun,
 * X. Tang, "Guided image filtering", IEEE PAMI 35(6), 2013, with the coefficients at half the size
 * (K. He, J. Sun, "Fast guided filter", 2015). Far from the coarse border the shares stay. */
PV_CHECKED pv_status pv_matte_refine(pv_arena *arena, const uint8_t *rgb, int width, int height,
                                     float *alpha);

/* Replaces the background by `background` (0xRRGGBB). Where a pixel is a mixture, the person's own
 * colour in it is estimated first, so that nothing of the old background stays in the hair: M.
 * Forte, "Approximate fast foreground colour estimation", IEEE ICIP 2021. */
PV_CHECKED pv_status pv_matte_compose(pv_arena *arena, const float *alpha, uint32_t background,
                                      int width, int height, uint8_t *rgb);

#endif
