/* Pictures as base64 of a PNG, for requests that carry one. */
#ifndef PV_IMAGE_PNG_H
#define PV_IMAGE_PNG_H

#include "image/image.h"

/* Lossless; *out is NUL-terminated and freed by the caller. */
PV_CHECKED pv_status pv_image_to_base64_png(const pv_image *image, char **out);

#endif
