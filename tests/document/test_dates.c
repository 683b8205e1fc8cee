/* Printed dates: the forms of Europe and America, what is ambiguous, and what is no date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/dates.h"
#include "document/fold.h"
#include "document/months.h"

static const pv_date today = {2026, 11, 25};

/* What is found in a text: dates in ISO 8601 and "?" for an ambiguous one, with spaces between. */
static const char *found(const char *text, pv_date_order order)
{
    static char line[256];
    pv_found_date dates[8];
    size_t count = pv_dates_find(text, strlen(text), order, today, dates, 8);
    line[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char iso[PV_DATE_TEXT_SIZE];
        pv_date_print(dates[i].date, iso);
        assert_int_equal(dates[i].ambiguous, iso[0] == '\0');
        assert_true(dates[i].from < dates[i].to && dates[i].to <= strlen(text));
        assert_true(i == 0 || dates[i].from >= dates[i - 1].to);
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", i ? " " : "",
                 iso[0] ? iso : "?");
    }
    return line;
}

static const struct {
    const char *text, *dates;
} unordered[] = {
    /* numbers */
    {"12.03.1985", "1985-03-12"},
    {"12/03/85", "?"},
    {"13/03/85", "1985-03-13"},
    {"03/13/85", "1985-03-13"},
    {"12-03-1985", "?"},
    {"25-03-1985", "1985-03-25"},
    {"05/05/1985", "1985-05-05"},
    {"1985-03-12", "1985-03-12"},
    {"1985/03/12", "1985-03-12"},
    {"1985.03.12.", "1985-03-12"},
    {"1985 03 12", "1985-03-12"},
    {"12 03 1985", "1985-03-12"},
    {"1.2.1985", "1985-02-01"},
    {"12. 3. 1985", "1985-03-12"},
    {"12,03.1985", "1985-03-12"},
    {"12. 03 1985", "1985-03-12"},
    {"12·03·1985", "1985-03-12"},
    {"12–03–1985", "?"},
    {"31–03–1985", "1985-03-31"},
    {"12.03.85", "1985-03-12"},
    {"12.031985", "1985-03-12"},
    {"1203.1985", "1985-03-12"},
    {"12 031985", "1985-03-12"},
    {"1203 1985", "1985-03-12"},
    {"12/031985", ""},
    {"3203 1985", ""},
    {"1203 2985", ""},
    {"29.02.2024", "2024-02-29"},
    /* two digits of a year: never later than today */
    {"24.11.26", "2026-11-24"},
    {"25.11.26", "2026-11-25"},
    {"26.11.26", "1926-11-26"},
    {"01.01.27", "1927-01-01"},
    {"29.02.00", "2000-02-29"},
    {"29.02.28", "1928-02-29"},
    {"29.02.01", ""},
    /* names */
    {"12 MAR 1985", "1985-03-12"},
    {"12 MAR 85", "1985-03-12"},
    {"12 MAR/MARS 85", "1985-03-12"},
    {"12 MAR / MARS 85", "1985-03-12"},
    {"12 JAN/JAN 85", "1985-01-12"},
    {"12 JANIJAN 85", "1985-01-12"},
    {"12 AUG1AUG 85", "1985-08-12"},
    {"12 FEVFEB 1985", "1985-02-12"},
    {"10 MAA/MAR 1965", "1965-03-10"},
    {"10 AIB/APR 1965", "1965-04-10"},
    {"12 MAR /MAWR 85", "1985-03-12"},
    {"30 MEI/MAY 1985", "1985-05-30"},
    {"12 LIS/NOV 1985", "1985-11-12"},
    {"12 lis 1985", ""},
    {"12 juil. 1985", "1985-07-12"},
    {"12 jui 1985", ""},
    {"12 JAN/FEB 1985", ""},
    {"12MAR1985", "1985-03-12"},
    {"12MAR85", "1985-03-12"},
    {"12-MAR-1985", "1985-03-12"},
    {"12.MAR.1985", "1985-03-12"},
    {"12/MAR/1985", "1985-03-12"},
    {"12. märz 1985", "1985-03-12"},
    {"12. MÄRZ 1985", "1985-03-12"},
    {"1er janvier 1985", "1985-01-01"},
    {"1st January 1985", "1985-01-01"},
    {"12 de marzo de 1985", "1985-03-12"},
    {"12 de Março de 1985", "1985-03-12"},
    {"12 août 1985", "1985-08-12"},
    {"12 février 1985", "1985-02-12"},
    {"12 stycznia 1985", "1985-01-12"},
    {"12. huhtikuuta 1985", "1985-04-12"},
    {"12. března 1985", "1985-03-12"},
    {"12. září 1985", "1985-09-12"},
    {"March 12, 1985", "1985-03-12"},
    {"MAR 12 1985", "1985-03-12"},
    {"Mar. 12th, 1985", "1985-03-12"},
    {"1985 MAR 12", "1985-03-12"},
    {"1985 MARS/MAR 12", "1985-03-12"},
    {"12 MAR '85", "1985-03-12"},
    /* look-alikes, within numbers only */
    {"l2.O3.l985", "1985-03-12"},
    {"OI.O3.1985", "1985-03-01"},
    {"I2/O3/1985", "?"},
    {"12 0CT 1985", "1985-10-12"},
    {"12 N0V 1985", "1985-11-12"},
    {"O1 MAR 1985", "1985-03-01"},
    {"OI.OI.OOOI", ""},
    {"nato il 12.03.1985", "1985-03-12"},
    {"nato il marzo 1985", ""},
    {"Io 12 1985", ""},
    /* in their surroundings */
    {"Date of birth: 12.03.1985", "1985-03-12"},
    {"3. 12.03.1985 BERLIN", "1985-03-12"},
    {"3.12.03.1985BERLIN", "1985-03-12"},
    {"3.12.03.85", "1985-03-12"},
    {"3 12 MAR 1985", "1985-03-12"},
    {"Geburtsdatum12.03.1985", "1985-03-12"},
    {"(12.03.1985)", "1985-03-12"},
    {"4a. 01.05.2015 4b. 30.04.2025", "2015-05-01 2025-04-30"},
    {"01.05.2015-30.04.2025", "2015-05-01 2025-04-30"},
    {"12.03.2040", "2040-03-12"},
    {"1985-03-12 F 2030-01-01", "1985-03-12 2030-01-01"},
    /* no dates */
    {"", ""},
    {"31.02.1985", ""},
    {"29.02.1985", ""},
    {"32.01.1985", ""},
    {"00.01.1985", ""},
    {"12.13.1985", ""},
    {"13/13/1985", ""},
    {"12.03.3985", ""},
    {"12.03.985", ""},
    {"12 03 85", ""},
    {"1 3 1985", ""},
    {"12:03:1985", ""},
    {"12.03/1985", ""},
    {"12/03-1985", ""},
    {"192.12.03.85", ""},
    {"12.03.85.17", ""},
    {"1985-03-12-1234", ""},
    {"12031985", ""},
    {"19850312", ""},
    {"850312-1234", ""},
    {"T22000129", ""},
    {"MARCH 1985", ""},
    {"12 HAUS 1985", ""},
    {"12 HAUS/GARTEN 1985", ""},
    {"12 (MAR) 1985", ""},
    {"D<<8503122F3001017", ""},
    {"\xFF\xFE 12.03.1985", "1985-03-12"},
    {"12.03.\xC3", ""},
};

