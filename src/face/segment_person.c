#include "face/segment_person.h"

#include <math.h>
#include <string.h>

#define SIDE PV_SEGMENT_SIDE
#define POINTS ((size_t)SIDE * SIDE)
#define FAR 1e9F
/* A step from black to white is as long as this many points of even colour. */
#define COLOUR_COST 80.0F
/* A step through what is no person. */
#define GAP_COST 10.0F
#define SWEEPS 3
/* The face's ellipse, this much larger, takes in most hair. */
#define WITH_HAIR 1.35
/* The soft border kept around what is joined to the face, in points. */
#define FRINGE 5
/* Holes in the person up to this share of the grid, and of which the net is not sure, are its
 * mistakes; others are seen through, between arm and body or under long hair. */
#define HOLE_SHARE 0.01
#define HOLE_DOUBT 0.15F

static bool in_head(const pv_grid_head *head, double size, double x, double y)
{
    double along = (x - head->x) * head->down_x + (y - head->y) * head->down_y;
    double across = (x - head->x) * head->down_y - (y - head->y) * head->down_x;
    double a = across / (size * head->radius_x);
    double b = along / (size * head->radius_y);
    return a * a + b * b <= 1.0;
}

/* The part of neck and chest that can hardly be anybody else's. */
static bool in_chest(const pv_grid_head *head, double x, double y)
{
    double along = (x - head->x) * head->down_x + (y - head->y) * head->down_y;
    double across = (x - head->x) * head->down_y - (y - head->y) * head->down_x;
    double below = along - head->radius_y;
    if (below < -0.3 * head->radius_y || below > 3.0 * head->radius_y)
        return false;
    double width = below < 0.5 * head->radius_y ? 0.5 : 1.0;
    return fabs(across) <= width * head->radius_x;
}

static void seed(const pv_grid_head *head, double size, float *distance)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (in_head(head, size, x, y) || in_chest(head, x, y))
                distance[y * SIDE + x] = 0.0F;
}

/* The length of the step between two neighbours. */
static float step(const float *rgb, const float *alpha, size_t from, size_t to, float length)
{
    const float *a = rgb + 3 * from;
    const float *b = rgb + 3 * to;
    float colour = fmaxf(fabsf(a[0] - b[0]), fmaxf(fabsf(a[1] - b[1]), fabsf(a[2] - b[2])));
    return length + COLOUR_COST * colour + GAP_COST * (1.0F - alpha[to]);
}

static void relax(const float *rgb, const float *alpha, float *distance, int x, int y, int dx,
                  int dy)
{
    int nx = x + dx;
    int ny = y + dy;
    if (nx < 0 || ny < 0 || nx >= SIDE || ny >= SIDE)
        return;
    size_t to = (size_t)y * SIDE + (size_t)x;
    size_t from = (size_t)ny * SIDE + (size_t)nx;
    float length = dx != 0 && dy != 0 ? 1.41421356F : 1.0F;
    float through = distance[from] + step(rgb, alpha, from, to, length);
    if (through < distance[to])
        distance[to] = through;
}

/* Geodesic distance by sweeps over the grid (P. Toivanen, "New geodesic distance transforms for
 * gray-scale images", Pattern Recognition Letters 17, 1996). */
static void spread(const float *rgb, const float *alpha, float *distance)
{
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                relax(rgb, alpha, distance, x, y, -1, 0);
                for (int dx = -1; dx <= 1; dx++)
                    relax(rgb, alpha, distance, x, y, dx, -1);
            }
        }
        for (int y = SIDE - 1; y >= 0; y--) {
            for (int x = SIDE - 1; x >= 0; x--) {
                relax(rgb, alpha, distance, x, y, 1, 0);
                for (int dx = -1; dx <= 1; dx++)
                    relax(rgb, alpha, distance, x, y, dx, 1);
            }
        }
    }
}

pv_status pv_segment_split(pv_arena *arena, const float *rgb, const pv_grid_head *person,
                           const pv_grid_head *others, size_t count, float *alpha)
{
    float *own = pv_arena_take(arena, POINTS, sizeof *own);
    float *foreign = pv_arena_take(arena, POINTS, sizeof *foreign);
    if (!own || !foreign)
        return PV_ERROR_GENERIC;
    for (size_t i = 0; i < POINTS; i++)
        own[i] = foreign[i] = FAR;
    seed(person, 1.0, own);
    for (size_t i = 0; i < count; i++)
        seed(&others[i], WITH_HAIR, foreign);
    /* where two persons' seeds overlap, the face that is looked at wins */
    for (size_t i = 0; i < POINTS; i++)
        if (own[i] == 0.0F)
            foreign[i] = FAR;
    spread(rgb, alpha, own);
    spread(rgb, alpha, foreign);
    for (size_t i = 0; i < POINTS; i++) {
        float share = foreign[i] / fmaxf(own[i] + foreign[i], 1e-6F);
        alpha[i] *= fminf(1.0F, fmaxf(0.0F, (share - 0.47F) / 0.06F));
    }
    return PV_OK;
}

