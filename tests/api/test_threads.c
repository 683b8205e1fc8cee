/* Eight threads share one session, with every judgement of a face; meanwhile others open and close
 * sessions; then the library is shut down while operations run. Meant for the thread sanitizer. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

#define THREADS 8

/* What one call handed out. */
typedef struct outcome {
    int32_t id;
    json_t *answer; /* without call_status */
    int status;
    uint8_t *pixels;
    int length;
} outcome;

typedef void operation(outcome *out, char **text, int *length);

static picture astronaut;
static void *shared_session;
static atomic_int failures;
static atomic_int refused;
static atomic_bool stop;

#define PICTURE_ARGUMENTS astronaut.pixels, astronaut.width, astronaut.height

static void run_validate(outcome *out, char **text, int *length)
{
    static const char config[] = "{\"get_face_landmarks\":true,\"get_smile_intensity\":true}";
    out->id = privid_validate(shared_session, config, (int)strlen(config), PICTURE_ARGUMENTS, text,
                              length);
}

static void run_anti_spoofing(outcome *out, char **text, int *length)
{
    static const char config[] = "{\"anti_spoofing_detect_document\":true}";
    out->id = privid_anti_spoofing(shared_session, config, (int)strlen(config), PICTURE_ARGUMENTS,
                                   text, length);
}

static void run_age(outcome *out, char **text, int *length)
{
    out->id = privid_estimate_age(shared_session, NULL, 0, PICTURE_ARGUMENTS, text, length);
}

static void run_compare(outcome *out, char **text, int *length)
{
    out->id = privid_face_compare_files(shared_session, NULL, 0, PICTURE_ARGUMENTS,
                                        PICTURE_ARGUMENTS, text, length);
}

static void run_iso(outcome *out, char **text, int *length)
{
    static const char config[] = "{\"iso_image_width\":210}";
    out->id = privid_face_iso(shared_session, config, (int)strlen(config), PICTURE_ARGUMENTS,
                              &out->pixels, &out->length, text, length);
}

static operation *const operations[] = {run_validate, run_anti_spoofing, run_age, run_compare,
                                        run_iso};
#define OPERATIONS (sizeof operations / sizeof operations[0])

static outcome expected[OPERATIONS];

static outcome run_once(size_t number)
{
    outcome out = {.id = 0};
    char *text = NULL;
    int length = 0;
    operations[number % OPERATIONS](&out, &text, &length);
    out.answer = text ? json_loads(text, 0, NULL) : NULL;
    out.status = (int)json_integer_value(at(out.answer, "call_status.return_code"));
    json_object_del(out.answer, "call_status");
    privid_free_char_buffer(text);
    return out;
}

static void release(outcome *out)
{
    json_decref(out->answer);
    privid_free_buffer(out->pixels);
}

static bool same(const outcome *a, const outcome *b)
{
    return a->id > 0 && a->status == b->status && json_equal(a->answer, b->answer) &&
           a->length == b->length &&
           (a->length == 0 || memcmp(a->pixels, b->pixels, (size_t)a->length) == 0);
}

/* Every operation, each thread beginning with another one. */
static void *judge(void *argument)
{
    size_t first = *(size_t *)argument;
    for (size_t i = first; i < first + OPERATIONS; i++) {
        outcome out = run_once(i);
        if (!same(&out, &expected[i % OPERATIONS]))
            atomic_fetch_add(&failures, 1);
        release(&out);
    }
    return NULL;
}

static void *open_and_close(void *argument)
{
    (void)argument;
    while (!atomic_load(&stop)) {
        void *session = NULL;
        privid_set_log_level(privid_get_log_level());
        if (!privid_initialize_session(OFFLINE_SETTINGS, (int)strlen(OFFLINE_SETTINGS), &session))
            atomic_fetch_add(&failures, 1);
        privid_deinitialize_session(session);
    }
    return NULL;
}

static void *judge_until_refused(void *argument)
{
    size_t first = *(size_t *)argument;
    for (size_t i = first; i < first + 10000; i++) {
        outcome out = run_once(i);
        int status = out.status;
        release(&out);
        if (status == -1 || status == -2) {
            atomic_fetch_add(&refused, 1);
            return NULL;
        }
        if (status != 0)
            atomic_fetch_add(&failures, 1);
    }
    return NULL;
}

static void *initialise(void *argument)
{
    (void)argument;
    privid_initialize_lib(NULL, 0, 0);
    if (!privid_is_library_initialized())
        atomic_fetch_add(&failures, 1);
    return NULL;
}

static void run_threads(void *(*work)(void *), pthread_t *threads)
{
    static size_t numbers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
    }
}

static void join_threads(pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static bool has_score(json_t *answer, const char *name)
{
    size_t i;
    json_t *score;
    json_array_foreach(at(answer, "faces.0.scores"), i, score)
    {
        if (strcmp(json_string_value(at(score, "name")), name) == 0)
            return true;
    }
    return false;
}

/* What a single thread is told, which is not nothing. */
static void expect(void)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        expected[i] = run_once(i);
        assert_true(expected[i].id > 0);
        assert_int_equal(expected[i].status, 0);
    }
    assert_non_null(at(expected[0].answer, "faces.0.landmarks"));
    assert_true(has_score(expected[0].answer, "mask"));
    assert_true(has_score(expected[1].answer, "liveness"));
    assert_true(number(expected[2].answer, "faces.0.age_data.estimated_age") > 0);
    assert_true(number(expected[3].answer, "compare.distance_max") < 0.3);
    assert_int_equal(expected[4].length, 210 * 270 * 3);
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    pthread_t other;
    astronaut = picture_load("astronaut.png");
    run_threads(initialise, threads);
    join_threads(threads);
    shared_session = open_session(OFFLINE_SETTINGS);
    expect();
    assert_int_equal(pthread_create(&other, NULL, open_and_close, NULL), 0);
    run_threads(judge, threads);
    join_threads(threads);
    atomic_store(&stop, true);
    pthread_join(other, NULL);
    assert_int_equal(atomic_load(&failures), 0);

    run_threads(judge_until_refused, threads);
    outcome last = run_once(0);
    assert_int_equal(last.status, 0);
    release(&last);
    privid_shutdown_lib();
    join_threads(threads);
    assert_int_equal(atomic_load(&failures), 0);
    assert_int_equal(atomic_load(&refused), THREADS);
    for (size_t i = 0; i < OPERATIONS; i++)
        release(&expected[i]);
    picture_free(&astronaut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
