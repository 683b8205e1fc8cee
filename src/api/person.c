/* Enrolment, identification and deletion of a person in a collection of the backend. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/judge.h"
#include "api/traits.h"
#include "face/embed.h"
#include "image/png.h"
#include "privid/privid.h"

#define PUID_LENGTH_MAX 256
/* `status` of an api_response that no backend gave, because nothing was sent. */
#define STATUS_NOT_SENT (-1)

/* What differs between enrolment and identification. */
typedef struct template_verb {
    pv_operation operation;
    const char *member;    /* in the answer */
    const char *performed; /* its flag */
    const char *url_name;
    size_t url; /* in pv_collection */
    pv_status (*send)(pv_http_client *client, const pv_endpoint *endpoint,
                      const pv_template_query *query, json_t **out);
} template_verb;

static const template_verb enroll_verb = {
    PV_OPERATION_ENROLL, "enroll", "enroll_performed", "enroll", offsetof(pv_collection, enroll),
    pv_backend_enroll};

static const template_verb predict_verb = {PV_OPERATION_PREDICT,
                                           "predict",
                                           "predict_performed",
                                           "predict",
                                           offsetof(pv_collection, predict),
                                           pv_backend_predict};

/* Nothing is sent: the reason is for the program, the advice for the person. */
static pv_status refuse(pv_call *call, const template_verb *verb, const char *reason,
                        const char *advice)
{
    pv_status status =
        pv_call_add(call, verb->member,
                    json_pack("{s:b, s:s, s:{s:i, s:s}}", verb->performed, false, "message", reason,
                              "api_response", "status", STATUS_NOT_SENT, "message", reason));
    return status == PV_OK ? pv_call_add(call, "user_feedback_message", json_string(advice))
                           : status;
}

/* Why the face is not sent, for the program; false where it is. Only a face that was found to be
 * live, or with the check switched off, goes on. */
static bool find_reason(const pv_call *call, const pv_judgement *judgement, char *out, size_t size)
{
    char words[256];
    uint32_t failing = pv_judge_failing(call, call->operation, judgement);
    if (failing) {
        pv_traits_words(failing, words, sizeof words);
        snprintf(out, size, "the face does not pass the validation: %s", words);
        return true;
    }
    switch (judgement->spoof_status) {
    case PV_AS_NO_SPOOF_DETECTED:
    case PV_AS_NOT_PERFORMED: return false;
    case PV_AS_INVALID_FACE:
        snprintf(out, size, "the liveness of the face cannot be checked: %s",
                 pv_liveness_obstacle_text(judgement->obstacle));
        return true;
    case PV_AS_SPOOF_DETECTED:
        snprintf(out, size, "the face is not taken for a live one: score %.4f, needed %.4f",
                 (double)judgement->liveness.score, call->config.anti_spoofing_threshold);
        return true;
    default: snprintf(out, size, "the liveness check failed: %s", judgement->failure); return true;
    }
}

static pv_status accept(pv_call *call, const template_verb *verb, json_t *response)
{
    const char *message = json_string_value(json_object_get(response, "message"));
    return pv_call_add(call, verb->member,
                       json_pack("{s:b, s:s, s:O}", verb->performed, true, "message",
                                 message ? message : "", "api_response", response));
}

static pv_status send_template(pv_call *call, const template_verb *verb,
                               const pv_endpoint *endpoint, const pv_collection *collection,
                               pv_image *image, const pv_face *face)
{
    float embedding[PV_EMBEDDING_DIMENSION_MAX];
    const pv_config *config = &call->config;
    json_t *response = NULL;
    char *png = NULL;
    pv_status status =
        pv_face_embed(pv_library_runtime(), image, face, collection->model, 0, embedding);
    if (status == PV_OK && config->send_original_images)
        status = pv_image_to_base64_png(image, &png);
    const pv_template_query query = {
        .model = collection->model,
        .embedding = embedding,
        .identifier = config->identifier,
        .image = png,
        .max_distance = fmin(1.0, config->face_thresholds_med * config->fudge_factor),
        .neighbors = config->neighbors};
    if (status == PV_OK)
        status = verb->send(pv_session_client(call->session), endpoint, &query, &response);
    if (status == PV_OK)
        status = accept(call, verb, response);
    json_decref(response);
    free(png);
    return status;
}

