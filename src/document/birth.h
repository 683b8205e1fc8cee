/* The birth date that is printed on a document. */
#ifndef PV_DOCUMENT_BIRTH_H
#define PV_DOCUMENT_BIRTH_H

#include "document/date.h"
#include "document/ocr_page.h"

typedef struct pv_birth {
    bool found;
    pv_date date;
    int age;             /* in whole years, see pv_date_age() */
    float confidence;    /* 0 to 1: the least sure of the date's letters and digits */
    pv_point corners[4]; /* of the date in the picture, clockwise from where reading starts */
} pv_birth;

/* The date that stands beside or beneath a label of birth; never one without. Not found where there
 * is none, where labels point to different dates, where day and month cannot be told apart, where
 * another date of the document is earlier, and where a character of it was guessed. Lines that run
 * in another direction than most are left out. */
void pv_birth_choose(const pv_text_line *lines, size_t count, pv_date today, pv_birth *out);

/* Reads the page and chooses. `found`, `turn`: as in pv_ocr_page(). */
PV_CHECKED pv_status pv_birth_find(pv_runtime *runtime, pv_image *page, pv_ocr_found *found,
                                   int turn, pv_date today, pv_birth *out);

#endif
