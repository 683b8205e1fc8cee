#include "api/call.h"
#include "privid/privid.h"

int32_t privid_validate(void *session, const char *config_json, int config_length,
                        const uint8_t *pixels, int width, int height, char **json_out,
                        int *length_out)
{
    pv_call call;
    pv_image image;
    pv_face_list faces;
    pv_status status =
        pv_call_begin(&call, PV_OPERATION_VALIDATE, session, config_json, config_length);
    if (status == PV_OK)
        status = pv_call_report_faces(&call, pixels, width, height, &image, &faces);
    return pv_call_finish(&call, status, json_out, length_out);
}
