/* What the two halves of the licence parser share. */
#ifndef PV_DOCUMENT_AAMVA_INTERNAL_H
#define PV_DOCUMENT_AAMVA_INTERNAL_H

#include "document/aamva.h"

#define PV_AAMVA_ELEMENTS 48 /* at least as many as are known */

/* A piece of the text. */
typedef struct pv_aamva_span {
    const char *text;
    size_t length;
} pv_aamva_span;

/* The pieces by the number of their element; empty where the barcode lacks it. */
typedef struct pv_aamva_values {
    pv_aamva_span spans[PV_AAMVA_ELEMENTS];
} pv_aamva_values;

/* The number of the element with these three letters; PV_AAMVA_ELEMENTS for those that no field is
 * made from. */
size_t pv_aamva_element_find(const char *id);

/* Writes the values into the fields, as out->version means them. */
void pv_aamva_fill(const pv_aamva_values *values, pv_licence *out);

#endif
