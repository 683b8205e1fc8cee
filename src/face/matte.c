#include "face/matte.h"

#include <math.h>
#include <string.h>

/* Variance of the guide below which it counts as even; 0.03 of the range, squared. */
#define EVEN_VARIANCE 1e-3F
/* Radii as shares of the picture's width. */
#define GUIDE_RADIUS 0.02
#define BAND_RADIUS 0.035
#define COLOUR_RADIUS 0.09
#define DETAIL_RADIUS 0.012
/* What the filter leaves below and above these shares is its own haze, not hair; more of it lies
 * outside, because a border that is drawn too wide shows the old background and one too narrow
 * shows nothing. */
#define HAZE_LOW 0.27F
#define HAZE_HIGH 0.93F

/* Planes of half the picture's size, with a scratch plane for the box filter. */
typedef struct half {
    int width;
    int height;
    size_t count;
    float *scratch;
    float *sums; /* one row */
} half;

static pv_status make_half(pv_arena *arena, int width, int height, half *out)
{
    out->width = (width + 1) / 2;
    out->height = (height + 1) / 2;
    out->count = (size_t)out->width * (size_t)out->height;
    out->scratch = pv_arena_take(arena, out->count, sizeof *out->scratch);
    out->sums = pv_arena_take(arena, (size_t)out->width, sizeof *out->sums);
    return out->scratch && out->sums ? PV_OK : PV_ERROR_GENERIC;
}

static int radius_of(const half *h, double share)
{
    int radius = (int)(share * h->width + 0.5);
    return radius < 1 ? 1 : radius;
}

static void box_row(const float *in, int width, int radius, float *out)
{
    float sum = 0.0F;
    for (int x = 0; x < radius && x < width; x++)
        sum += in[x];
    for (int x = 0; x < width; x++) {
        if (x + radius < width)
            sum += in[x + radius];
        if (x - radius - 1 >= 0)
            sum -= in[x - radius - 1];
        int first = x - radius > 0 ? x - radius : 0;
        int last = x + radius < width - 1 ? x + radius : width - 1;
        out[x] = sum / (float)(last - first + 1);
    }
}

static void add_row(const float *row, int width, float sign, float *sums)
{
    for (int x = 0; x < width; x++)
        sums[x] += sign * row[x];
}

/* The mean over a square around each point, as far as the plane reaches; in place. */
static void box(const half *h, int radius, float *plane)
{
    const size_t width = (size_t)h->width;
    for (size_t y = 0; y < (size_t)h->height; y++)
        box_row(plane + y * width, h->width, radius, h->scratch + y * width);
    memset(h->sums, 0, width * sizeof *h->sums);
    for (int y = 0; y < radius && y < h->height; y++)
        add_row(h->scratch + (size_t)y * width, h->width, 1.0F, h->sums);
    for (int y = 0; y < h->height; y++) {
        if (y + radius < h->height)
            add_row(h->scratch + (size_t)(y + radius) * width, h->width, 1.0F, h->sums);
        if (y - radius - 1 >= 0)
            add_row(h->scratch + (size_t)(y - radius - 1) * width, h->width, -1.0F, h->sums);
        int first = y - radius > 0 ? y - radius : 0;
        int last = y + radius < h->height - 1 ? y + radius : h->height - 1;
        float *out = plane + (size_t)y * width;
        for (size_t x = 0; x < width; x++)
            out[x] = h->sums[x] / (float)(last - first + 1);
    }
}

/* 2 x 2 means; an odd last column or row counts twice. */
static void shrink_alpha(const float *alpha, int width, int height, const half *h, float *out)
{
    for (int y = 0; y < h->height; y++) {
        const float *a = alpha + (size_t)(2 * y) * (size_t)width;
        const float *b = 2 * y + 1 < height ? a + width : a;
        for (int x = 0; x < h->width; x++) {
            int l = 2 * x;
            int r = l + 1 < width ? l + 1 : l;
            out[(size_t)y * (size_t)h->width + (size_t)x] = (a[l] + a[r] + b[l] + b[r]) / 4.0F;
        }
    }
}

static void shrink_rgb(const uint8_t *rgb, int width, int height, const half *h, float *planes[3])
{
    for (int y = 0; y < h->height; y++) {
        const uint8_t *a = rgb + 3 * (size_t)(2 * y) * (size_t)width;
        const uint8_t *b = 2 * y + 1 < height ? a + 3 * (size_t)width : a;
        for (int x = 0; x < h->width; x++) {
            int l = 6 * x;
            int r = 2 * x + 1 < width ? l + 3 : l;
            size_t at = (size_t)y * (size_t)h->width + (size_t)x;
            for (int c = 0; c < 3; c++)
                planes[c][at] =
                    (float)(a[l + c] + a[r + c] + b[l + c] + b[r + c]) / (4.0F * 255.0F);
        }
    }
}

/* Bilinear value of a half-size plane at a pixel of the full size. */
typedef struct half_point {
    size_t at[4];
    float weight[4];
} half_point;

