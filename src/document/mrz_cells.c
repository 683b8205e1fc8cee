#include "document/mrz_cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MOST 160
#define RUNS_LEAST 8
#define PITCH_LEAST 2.8F /* steps from character to character */
#define PITCH_MOST 8.0F
#define BEYOND                                                                                     \
    30 /* cells before the first character and after the last, as far as the strip goes */
#define GAP_MOST 12       /* cells between characters of one line: where light blinded the camera */
#define FILLER_PRIOR 0.9F /* where nothing is seen within a line: most of a zone is fillers */
#define INK_FLOOR 0.02F
#define P_FLOOR 1e-7F

char pv_mrz_sign(int number)
{
    return "0123456789<ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number];
}

int pv_mrz_sign_number(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    return character >= 'A' && character <= 'Z' ? character - 'A' + 11 : 10;
}

/* Steps one after the other that hold the same character. */
typedef struct run {
    float place; /* middle */
    float ink;   /* most of a step */
    int index;   /* number of the cell */
} run;

static int best_class(const float *step)
{
    int best = 0;
    for (int i = 1; i < PV_MRZ_CLASSES; i++)
        if (step[i] > step[best])
            best = i;
    return best;
}

static int find_runs(const float *p, int steps, run runs[RUNS_MOST])
{
    int count = 0;
    int last = 0;
    float weight = 0.0F;
    for (int i = 0; i < steps; i++) {
        const float *step = p + (size_t)i * PV_MRZ_CLASSES;
        int best = best_class(step);
        float ink = 1.0F - step[0];
        if (best != 0 && best != last) {
            if (count == RUNS_MOST)
                return count;
            runs[count++] = (run){.place = (float)i, .ink = ink};
            weight = ink;
        } else if (best != 0) {
            run *r = &runs[count - 1];
            weight += ink;
            r->place += ink / weight * ((float)i - r->place);
            r->ink = fmaxf(r->ink, ink);
        }
        last = best;
    }
    return count;
}

static int by_value(const void *a, const void *b)
{
    float first = *(const float *)a;
    float second = *(const float *)b;
    return first < second ? -1 : first > second;
}

/* Median distance of neighbours; 0 where there are too few. */
static float find_pitch(const run *runs, int count)
{
    float distances[RUNS_MOST];
    size_t known = 0;
    for (int i = 1; i < count; i++) {
        float distance = runs[i].place - runs[i - 1].place;
        if (distance >= PITCH_LEAST && distance <= PITCH_MOST)
            distances[known++] = distance;
    }
    if (known < RUNS_LEAST - 1)
        return 0.0F;
    qsort(distances, known, sizeof *distances, by_value);
    return distances[known / 2];
}

/* Numbers the runs; of two in one cell, the weaker goes. Returns how many are left. */
static int number_runs(run *runs, int count, float pitch)
{
    int kept = 1;
    runs[0].index = 0;
    for (int i = 1; i < count; i++) {
        run *before = &runs[kept - 1];
        float distance = (runs[i].place - before->place) / pitch;
        if (distance < 0.55F) {
            if (runs[i].ink > before->ink) {
                runs[i].index = before->index;
                *before = runs[i];
            }
            continue;
        }
        runs[kept] = runs[i];
        runs[kept].index = before->index + (int)fmaxf(1.0F, roundf(distance));
        kept++;
    }
    return kept;
}

/* The longest stretch of runs without a gap of more than GAP_MOST cells. */
static void longest_stretch(run *runs, int *count)
{
    int from = 0;
    int best = 0;
    int best_from = 0;
    for (int i = 1; i <= *count; i++) {
        if (i < *count && runs[i].index - runs[i - 1].index <= GAP_MOST)
            continue;
        if (i - from > best) {
            best = i - from;
            best_from = from;
        }
        from = i;
    }
    memmove(runs, runs + best_from, (size_t)best * sizeof *runs);
    for (int i = best - 1; i >= 0; i--)
        runs[i].index -= runs[0].index;
    *count = best;
}

/* place = a + b t + c t^2 with t the index from the middle; c is kept small by a weight on it. */
typedef struct curve {
    double a, b, c, middle;
} curve;

static double curve_at(const curve *line, double index)
{
    double t = index - line->middle;
    return line->a + t * (line->b + t * line->c);
}

