#include "face/portrait.h"

#include <math.h>

#include "face/matte.h"
#include "image/resample.h"

/* Rows of the lattice on which cut-off parts are looked for, and the shares of the frame that count
 * as cut off. */
#define LOSS_ROWS 120
#define HEAD_LOSS_MOST 0.001
#define BODY_LOSS_MOST 0.004
/* Columns that the widths are multiples of, so that the height comes out whole. */
#define FULL_FRONTAL_STEP 7
#define TOKEN_STEP 3

static int choose_width(const pv_portrait_request *request, const pv_frame *frame)
{
    int step = request->format == PV_PORTRAIT_TOKEN ? TOKEN_STEP : FULL_FRONTAL_STEP;
    int most = (int)fmin(request->width, frame->width * PV_PORTRAIT_ENLARGE_MAX);
    int width = most / step * step;
    return width < step ? step : width;
}

static pv_affine frame_to_picture(const pv_head *head, const pv_frame *frame, double scale)
{
    double c = head->axis_x / scale;
    double s = head->axis_y / scale;
    pv_point first = pv_head_to_picture(head, frame->left + 0.5 / scale, frame->top + 0.5 / scale);
    return (pv_affine){.xx = c, .xy = -s, .x0 = first.x, .yx = s, .yy = c, .y0 = first.y};
}

static pv_point place(const pv_frame *frame, double scale, double u, double v)
{
    return (pv_point){(float)((u - frame->left) * scale - 0.5),
                      (float)((v - frame->top) * scale - 0.5)};
}

static void place_points(const pv_frame *frame, const pv_landmarks *landmarks, pv_portrait *out)
{
    static const int dense[] = {PV_LANDMARK_EYE_RIGHT_OUTER, PV_LANDMARK_EYE_RIGHT_INNER,
                                PV_LANDMARK_EYE_LEFT_INNER,  PV_LANDMARK_EYE_LEFT_OUTER,
                                PV_LANDMARK_NOSE_TIP,        PV_LANDMARK_MOUTH_RIGHT,
                                PV_LANDMARK_MOUTH_LEFT};
    const pv_head *head = &out->head;
    double half = head->eye_distance / 2;
    double middle = (head->side_left + head->side_right) / 2;
    pv_point *p = out->points;
    p[PV_PORTRAIT_EYE_RIGHT] = place(frame, out->scale, -half, 0.0);
    p[PV_PORTRAIT_EYE_LEFT] = place(frame, out->scale, half, 0.0);
    p[PV_PORTRAIT_CROWN] = place(frame, out->scale, middle, head->crown);
    p[PV_PORTRAIT_CHIN] = place(frame, out->scale, middle, head->chin);
    p[PV_PORTRAIT_SIDE_RIGHT] = place(frame, out->scale, head->side_left, 0.0);
    p[PV_PORTRAIT_SIDE_LEFT] = place(frame, out->scale, head->side_right, 0.0);
    out->point_count = landmarks ? PV_PORTRAIT_POINTS : PV_PORTRAIT_POINTS_ALWAYS;
    for (int i = PV_PORTRAIT_POINTS_ALWAYS; i < out->point_count; i++) {
        const pv_point3 *point = &landmarks->points[dense[i - PV_PORTRAIT_POINTS_ALWAYS]];
        double dx = point->x - head->origin_x;
        double dy = point->y - head->origin_y;
        p[i] = place(frame, out->scale, dx * head->axis_x + dy * head->axis_y,
                     dy * head->axis_x - dx * head->axis_y);
    }
}

/* The grid's shares at the pixels of the portrait, bilinear; none where the picture does not reach,
 * with a border one pixel soft. */
static void spread_shares(const pv_image *image, const pv_affine *grid, const float *shares,
                          const pv_portrait *portrait, float *alpha)
{
    const pv_affine *map = &portrait->to_picture;
    double square = grid->xx * grid->xx + grid->yx * grid->yx;
    double right = image->levels[0].width - 1;
    double bottom = image->levels[0].height - 1;
    for (int y = 0; y < portrait->height; y++) {
        for (int x = 0; x < portrait->width; x++) {
            double px = map->xx * x + map->xy * y + map->x0;
            double py = map->yx * x + map->yy * y + map->y0;
            double inside = fmin(fmin(px, right - px), fmin(py, bottom - py)) * portrait->scale;
            double dx = px - grid->x0;
            double dy = py - grid->y0;
            double gx =
                fmin(fmax((grid->xx * dx + grid->yx * dy) / square, 0.0), PV_SEGMENT_SIDE - 1.001);
            double gy =
                fmin(fmax((grid->xx * dy - grid->yx * dx) / square, 0.0), PV_SEGMENT_SIDE - 1.001);
            int left = (int)gx;
            int top = (int)gy;
            const float *v = shares + (size_t)top * PV_SEGMENT_SIDE + left;
            float upper = v[0] + (float)(gx - left) * (v[1] - v[0]);
            const float *w = v + PV_SEGMENT_SIDE;
            float lower = w[0] + (float)(gx - left) * (w[1] - w[0]);
            float share = upper + (float)(gy - top) * (lower - upper);
            alpha[(size_t)y * (size_t)portrait->width + (size_t)x] = inside < -0.5 ? 0.0F : share;
        }
    }
}

