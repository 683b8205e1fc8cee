#include "document/corners.h"

#include <math.h>

#include "document/corners_internal.h"
#include "model/look.h"

#define NET_SIDE 256
#define NET_FILLED 240.0 /* of a picture's longer side: so the net was trained */
#define CELL 4.0         /* input pixels a cell */
#define MARGIN 0.15      /* around the document in the second pass, each side */
#define SETTLED 0.92     /* overlap of two passes after which no third is made */
#define SAME_LEAST 0.3   /* overlap of the same document in two passes */
#define SURE 0.5F        /* confidence below which the search goes on */
#define FOLLOWED_MOST 2  /* candidates of the first look that get a pass of their own */
#define TILE_SHARE 0.55  /* of the picture's longer side */
#define TILES_MOST 3     /* along a side */
#define BEYOND_MOST 0.5  /* of the picture's size: how far outside a corner may lie */
#define EDGE_CELLS 1.0   /* of the last pass: how far the visible edge is looked for */

typedef struct search {
    pv_runtime *runtime;
    pv_image *image;
    int width;
    int height;
    float *maps; /* three of PV_MAPS_CELLS */
    bool found;
    pv_corner_evidence best;
    float confidence;
} search;

/* From input pixels of a view to the picture: centre, turn and pixels of the picture an input
 * pixel. */
static pv_affine view_map(double x, double y, double angle, double step)
{
    double c = cos(angle) * step;
    double n = sin(angle) * step;
    if (fabs(n) < 1e-9 * step)
        n = 0.0; /* exactly upright, which takes the faster way through the warp */
    double middle = (NET_SIDE - 1) / 2.0;
    return (pv_affine){.xx = c,
                       .xy = -n,
                       .x0 = x - c * middle + n * middle,
                       .yx = n,
                       .yy = c,
                       .y0 = y - n * middle - c * middle};
}

static float probability(float value)
{
    return value > 0.0F ? fminf(value, 1.0F) : 0.0F; /* 0 also for what is no number */
}

static pv_status run_net(const search *s, const pv_affine *to_picture)
{
    static const pv_planar how = {.width = NET_SIDE, .height = NET_SIDE, .scale = 1.0F / 255.0F};
    const size_t count = (size_t)3 * PV_MAPS_CELLS;
    pv_status status =
        pv_model_look(s->runtime, "document_corners", s->image, to_picture, &how, s->maps, count);
    for (size_t i = 0; status == PV_OK && i < count; i++)
        s->maps[i] = probability(s->maps[i]);
    return status;
}

static bool within_bounds(const search *s, const pv_quad *quad)
{
    for (int k = 0; k < 4; k++) {
        pv_point p = quad->corners[k];
        if (!(p.x >= -BEYOND_MOST * s->width && p.x <= (1.0 + BEYOND_MOST) * s->width &&
              p.y >= -BEYOND_MOST * s->height && p.y <= (1.0 + BEYOND_MOST) * s->height))
            return false;
    }
    return true;
}

/* What the net finds in a view, with its quadrilaterals in the picture. */
static pv_status look(const search *s, const pv_affine *to_picture, pv_corner_candidate *out,
                      size_t *count)
{
    const pv_affine to_input = {
        .xx = CELL, .x0 = (CELL - 1.0) / 2.0, .yy = CELL, .y0 = (CELL - 1.0) / 2.0};
    pv_corner_maps maps = {.inside = s->maps,
                           .outline = s->maps + PV_MAPS_CELLS,
                           .corners = s->maps + 2 * PV_MAPS_CELLS,
                           .to_picture = pv_affine_compose(&to_input, to_picture),
                           .width = s->width,
                           .height = s->height};
    pv_status status = run_net(s, to_picture);
    if (status == PV_OK)
        status = pv_corner_maps_decode(&maps, s->image->arena, out, count);
    if (status != PV_OK)
        return status;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        out[i].quad = pv_quad_map(&maps.to_picture, &out[i].quad);
        if (within_bounds(s, &out[i].quad))
            out[kept++] = out[i];
    }
    *count = kept;
    return PV_OK;
}

/* The view that shows a quadrilateral lying flat with MARGIN around it. */
static pv_affine close_view(const pv_quad *quad)
{
    double angle = pv_quad_angle(quad);
    double left = INFINITY;
    double right = -INFINITY;
    double top = INFINITY;
    double bottom = -INFINITY;
    for (int k = 0; k < 4; k++) {
        pv_point p = quad->corners[k];
        double across = p.x * cos(angle) + p.y * sin(angle);
        double down = p.y * cos(angle) - p.x * sin(angle);
        left = fmin(left, across);
        right = fmax(right, across);
        top = fmin(top, down);
        bottom = fmax(bottom, down);
    }
    double across = (left + right) / 2.0;
    double down = (top + bottom) / 2.0;
    double step = fmax(right - left, bottom - top) * (1.0 + 2.0 * MARGIN) / NET_SIDE;
    return view_map(across * cos(angle) - down * sin(angle),
                    across * sin(angle) + down * cos(angle), angle, step);
}

/* One more pass around a quadrilateral: the same document again, where the net still sees it. */
static pv_status look_close(const search *s, pv_corner_evidence *evidence, bool *seen)
{
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    size_t count;
    *seen = false;
    pv_quad_order(&evidence->quad);
    pv_affine view = close_view(&evidence->quad);
    pv_status status = look(s, &view, found, &count);
    if (status != PV_OK)
        return status;
    double most = 0.0;
    for (size_t i = 0; i < count; i++) {
        double overlap = pv_quad_overlap(&found[i].quad, &evidence->quad);
        double value = overlap * (double)pv_corner_candidate_weight(&found[i]);
        if (overlap < SAME_LEAST || value <= most)
            continue;
        most = value;
        evidence->maps = found[i];
        evidence->agreement = (float)overlap;
        *seen = true;
    }
    if (*seen)
        evidence->quad = evidence->maps.quad;
    return PV_OK;
}