static pv_status run_verb(pv_call *call, const template_verb *verb, const uint8_t *pixels,
                          int width, int height)
{
    const pv_collection *collection = NULL;
    const char *url = NULL;
    pv_endpoint endpoint;
    pv_image image;
    pv_face_list faces;
    pv_judgement *judgements;
    pv_status status = pv_session_collection(call->session, &call->config, &collection);
    if (status != PV_OK)
        return status;
    memcpy(&url, (const char *)collection + verb->url, sizeof url);
    status = pv_session_endpoint(call->session, &call->config, collection, verb->url_name, url,
                                 &endpoint);
    if (status == PV_OK)
        status = pv_judge_picture(call, pixels, width, height, &image, &faces, &judgements);
    if (status != PV_OK)
        return status;
    if (faces.count == 0)
        return refuse(call, verb, "no face was found in the picture", pv_advice_no_face);
    char reason[PV_ERROR_MESSAGE_SIZE + 64];
    if (find_reason(call, &judgements[0], reason, sizeof reason))
        return refuse(call, verb, reason, pv_judge_advice(call, call->operation, &judgements[0]));
    return send_template(call, verb, &endpoint, collection, &image, &faces.faces[0]);
}

static int32_t run(const template_verb *verb, const void *session, const char *config_json,
                   int config_length, const uint8_t *pixels, int width, int height, char **json_out,
                   int *length_out)
{
    pv_call call;
    pv_status status = pv_call_begin(&call, verb->operation, session, config_json, config_length);
    if (status == PV_OK)
        status = run_verb(&call, verb, pixels, width, height);
    return pv_call_finish(&call, status, json_out, length_out);
}

int32_t privid_enroll_onefa(void *session, const char *config_json, int config_length,
                            const uint8_t *pixels, int width, int height, char **json_out,
                            int *length_out)
{
    return run(&enroll_verb, session, config_json, config_length, pixels, width, height, json_out,
               length_out);
}

int32_t privid_face_predict_onefa(void *session, const char *config_json, int config_length,
                                  const uint8_t *pixels, int width, int height, char **json_out,
                                  int *length_out)
{
    return run(&predict_verb, session, config_json, config_length, pixels, width, height, json_out,
               length_out);
}

static pv_status copy_puid(pv_call *call, const char *puid, int length, const char **out)
{
    if (!puid || length < 1)
        return pv_fail(PV_ERROR_ARGUMENT, "puid is empty");
    if (length > PUID_LENGTH_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "puid has %d bytes; at most %d are allowed", length,
                       PUID_LENGTH_MAX);
    json_t *checked =
        memchr(puid, '\0', (size_t)length) ? NULL : json_stringn(puid, (size_t)length);
    if (!checked)
        return pv_fail(PV_ERROR_ARGUMENT, "puid is not UTF-8 text");
    json_decref(checked);
    char *copy = pv_arena_take(call->arena, (size_t)length + 1, 1);
    if (!copy)
        return PV_ERROR_GENERIC;
    memcpy(copy, puid, (size_t)length);
    *out = copy;
    return PV_OK;
}

static pv_status delete_user(pv_call *call, const char *puid, int length)
{
    const pv_collection *collection = NULL;
    const char *text = NULL;
    pv_endpoint endpoint;
    json_t *response = NULL;
    pv_status status = copy_puid(call, puid, length, &text);
    if (status == PV_OK)
        status = pv_session_collection(call->session, &call->config, &collection);
    if (status == PV_OK)
        status = pv_session_endpoint(call->session, &call->config, collection, "deleteUser",
                                     collection->delete_user, &endpoint);
    if (status == PV_OK)
        status = pv_backend_delete(pv_session_client(call->session), &endpoint, text, &response);
    return status == PV_OK ? pv_call_add(call, "user_delete", response) : status;
}

int32_t privid_user_delete(void *session, const char *config_json, int config_length,
                           const char *puid, int puid_length, char **json_out, int *length_out)
{
    pv_call call;
    pv_status status =
        pv_call_begin(&call, PV_OPERATION_USER_DELETE, session, config_json, config_length);
    if (status == PV_OK)
        status = delete_user(&call, puid, puid_length);
    return pv_call_finish(&call, status, json_out, length_out);
}
