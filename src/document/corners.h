/* Where a document lies in a picture. */
#ifndef PV_DOCUMENT_CORNERS_H
#define PV_DOCUMENT_CORNERS_H

#include <stdbool.h>

#include "image/image.h"
#include "model/runtime.h"

typedef struct pv_document_corners {
    bool found;
    /* Of the rectangle without its rounding, clockwise; the first is the one that is top left when
     * the document is turned by the least angle to stand upright or lie flat in the picture. They
     * may lie outside of the picture, by half its size at most. */
    pv_point corners[4];
    float confidence; /* 0 to 1: chance-like measure that the corners are good */
} pv_document_corners;

/* One document: where there are several, the one with the largest area times confidence. Without
 * any, `found` is false and the confidence 0. */
PV_CHECKED pv_status pv_corners_find(pv_runtime *runtime, pv_image *image,
                                     pv_document_corners *out);

#endif
