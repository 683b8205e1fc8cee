#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base64.h"
#include "server/body.h"
#include "server/utf8.h"

static const pv_embedding_model tiny = {.id = 99, .name = "tiny", .dimension = 4};

static json_t *parse(const char *text)
{
    json_t *object = NULL;
    assert_ok(pv_body_parse(text, strlen(text), &object));
    return object;
}

static void assert_bad(const char *text, size_t length, const char *part)
{
    json_t *object = NULL;
    if (pv_body_parse(text, length, &object) != PV_ERROR_ARGUMENT)
        fail_msg("accepted: %.60s", text);
    assert_null(object);
    assert_message_has(part);
}

static void broken_json_is_placed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *part;
    } rows[] = {
        {"", "line 1, column 1: empty"},
        {"<html></html>", "line 1, column 1"},
        {"{\"a\":1,\n \"b\":}", "line 2, column"},
        {"[1,2]", "a JSON object"},
        {"\"text\"", "line 1"},
        {"{\"a\":1,\"a\":2}", "duplicate"},
        {"{\"a\":NaN}", "line 1"},
        {"{\"a\":Infinity}", "line 1"},
        {"{\"a\":-Infinity}", "line 1"},
        {"{\"a\":1e999}", "line 1"},
        {"{\"a\":1} x", "line 1"},
        {"{\"a\":\"\xC3\x28\"}", "line 1"},
        {"{\"a\":\"\xED\xA0\x80\"}", "line 1"},
        {"{\"a\":\"\\u0000\"}", "line 1"},
        {"{\"a\":\"open", "line 1"},
        {"{\"a\":\"open\\", "line 1"},
        {"{'a':1}", "line 1"},
        {"{\"a\":99999999999999999999}", "line 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_bad(rows[i].text, strlen(rows[i].text), rows[i].part);
    assert_bad("{\"a\":1}\0", 8, "line 1");
}

static void depth_and_structure_are_bounded(void **state)
{
    (void)state;
    char deep[4000];
    memset(deep, '[', sizeof deep);
    assert_bad(deep, sizeof deep, "line 1, column 17: nested deeper than 16");
    memcpy(deep, "{\"a\":\n", 6);
    assert_bad(deep, sizeof deep, "line 2, column 16: nested deeper than 16");

    size_t size = 2 * PV_BODY_STRUCTURE_MAX;
    char *wide = malloc(size + 32);
    assert_non_null(wide);
    size_t used = (size_t)sprintf(wide, "{\"a\":[");
    while (used < size)
        used += (size_t)sprintf(wide + used, "0,");
    used += (size_t)sprintf(wide + used, "0]}");
    assert_bad(wide, used, "bytes outside texts");

    /* The same amount inside a text is no structure, brackets or not. */
    used = (size_t)sprintf(wide, "{\"a\":\"");
    memset(wide + used, '[', size);
    memcpy(wide + used + size, "\\\"\"}", 5);
    json_t *object = parse(wide);
    assert_int_equal(json_string_length(json_object_get(object, "a")), size + 1);
    json_decref(object);
    free(wide);
}

static void numbers(void **state)
{
    (void)state;
    json_t *object = parse("{\"i\":7,\"f\":0.5,\"t\":\"7\",\"n\":null,\"b\":true,\"g\":7.0}");
    int value = 3;
    double number = 0.25;
    assert_ok(pv_body_integer(object, "i", 0, 7, &value));
    assert_int_equal(value, 7);
    assert_ok(pv_body_optional_integer(object, "absent", 0, 9, &value));
    assert_int_equal(value, 7);
    const char *const wrong[] = {"f", "t", "n", "b", "g"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(pv_body_integer(object, wrong[i], 0, 9, &value), PV_ERROR_ARGUMENT);
        assert_message_has(wrong[i]);
    }
    assert_int_equal(pv_body_integer(object, "absent", 0, 9, &value), PV_ERROR_ARGUMENT);
    assert_message_has("absent: missing");
    assert_int_equal(pv_body_integer(object, "i", 8, 9, &value), PV_ERROR_ARGUMENT);
    assert_message_has("i: 7 is not in 8..9");
    assert_ok(pv_body_optional_number(object, "f", 0.0, 1.0, &number));
    assert_true(number == 0.5);
    assert_ok(pv_body_optional_number(object, "absent", 0.0, 1.0, &number));
    assert_ok(pv_body_optional_number(object, "i", 0.0, 7.0, &number));
    assert_true(number == 7.0);
    assert_int_equal(pv_body_optional_number(object, "i", 0.0, 1.0, &number), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_body_optional_number(object, "t", 0.0, 9.0, &number), PV_ERROR_ARGUMENT);
    json_decref(object);
}

static void texts(void **state)
{
    (void)state;
    json_t *object = parse("{\"t\":\"h\xC3\xA9llo\",\"e\":\"\",\"c\":\"a\\nb\",\"i\":1}");
    const char *text = NULL;
    assert_ok(pv_body_text(object, "t", 6, &text));
    assert_string_equal(text, "h\xC3\xA9llo");
    assert_int_equal(pv_body_text(object, "t", 5, &text), PV_ERROR_ARGUMENT);
    assert_message_has("t: 6 bytes, at most 5");
    assert_int_equal(pv_body_text(object, "e", 5, &text), PV_ERROR_ARGUMENT);
    assert_ok(pv_body_optional_text(object, "e", 5, &text));
    assert_string_equal(text, "");
    assert_int_equal(pv_body_text(object, "c", 5, &text), PV_ERROR_ARGUMENT);
    assert_message_has("c: control characters");
    assert_int_equal(pv_body_text(object, "i", 5, &text), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_body_text(object, "absent", 5, &text), PV_ERROR_ARGUMENT);
    assert_ok(pv_body_optional_text(object, "absent", 5, &text));
    assert_null(text);
    json_decref(object);
}

static void good_embeddings_become_unit_length(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"embedding\":[1,0,0,0]}",
        "{\"embedding\":[0.995,0.0,0,0]}",
        "{\"embedding\":[-0.5,0.5,0.5,0.5]}",
        "{\"embedding\":\"AACAPwAAAAAAAAAAAAAAAA==\"}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        float vector[4];
        json_t *object = parse(rows[i]);
        assert_ok(pv_body_embedding(object, &tiny, vector));
        double length = 0.0;
        for (size_t j = 0; j < 4; j++)
            length += (double)vector[j] * (double)vector[j];
        assert_true(fabs(length - 1.0) < 1e-6);
        assert_true(i == 2 || vector[0] == 1.0F);
        json_decref(object);
    }
}

