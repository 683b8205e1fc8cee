/* doc_scan_face from C: pixels and their sizes, what is run for which question, bad input, threads.
 * Linked with the library's parts, to see which nets were used. */
#include <pthread.h>

#include "api/library.h"
#include "support.h"

#define MODELS_MOST 32

static void *session;
static picture card;   /* a card with a face on a table */
static picture back;   /* its back */
static picture nobody; /* no document */

static int set_up(void **state)
{
    (void)state;
    privid_initialize_lib(NULL, 0, 0);
    session = open_session("{\"collections\":{\"default\":{\"named_urls\":{}}},"
                           "\"session_token\":\"\"}");
    card = picture_load("documents/photographs/permit-front-santoro-careful.jpg");
    back = picture_load("documents/photographs/nordmark-back-mueller-careful.jpg");
    nobody = (picture){calloc(600 * 400, 3), 600, 400};
    assert_non_null(nobody.pixels);
    memset(nobody.pixels, 90, 600 * 400 * 3);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    picture_free(&card);
    picture_free(&back);
    picture_free(&nobody);
    privid_deinitialize_session(session);
    privid_shutdown_lib();
    return 0;
}

typedef struct scanned {
    json_t *answer;
    uint8_t *document, *face;
    int document_length, face_length;
} scanned;

static scanned scan(const char *config, const picture *p)
{
    scanned out = {.document_length = -1, .face_length = -1};
    char *text = NULL;
    int length = 0;
    int32_t id = privid_doc_scan_face(session, config, (int)strlen(config), p->pixels, p->width,
                                      p->height, &out.document, &out.document_length, &out.face,
                                      &out.face_length, &text, &length);
    out.answer = take_answer(id, text, length);
    return out;
}

static void drop(scanned *s)
{
    privid_free_buffer(s->document);
    privid_free_buffer(s->face);
    json_decref(s->answer);
}

/* The pixels are as many as the answer says, and a buffer that there is none of is NULL. */
static void assert_pixels(json_t *info, const uint8_t *pixels, int length)
{
    if (!info) {
        assert_null(pixels);
        assert_int_equal(length, 0);
        return;
    }
    assert_non_null(pixels);
    assert_int_equal(length, number(info, "width") * number(info, "height") * 3);
    assert_int_equal(number(info, "channels"), 3);
    assert_int_equal(number(info, "depth"), 0);
    assert_int_equal(number(info, "color"), 2);
}

static void test_pixels(void **state)
{
    (void)state;
    const picture *pictures[] = {&card, &back, &nobody};
    static const char *const configs[] = {"", "{\"detect_document_only\":true}",
                                          "{\"document_scan_barcode_only\":true}"};
    for (size_t i = 0; i < 3; i++)
        for (size_t c = 0; c < 3; c++) {
            scanned s = scan(configs[c], pictures[i]);
            json_t *page = at(s.answer, "document.cropped_document_image_info.info");
            json_t *face = at(s.answer, "faces.0.cropped_image_info.info");
            assert_pixels(page, s.document, s.document_length);
            assert_pixels(face, s.face, s.face_length);
            assert_int_equal(page != NULL, i < 2 && c < 2);
            assert_int_equal(face != NULL, i == 0 && c == 0);
            drop(&s);
        }
}

