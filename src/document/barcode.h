/* Finds and reads a barcode in a picture. */
#ifndef PV_DOCUMENT_BARCODE_H
#define PV_DOCUMENT_BARCODE_H

#include <stdbool.h>

#include "image/image.h"

/* Confidence of what one try alone read. */
#define PV_BARCODE_ONCE 0.5F

typedef enum pv_barcode_state {
    PV_BARCODE_NONE,
    PV_BARCODE_READ,
    PV_BARCODE_OTHER /* of a symbology that is none of ours */
} pv_barcode_state;

typedef struct pv_barcode {
    pv_barcode_state state;
    bool licence_code;   /* of the symbology that licences have: PDF417 */
    const char *format;  /* name of the symbology */
    const char *text;    /* UTF-8; "" unless the state is PV_BARCODE_READ */
    pv_point corners[4]; /* top left, top right, bottom right, bottom left, as one reads the code */
    float confidence;    /* 0 to 1, see docs/barcodes.md */
} pv_barcode;

/* The barcode that matters most: PDF417 before QR Code and Data Matrix, then Code 128, then others.
 * A code whose error correction does not work out counts as none: pictures of other things are full
 * of such. Texts live in the picture's arena. */
PV_CHECKED pv_status pv_barcode_find(pv_image *image, pv_barcode *out);

/* The same, for codes that lie level, as on a page: does not look for regions to turn, which is
 * most of the time that a picture without a code takes. */
PV_CHECKED pv_status pv_barcode_find_level(pv_image *image, pv_barcode *out);

/* The corners moved away from their middle by the share `margin` of the code's size, and kept
 * within the picture. */
void pv_barcode_widen(const pv_point corners[4], double margin, int width, int height,
                      pv_point out[4]);

#endif
