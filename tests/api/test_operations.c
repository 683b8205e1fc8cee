/* The offline operations on real pictures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

static void *session;
static picture astronaut;
static picture obama;
static picture obama2;
static picture biden;

static int set_up(void **state)
{
    (void)state;
    privid_initialize_lib(NULL, 0, 0);
    if (!privid_is_library_initialized())
        return -1;
    session = open_session(OFFLINE_SETTINGS);
    astronaut = picture_load("astronaut.png");
    obama = picture_load("obama.jpg");
    obama2 = picture_load("obama2.jpg");
    biden = picture_load("biden.jpg");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    picture_free(&astronaut);
    picture_free(&obama);
    picture_free(&obama2);
    picture_free(&biden);
    privid_deinitialize_session(session);
    privid_shutdown_lib();
    return 0;
}

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

/* Where a person sees the eyes in the 512 x 512 picture. */
static void test_geometry(void **state)
{
    (void)state;
    json_t *answer = validate(session, NULL, &astronaut);
    assert_int_equal(json_array_size(at(answer, "faces")), 1);
    assert_near(number(answer, "faces.0.geometry.eye_right.x"), 201, 6);
    assert_near(number(answer, "faces.0.geometry.eye_left.x"), 245, 6);
    assert_near(number(answer, "faces.0.geometry.eye_left.y"), 105, 6);
    assert_near(number(answer, "faces.0.geometry.bounding_box.top_left.x"), 178, 12);
    assert_near(number(answer, "faces.0.geometry.bounding_box.bottom_right.y"), 174, 12);
    assert_true(number(answer, "faces.0.geometry.face_confidence_score") > 0.9);
    assert_int_equal(number(answer, "faces.0.spoof_status"), 0);
    json_decref(answer);
}

static void test_formats(void **state)
{
    (void)state;
    picture bgr = picture_copy(&astronaut, 3, 1);
    picture rgba = picture_copy(&astronaut, 4, 0);
    json_t *expected = validate(session, "{\"input_image_format\":\"rgb\"}", &astronaut);
    json_t *of_bgr = validate(session, "{\"input_image_format\":\"bgr\"}", &bgr);
    json_t *of_rgba = validate(session, "{\"input_image_format\":\"rgba\"}", &rgba);
    assert_true(json_equal(at(expected, "faces"), at(of_bgr, "faces")));
    assert_true(json_equal(at(expected, "faces"), at(of_rgba, "faces")));
    /* read with red and blue exchanged, the geometry is not exactly the same */
    json_t *wrong = validate(session, "{\"input_image_format\":\"rgb\"}", &bgr);
    assert_false(json_equal(at(expected, "faces"), at(wrong, "faces")));
    json_decref(expected);
    json_decref(of_bgr);
    json_decref(of_rgba);
    json_decref(wrong);
    picture_free(&bgr);
    picture_free(&rgba);
}

/* Turned by 90, 180 and 270 degrees the face is found, with its eyes where they then are. */
static void test_turned(void **state)
{
    (void)state;
    for (int turn = 1; turn <= 3; turn++) {
        picture turned = picture_turn(&astronaut, turn);
        json_t *answer = validate(session, NULL, &turned);
        double x = 245;
        double y = 105;
        for (int i = 0; i < turn; i++) {
            double former = x;
            x = 511 - y;
            y = former;
        }
        assert_int_equal(json_array_size(at(answer, "faces")), 1);
        assert_near(number(answer, "faces.0.geometry.eye_left.x"), x, 7);
        assert_near(number(answer, "faces.0.geometry.eye_left.y"), y, 7);
        json_decref(answer);
        picture_free(&turned);
    }
}

