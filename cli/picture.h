/* Picture files: JPEG, PNG and WebP to RGB pixels that stand upright. */
#ifndef PV_CLI_PICTURE_H
#define PV_CLI_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define PV_PICTURE_PIXELS_MAX ((size_t)100 * 1000 * 1000)
#define PV_PICTURE_FILE_MAX ((size_t)256 * 1024 * 1024)

typedef struct pv_picture {
    uint8_t *pixels; /* rows from top to bottom, tightly packed, 8 bits a channel */
    int width;
    int height;
    int channels;
} pv_picture;

/* Reads and decodes a file. PV_ERROR_ARGUMENT, naming the file, where it cannot be read, is not a
 * picture, is damaged or too large; out is then empty. */
PV_CHECKED pv_status pv_picture_load(const char *path, pv_picture *out);

/* The same for bytes in memory; `name` is how messages call them. The content tells the format, the
 * EXIF orientation is followed, an alpha channel is dropped, of an animation nothing is read. */
PV_CHECKED pv_status pv_picture_decode(const char *name, const uint8_t *data, size_t length,
                                       pv_picture *out);

/* Turns RGB pixels into the order that `input_image_format` names: "bgr", "rgba"; any other word
 * leaves them as they are. */
PV_CHECKED pv_status pv_picture_convert(pv_picture *picture, const char *format);

/* An empty picture is allowed. */
void pv_picture_release(pv_picture *picture);

#endif
