#include "document/corner_maps.h"

#include <math.h>
#include <string.h>

#include "document/corner_maps_internal.h"

#define SIDE PV_MAPS_SIDE
#define ROW (SIDE + 1)
#define LEVEL 0.5F
#define REGION_LEAST 9 /* cells: a document smaller than 3 x 3 has no corners to speak of */
#define SEARCHED_MOST 16
#define FIRST_WAYS 3     /* see first_quad() */
#define OVERLAP_MOST 0.5 /* of two candidates that count as two documents */
#define SPLIT_FILL 0.85F /* a region filled better than this is one document */

static pv_status make_work(const pv_corner_maps *maps, pv_arena *arena, pv_map_work *out)
{
    *out = (pv_map_work){.maps = maps};
    out->visible = pv_arena_take(arena, PV_MAPS_CELLS, 1);
    out->region = pv_arena_take(arena, PV_MAPS_CELLS, sizeof *out->region);
    out->gain = pv_arena_take(arena, (size_t)3 * SIDE * ROW, sizeof *out->gain);
    if (!out->visible || !out->region || !out->gain)
        return PV_ERROR_GENERIC;
    out->mass = out->gain + SIDE * ROW;
    out->space = out->mass + SIDE * ROW;
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++)
        out->visible[cell] = pv_map_visible(maps, cell % SIDE, cell / SIDE, 0.0);
    return PV_OK;
}

/* `sharp`: the outline is cut away first, which parts documents that touch. */
static bool belongs(const pv_map_work *work, int cell, bool sharp)
{
    float inside = work->maps->inside[cell];
    if (sharp)
        inside *= 1.0F - work->maps->outline[cell];
    return work->visible[cell] && inside >= LEVEL;
}

/* Marks the cells that hang together with the first; returns their number. */
static int flood(pv_map_work *work, int first, int region, bool sharp, short *queue)
{
    static const int steps[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    int count = 1;
    queue[0] = (short)first;
    work->region[first] = (short)region;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < 4; k++) {
            int x = queue[i] % SIDE + steps[k][0];
            int y = queue[i] / SIDE + steps[k][1];
            int next = y * SIDE + x;
            if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || work->region[next] != 0 ||
                !belongs(work, next, sharp))
                continue;
            work->region[next] = (short)region;
            queue[count++] = (short)next;
        }
    }
    return count;
}

/* The sums that a region is judged by: cells of other regions count as empty. */
static void sum_rows(pv_map_work *work, int region)
{
    work->positive = 0.0;
    work->total = 0.0;
    for (int y = 0; y < SIDE; y++) {
        float *gain = work->gain + y * ROW;
        float *mass = work->mass + y * ROW;
        float *space = work->space + y * ROW;
        for (int x = 0; x < SIDE; x++) {
            int cell = y * SIDE + x;
            bool other = work->region[cell] != 0 && work->region[cell] != region;
            float inside = other ? 0.0F : work->maps->inside[cell];
            float visible = work->visible[cell];
            gain[x + 1] = gain[x] + visible * (inside - LEVEL);
            mass[x + 1] = mass[x] + visible * inside;
            space[x + 1] = space[x] + visible;
            if (work->region[cell] == region) {
                work->positive += fmaxf(0.01F, inside - LEVEL);
                work->total += inside;
            }
        }
    }
}

/* The corner map's highest value within a cell of the corner. */
static float corner_peak(const pv_corner_maps *maps, pv_point at)
{
    float highest = 0.0F;
    for (int i = 0; i < 9; i++)
        highest = fmaxf(highest, pv_map_sample(maps->corners, at.x + 0.7 * (i % 3 - 1),
                                               at.y + 0.7 * (i / 3 - 1)));
    return highest;
}

static void measure(const pv_map_work *work, pv_corner_candidate *out)
{
    pv_map_sums sums = pv_map_sum(work, &out->quad);
    double together = sums.space + fmax(0.0, work->total - sums.mass);
    out->fill = (float)fmin(1.0, sums.mass / fmax(1.0, together));
    out->seen = (float)fmin(1.0, sums.space / fmax(1.0, pv_quad_area(out->quad.corners)));
    float sides[4];
    pv_map_outline(work->maps, &out->quad, sides);
    float sum = 0.0F;
    int seen = 0;
    out->weakest = 1.0F;
    for (int k = 0; k < 4; k++) {
        if (sides[k] < 0.0F)
            continue;
        sum += sides[k];
        out->weakest = fminf(out->weakest, sides[k]);
        seen++;
    }
    out->outline = seen ? sum / (float)seen : 0.0F;
    out->weakest = seen >= 3 ? out->weakest : 0.0F;
    out->corners = 0.0F;
    seen = 0;
    for (int k = 0; k < 4; k++) {
        pv_point p = out->quad.corners[k];
        float peak = pv_map_drawn(work->maps, p.x, p.y) ? corner_peak(work->maps, p) : 0.0F;
        if (!pv_map_visible(work->maps, p.x, p.y, 0.3) && peak < PV_MAPS_ENDS)
            continue;
        out->corners += peak;
        seen++;
    }
    out->corners = seen ? out->corners / (float)seen : 0.0F;
}