/* A face of about 18 pixels in a 640-pixel picture, and one of about 30 in a 2000-pixel picture. */
static void test_small(void **state)
{
    (void)state;
    picture small = picture_shrink(&astronaut, 5, 640, 480);
    json_t *answer = validate(session, NULL, &small);
    assert_int_equal(json_array_size(at(answer, "faces")), 1);
    assert_near(number(answer, "faces.0.geometry.eye_left.x"), 245.0 / 5, 3);
    json_decref(answer);
    picture_free(&small);
    small = picture_shrink(&astronaut, 3, 2000, 1500);
    answer = validate(session, NULL, &small);
    assert_int_equal(json_array_size(at(answer, "faces")), 1);
    assert_near(number(answer, "faces.0.geometry.eye_left.y"), 105.0 / 3, 3);
    json_decref(answer);
    picture_free(&small);
}

/* Nothing but the face, as some applications crop it. */
static void test_tight_crop(void **state)
{
    (void)state;
    picture crop = {malloc(84 * 110 * 3), 84, 110};
    for (int y = 0; y < crop.height; y++)
        memcpy(crop.pixels + (size_t)y * 84 * 3,
               astronaut.pixels + 3 * ((size_t)(64 + y) * 512 + 180), 84 * 3);
    json_t *answer = validate(session, NULL, &crop);
    assert_int_equal(json_array_size(at(answer, "faces")), 1);
    assert_near(number(answer, "faces.0.geometry.eye_left.x"), 245 - 180, 5);
    json_decref(answer);
    picture_free(&crop);
}

static void test_no_face(void **state)
{
    (void)state;
    picture coffee = picture_load("coffee.png");
    picture rocket = picture_load("rocket.jpg");
    uint8_t *noise = malloc(300 * 200 * 3);
    for (unsigned i = 0, seed = 1; i < 300 * 200 * 3; i++, seed = seed * 1664525 + 1013904223)
        noise[i] = (uint8_t)(seed >> 24);
    uint8_t *black = calloc(1920 * 1080, 3);
    const picture pictures[] = {
        coffee, rocket, {noise, 300, 200}, {black, 1920, 1080}, {black, 1, 1}, {black, 5000, 1}};
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        json_t *answer = validate(session, NULL, &pictures[i]);
        assert_true(json_is_array(at(answer, "faces")));
        assert_int_equal(json_array_size(at(answer, "faces")), 0);
        json_decref(answer);
    }
    json_t *answer = compare(session, NULL, &astronaut, &coffee);
    assert_true(json_is_true(at(answer, "compare.face_detected_a")));
    assert_true(json_is_false(at(answer, "compare.face_detected_b")));
    assert_true(json_is_false(at(answer, "compare.is_match")));
    assert_near(number(answer, "compare.similarity_score"), 0, 0);
    json_decref(answer);
    free(noise);
    free(black);
    picture_free(&coffee);
    picture_free(&rocket);
}

/* Two faces, the smaller one the more confident: the strategies choose differently. */
static void test_strategies(void **state)
{
    (void)state;
    picture group = picture_load("sample1.jpg");
    json_t *all = validate(session, "{\"face_detection_strategy\":0}", &group);
    json_t *faces = at(all, "faces");
    assert_true(json_array_size(faces) >= 3);
    double best = 0;
    double biggest = 0;
    double hybrid = 0;
    size_t index;
    json_t *face;
    json_array_foreach(faces, index, face)
    {
        double confidence = number(face, "geometry.face_confidence_score");
        double area = (number(face, "geometry.bounding_box.bottom_right.x") -
                       number(face, "geometry.bounding_box.top_left.x")) *
                      (number(face, "geometry.bounding_box.bottom_right.y") -
                       number(face, "geometry.bounding_box.top_left.y"));
        best = fmax(best, confidence);
        biggest = fmax(biggest, area);
        hybrid = fmax(hybrid, area * confidence);
    }
    for (int strategy = 1; strategy <= 3; strategy++) {
        char config[64];
        snprintf(config, sizeof config, "{\"face_detection_strategy\":%d}", strategy);
        json_t *answer = validate(session, config, &group);
        assert_int_equal(json_array_size(at(answer, "faces")), 1);
        double confidence = number(answer, "faces.0.geometry.face_confidence_score");
        double area = (number(answer, "faces.0.geometry.bounding_box.bottom_right.x") -
                       number(answer, "faces.0.geometry.bounding_box.top_left.x")) *
                      (number(answer, "faces.0.geometry.bounding_box.bottom_right.y") -
                       number(answer, "faces.0.geometry.bounding_box.top_left.y"));
        double value = strategy == 1 ? confidence : strategy == 2 ? area : area * confidence;
        double expected = strategy == 1 ? best : strategy == 2 ? biggest : hybrid;
        assert_near(value, expected, expected * 1e-5);
        json_decref(answer);
    }
    json_decref(all);
    picture_free(&group);
}

