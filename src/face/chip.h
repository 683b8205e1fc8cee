/* The aligned face as pixels: what the measures of light, colour and sharpness look at. */
#ifndef PV_FACE_CHIP_H
#define PV_FACE_CHIP_H

#include "face/face.h"

/* Sides and place of the eyes at full size; a face with fewer pixels gets a smaller chip, since
 * what is not in the picture cannot be measured. */
#define PV_CHIP_WIDTH 128
#define PV_CHIP_HEIGHT 144
#define PV_CHIP_EYES_APART 48.0
#define PV_CHIP_EYES_Y 56.0

typedef struct pv_chip {
    int width;
    int height;
    float scale;        /* chip pixels a pixel of a full-size chip, at most 1 */
    float *rgb;         /* three planes, 0..255 */
    float *luma;        /* 0..255, ITU-R BT.601 */
    const bool *inside; /* the face's oval */
    size_t inside_count;
} pv_chip;

/* In the picture's arena. PV_ERROR_GENERIC when the face's points coincide. */
PV_CHECKED pv_status pv_chip_make(pv_image *image, const pv_face *face, pv_chip *out);

#endif