/* Marks what is joined to the points marked already: `wanted` says which points may be. The stack
 * holds at most every point once. */
static void flood(const uint8_t *wanted, uint8_t *marked, int32_t *stack)
{
    size_t depth = 0;
    for (int32_t i = 0; i < (int32_t)POINTS; i++)
        if (marked[i])
            stack[depth++] = i;
    while (depth > 0) {
        int32_t at = stack[--depth];
        int x = at % SIDE;
        const int32_t next[4] = {x > 0 ? at - 1 : -1, x < SIDE - 1 ? at + 1 : -1, at - SIDE,
                                 at + SIDE};
        for (int i = 0; i < 4; i++) {
            int32_t n = next[i];
            if (n < 0 || n >= (int32_t)POINTS || marked[n] || !wanted[n])
                continue;
            marked[n] = 1;
            stack[depth++] = n;
        }
    }
}

/* Takes away what is not within FRINGE points of the marked. */
static void keep_near(const uint8_t *marked, float *row_keep, float *alpha)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            bool near = false;
            for (int d = -FRINGE; d <= FRINGE && !near; d++)
                near = x + d >= 0 && x + d < SIDE && marked[y * SIDE + x + d];
            row_keep[y * SIDE + x] = near ? 1.0F : 0.0F;
        }
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            bool near = false;
            for (int d = -FRINGE; d <= FRINGE && !near; d++)
                near = y + d >= 0 && y + d < SIDE && row_keep[(y + d) * SIDE + x] > 0.0F;
            if (!near)
                alpha[y * SIDE + x] = 0.0F;
        }
}

/* Fills the small holes: parts of the remainder that do not reach the grid's border. */
static void fill_holes(uint8_t *wanted, uint8_t *marked, int32_t *stack, float *alpha)
{
    for (size_t i = 0; i < POINTS; i++)
        wanted[i] = alpha[i] < 0.5F;
    memset(marked, 0, POINTS);
    for (size_t i = 0; i < SIDE; i++) {
        const size_t border[4] = {i, POINTS - SIDE + i, i * SIDE, i * SIDE + SIDE - 1};
        for (int b = 0; b < 4; b++)
            marked[border[b]] = wanted[border[b]];
    }
    flood(wanted, marked, stack);
    for (size_t i = 0; i < POINTS; i++) {
        if (marked[i] || !wanted[i])
            continue;
        /* one hole: what the flood adds from here */
        size_t depth = 0;
        size_t done = 0;
        float sum = 0.0F;
        stack[depth++] = (int32_t)i;
        marked[i] = 1;
        while (done < depth) {
            int32_t at = stack[done++];
            sum += alpha[at];
            const int32_t next[4] = {at - 1, at + 1, at - SIDE, at + SIDE};
            for (int n = 0; n < 4; n++) /* never out of range: the border is marked or unwanted */
                if (wanted[next[n]] && !marked[next[n]]) {
                    marked[next[n]] = 1;
                    stack[depth++] = next[n];
                }
        }
        if ((double)depth <= HOLE_SHARE * POINTS && sum >= HOLE_DOUBT * (float)depth)
            for (size_t h = 0; h < depth; h++)
                alpha[stack[h]] = 1.0F;
    }
}

pv_status pv_segment_join(pv_arena *arena, const pv_grid_head *person, float *alpha)
{
    uint8_t *wanted = pv_arena_take(arena, POINTS, 1);
    uint8_t *marked = pv_arena_take(arena, POINTS, 1);
    int32_t *stack = pv_arena_take(arena, POINTS, sizeof *stack);
    float *scratch = pv_arena_take(arena, POINTS, sizeof *scratch);
    if (!wanted || !marked || !stack || !scratch)
        return PV_ERROR_GENERIC;
    for (size_t i = 0; i < POINTS; i++) {
        wanted[i] = alpha[i] >= 0.5F;
        marked[i] = wanted[i] && in_head(person, 1.0, (double)(i % SIDE), (double)(i / SIDE));
    }
    flood(wanted, marked, stack);
    keep_near(marked, scratch, alpha);
    fill_holes(wanted, marked, stack, alpha);
    return PV_OK;
}