/* A face of middling confidence passes or fails with the threshold of its context alone. */
static void test_threshold_by_context(void **state)
{
    (void)state;
    /* grey paper is drawn up over the face until the net is in doubt */
    picture paper = picture_copy(&astronaut, 3, 0);
    json_t *answer;
    double confidence = 1;
    for (int edge = 170; edge > 90 && confidence > 0.95; edge -= 3) {
        memset(paper.pixels + (size_t)edge * 512 * 3, 128, (size_t)(512 - edge) * 512 * 3);
        answer = validate(
            session, "{\"context_string\":\"predict\",\"conf_score_thr_predict\":0.0}", &paper);
        assert_true(json_array_size(at(answer, "faces")) > 0);
        confidence = number(answer, "faces.0.geometry.face_confidence_score");
        json_decref(answer);
    }
    if (confidence < 0.1 || confidence > 0.95)
        fail_msg("no face of middling confidence, but %f", confidence);
    static const struct {
        const char *context;
        double enroll, predict;
        int found;
    } cases[] = {{"enroll", 0.01, 0, 0},
                 {"enroll", -0.01, 0, 1},
                 {"predict", 0, 0.01, 0},
                 {"predict", 0, -0.01, 1}};
    for (size_t i = 0; i < 4; i++) {
        char config[200];
        snprintf(config, sizeof config,
                 "{\"context_string\":\"%s\",\"conf_score_thr_enroll\":%.4f,"
                 "\"conf_score_thr_predict\":%.4f}",
                 cases[i].context, confidence + cases[i].enroll, confidence + cases[i].predict);
        answer = validate(session, config, &paper);
        assert_int_equal(json_array_size(at(answer, "faces")) > 0, cases[i].found);
        json_decref(answer);
    }
    picture_free(&paper);
}

static void test_compare(void **state)
{
    (void)state;
    json_t *genuine = compare(session, NULL, &obama, &obama2);
    assert_true(json_is_true(at(genuine, "compare.is_match")));
    assert_int_equal(json_array_size(at(genuine, "faces")), 2);
    assert_true(number(genuine, "compare.distance_min") <=
                number(genuine, "compare.distance_mean"));
    assert_true(number(genuine, "compare.distance_mean") <=
                number(genuine, "compare.distance_max"));
    assert_true(number(genuine, "compare.distance_min") < number(genuine, "compare.distance_max"));
    assert_near(number(genuine, "compare.similarity_score"),
                1 - number(genuine, "compare.distance_mean"), 1e-6);
    assert_true(number(genuine, "compare.distance_mean") > 0.01);
    assert_true(number(genuine, "compare.confidence") > 0.9);
    assert_near(number(genuine, "compare.face_thresholds.1"), 0.5, 1e-6);
    json_t *impostor = compare(session, NULL, &obama, &biden);
    assert_true(json_is_false(at(impostor, "compare.is_match")));
    assert_true(number(impostor, "compare.distance_mean") > 0.65);
    assert_true(number(impostor, "compare.confidence") < 0.3);
    json_t *same = compare(session, NULL, &obama, &obama);
    assert_near(number(same, "compare.distance_min"), 0, 1e-4);
    /* the order of the pictures does not count */
    json_t *swapped = compare(session, NULL, &obama2, &obama);
    assert_near(number(swapped, "compare.distance_mean"), number(genuine, "compare.distance_mean"),
                1e-5);
    json_decref(genuine);
    json_decref(impostor);
    json_decref(same);
    json_decref(swapped);
}

