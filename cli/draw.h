/* Draws what was found in a picture over it. */
#ifndef PV_CLI_DRAW_H
#define PV_CLI_DRAW_H

#include <jansson.h>
#include <stdbool.h>

#include "picture.h"

/* Writes a PNG file: the picture with the answer's faces. Small pictures are enlarged by a whole
 * number; what finds no room beside its face goes into a strip at the right. `is_bgr`: the order of
 * the channels. PV_ERROR_ARGUMENT where the file cannot be made. */
PV_CHECKED pv_status pv_draw_faces(const pv_picture *picture, bool is_bgr, const json_t *answer,
                                   const char *path);

/* The same of a document scan: the document's outline with its own top side marked, its face, and
 * the barcode where the answer has one. */
PV_CHECKED pv_status pv_draw_document(const pv_picture *picture, bool is_bgr, const json_t *answer,
                                      const char *path);

#endif
