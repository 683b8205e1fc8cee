#include "face/segment.h"

#include <math.h>
#include <string.h>

#include "face/segment_person.h"
#include "model/look.h"

#define SIDE PV_SEGMENT_SIDE
#define POINTS ((size_t)SIDE * SIDE)
#define NET_SIDE 256
#define NET_PIXELS ((size_t)NET_SIDE * NET_SIDE)
/* Points of the net's answer over which its border is blended in. */
#define FEATHER 16.0

/* One look of the net: a square around the eyes, as a multiple of the grid's side. The wide one
 * knows best who is a person at all, the near ones draw the hair; of the near view also its mirror
 * image, because a second opinion on the same detail is worth its few milliseconds. */
typedef struct net_view {
    double side;
    double eye_y; /* where the eyes lie in the square, as a share of its side */
    bool mirrored;
    float weight;
} net_view;

static const net_view views[] = {{1.3, PV_SEGMENT_EYE_Y, false, 0.4F},
                                 {1.0, PV_SEGMENT_EYE_Y, false, 0.6F},
                                 {0.76, 0.47, false, 2.0F},
                                 {0.76, 0.47, true, 2.0F}};

/* From points of the grid to those of the net's square. */
static pv_affine grid_to_net(const net_view *view)
{
    double scale = NET_SIDE / (SIDE * view->side);
    double flip = view->mirrored ? -1.0 : 1.0;
    double x = PV_SEGMENT_EYE_X * SIDE - 0.5;
    double y = PV_SEGMENT_EYE_Y * SIDE - 0.5;
    return (pv_affine){.xx = flip * scale,
                       .x0 = PV_SEGMENT_EYE_X * NET_SIDE - 0.5 - flip * scale * x,
                       .yy = scale,
                       .y0 = view->eye_y * NET_SIDE - 0.5 - scale * y};
}

/* Of maps that do not turn. */
static pv_affine invert_upright(const pv_affine *map)
{
    return (pv_affine){.xx = 1.0 / map->xx,
                       .x0 = -map->x0 / map->xx,
                       .yy = 1.0 / map->yy,
                       .y0 = -map->y0 / map->yy};
}

/* Bilinear, within the square. */
static float sample(const float *values, double x, double y)
{
    int left = x < NET_SIDE - 2 ? (int)x : NET_SIDE - 2;
    int top = y < NET_SIDE - 2 ? (int)y : NET_SIDE - 2;
    float fx = (float)(x - left);
    float fy = (float)(y - top);
    const float *v = values + (size_t)top * NET_SIDE + left;
    float upper = v[0] + fx * (v[1] - v[0]);
    float lower = v[NET_SIDE] + fx * (v[NET_SIDE + 1] - v[NET_SIDE]);
    return upper + fy * (lower - upper);
}

/* Adds a view to the weighted sums of the grid. */
static void add_view(const net_view *view, const float *answer, float *sums, float *weights)
{
    const pv_affine map = grid_to_net(view);
    for (int gy = 0; gy < SIDE; gy++) {
        double y = map.yy * gy + map.y0;
        double inside_y = fmin(y, NET_SIDE - 1 - y);
        for (int gx = 0; gx < SIDE && inside_y >= 0.0; gx++) {
            double x = map.xx * gx + map.x0;
            double inside = fmin(fmin(x, NET_SIDE - 1 - x), inside_y);
            if (inside < 0.0)
                continue;
            float weight = view->weight * (float)fmin(1.0, (inside + 1.0) / FEATHER);
            size_t at = (size_t)gy * SIDE + (size_t)gx;
            sums[at] += weight * sample(answer, x, y);
            weights[at] += weight;
        }
    }
}

static pv_status look(pv_runtime *runtime, pv_image *image, const pv_affine *grid_to_picture,
                      float *alpha)
{
    static const pv_planar how = {.width = NET_SIDE,
                                  .height = NET_SIDE,
                                  .scale = 1.0F / 255.0F,
                                  .border = PV_BORDER_REPLICATE};
    float *answer = pv_arena_take(image->arena, NET_PIXELS, sizeof *answer);
    float *weights = pv_arena_take(image->arena, POINTS, sizeof *weights);
    if (!answer || !weights)
        return PV_ERROR_GENERIC;
    memset(alpha, 0, POINTS * sizeof *alpha);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        pv_affine to_net = grid_to_net(&views[i]);
        pv_affine to_grid = invert_upright(&to_net);
        pv_affine to_picture = pv_affine_compose(&to_grid, grid_to_picture);
        pv_status status = pv_model_look(runtime, "selfie_segmentation", image, &to_picture, &how,
                                         answer, NET_PIXELS);
        if (status != PV_OK)
            return status;
        add_view(&views[i], answer, alpha, weights);
    }
    for (size_t i = 0; i < POINTS; i++)
        alpha[i] = weights[i] > 0.0F ? alpha[i] / weights[i] : 0.0F;
    return PV_OK;
}