static half_point locate(const half *h, int x, int y)
{
    float hx = fmaxf(0.0F, ((float)x - 0.5F) / 2.0F);
    float hy = fmaxf(0.0F, ((float)y - 0.5F) / 2.0F);
    int left = (int)hx;
    int top = (int)hy;
    int right = left + 1 < h->width ? left + 1 : left;
    int bottom = top + 1 < h->height ? top + 1 : top;
    float fx = hx - (float)left;
    float fy = hy - (float)top;
    size_t width = (size_t)h->width;
    return (half_point){
        .at = {(size_t)top * width + (size_t)left, (size_t)top * width + (size_t)right,
               (size_t)bottom * width + (size_t)left, (size_t)bottom * width + (size_t)right},
        .weight = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy}};
}

static float value_at(const float *plane, const half_point *p)
{
    return plane[p->at[0]] * p->weight[0] + plane[p->at[1]] * p->weight[1] +
           plane[p->at[2]] * p->weight[2] + plane[p->at[3]] * p->weight[3];
}

static pv_status take_planes(pv_arena *arena, size_t count, int planes, float **out)
{
    for (int i = 0; i < planes; i++) {
        out[i] = pv_arena_take(arena, count, sizeof **out);
        if (!out[i])
            return PV_ERROR_GENERIC;
    }
    return PV_OK;
}

/* Solves the symmetric 3 x 3 system m * x = v; m: xx, xy, xz, yy, yz, zz. */
static void solve(const float m[6], const float v[3], float x[3])
{
    float c0 = m[3] * m[5] - m[4] * m[4];
    float c1 = m[2] * m[4] - m[1] * m[5];
    float c2 = m[1] * m[4] - m[2] * m[3];
    float determinant = m[0] * c0 + m[1] * c1 + m[2] * c2;
    float scale = determinant > 1e-20F ? 1.0F / determinant : 0.0F;
    float c4 = m[0] * m[5] - m[2] * m[2];
    float c5 = m[1] * m[2] - m[0] * m[4];
    float c8 = m[0] * m[3] - m[1] * m[1];
    x[0] = scale * (c0 * v[0] + c1 * v[1] + c2 * v[2]);
    x[1] = scale * (c1 * v[0] + c4 * v[1] + c5 * v[2]);
    x[2] = scale * (c2 * v[0] + c5 * v[1] + c8 * v[2]);
}

/* guide: 3 planes; p: the coarse shares; out: 4 planes, the filter's coefficients (three slopes and
 * the offset), averaged. */
static pv_status fit_guide(pv_arena *arena, const half *h, float *guide[3], const float *p,
                           float *out[4])
{
    static const int first[6] = {0, 0, 0, 1, 1, 2};
    static const int second[6] = {0, 1, 2, 1, 2, 2};
    const int radius = radius_of(h, GUIDE_RADIUS);
    float *means[13]; /* of the guide, of p, of guide * p, of guide * guide */
    pv_status status = take_planes(arena, h->count, 13, means);
    if (status != PV_OK)
        return status;
    for (size_t i = 0; i < h->count; i++) {
        means[3][i] = p[i];
        for (int c = 0; c < 3; c++) {
            means[c][i] = guide[c][i];
            means[4 + c][i] = guide[c][i] * p[i];
        }
        for (int k = 0; k < 6; k++)
            means[7 + k][i] = guide[first[k]][i] * guide[second[k]][i];
    }
    for (int k = 0; k < 13; k++)
        box(h, radius, means[k]);
    for (size_t i = 0; i < h->count; i++) {
        float m[6];
        float v[3];
        float slope[3];
        for (int k = 0; k < 6; k++)
            m[k] = means[7 + k][i] - means[first[k]][i] * means[second[k]][i] +
                   (first[k] == second[k] ? EVEN_VARIANCE : 0.0F);
        for (int c = 0; c < 3; c++)
            v[c] = means[4 + c][i] - means[c][i] * means[3][i];
        solve(m, v, slope);
        out[3][i] = means[3][i];
        for (int c = 0; c < 3; c++) {
            out[c][i] = slope[c];
            out[3][i] -= slope[c] * means[c][i];
        }
    }
    for (int k = 0; k < 4; k++)
        box(h, radius, out[k]);
    return PV_OK;
}

static float ramp(float value, float from, float to)
{
    float t = fminf(1.0F, fmaxf(0.0F, (value - from) / (to - from)));
    return t * t * (3.0F - 2.0F * t);
}