static void test_compare_thresholds(void **state)
{
    (void)state;
    json_t *answer = compare(session, NULL, &obama, &obama2);
    double mean = number(answer, "compare.distance_mean");
    json_decref(answer);
    static const struct {
        double medium, fudge; /* of the mean distance */
        int match;
    } cases[] = {{1.02, 1, 1}, {0.98, 1, 0}, {2, 0.51, 1}, {2, 0.49, 0}};
    for (size_t i = 0; i < 4; i++) {
        char config[120];
        snprintf(config, sizeof config, "{\"face_thresholds_med\":%.6f,\"fudge_factor\":%.2f}",
                 mean * cases[i].medium, cases[i].fudge);
        answer = compare(session, config, &obama, &obama2);
        assert_int_equal(json_is_true(at(answer, "compare.is_match")), cases[i].match);
        assert_near(number(answer, "compare.face_thresholds.1"),
                    mean * cases[i].medium * cases[i].fudge, 1e-4);
        json_decref(answer);
    }
}

/* 14 is the default network; 19 is another one. */
static void test_compare_models(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "{\"collections\":{\"default\":{\"named_urls\":{},\"embedding_model_id\":14}},"
        "\"session_token\":\"\"}",
        "{\"collections\":{\"default\":{\"named_urls\":{},\"embedding_model_id\":19}},"
        "\"session_token\":\"\"}"};
    double means[2];
    json_t *answer = compare(session, NULL, &obama, &obama2);
    double of_default = number(answer, "compare.distance_mean");
    json_decref(answer);
    for (int i = 0; i < 2; i++) {
        void *other = open_session(settings[i]);
        answer = compare(other, NULL, &obama, &obama2);
        means[i] = number(answer, "compare.distance_mean");
        assert_true(json_is_true(at(answer, "compare.is_match")));
        json_decref(answer);
        answer = compare(other, NULL, &obama, &biden);
        assert_true(json_is_false(at(answer, "compare.is_match")));
        json_decref(answer);
        privid_deinitialize_session(other);
    }
    assert_near(means[0], of_default, 1e-6);
    assert_true(fabs(means[1] - means[0]) > 1e-3);
}

/* The threshold decides, unless the check is off. */
static void test_anti_spoofing(void **state)
{
    (void)state;
    char *text = NULL;
    int length = 0;
    int32_t id = privid_anti_spoofing(session, NULL, 0, obama.pixels, obama.width, obama.height,
                                      &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_int_equal((int)number(answer, "faces.0.spoof_status"), 0);
    json_decref(answer);
    static const struct {
        const char *config;
        int status;
    } cases[] = {{"{\"anti_spoofing_mode\":0}", 2}, {"{\"anti_spoofing_threshold\":1.0}", 4}};
    for (size_t i = 0; i < 2; i++) {
        id = privid_anti_spoofing(session, cases[i].config, (int)strlen(cases[i].config),
                                  obama.pixels, obama.width, obama.height, &text, &length);
        answer = take_answer(id, text, length);
        assert_int_equal((int)number(answer, "faces.0.spoof_status"), cases[i].status);
        json_decref(answer);
    }
}

static void test_buffers_of_a_failure(void **state)
{
    (void)state;
    uint8_t *buffers[2] = {(uint8_t *)&buffers, (uint8_t *)&buffers};
    int lengths[2] = {7, 7};
    char *text = NULL;
    int length = 0;
    int32_t id = privid_doc_scan_face(session, NULL, 0, astronaut.pixels, 512, -1, &buffers[0],
                                      &lengths[0], &buffers[1], &lengths[1], &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), -5);
    assert_message_has(answer, "512 x -1");
    json_decref(answer);
    assert_null(buffers[0]);
    assert_null(buffers[1]);
    assert_int_equal(lengths[0] + lengths[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_geometry),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_turned),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_tight_crop),
        cmocka_unit_test(test_no_face),
        cmocka_unit_test(test_strategies),
        cmocka_unit_test(test_threshold_by_context),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_compare_thresholds),
        cmocka_unit_test(test_compare_models),
        cmocka_unit_test(test_anti_spoofing),
        cmocka_unit_test(test_buffers_of_a_failure),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