static void clear_beyond(const pv_image *image, const pv_portrait *portrait, float *alpha)
{
    const pv_affine *map = &portrait->to_picture;
    double right = image->levels[0].width - 1;
    double bottom = image->levels[0].height - 1;
    for (int y = 0; y < portrait->height; y++) {
        for (int x = 0; x < portrait->width; x++) {
            double px = map->xx * x + map->xy * y + map->x0;
            double py = map->yx * x + map->yy * y + map->y0;
            double inside = fmin(fmin(px, right - px), fmin(py, bottom - py)) * portrait->scale;
            float most = (float)fmin(1.0, fmax(0.0, inside + 1.0));
            float *a = &alpha[(size_t)y * (size_t)portrait->width + (size_t)x];
            *a = fminf(*a, most);
        }
    }
}

static pv_status render(pv_image *image, const pv_affine *grid, const float *shares,
                        uint32_t background, pv_portrait *out)
{
    size_t count = (size_t)out->width * (size_t)out->height;
    float *alpha = pv_arena_take(image->arena, count, sizeof *alpha);
    out->rgb = pv_arena_take(image->arena, count, 3);
    if (!alpha || !out->rgb)
        return PV_ERROR_GENERIC;
    pv_status status =
        pv_image_resample(image, &out->to_picture, out->width, out->height, out->rgb);
    if (status != PV_OK)
        return status;
    spread_shares(image, grid, shares, out, alpha);
    status = pv_matte_refine(image->arena, out->rgb, out->width, out->height, alpha);
    if (status != PV_OK)
        return status;
    clear_beyond(image, out, alpha);
    return pv_matte_compose(image->arena, alpha, background, out->width, out->height, out->rgb);
}

static unsigned find_problems(const pv_image *image, const pv_frame *frame, const float *shares,
                              bool fits, const pv_portrait *portrait)
{
    unsigned problems = fits ? 0 : PV_PORTRAIT_SHAPE;
    pv_frame_loss loss = pv_frame_measure_loss(
        frame, &portrait->head, shares, image->levels[0].width, image->levels[0].height, LOSS_ROWS);
    if (loss.head > HEAD_LOSS_MOST)
        problems |= PV_PORTRAIT_HEAD_CUT;
    if (loss.body > BODY_LOSS_MOST)
        problems |= PV_PORTRAIT_SHOULDERS_CUT;
    const double eyes = portrait->head.eye_distance;
    if (eyes * PV_PORTRAIT_ENLARGE_MAX < PV_PORTRAIT_EYE_DISTANCE_LEAST)
        problems |= PV_PORTRAIT_TOO_SMALL;
    else if (eyes * portrait->scale < PV_PORTRAIT_EYE_DISTANCE_LEAST)
        problems |= PV_PORTRAIT_TOO_NARROW;
    return problems;
}

pv_status pv_portrait_make(pv_runtime *runtime, pv_image *image, const pv_face *face,
                           const pv_landmarks *landmarks, const pv_face *others, size_t other_count,
                           const pv_portrait_request *request, pv_portrait *out)
{
    const size_t points = (size_t)PV_SEGMENT_SIDE * PV_SEGMENT_SIDE;
    float *shares = pv_arena_take(image->arena, points, sizeof *shares);
    if (!shares)
        return PV_ERROR_GENERIC;
    *out = (pv_portrait){0};
    pv_status status = pv_head_measure(face, landmarks, &out->head);
    if (status != PV_OK)
        return status;
    pv_affine grid = pv_head_grid(&out->head);
    status = pv_face_segment(runtime, image, &grid, face, others, other_count, shares);
    if (status != PV_OK)
        return status;
    pv_frame frame;
    bool fits = pv_frame_choose(request->format, &out->head, shares, image->levels[0].width,
                                image->levels[0].height, &frame);
    out->width = choose_width(request, &frame);
    out->height = request->format == PV_PORTRAIT_TOKEN ? out->width / 3 * 4 : out->width / 7 * 9;
    out->scale = out->width / frame.width;
    out->to_picture = frame_to_picture(&out->head, &frame, out->scale);
    place_points(&frame, landmarks, out);
    out->problems = find_problems(image, &frame, shares, fits, out);
    return render(image, &grid, shares, request->background, out);
}
