#include "face/detect.h"

#include <math.h>

#include "face/yunet.h"

#define BASE_SIDE 640
#define SMALL_SIDE 320
#define LARGEST_SIDE 1920
/* Above this share of a 640 canvas the net's largest stride no longer holds a face whole. */
#define BIG_FACE_SHARE 0.55F
/* The further passes look at more, so they meet more that only resembles a face. */
#define FURTHER_PASS_SCORE 0.80F
/* So much black around a tight crop lets the net see where the face ends: more of the masked faces
 * that fill their picture are found, and the picture is too small then for much to resemble one. */
static const double margins[] = {0.8, 0.5};
#define OVERLAP_LIMIT 0.3F
#define TILT_LIMIT_DEGREES 25.0
/* Upright faces of ordinary pictures score 0.9 and more. */
#define SURE_SCORE 0.90F
/* In a crowd only the surest are looked at again. */
#define LEVELLED_MAX 8
#define RADIANS (3.14159265358979323846 / 180.0)

typedef struct search {
    pv_runtime *runtime;
    pv_image *image;
    int width;
    int height;
    pv_face *faces;
    size_t count;
} search;

/* A canvas around (x, y) of the picture, turned by `degrees`, `step` picture pixels a canvas pixel.
 */
static pv_view centred_view(int width, int height, double x, double y, double degrees, double step)
{
    double c = cos(degrees * RADIANS) * step;
    double n = sin(degrees * RADIANS) * step;
    /* quarter turns exactly, so that upright views take the faster way through the warp */
    if (fabs(n) < 1e-9 * step)
        n = 0.0;
    if (fabs(c) < 1e-9 * step)
        c = 0.0;
    double vx = (width - 1) / 2.0;
    double vy = (height - 1) / 2.0;
    return (pv_view){.width = width,
                     .height = height,
                     .to_picture = {.xx = c,
                                    .xy = -n,
                                    .x0 = x - c * vx + n * vy,
                                    .yx = n,
                                    .yy = c,
                                    .y0 = y - n * vx - c * vy}};
}

/* The whole picture with its longer side at `side` pixels, turned by `degrees`, with a margin of
 * `margin` times its longer side all around. */
static pv_view whole_view(const search *s, int side, double degrees, double margin)
{
    double longer = s->width > s->height ? s->width : s->height;
    double c = fabs(cos(degrees * RADIANS));
    double n = fabs(sin(degrees * RADIANS));
    double turned_width = c * s->width + n * s->height + 2 * margin * longer;
    double turned_height = n * s->width + c * s->height + 2 * margin * longer;
    double step = fmax(turned_width, turned_height) / side;
    return centred_view((int)fmax(1.0, round(turned_width / step)),
                        (int)fmax(1.0, round(turned_height / step)), (s->width - 1) / 2.0,
                        (s->height - 1) / 2.0, degrees, step);
}

static pv_status look(search *s, int side, double degrees, double margin, float score)
{
    pv_view view = whole_view(s, side, degrees, margin);
    pv_status status = pv_yunet_run(s->runtime, s->image, &view, score, s->faces, &s->count);
    if (status == PV_OK)
        pv_face_suppress(s->faces, &s->count, OVERLAP_LIMIT);
    return status;
}

/* Faces too big for the base pass, seen at half its size: those answers replace the others. */
static pv_status look_at_big_faces(search *s)
{
    float longer = (float)(s->width > s->height ? s->width : s->height);
    float limit = BIG_FACE_SHARE * longer;
    size_t kept = 0;
    bool any = false;
    for (size_t i = 0; i < s->count; i++) {
        const pv_face *face = &s->faces[i];
        if (face->right - face->left > limit || face->bottom - face->top > limit)
            any = true;
    }
    if (!any)
        return PV_OK;
    size_t base_count = s->count;
    pv_view view = whole_view(s, SMALL_SIDE, 0, 0);
    pv_status status =
        pv_yunet_run(s->runtime, s->image, &view, pv_face_score(0), s->faces, &s->count);
    if (status != PV_OK)
        return status;
    for (size_t i = 0; i < s->count; i++) {
        const pv_face *face = &s->faces[i];
        bool big = face->right - face->left > limit / 2 || face->bottom - face->top > limit / 2;
        bool of_base = i < base_count;
        bool replaced = false;
        for (size_t j = base_count; j < s->count && of_base && big; j++)
            replaced = replaced || pv_face_overlap(face, &s->faces[j]) > OVERLAP_LIMIT;
        if (of_base ? !replaced : big)
            s->faces[kept++] = *face;
    }
    s->count = kept;
    pv_face_suppress(s->faces, &s->count, OVERLAP_LIMIT);
    return PV_OK;
}