static void bad_embeddings_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *part;
    } rows[] = {
        {"{}", "embedding: missing"},
        {"{\"embedding\":null}", "embedding: a list"},
        {"{\"embedding\":{}}", "embedding: a list"},
        {"{\"embedding\":[]}", "embedding: 0 numbers, 4"},
        {"{\"embedding\":[1,0,0]}", "embedding: 3 numbers, 4"},
        {"{\"embedding\":[1,0,0,0,0]}", "embedding: 5 numbers, 4"},
        {"{\"embedding\":[1,0,0,\"0\"]}", "element 3"},
        {"{\"embedding\":[1,0,null,0]}", "element 2"},
        {"{\"embedding\":[true,0,0,0]}", "element 0"},
        {"{\"embedding\":[0,0,0,0]}", "length is 0"},
        {"{\"embedding\":[1.02,0,0,0]}", "length is 1.02"},
        {"{\"embedding\":[0.98,0,0,0]}", "length is 0.98"},
        {"{\"embedding\":[1e300,1e300,0,0]}", "length is inf"},
        {"{\"embedding\":\"\"}", "base64"},
        {"{\"embedding\":\"AACAPwAAAAAAAAAAAAAA\"}", "base64"},
        {"{\"embedding\":\"AACAPwAAAAAAAAAAAAAAAAA=\"}", "base64"},
        {"{\"embedding\":\"AACAPwAAAAAAAAAAAAAAAAAAAAA=\"}", "base64"},
        {"{\"embedding\":\"AACAPwAAAAAAAAAAAAAA_A==\"}", "base64"},
        {"{\"embedding\":\"AADAfwAAAAAAAAAAAAAAAA==\"}", "length is nan"},
        {"{\"embedding\":\"AACAfwAAAAAAAAAAAAAAAA==\"}", "length is inf"},
        {"{\"embedding\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}", "length is 0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        float vector[4];
        json_t *object = parse(rows[i].text);
        if (pv_body_embedding(object, &tiny, vector) != PV_ERROR_ARGUMENT)
            fail_msg("accepted: %s", rows[i].text);
        const char *message = pv_error_message();
        if (strstr(rows[i].part, "nan"))
            assert_non_null(strstr(message, "nan"));
        else
            assert_message_has(rows[i].part);
        json_decref(object);
    }
}

