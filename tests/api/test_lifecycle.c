/* The library's and the sessions' life, and what is refused outside of it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support.h"

static int set_option(const char *name, const char *value)
{
    return privid_set_option(name, (int)strlen(name), value, (int)strlen(value));
}

static void initialise(void)
{
    privid_initialize_lib(NULL, 0, 0);
    assert_true(privid_is_library_initialized());
    assert_last_error(0, "");
}

static void test_before_initialisation(void **state)
{
    (void)state;
    picture p = {(uint8_t *)"abc", 1, 1};
    void *session = &p;
    assert_false(privid_is_library_initialized());
    assert_false(
        privid_initialize_session(OFFLINE_SETTINGS, (int)strlen(OFFLINE_SETTINGS), &session));
    assert_null(session);
    assert_last_error(-1, "not initialised");
    json_t *answer = validate(NULL, NULL, &p);
    assert_int_equal(status_of(answer), -1);
    assert_message_has(answer, "privid_initialize_lib");
    json_decref(answer);
    char *path = (char *)&p;
    assert_false(privid_get_models_cache_directory(&path, NULL));
    assert_null(path);
    assert_last_error(-1, "not initialised");
    privid_shutdown_lib();
    privid_deinitialize_session(&p);
    assert_last_error(-2, "foreign");
    privid_free_buffer(NULL);
    privid_free_char_buffer(NULL);
}

static void test_version(void **state)
{
    (void)state;
    const char *version = privid_get_version();
    const char *dash = strchr(version, '-');
    assert_non_null(dash);
    assert_true(dash - version >= 5 && strlen(dash) > 1);
}

static void test_log_levels(void **state)
{
    (void)state;
    for (int level = 3; level >= 0; level--) {
        assert_true(privid_set_log_level(level));
        assert_int_equal(privid_get_log_level(), level);
    }
    for (int level = 0; level <= 3; level++) {
        assert_true(privid_set_log_level(level));
        assert_int_equal(privid_get_log_level(), level);
    }
    assert_false(privid_set_log_level(4));
    assert_last_error(-5, "log level 4");
    assert_false(privid_set_log_level(-1));
    assert_int_equal(privid_get_log_level(), 3);
    privid_set_log_level(0);
}

typedef struct log_lines {
    int count;
    int highest;
} log_lines;

static void count_line(int level, const char *message, int length, void *user)
{
    log_lines *lines = user;
    assert_int_equal((int)strnlen(message, (size_t)length + 1), length);
    lines->count++;
    lines->highest = level > lines->highest ? level : lines->highest;
}

static void test_log_callback(void **state)
{
    (void)state;
    log_lines lines = {0, -1};
    privid_set_log_callback(count_line, &lines);
    privid_initialize_lib(NULL, 0, 2);
    assert_true(lines.count > 0);
    assert_int_equal(lines.highest, 2);
    privid_shutdown_lib();
    privid_set_log_level(0);
    lines = (log_lines){0, -1};
    initialise();
    assert_int_equal(lines.count, 0);
    privid_set_log_callback(NULL, NULL);
    privid_shutdown_lib();
}

static void test_twice_and_again(void **state)
{
    (void)state;
    initialise();
    initialise();
    privid_shutdown_lib();
    assert_false(privid_is_library_initialized());
    privid_shutdown_lib();
    initialise();
    privid_shutdown_lib();
}

static void test_models_directory(void **state)
{
    (void)state;
    char folder[] = "/tmp/privid-empty-XXXXXX";
    char *path = NULL;
    int length = 0;
    assert_non_null(mkdtemp(folder));
    /* a folder without models: the default cache serves */
    privid_initialize_lib(folder, (int)strlen(folder), 0);
    assert_true(privid_is_library_initialized());
    assert_true(privid_get_models_cache_directory(&path, &length));
    assert_int_equal((int)strlen(path), length);
    assert_int_equal(path[0], '/');
    privid_free_char_buffer(path);
    privid_shutdown_lib();
    /* nothing anywhere: not initialised, and the message helps */
    const char *directory = getenv("PRIVID_MODELS_DIR");
    char *former = directory ? strdup(directory) : NULL;
    setenv("PRIVID_MODELS_DIR", folder, 1);
    privid_set_log_callback(count_line, &(log_lines){0, 0});
    privid_initialize_lib(NULL, 0, 0);
    privid_set_log_callback(NULL, NULL);
    assert_false(privid_is_library_initialized());
    privid_initialize_lib(NULL, 0, -1);
    assert_last_error(-1, "privid models fetch");
    privid_initialize_lib(NULL, 0, -1);
    assert_last_error(-1, "sface");
    if (former)
        setenv("PRIVID_MODELS_DIR", former, 1);
    else
        unsetenv("PRIVID_MODELS_DIR");
    free(former);
    rmdir(folder);
    privid_initialize_lib(NULL, 4, 0);
    assert_last_error(-5, "models_dir");
}

