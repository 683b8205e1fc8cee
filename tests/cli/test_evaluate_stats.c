/* The arithmetic of evaluations on values worked out by hand, and the reading of tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "cli/evaluate_stats.h"
#include "cli/evaluate_table.h"

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.12f is not within %g of %.12f", value, tolerance, expected);
}

static void add(pv_samples *samples, const double *scores, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pv_samples_add(samples, scores[i], (int32_t)i, (int32_t)i), PV_OK);
    pv_samples_sort(samples);
}

#define ADD(samples, ...)                                                                          \
    add(samples, (const double[]){__VA_ARGS__},                                                    \
        sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void release(pv_contest *contest)
{
    pv_samples_release(&contest->positives);
    pv_samples_release(&contest->negatives);
}

/* 5 of 20: centre (0.25 + 3.8415 / 40) / (1 + 3.8415 / 20) = 0.290282, half-width 0.178526. */
static void test_wilson(void **state)
{
    (void)state;
    pv_interval interval = pv_stats_wilson(5, 20);
    assert_close(interval.low, 0.111862, 1e-6);
    assert_close(interval.high, 0.468700, 1e-6);
    /* 0 of n: 0 to z² / (n + z²). */
    interval = pv_stats_wilson(0, 100);
    assert_true(interval.low == 0.0);
    assert_close(interval.high, 3.841459 / 103.841459, 1e-7);
    interval = pv_stats_wilson(100, 100);
    assert_true(interval.high == 1.0);
    assert_close(interval.low, 100.0 / 103.841459, 1e-7);
    interval = pv_stats_wilson(0, 0);
    assert_true(interval.low == 0.0 && interval.high == 1.0);
}

static void test_normal(void **state)
{
    (void)state;
    assert_close(pv_stats_normal_inverse(0.975), 1.959963984540, 1e-11);
    assert_close(pv_stats_normal_inverse(0.5), 0.0, 1e-12);
    assert_close(pv_stats_normal_inverse(1e-6), -4.753424308823, 1e-10);
    assert_close(pv_stats_normal_inverse(1e-12), -7.034483825302, 1e-9);
    assert_true(isinf(pv_stats_normal_inverse(0.0)) && isinf(pv_stats_normal_inverse(1.0)));
    for (double z = -6.0; z <= 6.0; z += 0.25)
        assert_close(pv_stats_normal_inverse(pv_stats_normal(z)), z, 1e-6);
}

static void test_quantile(void **state)
{
    (void)state;
    const double values[] = {1.0, 2.0, 4.0, 8.0};
    assert_close(pv_stats_quantile(values, 4, 0.0), 1.0, 0.0);
    assert_close(pv_stats_quantile(values, 4, 1.0), 8.0, 0.0);
    assert_close(pv_stats_quantile(values, 4, 0.5), 3.0, 1e-12);
    assert_close(pv_stats_quantile(values, 4, 0.9), 6.8, 1e-12);
    assert_close(pv_stats_quantile(values, 1, 0.7), 1.0, 0.0);
    assert_true(isnan(pv_stats_quantile(values, 0, 0.5)));
}

/* At a threshold a score that equals it is accepted. */
static void test_errors_at_threshold(void **state)
{
    (void)state;
    pv_contest contest = {0};
    ADD(&contest.positives, 0.9, 0.6, 0.8, 0.4);
    ADD(&contest.negatives, 0.1, 0.7, 0.3, 0.2, 0.5);
    pv_trade trade = pv_contest_at(&contest, 0.6);
    assert_int_equal(trade.missed, 1);
    assert_int_equal(trade.accepted, 1);
    trade = pv_contest_at(&contest, 0.7);
    assert_int_equal(trade.missed, 2);
    assert_int_equal(trade.accepted, 1);
    trade = pv_contest_at(&contest, -1.0);
    assert_int_equal(trade.missed, 0);
    assert_int_equal(trade.accepted, 5);
    trade = pv_contest_at(&contest, 2.0);
    assert_int_equal(trade.missed, 4);
    assert_int_equal(trade.accepted, 0);
    release(&contest);
}

