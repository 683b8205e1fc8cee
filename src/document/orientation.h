/* Which way up a page is. */
#ifndef PV_DOCUMENT_ORIENTATION_H
#define PV_DOCUMENT_ORIENTATION_H

#include "document/ocr.h"
#include "face/face.h"

/* By how many quarters, clockwise, a page with this face has to be turned for the face to stand
 * upright: 0 to 3. */
int pv_page_quarters_of_face(const pv_face *face);

/* The same by its lines of print: they run along the page, and are read more surely the right way
 * round. 0 where there is no print that tells. `found`: as in pv_ocr_find(). */
PV_CHECKED pv_status pv_page_quarters_of_print(pv_runtime *runtime, pv_image *page,
                                               pv_ocr_found *found, int *quarters);

#endif
