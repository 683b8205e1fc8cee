/* Every key of the table: its default, each end of its range, beyond each end, and each wrong type.
 */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

#define TEXT_SIZE 4096

static pv_config config;

static pv_status parse(const pv_config_row *row, const char *value)
{
    char json[TEXT_SIZE];
    int length = snprintf(json, sizeof json, "{\"%s\": %s}", row->name, value);
    assert_in_range(length, 1, TEXT_SIZE - 1);
    return pv_config_parse(json, (size_t)length, PV_OPERATION_VALIDATE, &config);
}

static const pv_config_row *row_at(int key)
{
    const pv_config_row *row = pv_config_row_get((pv_config_key)key);
    assert_non_null(row);
    return row;
}

static double stored(const pv_config_row *row)
{
    const void *field = (const char *)&config + row->offset;
    switch (row->type) {
    case PV_CONFIG_FLOAT: return *(const double *)field;
    case PV_CONFIG_UINT32: return *(const uint32_t *)field;
    case PV_CONFIG_BOOL: return *(const bool *)field;
    case PV_CONFIG_ENUM:
    case PV_CONFIG_INT: return *(const int *)field;
    case PV_CONFIG_STRING: break;
    }
    return NAN;
}

static void expect_stored(const pv_config_row *row, const char *value, double expected)
{
    if (parse(row, value) != PV_OK)
        fail_msg("%s: %s was refused: %s", row->name, value, pv_error_message());
    if (!(fabs(stored(row) - expected) < 1e-12))
        fail_msg("%s: %s is stored as %.17g", row->name, value, stored(row));
    assert_true(pv_config_is_set(&config, (pv_config_key)(row - row_at(0))));
}

/* The message must name the key, show the value and say what is allowed. */
static void expect_refused(const pv_config_row *row, const char *value)
{
    if (parse(row, value) != PV_ERROR_CONFIGURATION)
        fail_msg("%s: %s was accepted", row->name, value);
    assert_int_equal(pv_error_status(), PV_ERROR_CONFIGURATION);
    const char *message = pv_error_message();
    if (!strstr(message, row->name) || !strstr(message, "it must be"))
        fail_msg("%s: %s: unclear message: %s", row->name, value, message);
    char start[16];
    snprintf(start, sizeof start, "%.12s", value);
    if (!strstr(message, start))
        fail_msg("%s: the message does not show %s: %s", row->name, value, message);
    assert_false(pv_config_is_set(&config, (pv_config_key)(row - row_at(0))));
}

static bool is_number(const pv_config_row *row)
{
    return row->type == PV_CONFIG_INT || row->type == PV_CONFIG_FLOAT ||
           row->type == PV_CONFIG_UINT32;
}

static void expect_number(const pv_config_row *row, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.12g", value);
    expect_stored(row, text, value);
}

static void refuse_number(const pv_config_row *row, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.12g", value);
    expect_refused(row, text);
}

static void numbers_keep_to_their_range(void **state)
{
    (void)state;
    int seen = 0;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = row_at(key);
        if (!is_number(row))
            continue;
        seen++;
        double step = row->type == PV_CONFIG_FLOAT ? 0.001 : 1;
        expect_number(row, row->minimum);
        expect_number(row, row->maximum);
        expect_number(row, row->number);
        refuse_number(row, row->minimum - step);
        refuse_number(row, row->maximum + step);
        expect_refused(row, "1e999");
        expect_refused(row, "-1e999");
        expect_refused(row, "99999999999999999999999");
        expect_refused(row, "-99999999999999999999999");
    }
    assert_in_range(seen, 40, PV_CONFIG_KEY_COUNT);
}

static void integers_are_whole(void **state)
{
    (void)state;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = row_at(key);
        if (!is_number(row) || row->type == PV_CONFIG_FLOAT)
            continue;
        char text[64];
        snprintf(text, sizeof text, "%.1f", row->maximum);
        expect_stored(row, text, row->maximum);
        snprintf(text, sizeof text, "%.1f", row->minimum + 0.5);
        expect_refused(row, text);
    }
}

