/* The likeliest reading of a zone whose check digits hold: a search along the characters that keeps
 * the best way to each pair of remainders, of the check that is open and of the composite one. */
#include <math.h>
#include <string.h>

#include "document/mrz_cells.h"

#define REMAINDERS 100 /* ten of each */
#define CODES "PVIAC"  /* what the code of a document starts with */
#define PLACES_MOST (PV_MRZ_LINES * PV_MRZ_LINE_MOST)
/* A reading that the check digits ask for may be less likely than the one without them by so much:
 * of a single character, and of all together, as natural logarithms. One guess in ten satisfies a
 * check digit by chance, so what the picture hardly allows proves nothing. */
#define CELL_MOST 5.0F
#define ALL_MOST 8.0F
/* And it must be at least this likely among all readings whose check digits hold: as a whole, and
 * its guarded characters once more with the net's probabilities brought nearer to each other, for
 * it is surer of blurred characters than it should be. */
#define FORCED_LEAST 0.01
#define GUARDED_LEAST 0.3
#define TEMPERATURE 1.5
#define STATE_MOST                                                                                 \
    4.0F /* the same loss for a state that there is, in place of one that is none                  \
          */
#define FIT_LEAST                                                                                  \
    (-0.5F)             /* mean logarithm of what is read of a zone: other text has letters where  \
                         * digits must stand */
#define SEEN_LEAST 0.6F /* share of the characters */
#define INK_LEAST 0.3F  /* probability of a character below which nothing is seen */

typedef struct step {
    signed char sign[REMAINDERS];
    unsigned char before[REMAINDERS];
} step;

typedef struct walk {
    float best[REMAINDERS];
    double all[REMAINDERS]; /* sum of the probabilities of all ways, in scale */
    double scale;           /* natural logarithm of what all[] was divided by */
    double temperature;
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
        double p = exp((double)cell->log_p[sign] / w->temperature);
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

/* Logarithm of the chance that the characters without a check digit are what is likeliest. */
static double unguarded(const pv_mrz_layout *layout, const pv_mrz_evidence *evidence)
{
    double sum = 0.0;
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        if (part->guard >= 0 || part->check >= 0 || part->composite)
            continue;
        for (int k = part->from; k < part->from + part->length; k++) {
            const float *p = evidence->lines[part->line][k].log_p;
            double best = 1e-30;
            double all = 1e-30;
            for (int sign = 0; sign < PV_MRZ_SIGNS; sign++) {
                double chance = pv_mrz_allows(part->kind, pv_mrz_sign(sign))
                                    ? exp((double)p[sign] / TEMPERATURE)
                                    : 0.0;
                best = fmax(best, chance);
                all += chance;
            }
            sum += log(best / all);
        }
    }
    return sum;
}

/* Walks along all characters; the best end, and the logarithm of its chance among all ends whose
 * check digits hold. -1 where there is none. */
static int walk_along(walk *w, const pv_mrz_layout *layout, const pv_mrz_evidence *evidence,
                      double temperature, double *chance)
{
    *w = (walk){.all = {1.0}, .temperature = temperature};
    for (int i = 1; i < REMAINDERS; i++)
        w->best[i] = -1e30F;
    for (int i = 0; i < layout->part_count; i++)
        for (int k = 0; k < layout->parts[i].length; k++)
            extend(w, &layout->parts[i],
                   &evidence->lines[layout->parts[i].line][layout->parts[i].from + k]);
    int best = 0;
    double total = 0.0;
    for (int i = 0; i < REMAINDERS; i++) {
        total += w->all[i];
        if (w->best[i] > w->best[best])
            best = i;
    }
    if (w->best[best] < -1e29F || !(total > 0.0))
        return -1;
    *chance = (double)w->best[best] / temperature - w->scale - log(total);
    return best;
}

