/* The page: a document drawn flat, as if it had been laid on a scanner. */
#ifndef PV_DOCUMENT_PAGE_H
#define PV_DOCUMENT_PAGE_H

#include "document/ocr.h"
#include "image/projective.h"

/* Sizes of ISO/IEC 7810, in millimetres: ID-1 85.60 x 53.98, ID-2 105 x 74, ID-3 125 x 88. */
typedef enum pv_page_format {
    PV_PAGE_ID1, /* cards */
    PV_PAGE_ID2, /* larger cards and visas of size B */
    PV_PAGE_ID3, /* data pages of passports */
    PV_PAGE_FORMATS
} pv_page_format;

typedef struct pv_page {
    pv_page_format format;
    bool portrait;      /* higher than wide */
    pv_image image;     /* opened over the page's own pixels, RGB, 300 dots an inch */
    pv_ocr_found print; /* lines that were found in them */
    pv_projective to_picture;
    pv_point corners[4]; /* of the page in the picture: top left first, clockwise */
} pv_page;

/* Long and short side of a page in pixels. */
void pv_page_size(pv_page_format format, int *longer, int *shorter);

/* "ID-1" and so on. */
const char *pv_page_format_name(pv_page_format format);

/* Width by height of the rectangle that is seen as these corners, in a picture of that size whose
 * middle the lens looked at. Both focal length and tilt follow from the corners (Z. Zhang, L.-W.
 * He, "Whiteboard scanning and image enhancement", 2007); where the corners leave the focal length
 * open, or make it one that no camera has, it is taken for that of a telephone. An answer that is
 * far from every format's gives way to the mean lengths of the sides: the picture was cut or bent.
 */
double pv_page_aspect(const pv_point corners[4], int width, int height);

/* The format with the nearest aspect. ID-2 and ID-3 are the same to three digits (1.419 and 1.420):
 * such a page is taken for ID-3, which is by far the commoner one, until its zone says otherwise.
 */
pv_page_format pv_page_guess_format(double aspect);

/* Draws the page; everything is in the picture's arena. Corners clockwise, as they are to lie: the
 * first at the page's top left. PV_ERROR_GENERIC where they are no rectangle in perspective. */
PV_CHECKED pv_status pv_page_make(pv_image *picture, const pv_point corners[4],
                                  pv_page_format format, pv_page *out);

/* The page turned clockwise by so many quarters, without drawing it again. */
PV_CHECKED pv_status pv_page_turn(const pv_page *page, int quarters, pv_page *out);

#endif
