/* Calendar dates of documents: Gregorian, without a time of day. */
#ifndef PV_DOCUMENT_DATE_H
#define PV_DOCUMENT_DATE_H

#include <stdbool.h>

#define PV_DATE_TEXT_SIZE 11 /* "1985-03-12" and the NUL */
#define PV_AGE_MOST 130      /* nobody is older */
#define PV_AGE_UNKNOWN (-1)

typedef struct pv_date {
    int year;  /* 1 to 9999 */
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
} pv_date;

/* Whether there is such a day. */
bool pv_date_is_valid(pv_date date);

/* Below 0, 0 or above 0, as `a` is before, the same as or after `b`. */
int pv_date_compare(pv_date a, pv_date b);

/* ISO 8601, "1985-03-12"; "" where there is no such day. */
void pv_date_print(pv_date date, char out[PV_DATE_TEXT_SIZE]);

/* The day that it is here, in the machine's time zone; not valid where its clock does not say. */
pv_date pv_date_today(void);

/* Age in whole years. Who was born on 29 February is a year older on 1 March where there is no 29
 * February. PV_AGE_UNKNOWN where a date is none, for births after today, and above PV_AGE_MOST. */
int pv_date_age(pv_date birth, pv_date today);

#endif
