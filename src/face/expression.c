#include "face/expression.h"

#include <math.h>

#include "face/measures_generated.h"

#define POINTS 146
#define SHAPES 52
#define JAW_CLEARLY_OPEN ((float)PV_MEASURE_JAW_OPEN)
#define OPEN_MOUTH 0.8F

/* The points that the net looks at, in its order. */
static const short used[POINTS] = {
    0,   1,   4,   5,   6,   7,   8,   10,  13,  14,  17,  21,  33,  37,  39,  40,  46,  52,  53,
    54,  55,  58,  61,  63,  65,  66,  67,  70,  78,  80,  81,  82,  84,  87,  88,  91,  93,  95,
    103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157,
    158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249,
    251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310,
    311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375,
    377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409,
    415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477};

/* The net's answers that are used here, as it numbers them; left and right are the person's. */
enum {
    BLINK_LEFT = 9,
    BLINK_RIGHT = 10,
    LOOK_DOWN_LEFT = 11,
    LOOK_DOWN_RIGHT = 12,
    LOOK_IN_LEFT = 13,
    LOOK_IN_RIGHT = 14,
    LOOK_OUT_LEFT = 15,
    LOOK_OUT_RIGHT = 16,
    LOOK_UP_LEFT = 17,
    LOOK_UP_RIGHT = 18,
    JAW_OPEN = 25,
    SMILE_LEFT = 44,
    SMILE_RIGHT = 45
};

static float clamp01(float value)
{
    return fminf(fmaxf(value, 0.0F), 1.0F);
}

/* Gap of the inner lips by the distance from the middle of the eyes to the chin, as ISO/IEC 29794-5
 * measures a closed mouth. */
static float measure_lips(const pv_landmarks *landmarks)
{
    const pv_point3 *upper = &landmarks->points[PV_LANDMARK_LIP_UPPER];
    const pv_point3 *lower = &landmarks->points[PV_LANDMARK_LIP_LOWER];
    double face = pv_landmarks_eyes_to_chin(landmarks);
    double gap = hypot((double)upper->x - lower->x, (double)upper->y - lower->y);
    return face > 0.0 ? (float)(gap / face) : 0.0F;
}

/* From JAW_CLEARLY_OPEN on a person would call the mouth open; a smile with teeth stays below. That
 * becomes the described threshold of 0.8. */
static float scale_jaw(float jaw)
{
    return jaw < JAW_CLEARLY_OPEN ? OPEN_MOUTH * jaw / JAW_CLEARLY_OPEN
                                  : OPEN_MOUTH + (1.0F - OPEN_MOUTH) * (jaw - JAW_CLEARLY_OPEN) /
                                                     (1.0F - JAW_CLEARLY_OPEN);
}

static void read_shapes(const float *shape, const pv_landmarks *landmarks, pv_expression *out)
{
    out->eye_closed_left = clamp01(shape[BLINK_LEFT]);
    out->eye_closed_right = clamp01(shape[BLINK_RIGHT]);
    out->smile = clamp01((shape[SMILE_LEFT] + shape[SMILE_RIGHT]) / 2);
    out->gaze_left = (shape[LOOK_OUT_LEFT] + shape[LOOK_IN_RIGHT] - shape[LOOK_IN_LEFT] -
                      shape[LOOK_OUT_RIGHT]) /
                     2;
    out->gaze_down = (shape[LOOK_DOWN_LEFT] + shape[LOOK_DOWN_RIGHT] - shape[LOOK_UP_LEFT] -
                      shape[LOOK_UP_RIGHT]) /
                     2;
    out->lips_apart = measure_lips(landmarks);
    out->mouth_open = scale_jaw(clamp01(shape[JAW_OPEN]));
    out->neutrality = 1.0F - fmaxf(out->smile, out->mouth_open);
}

pv_status pv_expression_find(pv_runtime *runtime, const pv_landmarks *landmarks, pv_expression *out)
{
    static const size_t input_shape[] = {1, POINTS, 2};
    pv_model *model;
    pv_inference *inference;
    float *input;
    pv_status status = pv_runtime_model(runtime, "face_blendshapes", &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, input_shape, 3, &inference, &input);
    if (status != PV_OK)
        return status;
    for (size_t i = 0; i < POINTS; i++) {
        input[2 * i] = landmarks->points[used[i]].x;
        input[2 * i + 1] = landmarks->points[used[i]].y;
    }
    const float *shapes = NULL;
    size_t count = 0;
    status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &shapes, &count);
    if (status == PV_OK && count != SHAPES)
        status = pv_fail(PV_ERROR_GENERIC, "model face_blendshapes: %zu values instead of %d",
                         count, SHAPES);
    for (size_t i = 0; i < SHAPES && status == PV_OK; i++)
        if (!isfinite(shapes[i]))
            status =
                pv_fail(PV_ERROR_GENERIC, "model face_blendshapes: value %zu is not finite", i);
    if (status == PV_OK)
        read_shapes(shapes, landmarks, out);
    pv_inference_end(inference);
    return status;
}
