/* The operations that only report what is seen: which judgements each makes, its row in keys.json
 * says. */
#include "api/judge.h"
#include "api/traits.h"
#include "privid/privid.h"

/* To whoever looks into the camera: what to do for the operation of the context to accept them. */
static pv_status advise(pv_call *call, const pv_face_list *faces, const pv_judgement *judgements)
{
    pv_operation next = call->config.context_string == PV_CONTEXT_STRING_PREDICT
                            ? PV_OPERATION_PREDICT
                            : PV_OPERATION_ENROLL;
    const char *advice =
        faces->count > 0 ? pv_judge_advice(call, next, &judgements[0]) : pv_advice_no_face;
    return advice ? pv_call_add(call, "user_feedback_message", json_string(advice)) : PV_OK;
}

static int32_t report(pv_operation operation, const void *session, const char *config_json,
                      int config_length, const uint8_t *pixels, int width, int height,
                      char **json_out, int *length_out)
{
    pv_call call;
    pv_image image;
    pv_face_list faces;
    pv_judgement *judgements;
    pv_status status = pv_call_begin(&call, operation, session, config_json, config_length);
    if (status == PV_OK)
        status = pv_judge_picture(&call, pixels, width, height, &image, &faces, &judgements);
    if (status == PV_OK && operation == PV_OPERATION_VALIDATE)
        status = advise(&call, &faces, judgements);
    return pv_call_finish(&call, status, json_out, length_out);
}

int32_t privid_validate(void *session, const char *config_json, int config_length,
                        const uint8_t *pixels, int width, int height, char **json_out,
                        int *length_out)
{
    return report(PV_OPERATION_VALIDATE, session, config_json, config_length, pixels, width, height,
                  json_out, length_out);
}

int32_t privid_anti_spoofing(void *session, const char *config_json, int config_length,
                             const uint8_t *pixels, int width, int height, char **json_out,
                             int *length_out)
{
    return report(PV_OPERATION_ANTI_SPOOFING, session, config_json, config_length, pixels, width,
                  height, json_out, length_out);
}

int32_t privid_estimate_age(void *session, const char *config_json, int config_length,
                            const uint8_t *pixels, int width, int height, char **json_out,
                            int *length_out)
{
    return report(PV_OPERATION_ESTIMATE_AGE, session, config_json, config_length, pixels, width,
                  height, json_out, length_out);
}
