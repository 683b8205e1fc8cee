/* Face detection: YuNet (W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector",
 * Machine Intelligence Research 20, 2023) at sizes chosen from the picture. */
#ifndef PV_FACE_DETECT_H
#define PV_FACE_DETECT_H

#include "face/face.h"
#include "model/runtime.h"

/* All faces of the picture whose confidence is at least `threshold` (0..1).
 *
 * The first pass sees the picture with its longer side at 640 pixels. Faces too big for it are
 * looked at again at 320. Where nothing is found, the picture is tried with a margin around it,
 * larger, and turned in steps of 45 degrees. Tilted and unsure faces are looked at again from four
 * sides, because the five points of a face that is not upright are inexact or exchanged. The result
 * is in the picture's arena. */
PV_CHECKED pv_status pv_face_detect(pv_runtime *runtime, pv_image *image, float threshold,
                                    pv_face_list *out);

/* The reported confidence for a score of the net: linear from 0 at 0.56 to 1 at 0.88, so that the
 * described thresholds mean something: 0.5 is a score of 0.72, above nearly all false alarms; 0.12
 * is a score of 0.60, about the lowest of small and tilted real faces. Above 0.88 the score says
 * how near a face is to the net's favourite size, not how surely it is one; so it counts no more.
 */
float pv_face_confidence(float score);

/* The inverse: the least score that has this confidence. */
float pv_face_score(float confidence);

#endif
