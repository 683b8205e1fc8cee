#include "face/pose.h"

#include <math.h>

#define DEGREES (180.0 / 3.14159265358979323846)
#define SIDE 224
#define BINS 66
#define BIN_DEGREES 3.0
#define BIN_FIRST (-99.0)
#define NEAR_DEGREES 10.0

/* Points that expressions move least: brows' ends, eye corners, nose, cheek bones, temples,
 * forehead. The jaw, the lips and the lids stay out. */
static const short rigid[] = {10,  338, 297, 332, 284, 251, 389, 356, 454, 127, 162, 21, 54,  103,
                              67,  109, 151, 9,   8,   168, 6,   197, 195, 5,   4,   1,  33,  133,
                              362, 263, 117, 118, 346, 347, 50,  280, 101, 330, 234, 98, 327, 129,
                              358, 2,   94,  19,  193, 417, 122, 351, 34,  264, 227, 447};
#define RIGID_COUNT (sizeof rigid / sizeof rigid[0])

/* The mesh has x to the person's left, y up and z to the camera; here y is down and z away, as in
 * pictures. */
static void mesh_point(const float *mesh, size_t index, double out[3])
{
    out[0] = mesh[3 * index];
    out[1] = -(double)mesh[3 * index + 1];
    out[2] = -(double)mesh[3 * index + 2];
}

static bool invert_symmetric(double m[3][3], double out[3][3])
{
    double c00 = m[1][1] * m[2][2] - m[1][2] * m[1][2];
    double c01 = m[0][2] * m[1][2] - m[0][1] * m[2][2];
    double c02 = m[0][1] * m[1][2] - m[0][2] * m[1][1];
    double determinant = m[0][0] * c00 + m[0][1] * c01 + m[0][2] * c02;
    if (!(fabs(determinant) > 1e-9))
        return false;
    out[0][0] = c00 / determinant;
    out[0][1] = out[1][0] = c01 / determinant;
    out[0][2] = out[2][0] = c02 / determinant;
    out[1][1] = (m[0][0] * m[2][2] - m[0][2] * m[0][2]) / determinant;
    out[1][2] = out[2][1] = (m[0][1] * m[0][2] - m[0][0] * m[1][2]) / determinant;
    out[2][2] = (m[0][0] * m[1][1] - m[0][1] * m[0][1]) / determinant;
    return true;
}

/* rows: the two rows of the linear map from mesh to picture, by least squares. */
static bool fit_rows(const float *mesh, const pv_landmarks *landmarks, double rows[2][3])
{
    double mesh_mean[3] = {0, 0, 0};
    double mean[2] = {0, 0};
    for (size_t i = 0; i < RIGID_COUNT; i++) {
        const pv_point3 *point = &landmarks->points[rigid[i]];
        double m[3];
        mesh_point(mesh, (size_t)rigid[i], m);
        for (int k = 0; k < 3; k++)
            mesh_mean[k] += m[k] / RIGID_COUNT;
        mean[0] += (double)point->x / RIGID_COUNT;
        mean[1] += (double)point->y / RIGID_COUNT;
    }
    double square[3][3] = {{0}};
    double cross[2][3] = {{0}};
    for (size_t i = 0; i < RIGID_COUNT; i++) {
        const pv_point3 *point = &landmarks->points[rigid[i]];
        double m[3];
        mesh_point(mesh, (size_t)rigid[i], m);
        for (int k = 0; k < 3; k++)
            m[k] -= mesh_mean[k];
        for (int k = 0; k < 3; k++) {
            for (int l = 0; l < 3; l++)
                square[k][l] += m[k] * m[l];
            cross[0][k] += ((double)point->x - mean[0]) * m[k];
            cross[1][k] += ((double)point->y - mean[1]) * m[k];
        }
    }
    double inverse[3][3];
    if (!invert_symmetric(square, inverse))
        return false;
    for (int r = 0; r < 2; r++)
        for (int k = 0; k < 3; k++)
            rows[r][k] = cross[r][0] * inverse[0][k] + cross[r][1] * inverse[1][k] +
                         cross[r][2] * inverse[2][k];
    return true;
}

static bool normalise(double v[3])
{
    double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (!(length > 1e-9) || !isfinite(length))
        return false;
    for (int k = 0; k < 3; k++)
        v[k] /= length;
    return true;
}

/* Makes both rows orthogonal unit vectors, moving each as little as the other. */
static bool orthogonalise(double a[3], double b[3])
{
    double sum[3];
    double difference[3];
    if (!normalise(a) || !normalise(b))
        return false;
    for (int k = 0; k < 3; k++) {
        sum[k] = a[k] + b[k];
        difference[k] = a[k] - b[k];
    }
    if (!normalise(sum) || !normalise(difference))
        return false;
    for (int k = 0; k < 3; k++) {
        a[k] = (sum[k] + difference[k]) * sqrt(0.5);
        b[k] = (sum[k] - difference[k]) * sqrt(0.5);
    }
    return true;
}

/* a and b are the first two rows of the rotation R = Rz(roll) Ry(yaw) Rx(pitch); the third is their
 * cross product, and the way the head looks is minus its third column. */
