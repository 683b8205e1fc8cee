/* A face and the facts known about it. */
#ifndef PV_FACE_FACE_H
#define PV_FACE_FACE_H

#include <stdbool.h>
#include <stddef.h>

#include "image/image.h"

/* The five points of the detector, in the order in which it gives them. Right and left are the
 * person's own: the right eye is at small x in an upright picture that is not mirrored. */
typedef enum pv_face_point {
    PV_POINT_EYE_RIGHT,
    PV_POINT_EYE_LEFT,
    PV_POINT_NOSE,
    PV_POINT_MOUTH_RIGHT,
    PV_POINT_MOUTH_LEFT,
    PV_FACE_POINTS
} pv_face_point;

/* All in pixels of the caller's picture; the box may reach beyond its borders. */
typedef struct pv_face {
    float left, top, right, bottom;
    pv_point points[PV_FACE_POINTS];
    float score;      /* the net's own, 0..1 */
    float confidence; /* 0..1; what `face_confidence_score` reports and the thresholds test */
    float other_area; /* of the biggest other face by this one's; 0: the only one */
} pv_face;

typedef struct pv_face_list {
    pv_face *faces; /* in the operation's arena */
    size_t count;
} pv_face_list;

#endif