/* Least squares over the runs that lie within `tolerance` of the curve before. */
static void fit(const run *runs, int count, double tolerance, curve *line)
{
    double n = 0.0;
    double t1 = 0.0;
    double t2 = 1e-9;
    double t3 = 0.0;
    double t4 = 0.0;
    double y0 = 0.0;
    double y1 = 0.0;
    double y2 = 0.0;
    for (int i = 0; i < count; i++) {
        double place = (double)runs[i].place;
        double t = runs[i].index - line->middle;
        if (fabs(place - curve_at(line, runs[i].index)) > tolerance)
            continue;
        n += 1.0;
        t1 += t;
        t2 += t * t;
        t3 += t * t * t;
        t4 += t * t * t * t;
        y0 += place;
        y1 += place * t;
        y2 += place * t * t;
    }
    if (n < RUNS_LEAST)
        return;
    /* normal equations; elimination of a, then of b */
    double s11 = t2 - t1 * t1 / n;
    double s12 = t3 - t1 * t2 / n;
    double s22 = t4 - t2 * t2 / n;
    double r1 = y1 - t1 * y0 / n;
    double r2 = y2 - t2 * y0 / n;
    double determinant = s11 * s22 - s12 * s12;
    if (!(s11 > 0.0) || !(determinant > 1e-6 * s11 * s22))
        return;
    line->c = (s11 * r2 - s12 * r1) / determinant;
    line->b = (r1 - s12 * line->c) / s11;
    line->a = (y0 - line->b * t1 - line->c * t2) / n;
}

/* Sums what the steps around a place say. */
static void fill_cell(const float *p, int steps, double place, double reach, pv_mrz_cell *out)
{
    float sums[PV_MRZ_CLASSES] = {0};
    float ink = 0.0F;
    int from = (int)fmax(0.0, ceil(place - reach));
    int to = (int)fmin(steps - 1.0, floor(place + reach));
    for (int i = from; i <= to; i++) {
        const float *step = p + (size_t)i * PV_MRZ_CLASSES;
        for (int k = 1; k < PV_MRZ_CLASSES; k++)
            sums[k] += step[k];
        ink = fmaxf(ink, 1.0F - step[0]);
    }
    float total = 1e-6F;
    for (int k = 1; k < PV_MRZ_CLASSES; k++)
        total += sums[k];
    float seen = fminf(ink, 1.0F);
    for (int k = 0; k < PV_MRZ_SIGNS; k++) {
        float prior = k == pv_mrz_sign_number('<') ? FILLER_PRIOR
                                                   : (1.0F - FILLER_PRIOR) / (PV_MRZ_SIGNS - 1);
        float chance = seen * sums[k + 1] / total + (1.0F - seen) * prior;
        out->log_p[k] = logf(fmaxf(chance, P_FLOOR));
    }
    out->ink = fminf(fmaxf(ink, INK_FLOOR), 1.0F - INK_FLOOR);
    out->place = (float)place;
}

static float best_probability(const pv_mrz_cell *cell)
{
    float best = cell->log_p[0];
    for (int k = 1; k < PV_MRZ_SIGNS; k++)
        best = fmaxf(best, cell->log_p[k]);
    return expf(best);
}

void pv_mrz_cells_make(const float *probabilities, int steps, pv_mrz_row_cells *out)
{
    run runs[RUNS_MOST];
    memset(out, 0, sizeof *out);
    int count = find_runs(probabilities, steps, runs);
    float pitch = find_pitch(runs, count);
    if (!(pitch > 0.0F))
        return;
    count = number_runs(runs, count, pitch);
    longest_stretch(runs, &count);
    if (count < RUNS_LEAST)
        return;
    int last = runs[count - 1].index;
    curve line = {.a = 0.0, .b = (double)pitch, .middle = last / 2.0};
    fit(runs, count, 1e9, &line);
    fit(runs, count, 0.35 * (double)pitch, &line);
    float sum = 0.0F;
    float weight = 1e-6F;
    out->pitch = (float)line.b;
    for (int i = -BEYOND; i <= last + BEYOND && out->count < PV_MRZ_CELLS_MOST; i++) {
        double at = curve_at(&line, i);
        if ((at < 0.0 && i < -2) || (at > steps && i > last + 2))
            continue;
        pv_mrz_cell *cell = &out->cells[out->count++];
        fill_cell(probabilities, steps, at, 0.3 * (double)pitch, cell);
        sum += cell->ink * best_probability(cell);
        weight += cell->ink;
    }
    out->sureness = sum / weight;
}

int pv_mrz_cells_window(const pv_mrz_row_cells *row, int length, float *score)
{
    int best = -1;
    *score = -1e9F;
    for (int start = 0; start + length <= row->count; start++) {
        float sum = 0.0F;
        for (int i = 0; i < row->count; i++) {
            bool inside = i >= start && i < start + length;
            sum += logf(inside ? row->cells[i].ink : 1.0F - row->cells[i].ink);
        }
        if (sum / (float)row->count > *score) {
            *score = sum / (float)row->count;
            best = start;
        }
    }
    return best;
}
