/* Looking at ages: the nets' answers against an account in other words (age_golden.py), views of
 * all kinds, and faces that are none. Needs the models and the pictures that "make setup" fetches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "cli/picture.h"
#include "face/age.h"

/* Years; decoders of JPEG differ by a level or two. */
#define TOLERANCE 0.15

static pv_model_store *store;
static pv_runtime *runtime;
static pv_arena *arena;
static json_t *golden;

static void require(pv_status status)
{
    if (status != PV_OK)
        fail_msg("%s", pv_error_message());
}

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

static int set_up(void **state)
{
    (void)state;
    json_error_t error;
    golden = json_load_file(PRIVID_SOURCE_DIR "/tests/face/age_golden.json", 0, &error);
    assert_non_null(golden);
    require(pv_model_store_open(NULL, "full", &store));
    require(pv_runtime_create(store, 1, &runtime));
    require(pv_arena_create(&arena));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    json_decref(golden);
    return 0;
}

static pv_picture load(const char *name)
{
    char path[512];
    pv_picture picture;
    snprintf(path, sizeof path, "%s/build/pictures/%s", PRIVID_SOURCE_DIR, name);
    require(pv_picture_load(path, &picture));
    return picture;
}

static pv_image open_pixels(const uint8_t *pixels, int width, int height, pv_pixel_format format)
{
    pv_image image;
    require(pv_image_open("picture", pixels, width, height, format, arena, &image));
    return image;
}

static double number(json_t *array, size_t index)
{
    return json_number_value(json_array_get(array, index));
}

static pv_face golden_face(const char *name)
{
    json_t *values = json_object_get(json_object_get(golden, name), "face");
    assert_int_equal(json_array_size(values), 4 + 2 * PV_FACE_POINTS);
    pv_face face = {.left = (float)number(values, 0),
                    .top = (float)number(values, 1),
                    .right = (float)number(values, 2),
                    .bottom = (float)number(values, 3),
                    .score = 0.9F,
                    .confidence = 1.0F};
    for (size_t i = 0; i < PV_FACE_POINTS; i++)
        face.points[i] =
            (pv_point){(float)number(values, 4 + 2 * i), (float)number(values, 5 + 2 * i)};
    return face;
}

static pv_age_facts look(const pv_picture *picture, const pv_face *face)
{
    pv_age_facts facts;
    pv_image image = open_pixels(picture->pixels, picture->width, picture->height, PV_FORMAT_RGB);
    require(pv_age_look(runtime, &image, face, &facts));
    return facts;
}

static void test_golden(void **state)
{
    (void)state;
    const char *name;
    json_t *row;
    json_object_foreach(golden, name, row)
    {
        pv_picture picture = load(name);
        pv_face face = golden_face(name);
        pv_age_facts facts = look(&picture, &face);
        for (size_t view = 0; view < PV_AGE_VIEWS; view++) {
            assert_close(facts.years[PV_AGE_V1][view], number(json_object_get(row, "age_v1"), view),
                         TOLERANCE);
            assert_close(facts.years[PV_AGE_XCEPTION][view],
                         number(json_object_get(row, "age_xception"), view), TOLERANCE);
        }
        assert_close(facts.class_spread, json_number_value(json_object_get(row, "class_spread")),
                     TOLERANCE);
        assert_close(facts.size, json_number_value(json_object_get(row, "size")), 0.01);
        assert_close(facts.outside, json_number_value(json_object_get(row, "outside")), 0.005);
        pv_picture_release(&picture);
    }
}

/* The same pixels in another order give the same age, and taken for the wrong order another one. */
static void test_channel_order(void **state)
{
    (void)state;
    pv_picture picture = load("astronaut.png");
    pv_face face = golden_face("astronaut.png");
    pv_age_facts expected = look(&picture, &face);
    require(pv_picture_convert(&picture, "bgr"));
    pv_age_facts wrong = look(&picture, &face);
    pv_image image = open_pixels(picture.pixels, picture.width, picture.height, PV_FORMAT_BGR);
    pv_age_facts facts;
    require(pv_age_look(runtime, &image, &face, &facts));
    assert_memory_equal(&facts, &expected, sizeof facts);
    assert_true(fabsf(wrong.years[0][0] - expected.years[0][0]) > 0.3F);
    assert_true(fabsf(wrong.years[1][0] - expected.years[1][0]) > 0.3F);
    pv_picture_release(&picture);
}

