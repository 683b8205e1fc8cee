/* The likeliest reading of a zone whose check digits hold: a search along the characters that keeps
 * the best way to each pair of remainders, of the check that is open and of the composite one. */
#include <math.h>
#include <string.h>

#include "document/mrz_cells.h"

#define REMAINDERS 100 /* ten of each */
#define PLACES_MOST (PV_MRZ_LINES * PV_MRZ_LINE_MOST)
/* A reading that the check digits ask for may be less likely than the one without them by so much:
 * of a single character, and of all together, as natural logarithms. One guess in ten satisfies a
 * check digit by chance, so what the picture hardly allows proves nothing. */
#define CELL_MOST 5.0F
#define ALL_MOST 8.0F

typedef struct step {
    signed char sign[REMAINDERS];
    unsigned char before[REMAINDERS];
} step;

typedef struct walk {
    float best[REMAINDERS];
    double all[REMAINDERS]; /* sum of the probabilities of all ways, in scale */
    double scale;           /* natural logarithm of what all[] was divided by */
    int guard_place, composite_place;
    step steps[PLACES_MOST];
    int count;
} walk;

static const int weights[3] = {7, 3, 1};

static void put_free(const pv_mrz_layout *layout, const pv_mrz_evidence *evidence,
                     pv_mrz_lines *out)
{
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        for (int k = part->from; k < part->from + part->length; k++) {
            const pv_mrz_cell *cell = &evidence->lines[part->line][k];
            int best = -1;
            for (int sign = 0; sign < PV_MRZ_SIGNS; sign++)
                if (pv_mrz_allows(part->kind, pv_mrz_sign(sign)) &&
                    (best < 0 || cell->log_p[sign] > cell->log_p[best]))
                    best = sign;
            out->text[part->line][k] = pv_mrz_sign(best);
        }
    }
}

/* Whether a check digit of this value ends a check whose remainder is this. */
static bool ends_well(char character, int remainder)
{
    return pv_mrz_value(character) == remainder;
}

static void extend(walk *w, const pv_mrz_part *part, const pv_mrz_cell *cell)
{
    float best[REMAINDERS];
    double all[REMAINDERS] = {0};
    double most = 0.0;
    step *s = &w->steps[w->count++];
    bool ends = part->check >= 0 && part->check < PV_MRZ_COMPOSITE;
    bool last = part->check == PV_MRZ_COMPOSITE;
    for (int i = 0; i < REMAINDERS; i++)
        best[i] = -1e30F;
    for (int sign = 0; sign < PV_MRZ_SIGNS; sign++) {
        char character = pv_mrz_sign(sign);
        if (!pv_mrz_allows(part->kind, character))
            continue;
        int value = pv_mrz_value(character);
        int guard = part->guard >= 0 ? value * weights[w->guard_place % 3] : 0;
        int composite = part->composite ? value * weights[w->composite_place % 3] : 0;
        double p = exp((double)cell->log_p[sign]);
        for (int from = 0; from < REMAINDERS; from++) {
            if (w->best[from] < -1e29F || (ends && !ends_well(character, from / 10)) ||
                (last && !ends_well(character, from % 10)))
                continue;
            int open = ends ? 0 : (from / 10 + guard) % 10;
            int to = open * 10 + (from % 10 + composite) % 10;
            all[to] += w->all[from] * p;
            float score = w->best[from] + cell->log_p[sign];
            if (score > best[to]) {
                best[to] = score;
                s->sign[to] = (signed char)sign;
                s->before[to] = (unsigned char)from;
            }
        }
    }
    for (int i = 0; i < REMAINDERS; i++)
        most = fmax(most, all[i]);
    for (int i = 0; i < REMAINDERS; i++)
        w->all[i] = most > 0.0 ? all[i] / most : 0.0;
    w->scale += most > 0.0 ? log(most) : 0.0;
    memcpy(w->best, best, sizeof best);
    w->composite_place += part->composite;
    w->guard_place = ends ? 0 : w->guard_place + (part->guard >= 0);
}

