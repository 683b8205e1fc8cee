#include "face/chip.h"

#include <math.h>

#include "face/embed.h"

#define SMALLEST_SCALE 0.2
/* Where the alignment of the embedding chip puts the eyes. */
#define ALIGNED_EYES_APART 35.2372
#define ALIGNED_EYES_X 55.9133
#define ALIGNED_EYES_Y 51.5989
/* The oval of a face on a full-size chip: from the hair line to the chin. */
#define OVAL_X (PV_CHIP_WIDTH / 2.0)
#define OVAL_Y 84.0
#define OVAL_HALF_WIDTH 40.0
#define OVAL_HALF_HEIGHT 54.0

static pv_status mark_oval(pv_arena *arena, pv_chip *chip)
{
    bool *inside = pv_arena_take(arena, (size_t)chip->width * (size_t)chip->height, sizeof *inside);
    if (!inside)
        return PV_ERROR_GENERIC;
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            double dx = ((x + 0.5) / chip->scale - OVAL_X) / OVAL_HALF_WIDTH;
            double dy = ((y + 0.5) / chip->scale - OVAL_Y) / OVAL_HALF_HEIGHT;
            bool in = dx * dx + dy * dy <= 1.0;
            inside[y * chip->width + x] = in;
            chip->inside_count += in;
        }
    }
    chip->inside = inside;
    return PV_OK;
}

pv_status pv_chip_make(pv_image *image, const pv_face *face, pv_chip *out)
{
    pv_affine aligned;
    pv_status status = pv_face_align(face, 0, &aligned);
    if (status != PV_OK)
        return status;
    double eyes_apart = ALIGNED_EYES_APART * hypot(aligned.xx, aligned.yx);
    double scale = fmax(fmin(1.0, eyes_apart / PV_CHIP_EYES_APART), SMALLEST_SCALE);
    *out = (pv_chip){.width = (int)lround(PV_CHIP_WIDTH * scale),
                     .height = (int)lround(PV_CHIP_HEIGHT * scale),
                     .scale = (float)scale};
    size_t pixels = (size_t)out->width * (size_t)out->height;
    out->rgb = pv_arena_take(image->arena, 3 * pixels, sizeof *out->rgb);
    out->luma = pv_arena_take(image->arena, pixels, sizeof *out->luma);
    if (!out->rgb || !out->luma)
        return PV_ERROR_GENERIC;
    double step = ALIGNED_EYES_APART / PV_CHIP_EYES_APART / scale;
    const pv_affine chip_to_aligned = {
        .xx = step,
        .x0 = ALIGNED_EYES_X - step * (PV_CHIP_WIDTH * scale - 1) / 2,
        .yy = step,
        .y0 = ALIGNED_EYES_Y - step * (PV_CHIP_EYES_Y * scale - 0.5)};
    const pv_affine map = pv_affine_compose(&chip_to_aligned, &aligned);
    const pv_planar target = {.data = out->rgb,
                              .width = out->width,
                              .height = out->height,
                              .scale = 1.0F,
                              .border = PV_BORDER_REPLICATE};
    status = pv_image_warp(image, &map, &target);
    for (size_t i = 0; i < pixels && status == PV_OK; i++)
        out->luma[i] = 0.299F * out->rgb[i] + 0.587F * out->rgb[pixels + i] +
                       0.114F * out->rgb[2 * pixels + i];
    return status == PV_OK ? mark_oval(image->arena, out) : status;
}
