/* Points in the answer. */
#ifndef PV_API_POINTS_H
#define PV_API_POINTS_H

#include <jansson.h>

#include "face/facts.h"

/* {x, y}; NULL: out of memory. */
json_t *pv_point_to_json(pv_point point);

/* Adds nose and mouth to the geometry of a FaceResult, and the dense landmarks where they are known
 * and believed. False: out of memory. */
bool pv_points_add(const pv_face *face, const pv_facts *facts, json_t *result);

#endif
