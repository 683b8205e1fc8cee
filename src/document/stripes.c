#include "document/stripes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MOST 160  /* along the picture's long side */
#define CELL_LEAST 10   /* pixels */
#define ENERGY_LEAST 40 /* mean squared gradient of a cell */
#define COHERENCE_LEAST 0.22
#define TURN_MOST 0.45 /* radians between neighbouring cells */
#define REGION_LEAST 6 /* cells */
#define SLOPES 61      /* tried by pv_stripes_slope(), evenly */
#define SLOPE_MOST 0.3
#define COLUMNS_MOST 256 /* looked at by it */

/* Sums over a cell's pixels. */
typedef struct cell {
    float energy;
    float cosine, sine; /* of twice the gradient's angle, weighted by energy and coherence */
    int region;         /* 0: none yet, -1: no stripes */
} cell;

typedef struct grid {
    cell *cells;
    int *queue;
    int width;
    int height;
    int side; /* of a cell, in pixels */
} grid;

/* Moments of a cell's gradient. */
static void measure_cell(const pv_gray *picture, const grid *g, int column, int row, cell *out)
{
    const int right =
        (column + 1) * g->side < picture->width ? (column + 1) * g->side : picture->width - 1;
    const int bottom =
        (row + 1) * g->side < picture->height ? (row + 1) * g->side : picture->height - 1;
    long long xx = 0;
    long long yy = 0;
    long long xy = 0;
    long count = 0;
    for (int y = row * g->side; y < bottom; y++) {
        const uint8_t *p = picture->pixels + (size_t)y * (size_t)picture->width;
        for (int x = column * g->side; x < right; x++, count++) {
            /* on the diagonals, so that both reach over the same pixels */
            int a = p[x + picture->width + 1] - p[x];
            int b = p[x + picture->width] - p[x + 1];
            int dx = a - b;
            int dy = a + b;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
    }
    double energy = (double)(xx + yy);
    double difference = (double)(xx - yy);
    double twice = 2.0 * (double)xy;
    double coherent = sqrt(difference * difference + twice * twice);
    bool striped = count > 0 && energy >= 4.0 * ENERGY_LEAST * (double)count &&
                   coherent >= COHERENCE_LEAST * energy;
    *out = (cell){.energy = (float)(energy / (double)(count ? count : 1)),
                  .cosine = (float)(difference / (double)(count ? count : 1)),
                  .sine = (float)(twice / (double)(count ? count : 1)),
                  .region = striped ? 0 : -1};
}

static bool much_alike(const cell *a, const cell *b)
{
    double turn = remainder(atan2((double)a->sine, (double)a->cosine) -
                                atan2((double)b->sine, (double)b->cosine),
                            2.0 * M_PI);
    return fabs(turn) <= 2.0 * TURN_MOST;
}

/* Marks all cells that hang together with the first; the queue then holds them. */
static int flood(const grid *g, int first, int region)
{
    int count = 1;
    g->queue[0] = first;
    g->cells[first].region = region;
    for (int i = 0; i < count; i++) {
        int x = g->queue[i] % g->width;
        int y = g->queue[i] / g->width;
        for (int k = 0; k < 9; k++) {
            int column = x + k % 3 - 1;
            int row = y + k / 3 - 1;
            if (column < 0 || row < 0 || column >= g->width || row >= g->height)
                continue;
            int next = row * g->width + column;
            if (g->cells[next].region != 0 || !much_alike(&g->cells[g->queue[i]], &g->cells[next]))
                continue;
            g->cells[next].region = region;
            g->queue[count++] = next;
        }
    }
    return count;
}

/* The region of the queue's first `count` cells. */
static pv_stripes describe(const grid *g, int count)
{
    double cosine = 0.0;
    double sine = 0.0;
    for (int i = 0; i < count; i++) {
        cosine += g->cells[g->queue[i]].cosine;
        sine += g->cells[g->queue[i]].sine;
    }
    pv_stripes out = {.angle = 0.5 * atan2(sine, cosine),
                      .from_across = INFINITY,
                      .to_across = -INFINITY,
                      .from_along = INFINITY,
                      .to_along = -INFINITY,
                      .weight = sqrt(hypot(cosine, sine)) * sqrt(count)};
    for (int i = 0; i < count; i++) {
        double x = (g->queue[i] % g->width + 0.5) * g->side;
        double y = ((double)(g->queue[i] / g->width) + 0.5) * g->side;
        double across = x * cos(out.angle) + y * sin(out.angle);
        double along = y * cos(out.angle) - x * sin(out.angle);
        out.from_across = fmin(out.from_across, across - g->side);
        out.to_across = fmax(out.to_across, across + g->side);
        out.from_along = fmin(out.from_along, along - g->side);
        out.to_along = fmax(out.to_along, along + g->side);
    }
    out.filled = (double)count * g->side * g->side /
                 ((out.to_across - out.from_across) * (out.to_along - out.from_along));
    return out;
}

static void keep(const pv_stripes *found, pv_stripes *out, int *count)
{
    int place = *count;
    while (place > 0 && out[place - 1].weight < found->weight)
        place--;
    if (place == PV_STRIPES_MOST)
        return;
    if (*count < PV_STRIPES_MOST)
        ++*count;
    memmove(out + place + 1, out + place, (size_t)(*count - place - 1) * sizeof *out);
    out[place] = *found;
}

pv_status pv_stripes_find(const pv_gray *picture, pv_arena *arena, pv_stripes out[PV_STRIPES_MOST],
                          int *count)
{
    *count = 0;
    int longest = picture->width > picture->height ? picture->width : picture->height;
    grid g = {.side = longest / CELLS_MOST > CELL_LEAST ? longest / CELLS_MOST : CELL_LEAST};
    g.width = (picture->width + g.side - 1) / g.side;
    g.height = (picture->height + g.side - 1) / g.side;
    int cells = g.width * g.height;
    g.cells = pv_arena_take(arena, (size_t)cells, sizeof *g.cells);
    g.queue = pv_arena_take(arena, (size_t)cells, sizeof *g.queue);
    if (!g.cells || !g.queue)
        return PV_ERROR_GENERIC;
    for (int i = 0; i < cells; i++)
        measure_cell(picture, &g, i % g.width, i / g.width, &g.cells[i]);
    for (int i = 0, region = 1; i < cells; i++) {
        if (g.cells[i].region != 0)
            continue;
        int size = flood(&g, i, region++);
        if (size < REGION_LEAST)
            continue;
        pv_stripes found = describe(&g, size);
        keep(&found, out, count);
    }
    return PV_OK;
}

/* How much the rows stand out where they are taken to run at this slope: the sum of the squared
 * sums of brightness steps along them. */
static double row_contrast(const pv_gray *picture, double slope, float *sums, size_t room)
{
    memset(sums, 0, room * sizeof *sums);
    size_t shift = (size_t)ceil(SLOPE_MOST * picture->width) + 1;
    int stride = 1 + picture->width / COLUMNS_MOST;
    for (int y = 1; y < picture->height; y++) {
        const uint8_t *p = picture->pixels + (size_t)y * (size_t)picture->width;
        for (int x = 0; x < picture->width; x += stride) {
            int step = abs(p[x] - p[x - picture->width]);
            sums[(size_t)((double)(y + (int)shift) - slope * x)] += (float)step;
        }
    }
    double contrast = 0.0;
    for (size_t i = 0; i < room; i++)
        contrast += (double)sums[i] * (double)sums[i];
    return contrast;
}

pv_status pv_stripes_slope(const pv_gray *picture, pv_arena *arena, double *out)
{
    size_t room = (size_t)picture->height + 2 * (size_t)ceil(SLOPE_MOST * picture->width) + 3;
    float *sums = pv_arena_take(arena, room, sizeof *sums);
    if (!sums)
        return PV_ERROR_GENERIC;
    double best = -1.0;
    *out = 0.0;
    for (int i = 0; i < SLOPES; i++) {
        double slope = SLOPE_MOST * (2.0 * i / (SLOPES - 1) - 1.0);
        double contrast = row_contrast(picture, slope, sums, room);
        if (contrast > best) {
            best = contrast;
            *out = slope;
        }
    }
    return PV_OK;
}
