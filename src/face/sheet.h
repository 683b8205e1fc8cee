/* A card, page or sheet around a face: the straight borders that meet in corners where it ends. */
#ifndef PV_FACE_SHEET_H
#define PV_FACE_SHEET_H

#include "face/face.h"

/* How much of a rectangle around the face is there: 0 (none) to 1 (four unbroken sides and four
 * corners). The line of the eyes says what is upright; sides may lean from it by 20 degrees, as in
 * a picture taken at an angle. */
PV_CHECKED pv_status pv_sheet_measure(pv_image *image, const pv_face *face, float *out);

#endif
