#include "document/mrz_find.h"

#include <math.h>
#include <stdlib.h>

#define SEED_RATIO 7.0F   /* width by height of a box that may be most of a line */
#define HEIGHT_RATIO 1.7F /* of two boxes of one zone, at most */
#define TURN_MOST 0.12F   /* sine of the angle between two boxes of one zone */
#define ROW_GAP 0.55F     /* of a box's height: what is nearer is one row */
#define REACH 8.0F        /* heights above and below the seed that are looked at */
#define CAP_SHARE 0.62F   /* of a box's height that a capital takes */
#define MARGIN 2.0F       /* heights that strips go on beyond the boxes */

/* A box as the seed sees it. */
typedef struct piece {
    float from, to; /* along */
    float below;
    float height;
    float slope;
} piece;

typedef struct row {
    float from, to, below, height, weight;
} row;

static float ratio_of(const pv_text_box *box)
{
    return pv_text_box_width(box) / fmaxf(pv_text_box_height(box), 1.0F);
}

static pv_mrz_strip strip_of(const pv_text_box *box)
{
    const pv_point *c = box->corners;
    float width = fmaxf(pv_text_box_width(box), 1.0F);
    return (pv_mrz_strip){.start = {(c[0].x + c[3].x) / 2.0F, (c[0].y + c[3].y) / 2.0F},
                          .ux = (c[1].x - c[0].x) / width,
                          .uy = (c[1].y - c[0].y) / width,
                          .length = width,
                          .cap = CAP_SHARE * pv_text_box_height(box)};
}

/* False where the box cannot be of the seed's zone. */
static bool see(const pv_mrz_strip *seed, float seed_height, const pv_text_box *box, piece *out)
{
    pv_mrz_strip other = strip_of(box);
    float height = pv_text_box_height(box);
    float cosine = other.ux * seed->ux + other.uy * seed->uy;
    float sine = other.uy * seed->ux - other.ux * seed->uy;
    bool square = ratio_of(box) < 2.0F; /* its direction says little */
    if (height > HEIGHT_RATIO * seed_height || seed_height > HEIGHT_RATIO * height ||
        (!square && (fabsf(sine) > TURN_MOST || cosine < 0.0F)))
        return false;
    float from = 1e9F;
    float to = -1e9F;
    float below = 0.0F;
    for (int i = 0; i < 4; i++) {
        float dx = box->corners[i].x - seed->start.x;
        float dy = box->corners[i].y - seed->start.y;
        float along = dx * seed->ux + dy * seed->uy;
        from = fminf(from, along);
        to = fmaxf(to, along);
        below += (dy * seed->ux - dx * seed->uy) / 4.0F;
    }
    *out = (piece){.from = from, .to = to, .below = below, .height = height, .slope = sine};
    return fabsf(below) <= REACH * seed_height && to > -seed->length && from < 2.0F * seed->length;
}

static int by_row(const void *a, const void *b)
{
    float first = ((const piece *)a)->below;
    float second = ((const piece *)b)->below;
    return first < second ? -1 : first > second;
}

static int make_rows(const piece *pieces, int count, row *rows)
{
    int made = 0;
    for (int i = 0; i < count; i++) {
        const piece *p = &pieces[i];
        float width = p->to - p->from;
        row *last = made > 0 ? &rows[made - 1] : NULL;
        if (last && p->below - last->below < ROW_GAP * p->height) {
            last->from = fminf(last->from, p->from);
            last->to = fmaxf(last->to, p->to);
            last->weight += width;
            last->below += width / last->weight * (p->below - last->below);
            last->height += width / last->weight * (p->height - last->height);
        } else {
            rows[made++] = (row){p->from, p->to, p->below, p->height, width};
        }
    }
    return made;
}

/* The rows nearest to the seed that are long enough to be lines of its zone. */
static void make_stack(const pv_mrz_strip *seed, const row *rows, int count, pv_mrz_stack *out)
{
    int at = 0;
    for (int i = 0; i < count; i++)
        if (fabsf(rows[i].below) < fabsf(rows[at].below))
            at = i;
    int first = at > 2 ? at - 2 : 0;
    int last = at + 2 < count ? at + 2 : count - 1;
    float from = 0.0F;
    float to = seed->length;
    for (int i = first; i <= last; i++) {
        if (rows[i].to - rows[i].from > 0.9F * seed->length) {
            from = fminf(from, rows[i].from);
            to = fmaxf(to, rows[i].to);
        }
    }
    float height = seed->cap / CAP_SHARE;
    from -= MARGIN * height;
    to += MARGIN * height;
    out->count = 0;
    for (int i = first; i <= last; i++)
        if (rows[i].weight > 0.15F * seed->length)
            out->rows[out->count++] = (pv_mrz_strip){
                .start = pv_mrz_strip_point(seed, from, rows[i].below),
                .ux = seed->ux,
                .uy = seed->uy,
                .length = to - from,
                .cap = CAP_SHARE * rows[i].height,
            };
}

static int by_width(const void *a, const void *b)
{
    float first = pv_text_box_width(*(const pv_text_box *const *)a);
    float second = pv_text_box_width(*(const pv_text_box *const *)b);
    return first > second ? -1 : first < second;
}

/* Whether a stack has the box already. */
static bool is_taken(const pv_mrz_stack *stacks, int count, const pv_text_box *box)
{
    pv_mrz_strip strip = strip_of(box);
    pv_point middle = pv_mrz_strip_point(&strip, strip.length / 2.0F, 0.0F);
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < stacks[i].count; k++) {
            const pv_mrz_strip *line = &stacks[i].rows[k];
            float dx = middle.x - line->start.x;
            float dy = middle.y - line->start.y;
            float along = dx * line->ux + dy * line->uy;
            if (along > 0.0F && along < line->length &&
                fabsf(dy * line->ux - dx * line->uy) < line->cap)
                return true;
        }
    }
    return false;
}

int pv_mrz_find_stacks(const pv_text_box *boxes, size_t count, pv_mrz_stack out[PV_MRZ_STACKS_MOST])
{
    const pv_text_box *order[PV_OCR_BOXES_MOST];
    int made = 0;
    if (count > PV_OCR_BOXES_MOST)
        count = PV_OCR_BOXES_MOST;
    for (size_t i = 0; i < count; i++)
        order[i] = &boxes[i];
    qsort(order, count, sizeof *order, by_width);
    for (size_t i = 0; i < count && made < PV_MRZ_STACKS_MOST; i++) {
        if (ratio_of(order[i]) < SEED_RATIO || is_taken(out, made, order[i]))
            continue;
        pv_mrz_strip seed = strip_of(order[i]);
        piece pieces[PV_OCR_BOXES_MOST];
        row rows[PV_OCR_BOXES_MOST];
        int seen = 0;
        for (size_t k = 0; k < count; k++)
            seen += see(&seed, pv_text_box_height(order[i]), &boxes[k], &pieces[seen]);
        qsort(pieces, (size_t)seen, sizeof *pieces, by_row);
        int rows_made = make_rows(pieces, seen, rows);
        if (rows_made > 0)
            make_stack(&seed, rows, rows_made, &out[made++]);
    }
    return made;
}

pv_mrz_stack pv_mrz_stack_reverse(const pv_mrz_stack *stack)
{
    pv_mrz_stack other = {.count = stack->count};
    for (int i = 0; i < stack->count; i++)
        other.rows[i] = pv_mrz_strip_reverse(&stack->rows[stack->count - 1 - i]);
    return other;
}
