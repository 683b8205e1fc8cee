/* What the three decoders share. */
#ifndef PV_CLI_PICTURE_INTERNAL_H
#define PV_CLI_PICTURE_INTERNAL_H

#include "picture.h"

/* A decoder's input and output. On failure the pixels may be half filled: the caller frees them. */
typedef struct pv_picture_job {
    const char *name;
    const uint8_t *data;
    size_t length;
    pv_picture picture;
    int orientation; /* 1 to 8, as EXIF counts */
} pv_picture_job;

PV_CHECKED pv_status pv_picture_decode_jpeg(pv_picture_job *job);
PV_CHECKED pv_status pv_picture_decode_png(pv_picture_job *job);
PV_CHECKED pv_status pv_picture_decode_webp(pv_picture_job *job);

/* Checks the size and allocates RGB pixels for it. */
PV_CHECKED pv_status pv_picture_allocate(pv_picture_job *job, size_t width, size_t height);

/* Takes the orientation from an EXIF block, with or without its "Exif\0\0" in front; one that is
 * damaged or has none changes nothing. */
void pv_picture_read_exif(pv_picture_job *job, const uint8_t *exif, size_t length);

/* Turns and mirrors the pixels as the orientation says. */
PV_CHECKED pv_status pv_picture_orient(pv_picture_job *job);

#endif
