/* Where the lines of a zone may be, from the lines of text in a picture. */
#ifndef PV_DOCUMENT_MRZ_FIND_H
#define PV_DOCUMENT_MRZ_FIND_H

#include "document/mrz_strip.h"
#include "document/ocr.h"

#define PV_MRZ_ROWS_MOST 5
#define PV_MRZ_STACKS_MOST 4

/* Lines one below the other, of about one height, in the order of reading. */
typedef struct pv_mrz_stack {
    pv_mrz_strip rows[PV_MRZ_ROWS_MOST];
    int count;
} pv_mrz_stack;

/* Stacks around the longest boxes, longest first. Strips are as long as the longest of the stack
 * and a bit more. Returns their number. */
int pv_mrz_find_stacks(const pv_text_box *boxes, size_t count,
                       pv_mrz_stack out[PV_MRZ_STACKS_MOST]);

/* The same lines, read from the other end. */
pv_mrz_stack pv_mrz_stack_reverse(const pv_mrz_stack *stack);

#endif
