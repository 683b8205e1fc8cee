#include "face/landmarks.h"

#include <math.h>

#define SIDE 256
#define MARGIN 1.5
/* The net was trained on squares around faces as another detector draws them; ours reaches higher
 * up the forehead. */
#define BOX_SHIFT 0.04

/* Maps points of the net's input to the picture. */
static pv_affine input_to_picture(const pv_face *face)
{
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    double angle = atan2((double)left->y - right->y, (double)left->x - right->x);
    double width = (double)face->right - face->left;
    double height = (double)face->bottom - face->top;
    double side = MARGIN * fmax(width, height);
    double c = cos(angle) * side / SIDE;
    double s = sin(angle) * side / SIDE;
    double shift = BOX_SHIFT * height;
    double x = ((double)face->left + face->right) / 2 - shift * sin(angle);
    double y = ((double)face->top + face->bottom) / 2 + shift * cos(angle);
    double middle = (SIDE - 1) / 2.0;
    return (pv_affine){.xx = c,
                       .xy = -s,
                       .x0 = x - c * middle + s * middle,
                       .yx = s,
                       .yy = c,
                       .y0 = y - s * middle - c * middle};
}

static pv_status read_points(const pv_affine *map, const float *values, pv_landmarks *out)
{
    float scale = (float)hypot(map->xx, map->yx);
    for (size_t i = 0; i < PV_LANDMARKS; i++) {
        pv_point point = pv_affine_apply(map, (pv_point){values[3 * i], values[3 * i + 1]});
        out->points[i] = (pv_point3){point.x, point.y, values[3 * i + 2] * scale};
        if (!isfinite(point.x) || !isfinite(point.y) || !isfinite(values[3 * i + 2]))
            return pv_fail(PV_ERROR_GENERIC, "model face_landmarks: a point is not finite");
    }
    return PV_OK;
}

pv_status pv_landmarks_find(pv_runtime *runtime, pv_image *image, const pv_face *face,
                            pv_landmarks *out)
{
    static const size_t shape[] = {1, SIDE, SIDE, 3};
    pv_model *model;
    pv_inference *inference;
    float *input;
    pv_status status = pv_runtime_model(runtime, "face_landmarks", &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    const pv_affine map = input_to_picture(face);
    const pv_planar target = {.data = input,
                              .width = SIDE,
                              .height = SIDE,
                              .scale = 1.0F / 255.0F,
                              .interleaved = true,
                              .border = PV_BORDER_REPLICATE};
    const float *points = NULL;
    const float *presence = NULL;
    size_t point_values = 0;
    size_t presence_values = 0;
    status = pv_image_warp(image, &map, &target);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, "Identity", &points, &point_values);
    if (status == PV_OK)
        status = pv_inference_output(inference, "Identity_1", &presence, &presence_values);
    if (status == PV_OK && (point_values != (size_t)3 * PV_LANDMARKS || presence_values != 1))
        status = pv_fail(PV_ERROR_GENERIC, "model face_landmarks: %zu and %zu values, not %d and 1",
                         point_values, presence_values, 3 * PV_LANDMARKS);
    if (status == PV_OK)
        status = read_points(&map, points, out);
    if (status == PV_OK)
        out->confidence = 1.0F / (1.0F + expf(-presence[0]));
    pv_inference_end(inference);
    return status;
}

double pv_landmarks_eyes_to_chin(const pv_landmarks *landmarks)
{
    static const int eyes[] = {PV_LANDMARK_EYE_RIGHT_OUTER, PV_LANDMARK_EYE_RIGHT_INNER,
                               PV_LANDMARK_EYE_LEFT_INNER, PV_LANDMARK_EYE_LEFT_OUTER};
    const pv_point3 *chin = &landmarks->points[PV_LANDMARK_CHIN];
    double x = 0.0;
    double y = 0.0;
    for (size_t i = 0; i < 4; i++) {
        x += (double)landmarks->points[eyes[i]].x / 4;
        y += (double)landmarks->points[eyes[i]].y / 4;
    }
    return hypot(chin->x - x, chin->y - y);
}

double pv_landmarks_eye_aperture(const pv_landmarks *landmarks)
{
    const pv_point3 *p = landmarks->points;
    const pv_point3 *upper[] = {&p[PV_LANDMARK_LID_RIGHT_UPPER], &p[PV_LANDMARK_LID_LEFT_UPPER]};
    const pv_point3 *lower[] = {&p[PV_LANDMARK_LID_RIGHT_LOWER], &p[PV_LANDMARK_LID_LEFT_LOWER]};
    double right = hypot((double)upper[0]->x - lower[0]->x, (double)upper[0]->y - lower[0]->y);
    double left = hypot((double)upper[1]->x - lower[1]->x, (double)upper[1]->y - lower[1]->y);
    return fmin(right, left);
}
