/* Which part of a picture is the person that a face belongs to. */
#ifndef PV_FACE_SEGMENT_H
#define PV_FACE_SEGMENT_H

#include "face/face.h"
#include "model/runtime.h"

/* The answer is given on a square grid of this many points a side. */
#define PV_SEGMENT_SIDE 384
/* Where on the grid the middle between the eyes has to lie, as shares of its side. */
#define PV_SEGMENT_EYE_X 0.5
#define PV_SEGMENT_EYE_Y 0.42

/* The share of the person at each point of the grid, 0 to 1, PV_SEGMENT_SIDE squared values.
 *
 * The grid stands upright on the person (grid_to_picture turns and scales it) and reaches from
 * above the hair to below the shoulders. `others` are the remaining faces of the picture: what is
 * nearer to them, measured along even colour, is not counted, nor is anything that is not joined to
 * the face, nor what lies outside the picture. */
PV_CHECKED pv_status pv_face_segment(pv_runtime *runtime, pv_image *image,
                                     const pv_affine *grid_to_picture, const pv_face *face,
                                     const pv_face *others, size_t other_count, float *alpha);

#endif
