/* Sides of a quadrilateral onto the edges that can be seen in the picture. */
#include <math.h>
#include <string.h>

#include "document/corners_internal.h"

#define LONG_SIDE 1000.0  /* samples: finer ones show texture rather than the edge */
#define PLACES 48         /* along a side */
#define PLACES_LEAST 14   /* of them in the picture */
#define CORNER_SHARE 0.08 /* of the side at either end: round corners */
#define REACH_LEAST 4
#define REACH_MOST 20 /* samples to either side */
#define SPAN (2 * REACH_MOST + 1)
#define FLOOR 4.0F /* brightness steps below this are noise */
#define PRIOR 0.6  /* of the reach: how far the edge usually is from where the net puts it */
#define SUPPORT_LEAST 0.45F
#define UNSEEN 0.8F /* the support where no side is in the picture: neither for nor against */
#define NEAR 1.6    /* samples off the line that still belong to it */

/* Steps of colour across a side: at each place, on each sample from inside to outside. */
typedef struct edge_band {
    int reach;
    bool seen[PLACES];
    float strength[PLACES][SPAN];     /* 0 to 1; peaks only */
    float direction[PLACES][SPAN][3]; /* of the step in colour, its length the strength */
    float offset[PLACES][SPAN];       /* of the peak from its sample */
} edge_band;

/* The picture at one level, and how its samples lie. */
typedef struct edge_view {
    const pv_plane *plane;
    pv_affine to_plane; /* from the picture */
    double unit;        /* pixels of the picture a sample */
} edge_view;

static bool sample(const edge_view *view, double x, double y, float rgb[3])
{
    const pv_plane *plane = view->plane;
    double px = view->to_plane.xx * x + view->to_plane.x0;
    double py = view->to_plane.yy * y + view->to_plane.y0;
    if (!(px >= 0.0 && py >= 0.0 && px < plane->width - 1 && py < plane->height - 1))
        return false;
    int left = (int)px;
    int top = (int)py;
    float fx = (float)(px - left);
    float fy = (float)(py - top);
    const size_t step = (size_t)plane->channels;
    const size_t row = (size_t)plane->width * step;
    const size_t offsets[3] = {plane->red, plane->green, plane->blue};
    const uint8_t *pixel = plane->pixels + (size_t)top * row + (size_t)left * step;
    for (int c = 0; c < 3; c++) {
        const uint8_t *p = pixel + offsets[c];
        float upper = (float)p[0] + fx * (float)(p[step] - p[0]);
        float lower = (float)p[row] + fx * (float)(p[row + step] - p[row]);
        rgb[c] += upper + fy * (lower - upper);
    }
    return true;
}

/* Colours across a side, from `reach` + 2 inside to as many outside, each the sum of three places
 * along it. False where a part is outside of the picture. */
static bool read_profile(const edge_view *view, int reach, double x, double y, const pv_line *side,
                         float (*out)[3])
{
    for (int i = 0; i < 2 * reach + 5; i++) {
        double t = (i - reach - 2) * view->unit;
        memset(out[i], 0, sizeof out[i]);
        for (int k = -1; k <= 1; k++)
            if (!sample(view, x + t * side->nx - k * view->unit * side->ny,
                        y + t * side->ny + k * view->unit * side->nx, out[i]))
                return false;
    }
    return true;
}

/* Steps of colour of one profile, and which of them are peaks. */
static void find_steps(float (*profile)[3], int reach, int place, edge_band *band)
{
    float sizes[SPAN + 2] = {0};
    float steps[SPAN][3];
    for (int i = 0; i < 2 * reach + 1; i++) {
        float sum = 0.0F;
        for (int c = 0; c < 3; c++) {
            steps[i][c] =
                (profile[i + 3][c] + profile[i + 4][c] - profile[i + 1][c] - profile[i][c]) / 6.0F;
            sum += steps[i][c] * steps[i][c];
        }
        sizes[i + 1] = sqrtf(sum);
    }
    for (int i = 0; i < 2 * reach + 1; i++) {
        float size = sizes[i + 1];
        band->strength[place][i] = 0.0F;
        memset(band->direction[place][i], 0, sizeof band->direction[place][i]);
        if (i == 0 || i == 2 * reach || size < FLOOR || size < sizes[i] || size < sizes[i + 2])
            continue;
        float curve = sizes[i] + sizes[i + 2] - 2.0F * size;
        band->offset[place][i] = curve < 0.0F ? 0.5F * (sizes[i] - sizes[i + 2]) / curve : 0.0F;
        band->strength[place][i] = size / (size + 3.0F * FLOOR);
        for (int c = 0; c < 3; c++)
            band->direction[place][i][c] = band->strength[place][i] * steps[i][c] / size;
    }
}

