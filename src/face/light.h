/* Light, colour and sharpness of a face, measured on its chip. */
#ifndef PV_FACE_LIGHT_H
#define PV_FACE_LIGHT_H

#include "face/chip.h"

/* Luminance is the coded value (BT.601 weights) by 255; shares are of the face's oval. All 0..1
 * unless said otherwise. */
typedef struct pv_light {
    float brightness;   /* mean luminance of the brighter two thirds, see docs/traits.md */
    float mean;         /* of the luminance */
    float variance;     /* of the luminance */
    float underexposed; /* share darker than 0.1 */
    float overexposed;  /* share brighter than 0.97 */
    float entropy;      /* of the histogram of 256 steps; bits, 0..8 */
    float uniformity;   /* intersection of the histograms of both cheeks */
    float colour;       /* distance of the cheeks' colour from those of skin, in CIE a*, b* units */
} pv_light;

void pv_light_measure(const pv_chip *chip, pv_light *out);

/* Sharpness: the variance of the second derivative along that direction in which it is least (so
 * that a picture moved in one direction counts as blurred), by the variance of the luminance (so
 * that contrast does not count), over the oval of the smoothed chip; 10 is the described threshold,
 * see docs/traits.md. 0 for a flat chip. */
PV_CHECKED pv_status pv_sharpness_measure(pv_arena *arena, const pv_chip *chip, float *sharpness);

#endif
