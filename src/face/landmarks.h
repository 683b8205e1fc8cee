/* Dense landmarks: 478 points with depth. */
#ifndef PV_FACE_LANDMARKS_H
#define PV_FACE_LANDMARKS_H

#include "face/face.h"
#include "model/runtime.h"

#define PV_LANDMARKS 478
/* Points 0 to 467 are of the face's surface; ten more follow, five an iris. */
#define PV_LANDMARKS_SURFACE 468

/* Pixels of the caller's picture; depth in the same unit, smaller is nearer to the camera, 0 at the
 * head's middle. */
typedef struct pv_point3 {
    float x;
    float y;
    float z;
} pv_point3;

typedef struct pv_landmarks {
    pv_point3 points[PV_LANDMARKS];
    float confidence; /* 0..1, that there is a face where the points are */
} pv_landmarks;

/* Some points by name, as the canonical face mesh of MediaPipe numbers them. Right and left are the
 * person's own. */
typedef enum pv_landmark {
    PV_LANDMARK_LIP_UPPER = 13, /* inner border */
    PV_LANDMARK_LIP_LOWER = 14,
    PV_LANDMARK_NOSE_TIP = 1,
    PV_LANDMARK_FOREHEAD = 10, /* hair line */
    PV_LANDMARK_CHIN = 152,
    PV_LANDMARK_EYE_RIGHT_OUTER = 33,
    PV_LANDMARK_EYE_RIGHT_INNER = 133,
    PV_LANDMARK_EYE_LEFT_INNER = 362,
    PV_LANDMARK_EYE_LEFT_OUTER = 263,
    PV_LANDMARK_LID_RIGHT_UPPER = 159,
    PV_LANDMARK_LID_RIGHT_LOWER = 145,
    PV_LANDMARK_LID_LEFT_UPPER = 386,
    PV_LANDMARK_LID_LEFT_LOWER = 374,
    PV_LANDMARK_MOUTH_RIGHT = 61,
    PV_LANDMARK_MOUTH_LEFT = 291,
    PV_LANDMARK_SIDE_RIGHT = 234, /* widest part of the face, before the ear */
    PV_LANDMARK_SIDE_LEFT = 454,
    PV_LANDMARK_IRIS_RIGHT = 468,
    PV_LANDMARK_IRIS_LEFT = 473
} pv_landmark;

/* Runs the net on the face, turned to its eyes' line and 1.5 times as large as its box. */
PV_CHECKED pv_status pv_landmarks_find(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                       pv_landmarks *out);

/* Pixels from the middle between the eyes to the chin. */
double pv_landmarks_eyes_to_chin(const pv_landmarks *landmarks);

/* Pixels between the lids of the more closed eye. */
double pv_landmarks_eye_aperture(const pv_landmarks *landmarks);

#endif