static void test_dates_of_an_unknown_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unordered / sizeof unordered[0]; i++) {
        const char *dates = found(unordered[i].text, PV_DATE_ORDER_UNKNOWN);
        if (strcmp(dates, unordered[i].dates) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", unordered[i].text, dates, unordered[i].dates);
    }
}

static void test_the_order_decides_what_is_ambiguous_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text, *day_first, *month_first;
    } rows[] = {
        {"05/04/1985", "1985-04-05", "1985-05-04"}, {"05-04-85", "1985-04-05", "1985-05-04"},
        {"05.04.1985", "1985-04-05", "1985-04-05"}, {"05 04 1985", "1985-04-05", "1985-04-05"},
        {"25/04/1985", "1985-04-25", "1985-04-25"}, {"04/25/1985", "1985-04-25", "1985-04-25"},
        {"1985/04/05", "1985-04-05", "1985-04-05"}, {"5 APR 1985", "1985-04-05", "1985-04-05"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(found(rows[i].text, PV_DATE_ORDER_DAY_FIRST), rows[i].day_first);
        assert_string_equal(found(rows[i].text, PV_DATE_ORDER_MONTH_FIRST), rows[i].month_first);
    }
}

static void test_digits_show_the_order(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        pv_date_order shows;
    } rows[] = {{"25/12/1985", PV_DATE_ORDER_DAY_FIRST}, {"12/25/1985", PV_DATE_ORDER_MONTH_FIRST},
                {"12-25-85", PV_DATE_ORDER_MONTH_FIRST}, {"25.12.1985", PV_DATE_ORDER_UNKNOWN},
                {"05/05/1985", PV_DATE_ORDER_UNKNOWN},   {"05/04/1985", PV_DATE_ORDER_UNKNOWN},
                {"1985/12/25", PV_DATE_ORDER_UNKNOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_found_date date;
        assert_int_equal(pv_dates_find(rows[i].text, strlen(rows[i].text), PV_DATE_ORDER_UNKNOWN,
                                       today, &date, 1),
                         1);
        assert_int_equal(date.shows, rows[i].shows);
    }
}