static int read_band(const edge_view *view, pv_point from, pv_point to, const pv_line *side,
                     edge_band *band)
{
    int seen = 0;
    float profile[SPAN + 4][3] = {{0}};
    for (int i = 0; i < PLACES; i++) {
        double t = CORNER_SHARE + (1.0 - 2.0 * CORNER_SHARE) * i / (PLACES - 1);
        double x = from.x + t * ((double)to.x - from.x);
        double y = from.y + t * ((double)to.y - from.y);
        band->seen[i] = read_profile(view, band->reach, x, y, side, profile);
        if (!band->seen[i])
            continue;
        find_steps(profile, band->reach, i, band);
        seen++;
    }
    return seen;
}

/* The peak within a sample of a line's place, -1 where there is none. */
static int peak_near(const edge_band *band, int place, double t)
{
    int middle = (int)lround(t) + band->reach;
    int best = -1;
    float strongest = 0.0F;
    for (int i = middle - 1; i <= middle + 1; i++) {
        if (i < 0 || i > 2 * band->reach || band->strength[place][i] <= strongest)
            continue;
        best = i;
        strongest = band->strength[place][i];
    }
    return best;
}

/* Half for how much edge there is along the line, half for how much of it is the same step of
 * colour. */
static double line_votes(const edge_band *band, double first, double last)
{
    double sum = 0.0;
    double steps[3] = {0};
    for (int i = 0; i < PLACES; i++) {
        if (!band->seen[i])
            continue;
        int peak = peak_near(band, i, first + (last - first) * i / (PLACES - 1));
        if (peak < 0)
            continue;
        sum += band->strength[i][peak];
        for (int c = 0; c < 3; c++)
            steps[c] += band->direction[i][peak][c];
    }
    return 0.5 * sum + 0.5 * sqrt(steps[0] * steps[0] + steps[1] * steps[1] + steps[2] * steps[2]);
}

/* The line with the most votes among all that leave the band at its ends. Every second place will
 * do, because votes reach a sample far. */
static void best_line(const edge_band *band, double *first, double *last)
{
    double most = -1.0;
    double width = 2.0 * PRIOR * PRIOR * band->reach * band->reach;
    int end = band->reach / 2 * 2;
    for (int a = -end; a <= end; a += 2) {
        for (int b = -end; b <= end; b += 2) {
            double votes = line_votes(band, a, b) * exp(-(a * a + b * b) / width);
            if (votes <= most)
                continue;
            most = votes;
            *first = a;
            *last = b;
        }
    }
}

/* Least squares through the peaks near the line, twice, and the share of places that have one. */
static float settle_line(const edge_band *band, double *first, double *last)
{
    int near = 0;
    int seen = 0;
    for (int round = 0; round < 3; round++) {
        double s = 0.0;
        double sx = 0.0;
        double sy = 0.0;
        double sxx = 0.0;
        double sxy = 0.0;
        near = 0;
        seen = 0;
        for (int i = 0; i < PLACES; i++) {
            double x = (double)i / (PLACES - 1);
            double at = *first + (*last - *first) * x;
            int peak = band->seen[i] ? peak_near(band, i, at) : -1;
            seen += band->seen[i];
            if (peak < 0)
                continue;
            double y = peak - band->reach + (double)band->offset[i][peak];
            if (fabs(y - at) > NEAR)
                continue;
            double w = band->strength[i][peak];
            near++;
            s += w;
            sx += w * x;
            sy += w * y;
            sxx += w * x * x;
            sxy += w * x * y;
        }
        double determinant = s * sxx - sx * sx;
        if (near < 4 || !(determinant > 1e-4 * s * s))
            break;
        double slope = (s * sxy - sx * sy) / determinant;
        *first = (sy - slope * sx) / s;
        *last = *first + slope;
    }
    return seen ? (float)near / (float)seen : 0.0F;
}

