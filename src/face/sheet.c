#include "face/sheet.h"

#include <math.h>
#include <stdlib.h>

/* The canvas: upright by the eyes, the face FACE pixels large (the side of a square of its box's
 * area) in the middle. A card is up to seven faces wide. */
#define SIDE 256
#define AREA ((size_t)SIDE * SIDE)
#define FACE 18
#define MIDDLE (SIDE / 2)

#define LEAST_STEP 7.0F /* between neighbours but one, of values 0..255 */
#define SLOPES 19       /* from -0.36 to 0.36 */
#define SLOPE_STEP 0.04
#define GAP 5 /* pixels of a side that a finger or a glare may hide */
#define LEAST_RUN (FACE * 3 / 2)
#define NEAREST_ROW 11   /* from the face's middle to the border above or below: past the chin */
#define NEAREST_COLUMN 8 /* and at the sides */
#define KEPT 8           /* candidates of a side */
#define BEYOND 9         /* pixels past a corner, where the side must have ended */
#define BLACK 10.0F      /* of 255: bars around a picture are no card's surroundings */

/* An edge picture of one direction: 1 and -1 by which side is brighter, else 0. Lines are looked
 * for along rows; columns are looked for along the rows of the transposed picture. */
typedef struct edges {
    signed char *marks;
} edges;

/* y = at + slope * (x - MIDDLE), with edge pixels from `first` to `last`. */
typedef struct line {
    double at;
    double slope;
    int hits;
    int sign;
} line;

typedef struct line_list {
    line lines[KEPT];
    size_t count;
} line_list;

static pv_status make_canvas(pv_image *image, const pv_face *face, float *rgb)
{
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    double dx = (double)left->x - right->x;
    double dy = (double)left->y - right->y;
    double apart = hypot(dx, dy);
    double width = (double)face->right - face->left;
    double height = (double)face->bottom - face->top;
    double step = sqrt(fmax(width * height, 1.0)) / FACE;
    double c = apart > 1e-3 ? dx / apart * step : step;
    double n = apart > 1e-3 ? dy / apart * step : 0.0;
    double x = ((double)face->left + face->right) / 2;
    double y = ((double)face->top + face->bottom) / 2;
    const pv_affine map = {.xx = c,
                           .xy = -n,
                           .x0 = x - c * MIDDLE + n * MIDDLE,
                           .yx = n,
                           .yy = c,
                           .y0 = y - n * MIDDLE - c * MIDDLE};
    const pv_planar target = {.data = rgb, .width = SIDE, .height = SIDE, .scale = 1.0F};
    return pv_image_warp(image, &map, &target);
}

static bool is_black(const float *rgb, size_t at)
{
    return rgb[at] < BLACK && rgb[AREA + at] < BLACK && rgb[2 * AREA + at] < BLACK;
}

/* The step, from one neighbour to the other, of the channel that changes most. */
static float step_between(const float *rgb, size_t a, size_t b)
{
    float step = 0.0F;
    for (size_t c = 0; c < 3; c++) {
        float d = rgb[c * AREA + b] - rgb[c * AREA + a];
        step = fabsf(d) > fabsf(step) ? d : step;
    }
    return step;
}

/* Bars around a picture are sharp only before compression, so black is looked for further out. */
static bool beside_black(const float *rgb, size_t at, size_t stride)
{
    return is_black(rgb, at - 3 * stride) || is_black(rgb, at + 3 * stride) ||
           is_black(rgb, at - stride) || is_black(rgb, at + stride);
}

static signed char mark(const float *rgb, float along, float step, size_t at, size_t stride)
{
    if (fabsf(step) < LEAST_STEP || fabsf(step) < 1.7F * fabsf(along) ||
        beside_black(rgb, at, stride))
        return 0;
    return step > 0 ? 1 : -1;
}

static void mark_edges(const float *rgb, edges *rows, edges *columns)
{
    for (size_t y = 3; y < SIDE - 3; y++) {
        for (size_t x = 3; x < SIDE - 3; x++) {
            size_t at = y * SIDE + x;
            float down = step_between(rgb, at - SIDE, at + SIDE);
            float across = step_between(rgb, at - 1, at + 1);
            rows->marks[at] = mark(rgb, across, down, at, SIDE);
            columns->marks[x * SIDE + y] = mark(rgb, down, across, at, 1);
        }
    }
}

static bool hit(const edges *picture, double at, double slope, int x, int sign)
{
    int y = (int)lround(at + slope * (x - MIDDLE));
    if (y < 1 || y >= SIDE - 1)
        return false;
    const signed char *p = picture->marks + (size_t)y * SIDE + (size_t)x;
    return p[0] == sign || p[-SIDE] == sign || p[SIDE] == sign;
}

/* Follows the line from the face's middle in one direction until GAP pixels miss; hits and length
 * are added up. */
static int follow(const edges *picture, const line *along, int direction, int *hits)
{
    int end = MIDDLE;
    for (int x = MIDDLE, missed = 0; x > 0 && x < SIDE - 1 && missed <= GAP; x += direction) {
        if (hit(picture, along->at, along->slope, x, along->sign)) {
            end = x;
            missed = 0;
            ++*hits;
        } else {
            missed++;
        }
    }
    return end;
}

