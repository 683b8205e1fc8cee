/* The model manifest: what is built in, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/manifest.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A right row, of which a part is replaced in each case. */
static const char row_text[] =
    "{\"schema\": 1, \"models\": [{\"id\": \"one\", \"role\": \"part\", \"version\": \"1\","
    "\"package\": {\"registry\": \"pypi\", \"name\": \"thing\", \"version\": \"1.0\","
    "\"archive\": \"thing-1.0.whl\", \"sha256\": \"" DIGEST "\", \"size\": 10},"
    "\"path\": \"thing/file.bin\", \"source\": {\"sha256\": \"" DIGEST "\", \"size\": 5},"
    "\"prepared\": {\"file\": \"one.bin\", \"sha256\": \"" DIGEST "\", \"size\": 5},"
    "\"licence\": \"MIT\", \"origin_documented\": true, \"origin\": \"Here.\","
    "\"inputs\": [], \"outputs\": []}]}";

static pv_status parse(const char *text)
{
    pv_manifest *manifest;
    pv_status status = pv_manifest_parse(text, strlen(text), "test.json", &manifest);
    assert_true((status == PV_OK) == (manifest != NULL));
    pv_manifest_close(manifest);
    return status;
}

/* Replaces the first `from` of the row by `to`. */
static char *replaced(const char *from, const char *to)
{
    const char *at = strstr(row_text, from);
    assert_non_null(at);
    size_t before = (size_t)(at - row_text);
    char *text = NULL;
    assert_true(asprintf(&text, "%.*s%s%s", (int)before, row_text, to, at + strlen(from)) > 0);
    return text;
}

static void built_in_rows_are_complete(void **state)
{
    (void)state;
    pv_manifest *manifest;
    size_t count;
    assert_int_equal(pv_manifest_open(&manifest), PV_OK);
    const pv_manifest_row *rows = pv_manifest_rows(manifest, &count);
    assert_true(count >= 3);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(rows[i].card);
        assert_non_null(rows[i].arguments);
        /* The name says which file it is: id, version and the start of its SHA-256. */
        char expected[200];
        const char *suffix = strrchr(rows[i].file.name, '.');
        assert_non_null(suffix);
        snprintf(expected, sizeof expected, "%s-%s-%.8s%s", rows[i].id, rows[i].version,
                 rows[i].file.sha256, suffix);
        assert_string_equal(rows[i].file.name, expected);
    }
    const pv_manifest_row *row = pv_manifest_find(manifest, "yunet");
    assert_non_null(row);
    assert_string_equal(row->role, "face_detection");
    assert_string_equal(row->script, "prepare/fold.py");
    assert_string_equal(row->arguments[0], "--free");
    assert_string_equal(row->source.name, "face_detection_yunet_2023mar_int8bq.onnx");
    assert_int_equal(row->registry, PV_REGISTRY_PYPI);
    assert_true(row->documented);
    assert_null(row->container_path);
    assert_null(row->container.name);
    row = pv_manifest_find(manifest, "face_landmarks");
    assert_non_null(row);
    assert_string_equal(row->container.name, "face_landmarker.task");
    assert_string_equal(row->member, "face_landmarks_detector.tflite");
    assert_null(row->script);
    row = pv_manifest_find(manifest, "age_xception");
    assert_non_null(row);
    assert_string_equal(row->companion.name, "age_gender_model-weights_manifest.json");
    row = pv_manifest_find(manifest, "fr_feature");
    assert_non_null(row);
    assert_int_equal(row->registry, PV_REGISTRY_NPM);
    assert_false(row->documented);
    assert_false(pv_profile_has(PV_PROFILE_DOCUMENTED, row));
    assert_true(pv_profile_has(PV_PROFILE_FULL, row));
    assert_null(pv_manifest_find(manifest, "no_such_model"));
    pv_manifest_close(manifest);
}

static void a_right_row_is_taken(void **state)
{
    (void)state;
    assert_int_equal(parse(row_text), PV_OK);
}

/* A row of our own weights, of which a part is replaced in each case. */
#define OWN(weights, more)                                                                         \
    "{\"schema\": 1, \"models\": [{\"id\": \"own\", \"role\": \"part\", \"version\": "             \
    "\"1\"," weights more "\"prepared\": {\"file\": \"own.onnx\", \"sha256\": \"" DIGEST           \
    "\", \"size\": 5},"                                                                            \
    "\"licence\": \"MIT\", \"origin_documented\": true, \"origin\": \"Here.\","                    \
    "\"inputs\": [], \"outputs\": []}]}"

