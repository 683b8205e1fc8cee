/* Defaults and overrides, texts that are no configuration, and what the log says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "config/config.h"

#define NEAR(actual, expected) assert_float_equal((float)(actual), (float)(expected), 1e-6F)

static pv_config config;

static void expect_parsed(const char *json, pv_operation operation)
{
    if (pv_config_parse(json, json ? strlen(json) : 0, operation, &config) != PV_OK)
        fail_msg("%s: %s", json ? json : "NULL", pv_error_message());
}

static void expect_failed(const char *json, size_t length, const char *part)
{
    if (pv_config_parse(json, length, PV_OPERATION_ENROLL, &config) != PV_ERROR_CONFIGURATION)
        fail_msg("%.*s was not refused", (int)(length < 80 ? length : 80), json);
    if (!strstr(pv_error_message(), part))
        fail_msg("no \"%s\" in: %s", part, pv_error_message());
    pv_config defaults;
    pv_config_defaults(PV_OPERATION_ENROLL, &defaults);
    assert_memory_equal(&config, &defaults, sizeof config);
}

static void empty_texts_give_the_defaults(void **state)
{
    (void)state;
    const char *texts[] = {NULL, "", " \t\r\n ", "{}", " {\n} "};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect_parsed(texts[i], PV_OPERATION_VALIDATE);
        assert_int_equal(config.input_image_format, PV_INPUT_IMAGE_FORMAT_RGB);
        assert_int_equal(config.context_string, PV_CONTEXT_STRING_ENROLL);
        assert_int_equal(config.fetch_timeout_ms, 5000);
        NEAR(config.conf_score_thr_predict, 0.12);
        NEAR(config.threshold_user_too_far, 0.2);
        NEAR(config.blur_threshold_doc, 1700);
        assert_int_equal(config.background_color_rgb, 0xF0F0F0);
        assert_string_equal(config.collection_name, "");
        for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++)
            assert_false(pv_config_is_set(&config, (pv_config_key)key));
    }
}

static void operations_have_their_own_defaults(void **state)
{
    (void)state;
    expect_parsed("", PV_OPERATION_ENROLL);
    assert_int_equal(config.context_string, PV_CONTEXT_STRING_ENROLL);
    NEAR(config.threshold_user_too_far, 0.2);
    expect_parsed("", PV_OPERATION_PREDICT);
    assert_int_equal(config.context_string, PV_CONTEXT_STRING_PREDICT);
    NEAR(config.threshold_user_too_far, 0.1);
    NEAR(config.threshold_user_right, 0.01);
    NEAR(config.threshold_user_left, 0.99);
    expect_parsed("", PV_OPERATION_DOC_SCAN);
    assert_int_equal(config.context_string, PV_CONTEXT_STRING_PREDICT);
    NEAR(config.blur_threshold_doc, 100);
    NEAR(config.conf_score_thr_doc, 0.8);
    NEAR(config.blur_threshold_enroll_pred, 50);
    NEAR(config.threshold_user_too_far, 0.01);
    NEAR(config.threshold_user_down, 0.99);
    NEAR(config.threshold_user_up, 0.01);
}

static void the_caller_wins_over_the_operation(void **state)
{
    (void)state;
    expect_parsed("{\"context_string\": \"enroll\", \"threshold_user_too_far\": 0.3}",
                  PV_OPERATION_PREDICT);
    assert_int_equal(config.context_string, PV_CONTEXT_STRING_ENROLL);
    NEAR(config.threshold_user_too_far, 0.3);
    NEAR(config.threshold_user_left, 0.99);
    assert_true(pv_config_is_set(&config, PV_KEY_CONTEXT_STRING));
    assert_true(pv_config_is_set(&config, PV_KEY_THRESHOLD_USER_TOO_FAR));
    assert_false(pv_config_is_set(&config, PV_KEY_FETCH_TIMEOUT_MS));
}

static void the_face_landmark_key_wins_unless_it_is_minus_one(void **state)
{
    (void)state;
    expect_parsed("", PV_OPERATION_VALIDATE);
    assert_int_equal(pv_config_landmarks_model(&config), 0);
    expect_parsed("{\"base_landmarks_model_id\": 22}", PV_OPERATION_VALIDATE);
    assert_int_equal(pv_config_landmarks_model(&config), 22);
    expect_parsed("{\"base_landmarks_model_id\": 22, \"base_face_landmarks_model_id\": 0}",
                  PV_OPERATION_VALIDATE);
    assert_int_equal(pv_config_landmarks_model(&config), 0);
    expect_parsed("{\"base_landmarks_model_id\": 22, \"base_face_landmarks_model_id\": -1}",
                  PV_OPERATION_VALIDATE);
    assert_int_equal(pv_config_landmarks_model(&config), 22);
}

static void failing_traits_follow_the_operation(void **state)
{
    (void)state;
    uint32_t enroll = pv_operation_failing_traits(PV_OPERATION_ENROLL);
    uint32_t predict = pv_operation_failing_traits(PV_OPERATION_PREDICT);
    assert_int_equal(enroll & ~predict,
                     PV_FT_FACE_WITH_GLASS | PV_FT_FACE_WITH_MASK | PV_FT_MOUTH_OPENED);
    assert_int_equal(predict & ~enroll, 0);
    assert_int_equal(predict & PV_FT_EYE_BLINK, 0);
    assert_int_equal(pv_operation_failing_traits(PV_OPERATION_VALIDATE), 0);
    assert_int_equal(pv_operation_failing_traits(PV_OPERATION_COUNT), 0);
    assert_string_equal(pv_operation_name(PV_OPERATION_PREDICT), "face_predict_onefa");
    assert_string_equal(pv_operation_name((pv_operation)-1), "unknown operation");
}

static void broken_texts_are_refused_with_their_place(void **state)
{
    (void)state;
    const struct {
        const char *json;
        const char *part;
    } cases[] = {
        {"{", "line 1, column 1"},
        {"{\n  \"neighbors\": 1,\n}", "line 3, column 1"},
        {"{\"neighbors\": 1} x", "line 1, column 18"},
        {"{\"neighbors\": NaN}", "line 1"},
        {"{\"neighbors\": Infinity}", "line 1"},
        {"{'neighbors': 1}", "line 1, column 2"},
        {"{\"neighbors\": 1, \"neighbors\": 1}", "duplicate"},
        {"{\"identifier\": \"\xff\"}", "0xff"},
        {"{\"identifier\": \"\xc3\"}", "line 1"},
        {"{\"identifier\": \"\\u0000\"}", "\\u0000"},
        {"{\"identifier\": \"\\ud800\"}", "line 1"},
        {"[]", "object"},
        {"\"text\"", "object"},
        {"null", "object"},
        {"17", "object"},
        {"{\"mystery\": 1e999}", "too large"},
        {"1e999", "too large"},
        {"[1e999", "too large"},
        {":1e999", "line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_failed(cases[i].json, strlen(cases[i].json), cases[i].part);
    expect_failed("{\"a\": 1\0}", 9, "line 1, column 8: a NUL");
}

static void nothing_is_read_beyond_the_length(void **state)
{
    (void)state;
    assert_int_equal(
        pv_config_parse("{\"neighbors\": 7}garbage", 16, PV_OPERATION_PREDICT, &config), PV_OK);
    assert_int_equal(config.neighbors, 7);
}

static void huge_and_deep_texts_are_refused(void **state)
{
    (void)state;
    size_t size = PV_CONFIG_TEXT_LIMIT + 1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, ' ', size);
    text[0] = '{';
    text[PV_CONFIG_TEXT_LIMIT - 1] = '}';
    assert_int_equal(pv_config_parse(text, PV_CONFIG_TEXT_LIMIT, PV_OPERATION_ENROLL, &config),
                     PV_OK);
    expect_failed(text, size, "1048577 bytes");
    memset(text, '[', size);
    expect_failed(text, PV_CONFIG_TEXT_LIMIT, "depth");
    for (size_t i = 0; i + 5 < PV_CONFIG_TEXT_LIMIT; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    expect_failed(text, PV_CONFIG_TEXT_LIMIT, "depth");
    free(text);
}

/* The value may be as long as the whole text; the message shows a part of it, in valid UTF-8. */
static void long_values_are_shown_in_part(void **state)
{
    (void)state;
    char text[4000];
    int used = snprintf(text, sizeof text, "{\"input_image_format\": \"");
    for (int i = 0; i < 1000; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "\xc3\xa4");
    snprintf(text + used, sizeof text - (size_t)used, "\"}");
    expect_failed(text, strlen(text), "\xc3\xa4... is not allowed; it must be one of \"rgb\"");
    const char *control = "{\"context_string\": \"a\\n\\u001b[31mb\"}";
    expect_failed(control, strlen(control), "context_string");
    assert_null(strchr(pv_error_message(), '\x1b'));
}

