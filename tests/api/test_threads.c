/* Eight threads share one session; meanwhile others open and close sessions; then the library is
 * shut down while operations run. Meant for the thread sanitizer. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support.h"

#define THREADS 8
#define ROUNDS 3

static picture astronaut;
static void *shared_session;
static atomic_int failures;
static atomic_int refused;
static atomic_bool stop;

static int run_once(void *session, double *distance)
{
    char *text = NULL;
    int length = 0;
    int32_t id = privid_face_compare_files(session, NULL, 0, astronaut.pixels, 512, 512,
                                           astronaut.pixels, 512, 512, &text, &length);
    json_t *answer = json_loads(text, 0, NULL);
    int status = (int)json_integer_value(at(answer, "call_status.return_code"));
    if (id > 0)
        *distance = json_number_value(at(answer, "compare.distance_max"));
    json_decref(answer);
    privid_free_char_buffer(text);
    return status;
}

static void *compare_all_the_time(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        double distance = -1;
        if (run_once(shared_session, &distance) != 0 || distance < 0 || distance > 0.3)
            atomic_fetch_add(&failures, 1);
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

static void *compare_until_refused(void *argument)
{
    (void)argument;
    for (int i = 0; i < 10000; i++) {
        double distance;
        int status = run_once(shared_session, &distance);
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
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, NULL), 0);
}

static void join_threads(pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
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
    assert_int_equal(pthread_create(&other, NULL, open_and_close, NULL), 0);
    run_threads(compare_all_the_time, threads);
    join_threads(threads);
    atomic_store(&stop, true);
    pthread_join(other, NULL);
    assert_int_equal(atomic_load(&failures), 0);

    run_threads(compare_until_refused, threads);
    double distance;
    assert_int_equal(run_once(shared_session, &distance), 0);
    privid_shutdown_lib();
    join_threads(threads);
    assert_int_equal(atomic_load(&failures), 0);
    assert_int_equal(atomic_load(&refused), THREADS);
    picture_free(&astronaut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
