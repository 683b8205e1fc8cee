/* Grey pictures, for what reads codes and lines: one byte a pixel, rows tightly packed. */
#ifndef PV_DOCUMENT_GRAY_H
#define PV_DOCUMENT_GRAY_H

#include <stdint.h>

#include "base/arena.h"
#include "image/image.h"

typedef struct pv_gray {
    uint8_t *pixels;
    int width;
    int height;
} pv_gray;

/* The luminance of a plane (ITU-R BT.601). */
PV_CHECKED pv_status pv_gray_make(const pv_plane *plane, pv_arena *arena, pv_gray *out);

/* Half as wide and high, averages of 2 x 2; at least 1 x 1. */
PV_CHECKED pv_status pv_gray_halve(const pv_gray *source, pv_arena *arena, pv_gray *out);

/* Fills the target with bicubic samples (Catmull and Rom's kernel) at the mapped points; beyond the
 * border the nearest pixel stands. Averages nothing: not for shrinking. */
void pv_gray_warp(const pv_gray *source, const pv_affine *target_to_source, pv_gray *target);

#endif
