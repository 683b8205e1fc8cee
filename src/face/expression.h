/* Eyes, gaze and mouth: from the dense landmarks through the expression net. */
#ifndef PV_FACE_EXPRESSION_H
#define PV_FACE_EXPRESSION_H

#include "face/landmarks.h"

/* All 0..1 unless said otherwise; right and left are the person's own. */
typedef struct pv_expression {
    float eye_closed_right; /* 0 open, 1 closed */
    float eye_closed_left;
    float mouth_open; /* 0.8 is a mouth that is clearly open, see docs/traits.md */
    float smile;      /* mean of both corners of the mouth */
    float gaze_left;  /* -1..1; positive: the eyes turn to the person's left */
    float gaze_down;  /* -1..1; positive: the eyes turn down */
    float neutrality; /* 1 relaxed, 0 a strong expression */
    float lips_apart; /* gap of the inner lips by the distance from eyes to chin */
} pv_expression;

PV_CHECKED pv_status pv_expression_find(pv_runtime *runtime, const pv_landmarks *landmarks,
                                        pv_expression *out);

#endif
