#include "document/ocr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document/ocr_boxes.h"
#include "document/ocr_decode.h"

#define DETECTOR "text_detect"
#define READER "text_read"
#define CANVAS_STEP 32 /* sides of what the detector sees are multiples of it */
#define WIDTH_STEP 32  /* so that few widths occur: the engine prepares for each */
#define WIDTH_LEAST 32

/* The picture's colours as the detector wants them, plane by plane. */
static const float means[3] = {0.485F, 0.456F, 0.406F};
static const float deviations[3] = {0.229F, 0.224F, 0.225F};

/* What the detector sees of a picture: turned and scaled, and filled up at the right and at the
 * bottom. */
typedef struct canvas {
    size_t width, height;
    pv_affine to_picture;
} canvas;

static size_t round_up(double length, size_t step)
{
    size_t steps = (size_t)ceil(length / (double)step - 1e-9);
    return (steps > 0 ? steps : 1) * step;
}

static canvas lay_out(const pv_plane *picture, int turn)
{
    static const double along[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    double x = along[turn][0];
    double y = along[turn][1];
    double scale = fmax(fmax(picture->width, picture->height) / (double)PV_OCR_SIDE_LONG, 1.0);
    double width = (turn % 2 ? picture->height : picture->width) / scale;
    double height = (turn % 2 ? picture->width : picture->height) / scale;
    /* from corner to corner, pixel by pixel */
    const pv_affine pixels = {
        .xx = scale, .x0 = 0.5 * scale - 0.5, .yy = scale, .y0 = 0.5 * scale - 0.5};
    const pv_affine quarters = {.xx = x,
                                .xy = -y,
                                .x0 = x < 0.0 || y > 0.0 ? picture->width - 1 : 0,
                                .yx = y,
                                .yy = x,
                                .y0 = y < 0.0 || x < 0.0 ? picture->height - 1 : 0};
    return (canvas){.width = round_up(width, CANVAS_STEP),
                    .height = round_up(height, CANVAS_STEP),
                    .to_picture = pv_affine_compose(&pixels, &quarters)};
}

static pv_status fill_canvas(pv_image *image, const canvas *c, float *input)
{
    const pv_planar target = {.data = input,
                              .width = (int)c->width,
                              .height = (int)c->height,
                              .blue_first = 1,
                              .scale = 1.0F / 255.0F,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(image, &c->to_picture, &target);
    if (status != PV_OK)
        return status;
    size_t pixels = c->width * c->height;
    for (int plane = 0; plane < 3; plane++)
        for (size_t i = 0; i < pixels; i++)
            input[(size_t)plane * pixels + i] =
                (input[(size_t)plane * pixels + i] - means[plane]) / deviations[plane];
    return PV_OK;
}

static int by_middle(const void *a, const void *b)
{
    const pv_text_box *first = a;
    const pv_text_box *second = b;
    float above = first->corners[0].y + first->corners[2].y;
    float below = second->corners[0].y + second->corners[2].y;
    return above < below ? -1 : above > below;
}

static void to_picture(const canvas *c, pv_text_box *boxes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 4; k++)
            boxes[i].corners[k] = pv_affine_apply(&c->to_picture, boxes[i].corners[k]);
    qsort(boxes, count, sizeof *boxes, by_middle);
}

static pv_status look(pv_runtime *runtime, pv_image *image, int turn, pv_text_box **out,
                      size_t *count)
{
    const canvas c = lay_out(&image->levels[0], turn);
    const size_t shape[4] = {1, 3, c.height, c.width};
    pv_model *model;
    pv_inference *inference = NULL;
    float *input;
    const float *map;
    size_t size = 0;
    pv_status status = pv_runtime_model(runtime, DETECTOR, &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status == PV_OK)
        status = fill_canvas(image, &c, input);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &map, &size);
    if (status == PV_OK && size != c.width * c.height)
        status = pv_fail(PV_ERROR_GENERIC, "model " DETECTOR ": %zu values for %zu x %zu pixels",
                         size, c.width, c.height);
    if (status == PV_OK)
        status = pv_ocr_boxes_from_map(map, (int)c.width, (int)c.height, image->arena, out, count);
    pv_inference_end(inference);
    if (status == PV_OK)
        to_picture(&c, *out, *count);
    return status;
}

