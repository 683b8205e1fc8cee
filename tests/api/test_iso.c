/* privid_face_iso: what the caller gets, and what the keys change. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

static void *session;
static picture obama;
static picture coffee;

typedef struct portrait {
    json_t *answer;
    uint8_t *pixels;
    int length;
    int width;
    int height;
} portrait;

static int set_up(void **state)
{
    (void)state;
    privid_initialize_lib(NULL, 0, 0);
    if (!privid_is_library_initialized())
        return -1;
    session = open_session(OFFLINE_SETTINGS);
    obama = picture_load("obama.jpg");
    coffee = picture_load("coffee.png");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    picture_free(&obama);
    picture_free(&coffee);
    privid_deinitialize_session(session);
    privid_shutdown_lib();
    return 0;
}

static portrait face_iso(const char *config, const picture *p)
{
    char *text = NULL;
    int length = 0;
    portrait out = {.pixels = (uint8_t *)&out, .length = 7};
    int32_t id = privid_face_iso(session, config, config ? (int)strlen(config) : 0, p->pixels,
                                 p->width, p->height, &out.pixels, &out.length, &text, &length);
    out.answer = take_answer(id, text, length);
    if (out.pixels) {
        out.width = (int)number(out.answer, "iso_image.image.info.width");
        out.height = (int)number(out.answer, "iso_image.image.info.height");
        assert_int_equal(out.length, out.width * out.height * 3);
        assert_int_equal(number(out.answer, "iso_image.image.info.channels"), 3);
        assert_int_equal(number(out.answer, "iso_image.image.info.depth"), 0);
        assert_int_equal(number(out.answer, "iso_image.image.info.color"), 2);
    } else {
        assert_int_equal(out.length, 0);
        assert_null(at(out.answer, "iso_image"));
    }
    return out;
}

static void release(portrait *p)
{
    privid_free_buffer(p->pixels);
    json_decref(p->answer);
}

static void test_portrait(void **state)
{
    (void)state;
    portrait p = face_iso(NULL, &obama);
    assert_non_null(p.pixels);
    assert_true(json_is_true(at(p.answer, "iso_image.success")));
    assert_null(at(p.answer, "user_feedback_message"));
    assert_int_equal(json_array_size(at(p.answer, "faces")), 1);
    assert_int_equal(p.width * 9, p.height * 7);
    assert_true(number(p.answer, "iso_image.geometry.eye_right.x") <
                number(p.answer, "iso_image.geometry.eye_left.x"));
    assert_true(number(p.answer, "iso_image.geometry.nose.y") >
                number(p.answer, "iso_image.geometry.eye_left.y"));
    release(&p);
}

static void assert_corners(const portrait *p, int red, int green, int blue)
{
    if (!p->pixels) {
        fail_msg("no portrait");
        return;
    }
    const uint8_t *corners[2] = {p->pixels, p->pixels + 3 * (p->width - 1)};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(corners[i][0], red);
        assert_int_equal(corners[i][1], green);
        assert_int_equal(corners[i][2], blue);
    }
}

static void test_background_key(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        int red, green, blue;
    } cases[] = {{NULL, 0xF0, 0xF0, 0xF0},
                 {"{\"background_color_rgb\":0}", 0, 0, 0},
                 {"{\"background_color_rgb\":16777215}", 255, 255, 255},
                 {"{\"background_color_rgb\":1193046}", 0x12, 0x34, 0x56}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        portrait p = face_iso(cases[i].config, &obama);
        assert_corners(&p, cases[i].red, cases[i].green, cases[i].blue);
        release(&p);
    }
    portrait refused = face_iso("{\"background_color_rgb\":16777216}", &obama);
    assert_int_equal(status_of(refused.answer), -4);
    assert_message_has(refused.answer, "background_color_rgb");
    release(&refused);
}

static void test_format_key(void **state)
{
    (void)state;
    portrait full = face_iso("{\"iso_image_format\":\"full_frontal\"}", &obama);
    portrait token = face_iso("{\"iso_image_format\":\"token\"}", &obama);
    assert_int_equal(full.width * 9, full.height * 7);
    assert_int_equal(token.width * 4, token.height * 3);
    assert_true(fabs((number(token.answer, "iso_image.geometry.eye_right.x") + 0.5) / token.width -
                     0.375) < 1e-3);
    release(&full);
    release(&token);
    portrait refused = face_iso("{\"iso_image_format\":\"round\"}", &obama);
    assert_int_equal(status_of(refused.answer), -4);
    release(&refused);
}

static void test_width_key(void **state)
{
    (void)state;
    portrait p = face_iso("{\"iso_image_width\":350}", &obama);
    assert_int_equal(p.width, 350);
    assert_int_equal(p.height, 450);
    release(&p);
    p = face_iso("{\"iso_image_width\":42}", &obama);
    assert_int_equal(p.width, 42);
    assert_true(json_is_false(at(p.answer, "iso_image.success")));
    release(&p);
    /* 1.5 times is as much as is made of the picture's pixels */
    p = face_iso("{\"iso_image_width\":4200}", &obama);
    assert_in_range(p.width, 500, 800);
    release(&p);
    static const char *const wrong[] = {"{\"iso_image_width\":41}", "{\"iso_image_width\":4201}"};
    for (int i = 0; i < 2; i++) {
        p = face_iso(wrong[i], &obama);
        assert_int_equal(status_of(p.answer), -4);
        release(&p);
    }
}