static void test_options(void **state)
{
    (void)state;
    assert_int_equal(set_option("threads", "0"), -5);
    assert_last_error(-5, "1 to 256");
    assert_int_equal(set_option("threads", "257"), -5);
    assert_int_equal(set_option("threads", "2x"), -5);
    assert_int_equal(set_option("threads", ""), -5);
    assert_int_equal(set_option("colour", "red"), -5);
    assert_last_error(-5, "colour");
    assert_int_equal(set_option("profile", "none"), -5);
    assert_int_equal(privid_set_option(NULL, 0, NULL, 0), -5);
    assert_int_equal(set_option("threads", "2"), 0);
    initialise();
    assert_int_equal(set_option("threads", "1"), -1);
    privid_shutdown_lib();
}

/* With documented models only, the model that needs the other one is refused. */
static void test_documented_profile(void **state)
{
    (void)state;
    const char *settings = "{\"collections\":{\"default\":{\"named_urls\":{},"
                           "\"embedding_model_id\":19}},\"session_token\":\"\"}";
    void *session = NULL;
    assert_int_equal(set_option("profile", "documented"), 0);
    initialise();
    assert_false(privid_initialize_session(settings, (int)strlen(settings), &session));
    assert_last_error(-4, "embedding_model_id");
    privid_deinitialize_session(open_session(OFFLINE_SETTINGS));
    privid_shutdown_lib();
    assert_int_equal(set_option("profile", "full"), 0);
    initialise();
    privid_deinitialize_session(open_session(settings));
    privid_shutdown_lib();
}

static void assert_no_session(void *session, const char *part)
{
    picture p = {(uint8_t *)"abc", 1, 1};
    json_t *answer = validate(session, NULL, &p);
    assert_int_equal(status_of(answer), -2);
    assert_message_has(answer, part);
    json_decref(answer);
}

static void test_session_handles(void **state)
{
    (void)state;
    int local = 0;
    initialise();
    void *first = open_session(OFFLINE_SETTINGS);
    void *second = open_session(OFFLINE_SETTINGS);
    assert_ptr_not_equal(first, second);
    assert_no_session(NULL, "NULL");
    assert_no_session(&local, "foreign");
    assert_no_session((void *)1, "foreign");
    assert_no_session((void *)UINTPTR_MAX, "foreign");
    privid_deinitialize_session(first);
    assert_last_error(0, "");
    assert_no_session(first, "closed");
    privid_deinitialize_session(first);
    assert_last_error(-2, "closed");
    void *third = open_session(OFFLINE_SETTINGS); /* takes the first one's place */
    assert_ptr_not_equal(first, third);
    assert_no_session(first, "closed");
    privid_shutdown_lib();
    initialise();
    assert_no_session(second, "closed");
    void *fourth = open_session(OFFLINE_SETTINGS);
    assert_no_session(third, "closed");
    privid_deinitialize_session(fourth);
    privid_shutdown_lib();
    assert_false(privid_initialize_session(OFFLINE_SETTINGS, 10, NULL));
    assert_last_error(-5, "session_out");
}

static void test_many_sessions(void **state)
{
    (void)state;
    static void *sessions[4096];
    void *one_more = &sessions;
    initialise();
    for (size_t i = 0; i < 4096; i++)
        sessions[i] = open_session(OFFLINE_SETTINGS);
    assert_false(
        privid_initialize_session(OFFLINE_SETTINGS, (int)strlen(OFFLINE_SETTINGS), &one_more));
    assert_last_error(-1, "4096");
    privid_deinitialize_session(sessions[17]);
    privid_deinitialize_session(open_session(OFFLINE_SETTINGS));
    privid_shutdown_lib(); /* closes the rest: the leak checker watches */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_before_initialisation),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_log_levels),
        cmocka_unit_test(test_log_callback),
        cmocka_unit_test(test_twice_and_again),
        cmocka_unit_test(test_models_directory),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_documented_profile),
        cmocka_unit_test(test_session_handles),
        cmocka_unit_test(test_many_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
