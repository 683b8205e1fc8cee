#include "document/mrz_read.h"

#include <math.h>
#include <string.h>

#include "document/mrz_find.h"

#define CHARACTERS "0123456789<ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define BOX_CAPS 0.85F       /* half of a box's height that the other reader gets, in capitals */
#define VOTE 0.5F            /* weight of the other reader */
#define VOTE_FLOOR 1e-3F     /* of its probabilities */
#define WINDOW_LEAST (-0.6F) /* mean logarithm below which lines are no lines of this length */
#define SURENESS_LEAST 0.5F
#define CAP_BY_PITCH 0.95F /* OCR B: height of a capital by the distance of two characters */
#define CLEAR                                                                                      \
    (-0.15F) /* score of lines that are certainly a zone, whatever their check digits say */
#define FILLERS_LEAST 3

/* A line that has been read. */
typedef struct reading {
    pv_mrz_strip strip;
    pv_mrz_row_cells cells;
    float along; /* pixels of the picture for a step */
} reading;

/* Lines that may be a zone. */
typedef struct attempt {
    int first, count, length; /* rows, and characters in each */
    int starts[PV_MRZ_LINES]; /* first cell of each */
    float score;
} attempt;

typedef struct reader {
    pv_runtime *runtime;
    pv_image *image;
    pv_date today;
    const pv_ocr_alphabet *alphabet; /* of the other reader; NULL until it is asked */
    reading rows[PV_MRZ_ROWS_MOST];
    int count;
} reader;

/* How well a row goes as a line of `length` characters; 0: of any number. */
static float row_score(const pv_mrz_row_cells *cells, int length)
{
    float score = 0.0F;
    if (length > 0)
        pv_mrz_cells_window(cells, length, &score);
    return score + logf(fmaxf(cells->sureness, 0.01F));
}

/* Reads a row at another scale, and keeps what goes better as a line of `length` characters. */
static pv_status read_row(reader *r, float scale, bool even, int length, reading *row)
{
    reading other = {.strip = row->strip};
    other.strip.cap *= scale;
    pv_status status =
        pv_mrz_strip_read(r->runtime, r->image, &other.strip, even, &other.cells, &other.along);
    if (status == PV_OK && row_score(&other.cells, length) > row_score(&row->cells, length)) {
        row->cells = other.cells;
        row->along = other.along;
    }
    return status;
}

static pv_status read_stack(reader *r, const pv_mrz_stack *stack)
{
    pv_status status = PV_OK;
    r->count = stack->count;
    for (int i = 0; i < stack->count && status == PV_OK; i++) {
        r->rows[i] = (reading){.strip = stack->rows[i]};
        status = pv_mrz_strip_read(r->runtime, r->image, &r->rows[i].strip, false,
                                   &r->rows[i].cells, &r->rows[i].along);
    }
    return status;
}

/* The row whose characters are seen best tells how large those of the others are; false where no
 * row can tell. */
static pv_status read_as_best(reader *r)
{
    const reading *best = NULL;
    for (int i = 0; i < r->count; i++)
        if (r->rows[i].cells.sureness > SURENESS_LEAST &&
            (!best || r->rows[i].cells.sureness > best->cells.sureness))
            best = &r->rows[i];
    if (!best)
        return PV_OK;
    float cap = CAP_BY_PITCH * best->cells.pitch * best->along;
    pv_status status = PV_OK;
    for (int i = 0; i < r->count && status == PV_OK; i++) {
        reading *row = &r->rows[i];
        if (cap > 0.9F * row->strip.cap && cap < 1.1F * row->strip.cap)
            continue;
        row->strip.cap = cap;
        status =
            pv_mrz_strip_read(r->runtime, r->image, &row->strip, false, &row->cells, &row->along);
    }
    return status;
}

/* The lines of a stack that are likeliest to be a zone of some format. */
static bool find_attempt(const reader *r, attempt *out)
{
    static const struct {
        int count, length;
    } shapes[] = {{3, 30}, {2, 44}, {2, 36}};
    *out = (attempt){.score = -1e9F};
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
        for (int first = 0; first + shapes[shape].count <= r->count; first++) {
            attempt a = {
                .first = first, .count = shapes[shape].count, .length = shapes[shape].length};
            for (int i = 0; i < a.count; i++) {
                float score;
                const pv_mrz_row_cells *cells = &r->rows[first + i].cells;
                a.starts[i] = pv_mrz_cells_window(cells, a.length, &score);
                a.score += (score + logf(fmaxf(cells->sureness, 0.01F))) / (float)a.count;
            }
            if (a.score > out->score)
                *out = a;
        }
    }
    return out->score > WINDOW_LEAST + logf(SURENESS_LEAST);
}

