/* Settings, configuration and arguments that are wrong: the right status and a message that helps.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

static int set_up(void **state)
{
    (void)state;
    privid_initialize_lib(NULL, 0, 0);
    return privid_is_library_initialized() ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    privid_shutdown_lib();
    return 0;
}

#define COLLECTION "\"collections\":{\"default\":{\"named_urls\":{}}}"
#define WITH_URLS(urls)                                                                            \
    "{\"collections\":{\"default\":{\"named_urls\":" urls "}},\"session_token\":\"k\"}"

static const struct {
    const char *text;
    const char *part;
} bad_settings[] = {
    {"", "empty"},
    {"   ", "line 1"},
    {"[]", "object"},
    {"{\n\"collections\": nothing}", "line 2, column"},
    {"{\"collections\":{\"default\":{}},\"collections\":{}}", "duplicate"},
    {"{" COLLECTION "}", "session_token"},
    {"{" COLLECTION ",\"session_token\":5}", "session_token"},
    {"{" COLLECTION ",\"session_token\":\"a\\nb: c\"}", "session_token"},
    {"{\"session_token\":\"\"}", "collections"},
    {"{\"session_token\":\"\",\"collections\":[]}", "collections"},
    {"{\"session_token\":\"\",\"collections\":{\"other\":{}}}", "default"},
    {"{\"session_token\":\"\",\"collections\":{\"default\":7}}", "default"},
    {"{\"session_token\":\"\",\"collections\":{\"default\":{\"named_urls\":[]}}}", "named_urls"},
    {WITH_URLS("{\"base_url\":5}"), "base_url"},
    {WITH_URLS("{\"base_url\":\"\"}"), "base_url"},
    {WITH_URLS("{\"base_url\":\"YOUR_BASE_URL\"}"), "is not a URL"},
    {WITH_URLS("{\"predict\":\"ftp://host/x\"}"), "http://"},
    {WITH_URLS("{\"enroll\":\"file:///etc/passwd\"}"), "enroll"},
    {"{" COLLECTION ",\"session_token\":\"\",\"request_timeout_ms\":0}", "request_timeout_ms"},
    {"{" COLLECTION ",\"session_token\":\"\",\"request_timeout_ms\":1.5}", "request_timeout_ms"},
    {"{\"session_token\":\"\",\"collections\":{\"default\":{\"embedding_model_id\":15}}}",
     "14, 19"},
    {"{\"session_token\":\"\",\"collections\":{\"default\":{\"embedding_model_id\":\"14\"}}}",
     "embedding_model_id"},
    {"{\"session_token\":\"\xff\"}", "decode byte"},
};

static void test_bad_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_settings / sizeof bad_settings[0]; i++) {
        void *session = &session;
        if (privid_initialize_session(bad_settings[i].text, (int)strlen(bad_settings[i].text),
                                      &session))
            fail_msg("accepted: %s", bad_settings[i].text);
        assert_null(session);
        assert_last_error(-4, bad_settings[i].part);
    }
    void *session = &session;
    assert_false(privid_initialize_session(NULL, 5, &session));
    assert_last_error(-5, "length 5");
    assert_false(privid_initialize_session("{}", -1, &session));
    assert_last_error(-5, "length -1");
}

/* A text of `size` bytes: `open` repeated. */
static char *repeat(char open, size_t size)
{
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, open, size);
    text[size] = '\0';
    return text;
}

static void test_huge_and_deep(void **state)
{
    (void)state;
    picture p = {(uint8_t *)"abc", 1, 1};
    void *session = open_session(OFFLINE_SETTINGS);
    void *other;
    char *deep = repeat('[', 1000 * 1000);
    assert_false(privid_initialize_session(deep, 1000 * 1000, &other));
    assert_last_error(-4, "line 1");
    json_t *answer = validate(session, deep, &p);
    assert_int_equal(status_of(answer), -4);
    json_decref(answer);
    free(deep);
    char *huge = repeat(' ', 2 * 1024 * 1024);
    assert_false(privid_initialize_session(huge, 2 * 1024 * 1024, &other));
    assert_last_error(-4, "at most");
    answer = validate(session, huge, &p);
    assert_int_equal(status_of(answer), -4);
    json_decref(answer);
    free(huge);
    privid_deinitialize_session(session);
}

static const struct {
    const char *config;
    const char *part;
} bad_configs[] = {
    {"{\"fetch_timeout_ms\":\"soon\"}", "fetch_timeout_ms"},
    {"{\"fetch_timeout_ms\":0}", "fetch_timeout_ms"},
    {"{\"conf_score_thr_enroll\":1.5}", "conf_score_thr_enroll"},
    {"{\"face_detection_strategy\":4}", "face_detection_strategy"},
    {"{\"input_image_format\":\"hsv\"}", "input_image_format"},
    {"{\"neighbors\":101}", "neighbors"},
    {"{\"neighbors\":", "line 1"},
    {"[1]", "object"},
    {"{\"identifier\":\"\xc3\x28\"}", "decode byte"},
};

static void test_bad_configurations(void **state)
{
    (void)state;
    picture p = {(uint8_t *)"abc", 1, 1};
    void *session = open_session(OFFLINE_SETTINGS);
    for (size_t i = 0; i < sizeof bad_configs / sizeof bad_configs[0]; i++) {
        json_t *answer = validate(session, bad_configs[i].config, &p);
        assert_int_equal(status_of(answer), -4);
        assert_message_has(answer, bad_configs[i].part);
        json_decref(answer);
    }
    char *text = NULL;
    int length = 0;
    int32_t id = privid_validate(session, NULL, 3, p.pixels, 1, 1, &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), -5);
    json_decref(answer);
    privid_deinitialize_session(session);
}

