#include "api/judge.h"

#include <string.h>

#include "api/points.h"
#include "api/traits.h"
#include "base/log.h"
#include "face/quality.h"

#define ALL_FLAGS UINT32_MAX

pv_facts_options pv_judge_options(const pv_call *call)
{
    const pv_config *config = &call->config;
    return (pv_facts_options){.landmarks_model = pv_config_landmarks_model(config),
                              .landmark_confidence =
                                  (float)config->landmark_confidence_score_threshold,
                              .printed = call->operation == PV_OPERATION_DOC_SCAN};
}

static uint32_t flags_to_judge(const pv_call *call)
{
    const pv_config *config = &call->config;
    unsigned judges = pv_operation_judges(call->operation);
    if (config->face_validations_off)
        return 0;
    if (judges & PV_JUDGE_TRAITS)
        return ALL_FLAGS;
    if (!(judges & PV_JUDGE_FAILING_TRAITS))
        return 0;
    uint32_t failing =
        pv_operation_failing_traits(call->operation) & ~config->allowed_face_traits_flags;
    /* what the same stages find out costs nothing more */
    return pv_traits_of_stages(config, pv_traits_stages(config, failing));
}

/* The thread's last error for as long as the call lasts. */
static const char *keep_error(pv_arena *arena)
{
    const char *message = pv_error_message();
    size_t size = strlen(message) + 1;
    char *copy = pv_arena_take(arena, size, 1);
    return copy ? memcpy(copy, message, size) : "out of memory";
}

/* A check that fails says so in the status; it never passes for a live face, and the rest of the
 * answer is still of use. */
static void check_liveness(pv_call *call, pv_image *image, const pv_face *face, pv_judgement *out)
{
    const pv_config *config = &call->config;
    out->spoof_status = PV_AS_NOT_PERFORMED;
    if (!(pv_operation_judges(call->operation) & PV_JUDGE_LIVENESS) ||
        config->anti_spoofing_mode == PV_ASM_OFF)
        return;
    out->obstacle = pv_liveness_find_obstacle(image, face);
    if (out->obstacle != PV_LIVENESS_FIT) {
        out->spoof_status = PV_AS_INVALID_FACE;
        return;
    }
    pv_status status =
        pv_liveness_measure(pv_library_runtime(), image, face, config->anti_spoofing_mode,
                            config->anti_spoofing_detect_document, &out->liveness);
    if (status != PV_OK) {
        pv_log(PV_LOG_ERROR, "the liveness check failed: %s", pv_error_message());
        out->failure = keep_error(call->arena);
        out->spoof_status = PV_AS_GENERIC_ERROR;
        return;
    }
    bool live =
        !out->liveness.document && (double)out->liveness.score >= config->anti_spoofing_threshold;
    out->spoof_status = live ? PV_AS_NO_SPOOF_DETECTED : PV_AS_SPOOF_DETECTED;
}

static bool is_checked(const pv_judgement *judgement)
{
    return judgement->spoof_status == PV_AS_NO_SPOOF_DETECTED ||
           judgement->spoof_status == PV_AS_SPOOF_DETECTED;
}

static pv_status judge_face(pv_call *call, pv_image *image, const pv_face *face, uint32_t flags,
                            pv_judgement *out)
{
    const pv_config *config = &call->config;
    const pv_facts_options options = pv_judge_options(call);
    unsigned stages = pv_traits_stages(config, flags);
    if (flags == ALL_FLAGS)
        stages |= PV_STAGE_COMPRESSION; /* no flag rests on it, but scores[] reports it */
    if (config->get_smile_intensity && flags)
        stages |= PV_STAGE_EXPRESSION;
    if (config->get_face_landmarks)
        stages |= PV_STAGE_LANDMARKS;
    out->judged = flags;
    pv_status status =
        pv_facts_compute(pv_library_runtime(), image, face, &options, stages, &out->facts);
    if (status != PV_OK)
        return status;
    out->flags = pv_traits_judge(config, &out->facts, flags);
    check_liveness(call, image, face, out);
    out->has_age = pv_operation_judges(call->operation) & PV_JUDGE_AGE;
    if (out->has_age)
        status =
            pv_age_estimate(pv_library_runtime(), image, face, config->use_age_stddev, &out->age);
    return status;
}

pv_status pv_judge_faces(pv_call *call, pv_image *image, const pv_face_list *faces,
                         pv_judgement **out)
{
    uint32_t flags = flags_to_judge(call);
    pv_status status = PV_OK;
    *out = pv_arena_take(call->arena, faces->count > 0 ? faces->count : 1, sizeof **out);
    if (!*out)
        return PV_ERROR_GENERIC;
    for (size_t i = 0; i < faces->count && status == PV_OK; i++)
        status = judge_face(call, image, &faces->faces[i], flags, &(*out)[i]);
    return status;
}

uint32_t pv_judge_failing(const pv_call *call, pv_operation operation,
                          const pv_judgement *judgement)
{
    /* Points that are not believed leave the pose unknown: what cannot be checked does not pass. */
    uint32_t failing = pv_operation_failing_traits(operation);
    if ((judgement->facts.stages & PV_STAGE_POSE) && !judgement->facts.known[PV_FACT_YAW])
        failing |= PV_FT_FACE_LOW_VAL_CONF;
    return judgement->flags & failing & ~call->config.allowed_face_traits_flags;
}