static void test_without_places_for_pixels(void **state)
{
    (void)state;
    char *text = NULL;
    int length = 0;
    int lengths[2] = {-1, -1};
    int32_t id = privid_doc_scan_face(session, NULL, 0, card.pixels, card.width, card.height, NULL,
                                      NULL, NULL, NULL, &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_non_null(at(answer, "faces.0"));
    json_decref(answer);
    id = privid_doc_scan_face(session, NULL, 0, card.pixels, card.width, card.height, NULL,
                              &lengths[0], NULL, &lengths[1], &text, &length);
    answer = take_answer(id, text, length);
    assert_non_null(at(answer, "faces.0"));
    assert_int_equal(lengths[0], 0);
    assert_int_equal(lengths[1], 0);
    json_decref(answer);
}

static void test_bad_input(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        int width, height;
        bool pixels;
        int status;
        const char *part;
    } cases[] = {
        {"", 0, 10, true, -5, "0 x 10"},
        {"", 10, -1, true, -5, "10 x -1"},
        {"", 20000, 20000, true, -5, "at most"},
        {"", 10, 10, false, -5, "NULL"},
        {"{\"blur_threshold_doc\":-1}", 10, 10, true, -4, "blur_threshold_doc"},
        {"{\"conf_score_thr_doc\":1.01}", 10, 10, true, -4, "conf_score_thr_doc"},
        {"{\"detect_document_only\":1}", 10, 10, true, -4, "detect_document_only"},
        {"{", 10, 10, true, -4, "line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *buffers[2] = {(uint8_t *)&buffers, (uint8_t *)&buffers};
        int lengths[2] = {7, 7};
        char *text = NULL;
        int length = 0;
        int32_t id = privid_doc_scan_face(session, cases[i].config, (int)strlen(cases[i].config),
                                          cases[i].pixels ? card.pixels : NULL, cases[i].width,
                                          cases[i].height, &buffers[0], &lengths[0], &buffers[1],
                                          &lengths[1], &text, &length);
        json_t *answer = take_answer(id, text, length);
        assert_int_equal(status_of(answer), cases[i].status);
        assert_message_has(answer, cases[i].part);
        json_decref(answer);
        assert_null(buffers[0]);
        assert_null(buffers[1]);
        assert_int_equal(lengths[0] + lengths[1], 0);
    }
    char *text = NULL;
    int length = 0;
    int32_t id = privid_doc_scan_face(NULL, NULL, 0, card.pixels, 10, 10, NULL, NULL, NULL, NULL,
                                      &text, &length);
    json_t *answer = take_answer(id, text, length);
    assert_int_equal(status_of(answer), -2);
    json_decref(answer);
}

static const char everything[] = "{\"document_auto_rotation\":true,"
                                 "\"detect_and_recognize_mrz_code\":true,"
                                 "\"calculate_age_from_ocr_text\":true}";

/* Pictures of any size and of nothing: an answer, and no document with confidence. */
static void test_odd_pictures(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 3000}, {3000, 1}, {2, 2}, {7, 5}, {64, 900}};
    uint8_t *pixels = malloc(3000 * 60 * 3);
    assert_non_null(pixels);
    for (int fill = 0; fill < 3; fill++) {
        uint32_t seed = 1;
        for (size_t i = 0; i < 3000 * 60 * 3; i++) {
            seed = seed * 1664525U + 1013904223U;
            pixels[i] = fill == 0 ? 0 : fill == 1 ? 255 : (uint8_t)(seed >> 24);
        }
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            const picture p = {pixels, sizes[i][0], sizes[i][1]};
            scanned zone = scan("{\"mrz_segmented_input\":true}", &p);
            assert_null(at(zone.answer, "document"));
            drop(&zone);
            scanned s = scan(everything, &p);
            if (at(s.answer, "document"))
                assert_true((int)number(s.answer, "document.detected_document.document_traits") &
                            1);
            assert_int_equal(json_array_size(at(s.answer, "faces")), 0);
            drop(&s);
        }
    }
    free(pixels);
}

/* All that can be read of a document's back. */
static void test_reading(void **state)
{
    (void)state;
    scanned s = scan(everything, &back);
    assert_int_equal(json_array_size(at(s.answer, "document.detected_document.mrz_data")), 3);
    assert_true(json_is_true(at(s.answer, "document.detected_document.mrz.valid")));
    assert_true(number(s.answer, "document.detected_document.ocr_age_data.age") > 0);
    drop(&s);
}

static unsigned long long runs_of(const char *id)
{
    pv_model_usage usage[MODELS_MOST];
    size_t count = pv_runtime_usage(pv_library_runtime(), usage, MODELS_MOST);
    for (size_t i = 0; i < count; i++)
        if (strcmp(usage[i].id, id) == 0)
            return usage[i].runs;
    return 0;
}

/* Lines of print are looked for once a page, whoever asks: the zone, which way up it is, the birth.
 */
static void test_print_is_found_once(void **state)
{
    (void)state;
    static const char *const configs[] = {
        "{\"detect_document_only\":true,\"calculate_age_from_ocr_text\":true}",
        "{\"detect_document_only\":true,\"calculate_age_from_ocr_text\":true,"
        "\"document_auto_rotation\":true}",
    };
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        unsigned long long looks = runs_of("text_detect");
        unsigned long long lines = runs_of("text_read");
        scanned s = scan(configs[i], &card);
        drop(&s);
        assert_int_equal(runs_of("text_detect") - looks, 1);
        assert_true(runs_of("text_read") > lines); /* the birth is looked for in print */
    }
}

