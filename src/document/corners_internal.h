/* The parts of pv_corners_find(). */
#ifndef PV_DOCUMENT_CORNERS_INTERNAL_H
#define PV_DOCUMENT_CORNERS_INTERNAL_H

#include "document/corner_maps.h"
#include "document/corners.h"

/* What the picture's own edges say of a quadrilateral. */
typedef struct pv_edge_support {
    float sides[4];  /* share of each side that lies on a visible edge; -1 where too little of it is
                      * in the picture */
    float steady[4]; /* how strong and how much the same the step of colour is along each side */
    float mean;      /* of the sides that are in the picture; 0.8 without any */
    float weakest;
    int moved; /* sides that were placed anew */
} pv_edge_support;

/* Moves the sides onto the visible edges beside them, where there is enough of one; `reach` in
 * pixels of the picture. */
PV_CHECKED pv_status pv_corner_edges_refine(pv_image *image, double reach, pv_quad *quad,
                                            pv_edge_support *out);

/* How far the rectangle that is seen is from the ratios of ISO/IEC 7810, as a logarithm; 0 between
 * them. */
double pv_corner_ratio_off(const pv_quad *quad, int width, int height);

/* Where the ratio is none of the standard's, a side is moved out to where it would be, if a visible
 * edge runs there; else nothing changes. */
PV_CHECKED pv_status pv_corner_widen(pv_image *image, pv_quad *quad, pv_edge_support *edges);

/* Everything that is known about a quadrilateral in the picture. */
typedef struct pv_corner_evidence {
    pv_quad quad;             /* in the picture */
    pv_corner_candidate maps; /* of the last pass */
    float agreement;          /* overlap of the last two passes */
    pv_edge_support edges;
} pv_corner_evidence;

#define PV_CORNER_TERMS 8

/* The terms of the blend, each about 0 to 1. */
void pv_corner_terms(const pv_corner_evidence *evidence, int width, int height,
                     float out[PV_CORNER_TERMS]);

float pv_corner_confidence(const float terms[PV_CORNER_TERMS]);

/* pv_corners_find() with all that it went by; `found` as there. */
PV_CHECKED pv_status pv_corners_search(pv_runtime *runtime, pv_image *image, bool *found,
                                       pv_corner_evidence *out);

#endif
