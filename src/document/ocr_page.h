/* All text of a page, and which way up it is. */
#ifndef PV_DOCUMENT_OCR_PAGE_H
#define PV_DOCUMENT_OCR_PAGE_H

#include "document/ocr.h"

#define PV_OCR_TURN_UNKNOWN (-1)

/* Where text runs in a page: 0 to the right, as in an upright one, 1 downwards, 2 to the left and
 * upside down, 3 upwards. In other words the page is turned clockwise by so many quarters. */
typedef struct pv_ocr_turn {
    int quarters;
    float confidence; /* 0 to 1: how much better the lines were to read than the other way round */
} pv_ocr_turn;

/* Tells the turn from the shapes of the boxes and by reading a few of them both ways. Quarters are
 * 0 and the confidence is too where there is no text. */
PV_CHECKED pv_status pv_ocr_find_turn(pv_runtime *runtime, pv_image *page, const pv_text_box *boxes,
                                      size_t count, pv_ocr_turn *out);

/* Reads boxes of a page of that turn, in their order; those that run across are left out, and so
 * are empty lines. Lives in the picture's arena. */
PV_CHECKED pv_status pv_ocr_read_lines(pv_runtime *runtime, pv_image *page,
                                       const pv_text_box *boxes, size_t box_count, int turn,
                                       pv_text_line **out, size_t *count);

/* Finds and reads the lines of a page, as pv_ocr_read_lines() does. `found`: as in pv_ocr_find().
 * `turn`: 0 to 3, or PV_OCR_TURN_UNKNOWN to tell it from the text; `told` gets the one that was
 * used. */
PV_CHECKED pv_status pv_ocr_page(pv_runtime *runtime, pv_image *page, pv_ocr_found *found, int turn,
                                 pv_ocr_turn *told, pv_text_line **out, size_t *count);

#endif