/* Sorted: - - - 0.1 0.2 0.3, + 0.4, - 0.5, + 0.6, - 0.7, + 0.8 0.9. At 0.6, 1 of 4 is missed and 1
 * of 5 accepted, the nearest that both come: (0.25 + 0.2) / 2. */
static void test_equal_errors(void **state)
{
    (void)state;
    pv_contest contest = {0};
    ADD(&contest.positives, 0.9, 0.6, 0.8, 0.4);
    ADD(&contest.negatives, 0.1, 0.7, 0.3, 0.2, 0.5);
    assert_close(pv_contest_equal(&contest).threshold, 0.6, 1e-9);
    assert_close(pv_contest_equal_rate(&contest), 0.225, 1e-12);
    /* Pairs that are in order: 0.9 and 0.8 five each, 0.6 four, 0.4 three of 20. */
    assert_close(pv_contest_area(&contest), 17.0 / 20.0, 1e-12);
    release(&contest);
}

static void test_equal_errors_of_extremes(void **state)
{
    (void)state;
    pv_contest contest = {0};
    assert_true(isnan(pv_contest_equal_rate(&contest)));
    ADD(&contest.positives, 0.8, 0.9);
    assert_true(isnan(pv_contest_equal_rate(&contest)));
    ADD(&contest.negatives, 0.1, 0.2);
    assert_close(pv_contest_equal_rate(&contest), 0.0, 0.0);
    assert_close(pv_contest_area(&contest), 1.0, 0.0);
    release(&contest);
    /* The wrong way round. */
    ADD(&contest.positives, 0.1, 0.2);
    ADD(&contest.negatives, 0.8, 0.9);
    assert_close(pv_contest_equal_rate(&contest), 1.0, 0.0);
    assert_close(pv_contest_area(&contest), 0.0, 0.0);
    release(&contest);
    /* All alike: everything or nothing is accepted. */
    ADD(&contest.positives, 0.5, 0.5);
    ADD(&contest.negatives, 0.5, 0.5, 0.5);
    assert_close(pv_contest_equal_rate(&contest), 0.5, 0.0);
    assert_close(pv_contest_area(&contest), 0.5, 0.0);
    release(&contest);
}

/* The same by trying every threshold there is. */
static void test_equal_errors_against_a_search(void **state)
{
    (void)state;
    srand(7);
    for (int trial = 0; trial < 200; trial++) {
        pv_contest contest = {0};
        int p = 1 + rand() % 20;
        int n = 1 + rand() % 20;
        for (int i = 0; i < p; i++)
            assert_int_equal(pv_samples_add(&contest.positives, rand() % 12 + 3, 0, 0), PV_OK);
        for (int i = 0; i < n; i++)
            assert_int_equal(pv_samples_add(&contest.negatives, rand() % 12, 0, 0), PV_OK);
        pv_samples_sort(&contest.positives);
        pv_samples_sort(&contest.negatives);
        double least = INFINITY;
        for (double t = -0.5; t < 16.0; t += 1.0) {
            pv_trade trade = pv_contest_at(&contest, t);
            least = fmin(least, fabs((double)trade.missed / p - (double)trade.accepted / n));
        }
        pv_trade best = pv_contest_equal(&contest);
        assert_close(fabs((double)best.missed / p - (double)best.accepted / n), least, 1e-12);
        release(&contest);
    }
}

static void test_threshold_for_a_rate(void **state)
{
    (void)state;
    pv_contest contest = {0};
    ADD(&contest.positives, 0.5);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(pv_samples_add(&contest.negatives, i, 0, 0), PV_OK);
    const double rates[] = {1.0, 0.5, 0.1, 0.01, 0.001, 0.0005, 0.0};
    const size_t accepted[] = {1000, 500, 100, 10, 1, 0, 0};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        double threshold = pv_contest_threshold(&contest, rates[i]);
        assert_int_equal(pv_contest_at(&contest, threshold).accepted, accepted[i]);
    }
    /* Halfway to the next score, of either class. */
    assert_close(pv_contest_threshold(&contest, 0.01), 989.5, 1e-12);
    release(&contest);
    ADD(&contest.positives, 0.5, 0.9);
    ADD(&contest.negatives, 0.3, 0.7);
    assert_close(pv_contest_threshold(&contest, 0.5), 0.4, 1e-12);
    assert_close(pv_contest_threshold(&contest, 0.0), 0.8, 1e-12);
    release(&contest);
}

