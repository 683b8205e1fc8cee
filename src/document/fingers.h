/* How much of a document fingers cover. */
#ifndef PV_DOCUMENT_FINGERS_H
#define PV_DOCUMENT_FINGERS_H

#include "image/image.h"
#include "model/runtime.h"

/* The share of the page that is one half on the scale of pv_fingers_measure(): 46 square
 * millimetres of an ID-1 card, a fingertip that reaches 4 to 5 mm over its edge. */
#define PV_FINGERS_HALF 0.01F

/* The share of the page's area that lies under fingers or a hand, 0 to 1. `page` is a rectified
 * document of any size and format, either way up or across, and nothing else; only what reaches in
 * from its border counts, because fingers do and portraits on documents mostly do not. */
PV_CHECKED pv_status pv_fingers_cover(pv_runtime *runtime, pv_image *page, float *share);

/* The covered share on a scale on which the small shares that matter can be told apart: s / (s +
 * PV_FINGERS_HALF). 0: nothing is covered; 0.33: half a hundredth; 0.5: a hundredth; 0.8: 4 %, the
 * end of a thumb; 0.91: a tenth; never quite 1. */
float pv_fingers_scale(float share);

/* pv_fingers_cover() on that scale: what `fingers_over_document_threshold` is compared with. */
PV_CHECKED pv_status pv_fingers_measure(pv_runtime *runtime, pv_image *page, float *covered);

#endif
