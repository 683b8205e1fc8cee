/* Presentation attack detection: is the face before the camera a living one, or a print, a screen
 * or a document held up? One picture, no cooperation. docs/liveness.md says what was measured. */
#ifndef PV_FACE_LIVENESS_H
#define PV_FACE_LIVENESS_H

#include "face/face.h"
#include "model/runtime.h"

/* Numbers of the key `anti_spoofing_mode`; 0 is "off" and never gets here. */
typedef enum pv_liveness_mode {
    PV_LIVENESS_TWO_SCALES = 1, /* the general net at two scales */
    PV_LIVENESS_RECAPTURE =
        2,               /* traces that a screen or a print leaves: our net and the spectrum */
    PV_LIVENESS_BOTH = 3 /* live only if 1 and 2 both say so */
} pv_liveness_mode;

/* Why a face cannot be judged: AS_INVALID_FACE, not a spoof. */
typedef enum pv_liveness_obstacle {
    PV_LIVENESS_FIT,
    PV_LIVENESS_TOO_SMALL, /* fewer than PV_LIVENESS_LEAST_SIDE pixels */
    PV_LIVENESS_CUT_OFF,   /* a tenth of the box or more lies outside the picture */
    PV_LIVENESS_TOO_CLOSE  /* too little of the surroundings is in the picture */
} pv_liveness_obstacle;

/* Side of a square of the box's area, in pixels. Below it prints were let through. */
#define PV_LIVENESS_LEAST_SIDE 40.0F

/* What the score was made of, each 0 (attack) to 1 (living), for scores[]. */
typedef enum pv_liveness_part {
    PV_LIVENESS_PART_CLOSE,     /* general net, the tighter crop */
    PV_LIVENESS_PART_WIDE,      /* general net, the wider crop */
    PV_LIVENESS_PART_RECAPTURE, /* our net */
    PV_LIVENESS_PART_GRID,      /* no grid of pixels or dots */
    PV_LIVENESS_PART_SHEET,     /* no straight border of a card or sheet around the face */
    PV_LIVENESS_PARTS
} pv_liveness_part;

typedef struct pv_liveness {
    float score;   /* 0..0.9999; 0.9 is the operating point that ships, whatever the mode */
    bool document; /* the face is on a card or sheet; then the score is 0 */
    float parts[PV_LIVENESS_PARTS];
    bool known[PV_LIVENESS_PARTS]; /* whether this mode looked */
} pv_liveness;

/* Whether the face can be judged, from its box and the picture's size alone. */
pv_liveness_obstacle pv_liveness_find_obstacle(const pv_image *image, const pv_face *face);

/* One sentence without a full stop, for logs; NULL for PV_LIVENESS_FIT. */
const char *pv_liveness_obstacle_text(pv_liveness_obstacle obstacle);

/* Judges a face that fits. mode: a pv_liveness_mode. detect_document: look for a card or sheet
 * around the face as well. PV_ERROR_ARGUMENT for another mode; any other failure is a net's:
 * AS_GENERIC_ERROR. */
PV_CHECKED pv_status pv_liveness_measure(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                         int mode, bool detect_document, pv_liveness *out);

/* Name of a part in scores[]. */
const char *pv_liveness_part_name(pv_liveness_part part);

#endif