static void only_listed_values_are_allowed(void **state)
{
    (void)state;
    int seen = 0;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = row_at(key);
        if (!is_number(row) || !row->values)
            continue;
        seen++;
        for (size_t i = 0; i < row->choice_count; i++)
            expect_number(row, row->values[i]);
        for (double value = row->minimum; value <= row->maximum; value++) {
            bool listed = false;
            for (size_t i = 0; i < row->choice_count; i++)
                listed = listed || fabs(value - row->values[i]) < 0.5;
            if (!listed)
                refuse_number(row, value);
        }
    }
    assert_int_equal(seen, 4);
}

static void floats_may_be_written_as_integers(void **state)
{
    (void)state;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++)
        if (row_at(key)->type == PV_CONFIG_FLOAT)
            expect_stored(row_at(key), "1", 1);
}

static void words_are_taken_exactly(void **state)
{
    (void)state;
    int seen = 0;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = row_at(key);
        if (row->type != PV_CONFIG_ENUM)
            continue;
        seen++;
        for (size_t i = 0; i < row->choice_count; i++) {
            char text[64];
            snprintf(text, sizeof text, "\"%s\"", row->words[i]);
            expect_stored(row, text, (double)i);
            snprintf(text, sizeof text, "\"%s \"", row->words[i]);
            expect_refused(row, text);
        }
        expect_refused(row, "\"\"");
        expect_refused(row, "0");
    }
    assert_int_equal(seen, 3);
}

static void texts_keep_to_their_length(void **state)
{
    (void)state;
    int seen = 0;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = row_at(key);
        if (row->type != PV_CONFIG_STRING)
            continue;
        seen++;
        char text[TEXT_SIZE / 2];
        size_t limit = (size_t)row->maximum;
        assert_true(limit + 4 < sizeof text);
        memset(text, 'x', sizeof text);
        text[0] = text[limit + 1] = '"';
        text[limit + 2] = '\0';
        assert_int_equal(parse(row, text), PV_OK);
        assert_int_equal(strlen((const char *)&config + row->offset), limit);
        text[limit + 1] = 'x';
        text[limit + 2] = '"';
        text[limit + 3] = '\0';
        expect_refused(row, text);
        assert_int_equal(parse(row, "\"\""), PV_OK);
    }
    assert_int_equal(seen, 2);
}

static void bools_are_true_or_false(void **state)
{
    (void)state;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        if (row_at(key)->type != PV_CONFIG_BOOL)
            continue;
        expect_stored(row_at(key), "true", 1);
        expect_stored(row_at(key), "false", 0);
        expect_refused(row_at(key), "1");
        expect_refused(row_at(key), "0");
    }
}

static void wrong_types_are_refused(void **state)
{
    (void)state;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = row_at(key);
        bool is_text = row->type == PV_CONFIG_STRING || row->type == PV_CONFIG_ENUM;
        expect_refused(row, "[]");
        expect_refused(row, "{}");
        expect_refused(row, is_text ? "1" : "\"1\"");
        if (row->type != PV_CONFIG_BOOL)
            expect_refused(row, "true");
    }
}

static void null_is_not_set(void **state)
{
    (void)state;
    pv_config defaults;
    pv_config_defaults(PV_OPERATION_VALIDATE, &defaults);
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        assert_int_equal(parse(row_at(key), "null"), PV_OK);
        assert_false(pv_config_is_set(&config, (pv_config_key)key));
        assert_memory_equal(&config, &defaults, sizeof config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_to_their_range),
        cmocka_unit_test(integers_are_whole),
        cmocka_unit_test(only_listed_values_are_allowed),
        cmocka_unit_test(floats_may_be_written_as_integers),
        cmocka_unit_test(words_are_taken_exactly),
        cmocka_unit_test(texts_keep_to_their_length),
        cmocka_unit_test(bools_are_true_or_false),
        cmocka_unit_test(wrong_types_are_refused),
        cmocka_unit_test(null_is_not_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