static struct {
    char text[4096];
    int lines;
} logged;

static void keep_line(int level, const char *message, int length, void *user)
{
    (void)user;
    assert_int_equal(level, PV_LOG_WARNING);
    size_t used = strlen(logged.text);
    snprintf(logged.text + used, sizeof logged.text - used, "%.*s\n", length, message);
    logged.lines++;
}

static int start_log(void **state)
{
    (void)state;
    memset(&logged, 0, sizeof logged);
    pv_log_set_callback(keep_line, NULL);
    return pv_log_set_level(PV_LOG_WARNING) ? 0 : -1;
}

static int stop_log(void **state)
{
    (void)state;
    pv_log_set_callback(NULL, NULL);
    return pv_log_set_level(PV_LOG_ERROR) ? 0 : -1;
}

static void unknown_keys_are_named_once_with_the_nearest(void **state)
{
    (void)state;
    expect_parsed("{\"neigbors\": 5, \"nested\": {\"a\": [1, {}]}}", PV_OPERATION_PREDICT);
    expect_parsed("{\"neigbors\": 5}", PV_OPERATION_PREDICT);
    assert_int_equal(config.neighbors, 1);
    assert_non_null(strstr(logged.text, "\"neigbors\" is ignored: did you mean \"neighbors\"?"));
    assert_non_null(strstr(logged.text, "\"nested\" is ignored\n"));
    assert_int_equal(logged.lines, 2);
}