/* What is tried, in this order, until something is found. */
static pv_status look_further(search *s)
{
    int longer = s->width > s->height ? s->width : s->height;
    pv_status status = look(s, SMALL_SIDE, 0, 0.3, FURTHER_PASS_SCORE);
    for (size_t i = 0; i < sizeof margins / sizeof margins[0] && status == PV_OK && s->count == 0;
         i++)
        status = look(s, BASE_SIDE, 0, margins[i], pv_face_score(0.5F));
    if (status == PV_OK && s->count == 0 && longer > BASE_SIDE)
        status = look(s, longer < LARGEST_SIDE ? longer : LARGEST_SIDE, 0, 0, FURTHER_PASS_SCORE);
    static const double turns[] = {90, -90, 180, 45, -45, 135, -135};
    for (size_t i = 0; i < sizeof turns / sizeof turns[0] && status == PV_OK && s->count == 0; i++)
        status = look(s, BASE_SIDE, turns[i], 0, FURTHER_PASS_SCORE);
    return status;
}

static double tilt_degrees(const pv_face *face)
{
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    return atan2((double)left->y - right->y, (double)left->x - right->x) / RADIANS;
}

/* Looks at a face again, alone on the canvas and turned back by `degrees`; the answer replaces the
 * face where the net is surer of it. */
static pv_status look_at_face(const search *s, double degrees, const pv_face *first, pv_face *best)
{
    double box = fmax((double)(first->right - first->left), (double)(first->bottom - first->top));
    pv_view view = centred_view(SMALL_SIDE, SMALL_SIDE, (first->left + first->right) / 2,
                                (first->top + first->bottom) / 2, degrees, 2.2 * box / SMALL_SIDE);
    pv_face *found = pv_arena_take(s->image->arena, PV_DETECTIONS_MAX, sizeof *found);
    if (!found)
        return PV_ERROR_GENERIC;
    size_t count = 0;
    pv_status status = pv_yunet_run(s->runtime, s->image, &view, first->score, found, &count);
    for (size_t i = 0; i < count && status == PV_OK; i++)
        if (found[i].score > best->score && pv_face_overlap(first, &found[i]) > OVERLAP_LIMIT)
            *best = found[i];
    return status;
}

/* The net also answers, less surely and with its points in the wrong places, for faces that lie on
 * their side or upside down: so an unsure or tilted answer is tried along its eyes' line and in the
 * other three quarters. */
static pv_status level_face(const search *s, pv_face *face)
{
    const pv_face first = *face;
    double tilt = tilt_degrees(&first);
    pv_status status = PV_OK;
    for (int quarter = 0; quarter < 4 && status == PV_OK; quarter++)
        status = look_at_face(s, tilt + 90.0 * quarter, &first, face);
    return status;
}

/* Settles the unsure faces, then drops those below the threshold. */
static pv_status keep_faces(search *s, float threshold)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        pv_face *face = &s->faces[i];
        bool tilted = fabs(tilt_degrees(face)) > TILT_LIMIT_DEGREES;
        if (i < LEVELLED_MAX && (tilted || face->score < SURE_SCORE)) {
            pv_status status = level_face(s, face);
            if (status != PV_OK)
                return status;
        }
        if (face->confidence >= threshold)
            s->faces[kept++] = *face;
    }
    s->count = kept;
    pv_face_suppress(s->faces, &s->count, OVERLAP_LIMIT);
    return PV_OK;
}

pv_status pv_face_detect(pv_runtime *runtime, pv_image *image, float threshold, pv_face_list *out)
{
    search s = {.runtime = runtime,
                .image = image,
                .width = image->levels[0].width,
                .height = image->levels[0].height};
    s.faces = pv_arena_take(image->arena, 2 * PV_DETECTIONS_MAX, sizeof *s.faces);
    if (!s.faces)
        return PV_ERROR_GENERIC;
    /* From the least score that counts at all: a second look may make an unsure face a sure one. */
    pv_status status = look(&s, BASE_SIDE, 0, 0, pv_face_score(0));
    if (status == PV_OK && s.count > 0)
        status = look_at_big_faces(&s);
    if (status == PV_OK)
        status = keep_faces(&s, threshold);
    if (status == PV_OK && s.count == 0) {
        status = look_further(&s);
        if (status == PV_OK)
            status = keep_faces(&s, threshold);
    }
    *out = (pv_face_list){.faces = s.faces, .count = s.count};
    return status;
}