static void weights_of_our_own_need_no_package(void **state)
{
    (void)state;
    static const char text[] = OWN("\"weights\": \"weights/own.onnx\",", "");
    pv_manifest *manifest;
    assert_int_equal(pv_manifest_parse(text, sizeof text - 1, "own", &manifest), PV_OK);
    const pv_manifest_row *row = pv_manifest_find(manifest, "own");
    assert_non_null(row);
    assert_int_equal(row->registry, PV_REGISTRY_OWN);
    assert_string_equal(row->weights, "weights/own.onnx");
    assert_null(row->package);
    assert_null(row->script);
    pv_manifest_close(manifest);
    static const struct {
        const char *text, *named;
    } cases[] = {
        {OWN("", ""), "'package'"},
        {OWN("\"weights\": \"/own.onnx\",", ""), "'weights'"},
        {OWN("\"weights\": \"../own.onnx\",", ""), "'weights'"},
        {OWN("\"weights\": 1,", ""), "'weights'"},
        {OWN("\"weights\": \"own.onnx\",", "\"path\": \"x\","), "'path'"},
        {OWN("\"weights\": \"own.onnx\",", "\"package\": {},"), "'package'"},
        {OWN("\"weights\": \"own.onnx\",", "\"companion\": {},"), "'companion'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pv_error_clear();
        assert_int_equal(parse(cases[i].text), PV_ERROR_ARGUMENT);
        if (!strstr(pv_error_message(), cases[i].named))
            fail_msg("case %zu: '%s'", i, pv_error_message());
    }
}

static void wrong_rows_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *named;
    } cases[] = {
        {"\"id\": \"one\"", "\"id\": \"One\"", "'id'"},
        {"\"id\": \"one\"", "\"id\": \"\"", "'id'"},
        {"\"id\": \"one\",", "", "'id'"},
        {"\"role\": \"part\"", "\"role\": 5", "'role'"},
        {"\"registry\": \"pypi\"", "\"registry\": \"ftp\"", "'registry'"},
        {"\"name\": \"thing\"", "\"name\": \"--index\"", "'name'"},
        {"\"name\": \"thing\"", "\"name\": \"a b\"", "'name'"},
        {"\"version\": \"1.0\"", "\"version\": \"1;0\"", "'version'"},
        {"thing-1.0.whl", "../thing.whl", "'archive'"},
        {"thing-1.0.whl", "-thing.whl", "'archive'"},
        {"\"sha256\": \"0", "\"sha256\": \"A", "'sha256'"},
        {"\"sha256\": \"0", "\"sha256\": \"", "'sha256'"},
        {"\"size\": 10", "\"size\": 0", "'size'"},
        {"\"size\": 10", "\"size\": -1", "'size'"},
        {"\"size\": 10", "\"size\": 99999999999999", "'size'"},
        {"\"size\": 10", "\"size\": \"10\"", "'size'"},
        {"thing/file.bin", "/etc/passwd", "'path'"},
        {"thing/file.bin", "thing/../../file", "'path'"},
        {"thing/file.bin", "thing//file", "'path'"},
        {"thing/file.bin", "..", "'path'"},
        {"thing/file.bin", "thing/", "'path'"},
        {"\"path\"", "\"companion\": 1, \"path\"", "'companion'"},
        {"\"path\"",
         "\"companion\": {\"path\": \"x\", \"sha256\": \"" DIGEST "\", \"size\": 1}, \"path\"",
         "'companion'"}, /* without a script */
        {"\"path\"", "\"container\": 1, \"path\"", "'container'"},
        {"\"path\"", "\"container\": {}, \"path\"", "'path'"},
        {"\"path\"", "\"container\": {\"path\": \"../x\"}, \"path\"", "'path'"},
        {"\"path\"", "\"container\": {\"path\": \"x.zip\"}, \"path\"", "'sha256'"},
        {"\"path\"", "\"container\": {\"path\": \"x.zip\", \"sha256\": \"" DIGEST "\"}, \"path\"",
         "'size'"},
        {"\"file\": \"one.bin\"", "\"file\": \"a/one.bin\"", "'file'"},
        {"\"file\": \"one.bin\"", "\"file\": \".one\"", "'file'"},
        {"\"file\": \"one.bin\"", "\"file\": \"o\\n.bin\"", "'file'"},
        {"\"size\": 5},\"prepared\"", "\"size\": 6},\"prepared\"", "'prepared'"},
        {"\"file\": \"one.bin\"", "\"script\": \"../x.py\", \"file\": \"one.bin\"", "'script'"},
        {"\"file\": \"one.bin\"", "\"arguments\": [1], \"file\": \"one.bin\"", "'arguments'"},
        {"\"file\": \"one.bin\"", "\"arguments\": 1, \"file\": \"one.bin\"", "'arguments'"},
        {"\"licence\": \"MIT\",", "", "'licence'"},
        {"\"origin_documented\": true", "\"origin_documented\": 1", "'origin_documented'"},
        {"\"inputs\": []", "\"inputs\": {}", "'inputs'"},
        {"\"inputs\": []", "\"card\": \"../card.md\", \"inputs\": []", "'card'"},
        {"\"schema\": 1", "\"schema\": 2", "'schema'"},
        {"{\"schema\"", "{\"schema\": 1, \"schema\"", "test.json: line 1"},
        {"\"models\": [", "\"models\": [1, ", "'id'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = replaced(cases[i].from, cases[i].to);
        pv_error_clear();
        if (parse(text) != PV_ERROR_ARGUMENT || !strstr(pv_error_message(), cases[i].named) ||
            !strstr(pv_error_message(), "test.json"))
            fail_msg("%s -> %s: '%s'", cases[i].from, cases[i].to, pv_error_message());
        free(text);
    }
}

