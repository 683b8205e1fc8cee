/* Traces of block-wise compression (JPEG) in the face. */
#ifndef PV_FACE_COMPRESSION_H
#define PV_FACE_COMPRESSION_H

#include <stdbool.h>

#include "face/face.h"

/* Mean step of the luminance across the borders of 8 x 8 blocks by the mean step elsewhere: 1
 * without traces. Blocks are counted from the picture's corner, as encoders do; of a picture that
 * was scaled or cropped after its compression nothing is found. False, and nothing measured, when
 * the face holds too few blocks. */
bool pv_compression_measure(const pv_image *image, const pv_face *face, float *blockiness);

#endif
