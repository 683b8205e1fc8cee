#include "face/portrait_frame.h"

#include <math.h>

/* Points of the face mesh on the hair line to the chin span about 177 mm of an adult head whose
 * height, chin to crown, is about 230 mm. */
#define HEAD_PER_FACE 1.30
/* Proportions of the five points' face, where there is no mesh: of the distance between the eyes.
 */
#define CHIN_PER_EYES 1.90
#define CROWN_PER_EYES 1.80
#define SIDE_PER_EYES 1.22

#define GRID_PER_HEAD 1.68 /* side of the grid, of the head's height */

/* The middle of the ranges, and the limits that the search keeps from within them. */
#define HEAD_HEIGHT_BEST 0.735 /* of the frame's height; 0.6 to 0.9 */
#define HEAD_HEIGHT_LEAST 0.64
#define HEAD_HEIGHT_MOST 0.85
#define HEAD_WIDTH_BEST 0.625 /* of the frame's width; 0.5 to 0.75 */
#define HEAD_WIDTH_LEAST 0.54
#define HEAD_WIDTH_MOST 0.71
#define EYES_UP_BEST 0.59 /* from the bottom, of the height; 0.5 to 0.7 */
#define EYES_UP_LEAST 0.53
#define EYES_UP_MOST 0.66
#define EYES_ACROSS_BEST 0.5 /* of the width; 0.45 to 0.55 */
#define EYES_ACROSS_SPAN 0.03
#define SHAPE (9.0 / 7.0)
#define HAIR_MARGIN 0.015 /* above the hair, of the height */

#define SEARCH_ROWS 24 /* of the lattice on which the loss is measured during the search */

/* Deviations that weigh one each. */
#define HEAD_HEIGHT_UNIT 0.08
#define HEAD_WIDTH_UNIT 0.08
#define EYES_UP_UNIT 0.05
#define EYES_ACROSS_UNIT 0.02
#define HEAD_ACROSS_UNIT 0.04
#define HAIR_UNIT 0.02
#define HAIR_SIDE_UNIT 0.06
#define LOSS_UNIT 0.01

static pv_point middle(const pv_landmarks *l, int a, int b)
{
    return (pv_point){(l->points[a].x + l->points[b].x) / 2, (l->points[a].y + l->points[b].y) / 2};
}

static double along_u(const pv_head *head, pv_point3 p)
{
    return (p.x - head->origin_x) * head->axis_x + (p.y - head->origin_y) * head->axis_y;
}

static double along_v(const pv_head *head, pv_point3 p)
{
    return (p.y - head->origin_y) * head->axis_x - (p.x - head->origin_x) * head->axis_y;
}

pv_status pv_head_measure(const pv_face *face, const pv_landmarks *landmarks, pv_head *out)
{
    pv_point right = face->points[PV_POINT_EYE_RIGHT];
    pv_point left = face->points[PV_POINT_EYE_LEFT];
    if (landmarks) {
        right = middle(landmarks, PV_LANDMARK_EYE_RIGHT_OUTER, PV_LANDMARK_EYE_RIGHT_INNER);
        left = middle(landmarks, PV_LANDMARK_EYE_LEFT_OUTER, PV_LANDMARK_EYE_LEFT_INNER);
    }
    double dx = (double)left.x - right.x;
    double dy = (double)left.y - right.y;
    double distance = sqrt(dx * dx + dy * dy);
    if (!(distance > 1e-3) || !isfinite(distance))
        return pv_fail(PV_ERROR_GENERIC, "the eyes coincide: no portrait is possible");
    *out = (pv_head){.origin_x = ((double)left.x + right.x) / 2,
                     .origin_y = ((double)left.y + right.y) / 2,
                     .axis_x = dx / distance,
                     .axis_y = dy / distance,
                     .eye_distance = distance,
                     .side_left = -SIDE_PER_EYES * distance,
                     .side_right = SIDE_PER_EYES * distance,
                     .crown = -CROWN_PER_EYES * distance,
                     .chin = CHIN_PER_EYES * distance};
    if (!landmarks)
        return PV_OK;
    double hair_line = along_v(out, landmarks->points[PV_LANDMARK_FOREHEAD]);
    double chin = along_v(out, landmarks->points[PV_LANDMARK_CHIN]);
    double side_left = along_u(out, landmarks->points[PV_LANDMARK_SIDE_RIGHT]);
    double side_right = along_u(out, landmarks->points[PV_LANDMARK_SIDE_LEFT]);
    /* a mesh that is not a face's is worse than none */
    if (!(chin > 0.8 * distance && hair_line < -0.3 * distance && side_left < -0.5 * distance &&
          side_right > 0.5 * distance))
        return PV_OK;
    out->chin = chin;
    out->crown = chin - HEAD_PER_FACE * (chin - hair_line);
    out->side_left = side_left;
    out->side_right = side_right;
    return PV_OK;
}

