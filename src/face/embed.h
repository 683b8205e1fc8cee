/* Embeddings: from a face in a picture to a template of unit length. */
#ifndef PV_FACE_EMBED_H
#define PV_FACE_EMBED_H

#include "base/matching.h"
#include "face/face.h"
#include "model/runtime.h"

/* The slight crops of a face that a comparison looks at: the canonical one, and one drawn a little
 * tighter. A template is always of the first. */
#define PV_EMBED_CROPS 2

/* Maps points of the 112 x 112 chip to the picture: least-squares similarity of the five points
 * onto the reference points that the embedding nets were trained with. crop: 0 to PV_EMBED_CROPS
 * - 1. */
PV_CHECKED pv_status pv_face_align(const pv_face *face, int crop, pv_affine *chip_to_picture);

/* The template: `model->dimension` floats of unit length. Model 14 is SFace over the chip and its
 * mirror image, averaged; model 19 is that beside the second net's, likewise, each weighing half.
 */
PV_CHECKED pv_status pv_face_embed(pv_runtime *runtime, pv_image *image, const pv_face *face,
                                   const pv_embedding_model *model, int crop, float *out);

/* Cosine similarity of two templates of unit length. */
double pv_embedding_cosine(const float *a, const float *b, size_t dimension);

#endif