static void unknown_names_cannot_spoil_the_log(void **state)
{
    (void)state;
    char text[3000] = "{\"line\\nbreak\": 1, \"";
    size_t used = strlen(text);
    memset(text + used, 'k', 2000);
    snprintf(text + used + 2000, 100, "\": 1, \"\": 2}");
    expect_parsed(text, PV_OPERATION_PREDICT);
    assert_non_null(strstr(logged.text, "\"line?break\""));
    assert_non_null(strstr(logged.text, "kkk...\""));
    assert_int_equal(logged.lines, 3);
}

static void keys_without_effect_warn_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        expect_parsed("{\"use_predict_cache\": true, \"encrypt_compare_result\": false}",
                      PV_OPERATION_PREDICT);
    assert_int_equal(logged.lines, 2);
    assert_non_null(strstr(logged.text, "\"use_predict_cache\" is accepted without effect"));
}

static void keys_of_missing_stages_warn_once(void **state)
{
    (void)state;
    for (int key = 0; key < PV_CONFIG_KEY_COUNT; key++) {
        const pv_config_row *row = pv_config_row_get((pv_config_key)key);
        if (!row->stage || row->type == PV_CONFIG_BOOL)
            continue;
        char json[200];
        snprintf(json, sizeof json, "{\"%s\": %.12g}", row->name, row->number);
        int before = logged.lines;
        expect_parsed(json, PV_OPERATION_VALIDATE);
        expect_parsed(json, PV_OPERATION_VALIDATE);
        assert_int_equal(logged.lines, before + 1);
        assert_non_null(strstr(logged.text, row->name));
        logged.text[0] = '\0';
    }
}

static void the_nearest_key_is_near(void **state)
{
    (void)state;
    assert_string_equal(pv_config_nearest_key("anti_spoofing_treshold"), "anti_spoofing_threshold");
    assert_null(pv_config_nearest_key("zzzzzzzz"));
    assert_null(pv_config_nearest_key(""));
    assert_null(pv_config_nearest_key(NULL));
    assert_null(pv_config_row_find("NEIGHBORS"));
    assert_null(pv_config_row_find(NULL));
    assert_null(pv_config_row_get(PV_CONFIG_KEY_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_texts_give_the_defaults),
        cmocka_unit_test(operations_have_their_own_defaults),
        cmocka_unit_test(the_caller_wins_over_the_operation),
        cmocka_unit_test(the_face_landmark_key_wins_unless_it_is_minus_one),
        cmocka_unit_test(failing_traits_follow_the_operation),
        cmocka_unit_test(broken_texts_are_refused_with_their_place),
        cmocka_unit_test(nothing_is_read_beyond_the_length),
        cmocka_unit_test(huge_and_deep_texts_are_refused),
        cmocka_unit_test(long_values_are_shown_in_part),
        cmocka_unit_test_setup_teardown(unknown_keys_are_named_once_with_the_nearest, start_log,
                                        stop_log),
        cmocka_unit_test_setup_teardown(unknown_names_cannot_spoil_the_log, start_log, stop_log),
        cmocka_unit_test_setup_teardown(keys_without_effect_warn_once, start_log, stop_log),
        cmocka_unit_test_setup_teardown(keys_of_missing_stages_warn_once, start_log, stop_log),
        cmocka_unit_test(the_nearest_key_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
