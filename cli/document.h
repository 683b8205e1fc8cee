/* What the files of `privid document` share. */
#ifndef PV_CLI_DOCUMENT_H
#define PV_CLI_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "picture.h"

/* Status of a barcode in the answer, a pv_barcode_status. */
int pv_barcode_state(const json_t *barcode);

/* A line on the barcode, and its fields that say something. `title` is the picture's name. */
void pv_print_barcode(const char *title, const json_t *barcode);

/* What was asked for, and so is worth a line where there is none. */
typedef struct pv_document_wishes {
    bool face;
    bool zone;
    bool age;
} pv_document_wishes;

/* The document of an answer, its face, zone and date of birth. */
void pv_print_document(const char *title, const json_t *answer, pv_document_wishes wishes);

/* `detected_document` of an answer; NULL: there is none. */
const json_t *pv_view_document(const json_t *answer);

/* What is written into a folder; pixels may be NULL. */
typedef struct pv_document_files {
    const char *folder; /* made where it is not there */
    const pv_picture *picture;
    bool is_bgr;
    uint8_t *document;
    uint8_t *face;
} pv_document_files;

/* Writes document.png, face.png and annotated.png. What an earlier run left there under these names
 * and this one does not have is removed, so that no face of another document stays. */
PV_CHECKED pv_status pv_document_write(const pv_document_files *files, const json_t *answer);

#endif