static void test_places_are_those_of_the_text(void **state)
{
    (void)state;
    const char *text = "Né le 1er août 1985 à Metz";
    pv_found_date date;
    assert_int_equal(pv_dates_find(text, strlen(text), PV_DATE_ORDER_UNKNOWN, today, &date, 1), 1);
    assert_memory_equal(text + date.from, "1er août 1985", date.to - date.from);
    assert_int_equal(date.to - date.from, strlen("1er août 1985"));
}

/* Every day of a year in every form that has no other reading. */
static void test_every_day(void **state)
{
    (void)state;
    static const char *const names[12] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    for (int i = 0; i < 31 * 12; i++) {
        pv_date day = {1984, i / 31 + 1, i % 31 + 1};
        char iso[PV_DATE_TEXT_SIZE];
        char text[64];
        pv_date_print(day, iso);
        snprintf(text, sizeof text, "%02d.%02d.%d", day.day, day.month, day.year);
        assert_string_equal(found(text, PV_DATE_ORDER_UNKNOWN), iso);
        snprintf(text, sizeof text, "%02d %s %d", day.day, names[day.month - 1], day.year);
        assert_string_equal(found(text, PV_DATE_ORDER_UNKNOWN), iso);
        snprintf(text, sizeof text, "%d-%02d-%02d", day.year, day.month, day.day);
        assert_string_equal(found(text, PV_DATE_ORDER_UNKNOWN), iso);
        if (!iso[0])
            continue;
        snprintf(text, sizeof text, "%d/%d/%d", day.month, day.day, day.year);
        assert_string_equal(found(text, PV_DATE_ORDER_MONTH_FIRST), iso);
    }
}

static void test_long_texts_are_bounded(void **state)
{
    (void)state;
    char text[4096];
    pv_found_date dates[4];
    memset(text, '1', sizeof text);
    assert_int_equal(pv_dates_find(text, sizeof text, PV_DATE_ORDER_UNKNOWN, today, dates, 4), 0);
    for (size_t i = 0; i + 11 <= sizeof text; i += 11)
        memcpy(text + i, "12.03.1985 ", 11);
    assert_int_equal(pv_dates_find(text, sizeof text, PV_DATE_ORDER_UNKNOWN, today, dates, 4), 4);
    assert_int_equal(pv_dates_find(text, 10, PV_DATE_ORDER_UNKNOWN, today, dates, 4), 1);
    assert_int_equal(pv_dates_find(text, 9, PV_DATE_ORDER_UNKNOWN, today, dates, 4), 0);
    assert_int_equal(pv_dates_find(text, 10, PV_DATE_ORDER_UNKNOWN, today, dates, 0), 0);
}

static void test_months(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int month;
    } rows[] = {{"jan", 1},  {"janvier", 1},    {"feb", 2},       {"fev", 2},      {"mar", 3},
                {"mrt", 3},  {"marzo", 3},      {"abr", 4},       {"kwiecien", 4}, {"mai", 5},
                {"maj", 5},  {"mei", 5},        {"giu", 6},       {"juin", 6},     {"lug", 7},
                {"juil", 7}, {"heinakuuta", 7}, {"ago", 8},       {"aout", 8},     {"set", 9},
                {"wrz", 9},  {"okt", 10},       {"out", 10},      {"nov", 11},     {"marras", 11},
                {"dez", 12}, {"gru", 12},       {"prosince", 12}, {"jui", 0},      {"lis", 0},
                {"ma", 0},   {"listopad", 0},   {"haus", 0},      {"", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int month = pv_month_of_bits(pv_months_of(rows[i].word, strlen(rows[i].word)));
        if (month != rows[i].month)
            fail_msg("%s: %d, not %d", rows[i].word, month, rows[i].month);
    }
}

static void test_folding(void **state)
{
    (void)state;
    pv_folded folded;
    const char *text = "Né(e) le: Straße 7× Ω\xFF";
    pv_fold(text, strlen(text), &folded);
    assert_string_equal(folded.text, "neelestrasse7?");
    assert_int_equal(folded.from[1], 1);
    assert_int_equal(folded.to[1], 3);
    assert_true(folded.starts[0] && folded.starts[2] && folded.starts[3] && !folded.starts[1]);
    assert_int_equal(folded.from[9], folded.from[10]); /* one character, two letters */
    char many[4 * PV_FOLD_MOST];
    memset(many, 'A', sizeof many);
    pv_fold(many, sizeof many, &folded);
    assert_int_equal(folded.length, PV_FOLD_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_of_an_unknown_order),
        cmocka_unit_test(test_the_order_decides_what_is_ambiguous_and_nothing_else),
        cmocka_unit_test(test_digits_show_the_order),
        cmocka_unit_test(test_places_are_those_of_the_text),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_long_texts_are_bounded),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_folding),
    };
    return cmocka_run_group_tests_name("dates", tests, NULL, NULL);
}
