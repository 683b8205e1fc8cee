/* Age of a face: two nets, each over two slightly different views, and how far to trust them. */
#ifndef PV_FACE_AGE_H
#define PV_FACE_AGE_H

#include "face/face.h"
#include "model/runtime.h"

/* The ages that can be answered. */
#define PV_AGE_MAX 100.0F

/* What the confidence is about: the true age lies within this many years of the estimate. */
#define PV_AGE_BAND 5.0F

typedef enum pv_age_net_id { PV_AGE_V1, PV_AGE_XCEPTION, PV_AGE_NETS } pv_age_net_id;

#define PV_AGE_VIEWS 2

/* What the nets said and how the face was seen; what the confidence is made from. */
typedef struct pv_age_facts {
    bool present[PV_AGE_NETS]; /* false: the store's profile does without the net */
    float years[PV_AGE_NETS][PV_AGE_VIEWS];
    float class_spread; /* standard deviation of the classes that age_v1 answers, in years */
    float size;         /* pixels between the eyes' line and the mouth's, or the eyes if farther */
    float outside;      /* share of the larger view that lies beyond the picture, 0..1 */
} pv_age_facts;

typedef struct pv_age {
    float years;      /* 0 to PV_AGE_MAX */
    float confidence; /* probability that the true age is within PV_AGE_BAND of it, 0..1 */
    float deviation;  /* the mean absolute error to expect of such a face, in years */
} pv_age;

/* Age with its confidence. use_deviation: the confidence looks at how the answers spread and at how
 * well the face can be seen; otherwise only at the estimate itself, as errors grow with age. Works
 * with one net where the profile has only one; PV_ERROR_GENERIC where it has none. */
PV_CHECKED pv_status pv_age_estimate(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                     bool use_deviation, pv_age *out);

/* The two halves of the above: looking and judging. Judging needs at least one net's answer. */
PV_CHECKED pv_status pv_age_look(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                 pv_age_facts *out);
pv_age pv_age_judge(const pv_age_facts *facts, bool use_deviation);

#endif
