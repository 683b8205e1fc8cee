/* Where the frame of a portrait lies: the geometry of ISO/IEC 19794-5 and 39794-5. */
#ifndef PV_FACE_PORTRAIT_FRAME_H
#define PV_FACE_PORTRAIT_FRAME_H

#include <stdbool.h>

#include "face/landmarks.h"
#include "face/segment.h"

typedef enum pv_portrait_format {
    PV_PORTRAIT_FULL_FRONTAL, /* 7:9, the shape of 35 mm x 45 mm */
    PV_PORTRAIT_TOKEN         /* 3:4, eyes at fixed places */
} pv_portrait_format;

/* A head measured along its eyes' line: u to the person's left (in an unmirrored picture to the
 * right), v downwards, in pixels of the picture from the middle between the eyes. */
typedef struct pv_head {
    double origin_x, origin_y; /* of the picture */
    double axis_x, axis_y;     /* the unit vector of u in the picture */
    double eye_distance;
    double side_left, side_right; /* u where the head is widest: negative, positive */
    double crown;                 /* v of the top of the head without hair: negative */
    double chin;                  /* v */
} pv_head;

/* The rectangle of the portrait in those coordinates. */
typedef struct pv_frame {
    double left, top, width, height;
} pv_frame;

/* From the landmarks, or from the detector's points and box where landmarks is NULL. The crown is
 * estimated by proportion: 1.30 times as far above the chin as the hair line's point of the face
 * mesh. PV_ERROR_GENERIC where the points coincide. */
PV_CHECKED pv_status pv_head_measure(const pv_face *face, const pv_landmarks *landmarks,
                                     pv_head *out);

/* The grid that pv_face_segment() wants. */
pv_affine pv_head_grid(const pv_head *head);

/* The frame of the format. A full frontal frame has the head near the middle of the standard's
 * ranges, and gives way within them where hair would be cut off or the picture ends (width and
 * height are the picture's). False: no frame fits the ranges; out is then the nearest. */
bool pv_frame_choose(pv_portrait_format format, const pv_head *head, const float *alpha, int width,
                     int height, pv_frame *out);

/* How much of the frame the person would fill if the picture did not end before, as shares of its
 * area. */
typedef struct pv_frame_loss {
    double head;
    double body; /* below the chin */
} pv_frame_loss;
pv_frame_loss pv_frame_measure_loss(const pv_frame *frame, const pv_head *head, const float *alpha,
                                    int width, int height, int rows);

/* A point of the head's coordinates in the picture. */
pv_point pv_head_to_picture(const pv_head *head, double u, double v);

#endif
