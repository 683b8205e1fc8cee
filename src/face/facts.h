/* The facts about a face, each a number with a name, computed once and only when asked for.
 *
 * Facts belong to stages: what one pass over the pixels or one net gives. The tables in facts.c say
 * which fact is of which stage and how a stage is run. */
#ifndef PV_FACE_FACTS_H
#define PV_FACE_FACTS_H

#include <stdint.h>

#include "face/face.h"
#include "face/landmarks.h"
#include "model/runtime.h"

/* Sums of these say what is wanted and what is there. */
typedef enum pv_stage {
    PV_STAGE_GEOMETRY = 1 << 0, /* from the detector's answer alone */
    PV_STAGE_LANDMARKS = 1 << 1,
    PV_STAGE_POSE = 1 << 2,
    PV_STAGE_EXPRESSION = 1 << 3,
    PV_STAGE_LIGHT = 1 << 4,
    PV_STAGE_SHARPNESS = 1 << 5,
    PV_STAGE_BACKGROUND = 1 << 6,
    PV_STAGE_GLASSES = 1 << 7,
    PV_STAGE_MASK = 1 << 8,
    PV_STAGE_COMPRESSION = 1 << 9
} pv_stage;

typedef enum pv_fact {
    /* geometry */
    PV_FACT_FACE_CONFIDENCE,
    PV_FACT_BOX_LEFT, /* borders of the box by the picture's width or height */
    PV_FACT_BOX_RIGHT,
    PV_FACT_BOX_TOP,
    PV_FACT_BOX_BOTTOM,
    PV_FACT_BOX_SHARE, /* the larger of box width by picture width and height by height */
    PV_FACT_OVAL_SHARE,
    PV_FACT_EYES_APART, /* pixels */
    PV_FACT_OTHER_FACE, /* area of the biggest other face by this one's */
    /* landmarks */
    PV_FACT_LANDMARK_CONFIDENCE,
    PV_FACT_EYES_TO_CHIN, /* pixels */
    PV_FACT_EYE_APERTURE, /* of the more closed eye, by EYES_TO_CHIN */
    /* pose */
    PV_FACT_YAW,
    PV_FACT_PITCH,
    PV_FACT_ROLL,
    PV_FACT_FRONTALITY,
    PV_FACT_FRONTALITY_LEFT, /* FRONTALITY where the head turns left, else 1 */
    PV_FACT_FRONTALITY_RIGHT,
    PV_FACT_VERTICAL,
    PV_FACT_ROLL_RIGHT, /* degrees towards the right shoulder, 0 where it tilts left */
    PV_FACT_ROLL_LEFT,
    /* expression */
    PV_FACT_EYES_CLOSED,
    PV_FACT_MOUTH_OPEN,
    PV_FACT_SMILE,
    PV_FACT_GAZE_LEFT,
    PV_FACT_GAZE_DOWN,
    PV_FACT_LIPS_APART,
    PV_FACT_NEUTRALITY,
    /* light and colour */
    PV_FACT_BRIGHTNESS,
    PV_FACT_LUMINANCE_MEAN,
    PV_FACT_LUMINANCE_VARIANCE,
    PV_FACT_UNDEREXPOSED,
    PV_FACT_OVEREXPOSED,
    PV_FACT_ENTROPY,
    PV_FACT_LIGHT_UNIFORMITY,
    PV_FACT_COLOUR_DISTANCE,
    /* the rest */
    PV_FACT_SHARPNESS,
    PV_FACT_BACKGROUND_UNEVENNESS,
    PV_FACT_GLASSES,
    PV_FACT_DARK_LENSES,
    PV_FACT_MASK,
    PV_FACT_BLOCKINESS,
    PV_FACT_COUNT
} pv_fact;

/* Numbers of the keys base_landmarks_model_id and base_face_landmarks_model_id: where the head pose
 * comes from. */
#define PV_LANDMARKS_MODEL_DENSE 0
#define PV_LANDMARKS_MODEL_NET 22

typedef struct pv_facts_options {
    int landmarks_model;
    float landmark_confidence; /* least, 0..1; below it nothing that rests on points is known */
    bool printed;              /* the face is on a document: its sharpness has another scale */
} pv_facts_options;

/* Print and a small size take four fifths of what is measured of a sharp face. */
#define PV_SHARPNESS_PRINTED 5.0F

typedef struct pv_facts {
    float values[PV_FACT_COUNT];
    bool known[PV_FACT_COUNT];
    unsigned stages;               /* those that were run */
    bool printed;                  /* as the options said */
    const pv_landmarks *landmarks; /* NULL until that stage was run */
    bool landmarks_believed;       /* their confidence is high enough */
} pv_facts;

/* Runs the stages that are wanted and those they rest on; what was run before is kept. `facts`
 * starts zeroed. Memory is the picture's arena's. */
PV_CHECKED pv_status pv_facts_compute(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                      const pv_facts_options *options, unsigned stages,
                                      pv_facts *facts);

/* The stage that a fact comes from. */
unsigned pv_fact_stage(pv_fact fact);

/* The name under which scores[] reports it, or NULL where it is only an intermediate. */
const char *pv_fact_name(pv_fact fact);

#endif
