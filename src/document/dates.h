/* Dates in printed text. */
#ifndef PV_DOCUMENT_DATES_H
#define PV_DOCUMENT_DATES_H

#include <stdbool.h>
#include <stddef.h>

#include "document/date.h"

#define PV_DATES_TEXT_MOST 512 /* bytes of a text that are looked at */

/* What stands first in 05/04/1985. */
typedef enum pv_date_order {
    PV_DATE_ORDER_UNKNOWN,
    PV_DATE_ORDER_DAY_FIRST,
    PV_DATE_ORDER_MONTH_FIRST
} pv_date_order;

typedef struct pv_found_date {
    pv_date date;        /* not valid where ambiguous */
    bool ambiguous;      /* 05/04/1985 of unknown order */
    bool short_year;     /* of two digits, so the century is concluded */
    pv_date_order shows; /* the order that the digits themselves show: 25/12/1985 */
    size_t from, to;     /* bytes of the text that it takes */
} pv_found_date;

/* The dates in `length` bytes, which need not be valid UTF-8, in their order; returns how many, at
 * most `most`. `order`: what is known about the document. `latest`: no year of two digits is
 * later: of the centuries, the last one counts in which the day is not after it. So a birth takes
 * today, and is never in the future. docs/documents.md has the forms. */
size_t pv_dates_find(const char *text, size_t length, pv_date_order order, pv_date latest,
                     pv_found_date *out, size_t most);

#endif
