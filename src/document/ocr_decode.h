/* From the reader's probabilities to a line of text; no picture, no net. */
#ifndef PV_DOCUMENT_OCR_DECODE_H
#define PV_DOCUMENT_OCR_DECODE_H

#include "document/ocr.h"

/* The classes of the reader: the blank, the characters of the list, the space. */
typedef struct pv_ocr_classes {
    const float *codes; /* code points of the list */
    size_t characters;
} pv_ocr_classes;

struct pv_ocr_alphabet {
    bool *allowed; /* for each class; never the blank */
    size_t classes;
};

/* The characters of a runtime's reader. */
PV_CHECKED pv_status pv_ocr_classes_get(pv_runtime *runtime, pv_ocr_classes *out);

/* pv_ocr_alphabet_make() without a runtime. */
PV_CHECKED pv_status pv_ocr_alphabet_from(const pv_ocr_classes *classes, const char *characters,
                                          pv_arena *arena, const pv_ocr_alphabet **out);

/* Text, signs and confidence of `steps` rows of probabilities, best class by best class. The first
 * `filled` of the width, above 0 and up to 1, is the line, and the rest of it nothing. */
PV_CHECKED pv_status pv_ocr_decode(const pv_ocr_classes *classes, const float *probabilities,
                                   size_t steps, double filled, const pv_ocr_alphabet *limit,
                                   pv_arena *arena, pv_text_line *out);

#endif
