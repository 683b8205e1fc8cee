#include "document/ocr_page.h"

#include <math.h>
#include <string.h>

#define SAMPLES 6         /* lines that are read both ways */
#define SAMPLE_RATIO 2.5F /* width by height, at least: long enough to say something */
#define SAMPLE_WIDE 14.0F /* longer ones cost more than they say */
#define AXIS_RATIO 1.5F   /* of boxes whose shape says in which direction they run */
#define ACROSS_RATIO 1.5F /* a box higher than this many widths runs across the page */
/* In heights of a box, for boxes of one line: */
#define GAP_MOST 0.5F  /* between them, or overlap */
#define STEP_MOST 0.3F /* from the upper edge of one to that of the next, and of the lower ones */

static const float directions[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};

static float ratio_of(const pv_text_box *box)
{
    float height = pv_text_box_height(box);
    return height > 0.0F ? pv_text_box_width(box) / height : 0.0F;
}

/* How far a box, read after so many quarters, runs in the direction. */
static float advance(const pv_text_box *box, int quarters, int turn)
{
    const pv_text_box turned = pv_text_box_turn(box, quarters);
    return (turned.corners[1].x - turned.corners[0].x) * directions[turn][0] +
           (turned.corners[1].y - turned.corners[0].y) * directions[turn][1];
}

/* The box as a page of that turn is read: its side nearest to the direction. */
static pv_text_box align(const pv_text_box *box, int turn)
{
    int best = 0;
    float most = -INFINITY;
    for (int quarters = 0; quarters < 4; quarters++) {
        const pv_text_box turned = pv_text_box_turn(box, quarters);
        float share = advance(box, quarters, turn) / fmaxf(pv_text_box_width(&turned), 1e-6F);
        if (share > most) {
            most = share;
            best = quarters;
        }
    }
    return pv_text_box_turn(box, best);
}

/* Whether most text runs up or down. */
static bool runs_upright(const pv_text_box *boxes, size_t count)
{
    float across = 0.0F;
    float along = 0.0F;
    for (size_t i = 0; i < count; i++) {
        if (ratio_of(&boxes[i]) < AXIS_RATIO)
            continue;
        across += fabsf(boxes[i].corners[1].x - boxes[i].corners[0].x);
        along += fabsf(boxes[i].corners[1].y - boxes[i].corners[0].y);
    }
    return along > across;
}

/* The next best box to read both ways: the highest of the right length, as high ones read best. */
static const pv_text_box *next_sample(const pv_text_box *boxes, size_t count, int turn,
                                      const pv_text_box *const *taken, int taken_count)
{
    const pv_text_box *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const pv_text_box box = align(&boxes[i], turn);
        bool used = ratio_of(&box) < SAMPLE_RATIO || ratio_of(&box) > SAMPLE_WIDE;
        for (int k = 0; k < taken_count; k++)
            used |= taken[k] == &boxes[i];
        if (!used && (!best || pv_text_box_height(&box) > pv_text_box_height(best)))
            best = &boxes[i];
    }
    return best;
}

/* How well a box reads: its confidence, more for longer texts. */
static pv_status weigh(pv_runtime *runtime, pv_image *page, const pv_text_box *box, int turn,
                       float *sum)
{
    const pv_text_box turned = align(box, turn);
    pv_text_line line;
    pv_status status = pv_ocr_read(runtime, page, &turned, NULL, &line);
    if (status == PV_OK)
        *sum += line.confidence * sqrtf((float)line.count);
    return status;
}

pv_status pv_ocr_find_turn(pv_runtime *runtime, pv_image *page, const pv_text_box *boxes,
                           size_t count, pv_ocr_turn *out)
{
    const pv_text_box *taken[SAMPLES];
    int upright = runs_upright(boxes, count) ? 1 : 0;
    float first = 0.0F;
    float second = 0.0F;
    pv_status status = PV_OK;
    for (int i = 0; status == PV_OK && i < SAMPLES; i++) {
        taken[i] = next_sample(boxes, count, upright, taken, i);
        if (!taken[i])
            break;
        status = weigh(runtime, page, taken[i], upright, &first);
        if (status == PV_OK)
            status = weigh(runtime, page, taken[i], upright + 2, &second);
    }
    *out = (pv_ocr_turn){.quarters = second > first ? upright + 2 : upright};
    if (first + second > 0.0F)
        out->confidence = fabsf(first - second) / (first + second);
    else
        out->quarters = 0;
    return status;
}

