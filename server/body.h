/* The JSON body of a request, and its fields. Every message names the field. */
#ifndef PV_SERVER_BODY_H
#define PV_SERVER_BODY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matching.h"
#include "base/status.h"

/* Bytes of a body outside its strings: bounds what parsing costs, however long an image is. */
#define PV_BODY_STRUCTURE_MAX ((size_t)64 << 10)

/* Objects and lists inside each other. */
#define PV_BODY_DEPTH_MAX 16

#define PV_BODY_IDENTIFIER_MAX 256

/* All of these fail with PV_ERROR_ARGUMENT when the request is wrong. */

/* An object, without a key twice; messages have line and column. */
PV_CHECKED pv_status pv_body_parse(const char *text, size_t length, json_t **object);

/* A whole number in least..most. */
PV_CHECKED pv_status pv_body_integer(const json_t *object, const char *name, int least, int most,
                                     int *value);
/* The same, but value stays as it is when the field is not there. */
PV_CHECKED pv_status pv_body_optional_integer(const json_t *object, const char *name, int least,
                                              int most, int *value);
PV_CHECKED pv_status pv_body_optional_number(const json_t *object, const char *name, double least,
                                             double most, double *value);

/* Text of at most limit bytes without control characters; optional: NULL when not there. text
 * lives as long as object. */
PV_CHECKED pv_status pv_body_text(const json_t *object, const char *name, size_t limit,
                                  const char **text);
PV_CHECKED pv_status pv_body_optional_text(const json_t *object, const char *name, size_t limit,
                                           const char **text);

/* A list of numbers or base64 of little-endian float32, finite and within 1 % of unit length;
 * vector gets the model's dimension of floats, of unit length. */
PV_CHECKED pv_status pv_body_embedding(const json_t *object, const pv_embedding_model *model,
                                       float *vector);

/* Optional base64 of a PNG file: *bytes is NULL when not there, else to be freed. */
PV_CHECKED pv_status pv_body_image(const json_t *object, uint8_t **bytes, size_t *size);

/* One line in the log for fields that are not in the NULL-terminated list. */
void pv_body_warn_unknown(const json_t *object, const char *const *known);

#endif
