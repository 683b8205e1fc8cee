/* The operations of the interface that this version does not have yet: arguments are checked as
 * ever, then the answer says so. */
#include "api/call.h"
#include "privid/privid.h"

static int32_t answer(pv_operation operation, const void *session, const char *config_json,
                      int config_length, const uint8_t *pixels, int width, int height,
                      char **json_out, int *length_out)
{
    pv_call call;
    pv_image image;
    pv_status status = pv_call_begin(&call, operation, session, config_json, config_length);
    if (status == PV_OK)
        status = pv_call_open_image(&call, "image", pixels, width, height, &image);
    if (status == PV_OK)
        status = pv_fail(PV_ERROR_GENERIC, "%s is not available in this version",
                         pv_operation_name(operation));
    return pv_call_finish(&call, status, json_out, length_out);
}

static void clear_buffer(uint8_t **buffer, int *length)
{
    if (buffer)
        *buffer = NULL;
    if (length)
        *length = 0;
}

int32_t privid_doc_scan_face(void *session, const char *config_json, int config_length,
                             const uint8_t *pixels, int width, int height, uint8_t **document_out,
                             int *document_length, uint8_t **face_out, int *face_length,
                             char **json_out, int *length_out)
{
    clear_buffer(document_out, document_length);
    clear_buffer(face_out, face_length);
    return answer(PV_OPERATION_DOC_SCAN, session, config_json, config_length, pixels, width, height,
                  json_out, length_out);
}