/* Whether `next` goes on where `box` ends, both aligned to the turn. */
static bool follows(const pv_text_box *box, const pv_text_box *next, int turn)
{
    const float *along = directions[turn];
    const pv_point *end = &box->corners[1];
    const pv_point *start = &next->corners[0];
    float height = pv_text_box_height(box);
    float higher = fmaxf(height, pv_text_box_height(next));
    float gap = (start->x - end->x) * along[0] + (start->y - end->y) * along[1];
    float above = (start->y - end->y) * along[0] - (start->x - end->x) * along[1];
    const pv_point *low_end = &box->corners[2];
    const pv_point *low_start = &next->corners[3];
    float below = (low_start->y - low_end->y) * along[0] - (low_start->x - low_end->x) * along[1];
    return fabsf(gap) <= GAP_MOST * higher && fabsf(above) <= STEP_MOST * higher &&
           fabsf(below) <= STEP_MOST * higher;
}

/* The box that goes on where another ends; `count` for none. */
static size_t find_next(const pv_text_box *boxes, size_t count, size_t box, int turn)
{
    size_t next = 0;
    while (next < count && (next == box || !follows(&boxes[box], &boxes[next], turn)))
        next++;
    return next;
}

static void join_boxes(pv_text_box *boxes, size_t *count, int turn)
{
    for (size_t i = 0; i < *count; i++) {
        for (size_t next; (next = find_next(boxes, *count, i, turn)) < *count;) {
            boxes[i].corners[1] = boxes[next].corners[1];
            boxes[i].corners[2] = boxes[next].corners[2];
            boxes[i].score = fminf(boxes[i].score, boxes[next].score);
            (*count)--;
            memmove(&boxes[next], &boxes[next + 1], (*count - next) * sizeof *boxes);
            i -= next < i;
        }
    }
}

static void sort_down(pv_text_box *boxes, size_t count, int turn)
{
    const float *along = directions[turn];
    for (size_t i = 1; i < count; i++) {
        const pv_text_box box = boxes[i];
        float y = box.corners[0].y * along[0] - box.corners[0].x * along[1];
        size_t place = i;
        for (; place > 0; place--) {
            const pv_point *above = &boxes[place - 1].corners[0];
            if (above->y * along[0] - above->x * along[1] <= y)
                break;
            boxes[place] = boxes[place - 1];
        }
        boxes[place] = box;
    }
}

pv_status pv_ocr_read_lines(pv_runtime *runtime, pv_image *page, const pv_text_box *boxes,
                            size_t box_count, int turn, pv_text_line **out, size_t *count)
{
    pv_status status = PV_OK;
    size_t kept = 0;
    *count = 0;
    *out = pv_arena_take(page->arena, box_count + 1, sizeof **out);
    pv_text_box *aligned = pv_arena_take(page->arena, box_count + 1, sizeof *aligned);
    if (!*out || !aligned)
        return PV_ERROR_GENERIC;
    for (size_t i = 0; i < box_count; i++) {
        aligned[kept] = align(&boxes[i], turn);
        kept +=
            pv_text_box_height(&aligned[kept]) <= ACROSS_RATIO * pv_text_box_width(&aligned[kept]);
    }
    join_boxes(aligned, &kept, turn);
    sort_down(aligned, kept, turn);
    for (size_t i = 0; status == PV_OK && i < kept; i++) {
        status = pv_ocr_read(runtime, page, &aligned[i], NULL, &(*out)[*count]);
        *count += (*out)[*count].count > 0;
    }
    return status;
}

pv_status pv_ocr_page(pv_runtime *runtime, pv_image *page, pv_ocr_found *found, int turn,
                      pv_ocr_turn *told, pv_text_line **out, size_t *count)
{
    const pv_text_box *boxes;
    size_t box_count = 0;
    *count = 0;
    *told = (pv_ocr_turn){.quarters = turn, .confidence = 1.0F};
    pv_status status = PV_OK;
    if (turn == PV_OCR_TURN_UNKNOWN) {
        status = pv_ocr_find(runtime, page, 0, found, &boxes, &box_count);
        if (status == PV_OK)
            status = pv_ocr_find_turn(runtime, page, boxes, box_count, told);
    }
    if (status == PV_OK)
        status = pv_ocr_find(runtime, page, told->quarters, found, &boxes, &box_count);
    if (status != PV_OK)
        return status;
    return pv_ocr_read_lines(runtime, page, boxes, box_count, told->quarters, out, count);
}