/* Settles a candidate by one or two closer looks and by the visible edges, and keeps it where it is
 * better than what there was. */
static pv_status follow(search *s, const pv_corner_candidate *candidate)
{
    pv_corner_evidence evidence = {.quad = candidate->quad, .maps = *candidate};
    bool seen = true;
    for (int pass = 0; pass < 2 && seen && evidence.agreement < SETTLED; pass++) {
        pv_status status = look_close(s, &evidence, &seen);
        if (status != PV_OK)
            return status;
    }
    if (!seen)
        return PV_OK; /* it was nothing: a closer look shows none */
    double cell = pv_quad_longest_side(&evidence.quad) * (1.0 + 2.0 * MARGIN) / PV_MAPS_SIDE;
    pv_status status =
        pv_corner_edges_refine(s->image, EDGE_CELLS * cell, &evidence.quad, &evidence.edges);
    if (status == PV_OK)
        status = pv_corner_widen(s->image, &evidence.quad, &evidence.edges);
    if (status != PV_OK || !within_bounds(s, &evidence.quad))
        return status;
    float terms[PV_CORNER_TERMS];
    pv_corner_terms(&evidence, s->width, s->height, terms);
    float confidence = pv_corner_confidence(terms);
    double area = pv_quad_area(evidence.quad.corners);
    if (s->found && confidence * area <= s->confidence * pv_quad_area(s->best.quad.corners))
        return PV_OK;
    s->found = true;
    s->best = evidence;
    s->confidence = confidence;
    return PV_OK;
}

/* Follows the FOLLOWED_MOST largest by area times weight; the second only where the first proves
 * unsure. */
static pv_status follow_all(search *s, pv_corner_candidate *found, size_t count)
{
    for (size_t turn = 0; turn < FOLLOWED_MOST && turn < count; turn++) {
        size_t best = turn;
        double most = -1.0;
        for (size_t i = turn; i < count; i++) {
            double value =
                pv_quad_area(found[i].quad.corners) * (double)pv_corner_candidate_weight(&found[i]);
            if (value <= most)
                continue;
            most = value;
            best = i;
        }
        pv_corner_candidate chosen = found[best];
        found[best] = found[turn];
        pv_status status = follow(s, &chosen);
        if (status != PV_OK || s->confidence >= SURE)
            return status;
    }
    return PV_OK;
}

static pv_status look_at_whole(search *s)
{
    double longer = s->width > s->height ? s->width : s->height;
    pv_affine view =
        view_map((s->width - 1) / 2.0, (s->height - 1) / 2.0, 0.0, longer / NET_FILLED);
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    size_t count;
    pv_status status = look(s, &view, found, &count);
    return status == PV_OK ? follow_all(s, found, count) : status;
}

static int tiles_along(double size, double tile)
{
    int count = (int)ceil((size - tile) / (0.5 * tile)) + 1;
    return count < 1 ? 1 : count > TILES_MOST ? TILES_MOST : count;
}

/* Small documents: overlapping parts of the picture, each seen larger. */
static pv_status look_at_tiles(search *s)
{
    double longer = s->width > s->height ? s->width : s->height;
    double tile = TILE_SHARE * longer;
    int columns = tiles_along(s->width, tile);
    int rows = tiles_along(s->height, tile);
    for (int i = 0; i < columns * rows && s->confidence < SURE; i++) {
        double across = columns > 1 ? (double)(i % columns) / (columns - 1) : 0.5;
        double down = rows > 1 ? (double)(i / columns) / (rows - 1) : 0.5;
        double x = columns > 1 ? tile / 2.0 + across * (s->width - tile) : s->width / 2.0;
        double y = rows > 1 ? tile / 2.0 + down * (s->height - tile) : s->height / 2.0;
        pv_affine view = view_map(x - 0.5, y - 0.5, 0.0, tile / NET_FILLED);
        pv_corner_candidate found[PV_CANDIDATES_MOST];
        size_t count;
        pv_status status = look(s, &view, found, &count);
        if (status == PV_OK)
            status = follow_all(s, found, count);
        if (status != PV_OK)
            return status;
    }
    return PV_OK;
}

pv_status pv_corners_search(pv_runtime *runtime, pv_image *image, bool *found,
                            pv_corner_evidence *out)
{
    search s = {.runtime = runtime,
                .image = image,
                .width = image->levels[0].width,
                .height = image->levels[0].height};
    *found = false;
    s.maps = pv_arena_take(image->arena, (size_t)3 * PV_MAPS_CELLS, sizeof *s.maps);
    if (!s.maps)
        return PV_ERROR_GENERIC;
    pv_status status = look_at_whole(&s);
    if (status == PV_OK && s.confidence < SURE)
        status = look_at_tiles(&s);
    *found = s.found;
    if (s.found) {
        pv_quad_order(&s.best.quad);
        *out = s.best;
    }
    return status;
}

pv_status pv_corners_find(pv_runtime *runtime, pv_image *image, pv_document_corners *out)
{
    pv_corner_evidence evidence;
    float terms[PV_CORNER_TERMS];
    *out = (pv_document_corners){.found = false};
    pv_status status = pv_corners_search(runtime, image, &out->found, &evidence);
    if (status != PV_OK || !out->found)
        return status;
    for (int k = 0; k < 4; k++)
        out->corners[k] = evidence.quad.corners[k];
    pv_corner_terms(&evidence, image->levels[0].width, image->levels[0].height, terms);
    out->confidence = pv_corner_confidence(terms);
    return PV_OK;
}
