#include "document/ocr_boxes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of M. Liao and others, "Real-time Scene Text Detection with Differentiable Binarization", AAAI
 * 2020: pixels above the first threshold are text, regions whose rectangle has a mean above the
 * second are lines, and as lines are shrunk in the map, each side is moved out by
 * area * GROWTH / perimeter. */
#define PIXEL_LEAST 0.3F
#define SCORE_LEAST 0.5F
#define GROWTH 1.6F
#define SIDE_LEAST 2.5F      /* of a region's rectangle, in pixels of the map */
#define CANDIDATES_MOST 1000 /* regions that are looked at */
#define UPRIGHT_RATIO 1.5F   /* a box higher than this many widths is read downwards */

typedef struct flood {
    const float *map;
    int width, height;
    bool *seen;
    int *queue;        /* pixels of a region, in the order they were reached */
    int *left, *right; /* of the region in each row */
    pv_point *points, *room;
} flood;

static float cross(pv_point origin, pv_point a, pv_point b)
{
    return (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x);
}

/* Andrew's monotone chain; writes at most 2 * count points. */
static size_t convex_hull(const pv_point *points, size_t count, pv_point *hull)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        while (size >= 2 && cross(hull[size - 2], hull[size - 1], points[i]) <= 0.0F)
            size--;
        hull[size++] = points[i];
    }
    size_t lower = size;
    for (size_t i = count - 1; i-- > 0;) {
        while (size > lower && cross(hull[size - 2], hull[size - 1], points[i]) <= 0.0F)
            size--;
        hull[size++] = points[i];
    }
    return size > 1 ? size - 1 : size; /* the last point is the first one again */
}

/* The rectangle around the hull that has a side along (ux, uy). */
static pv_rectangle rectangle_along(const pv_point *hull, size_t count, float ux, float uy)
{
    float from_u = INFINITY;
    float to_u = -INFINITY;
    float from_v = INFINITY;
    float to_v = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        float u = hull[i].x * ux + hull[i].y * uy;
        float v = hull[i].y * ux - hull[i].x * uy;
        from_u = fminf(from_u, u);
        to_u = fmaxf(to_u, u);
        from_v = fminf(from_v, v);
        to_v = fmaxf(to_v, v);
    }
    float u = (from_u + to_u) / 2.0F;
    float v = (from_v + to_v) / 2.0F;
    return (pv_rectangle){.centre = {u * ux - v * uy, u * uy + v * ux},
                          .ux = ux,
                          .uy = uy,
                          .width = to_u - from_u,
                          .height = to_v - from_v};
}

pv_rectangle pv_rectangle_around(const pv_point *points, size_t count, pv_point *room)
{
    size_t size = convex_hull(points, count, room);
    pv_rectangle best = rectangle_along(room, size, 1.0F, 0.0F);
    for (size_t i = 0; i < size; i++) {
        const pv_point *a = &room[i];
        const pv_point *b = &room[(i + 1) % size];
        float length = hypotf(b->x - a->x, b->y - a->y);
        if (!(length > 0.0F))
            continue;
        pv_rectangle next =
            rectangle_along(room, size, (b->x - a->x) / length, (b->y - a->y) / length);
        if (next.width * next.height < best.width * best.height)
            best = next;
    }
    return best;
}

/* The mean of the map in the rectangle; pixels count by their centres. */
static float mean_within(const flood *f, const pv_rectangle *box)
{
    float reach_x = fabsf(box->ux) * box->width / 2 + fabsf(box->uy) * box->height / 2;
    float reach_y = fabsf(box->uy) * box->width / 2 + fabsf(box->ux) * box->height / 2;
    int left = (int)fmaxf(ceilf(box->centre.x - reach_x), 0.0F);
    int top = (int)fmaxf(ceilf(box->centre.y - reach_y), 0.0F);
    int right = (int)fminf(floorf(box->centre.x + reach_x), (float)f->width - 1.0F);
    int bottom = (int)fminf(floorf(box->centre.y + reach_y), (float)f->height - 1.0F);
    double sum = 0.0;
    size_t count = 0;
    for (int y = top; y <= bottom; y++) {
        const float *row = f->map + (size_t)y * (size_t)f->width;
        for (int x = left; x <= right; x++) {
            float dx = (float)x - box->centre.x;
            float dy = (float)y - box->centre.y;
            if (fabsf(dx * box->ux + dy * box->uy) > box->width / 2 ||
                fabsf(dy * box->ux - dx * box->uy) > box->height / 2)
                continue;
            sum += (double)row[x];
            count++;
        }
    }
    return count > 0 ? (float)(sum / (double)count) : 0.0F;
}

static void reach(flood *f, int x, int y, size_t *tail)
{
    int at = y * f->width + x;
    if (f->seen[at] || !(f->map[at] > PIXEL_LEAST))
        return;
    f->seen[at] = true;
    f->queue[(*tail)++] = at;
}

/* The region of a pixel, neighbours in all eight directions, as the ends of its rows: points sorted
 * by y, then by x. */