/* The flag whose advice helps against the obstacle too. */
static uint32_t flag_of(pv_liveness_obstacle obstacle)
{
    switch (obstacle) {
    case PV_LIVENESS_TOO_SMALL: return PV_FT_FACE_TOO_FAR;
    case PV_LIVENESS_TOO_CLOSE: return PV_FT_FACE_TOO_CLOSE;
    case PV_LIVENESS_CUT_OFF:
    case PV_LIVENESS_FIT: break;
    }
    return PV_FT_FACE_LOW_VAL_CONF;
}

const char *pv_judge_advice(const pv_call *call, pv_operation operation,
                            const pv_judgement *judgement)
{
    uint32_t failing = pv_judge_failing(call, operation, judgement);
    if (failing)
        return pv_traits_advice(failing);
    switch (judgement->spoof_status) {
    case PV_AS_NO_SPOOF_DETECTED:
    case PV_AS_NOT_PERFORMED: return NULL;
    case PV_AS_INVALID_FACE: return pv_traits_advice(flag_of(judgement->obstacle));
    case PV_AS_SPOOF_DETECTED: return pv_advice_not_live;
    default: return pv_advice_not_checked;
    }
}

static bool add_score(json_t *scores, const char *name, float value)
{
    return json_array_append_new(
               scores, json_pack("{s:s, s:f}", "name", name, "value", (double)value)) == 0;
}

static bool add_liveness(const pv_liveness *liveness, json_t *scores)
{
    bool added = add_score(scores, "liveness", liveness->score);
    for (int i = 0; i < PV_LIVENESS_PARTS && added; i++)
        if (liveness->known[i])
            added =
                add_score(scores, pv_liveness_part_name((pv_liveness_part)i), liveness->parts[i]);
    return added;
}

static bool add_scores(const pv_call *call, const pv_image *image, const pv_face *face,
                       const pv_judgement *judgement, json_t *scores)
{
    const pv_facts *facts = &judgement->facts;
    pv_quality_component components[PV_QUALITY_COMPONENTS_MAX];
    size_t count = pv_quality_components(facts, face, image->levels[0].width,
                                         image->levels[0].height, components);
    bool added = true;
    for (size_t i = 0; i < count && added; i++)
        added = add_score(scores, components[i].name, components[i].value);
    for (int i = 0; i < PV_FACT_COUNT && added; i++)
        if (facts->known[i] && pv_fact_name((pv_fact)i))
            added = add_score(scores, pv_fact_name((pv_fact)i), facts->values[i]);
    if (added && call->config.get_smile_intensity && facts->known[PV_FACT_SMILE])
        added = add_score(scores, "smile", facts->values[PV_FACT_SMILE]);
    if (added && is_checked(judgement))
        added = add_liveness(&judgement->liveness, scores);
    return added;
}

static json_t *face_to_json(const pv_call *call, const pv_image *image, const pv_face *face,
                            const pv_judgement *judgement)
{
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    json_t *result =
        json_pack("{s:{s:{s:o, s:o}, s:o, s:o, s:f}, s:I, s:i}", "geometry", "bounding_box",
                  "top_left", pv_point_to_json((pv_point){face->left, face->top}), "bottom_right",
                  pv_point_to_json((pv_point){face->right, face->bottom}), "eye_left",
                  pv_point_to_json(*left), "eye_right", pv_point_to_json(*right),
                  "face_confidence_score", (double)face->confidence, "face_traits_flags",
                  (json_int_t)judgement->flags, "spoof_status", (int)judgement->spoof_status);
    json_t *scores = json_array();
    if (!result || !scores || !add_scores(call, image, face, judgement, scores)) {
        json_decref(result);
        json_decref(scores);
        return NULL;
    }
    if (judgement->has_age)
        json_object_set_new(result, "age_data",
                            json_pack("{s:f, s:f}", "estimated_age", (double)judgement->age.years,
                                      "age_confidence_score", (double)judgement->age.confidence));
    if (json_array_size(scores) > 0)
        json_object_set_new(result, "scores", scores);
    else
        json_decref(scores);
    if (call->config.get_face_landmarks && !pv_points_add(face, &judgement->facts, result)) {
        json_decref(result);
        return NULL;
    }
    return result;
}

pv_status pv_judgements_to_json(const pv_call *call, const pv_image *image,
                                const pv_face_list *faces, const pv_judgement *judgements,
                                json_t *array)
{
    for (size_t i = 0; i < faces->count; i++)
        if (json_array_append_new(array,
                                  face_to_json(call, image, &faces->faces[i], &judgements[i])) != 0)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for the answer");
    return PV_OK;
}

pv_status pv_judge_picture(pv_call *call, const uint8_t *pixels, int width, int height,
                           pv_image *image, pv_face_list *faces, pv_judgement **out)
{
    json_t *array = json_array();
    pv_status status = pv_call_open_image(call, "image", pixels, width, height, image);
    if (status == PV_OK)
        status = pv_call_find_faces(call, image, faces);
    if (status == PV_OK)
        status = pv_judge_faces(call, image, faces, out);
    if (status == PV_OK)
        status = pv_judgements_to_json(call, image, faces, *out, array);
    if (status != PV_OK) {
        json_decref(array);
        return status;
    }
    return pv_call_add(call, "faces", array);
}
