/* From the text detector's map to boxes; no picture, no net. */
#ifndef PV_DOCUMENT_OCR_BOXES_H
#define PV_DOCUMENT_OCR_BOXES_H

#include "document/ocr.h"

/* The lines of a map of probabilities, in its pixels, highest score first, at most
 * PV_OCR_BOXES_MOST, each with the direction that pv_ocr_find() describes. Lives in the arena. */
PV_CHECKED pv_status pv_ocr_boxes_from_map(const float *map, int width, int height, pv_arena *arena,
                                           pv_text_box **out, size_t *count);

typedef struct pv_rectangle {
    pv_point centre;
    float ux, uy; /* unit vector along its width; its height runs along (-uy, ux) */
    float width, height;
} pv_rectangle;

/* The rectangle of the smallest area around `count` points, 1 or more, which must come sorted by y,
 * then by x. `room`: for twice as many points. */
pv_rectangle pv_rectangle_around(const pv_point *points, size_t count, pv_point *room);

#endif