/* What the net made of repeated border pixels is nobody. */
static void clear_outside(const pv_image *image, const pv_affine *map, float *alpha)
{
    double right = image->levels[0].width - 0.5;
    double bottom = image->levels[0].height - 0.5;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            double px = map->xx * x + map->xy * y + map->x0;
            double py = map->yx * x + map->yy * y + map->y0;
            if (px < -0.5 || py < -0.5 || px > right || py > bottom)
                alpha[(size_t)y * SIDE + (size_t)x] = 0.0F;
        }
    }
}

static pv_grid_head head_on_grid(const pv_face *face, const pv_affine *grid_to_picture)
{
    const pv_affine *m = grid_to_picture;
    double square = m->xx * m->xx + m->yx * m->yx;
    double c = m->xx / square;
    double s = m->yx / square;
    double unit = 1.0 / sqrt(square); /* grid points a pixel */
    double px = (face->left + face->right) / 2.0 - m->x0;
    double py = (face->top + face->bottom) / 2.0 - m->y0;
    const pv_point *p = face->points;
    double ex = (p[PV_POINT_EYE_RIGHT].x + p[PV_POINT_EYE_LEFT].x) / 2.0;
    double ey = (p[PV_POINT_EYE_RIGHT].y + p[PV_POINT_EYE_LEFT].y) / 2.0;
    double dx = (p[PV_POINT_MOUTH_RIGHT].x + p[PV_POINT_MOUTH_LEFT].x) / 2.0 - ex;
    double dy = (p[PV_POINT_MOUTH_RIGHT].y + p[PV_POINT_MOUTH_LEFT].y) / 2.0 - ey;
    double length = fmax(1e-6, sqrt(dx * dx + dy * dy));
    return (pv_grid_head){.x = c * px + s * py,
                          .y = c * py - s * px,
                          .radius_x = 0.5 * unit * (face->right - face->left),
                          .radius_y = 0.55 * unit * (face->bottom - face->top),
                          .down_x = (c * dx + s * dy) / (unit * length),
                          .down_y = (c * dy - s * dx) / (unit * length)};
}

/* The other heads that touch the grid or stand near enough for their shoulders to. */
static size_t heads_near(const pv_face *others, size_t count, const pv_affine *grid_to_picture,
                         pv_grid_head *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        pv_grid_head head = head_on_grid(&others[i], grid_to_picture);
        double reach = 3.0 * head.radius_x;
        if (head.x > -reach && head.x < SIDE + reach && head.y > -reach && head.y < SIDE + reach)
            out[kept++] = head;
    }
    return kept;
}

static pv_status remove_others(pv_image *image, const pv_affine *grid_to_picture,
                               const pv_grid_head *person, const pv_face *others, size_t count,
                               float *alpha)
{
    pv_grid_head *heads = pv_arena_take(image->arena, count, sizeof *heads);
    if (!heads)
        return PV_ERROR_GENERIC;
    size_t near = heads_near(others, count, grid_to_picture, heads);
    if (near == 0)
        return PV_OK;
    float *rgb = pv_arena_take(image->arena, 3 * POINTS, sizeof *rgb);
    if (!rgb)
        return PV_ERROR_GENERIC;
    const pv_planar target = {.data = rgb,
                              .width = SIDE,
                              .height = SIDE,
                              .scale = 1.0F / 255.0F,
                              .interleaved = true,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(image, grid_to_picture, &target);
    return status == PV_OK ? pv_segment_split(image->arena, rgb, person, heads, near, alpha)
                           : status;
}

pv_status pv_face_segment(pv_runtime *runtime, pv_image *image, const pv_affine *grid_to_picture,
                          const pv_face *face, const pv_face *others, size_t other_count,
                          float *alpha)
{
    pv_status status = look(runtime, image, grid_to_picture, alpha);
    if (status != PV_OK)
        return status;
    clear_outside(image, grid_to_picture, alpha);
    pv_grid_head person = head_on_grid(face, grid_to_picture);
    if (other_count > 0)
        status = remove_others(image, grid_to_picture, &person, others, other_count, alpha);
    if (status == PV_OK)
        status = pv_segment_join(image->arena, &person, alpha);
    return status;
}
