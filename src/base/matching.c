#include "base/matching.h"

#include <math.h>
#include <stdio.h>

static const pv_embedding_model models[] = {
#include "base/operating_points.inc"
};

#define MODEL_COUNT (sizeof models / sizeof models[0])
#define DISTANCE_KNOTS 6

const pv_embedding_model *pv_embedding_model_find(int id)
{
    for (size_t i = 0; i < MODEL_COUNT; i++)
        if (models[i].id == id)
            return &models[i];
    return NULL;
}

void pv_embedding_model_list(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < MODEL_COUNT && used < size; i++) {
        int written = snprintf(text + used, size - used, "%s%d", i ? ", " : "", models[i].id);
        used += written > 0 ? (size_t)written : 0;
    }
}

/* The distance as a polyline over the cosine; the outer knots are conventions: identical templates
 * are at 0, unrelated ones (cosine 0) at 0.9, opposite ones at 1. */
static void distance_knots(const pv_embedding_model *model, double cosine[DISTANCE_KNOTS],
                           double distance[DISTANCE_KNOTS])
{
    const double x[DISTANCE_KNOTS] = {
        1.0, model->cosine[3], model->cosine[1], model->cosine[0], 0.0, -1.0};
    const double y[DISTANCE_KNOTS] = {0.0, 0.3, 0.5, 0.65, 0.9, 1.0};
    for (int i = 0; i < DISTANCE_KNOTS; i++) {
        cosine[i] = x[i];
        distance[i] = y[i];
    }
}

double pv_match_distance(const pv_embedding_model *model, double cosine)
{
    double x[DISTANCE_KNOTS];
    double y[DISTANCE_KNOTS];
    distance_knots(model, x, y);
    if (!(cosine > -1.0))
        return 1.0;
    if (cosine >= 1.0)
        return 0.0;
    int i = 1;
    while (i < DISTANCE_KNOTS - 1 && cosine < x[i])
        i++;
    return y[i - 1] + (y[i] - y[i - 1]) * (x[i - 1] - cosine) / (x[i - 1] - x[i]);
}

double pv_match_cosine(const pv_embedding_model *model, double distance)
{
    double x[DISTANCE_KNOTS];
    double y[DISTANCE_KNOTS];
    distance_knots(model, x, y);
    if (!(distance > 0.0))
        return 1.0;
    if (distance >= 1.0)
        return -1.0;
    int i = 1;
    while (i < DISTANCE_KNOTS - 1 && distance > y[i])
        i++;
    return x[i - 1] - (x[i - 1] - x[i]) * (distance - y[i - 1]) / (y[i] - y[i - 1]);
}

double pv_match_cosine_at_rate(const pv_embedding_model *model, double rate)
{
    double decades = -log10(rate) - 3.0; /* 0 at the first knot, 1 a knot */
    int i = decades < 1.0 ? 0 : decades < 2.0 ? 1 : 2;
    double step = model->cosine[i + 1] - model->cosine[i];
    double cosine = model->cosine[i] + step * (decades - i);
    return fmin(1.0, fmax(-1.0, cosine));
}

double pv_match_confidence(const pv_embedding_model *model, double distance)
{
    return 1.0 / (1.0 + exp(-(model->logit_offset + model->logit_slope * distance)));
}