pv_point pv_head_to_picture(const pv_head *head, double u, double v)
{
    return (pv_point){(float)(head->origin_x + u * head->axis_x - v * head->axis_y),
                      (float)(head->origin_y + u * head->axis_y + v * head->axis_x)};
}

static double grid_step(const pv_head *head)
{
    return GRID_PER_HEAD * (head->chin - head->crown) / PV_SEGMENT_SIDE;
}

pv_affine pv_head_grid(const pv_head *head)
{
    double c = grid_step(head) * head->axis_x;
    double s = grid_step(head) * head->axis_y;
    double x = PV_SEGMENT_EYE_X * PV_SEGMENT_SIDE - 0.5;
    double y = PV_SEGMENT_EYE_Y * PV_SEGMENT_SIDE - 0.5;
    return (pv_affine){.xx = c,
                       .xy = -s,
                       .x0 = head->origin_x - c * x + s * y,
                       .yx = s,
                       .yy = c,
                       .y0 = head->origin_y - s * x - c * y};
}

/* The share of the person at a point; beyond the grid that of its border. */
static float share_at(const float *alpha, double step, double u, double v)
{
    double x = u / step + PV_SEGMENT_EYE_X * PV_SEGMENT_SIDE - 0.5;
    double y = v / step + PV_SEGMENT_EYE_Y * PV_SEGMENT_SIDE - 0.5;
    int column = (int)fmin(PV_SEGMENT_SIDE - 1, fmax(0.0, x + 0.5));
    int row = (int)fmin(PV_SEGMENT_SIDE - 1, fmax(0.0, y + 0.5));
    return alpha[row * PV_SEGMENT_SIDE + column];
}

/* v of the highest row of the grid that shows the person between two u; 0 where none does. */
static double top_between(const float *alpha, double step, double from, double to)
{
    for (int row = 0; row < PV_SEGMENT_SIDE; row++) {
        double v = (row - (PV_SEGMENT_EYE_Y * PV_SEGMENT_SIDE - 0.5)) * step;
        if (v >= 0.0)
            break;
        for (double u = from; u <= to; u += step)
            if (share_at(alpha, step, u, v) >= 0.5F)
                return v;
    }
    return 0.0;
}

/* What the search looks at. */
typedef struct search {
    const pv_head *head;
    const float *alpha;
    double step;                  /* of the grid */
    double hair;                  /* v of the highest hair */
    double hair_left, hair_right; /* u of the widest, above the chin */
    int width;
    int height;
} search;

/* Where the person ends above and beside the head; the sides count down to the mouth, where long
 * hair still hangs but no shoulder begins. */
static void find_hair(search *s)
{
    const pv_head *head = s->head;
    double reach = 0.8 * (head->side_right - head->side_left);
    s->hair = fmin(head->crown, top_between(s->alpha, s->step, -reach, reach));
    s->hair_left = head->side_left;
    s->hair_right = head->side_right;
    for (double v = s->hair; v < 0.5 * head->chin; v += s->step) {
        for (double u = 0.0; u > -reach && share_at(s->alpha, s->step, u, v) >= 0.5F; u -= s->step)
            s->hair_left = fmin(s->hair_left, u);
        for (double u = 0.0; u < reach && share_at(s->alpha, s->step, u, v) >= 0.5F; u += s->step)
            s->hair_right = fmax(s->hair_right, u);
    }
}

static bool person_beyond(const search *s, double u, double v)
{
    pv_point p = pv_head_to_picture(s->head, u, v);
    double x = fmin(fmax(p.x, 0.0), s->width - 1);
    double y = fmin(fmax(p.y, 0.0), s->height - 1);
    if (fabs(x - p.x) <= 0.5 && fabs(y - p.y) <= 0.5)
        return false;
    /* the border's nearest point, a little inside so that the silhouette's own border counts */
    double dx = x - s->head->origin_x;
    double dy = y - s->head->origin_y;
    double near_u = dx * s->head->axis_x + dy * s->head->axis_y;
    double near_v = dy * s->head->axis_x - dx * s->head->axis_y;
    double inward = 1.5 * s->step / fmax(1e-6, hypot(near_u, near_v));
    return share_at(s->alpha, s->step, near_u * (1 - inward), near_v * (1 - inward)) >= 0.5F;
}

/* On a lattice that reaches to the frame's border (`to_border`), so that the narrowest missing
 * strip counts as much as a row, or on one that stays half a step inside. */
