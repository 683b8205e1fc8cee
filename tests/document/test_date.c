/* Calendar days: which there are, how they are written, and ages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "document/date.h"

static void test_days_that_there_are(void **state)
{
    (void)state;
    static const struct {
        pv_date date;
        bool valid;
    } days[] = {
        {{1985, 3, 12}, true},  {{1, 1, 1}, true},      {{9999, 12, 31}, true},
        {{2000, 2, 29}, true},  {{2024, 2, 29}, true},  {{1900, 2, 29}, false},
        {{2023, 2, 29}, false}, {{2024, 2, 30}, false}, {{2024, 4, 31}, false},
        {{2024, 4, 30}, true},  {{2024, 0, 1}, false},  {{2024, 13, 1}, false},
        {{2024, 1, 0}, false},  {{2024, 1, 32}, false}, {{0, 1, 1}, false},
        {{10000, 1, 1}, false}, {{-1, 1, 1}, false},    {{2024, -1, 1}, false},
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        assert_int_equal(pv_date_is_valid(days[i].date), days[i].valid);
}

static void test_days_are_written_as_the_standard_says(void **state)
{
    (void)state;
    char text[PV_DATE_TEXT_SIZE];
    pv_date_print((pv_date){1985, 3, 12}, text);
    assert_string_equal(text, "1985-03-12");
    pv_date_print((pv_date){33, 4, 3}, text);
    assert_string_equal(text, "0033-04-03");
    pv_date_print((pv_date){2023, 2, 29}, text);
    assert_string_equal(text, "");
}

static void test_days_have_an_order(void **state)
{
    (void)state;
    static const pv_date days[] = {
        {1984, 12, 31}, {1985, 1, 1}, {1985, 1, 2}, {1985, 2, 1}, {1986, 1, 1}};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++)
            assert_int_equal(pv_date_compare(days[i], days[k]), (i > k) - (i < k));
}

static void test_ages(void **state)
{
    (void)state;
    static const struct {
        pv_date birth, today;
        int age;
    } ages[] = {
        {{1985, 3, 12}, {2026, 3, 11}, 40},
        {{1985, 3, 12}, {2026, 3, 12}, 41},
        {{1985, 3, 12}, {2026, 2, 28}, 40},
        {{1985, 3, 12}, {2026, 12, 1}, 41},
        {{2026, 3, 12}, {2026, 3, 12}, 0},
        {{2004, 2, 29}, {2022, 2, 28}, 17},
        {{2004, 2, 29}, {2022, 3, 1}, 18},
        {{2004, 2, 29}, {2024, 2, 28}, 19},
        {{2004, 2, 29}, {2024, 2, 29}, 20},
        {{2026, 3, 13}, {2026, 3, 12}, PV_AGE_UNKNOWN},
        {{1896, 3, 12}, {2026, 3, 12}, 130},
        {{1895, 3, 12}, {2026, 3, 11}, 130},
        {{1895, 3, 12}, {2026, 3, 12}, PV_AGE_UNKNOWN},
        {{1985, 2, 29}, {2026, 3, 12}, PV_AGE_UNKNOWN},
        {{1985, 3, 12}, {2026, 2, 29}, PV_AGE_UNKNOWN},
        {{0, 0, 0}, {2026, 3, 12}, PV_AGE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++)
        if (pv_date_age(ages[i].birth, ages[i].today) != ages[i].age)
            fail_msg("row %zu: %d, not %d", i, pv_date_age(ages[i].birth, ages[i].today),
                     ages[i].age);
}

static void test_today_is_a_day(void **state)
{
    (void)state;
    assert_true(pv_date_is_valid(pv_date_today()));
    assert_true(pv_date_compare(pv_date_today(), (pv_date){2026, 1, 1}) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_that_there_are),
        cmocka_unit_test(test_days_are_written_as_the_standard_says),
        cmocka_unit_test(test_days_have_an_order),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_today_is_a_day),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