/* Whether the picture says enough for a reading that only the check digits ask for. */
static bool is_proven(const pv_mrz_layout *layout, const pv_mrz_evidence *evidence,
                      const pv_mrz_lines *free_text, const pv_mrz_lines *checked, double chance)
{
    walk doubting;
    double doubted;
    return is_near(evidence, free_text, checked) && chance >= log(FORCED_LEAST) &&
           walk_along(&doubting, layout, evidence, TEMPERATURE, &doubted) >= 0 &&
           doubted - unguarded(layout, evidence) >= log(GUARDED_LEAST);
}

static void search(const pv_mrz_layout *layout, const pv_mrz_evidence *evidence,
                   const pv_mrz_lines *free_text, pv_mrz_lines *out, float *confidence)
{
    walk w;
    double chance;
    *out = *free_text;
    *confidence = expf(likelihood(evidence, free_text));
    int best = walk_along(&w, layout, evidence, 1.0, &chance);
    if (best < 0)
        return;
    pv_mrz_lines checked = *free_text;
    trace(&w, layout, best, &checked);
    if (!all_hold(layout, &checked) ||
        (!all_hold(layout, free_text) && !is_proven(layout, evidence, free_text, &checked, chance)))
        return;
    *out = checked;
    *confidence = (float)exp(chance);
}

/* A state that does not exist was misread. */
static void mend_states(const pv_mrz_layout *layout, const pv_mrz_evidence *evidence,
                        pv_mrz_lines *lines)
{
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        if ((part->field != PV_MRZ_ISSUER && part->field != PV_MRZ_NATIONALITY) || part->composite)
            continue;
        const pv_mrz_cell *cells = &evidence->lines[part->line][part->from];
        char *text = &lines->text[part->line][part->from];
        char state[3];
        float loss = -pv_mrz_state_find(cells, state);
        for (int k = 0; k < 3; k++)
            loss += cells[k].log_p[pv_mrz_sign_number(text[k])];
        if (loss <= STATE_MOST)
            memcpy(text, state, sizeof state);
    }
}

static bool is_seen(const pv_mrz_cell *cell)
{
    return cell->ink >= INK_LEAST;
}

/* What is seen next to a place, in steps of 1 or -1; a filler beyond the line's end. */
static char seen_beside(const pv_mrz_evidence *evidence, const pv_mrz_lines *lines, int line,
                        int place, int way)
{
    while (place >= 0 && place < lines->length && !is_seen(&evidence->lines[line][place]))
        place += way;
    if (place < 0)
        return PV_MRZ_UNSEEN;
    return place < lines->length ? lines->text[line][place] : '<';
}

/* Where glare or a finger hides characters they are unknown, unless fillers are on both sides.
 * Returns how many are unknown. */
static int mark_unseen(const pv_mrz_evidence *evidence, pv_mrz_lines *lines)
{
    int count = 0;
    for (int line = 0; line < lines->count; line++) {
        for (int k = 0; k < lines->length; k++) {
            if (is_seen(&evidence->lines[line][k]) ||
                (seen_beside(evidence, lines, line, k, -1) == '<' &&
                 seen_beside(evidence, lines, line, k, 1) == '<'))
                continue;
            lines->text[line][k] = PV_MRZ_UNSEEN;
            count++;
        }
    }
    return count;
}

/* Whether the picture agrees with what is read as a zone. */
static bool fits(const pv_mrz_evidence *evidence, const pv_mrz_lines *lines)
{
    float sum = 0.0F;
    float seen = 0.0F;
    for (int line = 0; line < lines->count; line++) {
        for (int k = 0; k < lines->length; k++) {
            const pv_mrz_cell *cell = &evidence->lines[line][k];
            if (!is_seen(cell))
                continue;
            sum += cell->log_p[pv_mrz_sign_number(lines->text[line][k])];
            seen += 1.0F;
        }
    }
    return seen >= SEEN_LEAST * (float)(lines->count * lines->length) && sum >= FIT_LEAST * seen &&
           strchr(CODES, lines->text[0][0]);
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
    if (!fits(evidence, free_text))
        return PV_MRZ_NONE;
    if (mark_unseen(evidence, free_text) > 0) {
        *out = *free_text;
        return format;
    }
    search(&layout, evidence, free_text, out, confidence);
    mend_states(&layout, evidence, out);
    return format;
}