/* A face lying on its side is as old as the same face upright. */
static void test_turned(void **state)
{
    (void)state;
    pv_picture picture = load("astronaut.png");
    pv_face face = golden_face("astronaut.png");
    pv_age_facts upright = look(&picture, &face);
    int width = picture.height; /* a quarter turn: (x, y) goes to (height - 1 - y, x) */
    int height = picture.width;
    uint8_t *pixels = malloc(3 * (size_t)width * (size_t)height);
    assert_non_null(pixels);
    for (int y = 0; y < picture.height; y++)
        for (int x = 0; x < picture.width; x++)
            memcpy(pixels + 3 * (x * width + picture.height - 1 - y),
                   picture.pixels + 3 * (y * picture.width + x), 3);
    pv_face turned = face;
    turned.left = (float)width - face.bottom;
    turned.right = (float)width - face.top;
    turned.top = face.left;
    turned.bottom = face.right;
    for (int i = 0; i < PV_FACE_POINTS; i++)
        turned.points[i] =
            (pv_point){(float)(picture.height - 1) - face.points[i].y, face.points[i].x};
    pv_image image = open_pixels(pixels, width, height, PV_FORMAT_RGB);
    pv_age_facts facts;
    require(pv_age_look(runtime, &image, &turned, &facts));
    for (int net = 0; net < PV_AGE_NETS; net++)
        for (int view = 0; view < PV_AGE_VIEWS; view++)
            assert_close(facts.years[net][view], upright.years[net][view], TOLERANCE);
    free(pixels);
    pv_picture_release(&picture);
}

static void assert_sane(pv_age age)
{
    assert_true(age.years >= 0.0F && age.years <= PV_AGE_MAX);
    assert_true(age.confidence >= 0.0F && age.confidence <= 1.0F);
    assert_true(age.deviation > 0.0F && age.deviation <= PV_AGE_MAX);
    assert_close(age.confidence, 1.0 - exp(-PV_AGE_BAND / (double)age.deviation), 1e-5);
}

static pv_age estimate(const uint8_t *pixels, int width, int height, const pv_face *face, bool use)
{
    pv_age age;
    pv_image image = open_pixels(pixels, width, height, PV_FORMAT_RGB);
    require(pv_age_estimate(runtime, &image, face, use, &age));
    assert_sane(age);
    return age;
}

/* Moved and scaled; a scale of 0 leaves all points in one place. */
static pv_face placed(const pv_face *face, float scale, float point_scale, float x, float y)
{
    pv_face f = *face;
    f.left = (face->left - face->left) * scale + x;
    f.top = y;
    f.right = (face->right - face->left) * scale + x;
    f.bottom = (face->bottom - face->top) * scale + y;
    for (int i = 0; i < PV_FACE_POINTS; i++)
        f.points[i] = (pv_point){(face->points[i].x - face->left) * point_scale + x,
                                 (face->points[i].y - face->top) * point_scale + y};
    return f;
}

static void test_not_faces(void **state)
{
    (void)state;
    enum { SIDE = 96 };
    static uint8_t pixels[3][SIDE * SIDE * 3];
    uint32_t random = 1;
    memset(pixels[1], 255, sizeof pixels[1]);
    for (size_t i = 0; i < sizeof pixels[2]; i++) {
        random = random * 1664525U + 1013904223U;
        pixels[2][i] = (uint8_t)(random >> 24);
    }
    const pv_face face = golden_face("astronaut.png");
    const float width = face.right - face.left;
    pv_face faces[] = {
        placed(&face, 64 / width, 64 / width, 8, 8),     /* whole */
        placed(&face, 8 / width, 8 / width, 40, 40),     /* eight pixels */
        placed(&face, 0.5F / width, 0.5F / width, 9, 9), /* half a pixel */
        placed(&face, 64 / width, 64 / width, -40, 70),  /* cut by two borders */
        placed(&face, 64 / width, 64 / width, 5000, 8),  /* beyond the picture */
        placed(&face, 64 / width, 0, 8, 8),              /* points that coincide */
        placed(&face, 64 / width, NAN, 8, 8),            /* points that are none */
    };
    for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++)
        for (int p = 0; p < 3; p++)
            for (int use = 0; use < 2; use++) {
                (void)estimate(pixels[p], SIDE, SIDE, &faces[i], use == 1);
                (void)estimate(pixels[p], 1, 1, &faces[i], use == 1);
            }
    pv_age age;
    pv_image image = open_pixels(pixels[0], SIDE, SIDE, PV_FORMAT_RGB);
    const pv_face empty = placed(&face, 0, 1, 8, 8);
    const pv_face none = placed(&face, NAN, 1, 8, 8);
    assert_int_equal(pv_age_estimate(runtime, &image, &empty, true, &age), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_age_estimate(runtime, &image, &none, true, &age), PV_ERROR_ARGUMENT);
}

