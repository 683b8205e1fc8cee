/* Quality components of a face image, 0 (bad) to 100 (good), under the names of ISO/IEC 29794-5.
 *
 * They are measures of this library's own in the sense of the standard, not its reference
 * implementation; docs/traits.md says what each rests on. */
#ifndef PV_FACE_QUALITY_H
#define PV_FACE_QUALITY_H

#include "face/facts.h"

typedef struct pv_quality_component {
    const char *name;
    float value; /* 0..100 */
} pv_quality_component;

#define PV_QUALITY_COMPONENTS_MAX 32

/* The components whose facts are known; the unified score comes first where it can be formed.
 * Width and height are of the picture. Returns their number. */
size_t pv_quality_components(const pv_facts *facts, const pv_face *face, int width, int height,
                             pv_quality_component out[PV_QUALITY_COMPONENTS_MAX]);

#endif
