/* What hides parts of a face: a mask over mouth and nose, glasses, dark lenses.
 *
 * Every answer is 0..1 and scaled so that 0.5 is the shipped threshold; docs/occlusion.md says how
 * often each is wrong. */
#ifndef PV_FACE_OCCLUSION_H
#define PV_FACE_OCCLUSION_H

#include "face/face.h"
#include "model/runtime.h"

typedef struct pv_eyewear {
    float glasses; /* of any kind, sunglasses too */
    float dark;    /* lenses that hide the eyes */
} pv_eyewear;

/* How surely a mask, or something like one, covers the mouth or the nose. */
PV_CHECKED pv_status pv_occlusion_mask(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                       float *probability);

/* How surely glasses are worn, and such that hide the eyes. Needs the five points;
 * PV_ERROR_GENERIC where they coincide. */
PV_CHECKED pv_status pv_occlusion_eyewear(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                          pv_eyewear *out);

#endif
