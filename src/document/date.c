#include "document/date.h"

#include <stdio.h>
#include <time.h>

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool pv_date_is_valid(pv_date date)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    return date.day <= days[date.month - 1] + (date.month == 2 && is_leap(date.year));
}

int pv_date_compare(pv_date a, pv_date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day < b.day ? -1 : a.day > b.day;
}

void pv_date_print(pv_date date, char out[PV_DATE_TEXT_SIZE])
{
    out[0] = '\0';
    /* the remainders tell the compiler that it fits */
    if (pv_date_is_valid(date))
        snprintf(out, PV_DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)date.year % 10000U,
                 (unsigned)date.month % 100U, (unsigned)date.day % 100U);
}

pv_date pv_date_today(void)
{
    struct tm parts;
    time_t now = time(NULL);
    if (now == (time_t)-1 || !localtime_r(&now, &parts))
        return (pv_date){0};
    return (pv_date){parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday};
}

int pv_date_age(pv_date birth, pv_date today)
{
    if (!pv_date_is_valid(birth) || !pv_date_is_valid(today) || pv_date_compare(birth, today) > 0)
        return PV_AGE_UNKNOWN;
    const pv_date birthday = {today.year, birth.month, birth.day};
    int age = today.year - birth.year - (pv_date_compare(today, birthday) < 0);
    return age <= PV_AGE_MOST ? age : PV_AGE_UNKNOWN;
}
