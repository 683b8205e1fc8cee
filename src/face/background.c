#include "face/background.h"

#include <math.h>

#define WIDTH 96
#define HEIGHT 64
/* The region looked at, in widths of the face's box from its middle and in heights from its top. */
#define REACH_SIDE 1.5
#define REACH_ABOVE 0.6
#define REACH_BELOW 0.7
/* Within this is the head with its hair. */
#define HEAD_SIDE 0.85
#define HEAD_ABOVE 0.35

typedef struct region {
    double left, top; /* in the picture */
    double step_x, step_y;
    int picture_width, picture_height;
} region;

static bool is_background(const region *r, int column, int row)
{
    double x = r->left + column * r->step_x;
    double y = r->top + row * r->step_y;
    if (x < 0 || y < 0 || x > r->picture_width - 1 || y > r->picture_height - 1)
        return false;
    double side = fabs((column + 0.5) / WIDTH - 0.5) * 2 * REACH_SIDE;
    double below = (row + 0.5) / HEIGHT * (REACH_ABOVE + REACH_BELOW) - REACH_ABOVE;
    return side > HEAD_SIDE || below < -HEAD_ABOVE;
}

static float luma_at(const float *pixels, int index)
{
    const size_t plane = (size_t)WIDTH * HEIGHT;
    return 0.299F * pixels[index] + 0.587F * pixels[plane + (size_t)index] +
           0.114F * pixels[2 * plane + (size_t)index];
}

pv_status pv_background_measure(pv_image *image, const pv_face *face, pv_background *out)
{
    double width = (double)face->right - face->left;
    double height = (double)face->bottom - face->top;
    const region r = {.left = ((double)face->left + face->right) / 2 - REACH_SIDE * width,
                      .top = (double)face->top - REACH_ABOVE * height,
                      .step_x = 2 * REACH_SIDE * width / (WIDTH - 1),
                      .step_y = (REACH_ABOVE + REACH_BELOW) * height / (HEIGHT - 1),
                      .picture_width = image->levels[0].width,
                      .picture_height = image->levels[0].height};
    float *pixels = pv_arena_take(image->arena, (size_t)3 * WIDTH * HEIGHT, sizeof *pixels);
    if (!pixels)
        return PV_ERROR_GENERIC;
    const pv_affine map = {.xx = r.step_x, .x0 = r.left, .yy = r.step_y, .y0 = r.top};
    const pv_planar target = {.data = pixels,
                              .width = WIDTH,
                              .height = HEIGHT,
                              .scale = 1.0F,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(image, &map, &target);
    if (status != PV_OK)
        return status;
    double steps = 0.0;
    int pairs = 0;
    int possible = 0;
    for (int row = 0; row + 1 < HEIGHT; row++) {
        for (int column = 0; column + 1 < WIDTH; column++) {
            int i = row * WIDTH + column;
            double side = fabs((column + 0.5) / WIDTH - 0.5) * 2 * REACH_SIDE;
            possible += side > HEAD_SIDE;
            if (!is_background(&r, column, row) || !is_background(&r, column + 1, row) ||
                !is_background(&r, column, row + 1))
                continue;
            float here = luma_at(pixels, i);
            steps += hypot((double)luma_at(pixels, i + 1) - here,
                           (double)luma_at(pixels, i + WIDTH) - here);
            pairs++;
        }
    }
    out->visible = fminf((float)pairs / (float)possible, 1.0F);
    out->unevenness = pairs > 0 ? (float)(steps / pairs) : 0.0F;
    return PV_OK;
}
