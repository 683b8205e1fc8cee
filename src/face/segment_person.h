/* The steps from "persons" to "this person", on the grid of face/segment.h. */
#ifndef PV_FACE_SEGMENT_PERSON_H
#define PV_FACE_SEGMENT_PERSON_H

#include "face/segment.h"

/* A head on the grid: an ellipse, and the direction (of unit length) in which its body lies. */
typedef struct pv_grid_head {
    double x, y;
    double radius_x, radius_y;
    double down_x, down_y;
} pv_grid_head;

/* Takes away what belongs to the others: each point goes to the head, with its shoulders, that it
 * is nearer to by geodesic distance: steps over edges of colour (rgb, 0 to 1, three values a point)
 * and through what is no person count as long. */
PV_CHECKED pv_status pv_segment_split(pv_arena *arena, const float *rgb, const pv_grid_head *person,
                                      const pv_grid_head *others, size_t count, float *alpha);

/* Keeps the part that is joined to the head, with its soft border, and closes small holes in it. */
PV_CHECKED pv_status pv_segment_join(pv_arena *arena, const pv_grid_head *person, float *alpha);

#endif
