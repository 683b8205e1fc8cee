/* One line of a zone in a picture: placed exactly, drawn and read. */
#ifndef PV_DOCUMENT_MRZ_STRIP_H
#define PV_DOCUMENT_MRZ_STRIP_H

#include "document/mrz_cells.h"
#include "image/image.h"
#include "model/runtime.h"

/* A line of text. (ux, uy) is the unit vector along which it is read; down is (-uy, ux). */
typedef struct pv_mrz_strip {
    pv_point start; /* middle of the line's height where it starts */
    float ux, uy;
    float length; /* pixels of the picture, like all here */
    float cap;    /* height of a capital */
} pv_mrz_strip;

/* The point so far along a line, and so far below its middle. */
pv_point pv_mrz_strip_point(const pv_mrz_strip *strip, float along, float below);

/* The same place, read from the other end. */
pv_mrz_strip pv_mrz_strip_reverse(const pv_mrz_strip *strip);

/* Moves, turns and scales a strip that is only about right so that it lies on the line. */
PV_CHECKED pv_status pv_mrz_strip_refine(pv_image *image, pv_mrz_strip *strip);

/* Reads a strip; with `even` the light is made even first, for glare and dark corners. `along` are
 * the pixels of the picture for a step of the net: the place of a cell times it is where it stands
 * along the strip. */
PV_CHECKED pv_status pv_mrz_strip_read(pv_runtime *runtime, pv_image *image,
                                       const pv_mrz_strip *strip, bool even, pv_mrz_row_cells *out,
                                       float *along);

#endif