static void read_angles(const double a[3], const double b[3], pv_pose *out)
{
    double roll = atan2(b[0], a[0]);
    double forward_x = -a[2];
    double forward_y = -b[2];
    double forward_z = -(a[0] * b[1] - a[1] * b[0]);
    double x = cos(roll) * forward_x + sin(roll) * forward_y;
    double y = cos(roll) * forward_y - sin(roll) * forward_x;
    out->roll = (float)(-roll * DEGREES);
    out->yaw = (float)(atan2(x, -forward_z) * DEGREES);
    out->pitch = (float)(asin(fmin(fmax(y, -1.0), 1.0)) * DEGREES);
}

pv_status pv_pose_from_landmarks(pv_runtime *runtime, const pv_landmarks *landmarks, pv_pose *out)
{
    const float *mesh;
    size_t count;
    pv_status status = pv_runtime_numbers(runtime, "face_mesh", &mesh, &count);
    if (status != PV_OK)
        return status;
    if (count != (size_t)3 * PV_LANDMARKS_SURFACE)
        return pv_fail(PV_ERROR_GENERIC, "model face_mesh: %zu values instead of %d", count,
                       3 * PV_LANDMARKS_SURFACE);
    double rows[2][3];
    *out = (pv_pose){.confidence = 0};
    if (!fit_rows(mesh, landmarks, rows) || !orthogonalise(rows[0], rows[1]))
        return PV_OK; /* points that are no face: no angle, and no confidence in it */
    read_angles(rows[0], rows[1], out);
    out->confidence = landmarks->confidence;
    return PV_OK;
}

/* Expectation over the bins, in degrees; the confidence is lowered to the probability nearby. */
static float expected_degrees(const float *logits, float *confidence)
{
    double weights[BINS];
    double highest = logits[0];
    double sum = 0.0;
    double mean = 0.0;
    double near = 0.0;
    for (int i = 1; i < BINS; i++)
        highest = fmax(highest, logits[i]);
    for (int i = 0; i < BINS; i++) {
        weights[i] = exp(logits[i] - highest);
        sum += weights[i];
    }
    for (int i = 0; i < BINS; i++)
        mean += weights[i] / sum * (BIN_FIRST + BIN_DEGREES * i);
    for (int i = 0; i < BINS; i++)
        if (fabs(BIN_FIRST + BIN_DEGREES * i - mean) <= NEAR_DEGREES)
            near += weights[i] / sum;
    if (!isfinite(mean)) {
        *confidence = 0.0F;
        return 0.0F;
    }
    *confidence = fminf(*confidence, (float)near);
    return (float)mean;
}

static void fill_input(const float *pixels, float *input)
{
    static const float mean[3] = {0.485F, 0.456F, 0.406F};
    static const float deviation[3] = {0.229F, 0.224F, 0.225F};
    const size_t plane = (size_t)SIDE * SIDE;
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < plane; i++)
            input[c * plane + i] = (pixels[c * plane + i] - mean[c]) / deviation[c];
}

static pv_status read_net(pv_inference *inference, pv_pose *out)
{
    const float *angles[3];
    for (size_t i = 0; i < 3; i++) {
        size_t count = 0;
        pv_status status = pv_inference_output_at(inference, i, &angles[i], &count);
        if (status != PV_OK)
            return status;
        if (count != BINS)
            return pv_fail(PV_ERROR_GENERIC, "model fr_pose: %zu bins instead of %d", count, BINS);
    }
    out->confidence = 1.0F;
    /* the net's yaw and roll are positive to the other side */
    out->yaw = -expected_degrees(angles[0], &out->confidence);
    out->pitch = -expected_degrees(angles[1], &out->confidence);
    out->roll = -expected_degrees(angles[2], &out->confidence);
    return PV_OK;
}

pv_status pv_pose_from_net(pv_runtime *runtime, pv_image *image, const pv_face *face, pv_pose *out)
{
    static const size_t shape[] = {1, 3, SIDE, SIDE};
    pv_model *model;
    pv_inference *inference;
    float *input;
    float *pixels = pv_arena_take(image->arena, (size_t)3 * SIDE * SIDE, sizeof *pixels);
    pv_status status = pixels ? pv_runtime_model(runtime, "fr_pose", &model) : PV_ERROR_GENERIC;
    /* half the box's size around it, the sides not made equal: so the net was trained */
    double xx = 1.5 * ((double)face->right - face->left) / SIDE;
    double yy = 1.5 * ((double)face->bottom - face->top) / SIDE;
    double middle = (SIDE - 1) / 2.0;
    const pv_affine map = {.xx = xx,
                           .x0 = ((double)face->left + face->right) / 2 - xx * middle,
                           .yy = yy,
                           .y0 = ((double)face->top + face->bottom) / 2 - yy * middle};
    const pv_planar target = {.data = pixels,
                              .width = SIDE,
                              .height = SIDE,
                              .scale = 1.0F / 255.0F,
                              .border = PV_BORDER_REPLICATE};
    if (status == PV_OK)
        status = pv_image_warp(image, &map, &target);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    fill_input(pixels, input);
    status = pv_inference_run(inference);
    if (status == PV_OK)
        status = read_net(inference, out);
    pv_inference_end(inference);
    return status;
}
