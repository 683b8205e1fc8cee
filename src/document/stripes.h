/* Where a picture has stripes: the first sign of a barcode that lies askew. */
#ifndef PV_DOCUMENT_STRIPES_H
#define PV_DOCUMENT_STRIPES_H

#include "document/gray.h"

/* A region of stripes. Across them runs the unit vector (cos angle, sin angle), and the region
 * spans `from_across` to `to_across` along it and `from_along` to `to_along` along (-sin, cos),
 * in pixels of the picture. */
typedef struct pv_stripes {
    double angle; /* radians, above -pi/2 and up to pi/2 */
    double from_across, to_across;
    double from_along, to_along;
    double weight; /* the more, the likelier a barcode */
    double filled; /* share of its span that has the stripes: edges that meet fill little */
} pv_stripes;

#define PV_STRIPES_MOST 4

/* The regions that stand out most, heaviest first. */
PV_CHECKED pv_status pv_stripes_find(const pv_gray *picture, pv_arena *arena,
                                     pv_stripes out[PV_STRIPES_MOST], int *count);

/* How far rows of a code whose stripes stand upright in `picture` run downhill: y of a row grows by
 * this a pixel to the right. */
PV_CHECKED pv_status pv_stripes_slope(const pv_gray *picture, pv_arena *arena, double *out);

#endif
