/* Names of months in the languages of Europe, as documents have them. */
#ifndef PV_DOCUMENT_MONTHS_H
#define PV_DOCUMENT_MONTHS_H

#include <stddef.h>

/* The months that a folded word may mean, as bits, 1 for January: 0 where it is none, several where
 * languages differ ("listopad") or a short form fits two ("jui"). */
unsigned pv_months_of(const char *word, size_t length);

/* The month of a single bit, 1 to 12; 0 for none or several. */
int pv_month_of_bits(unsigned bits);

#endif
