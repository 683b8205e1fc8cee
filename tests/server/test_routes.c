#include "support.h"

#include <stdio.h>
#include <string.h>

#include "server/identity.h"
#include "server/routes.h"

static char *directory;
static pv_service service;
static char key[PV_KEY_SIZE];

static int set_up(void **state)
{
    (void)state;
    pv_key_record record;
    pv_gallery_options options = {.max_fpir = 0.01};
    directory = test_directory();
    assert_ok(pv_store_open_sqlite(directory, true, &service.store));
    assert_ok(pv_gallery_create(service.store, &options, &service.gallery));
    assert_ok(pv_metrics_create(&service.metrics));
    assert_ok(pv_identity_key("", key, &record));
    assert_ok(service.store->driver->create_key(service.store, &record));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pv_gallery_destroy(service.gallery);
    pv_metrics_destroy(service.metrics);
    service.store->driver->close(service.store);
    test_directory_remove(directory);
    return 0;
}

static void ask(const char *method, const char *path, const char *with_key, const char *body,
                pv_exchange *exchange)
{
    pv_routes_begin(&service, method, path, with_key, exchange);
    if (exchange->route)
        pv_routes_finish(&service, exchange, body, strlen(body));
    assert_non_null(exchange->answer.text);
}

static void paths_methods_and_keys(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        const char *path;
        bool with_key;
        unsigned code;
        const char *part;
    } rows[] = {
        {"GET", "/healthz", false, 200, "\"status\":\"ok\""},
        {"HEAD", "/healthz", false, 200, "ok"},
        {"POST", "/healthz", false, 405, "method_not_allowed"},
        {"GET", "/v1/session", true, 200, "{\"name\":\"RES200\",\"embedding_model\":19}"},
        {"GET", "/v1/session", false, 401, "unauthorized"},
        {"GET", "/metrics", true, 200, "privid_gallery_persons{collection=\"FACE3_4\"} 0"},
        {"GET", "/metrics", false, 401, "unauthorized"},
        {"GET", "/nothing", false, 401, "unauthorized"},
        {"GET", "/nothing", true, 404, "not_found"},
        {"GET", "/", true, 404, "not_found"},
        {"GET", "", true, 404, "not_found"},
        {"POST", "/FACE3_4", true, 404, "not_found"},
        {"POST", "/FACE3_4/", true, 404, "not_found"},
        {"POST", "/FACE3_4/nothing", true, 404, "not_found"},
        {"POST", "/FACE3_4/enroll/", true, 404, "not_found"},
        {"POST", "/FACE3_4/ENROLL", true, 404, "not_found"},
        {"POST", "//enroll", true, 404, "not_found"},
        {"POST", "/a b/enroll", true, 404, "not_found"},
        {"POST", "/\xFF/enroll", true, 404, "not_found"},
        {"POST", "/v1/enroll", true, 404, "not_found"},
        {"POST", "/NONE/enroll", true, 404, "unknown_collection"},
        {"GET", "/NONE/enroll", true, 404, "unknown_collection"},
        {"POST", "/NONE/enroll", false, 401, "unauthorized"},
        {"GET", "/FACE3_4/enroll", true, 405, "the method is POST"},
        {"DELETE", "/FACE3_4/deleteUser", true, 405, "the method is POST"},
        {"POST", "/FACE3_4/enroll", false, 401, "unauthorized"},
        {"POST", "/FACE3_4/enroll", true, 400, "body: line 1, column 1: empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_exchange exchange;
        ask(rows[i].method, rows[i].path, rows[i].with_key ? key : NULL, "", &exchange);
        if (exchange.answer.code != rows[i].code || !strstr(exchange.answer.text, rows[i].part))
            fail_msg("%s %s: %u %s", rows[i].method, rows[i].path, exchange.answer.code,
                     exchange.answer.text);
        if (rows[i].code == 405)
            assert_non_null(exchange.answer.allow);
        pv_answer_release(&exchange.answer);
    }
}

static void wrong_keys(void **state)
{
    (void)state;
    char changed[PV_KEY_SIZE];
    snprintf(changed, sizeof changed, "%s", key);
    changed[20] = changed[20] == 'a' ? 'b' : 'a';
    const char *const keys[] = {"", "x", changed, "pv_", "\xFF\xFE", "' OR 1=1 --"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        pv_exchange exchange;
        ask("GET", "/v1/session", keys[i], "", &exchange);
        assert_int_equal(exchange.answer.code, 401);
        assert_null(strstr(exchange.answer.text, "' OR"));
        pv_answer_release(&exchange.answer);
    }
}

static void bodies(void **state)
{
    (void)state;
    static const struct {
        const char *verb;
        const char *body;
        unsigned code;
        const char *part;
    } rows[] = {
        {"enroll", "{}", 400, "embedding_model: missing"},
        {"enroll", "{\"embedding_model\":\"14\"}", 400, "embedding_model: a whole number"},
        {"enroll", "{\"embedding_model\":19,\"embedding\":[1]}", 409,
         "is of model 19, collection FACE3_4 is of 14"},
        {"enroll", "{\"embedding_model\":14}", 400, "embedding: missing"},
        {"enroll", "{\"embedding_model\":14,\"embedding\":[1]}", 400, "1 numbers, 128"},
        {"predict", "{\"embedding_model\":7}", 409, "is of model 7"},
        {"predict", "{\"embedding_model\":-1}", 400, "embedding_model"},
        {"deleteUser", "{}", 400, "puid: missing"},
        {"deleteUser", "{\"puid\":\"\"}", 400, "puid: empty"},
        {"deleteUser", "{\"puid\":7}", 400, "puid: a text"},
        {"deleteUser", "{\"puid\":\"0123456789012345678901234567890123456\"}", 400, "37 bytes"},
        {"deleteUser", "{\"puid\":\"nobody\"}", 200, "\"status\":1,\"uuid_count\":0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_exchange exchange;
        char path[64];
        snprintf(path, sizeof path, "/FACE3_4/%s", rows[i].verb);
        ask("POST", path, key, rows[i].body, &exchange);
        if (exchange.answer.code != rows[i].code || !strstr(exchange.answer.text, rows[i].part))
            fail_msg("%s: %u %s", rows[i].body, exchange.answer.code, exchange.answer.text);
        pv_answer_release(&exchange.answer);
    }
}

static void collection_names(void **state)
{
    (void)state;
    static const char *const good[] = {"A", "FACE3_4", "a-b.c", "0"};
    static const char *const bad[] = {"",        "a b", "a/b", "v1",      "healthz",
                                      "metrics", ".",   "..",  "\xC3\xA9"};
    char longest[66] = "";
    memset(longest, 'a', 64);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(pv_routes_collection_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(pv_routes_collection_name(bad[i]));
    assert_true(pv_routes_collection_name(longest));
    longest[64] = 'a';
    assert_false(pv_routes_collection_name(longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths_methods_and_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bodies, set_up, tear_down),
        cmocka_unit_test(collection_names),
    };
    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
