#include "api/call.h"

#include <stdlib.h>
#include <string.h>

#include "face/detect.h"
#include "face/select.h"

pv_status pv_call_begin(pv_call *call, pv_operation operation, const void *session,
                        const char *config_json, int config_length)
{
    pv_error_clear();
    memset(call, 0, sizeof *call);
    call->operation = operation;
    call->id = pv_library_next_id();
    pv_status status = pv_library_enter();
    if (status != PV_OK)
        return status;
    call->inside = true;
    status = pv_session_acquire(session, &call->session);
    if (status != PV_OK)
        return status;
    if (config_length < 0 || (config_length > 0 && !config_json))
        return pv_fail(PV_ERROR_ARGUMENT, "config: length %d does not fit the pointer",
                       config_length);
    status = pv_config_parse(config_json, (size_t)config_length, operation, &call->config);
    if (status != PV_OK)
        return status;
    call->answer = json_object();
    if (!call->answer)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the answer");
    return pv_arena_create(&call->arena);
}

static json_t *make_call_status(const pv_call *call, pv_status status)
{
    json_t *header =
        json_pack("{s:i, s:i, s:i, s:i}", "return_status", (int)status, "return_code", (int)status,
                  "operation_id", (int)call->id, "operation_type_id", (int)call->operation);
    if (header && status != PV_OK)
        json_object_set_new(header, "return_message", json_string(pv_error_message()));
    if (header && call->config.identifier[0])
        json_object_set_new(header, "operation_tag", json_string(call->config.identifier));
    return header;
}

static char *write_answer(const pv_call *call, pv_status status)
{
    json_t *answer = json_object();
    json_object_set_new(answer, "call_status", make_call_status(call, status));
    if (status == PV_OK)
        json_object_update(answer, call->answer);
    char *text = json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(answer);
    if (text)
        return text;
    /* Memory is short: the least that a client can still read. */
    return strdup("{\"call_status\":{\"return_status\":-1,\"return_code\":-1,\"operation_id\":0,"
                  "\"operation_type_id\":0,\"return_message\":\"out of memory\"}}");
}

int32_t pv_call_finish(pv_call *call, pv_status status, char **json_out, int *length_out)
{
    if (json_out) {
        *json_out = write_answer(call, status);
        if (length_out)
            *length_out = *json_out ? (int)strlen(*json_out) : 0;
    } else if (length_out) {
        *length_out = 0;
    }
    json_decref(call->answer);
    pv_arena_destroy(call->arena);
    pv_session_release(call->session);
    if (call->inside)
        pv_library_leave();
    if (status == PV_OK)
        pv_error_clear();
    return status == PV_OK ? call->id : -1;
}

pv_status pv_call_open_image(pv_call *call, const char *name, const uint8_t *pixels, int width,
                             int height, pv_image *out)
{
    static const pv_pixel_format formats[] = {[PV_INPUT_IMAGE_FORMAT_RGB] = PV_FORMAT_RGB,
                                              [PV_INPUT_IMAGE_FORMAT_BGR] = PV_FORMAT_BGR,
                                              [PV_INPUT_IMAGE_FORMAT_RGBA] = PV_FORMAT_RGBA};
    return pv_image_open(name, pixels, width, height, formats[call->config.input_image_format],
                         call->arena, out);
}

pv_status pv_call_find_faces(pv_call *call, pv_image *image, pv_face_list *out)
{
    double threshold = call->config.context_string == PV_CONTEXT_STRING_PREDICT
                           ? call->config.conf_score_thr_predict
                           : call->config.conf_score_thr_enroll;
    pv_status status = pv_face_detect(pv_library_runtime(), image, (float)threshold, out);
    if (status == PV_OK)
        pv_face_select(out, (pv_selection)call->config.face_detection_strategy);
    return status;
}

pv_status pv_call_add(pv_call *call, const char *name, json_t *value)
{
    return json_object_set_new(call->answer, name, value) == 0
               ? PV_OK
               : pv_fail(PV_ERROR_GENERIC, "out of memory for the answer");
}

pv_status pv_call_hand_out(const uint8_t *rgb, int width, int height, uint8_t **out, int *length)
{
    if (!out)
        return PV_OK;
    size_t size = (size_t)width * (size_t)height * 3;
    *out = malloc(size);
    if (!*out)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the pixels");
    memcpy(*out, rgb, size);
    if (length)
        *length = (int)size;
    return PV_OK;
}

json_t *pv_call_image_info(int width, int height)
{
    return json_pack("{s:{s:i, s:i, s:i, s:i, s:i}}", "info", "width", width, "height", height,
                     "channels", 3, "depth", PV_P_CV_8U, "color", PV_P_RGB);
}