/* The best way's characters, from its end. */
static void trace(const walk *w, const pv_mrz_layout *layout, int at, pv_mrz_lines *out)
{
    int place = w->count;
    for (int i = layout->part_count - 1; i >= 0; i--) {
        const pv_mrz_part *part = &layout->parts[i];
        for (int k = part->from + part->length - 1; k >= part->from; k--) {
            const step *s = &w->steps[--place];
            out->text[part->line][k] = pv_mrz_sign(s->sign[at]);
            at = s->before[at];
        }
    }
}

static bool all_hold(const pv_mrz_layout *layout, const pv_mrz_lines *lines)
{
    for (int check = 0; check < PV_MRZ_CHECKS_MOST; check++)
        if (pv_mrz_check_outcome(layout, lines, check) == PV_MRZ_WRONG)
            return false;
    return true;
}

/* Whether the picture allows the one as well as the other. */
static bool is_near(const pv_mrz_evidence *evidence, const pv_mrz_lines *free_text,
                    const pv_mrz_lines *other)
{
    float sum = 0.0F;
    for (int line = 0; line < free_text->count; line++) {
        for (int k = 0; k < free_text->length; k++) {
            const float *p = evidence->lines[line][k].log_p;
            float loss = p[pv_mrz_sign_number(free_text->text[line][k])] -
                         p[pv_mrz_sign_number(other->text[line][k])];
            if (loss > CELL_MOST)
                return false;
            sum += loss;
        }
    }
    return sum <= ALL_MOST;
}

static float likelihood(const pv_mrz_evidence *evidence, const pv_mrz_lines *lines)
{
    float sum = 0.0F;
    for (int line = 0; line < lines->count; line++)
        for (int k = 0; k < lines->length; k++)
            sum += evidence->lines[line][k].log_p[pv_mrz_sign_number(lines->text[line][k])];
    return sum;
}

static void search(const pv_mrz_layout *layout, const pv_mrz_evidence *evidence,
                   const pv_mrz_lines *free_text, pv_mrz_lines *out, float *confidence)
{
    walk w = {.all = {1.0}};
    for (int i = 1; i < REMAINDERS; i++)
        w.best[i] = -1e30F;
    for (int i = 0; i < layout->part_count; i++)
        for (int k = 0; k < layout->parts[i].length; k++)
            extend(&w, &layout->parts[i],
                   &evidence->lines[layout->parts[i].line][layout->parts[i].from + k]);
    int best = 0;
    double total = 0.0;
    for (int i = 0; i < REMAINDERS; i++) {
        total += w.all[i];
        if (w.best[i] > w.best[best])
            best = i;
    }
    *out = *free_text;
    *confidence = expf(likelihood(evidence, free_text));
    if (w.best[best] < -1e29F || !(total > 0.0))
        return;
    pv_mrz_lines checked = *free_text;
    trace(&w, layout, best, &checked);
    if (!all_hold(layout, &checked) || !is_near(evidence, free_text, &checked))
        return;
    *out = checked;
    *confidence = (float)exp((double)w.best[best] - w.scale - log(total));
}

static void first_letters(const pv_mrz_evidence *evidence, pv_mrz_lines *out)
{
    for (int k = 0; k < 5; k++) {
        const float *p = evidence->lines[0][k].log_p;
        int best = 10;
        for (int sign = 10; sign < PV_MRZ_SIGNS; sign++)
            if (p[sign] > p[best])
                best = sign;
        out->text[0][k] = pv_mrz_sign(best);
    }
}

pv_mrz_format pv_mrz_choose(const pv_mrz_evidence *evidence, pv_mrz_lines *free_text,
                            pv_mrz_lines *out, float *confidence)
{
    pv_mrz_layout layout;
    memset(free_text, 0, sizeof *free_text);
    free_text->count = evidence->line_count;
    free_text->length = evidence->line_length;
    *confidence = 0.0F;
    first_letters(evidence, free_text);
    pv_mrz_format format = pv_mrz_lines_format(free_text);
    *out = *free_text;
    if (format == PV_MRZ_NONE)
        return format;
    pv_mrz_layout_make(format, free_text, &layout); /* no number is long yet: nothing is read */
    put_free(&layout, evidence, free_text);
    pv_mrz_layout_make(format, free_text, &layout);
    put_free(&layout, evidence, free_text);
    search(&layout, evidence, free_text, out, confidence);
    return format;
}
