#include "face/age.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CLASSES 81
/* The chips of age_v1: the mean face of its training, this much of its width beyond each side. */
#define CHIP_PADDING 0.2F
/* Grid on which the share of a view beyond the picture is counted. */
#define OUTSIDE_GRID 16
/* Below this share of the box's width the five points are not believed. */
#define POINTS_SHARE_MIN 0.1

/* A net; input RGB, (value - mean of the channel) * scale. */
typedef struct age_net {
    const char *id;
    int side;
    float scale;
} age_net;

static const age_net nets[PV_AGE_NETS] = {
    [PV_AGE_V1] = {"age_v1", 64, 1.0F / 256.0F},
    [PV_AGE_XCEPTION] = {"age_xception", 112, 1.0F / 255.0F},
};

static const float channel_mean[3] = {122.782F, 117.001F, 104.298F};

/* Where the points of pv_face_point lie in the mean face, in units of its width: eyes, tip of the
 * nose, corners of the mouth. */
static const pv_point mean_face[PV_FACE_POINTS] = {{0.2255F, 0.2159F},
                                                   {0.7546F, 0.2159F},
                                                   {0.4901F, 0.5156F},
                                                   {0.2541F, 0.7802F},
                                                   {0.7261F, 0.7802F}};

/* Side of age_xception's views in units of pv_age_facts.size. Two that differ a little, the second
 * one mirrored, err less together than one does. */
static const double view_side[PV_AGE_VIEWS] = {2.5, 2.7};

/* A face as the views need it: upright, where its middle is, how big. */
typedef struct frame {
    pv_point points[PV_FACE_POINTS];
    double cosine, sine; /* of the tilt */
    double x, y;         /* between the eyes' line and the mouth's */
    double size;
} frame;

