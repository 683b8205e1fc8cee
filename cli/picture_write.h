/* RGB pixels to picture files: JPEG and PNG with their resolution. */
#ifndef PV_CLI_PICTURE_WRITE_H
#define PV_CLI_PICTURE_WRITE_H

#include "base/buffer.h"
#include "picture.h"

typedef enum pv_picture_format { PV_PICTURE_JPEG, PV_PICTURE_PNG } pv_picture_format;

/* From the ending of a file's name: .jpg, .jpeg or .png in any case; PV_ERROR_ARGUMENT for others.
 */
PV_CHECKED pv_status pv_picture_format_of(const char *path, pv_picture_format *out);

/* Appends the file's bytes; `dpi` is what a printer should make of it. JPEG is written at quality
 * 95 with full colour resolution. */
PV_CHECKED pv_status pv_picture_encode(const pv_picture *picture, pv_picture_format format,
                                       double dpi, pv_buffer *out);

/* Writes bytes so that the file is either whole or not there. PV_ERROR_ARGUMENT names the file. */
PV_CHECKED pv_status pv_file_write(const char *path, const void *bytes, size_t length);

#endif