static void list_repairs(const pv_mrz_lines *from, const pv_mrz_lines *to, pv_mrz *out)
{
    for (int line = 0; line < to->count; line++)
        for (int k = 0; k < to->length; k++)
            if (from->text[line][k] != to->text[line][k] && out->repair_count < PV_MRZ_REPAIRS_MOST)
                out->repairs[out->repair_count++] = (pv_mrz_repair){.line = line,
                                                                    .column = k,
                                                                    .from = from->text[line][k],
                                                                    .to = to->text[line][k]};
}

/* Where the zone lies, and how the picture is to be turned. */
static void place_zone(const reader *r, const attempt *a, pv_mrz *out)
{
    const reading *top = &r->rows[a->first];
    const reading *bottom = &r->rows[a->first + a->count - 1];
    const reading *ends[2] = {top, bottom};
    for (int i = 0; i < 2; i++) {
        const reading *row = ends[i];
        int start = a->starts[i == 0 ? 0 : a->count - 1];
        float from = row->cells.cells[start].place * row->along;
        float to = row->cells.cells[start + a->length - 1].place * row->along;
        float half = (to - from) / (float)(a->length - 1) / 2.0F;
        float below = row->strip.cap * (i == 0 ? -0.75F : 0.75F);
        out->corners[i == 0 ? 0 : 3] = pv_mrz_strip_point(&row->strip, from - half, below);
        out->corners[i == 0 ? 1 : 2] = pv_mrz_strip_point(&row->strip, to + half, below);
    }
    double angle = atan2((double)top->strip.uy, (double)top->strip.ux);
    int quarters = (int)lround(angle / 1.5707963267948966);
    out->turn = (8 - quarters) % 4;
}

static int count_fillers(const pv_mrz_lines *lines)
{
    int count = 0;
    for (int line = 0; line < lines->count; line++)
        for (int k = 0; k < lines->length; k++)
            count += lines->text[line][k] == '<';
    return count;
}

/* What the lines of an attempt say; nothing where they are no zone. */
static void conclude(const reader *r, const attempt *a, pv_mrz *out)
{
    pv_mrz_evidence evidence = {.line_count = a->count, .line_length = a->length};
    pv_mrz_lines seen;
    pv_mrz_lines lines;
    float confidence;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < a->count; i++) {
        if (a->starts[i] < 0)
            return;
        evidence.lines[i] = &r->rows[a->first + i].cells.cells[a->starts[i]];
    }
    pv_mrz_format format = pv_mrz_choose(&evidence, &seen, &lines, &confidence);
    if (format == PV_MRZ_NONE || count_fillers(&lines) < FILLERS_LEAST)
        return;
    list_repairs(&seen, &lines, out);
    pv_mrz_fill(format, &lines, r->today, out);
    out->confidence = confidence;
    place_zone(r, a, out);
}

static const pv_text_sign *nearest_sign(const pv_text_line *line, float place, float reach)
{
    const pv_text_sign *best = NULL;
    for (size_t i = 0; i < line->count; i++) {
        float distance = fabsf((line->signs[i].from + line->signs[i].to) / 2.0F - place);
        if (distance < reach) {
            reach = distance;
            best = &line->signs[i];
        }
    }
    return best;
}

static void vote(const pv_text_sign *sign, pv_mrz_cell *cell)
{
    float p[PV_MRZ_SIGNS];
    for (int k = 0; k < PV_MRZ_SIGNS; k++)
        p[k] = VOTE_FLOOR;
    for (int i = 0; i < PV_OCR_CHOICES; i++)
        if (sign->choices[i].code < 128 && pv_mrz_allows(PV_MRZ_MIXED, (char)sign->choices[i].code))
            p[pv_mrz_sign_number((char)sign->choices[i].code)] += sign->choices[i].probability;
    float total = 0.0F;
    for (int k = 0; k < PV_MRZ_SIGNS; k++) {
        cell->log_p[k] += VOTE * logf(p[k]);
        total += expf(cell->log_p[k]);
    }
    for (int k = 0; k < PV_MRZ_SIGNS; k++)
        cell->log_p[k] -= logf(total);
}

/* Lets the reader of printed text say what it sees in a row. */
static pv_status ask_other(reader *r, reading *row)
{
    const pv_mrz_strip *strip = &row->strip;
    float half = BOX_CAPS * strip->cap;
    const pv_text_box box = {.corners = {pv_mrz_strip_point(strip, 0.0F, -half),
                                         pv_mrz_strip_point(strip, strip->length, -half),
                                         pv_mrz_strip_point(strip, strip->length, half),
                                         pv_mrz_strip_point(strip, 0.0F, half)}};
    pv_text_line line;
    pv_status status = PV_OK;
    if (!r->alphabet)
        status = pv_ocr_alphabet_make(r->runtime, CHARACTERS, r->image->arena, &r->alphabet);
    if (status == PV_OK)
        status = pv_ocr_read(r->runtime, r->image, &box, r->alphabet, &line);
    if (status != PV_OK || row->cells.count < 2)
        return status;
    float pitch = (row->cells.cells[row->cells.count - 1].place - row->cells.cells[0].place) /
                  (float)(row->cells.count - 1);
    for (int i = 0; i < row->cells.count; i++) {
        pv_mrz_cell *cell = &row->cells.cells[i];
        float share = row->along / strip->length;
        const pv_text_sign *sign = nearest_sign(&line, cell->place * share, 0.5F * pitch * share);
        if (sign)
            vote(sign, cell);
    }
    return PV_OK;
}