/* The same pixels in another order give the same portrait. */
static void test_input_formats(void **state)
{
    (void)state;
    picture bgr = picture_copy(&obama, 3, 1);
    picture rgba = picture_copy(&obama, 4, 0);
    portrait expected = face_iso(NULL, &obama);
    portrait of_bgr = face_iso("{\"input_image_format\":\"bgr\"}", &bgr);
    portrait of_rgba = face_iso("{\"input_image_format\":\"rgba\"}", &rgba);
    assert_int_equal(expected.length, of_bgr.length);
    assert_int_equal(expected.length, of_rgba.length);
    assert_memory_equal(expected.pixels, of_bgr.pixels, (size_t)expected.length);
    assert_memory_equal(expected.pixels, of_rgba.pixels, (size_t)expected.length);
    release(&expected);
    release(&of_bgr);
    release(&of_rgba);
    picture_free(&bgr);
    picture_free(&rgba);
}

static void test_nobody(void **state)
{
    (void)state;
    portrait p = face_iso(NULL, &coffee);
    assert_int_equal(status_of(p.answer), 0);
    assert_int_equal(json_array_size(at(p.answer, "faces")), 0);
    assert_null(p.pixels);
    assert_true(json_is_string(at(p.answer, "user_feedback_message")));
    release(&p);
}

/* The lower part of the picture only: no forehead. */
static void test_head_cut(void **state)
{
    (void)state;
    const picture part = {obama.pixels + 3 * (size_t)110 * (size_t)obama.width, obama.width,
                          obama.height - 110};
    portrait p = face_iso(NULL, &part);
    assert_non_null(p.pixels);
    assert_true(json_is_false(at(p.answer, "iso_image.success")));
    assert_non_null(strstr(json_string_value(at(p.answer, "user_feedback_message")), "head"));
    assert_int_equal(json_array_size(at(p.answer, "faces")), 1);
    release(&p);
}

static void assert_success(const char *config, const picture *p, bool expected)
{
    portrait made = face_iso(config, p);
    assert_non_null(made.pixels);
    assert_int_equal(json_is_true(at(made.answer, "iso_image.success")), expected);
    assert_int_equal(at(made.answer, "user_feedback_message") != NULL, !expected);
    release(&made);
}

/* Of obama2.jpg the head is turned and the mouth open; sample1.jpg's woman looks down with closed
 * eyes; what is judged and what it costs, two keys decide. */
static void test_flaws(void **state)
{
    (void)state;
    picture turned = picture_load("obama2.jpg");
    portrait p = face_iso(NULL, &turned);
    assert_non_null(strstr(json_string_value(at(p.answer, "user_feedback_message")), "Turn"));
    int flags = (int)number(p.answer, "faces.0.face_traits_flags");
    assert_true(flags & (1 << 18)); /* FT_MOUTH_OPENED */
    release(&p);
    assert_success(NULL, &turned, false);
    assert_success("{\"face_validations_off\":true}", &turned, true);
    /* FT_LOOKING_RIGHT alone still leaves the open mouth */
    assert_success("{\"allowed_face_traits_flags\":1024}", &turned, false);
    assert_success("{\"allowed_face_traits_flags\":263168}", &turned, true);
    picture_free(&turned);
    picture down = picture_load("sample1.jpg");
    assert_success("{\"face_detection_strategy\":2}", &down, false);
    picture_free(&down);
}

/* Too dark to be a portrait, though its geometry is that of the twin. */
static void test_dark(void **state)
{
    (void)state;
    picture dark = picture_copy(&obama, 3, 0);
    for (size_t i = 0; i < (size_t)dark.width * (size_t)dark.height * 3; i++)
        dark.pixels[i] = (uint8_t)(dark.pixels[i] / 8);
    assert_success(NULL, &obama, true);
    portrait p = face_iso(NULL, &dark);
    assert_true(json_is_false(at(p.answer, "iso_image.success")));
    assert_non_null(strstr(json_string_value(at(p.answer, "user_feedback_message")), "light"));
    release(&p);
    picture_free(&dark);
}

/* All faces are reported; the portrait is of the first. */
static void test_strategy(void **state)
{
    (void)state;
    picture group = picture_load("sample6.jpg");
    portrait all = face_iso("{\"face_detection_strategy\":0}", &group);
    assert_true(json_array_size(at(all.answer, "faces")) >= 2);
    assert_non_null(all.pixels);
    portrait best = face_iso("{\"face_detection_strategy\":1}", &group);
    assert_int_equal(json_array_size(at(best.answer, "faces")), 1);
    assert_int_equal(all.length, best.length);
    assert_memory_equal(all.pixels, best.pixels, (size_t)all.length);
    release(&all);
    release(&best);
    picture_free(&group);
}

static void test_arguments(void **state)
{
    (void)state;
    char *text = NULL;
    int length = 0;
    /* nowhere to put the pixels: the answer alone */
    int32_t id = privid_face_iso(session, NULL, 0, obama.pixels, obama.width, obama.height, NULL,
                                 NULL, &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), 0);
    json_decref(answer);
    uint8_t *pixels = (uint8_t *)&length;
    int count = 7;
    id = privid_face_iso(session, NULL, 0, NULL, 10, 10, &pixels, &count, &text, &length);
    answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), -5);
    assert_null(pixels);
    assert_int_equal(count, 0);
    json_decref(answer);
    id = privid_face_iso(NULL, NULL, 0, obama.pixels, 10, 10, &pixels, &count, &text, &length);
    answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), -2);
    assert_null(pixels);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_portrait),   cmocka_unit_test(test_background_key),
        cmocka_unit_test(test_format_key), cmocka_unit_test(test_width_key),
        cmocka_unit_test(test_nobody),     cmocka_unit_test(test_input_formats),
        cmocka_unit_test(test_head_cut),   cmocka_unit_test(test_strategy),
        cmocka_unit_test(test_arguments),  cmocka_unit_test(test_flaws),
        cmocka_unit_test(test_dark),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