/* Without points that make a face the box has to do, and does. */
static void test_box_alone(void **state)
{
    (void)state;
    pv_picture picture = load("astronaut.png");
    pv_face face = golden_face("astronaut.png");
    pv_age expected = estimate(picture.pixels, picture.width, picture.height, &face, true);
    for (int i = 0; i < PV_FACE_POINTS; i++)
        face.points[i] = face.points[PV_POINT_NOSE];
    pv_age age = estimate(picture.pixels, picture.width, picture.height, &face, true);
    assert_close(age.years, expected.years, 8);
    pv_picture_release(&picture);
}

/* A face that is mostly cut off is answered, and less surely; the age alone does not say so. */
static void test_cut_off(void **state)
{
    (void)state;
    pv_picture picture = load("astronaut.png");
    pv_face face = golden_face("astronaut.png");
    const int right = (int)face.points[PV_POINT_NOSE].x;
    pv_age whole = estimate(picture.pixels, picture.width, picture.height, &face, true);
    uint8_t *half = malloc(3 * (size_t)right * (size_t)picture.height);
    assert_non_null(half);
    for (int y = 0; y < picture.height; y++)
        memcpy(half + 3 * y * right, picture.pixels + 3 * y * picture.width, 3 * (size_t)right);
    pv_age cut = estimate(half, right, picture.height, &face, true);
    pv_age unaware = estimate(half, right, picture.height, &face, false);
    assert_true(cut.confidence < whole.confidence - 0.1F);
    assert_true(cut.confidence < unaware.confidence);
    free(half);
    pv_picture_release(&picture);
}

/* A store whose manifest has only the rows that `keep` names. */
static pv_manifest *manifest_with(const char *keep)
{
    json_error_t error;
    json_t *root = json_load_file(PRIVID_SOURCE_DIR "/models/manifest.json", 0, &error);
    assert_non_null(root);
    json_t *rows = json_object_get(root, "models");
    for (size_t i = json_array_size(rows); i-- > 0;) {
        const char *id = json_string_value(json_object_get(json_array_get(rows, i), "id"));
        if (strcmp(id, keep) != 0)
            json_array_remove(rows, i);
    }
    assert_int_equal(json_array_size(rows), 1);
    char *text = json_dumps(root, 0);
    pv_manifest *manifest;
    require(pv_manifest_parse(text, strlen(text), "manifest", &manifest));
    free(text);
    json_decref(root);
    return manifest;
}

/* With one net there is an answer from it; with none there is a message that names both. */
static void test_profiles(void **state)
{
    (void)state;
    static const char *const kept[] = {"age_v1", "age_xception", "yunet"};
    pv_picture picture = load("astronaut.png");
    const pv_face face = golden_face("astronaut.png");
    pv_age ages[3] = {{0}};
    for (int i = 0; i < 3; i++) {
        pv_model_store *part;
        pv_runtime *of_part;
        pv_manifest *manifest = manifest_with(kept[i]);
        require(pv_model_store_open_manifest(manifest, NULL, "full", &part));
        require(pv_runtime_create(part, 1, &of_part));
        pv_image image = open_pixels(picture.pixels, picture.width, picture.height, PV_FORMAT_RGB);
        pv_status status = pv_age_estimate(of_part, &image, &face, true, &ages[i]);
        if (i < 2) {
            require(status);
            assert_sane(ages[i]);
        } else {
            assert_int_equal(status, PV_ERROR_GENERIC);
            assert_non_null(strstr(pv_error_message(), "age_v1"));
            assert_non_null(strstr(pv_error_message(), "age_xception"));
        }
        pv_runtime_destroy(of_part);
        pv_model_store_close(part);
        pv_manifest_close(manifest);
    }
    assert_true(fabsf(ages[0].years - ages[1].years) > 0.5F);
    pv_picture_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),    cmocka_unit_test(test_channel_order),
        cmocka_unit_test(test_turned),    cmocka_unit_test(test_not_faces),
        cmocka_unit_test(test_box_alone), cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_profiles),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