/* The nets that ran since the last call, as names with spaces around them. */
static void used_since(char *out, size_t size)
{
    static unsigned long long before[MODELS_MOST];
    pv_model_usage usage[MODELS_MOST];
    size_t count = pv_runtime_usage(pv_library_runtime(), usage, MODELS_MOST);
    snprintf(out, size, " ");
    for (size_t i = 0; i < count; i++) {
        if (usage[i].runs > before[i])
            snprintf(out + strlen(out), size - strlen(out), "%s ", usage[i].id);
        before[i] = usage[i].runs;
    }
}

/* Nothing runs that was not asked for. The rows of the usage come in the order of the manifest, so
 * that they can be compared. */
static void test_only_what_is_asked_for(void **state)
{
    (void)state;
    static const char *const face_nets[] = {" yunet ", " face_landmarks "};
    static const struct {
        const char *config;
        bool corners, faces;
    } cases[] = {
        {"{\"detect_document_only\":true}", true, false},
        {"{\"detect_document_only\":true,\"doc_validations_off\":true}", true, false},
        {"", true, true},
        {"{\"threshold_doc_too_far\":1}", true, false}, /* a document that is refused */
    };
    char used[1024];
    used_since(used, sizeof used);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scanned s = scan(cases[i].config, &card);
        drop(&s);
        used_since(used, sizeof used);
        assert_int_equal(strstr(used, " document_corners ") != NULL, cases[i].corners);
        for (size_t f = 0; f < 2; f++)
            if ((strstr(used, face_nets[f]) != NULL) != cases[i].faces)
                fail_msg("%s: used%s", cases[i].config, used);
        assert_null(strstr(used, " text_"));
        assert_null(strstr(used, " mrz"));
        assert_null(strstr(used, " document_fingers "));
        assert_null(strstr(used, " fr_liveness "));
    }
}

#define THREADS 4
#define TURNS 3

/* One scan, and what it answered alone. */
typedef struct asked {
    const picture *picture;
    const char *config;
    json_t *expected;
} asked;

static bool is_same(const json_t *answer, const json_t *expected, const char *name)
{
    return json_equal(json_object_get(answer, name), json_object_get(expected, name));
}

static bool is_answered_alike(const asked *a)
{
    char *text = NULL;
    int length = 0;
    uint8_t *pixels[2] = {NULL, NULL};
    int lengths[2] = {0, 0};
    int32_t id = privid_doc_scan_face(
        session, a->config, (int)strlen(a->config), a->picture->pixels, a->picture->width,
        a->picture->height, &pixels[0], &lengths[0], &pixels[1], &lengths[1], &text, &length);
    json_t *answer = json_loads(text, 0, NULL);
    bool same =
        id > 0 && is_same(answer, a->expected, "document") && is_same(answer, a->expected, "faces");
    json_decref(answer);
    privid_free_char_buffer(text);
    privid_free_buffer(pixels[0]);
    privid_free_buffer(pixels[1]);
    return same;
}

static asked questions[] = {
    {&card, "", NULL},
    {&back, "{\"detect_and_recognize_mrz_code\":true}", NULL},
    {&card, "{\"calculate_age_from_ocr_text\":true,\"check_fingers_over_document\":true}", NULL},
};

/* Each thread begins with another question. */
static void *scan_in_thread(void *argument)
{
    const size_t count = sizeof questions / sizeof questions[0];
    size_t first = (size_t)(uintptr_t)argument;
    for (size_t i = 0; i < TURNS * count; i++)
        if (!is_answered_alike(&questions[(first + i) % count]))
            return &questions[(first + i) % count];
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        scanned s = scan(questions[i].config, questions[i].picture);
        questions[i].expected = json_incref(s.answer);
        drop(&s);
    }
    assert_int_equal(
        json_array_size(at(questions[1].expected, "document.detected_document.mrz_data")), 3);
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, scan_in_thread, (void *)i), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        if (failed)
            fail_msg("%s was answered otherwise", ((asked *)failed)->config);
    }
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        json_decref(questions[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_without_places_for_pixels),
        cmocka_unit_test(test_bad_input),
        cmocka_unit_test(test_odd_pictures),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_print_is_found_once),
        cmocka_unit_test(test_only_what_is_asked_for),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
