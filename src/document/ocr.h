/* Printed text: where lines are in a picture, and what they say. */
#ifndef PV_DOCUMENT_OCR_H
#define PV_DOCUMENT_OCR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"
#include "model/runtime.h"

#define PV_OCR_BOXES_MOST 256 /* lines in a picture; of more, the highest scores are kept */
#define PV_OCR_SIDE_LONG 960  /* pixels of the longer side that lines are looked for at */
#define PV_OCR_LINE_HEIGHT 48 /* pixels of a line that is read */
#define PV_OCR_WIDTH_MOST                                                                          \
    2400                 /* pixels of a line that is read; longer ones are pressed together        \
                          */
#define PV_OCR_CHOICES 5 /* characters that a place in a line is said to hold at most */

/* A line of text in a picture. */
typedef struct pv_text_box {
    pv_point corners[4]; /* clockwise: where reading starts at the top, where it ends at the top,
                          * ... as it is read */
    float score;         /* 0 to 1, mean of the detector within */
} pv_text_box;

typedef struct pv_text_choice {
    uint32_t code; /* Unicode */
    float probability;
} pv_text_choice;

/* A character of a line. */
typedef struct pv_text_sign {
    uint32_t code;
    float probability; /* among the characters that were allowed, and none */
    float from, to;    /* where it stands along the line, 0 to 1; as exact as a step of the net */
    pv_text_choice choices[PV_OCR_CHOICES]; /* what it may be, likeliest first, itself included; of
                                             * those that do not exist the probability is 0 */
} pv_text_sign;

typedef struct pv_text_line {
    pv_text_box box;
    const char *text; /* UTF-8, NUL-terminated */
    const pv_text_sign *signs;
    size_t count;     /* of signs */
    float confidence; /* mean probability of the signs; 0 of an empty line */
} pv_text_line;

/* The characters that a line may consist of. */
typedef struct pv_ocr_alphabet pv_ocr_alphabet;

/* `characters`: UTF-8, in any order; PV_ERROR_ARGUMENT where it is none. What the net does not know
 * is left out, PV_ERROR_ARGUMENT if that is all. Lives in the arena. */
PV_CHECKED pv_status pv_ocr_alphabet_make(pv_runtime *runtime, const char *characters,
                                          pv_arena *arena, const pv_ocr_alphabet **out);

/* The lines that were found in one picture, by its turn: zeros at first. Several ask for them, and
 * looking takes as long as all else. */
typedef struct pv_ocr_found {
    bool known[4];
    pv_text_box *boxes[4];
    size_t counts[4];
} pv_ocr_found;

/* Lines of text in a picture that is turned clockwise by 0 to 3 quarters: the detector sees it
 * upright, which it is better at. Its longer side is seen at PV_OCR_SIDE_LONG pixels or, if it is
 * smaller, as it is. Boxes come from top to bottom by their middle. A box that is wider than high
 * is taken as read from the left to the right, one that is more than 1.5 times as high as wide from
 * the top to the bottom, in the turned picture: whether text is upside down is not to be seen from
 * here. Looks only where `found`, which is of this picture, does not have the turn yet. Lives in
 * the picture's arena. */
PV_CHECKED pv_status pv_ocr_find(pv_runtime *runtime, pv_image *image, int turn,
                                 pv_ocr_found *found, const pv_text_box **out, size_t *count);

/* The same place, read after this many quarters of a turn clockwise. */
pv_text_box pv_text_box_turn(const pv_text_box *box, int quarters);

/* The length of the sides of a box, along the text and across it. */
float pv_text_box_width(const pv_text_box *box);
float pv_text_box_height(const pv_text_box *box);

/* Reads what stands in a box, which needs not come from pv_ocr_find(). `limit`: NULL for all
 * characters. A box without an area is an empty line. Lives in the picture's arena. */
PV_CHECKED pv_status pv_ocr_read(pv_runtime *runtime, pv_image *image, const pv_text_box *box,
                                 const pv_ocr_alphabet *limit, pv_text_line *out);

#endif