/* First quadrilaterals of a hull. A document that the border cuts has more than four sides to be
 * seen, and the hull alone does not tell which of them are its own: both ways of counting those
 * along the border are tried. Where the net missed a corner, only the box has it. */
static bool first_quad(const pv_corner_maps *maps, const pv_point *hull, int count, int way,
                       pv_quad *out)
{
    static const double border_costs[] = {0.2, 0.005};
    pv_point sides[PV_HULL_MOST];
    if (way == 2)
        return pv_hull_to_box(hull, count, out);
    memcpy(sides, hull, (size_t)count * sizeof *sides);
    return pv_hull_to_quad(maps, border_costs[way], sides, count, out);
}

static bool best_quad(const pv_map_work *work, const pv_point *hull, int count, pv_quad *out)
{
    double best = -INFINITY;
    for (int way = 0; way < FIRST_WAYS; way++) {
        pv_quad quad;
        if (!first_quad(work->maps, hull, count, way, &quad) ||
            (isfinite(best) && pv_quad_overlap(&quad, out) > 0.97))
            continue;
        double value = pv_map_climb(work, &quad);
        if (!(value > best))
            continue;
        best = value;
        *out = quad;
    }
    return isfinite(best);
}

static pv_status fit(pv_map_work *work, int region, pv_arena *arena, pv_corner_candidate *out,
                     bool *found)
{
    pv_point *hull = pv_arena_take(arena, PV_HULL_MOST, sizeof *hull);
    if (!hull)
        return PV_ERROR_GENERIC;
    int count;
    pv_status status = pv_map_hull(work, region, arena, hull, &count);
    if (status != PV_OK)
        return status;
    *out = (pv_corner_candidate){.fill = 0};
    sum_rows(work, region);
    *found = best_quad(work, hull, count, &out->quad);
    if (!*found)
        return PV_OK;
    pv_map_fit_sides(work->maps, &out->quad);
    measure(work, out);
    return PV_OK;
}

float pv_corner_candidate_weight(const pv_corner_candidate *candidate)
{
    return candidate->fill *
           (0.5F * candidate->outline + 0.3F * candidate->weakest + 0.2F * candidate->corners);
}

/* Keeps the list in order, and one of those that are the same document. */
static void keep(const pv_corner_candidate *found, pv_corner_candidate *out, size_t *count)
{
    size_t kept = 0;
    float weight = pv_corner_candidate_weight(found);
    for (size_t i = 0; i < *count; i++)
        if (pv_quad_overlap(&found->quad, &out[i].quad) > OVERLAP_MOST &&
            weight <= pv_corner_candidate_weight(&out[i]))
            return;
    for (size_t i = 0; i < *count; i++)
        if (pv_quad_overlap(&found->quad, &out[i].quad) <= OVERLAP_MOST)
            out[kept++] = out[i];
    size_t place = kept;
    while (place > 0 && pv_corner_candidate_weight(&out[place - 1]) < weight)
        place--;
    *count = kept < PV_CANDIDATES_MOST ? kept + 1 : kept;
    if (place == PV_CANDIDATES_MOST)
        return;
    memmove(out + place + 1, out + place, (*count - place - 1) * sizeof *out);
    out[place] = *found;
}

static pv_status decode(pv_map_work *work, bool sharp, pv_arena *arena, pv_corner_candidate *out,
                        size_t *count)
{
    short *queue = pv_arena_take(arena, PV_MAPS_CELLS, sizeof *queue);
    if (!queue)
        return PV_ERROR_GENERIC;
    memset(work->region, 0, PV_MAPS_CELLS * sizeof *work->region);
    int regions = 0;
    int large[SEARCHED_MOST];
    size_t large_count = 0;
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++)
        if (work->region[cell] == 0 && belongs(work, cell, sharp) &&
            flood(work, cell, ++regions, sharp, queue) >= REGION_LEAST &&
            large_count < SEARCHED_MOST)
            large[large_count++] = regions;
    for (size_t i = 0; i < large_count; i++) {
        pv_corner_candidate found;
        bool any = false;
        pv_status status = fit(work, large[i], arena, &found, &any);
        if (status != PV_OK)
            return status;
        if (any)
            keep(&found, out, count);
    }
    return PV_OK;
}

pv_status pv_corner_maps_decode(const pv_corner_maps *maps, pv_arena *arena,
                                pv_corner_candidate *out, size_t *count)
{
    pv_map_work work;
    *count = 0;
    pv_status status = make_work(maps, arena, &work);
    if (status == PV_OK)
        status = decode(&work, false, arena, out, count);
    if (status == PV_OK && (*count == 0 || out[0].fill < SPLIT_FILL))
        status = decode(&work, true, arena, out, count);
    return status;
}
