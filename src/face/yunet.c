#include "face/yunet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "face/detect.h"

#define OVERLAP_LIMIT 0.3F
#define NO_CONFIDENCE 0.56F
#define FULL_CONFIDENCE 0.88F
#define CANDIDATES_MAX 2048
#define VALUES_PER_CELL_POINTS (2 * PV_FACE_POINTS)

/* Outputs of one stride. */
typedef struct head {
    const float *cls;
    const float *obj;
    const float *box;
    const float *points;
} head;

float pv_face_confidence(float score)
{
    return fminf(fmaxf((score - NO_CONFIDENCE) / (FULL_CONFIDENCE - NO_CONFIDENCE), 0.0F), 1.0F);
}

float pv_face_score(float confidence)
{
    return NO_CONFIDENCE + confidence * (FULL_CONFIDENCE - NO_CONFIDENCE);
}

float pv_face_overlap(const pv_face *a, const pv_face *b)
{
    float width = fminf(a->right, b->right) - fmaxf(a->left, b->left);
    float height = fminf(a->bottom, b->bottom) - fmaxf(a->top, b->top);
    if (!(width > 0.0F && height > 0.0F))
        return 0.0F;
    float common = width * height;
    float all = (a->right - a->left) * (a->bottom - a->top) +
                (b->right - b->left) * (b->bottom - b->top) - common;
    return all > 0.0F ? common / all : 0.0F;
}

static int by_score(const void *a, const void *b)
{
    const pv_face *first = a;
    const pv_face *second = b;
    return first->score > second->score ? -1 : first->score < second->score ? 1 : 0;
}

void pv_face_suppress(pv_face *faces, size_t *count, float limit)
{
    qsort(faces, *count, sizeof *faces, by_score);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool free_place = true;
        for (size_t j = 0; j < kept && free_place; j++)
            free_place = pv_face_overlap(&faces[i], &faces[j]) <= limit;
        if (free_place)
            faces[kept++] = faces[i];
    }
    *count = kept;
}

static pv_status read_head(pv_inference *inference, int stride, size_t cells, head *out)
{
    static const struct {
        const char *name;
        size_t values;
    } outputs[] = {{"cls", 1}, {"obj", 1}, {"bbox", 4}, {"kps", VALUES_PER_CELL_POINTS}};
    const float **targets[] = {&out->cls, &out->obj, &out->box, &out->points};
    for (size_t i = 0; i < 4; i++) {
        char name[16];
        size_t count = 0;
        snprintf(name, sizeof name, "%s_%d", outputs[i].name, stride);
        pv_status status = pv_inference_output(inference, name, targets[i], &count);
        if (status != PV_OK)
            return status;
        if (count != cells * outputs[i].values)
            return pv_fail(PV_ERROR_GENERIC, "model yunet: output %s has %zu values, not %zu", name,
                           count, cells * outputs[i].values);
    }
    return PV_OK;
}

/* The box is of the canvas; in the picture it is the box around its four mapped corners, shrunk for
 * a turned canvas to the size of the face. */
static void map_to_picture(const pv_affine *map, pv_face *face)
{
    pv_point centre = {(face->left + face->right) / 2, (face->top + face->bottom) / 2};
    float scale = (float)pv_affine_scale(map);
    float half_width = (face->right - face->left) / 2 * scale;
    float half_height = (face->bottom - face->top) / 2 * scale;
    /* A turn by 90 degrees swaps width and height, one by 45 gives their mean. */
    float turn = (float)((map->xy * map->xy) / (map->xx * map->xx + map->xy * map->xy));
    float mapped_width = half_width + turn * (half_height - half_width);
    float mapped_height = half_height + turn * (half_width - half_height);
    centre = pv_affine_apply(map, centre);
    face->left = centre.x - mapped_width;
    face->right = centre.x + mapped_width;
    face->top = centre.y - mapped_height;
    face->bottom = centre.y + mapped_height;
    for (int i = 0; i < PV_FACE_POINTS; i++)
        face->points[i] = pv_affine_apply(map, face->points[i]);
}

static bool decode_cell(const head *outputs, size_t cell, int column, int row, int stride,
                        float score, pv_face *out)
{
    float s = sqrtf(fminf(fmaxf(outputs->cls[cell], 0.0F), 1.0F) *
                    fminf(fmaxf(outputs->obj[cell], 0.0F), 1.0F));
    if (!(s >= score))
        return false;
    const float *box = outputs->box + 4 * cell;
    const float *points = outputs->points + VALUES_PER_CELL_POINTS * cell;
    float step = (float)stride;
    float x = ((float)column + box[0]) * step;
    float y = ((float)row + box[1]) * step;
    /* exp() of more than 8 would be a face of over 20,000 pixels: not an answer of this net */
    float width = expf(fminf(box[2], 8.0F)) * step;
    float height = expf(fminf(box[3], 8.0F)) * step;
    *out = (pv_face){.left = x - width / 2,
                     .top = y - height / 2,
                     .right = x + width / 2,
                     .bottom = y + height / 2,
                     .score = s,
                     .confidence = pv_face_confidence(s)};
    for (int i = 0; i < PV_FACE_POINTS; i++) {
        out->points[i].x = (points[2 * i] + (float)column) * step;
        out->points[i].y = (points[2 * i + 1] + (float)row) * step;
    }
    return isfinite(out->left) && isfinite(out->top) && isfinite(width) && isfinite(height);
}

static pv_status decode(pv_inference *inference, int width, int height, float score, pv_face *faces,
                        size_t *count)
{
    for (int stride = 8; stride <= 32; stride *= 2) {
        int columns = width / stride;
        int rows = height / stride;
        head outputs = {0};
        pv_status status = read_head(inference, stride, (size_t)columns * (size_t)rows, &outputs);
        if (status != PV_OK)
            return status;
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) {
                size_t cell = (size_t)row * (size_t)columns + (size_t)column;
                if (*count < CANDIDATES_MAX &&
                    decode_cell(&outputs, cell, column, row, stride, score, &faces[*count]))
                    (*count)++;
            }
    }
    return PV_OK;
}

pv_status pv_yunet_run(pv_runtime *runtime, pv_image *image, const pv_view *view, float score,
                       pv_face *faces, size_t *count)
{
    pv_model *model;
    pv_status status = pv_runtime_model(runtime, "yunet", &model);
    if (status != PV_OK)
        return status;
    pv_face *found = pv_arena_take(image->arena, CANDIDATES_MAX, sizeof *found);
    if (!found)
        return PV_ERROR_GENERIC;
    int width = (view->width + 31) / 32 * 32;
    int height = (view->height + 31) / 32 * 32;
    const size_t shape[] = {1, 3, (size_t)height, (size_t)width};
    pv_inference *inference = NULL;
    float *input;
    size_t found_count = 0;
    status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    const pv_planar target = {
        .data = input, .width = width, .height = height, .blue_first = 1, .mean = 0, .scale = 1};
    status = pv_image_warp(image, &view->to_picture, &target);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = decode(inference, width, height, score, found, &found_count);
    pv_inference_end(inference);
    if (status != PV_OK)
        return status;
    pv_face_suppress(found, &found_count, OVERLAP_LIMIT);
    for (size_t i = 0; i < found_count && *count < PV_DETECTIONS_MAX; i++) {
        map_to_picture(&view->to_picture, &found[i]);
        faces[(*count)++] = found[i];
    }
    return PV_OK;
}