static void broken_json_is_refused_with_its_place(void **state)
{
    (void)state;
    assert_int_equal(parse(""), PV_ERROR_ARGUMENT);
    assert_int_equal(parse("[]"), PV_ERROR_ARGUMENT);
    assert_int_equal(parse("{\"schema\": 1, \"models\": []}"), PV_ERROR_ARGUMENT);
    assert_int_equal(parse("{\n  \"schema\": }"), PV_ERROR_ARGUMENT);
    assert_non_null(strstr(pv_error_message(), "line 2"));
    /* Cut anywhere, the text is never taken and never read beyond its end. */
    for (size_t length = 0; length + 1 < sizeof row_text - 1; length++) {
        pv_manifest *manifest;
        char *part = malloc(length ? length : 1);
        assert_non_null(part);
        memcpy(part, row_text, length);
        assert_int_equal(pv_manifest_parse(part, length, "cut", &manifest), PV_ERROR_ARGUMENT);
        assert_null(manifest);
        free(part);
    }
}

static void two_rows_may_not_share_id_or_file(void **state)
{
    (void)state;
    const char *row = strchr(row_text, '[') + 1;
    int head = (int)(row - row_text), body = (int)strlen(row) - 2;
    char *text;
    assert_true(asprintf(&text, "%.*s%.*s,%s", head, row_text, body, row, row) > 0);
    assert_int_equal(parse(text), PV_ERROR_ARGUMENT);
    assert_non_null(strstr(pv_error_message(), "share"));
    free(text);
}

static void profiles_come_from_argument_then_environment(void **state)
{
    (void)state;
    const char *profile;
    unsetenv("PRIVID_MODELS_PROFILE");
    assert_int_equal(pv_profile_resolve(NULL, &profile), PV_OK);
    assert_string_equal(profile, "full");
    setenv("PRIVID_MODELS_PROFILE", "documented", 1);
    assert_int_equal(pv_profile_resolve("", &profile), PV_OK);
    assert_string_equal(profile, "documented");
    assert_int_equal(pv_profile_resolve("full", &profile), PV_OK);
    assert_string_equal(profile, "full");
    setenv("PRIVID_MODELS_PROFILE", "other", 1);
    assert_int_equal(pv_profile_resolve(NULL, &profile), PV_ERROR_ARGUMENT);
    assert_non_null(strstr(pv_error_message(), "PRIVID_MODELS_PROFILE is 'other'"));
    unsetenv("PRIVID_MODELS_PROFILE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_rows_are_complete),
        cmocka_unit_test(a_right_row_is_taken),
        cmocka_unit_test(weights_of_our_own_need_no_package),
        cmocka_unit_test(wrong_rows_are_refused_by_name),
        cmocka_unit_test(broken_json_is_refused_with_its_place),
        cmocka_unit_test(two_rows_may_not_share_id_or_file),
        cmocka_unit_test(profiles_come_from_argument_then_environment),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