/* Scores that are exactly normal: the tail goes on as the normal distribution does. */
static void test_tail(void **state)
{
    (void)state;
    pv_contest contest = {0};
    const int count = 200000;
    for (int i = 0; i < count; i++) {
        double z = pv_stats_normal_inverse((i + 0.5) / count);
        assert_int_equal(pv_samples_add(&contest.negatives, 0.1 + 0.08 * z, 0, 0), PV_OK);
    }
    assert_close(pv_contest_tail(&contest, 1e-3), 0.1 + 0.08 * 3.090232, 5e-4);
    assert_close(pv_contest_tail(&contest, 1e-6), 0.1 + 0.08 * 4.753424, 1e-3);
    release(&contest);
}

static void test_bootstrap_of_a_mean(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    double values[COUNT];
    int32_t each[COUNT];
    int32_t few[COUNT];
    pv_interval interval;
    for (int i = 0; i < COUNT; i++) {
        few[i] = i / 40; /* ten subjects of forty like pictures */
        each[i] = i;
        values[i] = few[i] % 2;
    }
    /* Independent: standard error sqrt(0.25 / 400) = 0.025. */
    assert_int_equal(pv_bootstrap_mean(values, each, COUNT, COUNT, &interval), PV_OK);
    assert_close(interval.low, 0.5 - 1.96 * 0.025, 0.01);
    assert_close(interval.high, 0.5 + 1.96 * 0.025, 0.01);
    /* By subject: sqrt(0.25 / 10) = 0.158; drawn means are multiples of 0.1. */
    assert_int_equal(pv_bootstrap_mean(values, few, COUNT, 10, &interval), PV_OK);
    assert_close(interval.low, 0.2, 0.05);
    assert_close(interval.high, 0.8, 0.05);
    /* One subject says nothing about others. */
    assert_int_equal(pv_bootstrap_mean(values, few, 40, 1, &interval), PV_OK);
    assert_true(isnan(interval.low) && isnan(interval.high));
}

static void test_bootstrap_of_equal_errors(void **state)
{
    (void)state;
    pv_contest contest = {0};
    srand(3);
    for (int i = 0; i < 1000; i++) {
        double noise = (double)rand() / RAND_MAX;
        assert_int_equal(pv_samples_add(&contest.positives, 0.4 + noise, i, i), PV_OK);
        assert_int_equal(pv_samples_add(&contest.negatives, noise, i, i), PV_OK);
    }
    pv_samples_sort(&contest.positives);
    pv_samples_sort(&contest.negatives);
    double rate = pv_contest_equal_rate(&contest);
    pv_interval interval;
    assert_int_equal(pv_bootstrap_equal_rate(&contest, 1000, &interval), PV_OK);
    assert_close(rate, 0.3, 0.03); /* two uniform classes that overlap by 0.6 */
    assert_true(interval.low < rate && rate < interval.high);
    assert_close(interval.high - interval.low, 0.04, 0.02);
    pv_interval again;
    assert_int_equal(pv_bootstrap_equal_rate(&contest, 1000, &again), PV_OK);
    assert_true(again.low == interval.low && again.high == interval.high);
    release(&contest);
}

/* --- tables --- */

static pv_status parse(const char *text, pv_table *table)
{
    return pv_table_parse("folder/t.csv", text, strlen(text), table);
}