/* A name that the message cuts within a letter: the answer still says what is wrong. */
static void test_cut_name(void **state)
{
    (void)state;
    char config[256] = "{\"collection_name\":\"a";
    for (int i = 0; i < 60; i++)
        strcat(config, "\xc3\xa9");
    strcat(config, "\"}");
    uint8_t grey[3 * 64 * 64] = {0};
    void *session = open_session(OFFLINE_SETTINGS);
    char *text = NULL;
    int length = 0;
    int32_t id = privid_face_predict_onefa(session, config, (int)strlen(config), grey, 64, 64,
                                           &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), -4);
    assert_message_has(answer, "is not a collection of this session");
    json_decref(answer);
    privid_deinitialize_session(session);
}

static void test_bad_pictures(void **state)
{
    (void)state;
    static const struct {
        int width, height;
    } sizes[] = {{0, 5},         {5, 0},         {-1, 5},
                 {5, -1},        {10001, 10000}, {INT32_MAX, INT32_MAX},
                 {65536, 65536}, {INT32_MIN, 1}, {1, INT32_MAX}};
    void *session = open_session(OFFLINE_SETTINGS);
    uint8_t pixel[4] = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        picture p = {pixel, sizes[i].width, sizes[i].height};
        picture good = {pixel, 1, 1};
        json_t *answer = validate(session, NULL, &p);
        assert_int_equal(status_of(answer), -5);
        assert_message_has(answer, "pixels");
        json_decref(answer);
        answer = compare(session, NULL, &good, &p);
        assert_int_equal(status_of(answer), -5);
        assert_message_has(answer, "image B");
        json_decref(answer);
    }
    picture none = {NULL, 10, 10};
    json_t *answer = validate(session, NULL, &none);
    assert_int_equal(status_of(answer), -5);
    assert_message_has(answer, "NULL");
    json_decref(answer);
    privid_deinitialize_session(session);
}

static json_t *delete_user(void *session, const char *config, const char *puid, int length)
{
    char *text = NULL;
    int size = 0;
    int32_t id = privid_user_delete(session, config, config ? (int)strlen(config) : 0, puid, length,
                                    &text, &size);
    return take_answer(id, text, size);
}

static void assert_delete_fails(void *session, const char *config, const char *puid, int length,
                                int status, const char *part)
{
    json_t *answer = delete_user(session, config, puid, length);
    assert_int_equal(status_of(answer), status);
    assert_message_has(answer, part);
    assert_last_error(status, part);
    json_decref(answer);
}

static void test_online_without_backend(void **state)
{
    (void)state;
    char *long_puid = repeat('x', 300);
    /* a port that nobody listens on: the session opens, the operation says what failed */
    void *session =
        open_session("{\"collections\":{\"default\":{\"named_urls\":{\"base_url\":"
                     "\"http://127.0.0.1:1\",\"deleteUser\":\"http://127.0.0.1:1/d\"}}},"
                     "\"session_token\":\"k\"}");
    assert_delete_fails(session, NULL, "abc", 3, -6, "127.0.0.1:1");
    assert_delete_fails(session, NULL, NULL, 0, -5, "puid");
    assert_delete_fails(session, NULL, "", 0, -5, "puid");
    assert_delete_fails(session, NULL, "a\0b", 3, -5, "puid");
    assert_delete_fails(session, NULL, "\xff\xfe", 2, -5, "UTF-8");
    assert_delete_fails(session, NULL, long_puid, 300, -5, "300 bytes");
    assert_delete_fails(session, "{\"collection_name\":\"staff\"}", "abc", 3, -4, "staff");
    privid_deinitialize_session(session);
    session = open_session(OFFLINE_SETTINGS);
    assert_delete_fails(session, NULL, "abc", 3, -4, "deleteUser");
    privid_deinitialize_session(session);
    free(long_puid);
}

static void test_out_pointers_may_be_null(void **state)
{
    (void)state;
    uint8_t pixel[3] = {0};
    void *session = open_session(OFFLINE_SETTINGS);
    assert_true(privid_validate(session, NULL, 0, pixel, 1, 1, NULL, NULL) > 0);
    assert_int_equal(privid_validate(NULL, NULL, 0, pixel, 1, 1, NULL, NULL), -1);
    assert_last_error(-2, "NULL");
    assert_int_equal(privid_get_last_error(NULL, NULL), -2);
    privid_deinitialize_session(session);
}

static void test_identifier_is_echoed(void **state)
{
    (void)state;
    picture p = {(uint8_t *)"abc", 1, 1};
    void *session = open_session(OFFLINE_SETTINGS);
    json_t *answer = validate(session, "{\"identifier\":\"visit \\u00e9 7\"}", &p);
    assert_string_equal(json_string_value(at(answer, "call_status.operation_tag")),
                        "visit \xc3\xa9 7");
    assert_int_equal(json_array_size(at(answer, "faces")), 0);
    double first = number(answer, "call_status.operation_id");
    json_decref(answer);
    answer = validate(session, NULL, &p);
    assert_null(at(answer, "call_status.operation_tag"));
    assert_true(number(answer, "call_status.operation_id") > first);
    json_decref(answer);
    privid_deinitialize_session(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_settings),
        cmocka_unit_test(test_huge_and_deep),
        cmocka_unit_test(test_bad_configurations),
        cmocka_unit_test(test_cut_name),
        cmocka_unit_test(test_bad_pictures),
        cmocka_unit_test(test_online_without_backend),
        cmocka_unit_test(test_out_pointers_may_be_null),
        cmocka_unit_test(test_identifier_is_echoed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
