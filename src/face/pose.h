/* Head pose, in degrees, as ISO/IEC 19794-5 and 39794-5 define the angles: positive yaw looks to
 * the person's own left, positive pitch looks down, positive roll tilts towards the person's own
 * right shoulder. In a picture that is not mirrored the person's right is at small x. */
#ifndef PV_FACE_POSE_H
#define PV_FACE_POSE_H

#include "face/landmarks.h"

typedef struct pv_pose {
    float yaw;
    float pitch;
    float roll;
    float confidence; /* 0..1, of the model that it comes from */
} pv_pose;

/* Model 0: least squares of the dense landmarks against the canonical face mesh, in scaled
 * orthographic projection (D. DeMenthon, L. Davis, "Model-Based Object Pose in 25 Lines of Code",
 * IJCV 15, 1995, its first step). */
PV_CHECKED pv_status pv_pose_from_landmarks(pv_runtime *runtime, const pv_landmarks *landmarks,
                                            pv_pose *out);

/* Model 22: a net of its own on the face's box; classification into bins of 3 degrees. Its
 * confidence is the least, over the angles, of the probability within 10 degrees of the answer. */
PV_CHECKED pv_status pv_pose_from_net(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                      pv_pose *out);

#endif
