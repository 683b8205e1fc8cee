/* 1:1 comparison: the distances of all pairs of views, a view being a slight crop of the face
 * averaged with its mirror image. */
#include <math.h>

#include "api/judge.h"
#include "face/embed.h"
#include "privid/privid.h"

typedef struct comparison {
    bool detected[2];
    double minimum;
    double mean;
    double maximum;
} comparison;

static double clamp01(double value)
{
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

static json_t *comparison_to_json(const comparison *c, const pv_embedding_model *model,
                                  const pv_config *config)
{
    double medium = clamp01(config->face_thresholds_med * config->fudge_factor);
    bool both = c->detected[0] && c->detected[1];
    return json_pack("{s:b, s:b, s:f, s:b, s:f, s:f, s:f, s:f, s:[f, f, f]}", "face_detected_a",
                     c->detected[0], "face_detected_b", c->detected[1], "similarity_score",
                     1.0 - c->mean, "is_match", both && c->mean <= medium, "confidence",
                     both ? pv_match_confidence(model, c->mean) : 0.0, "distance_min", c->minimum,
                     "distance_mean", c->mean, "distance_max", c->maximum, "face_thresholds",
                     clamp01(config->face_thresholds_min * config->fudge_factor), medium,
                     clamp01(config->face_thresholds_max * config->fudge_factor));
}

static pv_status embed_views(pv_image *image, const pv_face *face, const pv_embedding_model *model,
                             float views[PV_EMBED_CROPS][PV_EMBEDDING_DIMENSION_MAX])
{
    pv_status status = PV_OK;
    for (int crop = 0; crop < PV_EMBED_CROPS && status == PV_OK; crop++)
        status = pv_face_embed(pv_library_runtime(), image, face, model, crop, views[crop]);
    return status;
}

static pv_status measure(pv_image images[2], const pv_face_list faces[2],
                         const pv_embedding_model *model, comparison *out)
{
    float views[2][PV_EMBED_CROPS][PV_EMBEDDING_DIMENSION_MAX];
    for (int i = 0; i < 2; i++) {
        pv_status status = embed_views(&images[i], &faces[i].faces[0], model, views[i]);
        if (status != PV_OK)
            return status;
    }
    double sum = 0.0;
    out->minimum = 1.0;
    out->maximum = 0.0;
    for (int a = 0; a < PV_EMBED_CROPS; a++) {
        for (int b = 0; b < PV_EMBED_CROPS; b++) {
            double distance = pv_match_distance(
                model, pv_embedding_cosine(views[0][a], views[1][b], model->dimension));
            out->minimum = fmin(out->minimum, distance);
            out->maximum = fmax(out->maximum, distance);
            sum += distance;
        }
    }
    out->mean = sum / (PV_EMBED_CROPS * PV_EMBED_CROPS);
    return PV_OK;
}

static pv_status compare(pv_call *call, const uint8_t *const pixels[2], const int widths[2],
                         const int heights[2])
{
    static const char *const names[2] = {"image A", "image B"};
    const pv_collection *collection = NULL;
    comparison result = {.minimum = 1.0, .mean = 1.0, .maximum = 1.0};
    pv_image images[2];
    pv_face_list faces[2];
    json_t *array = json_array();
    pv_status status = pv_call_add(call, "faces", array);
    if (status == PV_OK)
        status = pv_session_collection(call->session, &call->config, &collection);
    for (int i = 0; i < 2 && status == PV_OK; i++)
        status = pv_call_open_image(call, names[i], pixels[i], widths[i], heights[i], &images[i]);
    for (int i = 0; i < 2 && status == PV_OK; i++) {
        status = pv_call_find_faces(call, &images[i], &faces[i]);
        result.detected[i] = status == PV_OK && faces[i].count > 0;
        pv_judgement *judgements = NULL;
        if (status == PV_OK)
            status = pv_judge_faces(call, &images[i], &faces[i], &judgements);
        if (status == PV_OK)
            status = pv_judgements_to_json(call, &images[i], &faces[i], judgements, array);
    }
    if (status == PV_OK && result.detected[0] && result.detected[1])
        status = measure(images, faces, collection->model, &result);
    if (status == PV_OK)
        status = pv_call_add(call, "compare",
                             comparison_to_json(&result, collection->model, &call->config));
    return status;
}

int32_t privid_face_compare_files(void *session, const char *config_json, int config_length,
                                  const uint8_t *pixels_a, int width_a, int height_a,
                                  const uint8_t *pixels_b, int width_b, int height_b,
                                  char **json_out, int *length_out)
{
    const uint8_t *const pixels[2] = {pixels_a, pixels_b};
    const int widths[2] = {width_a, width_b};
    const int heights[2] = {height_a, height_b};
    pv_call call;
    pv_status status =
        pv_call_begin(&call, PV_OPERATION_COMPARE, session, config_json, config_length);
    if (status == PV_OK)
        status = compare(&call, pixels, widths, heights);
    return pv_call_finish(&call, status, json_out, length_out);
}