static size_t collect_region(flood *f, int start)
{
    size_t tail = 0;
    int top = f->height;
    int bottom = -1;
    reach(f, start % f->width, start / f->width, &tail);
    for (size_t head = 0; head < tail; head++) {
        int x = f->queue[head] % f->width;
        int y = f->queue[head] / f->width;
        top = y < top ? y : top;
        bottom = y > bottom ? y : bottom;
        if (f->left[y] < 0 || x < f->left[y])
            f->left[y] = x;
        if (x > f->right[y])
            f->right[y] = x;
        for (int ny = y > 0 ? y - 1 : y; ny <= y + 1 && ny < f->height; ny++)
            for (int nx = x > 0 ? x - 1 : x; nx <= x + 1 && nx < f->width; nx++)
                reach(f, nx, ny, &tail);
    }
    size_t count = 0;
    for (int y = top; y <= bottom; y++) {
        f->points[count++] = (pv_point){(float)f->left[y], (float)y};
        if (f->right[y] > f->left[y])
            f->points[count++] = (pv_point){(float)f->right[y], (float)y};
        f->left[y] = f->right[y] = -1;
    }
    return count;
}

/* Turns the axes by quarters until the width runs along the text: to the right, or downwards where
 * the box is much higher than wide. */
static void orient(pv_rectangle *box)
{
    if (fabsf(box->ux) < fabsf(box->uy)) {
        *box = (pv_rectangle){.centre = box->centre,
                              .ux = -box->uy,
                              .uy = box->ux,
                              .width = box->height,
                              .height = box->width};
    }
    if (box->ux < 0.0F) {
        box->ux = -box->ux;
        box->uy = -box->uy;
    }
    if (box->height > UPRIGHT_RATIO * box->width)
        *box = (pv_rectangle){.centre = box->centre,
                              .ux = -box->uy,
                              .uy = box->ux,
                              .width = box->height,
                              .height = box->width};
}

static void set_corners(const pv_rectangle *box, pv_point corners[4])
{
    static const float sides[4][2] = {{-0.5F, -0.5F}, {0.5F, -0.5F}, {0.5F, 0.5F}, {-0.5F, 0.5F}};
    for (int i = 0; i < 4; i++) {
        float u = sides[i][0] * box->width;
        float v = sides[i][1] * box->height;
        corners[i] = (pv_point){box->centre.x + u * box->ux - v * box->uy,
                                box->centre.y + u * box->uy + v * box->ux};
    }
}

/* Whether the region is a line. */
static bool make_box(const flood *f, size_t points, pv_text_box *out)
{
    pv_rectangle box = pv_rectangle_around(f->points, points, f->room);
    if (fminf(box.width, box.height) < SIDE_LEAST)
        return false;
    out->score = mean_within(f, &box);
    if (!(out->score >= SCORE_LEAST))
        return false;
    float growth = 2.0F * box.width * box.height * GROWTH / (2.0F * (box.width + box.height));
    box.width += growth;
    box.height += growth;
    orient(&box);
    set_corners(&box, out->corners);
    return true;
}

static int by_score(const void *a, const void *b)
{
    float first = ((const pv_text_box *)a)->score;
    float second = ((const pv_text_box *)b)->score;
    return first > second ? -1 : first < second;
}

static pv_status make_flood(const float *map, int width, int height, pv_arena *arena, flood *out)
{
    size_t pixels = (size_t)width * (size_t)height;
    size_t rows = (size_t)height;
    *out = (flood){.map = map, .width = width, .height = height};
    out->seen = pv_arena_take(arena, pixels, sizeof *out->seen);
    out->queue = pv_arena_take(arena, pixels, sizeof *out->queue);
    out->left = pv_arena_take(arena, rows, sizeof *out->left);
    out->right = pv_arena_take(arena, rows, sizeof *out->right);
    out->points = pv_arena_take(arena, 2 * rows, sizeof *out->points);
    out->room = pv_arena_take(arena, 4 * rows, sizeof *out->room);
    if (!out->seen || !out->queue || !out->left || !out->right || !out->points || !out->room)
        return PV_ERROR_GENERIC;
    for (size_t y = 0; y < rows; y++)
        out->left[y] = out->right[y] = -1;
    return PV_OK;
}

pv_status pv_ocr_boxes_from_map(const float *map, int width, int height, pv_arena *arena,
                                pv_text_box **out, size_t *count)
{
    flood f;
    pv_status status = make_flood(map, width, height, arena, &f);
    pv_text_box *boxes = pv_arena_take(arena, CANDIDATES_MOST, sizeof *boxes);
    if (status != PV_OK || !boxes)
        return PV_ERROR_GENERIC;
    size_t found = 0;
    size_t looked_at = 0;
    for (int i = 0; i < width * height && looked_at < CANDIDATES_MOST; i++) {
        if (f.seen[i] || !(map[i] > PIXEL_LEAST))
            continue;
        looked_at++;
        if (make_box(&f, collect_region(&f, i), &boxes[found]))
            found++;
    }
    qsort(boxes, found, sizeof *boxes, by_score);
    *out = boxes;
    *count = found < PV_OCR_BOXES_MOST ? found : PV_OCR_BOXES_MOST;
    return PV_OK;
}
