/* A net with one output that looks at a part of a picture. */
#ifndef PV_MODEL_LOOK_H
#define PV_MODEL_LOOK_H

#include "image/image.h"
#include "model/runtime.h"

/* What the net answers to what `map` (from its input to the picture) shows: `count` numbers, copied
 * to `out`. `how` says how it wants its input of three planes; its `data` does not count.
 * PV_ERROR_GENERIC where the net answers another number of values. */
PV_CHECKED pv_status pv_model_look(pv_runtime *runtime, const char *id, pv_image *image,
                                   const pv_affine *map, const pv_planar *how, float *out,
                                   size_t count);

#endif
