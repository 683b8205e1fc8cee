/* Portraits: a person upright and centred before an even background. */
#ifndef PV_FACE_PORTRAIT_H
#define PV_FACE_PORTRAIT_H

#include "face/portrait_frame.h"

/* At most this many pixels are made of one of the source. */
#define PV_PORTRAIT_ENLARGE_MAX 1.5
/* Pixels between the eyes of a portrait; fewer are too few. */
#define PV_PORTRAIT_EYE_DISTANCE_LEAST 60.0

typedef struct pv_portrait_request {
    pv_portrait_format format;
    int width;           /* pixels; fewer come where the source would be enlarged too much */
    uint32_t background; /* 0xRRGGBB */
} pv_portrait_request;

/* What keeps a portrait from what the standard asks, as far as geometry tells; a sum of bits. */
typedef enum pv_portrait_problem {
    PV_PORTRAIT_HEAD_CUT = 1,      /* the picture ends within the head */
    PV_PORTRAIT_SHOULDERS_CUT = 2, /* the picture ends within the shoulders */
    PV_PORTRAIT_TOO_SMALL = 4,     /* too few pixels between the eyes, however wide the portrait */
    PV_PORTRAIT_TOO_NARROW = 8,    /* as wide as was asked too few pixels between the eyes */
    PV_PORTRAIT_SHAPE = 16         /* no frame fits the head: turned far, or no face */
} pv_portrait_problem;

/* Landmarks of the portrait. Right and left are the person's own. */
typedef enum pv_portrait_point {
    PV_PORTRAIT_EYE_RIGHT, /* middle between the corners */
    PV_PORTRAIT_EYE_LEFT,
    PV_PORTRAIT_CROWN, /* top of the head without hair, estimated */
    PV_PORTRAIT_CHIN,
    PV_PORTRAIT_SIDE_RIGHT, /* where the head is widest, at the height of the eyes */
    PV_PORTRAIT_SIDE_LEFT,
    PV_PORTRAIT_POINTS_ALWAYS, /* the next ones need landmarks */
    PV_PORTRAIT_EYE_RIGHT_OUTER = PV_PORTRAIT_POINTS_ALWAYS,
    PV_PORTRAIT_EYE_RIGHT_INNER,
    PV_PORTRAIT_EYE_LEFT_INNER,
    PV_PORTRAIT_EYE_LEFT_OUTER,
    PV_PORTRAIT_NOSE,
    PV_PORTRAIT_MOUTH_RIGHT,
    PV_PORTRAIT_MOUTH_LEFT,
    PV_PORTRAIT_POINTS
} pv_portrait_point;

typedef struct pv_portrait {
    uint8_t *rgb; /* tightly packed, in the picture's arena */
    int width;
    int height;
    double scale;                        /* portrait pixels a source pixel */
    pv_affine to_picture;                /* points of the portrait to those of the picture */
    pv_head head;                        /* in the source */
    pv_point points[PV_PORTRAIT_POINTS]; /* in the portrait */
    int point_count;                     /* PV_PORTRAIT_POINTS, or only the first */
    unsigned problems;                   /* sum of pv_portrait_problem */
} pv_portrait;

/* landmarks may be NULL: the detector's box and points then stand in for them. `others` are the
 * picture's other faces. */
PV_CHECKED pv_status pv_portrait_make(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                      const pv_landmarks *landmarks, const pv_face *others,
                                      size_t other_count, const pv_portrait_request *request,
                                      pv_portrait *out);

#endif
