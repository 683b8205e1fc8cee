/* How even the background beside and above the head is. */
#ifndef PV_FACE_BACKGROUND_H
#define PV_FACE_BACKGROUND_H

#include "face/face.h"

typedef struct pv_background {
    float unevenness; /* mean step between neighbouring samples, luminance 0..255; see
                         docs/traits.md */
    float visible;    /* share of the looked-at region that is in the picture, 0..1 */
} pv_background;

PV_CHECKED pv_status pv_background_measure(pv_image *image, const pv_face *face,
                                           pv_background *out);

#endif