/* The mean step of colour along a line: near 1 for a strong one that is the same everywhere, near 0
 * for noise, of which each place has another. */
static float mean_step(const edge_band *band, double first, double last)
{
    float steps[3] = {0};
    int seen = 0;
    for (int i = 0; i < PLACES; i++) {
        int peak =
            band->seen[i] ? peak_near(band, i, first + (last - first) * i / (PLACES - 1)) : -1;
        seen += band->seen[i];
        for (int c = 0; c < 3 && peak >= 0; c++)
            steps[c] += band->direction[i][peak][c];
    }
    float sum = sqrtf(steps[0] * steps[0] + steps[1] * steps[1] + steps[2] * steps[2]);
    return seen ? sum / (float)seen : 0.0F;
}

/* The line of the side in the picture; `support` is -1 where too little of it can be seen. */
static bool refine_side(const edge_view *view, pv_point from, pv_point to, edge_band *band,
                        pv_line *side, float *support, float *steady)
{
    *support = -1.0F;
    *steady = 0.0F;
    if (read_band(view, from, to, side, band) < PLACES_LEAST)
        return false;
    double first = 0.0;
    double last = 0.0;
    best_line(band, &first, &last);
    *support = settle_line(band, &first, &last);
    *steady = mean_step(band, first, last);
    if (*support < SUPPORT_LEAST || fabs(first) > band->reach + 1 || fabs(last) > band->reach + 1)
        return false;
    /* first and last belong to the outermost places, not to the corners */
    double slope = (last - first) / (1.0 - 2.0 * CORNER_SHARE);
    double start = (first - slope * CORNER_SHARE) * view->unit;
    double end = start + slope * view->unit;
    pv_point a = {(float)(from.x + start * side->nx), (float)(from.y + start * side->ny)};
    pv_point b = {(float)(to.x + end * side->nx), (float)(to.y + end * side->ny)};
    return pv_line_through(a, b, side);
}

static void sum_up(pv_edge_support *out)
{
    float sum = 0.0F;
    int seen = 0;
    out->weakest = 1.0F;
    for (int k = 0; k < 4; k++) {
        if (out->sides[k] < 0.0F)
            continue;
        sum += out->sides[k];
        out->weakest = fminf(out->weakest, out->sides[k]);
        seen++;
    }
    out->mean = seen ? sum / (float)seen : UNSEEN;
    out->weakest = seen ? out->weakest : 0.0F;
}

pv_status pv_corner_edges_refine(pv_image *image, double reach, pv_quad *quad, pv_edge_support *out)
{
    *out = (pv_edge_support){.mean = 0};
    edge_band *band = pv_arena_take(image->arena, 1, sizeof *band);
    if (!band)
        return PV_ERROR_GENERIC;
    edge_view view = {.unit = fmax(1.0, pv_quad_longest_side(quad) / LONG_SIDE)};
    const pv_affine scale = {.xx = view.unit, .yy = view.unit};
    const pv_affine back = {.xx = 1.0 / view.unit, .yy = 1.0 / view.unit};
    pv_status status = pv_image_level(image, &scale, &view.plane, &view.to_plane);
    if (status != PV_OK)
        return status;
    view.to_plane = pv_affine_compose(&back, &view.to_plane);
    band->reach = (int)fmin(fmax(ceil(reach / view.unit), REACH_LEAST), REACH_MOST);
    pv_line sides[4];
    for (int k = 0; k < 4; k++) {
        pv_point from = quad->corners[k];
        pv_point to = quad->corners[(k + 1) % 4];
        if (!pv_line_through(from, to, &sides[k]))
            return PV_OK;
        out->moved +=
            refine_side(&view, from, to, band, &sides[k], &out->sides[k], &out->steady[k]);
    }
    sum_up(out);
    pv_quad next;
    if (!pv_quad_from_lines(sides, &next) || !pv_quad_convex(&next))
        return PV_OK;
    for (int k = 0; k < 4; k++)
        if (hypot((double)next.corners[k].x - quad->corners[k].x,
                  (double)next.corners[k].y - quad->corners[k].y) >
            2.0 * (band->reach + 1) * view.unit)
            return PV_OK;
    *quad = next;
    return PV_OK;
}