static pv_frame_loss measure_loss(const search *s, const pv_frame *frame, int rows, bool to_border)
{
    int columns = (int)(rows * frame->width / frame->height);
    double inset = to_border ? 0.0 : 0.5;
    int head = 0;
    int body = 0;
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            double u = frame->left + (column + inset) / (columns - 1 + 2 * inset) * frame->width;
            double v = frame->top + (row + inset) / (rows - 1 + 2 * inset) * frame->height;
            if (!person_beyond(s, u, v))
                continue;
            if (v < s->head->chin)
                head++;
            else
                body++;
        }
    }
    return (pv_frame_loss){(double)head / (rows * columns), (double)body / (rows * columns)};
}

pv_frame_loss pv_frame_measure_loss(const pv_frame *frame, const pv_head *head, const float *alpha,
                                    int width, int height, int rows)
{
    const search s = {
        .head = head, .alpha = alpha, .step = grid_step(head), .width = width, .height = height};
    return measure_loss(&s, frame, rows, false);
}

static double squared(double value, double best, double unit)
{
    return (value - best) / unit * ((value - best) / unit);
}

/* How far the frame is from the best one; the loss of picture comes on top. */
static double deviation(const search *s, const pv_frame *frame, double up, double across)
{
    const pv_head *head = s->head;
    double cost =
        squared((head->chin - head->crown) / frame->height, HEAD_HEIGHT_BEST, HEAD_HEIGHT_UNIT) +
        squared((head->side_right - head->side_left) / frame->width, HEAD_WIDTH_BEST,
                HEAD_WIDTH_UNIT) +
        squared(up, EYES_UP_BEST, EYES_UP_UNIT) +
        squared(across, EYES_ACROSS_BEST, EYES_ACROSS_UNIT) +
        /* of a head that is a little turned the eyes are not the middle */
        squared(across + (head->side_left + head->side_right) / 2 / frame->width, 0.5,
                HEAD_ACROSS_UNIT);
    double over = (frame->top - s->hair) / frame->height + HAIR_MARGIN;
    if (over > 0.0)
        cost += squared(over, 0.0, HAIR_UNIT);
    double beside = fmax(frame->left - s->hair_left, s->hair_right - frame->left - frame->width);
    if (beside > 0.0)
        cost += squared(beside / frame->width, 0.0, HAIR_SIDE_UNIT);
    return cost;
}

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

static bool choose_full_frontal(const search *s, pv_frame *out)
{
    const pv_head *head = s->head;
    double tall = head->chin - head->crown;
    double wide = head->side_right - head->side_left;
    double least = fmax(tall / HEAD_HEIGHT_MOST, wide / HEAD_WIDTH_MOST * SHAPE);
    double most = fmin(tall / HEAD_HEIGHT_LEAST, wide / HEAD_WIDTH_LEAST * SHAPE);
    bool fits = least <= most;
    if (!fits)
        least = most = (least + most) / 2;
    double best = INFINITY;
    for (int i = 0; i <= 12; i++) {
        double height = least + (most - least) * i / 12;
        for (int j = 0; j <= 13; j++) {
            double up = EYES_UP_LEAST + (EYES_UP_MOST - EYES_UP_LEAST) * j / 13;
            for (int k = -2; k <= 2; k++) {
                double across = EYES_ACROSS_BEST + EYES_ACROSS_SPAN * k / 2;
                pv_frame frame = {.left = -across * height / SHAPE,
                                  .top = -(1.0 - up) * height,
                                  .width = height / SHAPE,
                                  .height = height};
                double cost = deviation(s, &frame, up, across);
                if (frame.top > head->crown || cost >= best)
                    continue;
                pv_frame_loss loss = measure_loss(s, &frame, SEARCH_ROWS, true);
                cost += (loss.head + loss.body) / LOSS_UNIT;
                if (cost < best) {
                    best = cost;
                    *out = frame;
                }
            }
        }
    }
    if (isfinite(best))
        return fits;
    double height = clamp(tall / HEAD_HEIGHT_BEST, fmin(least, most), fmax(least, most));
    *out = (pv_frame){.left = -0.5 * height / SHAPE,
                      .top = -(1.0 - EYES_UP_BEST) * height,
                      .width = height / SHAPE,
                      .height = height};
    return false;
}

bool pv_frame_choose(pv_portrait_format format, const pv_head *head, const float *alpha, int width,
                     int height, pv_frame *out)
{
    if (format == PV_PORTRAIT_TOKEN) {
        double across = 4.0 * head->eye_distance;
        *out = (pv_frame){.left = -0.5 * across,
                          .top = -0.6 * across,
                          .width = across,
                          .height = across * 4.0 / 3.0};
        return true;
    }
    search s = {
        .head = head, .alpha = alpha, .step = grid_step(head), .width = width, .height = height};
    find_hair(&s);
    return choose_full_frontal(&s, out);
}