/* What costs more: even light and other scales, then the other reader. */
static pv_status read_better(reader *r, attempt *a, pv_mrz *out)
{
    static const float scales[] = {1.0F, 0.85F, 1.18F};
    pv_status status = PV_OK;
    for (int i = a->first; i < a->first + a->count; i++)
        for (size_t k = 0; k < sizeof scales / sizeof scales[0] && status == PV_OK; k++)
            status = read_row(r, scales[k], true, a->length, &r->rows[i]);
    if (status != PV_OK || !find_attempt(r, a))
        return status;
    conclude(r, a, out);
    if (out->valid)
        return PV_OK;
    for (int i = a->first; i < a->first + a->count && status == PV_OK; i++)
        status = ask_other(r, &r->rows[i]);
    if (status == PV_OK)
        conclude(r, a, out);
    return status;
}

/* Reads a stack in one direction; *score as of an attempt. */
static pv_status try_stack(reader *r, const pv_mrz_stack *stack, float *score, pv_mrz *out)
{
    attempt a;
    memset(out, 0, sizeof *out);
    *score = -1e9F;
    pv_status status = read_stack(r, stack);
    if (status != PV_OK)
        return status;
    if (find_attempt(r, &a))
        conclude(r, &a, out);
    if (!out->valid)
        status = read_as_best(r);
    if (status == PV_OK && !out->valid && find_attempt(r, &a)) {
        conclude(r, &a, out);
        if (!out->valid)
            status = read_better(r, &a, out);
    }
    *score = a.score;
    return status;
}

static pv_status refine(pv_image *image, pv_mrz_stack *stack)
{
    for (int i = 0; i < stack->count; i++) {
        pv_status status = pv_mrz_strip_refine(image, &stack->rows[i]);
        if (status != PV_OK)
            return status;
    }
    return PV_OK;
}

/* Both directions of all stacks, until one is a zone whose check digits hold. */
static pv_status try_stacks(reader *r, pv_mrz_stack *stacks, int count, pv_mrz *out)
{
    float best = -1e9F;
    for (int i = 0; i < count; i++) {
        pv_status status = refine(r->image, &stacks[i]);
        for (int turned = 0; turned < 2 && status == PV_OK; turned++) {
            pv_mrz zone;
            float score;
            pv_mrz_stack stack = turned ? pv_mrz_stack_reverse(&stacks[i]) : stacks[i];
            status = try_stack(r, &stack, &score, &zone);
            if (status == PV_OK && zone.format != PV_MRZ_NONE && (zone.valid || score > best)) {
                best = score;
                *out = zone;
            }
            if (out->valid || (out->format != PV_MRZ_NONE && best > CLEAR))
                return status;
        }
        if (status != PV_OK)
            return status;
    }
    return PV_OK;
}

/* The picture itself, cut into so many lines. */
static pv_mrz_stack cut_picture(const pv_image *image, int lines)
{
    float width = (float)image->levels[0].width;
    float height = (float)image->levels[0].height / (float)lines;
    pv_mrz_stack stack = {.count = lines};
    for (int i = 0; i < lines; i++)
        stack.rows[i] = (pv_mrz_strip){.start = {0.0F, ((float)i + 0.5F) * height},
                                       .ux = 1.0F,
                                       .length = width,
                                       .cap = fminf(0.5F * height, width / 28.0F)};
    return stack;
}

pv_status pv_mrz_read(pv_runtime *runtime, pv_image *page, pv_ocr_found *found, bool segmented,
                      pv_date today, pv_mrz *out)
{
    reader r = {.runtime = runtime, .image = page, .today = today};
    const pv_text_box *boxes;
    size_t count;
    pv_mrz_stack stacks[PV_MRZ_STACKS_MOST];
    memset(out, 0, sizeof *out);
    pv_status status = pv_ocr_find(runtime, page, 0, found, &boxes, &count);
    if (status != PV_OK)
        return status;
    status = try_stacks(&r, stacks, pv_mrz_find_stacks(boxes, count, stacks), out);
    for (int lines = 2; lines <= 3 && segmented && status == PV_OK && !out->valid; lines++) {
        pv_mrz zone = {0};
        stacks[0] = cut_picture(page, lines);
        status = try_stacks(&r, stacks, 1, &zone);
        if (zone.valid || out->format == PV_MRZ_NONE)
            *out = zone;
    }
    return status;
}
