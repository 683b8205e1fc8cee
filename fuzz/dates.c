/* libFuzzer target: dates in printed text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "document/dates.h"

#define LENGTH_MAX ((size_t)1024)
#define DATES_MOST 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const pv_date today = {2026, 11, 25};

static void check(const char *text, size_t length, pv_date_order order)
{
    pv_found_date dates[DATES_MOST];
    size_t count = pv_dates_find(text, length, order, today, dates, DATES_MOST);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const pv_found_date *found = &dates[i];
        char iso[PV_DATE_TEXT_SIZE];
        pv_date_print(found->date, iso);
        bool known = !found->ambiguous;
        if (known != pv_date_is_valid(found->date) || known != (strlen(iso) == 10) ||
            (!known && order != PV_DATE_ORDER_UNKNOWN))
            abort();
        if (found->from < at || found->to <= found->from || found->to > length)
            abort();
        at = found->to;
    }
}

/* As it is, and with what most dates have, so that they are reached at once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[2 * LENGTH_MAX];
    if (size > LENGTH_MAX)
        return 0;
    for (int order = PV_DATE_ORDER_UNKNOWN; order <= PV_DATE_ORDER_MONTH_FIRST; order++)
        check((const char *)data, size, (pv_date_order)order);
    static const char *const ends[] = {".1985", "/85", " MAR/MARS 1985"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t length = strlen(ends[i]);
        memcpy(text, data, size);
        memcpy(text + size, ends[i], length);
        check(text, size + length, PV_DATE_ORDER_UNKNOWN);
    }
    return 0;
}
