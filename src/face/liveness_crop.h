/* Squares around a face, as nets of liveness want them. */
#ifndef PV_FACE_LIVENESS_CROP_H
#define PV_FACE_LIVENESS_CROP_H

#include "face/face.h"

typedef struct pv_square {
    double x, y; /* centre, in the picture's pixels */
    double side;
} pv_square;

/* Around the box's middle; the side is `scale` times that of a square of the box's area. The shapes
 * of boxes differ between detectors more than their areas do. */
pv_square pv_face_square(const pv_face *face, double scale);

/* The square brought to `side` x `side`, upright; what lies beyond the picture's border is the
 * picture mirrored at it. out: three planes of values 0..255, red or blue first. */
PV_CHECKED pv_status pv_square_crop(pv_image *image, const pv_square *square, int side,
                                    bool blue_first, float *out);

#endif
