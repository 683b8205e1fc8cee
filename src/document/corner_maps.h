/* From the three maps of the document net to quadrilaterals; no pixels, no net. */
#ifndef PV_DOCUMENT_CORNER_MAPS_H
#define PV_DOCUMENT_CORNER_MAPS_H

#include <stddef.h>

#include "document/quad.h"

#define PV_MAPS_SIDE 64
#define PV_MAPS_CELLS (PV_MAPS_SIDE * PV_MAPS_SIDE)
#define PV_CANDIDATES_MOST 8

/* Three probabilities for each cell, row by row. Cell (column, row) is the point (column, row). */
typedef struct pv_corner_maps {
    const float *inside;  /* of a document, what covers it included */
    const float *outline; /* about 1.5 cells wide */
    const float *corners; /* peaks about one cell wide */
    pv_affine to_picture; /* from cells */
    int width, height;    /* of the picture: cells beyond it say nothing */
} pv_corner_maps;

/* A document, perhaps; each measure is from 0 to 1. */
typedef struct pv_corner_candidate {
    pv_quad quad;  /* in cells; clockwise, convex, may reach beyond the maps */
    float fill;    /* soft intersection over union with the inside map */
    float outline; /* mean of the outline map along the sides */
    float weakest; /* the same along the weakest side */
    float corners; /* mean of the corner map's peaks near the corners */
    float seen;    /* share of its area that lies in the picture */
} pv_corner_candidate;

/* How much a candidate is to be believed: all of it from the maps. */
float pv_corner_candidate_weight(const pv_corner_candidate *candidate);

/* The likeliest first, PV_CANDIDATES_MOST at most. */
PV_CHECKED pv_status pv_corner_maps_decode(const pv_corner_maps *maps, pv_arena *arena,
                                           pv_corner_candidate *out, size_t *count);

#endif