pv_status pv_ocr_find(pv_runtime *runtime, pv_image *image, int turn, pv_ocr_found *found,
                      const pv_text_box **out, size_t *count)
{
    if (!found->known[turn]) {
        pv_status status = look(runtime, image, turn, &found->boxes[turn], &found->counts[turn]);
        if (status != PV_OK)
            return status;
        found->known[turn] = true;
    }
    *out = found->boxes[turn];
    *count = found->counts[turn];
    return PV_OK;
}

pv_text_box pv_text_box_turn(const pv_text_box *box, int quarters)
{
    pv_text_box turned = *box;
    for (int i = 0; i < 4; i++)
        turned.corners[i] = box->corners[((i + quarters) % 4 + 4) % 4];
    return turned;
}

float pv_text_box_width(const pv_text_box *box)
{
    return hypotf(box->corners[1].x - box->corners[0].x, box->corners[1].y - box->corners[0].y);
}

float pv_text_box_height(const pv_text_box *box)
{
    return hypotf(box->corners[3].x - box->corners[0].x, box->corners[3].y - box->corners[0].y);
}

pv_status pv_ocr_alphabet_make(pv_runtime *runtime, const char *characters, pv_arena *arena,
                               const pv_ocr_alphabet **out)
{
    pv_ocr_classes classes;
    pv_status status = pv_ocr_classes_get(runtime, &classes);
    return status ? status : pv_ocr_alphabet_from(&classes, characters, arena, out);
}

/* The box, `width` pixels wide, at the left of what the reader sees; grey beside it. */
static pv_status fill_line(pv_image *image, const pv_text_box *box, size_t width, size_t whole,
                           float *input)
{
    const pv_point *c = box->corners;
    const pv_affine map = {.xx = (double)(c[1].x - c[0].x) / (double)width,
                           .xy = (double)(c[3].x - c[0].x) / PV_OCR_LINE_HEIGHT,
                           .yx = (double)(c[1].y - c[0].y) / (double)width,
                           .yy = (double)(c[3].y - c[0].y) / PV_OCR_LINE_HEIGHT,
                           .x0 = (double)c[0].x,
                           .y0 = (double)c[0].y};
    const pv_affine half = {.xx = 1.0, .x0 = 0.5, .yy = 1.0, .y0 = 0.5};
    const pv_affine centred = pv_affine_compose(&half, &map);
    const pv_planar target = {.data = input,
                              .width = (int)whole,
                              .height = PV_OCR_LINE_HEIGHT,
                              .blue_first = 1,
                              .mean = 127.5F,
                              .scale = 1.0F / 127.5F,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(image, &centred, &target);
    for (size_t row = 0; status == PV_OK && row < (size_t)3 * PV_OCR_LINE_HEIGHT; row++)
        memset(input + row * whole + width, 0, (whole - width) * sizeof *input);
    return status;
}

static pv_status decode(pv_runtime *runtime, pv_inference *inference, double filled,
                        const pv_ocr_alphabet *limit, pv_arena *arena, pv_text_line *out)
{
    pv_ocr_classes classes;
    const float *data;
    size_t size = 0;
    pv_status status = pv_ocr_classes_get(runtime, &classes);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &data, &size);
    if (status != PV_OK)
        return status;
    size_t width = classes.characters + 2;
    if (size == 0 || size % width != 0 || (limit && limit->classes != width))
        return pv_fail(PV_ERROR_GENERIC, "model " READER ": %zu values for %zu classes", size,
                       width);
    return pv_ocr_decode(&classes, data, size / width, filled, limit, arena, out);
}

pv_status pv_ocr_read(pv_runtime *runtime, pv_image *image, const pv_text_box *box,
                      const pv_ocr_alphabet *limit, pv_text_line *out)
{
    *out = (pv_text_line){.box = *box, .text = ""};
    double ratio = (double)pv_text_box_width(box) / (double)pv_text_box_height(box);
    if (!(ratio > 0.0) || !isfinite(ratio))
        return PV_OK;
    double wanted = fmin(fmax(round(ratio * PV_OCR_LINE_HEIGHT), WIDTH_LEAST), PV_OCR_WIDTH_MOST);
    size_t width = (size_t)wanted;
    size_t whole = round_up(wanted, WIDTH_STEP);
    const size_t shape[4] = {1, 3, PV_OCR_LINE_HEIGHT, whole};
    pv_model *model;
    pv_inference *inference = NULL;
    float *input;
    pv_status status = pv_runtime_model(runtime, READER, &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status == PV_OK)
        status = fill_line(image, box, width, whole, input);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = decode(runtime, inference, wanted / (double)whole, limit, image->arena, out);
    pv_inference_end(inference);
    return status;
}
