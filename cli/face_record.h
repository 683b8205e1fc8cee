/* Face records of ISO/IEC 19794-5:2005, the format of data group 2 of passports: one picture with
 * its landmark points. */
#ifndef PV_CLI_FACE_RECORD_H
#define PV_CLI_FACE_RECORD_H

#include <stdint.h>

#include "base/buffer.h"

typedef enum pv_face_image_type {
    PV_FACE_IMAGE_BASIC = 0,
    PV_FACE_IMAGE_FULL_FRONTAL = 1,
    PV_FACE_IMAGE_TOKEN_FRONTAL = 2
} pv_face_image_type;

/* A feature point: MPEG-4's (ISO/IEC 14496-2) group and number, or those of the eyes' centres that
 * ISO/IEC 19794-5 adds, 12.1 the left and 12.2 the right; pixels from the upper left corner. */
typedef struct pv_feature_point {
    uint8_t group;  /* 1 to 15 */
    uint8_t number; /* 1 to 15 */
    uint16_t x;
    uint16_t y;
} pv_feature_point;

typedef struct pv_face_record {
    pv_face_image_type type;
    uint16_t width;
    uint16_t height;
    const pv_feature_point *points;
    uint16_t point_count;
    const uint8_t *jpeg;
    size_t jpeg_length;
} pv_face_record;

/* Appends the record. What is not known of the person (sex, colours of eyes and hair, expression,
 * pose) is marked as unspecified. */
PV_CHECKED pv_status pv_face_record_append(const pv_face_record *record, pv_buffer *out);

#endif
