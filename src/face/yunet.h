/* One pass of the detection net over a mapped part of a picture. */
#ifndef PV_FACE_YUNET_H
#define PV_FACE_YUNET_H

#include "face/face.h"
#include "model/runtime.h"

/* What the net sees: a canvas whose points map to the picture by `to_picture`. */
typedef struct pv_view {
    int width; /* of the part that is used; the canvas is padded to multiples of 32 */
    int height;
    pv_affine to_picture;
} pv_view;

/* Appends at most PV_DETECTIONS_MAX faces with at least `score` (0..1), best first, overlapping
 * ones suppressed; in the picture's coordinates. */
#define PV_DETECTIONS_MAX 256
PV_CHECKED pv_status pv_yunet_run(pv_runtime *runtime, pv_image *image, const pv_view *view,
                                  float score, pv_face *faces, size_t *count);

/* Intersection over union of the boxes. */
float pv_face_overlap(const pv_face *a, const pv_face *b);

/* Removes the lower-scored of every two faces that overlap by more than `limit`; sorts by score. */
void pv_face_suppress(pv_face *faces, size_t *count, float limit);

#endif
