#include "face/embed.h"

#include <math.h>
#include <string.h>

#define CHIP 112
#define CHIP_PLANE ((size_t)CHIP * CHIP)

/* A net that makes (a part of) a template; input RGB, (value - mean) * scale. */
typedef struct embedding_net {
    const char *id;
    size_t dimension;
    float mean;
    float scale;
} embedding_net;

static const embedding_net nets[] = {
    {"sface", 128, 0.0F, 1.0F},
    {"fr_feature", 512, 127.5F, 1.0F / 127.5F},
};

/* Reference points on the chip, ordered as pv_face_point is; those of the nets' training. */
static const pv_point reference[PV_FACE_POINTS] = {{38.2946F, 51.6963F},
                                                   {73.5318F, 51.5014F},
                                                   {56.0252F, 71.7366F},
                                                   {41.5493F, 92.3655F},
                                                   {70.7299F, 92.2041F}};

static const double crop_zoom[PV_EMBED_CROPS] = {1.0, 1.06};

pv_status pv_face_align(const pv_face *face, int crop, pv_affine *chip_to_picture)
{
    const double centre = (CHIP - 1) / 2.0;
    pv_point target[PV_FACE_POINTS];
    for (int i = 0; i < PV_FACE_POINTS; i++) {
        target[i].x = (float)(centre + (reference[i].x - centre) * crop_zoom[crop]);
        target[i].y = (float)(centre + (reference[i].y - centre) * crop_zoom[crop]);
    }
    /* The fit measures its error on the chip, so it is made from the picture and then inverted. */
    pv_affine fit;
    pv_status status = pv_affine_fit_similarity(face->points, target, PV_FACE_POINTS, &fit);
    if (status == PV_OK)
        *chip_to_picture = pv_affine_invert_similarity(&fit);
    return status;
}

static pv_status normalise(float *vector, size_t dimension, float length)
{
    double square = 0.0;
    for (size_t i = 0; i < dimension; i++)
        square += (double)vector[i] * vector[i];
    if (!(square > 1e-12) || !isfinite(square))
        return pv_fail(PV_ERROR_GENERIC, "the embedding net gave no usable vector");
    float scale = (float)(length / sqrt(square));
    for (size_t i = 0; i < dimension; i++)
        vector[i] *= scale;
    return PV_OK;
}

static void mirror(float *chip)
{
    for (size_t row = 0; row < (size_t)3 * CHIP; row++) {
        float *line = chip + row * CHIP;
        for (int x = 0; x < CHIP / 2; x++) {
            float swap = line[x];
            line[x] = line[CHIP - 1 - x];
            line[CHIP - 1 - x] = swap;
        }
    }
}

/* One pass of a net over the chip (already scaled as the net wants it), added to out. */
static pv_status add_pass(pv_model *model, const embedding_net *net, const float *chip, float *out)
{
    static const size_t shape[] = {1, 3, CHIP, CHIP};
    pv_inference *inference;
    float *input;
    pv_status status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    memcpy(input, chip, 3 * CHIP_PLANE * sizeof *chip);
    const float *data = NULL;
    size_t count = 0;
    status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &data, &count);
    if (status == PV_OK && count != net->dimension)
        status = pv_fail(PV_ERROR_GENERIC, "model %s: %zu values instead of %zu", net->id, count,
                         net->dimension);
    for (size_t i = 0; i < net->dimension && status == PV_OK; i++)
        out[i] += data[i];
    pv_inference_end(inference);
    return status;
}

static pv_status embed_net(pv_runtime *runtime, pv_image *image, const pv_affine *map,
                           const embedding_net *net, float *out)
{
    pv_model *model;
    pv_status status = pv_runtime_model(runtime, net->id, &model);
    if (status != PV_OK)
        return status;
    float *chip = pv_arena_take(image->arena, 3 * CHIP_PLANE, sizeof *chip);
    if (!chip)
        return PV_ERROR_GENERIC;
    const pv_planar target = {
        .data = chip, .width = CHIP, .height = CHIP, .mean = net->mean, .scale = net->scale};
    status = pv_image_warp(image, map, &target);
    memset(out, 0, net->dimension * sizeof *out);
    if (status == PV_OK)
        status = add_pass(model, net, chip, out);
    if (status == PV_OK) {
        mirror(chip);
        status = add_pass(model, net, chip, out);
    }
    return status;
}

pv_status pv_face_embed(pv_runtime *runtime, pv_image *image, const pv_face *face,
                        const pv_embedding_model *model, int crop, float *out)
{
    pv_affine map;
    pv_status status = pv_face_align(face, crop, &map);
    size_t done = 0;
    /* Parts of equal length, whole of unit length: the cosine is the mean of the parts' cosines. */
    float part_length = model->dimension > nets[0].dimension ? sqrtf(0.5F) : 1.0F;
    for (size_t i = 0; i < sizeof nets / sizeof nets[0] && done < model->dimension; i++) {
        if (status == PV_OK)
            status = embed_net(runtime, image, &map, &nets[i], out + done);
        if (status == PV_OK)
            status = normalise(out + done, nets[i].dimension, part_length);
        done += nets[i].dimension;
    }
    return status;
}

double pv_embedding_cosine(const float *a, const float *b, size_t dimension)
{
    double sum = 0.0;
    for (size_t i = 0; i < dimension; i++)
        sum += (double)a[i] * b[i];
    return sum;
}
