#include "face/occlusion.h"

#include <math.h>
#include <string.h>

#include "face/embed.h"
#include "face/measures_generated.h"

#define MASK_SIDE 224
#define MASK_VALUES ((size_t)3 * MASK_SIDE * MASK_SIDE)
/* The net sees the box itself and the box grown by this share of its sides on each side: what tells
 * masked from bare faces in one view is often missing in the other (docs/occlusion.md). */
#define MASK_MARGIN 0.3
/* The mean log odds of both views at the shipped threshold. */
#define MASK_ODDS ((float)PV_MEASURE_MASK_LOG_ODDS)
/* Answers nearer to 0 than this are no surer. */
#define SMALLEST 1e-6F

#define CHIP_WIDTH 96
#define CHIP_HEIGHT 48
#define CHIP_VALUES ((size_t)3 * CHIP_WIDTH * CHIP_HEIGHT)
/* The chip's pixels in those of the 112 x 112 chip of pv_face_align(): eyes 44 pixels apart,
 * their middle at (47.5, 20). */
#define CHIP_STEP (35.2372 / 44.0)
#define CHIP_LEFT (55.91420 - 47.5 * CHIP_STEP)
#define CHIP_TOP (51.59885 - 20.0 * CHIP_STEP)
/* The net's answers at the shipped thresholds. */
#define GLASSES_LOGIT ((float)PV_MEASURE_GLASSES_LOGIT)
#define DARK_LOGIT ((float)PV_MEASURE_DARK_LENSES_LOGIT)

static float logistic(float x)
{
    return 1.0F / (1.0F + expf(-x));
}

/* One pass of a net with two answers over input that is already as the net wants it. */
static pv_status run_net(pv_runtime *runtime, const char *id, const size_t shape[4],
                         const float *values, size_t count, float answers[2])
{
    pv_model *model;
    pv_inference *inference;
    float *input;
    pv_status status = pv_runtime_model(runtime, id, &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    memcpy(input, values, count * sizeof *values);
    const float *data = NULL;
    size_t size = 0;
    status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &data, &size);
    if (status == PV_OK && (size != 2 || !isfinite(data[0]) || !isfinite(data[1])))
        status = pv_fail(PV_ERROR_GENERIC, "model %s: the answer is not two numbers", id);
    if (status == PV_OK)
        memcpy(answers, data, 2 * sizeof *answers);
    pv_inference_end(inference);
    return status;
}

/* The log odds of a mask in the box grown by `margin` times its sides on each side, pressed into a
 * square. */
static pv_status look_for_mask(pv_runtime *runtime, pv_image *image, const pv_face *face,
                               double margin, float *values, float *odds)
{
    static const size_t shape[4] = {1, 3, MASK_SIDE, MASK_SIDE};
    double width = ((double)face->right - face->left) * (1.0 + 2.0 * margin);
    double height = ((double)face->bottom - face->top) * (1.0 + 2.0 * margin);
    const pv_affine map = {
        .xx = width / MASK_SIDE,
        .x0 = ((double)face->left + face->right - width + width / MASK_SIDE - 1.0) / 2.0,
        .yy = height / MASK_SIDE,
        .y0 = ((double)face->top + face->bottom - height + height / MASK_SIDE - 1.0) / 2.0};
    const pv_planar target = {.data = values,
                              .width = MASK_SIDE,
                              .height = MASK_SIDE,
                              .mean = 127.5F,
                              .scale = 1.0F / 127.5F,
                              .border = PV_BORDER_REPLICATE};
    float answers[2] = {0};
    pv_status status = pv_image_warp(image, &map, &target);
    if (status == PV_OK)
        status = run_net(runtime, "face_mask", shape, values, MASK_VALUES, answers);
    if (status == PV_OK)
        *odds = logf(fmaxf(answers[0], SMALLEST) / fmaxf(answers[1], SMALLEST));
    return status;
}

pv_status pv_occlusion_mask(pv_runtime *runtime, pv_image *image, const pv_face *face,
                            float *probability)
{
    float *values = pv_arena_take(image->arena, MASK_VALUES, sizeof *values);
    if (!values)
        return PV_ERROR_GENERIC;
    float near_odds = 0.0F;
    float wide_odds = 0.0F;
    pv_status status = look_for_mask(runtime, image, face, 0.0, values, &near_odds);
    if (status == PV_OK)
        status = look_for_mask(runtime, image, face, MASK_MARGIN, values, &wide_odds);
    if (status == PV_OK)
        *probability = logistic((near_odds + wide_odds) / 2.0F - MASK_ODDS);
    return status;
}

pv_status pv_occlusion_eyewear(pv_runtime *runtime, pv_image *image, const pv_face *face,
                               pv_eyewear *out)
{
    static const size_t shape[4] = {1, 3, CHIP_HEIGHT, CHIP_WIDTH};
    static const pv_affine to_aligned = {
        .xx = CHIP_STEP, .x0 = CHIP_LEFT, .yy = CHIP_STEP, .y0 = CHIP_TOP};
    pv_affine map;
    pv_status status = pv_face_align(face, 0, &map);
    if (status != PV_OK)
        return status;
    map = pv_affine_compose(&to_aligned, &map);
    float *values = pv_arena_take(image->arena, CHIP_VALUES, sizeof *values);
    if (!values)
        return PV_ERROR_GENERIC;
    const pv_planar target = {.data = values,
                              .width = CHIP_WIDTH,
                              .height = CHIP_HEIGHT,
                              .mean = 127.5F,
                              .scale = 1.0F / 127.5F,
                              .border = PV_BORDER_REPLICATE};
    float answers[2] = {0};
    status = pv_image_warp(image, &map, &target);
    if (status == PV_OK)
        status = run_net(runtime, "glasses", shape, values, CHIP_VALUES, answers);
    if (status == PV_OK)
        *out = (pv_eyewear){.glasses = logistic(answers[0] - GLASSES_LOGIT),
                            .dark = logistic(answers[1] - DARK_LOGIT)};
    return status;
}
