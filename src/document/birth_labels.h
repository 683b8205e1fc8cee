/* What documents print beside dates: which one is of birth, and in which order days and months
 * stand. */
#ifndef PV_DOCUMENT_BIRTH_LABELS_H
#define PV_DOCUMENT_BIRTH_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "document/dates.h"

#define PV_LABELS_MOST 12 /* in a line */

typedef enum pv_label_kind {
    PV_LABEL_BIRTH,
    PV_LABEL_BIRTH_FIELD, /* "3." of a driving licence; counts beside other fields of one only */
    PV_LABEL_OTHER,       /* of another date, or of a place of birth */
    PV_LABEL_OTHER_FIELD  /* "4a", "4b": of another date of a driving licence */
} pv_label_kind;

typedef struct pv_label {
    pv_label_kind kind;
    bool day_first;  /* of a language that writes the day before the month */
    size_t from, to; /* bytes of the line */
} pv_label;

/* The labels in a line of text, in their order; longer ones may have a wrong letter. Returns their
 * number, at most PV_LABELS_MOST. */
size_t pv_labels_find(const char *text, pv_label out[PV_LABELS_MOST]);

/* What a line says about the order: a form that is spelt out (DD/MM/YYYY), or whose document it is.
 * PV_DATE_ORDER_UNKNOWN where it says nothing. */
pv_date_order pv_labels_order(const char *text);

#endif
