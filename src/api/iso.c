/* The ISO portrait of the selected face. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/judge.h"
#include "api/points.h"
#include "api/traits.h"
#include "face/portrait.h"
#include "face/select.h"
#include "privid/privid.h"

/* Degrees by which the head of a portrait may be turned. The standard says 5; the estimate is only
 * good to a few degrees itself, and pitch has no point from which every head is level. */
#define YAW_MOST 12.0F
#define PITCH_MOST 18.0F

/* Why a portrait is not as the standard asks, in the order in which a person would mend it: either
 * problems of geometry or flags of the face. */
static const struct {
    unsigned problems; /* sum of pv_portrait_problem */
    uint32_t flags;
    const char *advice; /* NULL: the flag's own */
} reasons[] = {
    {PV_PORTRAIT_HEAD_CUT, 0, "Show your whole head: the picture ends within it."},
    {PV_PORTRAIT_TOO_SMALL, 0, "Come closer: the face is too small for a portrait."},
    {0, UINT32_MAX, NULL},
    {PV_PORTRAIT_SHOULDERS_CUT, 0, "Move back a little: your shoulders must be in the picture."},
    {PV_PORTRAIT_SHAPE, 0, "Look straight into the camera."},
    {PV_PORTRAIT_TOO_NARROW, 0, "Ask for a wider portrait."},
};

static const char *find_advice(unsigned problems, uint32_t flags)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if ((problems & reasons[i].problems) || (flags & reasons[i].flags))
            return reasons[i].advice ? reasons[i].advice : pv_traits_advice(flags);
    return NULL;
}

/* The flags that keep the portrait from what the standard asks: those of the operation's row, and
 * the head's turn by limits of the portrait's own, which are stricter than those of an enrolment.
 */
static uint32_t find_flaws(const pv_call *call, const pv_judgement *judgement)
{
    const pv_facts *facts = &judgement->facts;
    if (call->config.face_validations_off)
        return 0;
    uint32_t flags = pv_judge_failing(call, call->operation, judgement);
    uint32_t turned = 0;
    float yaw = facts->known[PV_FACT_YAW] ? facts->values[PV_FACT_YAW] : 0.0F;
    float pitch = facts->known[PV_FACT_PITCH] ? facts->values[PV_FACT_PITCH] : 0.0F;
    if (fabsf(yaw) > YAW_MOST)
        turned |= yaw > 0.0F ? PV_FT_LOOKING_LEFT : PV_FT_LOOKING_RIGHT;
    if (fabsf(pitch) > PITCH_MOST)
        turned |= pitch > 0.0F ? PV_FT_LOOKING_DOWN : PV_FT_LOOKING_HIGH;
    return flags | (turned & ~call->config.allowed_face_traits_flags);
}

/* The selected faces, of which the first is portrayed; `others` are all the rest. */
static pv_status find_faces(pv_call *call, pv_image *image, pv_face_list *selected,
                            pv_face_list *others)
{
    const int strategy = call->config.face_detection_strategy;
    call->config.face_detection_strategy = PV_STRATEGY_MULTIPLE;
    pv_face_list all = {0};
    pv_status status = pv_call_find_faces(call, image, &all);
    call->config.face_detection_strategy = strategy;
    *selected = (pv_face_list){.count = all.count};
    *others = (pv_face_list){0};
    if (status != PV_OK || all.count == 0)
        return status;
    selected->faces = pv_arena_take(call->arena, all.count, sizeof *all.faces);
    others->faces = pv_arena_take(call->arena, all.count, sizeof *all.faces);
    if (!selected->faces || !others->faces)
        return PV_ERROR_GENERIC;
    memcpy(selected->faces, all.faces, all.count * sizeof *all.faces);
    pv_face_select(selected, (pv_selection)strategy);
    const pv_face *first = &selected->faces[0];
    for (size_t i = 0; i < all.count; i++) {
        const pv_face *face = &all.faces[i];
        if (face->left != first->left || face->top != first->top || face->right != first->right ||
            face->bottom != first->bottom)
            others->faces[others->count++] = *face;
    }
    return PV_OK;
}

/* Names of the points, as pv_portrait_point numbers them. */
static const char *const point_names[PV_PORTRAIT_POINTS] = {
    "eye_right", "eye_left",        "crown",           "chin",           "side_right",
    "side_left", "eye_right_outer", "eye_right_inner", "eye_left_inner", "eye_left_outer",
    "nose",      "mouth_right",     "mouth_left"};