static void images(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t size = 0;
    json_t *object = parse("{\"image\":\"iVBORw0KGgoA\"}");
    assert_ok(pv_body_image(object, &bytes, &size));
    assert_int_equal(size, 9);
    assert_memory_equal(bytes + 1, "PNG", 3);
    free(bytes);
    json_decref(object);
    object = parse("{}");
    assert_ok(pv_body_image(object, &bytes, &size));
    assert_null(bytes);
    json_decref(object);
    static const char *const wrong[] = {
        "{\"image\":1}",
        "{\"image\":\"\"}",
        "{\"image\":\"iVBORw0KGgo=\"}",
        "{\"image\":\"/9j/4AAQSkZJ\"}",
        "{\"image\":\"iVBORw0KGgoA\\n\"}",
        "{\"image\":null}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        object = parse(wrong[i]);
        assert_int_equal(pv_body_image(object, &bytes, &size), PV_ERROR_ARGUMENT);
        assert_message_has("image: base64 of a PNG");
        assert_null(bytes);
        json_decref(object);
    }
}

static void base64_has_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *bytes;
    } good[] = {{"", ""},
                {"Zg==", "f"},
                {"Zm8=", "fo"},
                {"Zm9v", "foo"},
                {"Zm9vYg==", "foob"},
                {"Zm9vYmE=", "fooba"},
                {"+/+/", "\xFB\xFF\xBF"}};
    uint8_t bytes[64];
    size_t length = 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t text_length = strlen(good[i].text);
        assert_true(pv_base64_decode(good[i].text, text_length, bytes, &length));
        assert_int_equal(length, strlen(good[i].bytes));
        assert_true(length <= pv_base64_size(text_length));
        assert_memory_equal(bytes, good[i].bytes, length);
    }
    static const char *const bad[] = {"Z",        "Zg",   "Zg=",   "Zh==",  "Zm9=",
                                      "====",     "Z===", "Zm9v=", "Zm 9v", "Zm9v\n",
                                      "Zg==Zg==", "Zm-_", "=Zg=",  "Z=g="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (pv_base64_decode(bad[i], strlen(bad[i]), bytes, &length))
            fail_msg("accepted: %s", bad[i]);
}

static void utf8(void **state)
{
    (void)state;
    static const char *const good[] = {
        "", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x01",
                                      "a\nb",
                                      "\x7F",
                                      "\xC2\x85",
                                      "\x80",
                                      "\xC0\x80",
                                      "\xC3",
                                      "\xE0\x81\x81",
                                      "\xED\xA0\x80",
                                      "\xE2\x82",
                                      "\xF0\x80\x81\x81",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(pv_utf8_printable(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (pv_utf8_printable(bad[i], strlen(bad[i])))
            fail_msg("accepted row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_json_is_placed),
        cmocka_unit_test(depth_and_structure_are_bounded),
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts),
        cmocka_unit_test(good_embeddings_become_unit_length),
        cmocka_unit_test(bad_embeddings_are_named),
        cmocka_unit_test(images),
        cmocka_unit_test(base64_has_one_form),
        cmocka_unit_test(utf8),
    };
    return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
