/* Document scanning: what is asked for, and where its pixels go. */
#include "api/document.h"

#include <stdlib.h>

#include "api/points.h"
#include "privid/privid.h"

static void clear_buffer(uint8_t **buffer, int *length)
{
    if (buffer)
        *buffer = NULL;
    if (length)
        *length = 0;
}

static void drop_buffer(uint8_t **buffer, int *length)
{
    if (buffer)
        free(*buffer);
    clear_buffer(buffer, length);
}

/* The interface spells the last corner two ways. */
json_t *pv_quad_to_json(const pv_point corners[4])
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "top_left", pv_point_to_json(corners[0]),
                     "top_right", pv_point_to_json(corners[1]), "bottom_right",
                     pv_point_to_json(corners[2]), "bottom_lef", pv_point_to_json(corners[3]),
                     "bottom_left", pv_point_to_json(corners[3]));
}

static pv_status scan_picture(pv_call *call, const uint8_t *pixels, int width, int height,
                              const pv_scan_output *output)
{
    pv_scan scan = {.call = call};
    pv_status status = pv_call_open_image(call, "image", pixels, width, height, &scan.picture);
    if (status != PV_OK)
        return status;
    if (call->config.document_scan_barcode_only)
        return pv_scan_report_barcode(&scan);
    if (call->config.mrz_segmented_input)
        return pv_scan_report_zone(&scan, output);
    return pv_scan_report(&scan, output);
}

int32_t privid_doc_scan_face(void *session, const char *config_json, int config_length,
                             const uint8_t *pixels, int width, int height, uint8_t **document_out,
                             int *document_length, uint8_t **face_out, int *face_length,
                             char **json_out, int *length_out)
{
    const pv_scan_output output = {document_out, document_length, face_out, face_length};
    clear_buffer(document_out, document_length);
    clear_buffer(face_out, face_length);
    pv_call call;
    pv_status status =
        pv_call_begin(&call, PV_OPERATION_DOC_SCAN, session, config_json, config_length);
    if (status == PV_OK)
        status = scan_picture(&call, pixels, width, height, &output);
    if (status != PV_OK) {
        drop_buffer(document_out, document_length);
        drop_buffer(face_out, face_length);
    }
    return pv_call_finish(&call, status, json_out, length_out);
}