static pv_point halfway(pv_point a, pv_point b)
{
    return (pv_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static double distance(pv_point a, pv_point b)
{
    return hypot((double)a.x - b.x, (double)a.y - b.y);
}

static double points_size(const pv_point *points)
{
    pv_point eyes = halfway(points[PV_POINT_EYE_RIGHT], points[PV_POINT_EYE_LEFT]);
    pv_point mouth = halfway(points[PV_POINT_MOUTH_RIGHT], points[PV_POINT_MOUTH_LEFT]);
    return fmax(distance(eyes, mouth),
                distance(points[PV_POINT_EYE_RIGHT], points[PV_POINT_EYE_LEFT]));
}

/* The mean face upright in the box: what is left where the points make no face. */
static void points_from_box(const pv_face *face, pv_point *points)
{
    const float width = face->right - face->left;
    const float unit = width / 1.3F; /* the box is wider than the mean face */
    const float left = (face->left + face->right - unit) / 2;
    const float top = (face->top + face->bottom - unit) / 2 + 0.15F * width;
    for (int i = 0; i < PV_FACE_POINTS; i++)
        points[i] = (pv_point){left + mean_face[i].x * unit, top + mean_face[i].y * unit};
}

static pv_status make_frame(const pv_face *face, frame *out)
{
    const double width = (double)face->right - face->left;
    if (!(width > 0.0) || !(face->bottom > face->top) || !isfinite(width) ||
        !isfinite(face->bottom - face->top))
        return pv_fail(PV_ERROR_ARGUMENT, "face: its box is empty");
    memcpy(out->points, face->points, sizeof out->points);
    pv_affine fit;
    double size = points_size(out->points);
    pv_status status = PV_ERROR_GENERIC;
    if (size > POINTS_SHARE_MIN * width && isfinite(size))
        status = pv_affine_fit_similarity(mean_face, out->points, PV_FACE_POINTS, &fit);
    if (status != PV_OK) {
        points_from_box(face, out->points);
        status = pv_affine_fit_similarity(mean_face, out->points, PV_FACE_POINTS, &fit);
    }
    if (status != PV_OK)
        return status;
    pv_point middle =
        halfway(halfway(out->points[PV_POINT_EYE_RIGHT], out->points[PV_POINT_EYE_LEFT]),
                halfway(out->points[PV_POINT_MOUTH_RIGHT], out->points[PV_POINT_MOUTH_LEFT]));
    double length = hypot(fit.xx, fit.yx);
    out->cosine = fit.xx / length;
    out->sine = fit.yx / length;
    out->x = middle.x;
    out->y = middle.y;
    out->size = points_size(out->points);
    return PV_OK;
}

/* Maps the chip of age_v1 to the picture by the five points. */
static pv_status chip_map(const frame *f, pv_affine *out)
{
    const float side = (float)nets[PV_AGE_V1].side;
    pv_point target[PV_FACE_POINTS];
    for (int i = 0; i < PV_FACE_POINTS; i++) {
        const float unit = side / (1.0F + 2.0F * CHIP_PADDING);
        target[i].x = (mean_face[i].x + CHIP_PADDING) * unit - 0.5F;
        target[i].y = (mean_face[i].y + CHIP_PADDING) * unit - 0.5F;
    }
    /* Fitted on the chip, as the error is to be measured there, and then inverted. */
    pv_affine fit;
    pv_status status = pv_affine_fit_similarity(f->points, target, PV_FACE_POINTS, &fit);
    if (status == PV_OK)
        *out = pv_affine_invert_similarity(&fit);
    return status;
}

/* Maps a square view of age_xception to the picture: upright, about the middle of the face. */
static pv_affine view_map(const frame *f, int view)
{
    const int side = nets[PV_AGE_XCEPTION].side;
    const double step = view_side[view] * f->size / side;
    const double c = f->cosine * step;
    const double s = f->sine * step;
    const double half = (side - 1) / 2.0;
    return (pv_affine){.xx = c,
                       .xy = -s,
                       .x0 = f->x - half * (c - s),
                       .yx = s,
                       .yy = c,
                       .y0 = f->y - half * (s + c)};
}

static float outside_share(const pv_image *image, const pv_affine *map, int side)
{
    const pv_plane *plane = &image->levels[0];
    int outside = 0;
    for (int y = 0; y < OUTSIDE_GRID; y++)
        for (int x = 0; x < OUTSIDE_GRID; x++) {
            const float step = (float)side / OUTSIDE_GRID;
            pv_point p = pv_affine_apply(
                map, (pv_point){((float)x + 0.5F) * step, ((float)y + 0.5F) * step});
            outside += !(p.x >= -0.5F && p.y >= -0.5F && p.x < (float)plane->width &&
                         p.y < (float)plane->height);
        }
    return (float)outside / (OUTSIDE_GRID * OUTSIDE_GRID);
}

/* Expectation and spread of the classes; class 0 stands for the first months, as its makers have
 * it. */
static pv_status read_classes(const float *data, size_t count, float *years, float *spread)
{
    if (count != CLASSES)
        return pv_fail(PV_ERROR_GENERIC, "model age_v1: %zu classes instead of %d", count, CLASSES);
    double sum = 0.0;
    double mean = 0.0;
    double square = 0.0;
    for (int i = 0; i < CLASSES; i++) {
        double age = i == 0 ? 0.25 : i;
        sum += data[i];
        mean += age * data[i];
        square += age * age * data[i];
    }
    *years = (float)(mean / sum);
    *spread = (float)sqrt(fmax(square / sum - (mean / sum) * (mean / sum), 0.0));
    return PV_OK;
}

static void fill_input(const age_net *net, const float *chip, bool mirrored, float *input)
{
    const int side = net->side;
    for (int row = 0; row < 3 * side; row++) {
        const float mean = channel_mean[row / side];
        const float *from = chip + (size_t)row * (size_t)side;
        float *to = input + (size_t)row * (size_t)side;
        for (int x = 0; x < side; x++)
            to[x] = (from[mirrored ? side - 1 - x : x] - mean) * net->scale;
    }
}

static pv_status run_net(pv_runtime *runtime, const age_net *net, const float *chip, bool mirrored,
                         float *years, float *spread)
{
    pv_model *model;
    pv_inference *inference = NULL;
    float *input;
    const float *data;
    size_t count;
    const size_t shape[] = {1, 3, (size_t)net->side, (size_t)net->side};
    pv_status status = pv_runtime_model(runtime, net->id, &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    fill_input(net, chip, mirrored, input);
    status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &data, &count);
    if (status == PV_OK && spread)
        status = read_classes(data, count, years, spread);
    else if (status == PV_OK && count == 1)
        *years = data[0];
    else if (status == PV_OK)
        status = pv_fail(PV_ERROR_GENERIC, "model %s: %zu values instead of 1", net->id, count);
    if (status == PV_OK && !(isfinite(*years) && (!spread || isfinite(*spread))))
        status = pv_fail(PV_ERROR_GENERIC, "model %s gave no usable age", net->id);
    pv_inference_end(inference);
    return status;
}

/* Colours 0 to 255 of what the map shows, three planes. Beyond the picture its border goes on:
 * black would be an edge that no face has. */
static pv_status take_chip(pv_image *image, const pv_affine *map, int side, float *chip)
{
    const pv_planar target = {
        .data = chip, .width = side, .height = side, .scale = 1.0F, .border = PV_BORDER_REPLICATE};
    return pv_image_warp(image, map, &target);
}

static pv_status look_v1(pv_runtime *runtime, pv_image *image, const frame *f, float *chip,
                         pv_age_facts *out)
{
    const age_net *net = &nets[PV_AGE_V1];
    pv_affine map;
    pv_status status = chip_map(f, &map);
    if (status == PV_OK)
        status = take_chip(image, &map, net->side, chip);
    for (int view = 0; view < PV_AGE_VIEWS && status == PV_OK; view++) {
        float spread = 0.0F;
        status = run_net(runtime, net, chip, view == 1, &out->years[PV_AGE_V1][view], &spread);
        out->class_spread += spread / PV_AGE_VIEWS;
    }
    return status;
}

static pv_status look_xception(pv_runtime *runtime, pv_image *image, const frame *f, float *chip,
                               pv_age_facts *out)
{
    const age_net *net = &nets[PV_AGE_XCEPTION];
    pv_status status = PV_OK;
    for (int view = 0; view < PV_AGE_VIEWS && status == PV_OK; view++) {
        pv_affine map = view_map(f, view);
        status = take_chip(image, &map, net->side, chip);
        if (status == PV_OK)
            status =
                run_net(runtime, net, chip, view == 1, &out->years[PV_AGE_XCEPTION][view], NULL);
    }
    return status;
}

pv_status pv_age_look(pv_runtime *runtime, pv_image *image, const pv_face *face, pv_age_facts *out)
{
    frame f;
    *out = (pv_age_facts){0};
    for (int i = 0; i < PV_AGE_NETS; i++)
        out->present[i] = pv_runtime_has(runtime, nets[i].id);
    if (!out->present[PV_AGE_V1] && !out->present[PV_AGE_XCEPTION])
        return pv_fail(PV_ERROR_GENERIC, "no model for ages: the profile has neither %s nor %s",
                       nets[PV_AGE_V1].id, nets[PV_AGE_XCEPTION].id);
    pv_status status = make_frame(face, &f);
    if (status != PV_OK)
        return status;
    const pv_affine larger = view_map(&f, PV_AGE_VIEWS - 1);
    const int side = nets[PV_AGE_XCEPTION].side;
    out->size = (float)f.size;
    out->outside = outside_share(image, &larger, side);
    float *chip = pv_arena_take(image->arena, 3 * (size_t)side * (size_t)side, sizeof *chip);
    if (!chip)
        return PV_ERROR_GENERIC;
    if (out->present[PV_AGE_V1])
        status = look_v1(runtime, image, &f, chip, out);
    if (status == PV_OK && out->present[PV_AGE_XCEPTION])
        status = look_xception(runtime, image, &f, chip, out);
    return status;
}

pv_status pv_age_estimate(pv_runtime *runtime, pv_image *image, const pv_face *face,
                          bool use_deviation, pv_age *out)
{
    pv_age_facts facts;
    pv_status status = pv_age_look(runtime, image, face, &facts);
    if (status == PV_OK)
        *out = pv_age_judge(&facts, use_deviation);
    return status;
}
