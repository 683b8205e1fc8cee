/* What a comparison score means: embedding models, false match rates and distances.
 *
 * Library and server share this, so that a threshold means the same at both ends. The numbers come
 * from models/operating_points.json, which names the command that measured them. */
#ifndef PV_BASE_MATCHING_H
#define PV_BASE_MATCHING_H

#include <stdbool.h>
#include <stddef.h>

/* False match rates at which the cosine is known, strictest last: 1e-3, 1e-4, 1e-5, 1e-6. */
#define PV_MATCH_KNOTS 4

typedef struct pv_embedding_model {
    int id;                        /* the number that sessions and collections name it by */
    const char *name;              /* as the documentation names it */
    size_t dimension;              /* floats in a template */
    double cosine[PV_MATCH_KNOTS]; /* cosine similarity at FMR 1e-3, 1e-4, 1e-5, 1e-6 */
    double logit_offset;           /* log-odds of "same person" are offset + slope * distance, */
    double logit_slope;            /* at equal prior odds */
} pv_embedding_model;

/* The embedding model that is used where none is named. */
#define PV_EMBEDDING_MODEL_DEFAULT 14

/* Largest dimension of any model. */
#define PV_EMBEDDING_DIMENSION_MAX 640

/* NULL: no such model. */
const pv_embedding_model *pv_embedding_model_find(int id);

/* Writes the known ids as "14, 19" for messages. */
void pv_embedding_model_list(char *text, size_t size);

/* Distance in 0..1, smaller is nearer, of two templates of this model with the given cosine:
 * 0.3, 0.5 and 0.65 stand for false match rates of 1e-6, 1e-4 and 1e-3. Strictly falling in the
 * cosine over -1..1; arguments outside are clamped, NaN gives 1. */
double pv_match_distance(const pv_embedding_model *model, double cosine);

/* The cosine whose distance is distance (clamped to 0..1): the inverse of the above. */
double pv_match_cosine(const pv_embedding_model *model, double distance);

/* The cosine at which one comparison of two strangers matches with probability rate (0 < rate < 1).
 * Between the knots linear in the logarithm of the rate; beyond 1e-6 it goes on with the last
 * slope, which is stricter than a normal tail would be. Never above 1. */
double pv_match_cosine_at_rate(const pv_embedding_model *model, double rate);

/* Probability, at equal prior odds, that two templates at this distance are of one person. */
double pv_match_confidence(const pv_embedding_model *model, double distance);

#endif
