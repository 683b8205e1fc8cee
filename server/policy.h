/* When two templates count as one person: pure functions of scores and gallery size.
 *
 * A gallery of N templates compares a stranger N times, so the false match rate that is allowed
 * for one comparison falls with N. */
#ifndef PV_SERVER_POLICY_H
#define PV_SERVER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/matching.h"

/* Of a stranger who asks once, how often at most somebody else's name is answered. */
#define PV_POLICY_FPIR_DEFAULT 0.01
#define PV_POLICY_FPIR_MIN 1e-9
#define PV_POLICY_FPIR_MAX 1.0

/* No gallery is so small that a single comparison may be wrong more often than this. */
#define PV_POLICY_PREDICT_RATE 1e-4

/* The same for adding a template to a person: a wrong one stays and does harm later, so the
 * bounds are a hundred times stricter and do not move with the caller's settings. */
#define PV_POLICY_MERGE_RATE 1e-6
#define PV_POLICY_MERGE_FPIR 1e-4

/* How far behind, in cosine, everybody else must be for a match to be beyond doubt. */
#define PV_POLICY_MERGE_MARGIN 0.10

/* From this cosine on, a template says nothing that the one held does not. */
#define PV_POLICY_SAME_TEMPLATE 0.999

/* The false match rate of one comparison that predict works at, with templates in the gallery. */
double pv_policy_predict_rate(double fpir, size_t templates);

/* Largest distance that predict accepts: the stricter of the caller's and the server's own. */
double pv_policy_predict_distance(const pv_embedding_model *model, double max_distance, double fpir,
                                  size_t templates);

/* Lowest cosine at which a template may be added to somebody enrolled. */
double pv_policy_merge_cosine(const pv_embedding_model *model, size_t templates);

typedef enum pv_enroll_decision {
    PV_ENROLL_NEW,       /* nobody like this is there */
    PV_ENROLL_DOUBTFUL,  /* somebody similar is there, but not beyond doubt: new as well */
    PV_ENROLL_ADD,       /* the person is there; the template becomes a further sample */
    PV_ENROLL_DUPLICATE, /* the person is there, and so is the template */
    PV_ENROLL_FULL       /* the person is there, with as many samples as are kept */
} pv_enroll_decision;

typedef struct pv_enroll_evidence {
    size_t templates;    /* in the gallery before this enrolment */
    bool somebody;       /* the gallery is not empty: the next three are set */
    double best;         /* cosine to the nearest template of the nearest person */
    double anchor;       /* cosine to that person's first template */
    size_t samples;      /* that person's templates */
    bool another;        /* there is a second person: the next one is set */
    double runner_up;    /* cosine to the nearest template of the second nearest person */
    size_t samples_kept; /* at most so many a person */
} pv_enroll_evidence;

/* Anything that is not a number counts as doubt. */
pv_enroll_decision pv_policy_enroll(const pv_embedding_model *model,
                                    const pv_enroll_evidence *evidence);

#endif
