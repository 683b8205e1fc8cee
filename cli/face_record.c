#include "face_record.h"

#define HEADER_LENGTH 14
#define INFORMATION_LENGTH 20
#define POINT_LENGTH 8
#define IMAGE_LENGTH 12
#define LENGTH_MAX ((size_t)256 * 1024 * 1024)

#define POINT_TYPE_2D 1
#define DATA_JPEG 0
#define COLOUR_SRGB 1

/* Big-endian, as everything in the record. */
static pv_status add(pv_buffer *out, uint64_t value, size_t bytes)
{
    uint8_t data[8];
    for (size_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    return pv_buffer_append(out, data, bytes);
}

typedef struct field {
    uint64_t value;
    size_t bytes;
} field;

static pv_status add_fields(pv_buffer *out, const field *fields, size_t count)
{
    pv_status status = PV_OK;
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = add(out, fields[i].value, fields[i].bytes);
    return status;
}

#define ADD_FIELDS(out, fields) add_fields(out, fields, sizeof(fields) / sizeof((fields)[0]))

static pv_status add_head(const pv_face_record *record, size_t block, pv_buffer *out)
{
    const field fields[] = {
        {0x46414300, 4}, /* "FAC" */
        {0x30313000, 4}, /* "010": the version of 2005 */
        {HEADER_LENGTH + block, 4},
        {1, 2}, /* pictures */
        {block, 4},
        {record->point_count, 2},
        {0, 1}, /* sex */
        {0, 1}, /* colour of the eyes */
        {0, 1}, /* colour of the hair */
        {0, 3}, /* properties */
        {0, 2}, /* expression */
        {0, 3}, /* yaw, pitch, roll */
        {0, 3}, /* and their uncertainty */
    };
    return ADD_FIELDS(out, fields);
}

static pv_status add_point(const pv_feature_point *point, pv_buffer *out)
{
    const field fields[] = {
        {POINT_TYPE_2D, 1},
        {(uint64_t)point->group << 4 | point->number, 1},
        {point->x, 2},
        {point->y, 2},
        {0, 2}, /* reserved */
    };
    return ADD_FIELDS(out, fields);
}

static pv_status add_image_information(const pv_face_record *record, pv_buffer *out)
{
    const field fields[] = {
        {record->type, 1},
        {DATA_JPEG, 1},
        {record->width, 2},
        {record->height, 2},
        {COLOUR_SRGB, 1},
        {0, 1}, /* kind of source */
        {0, 2}, /* device */
        {0, 2}, /* quality */
    };
    return ADD_FIELDS(out, fields);
}

pv_status pv_face_record_append(const pv_face_record *record, pv_buffer *out)
{
    if (record->jpeg_length > LENGTH_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "face record: the picture is too large");
    size_t block = INFORMATION_LENGTH + POINT_LENGTH * (size_t)record->point_count + IMAGE_LENGTH +
                   record->jpeg_length;
    pv_status status = add_head(record, block, out);
    for (uint16_t i = 0; i < record->point_count && status == PV_OK; i++)
        status = add_point(&record->points[i], out);
    if (status == PV_OK)
        status = add_image_information(record, out);
    return status == PV_OK ? pv_buffer_append(out, record->jpeg, record->jpeg_length) : status;
}