static void test_table(void **state)
{
    (void)state;
    pv_table table;
    assert_int_equal(parse("\xef\xbb\xbfimage,\"a \"\"b\"\"\",n\r\n\r\n\"x, y\nz.jpg\",,1\n"
                           "/abs.png,\"\",2.5",
                           &table),
                     PV_OK);
    assert_int_equal(table.columns, 3);
    assert_int_equal(table.rows, 2);
    assert_string_equal(pv_table_name(&table, 1), "a \"b\"");
    assert_string_equal(pv_table_cell(&table, 0, 0), "x, y\nz.jpg");
    assert_string_equal(pv_table_cell(&table, 0, 1), "");
    assert_string_equal(pv_table_cell(&table, 1, 2), "2.5");
    assert_int_equal(table.lines[1], 3);
    assert_int_equal(table.lines[2], 5);
    assert_int_equal(pv_table_column(&table, "n"), 2);
    assert_true(pv_table_column(&table, "m") == PV_TABLE_NO_COLUMN);
    char *file = NULL;
    assert_int_equal(pv_table_file(&table, "p.jpg", &file), PV_OK);
    assert_string_equal(file, "folder/p.jpg");
    free(file);
    assert_int_equal(pv_table_file(&table, "/abs.png", &file), PV_OK);
    assert_string_equal(file, "/abs.png");
    free(file);
    double number;
    assert_int_equal(pv_table_number(&table, 1, 2, 0, 10, &number), PV_OK);
    assert_close(number, 2.5, 0.0);
    assert_int_equal(pv_table_number(&table, 1, 2, 0, 2, &number), PV_ERROR_ARGUMENT);
    assert_string_equal(pv_error_message(),
                        "folder/t.csv:5: column \"n\": \"2.5\" is not a number in 0..2");
    bool flag;
    assert_int_equal(pv_table_flag(&table, 1, 2, &flag), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_table_flag(&table, 0, 2, &flag), PV_OK);
    assert_true(flag);
    pv_table_release(&table);
}

static void test_bad_tables(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "the table is empty"},
        {"a,b\n", "no row below"},
        {"a,a\n1,2\n", ":1: two columns"},
        {"a,\n1,2\n", ":1: column 2 has no name"},
        {"a,b\n1\n", ":2: 1 fields, the header has 2"},
        {"a,b\n1,2\n\n1,2,3\n", ":4: 3 fields"},
        {"a,b\n1,\"2\n", ":2: a quote is opened"},
        {"a,b\n1,\"2\"x\n", ":2: text stands behind"},
        {"a,b\n1,2\"\n", ":2: a quote inside"},
        {"a,b\n1,\xff\n", "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pv_table table;
        assert_int_equal(parse(cases[i].text, &table), PV_ERROR_ARGUMENT);
        if (!strstr(pv_error_message(), cases[i].message))
            fail_msg("\"%s\" is not in \"%s\"", cases[i].message, pv_error_message());
        assert_null(table.text);
    }
    pv_table table;
    assert_int_equal(pv_table_parse("t", "a\0b", 3, &table), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_table_read("/nowhere/t.csv", &table), PV_ERROR_ARGUMENT);
    assert_non_null(strstr(pv_error_message(), "/nowhere/t.csv"));
}

/* Changed bytes of a good table never lead outside it: the sanitizers watch. */
static void test_random_tables(void **state)
{
    (void)state;
    static const char alphabet[] = "a,\"\r\n1";
    srand(1);
    for (int i = 0; i < 20000; i++) {
        char text[24];
        size_t length = (size_t)rand() % (sizeof text - 1);
        for (size_t k = 0; k < length; k++)
            text[k] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        pv_table table;
        if (pv_table_parse("t", text, length, &table) != PV_OK)
            continue;
        size_t bytes = 0;
        for (size_t k = 0; k < (table.rows + 1) * table.columns; k++)
            bytes += strlen(table.cells[k]);
        assert_true(bytes <= length);
        pv_table_release(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_quantile),
        cmocka_unit_test(test_errors_at_threshold),
        cmocka_unit_test(test_equal_errors),
        cmocka_unit_test(test_equal_errors_of_extremes),
        cmocka_unit_test(test_equal_errors_against_a_search),
        cmocka_unit_test(test_threshold_for_a_rate),
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_bootstrap_of_a_mean),
        cmocka_unit_test(test_bootstrap_of_equal_errors),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_bad_tables),
        cmocka_unit_test(test_random_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
