/* How sharp a page is, on the scale of the key blur_threshold_doc. */
#ifndef PV_DOCUMENT_SHARPNESS_H
#define PV_DOCUMENT_SHARPNESS_H

#include "image/image.h"

/* The energy of the second difference in that direction in which it is least (so that a picture
 * moved in one direction counts as blurred), by the square of the brightness around it (so that
 * light and exposure do not count), where the page is printed on (so that white areas do not
 * count), with the page 1000 pixels long and smoothed (so that noise counts little). From 0; a
 * sharp scan has about 2000, docs/documents.md has more. */
PV_CHECKED pv_status pv_page_sharpness(pv_image *page, float *sharpness);

#endif