/* Keeps the longest; of near neighbours only the better. */
static void keep(line_list *list, const line *candidate)
{
    size_t worst = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (fabs(list->lines[i].at - candidate->at) <= 3.0) {
            if (candidate->hits > list->lines[i].hits)
                list->lines[i] = *candidate;
            return;
        }
        if (list->lines[i].hits < list->lines[worst].hits)
            worst = i;
    }
    if (list->count < KEPT)
        list->lines[list->count++] = *candidate;
    else if (candidate->hits > list->lines[worst].hits)
        list->lines[worst] = *candidate;
}

/* Sides before (above, left of) and behind (below, right of) the face. */
static void find_lines(const edges *picture, int nearest, line_list *before, line_list *behind)
{
    for (int at = 2; at < SIDE - 2; at++) {
        if (abs(at - MIDDLE) < nearest)
            continue;
        for (int s = 0; s < 2 * SLOPES; s++) {
            line found = {
                .at = at, .slope = (s / 2 - SLOPES / 2) * SLOPE_STEP, .sign = s % 2 ? 1 : -1};
            int last = follow(picture, &found, 1, &found.hits);
            int run = last - follow(picture, &found, -1, &found.hits);
            if (run >= LEAST_RUN && found.hits * 10 >= run * 7)
                keep(at < MIDDLE ? before : behind, &found);
        }
    }
}

/* Where a line along x meets one along y. */
static void meet(const line *along_x, const line *along_y, double *x, double *y)
{
    /* y = a + s (x - M), x = b + t (y - M) */
    double u = (along_y->at - MIDDLE + along_y->slope * (along_x->at - MIDDLE)) /
               (1.0 - along_y->slope * along_x->slope);
    *x = u + MIDDLE;
    *y = along_x->at + along_x->slope * u;
}

/* Share of edge pixels on the line from x = first to last. */
static double share(const edges *picture, const line *along, double first, double last)
{
    int from = (int)fmax(ceil(first), 1.0);
    int to = (int)fmin(floor(last), SIDE - 2.0);
    int hits = 0;
    for (int x = from; x <= to; x++)
        hits += hit(picture, along->at, along->slope, x, along->sign);
    return to >= from ? (double)hits / (to - from + 1) : 0.0;
}

static double limited(double value)
{
    return fmin(fmax(value, 0.0), 1.0);
}

/* A side counts as far as it is unbroken between its corners and ends there: what belongs to the
 * room goes on behind the head. */
static double side_quality(const edges *picture, const line *along, double first, double last)
{
    if (last - first < LEAST_RUN || first < 2.0 || last > SIDE - 3.0)
        return 0.0;
    double whole = limited((share(picture, along, first + 1, last - 1) - 0.5) / 0.4);
    if (whole == 0.0)
        return 0.0;
    double past = (share(picture, along, first - BEYOND, first - 2) +
                   share(picture, along, last + 2, last + BEYOND)) /
                  2;
    return whole * limited(1.4 * (1.0 - past));
}

/* Three good sides make a rectangle; the fourth may be under a hand. */
static double rectangle(const edges *rows, const edges *columns, const line *top,
                        const line *bottom, const line *left, const line *right)
{
    double x[4];
    double y[4];
    meet(top, left, &x[0], &y[0]);
    meet(top, right, &x[1], &y[1]);
    meet(bottom, left, &x[2], &y[2]);
    meet(bottom, right, &x[3], &y[3]);
    const double sides[4] = {
        side_quality(rows, top, x[0], x[1]), side_quality(rows, bottom, x[2], x[3]),
        side_quality(columns, left, y[0], y[2]), side_quality(columns, right, y[1], y[3])};
    double sum = 0.0;
    double least = 1.0;
    for (int i = 0; i < 4; i++) {
        sum += sides[i];
        least = fmin(least, sides[i]);
    }
    return 0.85 * (sum - least) / 3.0 + 0.15 * least;
}

/* The candidates for the sides, and the pictures that they were found in. */
typedef struct sides {
    edges rows;
    edges columns;
    line_list top, bottom, left, right;
} sides;

static double best_rectangle(const sides *of)
{
    double best = 0.0;
    for (size_t t = 0; t < of->top.count; t++)
        for (size_t b = 0; b < of->bottom.count; b++)
            for (size_t l = 0; l < of->left.count; l++)
                for (size_t r = 0; r < of->right.count; r++)
                    best = fmax(best, rectangle(&of->rows, &of->columns, &of->top.lines[t],
                                                &of->bottom.lines[b], &of->left.lines[l],
                                                &of->right.lines[r]));
    return best;
}

pv_status pv_sheet_measure(pv_image *image, const pv_face *face, float *out)
{
    float *rgb = pv_arena_take(image->arena, 3 * AREA, sizeof *rgb);
    sides found = {.rows.marks = pv_arena_take(image->arena, AREA, 1),
                   .columns.marks = pv_arena_take(image->arena, AREA, 1)};
    if (!rgb || !found.rows.marks || !found.columns.marks)
        return PV_ERROR_GENERIC;
    pv_status status = make_canvas(image, face, rgb);
    if (status != PV_OK)
        return status;
    mark_edges(rgb, &found.rows, &found.columns);
    find_lines(&found.rows, NEAREST_ROW, &found.top, &found.bottom);
    find_lines(&found.columns, NEAREST_COLUMN, &found.left, &found.right);
    *out = (float)best_rectangle(&found);
    return PV_OK;
}
