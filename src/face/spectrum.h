/* Grids in a picture: the pixels of a screen, the dots of a print and the moire that either makes
 * with the camera's own grid stand out as single peaks of the spectrum. */
#ifndef PV_FACE_SPECTRUM_H
#define PV_FACE_SPECTRUM_H

#include "face/face.h"

/* Height of the strongest peak over its surroundings, in powers of ten of spectral power, in the
 * 128 x 128 pixels at the middle of the face, unscaled: scaling would blur what is looked for.
 * Skin, hair and noise stay below 1. Frequencies of JPEG's own grid (along the axes) and low ones
 * (the face itself) do not count. Pictures smaller than 128 pixels have no answer: *known is
 * false. */
PV_CHECKED pv_status pv_spectrum_peak(pv_image *image, const pv_face *face, bool *known,
                                      float *peak);

#endif