static json_t *geometry_to_json(const pv_portrait *portrait)
{
    json_t *geometry = json_object();
    int failed = json_object_set_new(geometry, "scale", json_real(portrait->scale));
    for (int i = 0; i < portrait->point_count; i++)
        failed |=
            json_object_set_new(geometry, point_names[i], pv_point_to_json(portrait->points[i]));
    if (!failed)
        return geometry;
    json_decref(geometry);
    return NULL;
}

static json_t *portrait_to_json(const pv_portrait *portrait, bool success)
{
    return json_pack("{s:b, s:o, s:o}", "success", success, "image",
                     pv_call_image_info(portrait->width, portrait->height), "geometry",
                     geometry_to_json(portrait));
}

static pv_status advise(pv_call *call, const char *advice)
{
    return advice ? pv_call_add(call, "user_feedback_message", json_string(advice)) : PV_OK;
}

static pv_status make_portrait(pv_call *call, pv_image *image, const pv_face *face, pv_facts *facts,
                               const pv_face_list *others, pv_portrait *out)
{
    const pv_portrait_request request = {.format = call->config.iso_image_format ==
                                                           PV_ISO_IMAGE_FORMAT_TOKEN
                                                       ? PV_PORTRAIT_TOKEN
                                                       : PV_PORTRAIT_FULL_FRONTAL,
                                         .width = call->config.iso_image_width,
                                         .background = (uint32_t)call->config.background_color_rgb};
    const pv_facts_options options = pv_judge_options(call);
    /* there already, unless the validations are off */
    pv_status status =
        pv_facts_compute(pv_library_runtime(), image, face, &options, PV_STAGE_LANDMARKS, facts);
    if (status != PV_OK)
        return status;
    return pv_portrait_make(pv_library_runtime(), image, face,
                            facts->landmarks_believed ? facts->landmarks : NULL, others->faces,
                            others->count, &request, out);
}

/* Finds and judges the faces and adds them to the answer. */
static pv_status report_faces(pv_call *call, pv_image *image, pv_face_list *selected,
                              pv_face_list *others, pv_judgement **judgements)
{
    json_t *array = json_array();
    pv_status status = pv_call_add(call, "faces", array);
    if (status == PV_OK)
        status = find_faces(call, image, selected, others);
    if (status == PV_OK)
        status = pv_judge_faces(call, image, selected, judgements);
    return status == PV_OK ? pv_judgements_to_json(call, image, selected, *judgements, array)
                           : status;
}

static pv_status face_iso(pv_call *call, const uint8_t *pixels, int width, int height,
                          uint8_t **iso_out, int *iso_length)
{
    pv_image image;
    pv_face_list selected;
    pv_face_list others;
    pv_judgement *judgements;
    pv_portrait portrait;
    pv_status status = pv_call_open_image(call, "image", pixels, width, height, &image);
    if (status == PV_OK)
        status = report_faces(call, &image, &selected, &others, &judgements);
    if (status != PV_OK)
        return status;
    if (selected.count == 0)
        return advise(call, pv_advice_no_face);
    status =
        make_portrait(call, &image, &selected.faces[0], &judgements[0].facts, &others, &portrait);
    if (status != PV_OK)
        return status;
    uint32_t flaws = find_flaws(call, &judgements[0]);
    bool success = portrait.problems == 0 && flaws == 0;
    status = pv_call_add(call, "iso_image", portrait_to_json(&portrait, success));
    if (status == PV_OK)
        status = advise(call, find_advice(portrait.problems, flaws));
    return status == PV_OK ? pv_call_hand_out(portrait.rgb, portrait.width, portrait.height,
                                              iso_out, iso_length)
                           : status;
}

int32_t privid_face_iso(void *session, const char *config_json, int config_length,
                        const uint8_t *pixels, int width, int height, uint8_t **iso_out,
                        int *iso_length, char **json_out, int *length_out)
{
    if (iso_out)
        *iso_out = NULL;
    if (iso_length)
        *iso_length = 0;
    pv_call call;
    pv_status status = pv_call_begin(&call, PV_OPERATION_ISO, session, config_json, config_length);
    if (status == PV_OK)
        status = face_iso(&call, pixels, width, height, iso_out, iso_length);
    return pv_call_finish(&call, status, json_out, length_out);
}