pv_status pv_matte_refine(pv_arena *arena, const uint8_t *rgb, int width, int height, float *alpha)
{
    half h;
    float *guide[3];
    float *coefficients[4];
    float *coarse[1];
    pv_status status = make_half(arena, width, height, &h);
    if (status == PV_OK)
        status = take_planes(arena, h.count, 3, guide);
    if (status == PV_OK)
        status = take_planes(arena, h.count, 4, coefficients);
    if (status == PV_OK)
        status = take_planes(arena, h.count, 1, coarse);
    if (status != PV_OK)
        return status;
    shrink_rgb(rgb, width, height, &h, guide);
    shrink_alpha(alpha, width, height, &h, coarse[0]);
    status = fit_guide(arena, &h, guide, coarse[0], coefficients);
    if (status != PV_OK)
        return status;
    /* how much of the surroundings is the person: 0 and 1 away from the border */
    box(&h, radius_of(&h, BAND_RADIUS), coarse[0]);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            half_point p = locate(&h, x, y);
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            float q = value_at(coefficients[3], &p);
            for (int c = 0; c < 3; c++)
                q += value_at(coefficients[c], &p) * (float)rgb[3 * at + (size_t)c] / 255.0F;
            q = fminf(1.0F, fmaxf(0.0F, (q - HAZE_LOW) / (HAZE_HIGH - HAZE_LOW)));
            float around = value_at(coarse[0], &p);
            float low = ramp(around, 0.01F, 0.10F);
            float high = ramp(1.0F - around, 0.01F, 0.10F);
            alpha[at] = low * (1.0F - high * (1.0F - q));
        }
    }
    return PV_OK;
}

/* Colours of person and background around each point: means weighted by their shares, the person's
 * squared, since a share that was guessed too high must not teach the old background's colour. */
static void mix_means(const half *h, int radius, const float *alpha, float *guide[3],
                      float *person[3], float *old[3], float *weight)
{
    for (int side = 0; side < 2; side++) {
        float **planes = side == 0 ? person : old;
        for (size_t i = 0; i < h->count; i++)
            weight[i] = side == 0 ? alpha[i] * alpha[i] : 1.0F - alpha[i];
        for (int c = 0; c < 3; c++) {
            for (size_t i = 0; i < h->count; i++)
                planes[c][i] = guide[c][i] * weight[i];
            box(h, radius, planes[c]);
        }
        box(h, radius, weight);
        for (int c = 0; c < 3; c++)
            for (size_t i = 0; i < h->count; i++)
                planes[c][i] = weight[i] > 1e-4F ? planes[c][i] / weight[i] : guide[c][i];
    }
}

/* Moves the person's colour so that the mixture explains the picture. */
static float unmix(float value, float person, float old, float alpha)
{
    float colour = person + alpha * (value - alpha * person - (1.0F - alpha) * old);
    return fminf(1.0F, fmaxf(0.0F, colour));
}

/* The person's colours and those of the background at half the size: coarse, then in detail. */
static pv_status estimate_colours(pv_arena *arena, const half *h, const float *alpha,
                                  float *guide[3], float *person[3], float *old[3])
{
    float *weight = pv_arena_take(arena, h->count, sizeof *weight);
    if (!weight)
        return PV_ERROR_GENERIC;
    mix_means(h, radius_of(h, COLOUR_RADIUS), alpha, guide, person, old, weight);
    for (int c = 0; c < 3; c++)
        for (size_t i = 0; i < h->count; i++)
            person[c][i] = unmix(guide[c][i], person[c][i], old[c][i], alpha[i]);
    /* in detail: the means again, of the colours unmixed so far */
    const int radius = radius_of(h, DETAIL_RADIUS);
    for (size_t i = 0; i < h->count; i++)
        weight[i] = alpha[i] + 1e-3F;
    box(h, radius, weight);
    for (int c = 0; c < 3; c++) {
        for (size_t i = 0; i < h->count; i++)
            person[c][i] *= alpha[i] + 1e-3F;
        box(h, radius, person[c]);
        for (size_t i = 0; i < h->count; i++)
            person[c][i] /= weight[i];
    }
    return PV_OK;
}

pv_status pv_matte_compose(pv_arena *arena, const float *alpha, uint32_t background, int width,
                           int height, uint8_t *rgb)
{
    half h;
    float *planes[10]; /* guide, person, old background, shares */
    pv_status status = make_half(arena, width, height, &h);
    if (status == PV_OK)
        status = take_planes(arena, h.count, 10, planes);
    if (status != PV_OK)
        return status;
    shrink_rgb(rgb, width, height, &h, planes);
    shrink_alpha(alpha, width, height, &h, planes[9]);
    status = estimate_colours(arena, &h, planes[9], planes, planes + 3, planes + 6);
    if (status != PV_OK)
        return status;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            float a = alpha[at];
            if (a >= 1.0F)
                continue;
            half_point p = locate(&h, x, y);
            for (int c = 0; c < 3; c++) {
                float fresh = (float)((background >> (16 - 8 * c)) & 0xFF) / 255.0F;
                float colour = unmix((float)rgb[3 * at + (size_t)c] / 255.0F,
                                     value_at(planes[3 + c], &p), value_at(planes[6 + c], &p), a);
                rgb[3 * at + (size_t)c] =
                    (uint8_t)(255.0F * (a * colour + (1.0F - a) * fresh) + 0.5F);
            }
        }
    }
    return PV_OK;
}
