#include "support.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "server/gallery.h"

#define DIMENSION 128
#define THREADS 16

static char *directory;
static pv_store *store;
static pv_gallery *gallery;
static pv_collection *faces;
static test_random randomness;

static void open_gallery(void)
{
    pv_gallery_options options = {.max_fpir = PV_POLICY_FPIR_DEFAULT};
    assert_ok(pv_store_open_sqlite(directory, true, &store));
    assert_ok(pv_gallery_create(store, &options, &gallery));
    assert_ok(pv_gallery_find(gallery, "FACE3_4", &faces));
    assert_non_null(faces);
}

static void close_gallery(void)
{
    pv_gallery_destroy(gallery);
    store->driver->close(store);
}

static int set_up(void **state)
{
    (void)state;
    randomness.state = 2024;
    directory = test_directory();
    open_gallery();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_gallery();
    test_directory_remove(directory);
    return 0;
}

static pv_enroll_answer enrol(const float *vector)
{
    pv_enroll_answer answer;
    pv_template sample = {.vector = vector, .dimension = DIMENSION};
    assert_ok(pv_collection_enroll(faces, &sample, &answer));
    return answer;
}

static void assert_size(size_t persons, size_t templates)
{
    size_t real_persons;
    size_t real_templates;
    pv_collection_size(faces, &real_persons, &real_templates);
    assert_int_equal(real_persons, persons);
    assert_int_equal(real_templates, templates);
}

static void fill_with_strangers(size_t count)
{
    float vector[DIMENSION];
    for (size_t i = 0; i < count; i++) {
        test_vector(&randomness, DIMENSION, vector);
        assert_int_equal(enrol(vector).decision, PV_ENROLL_NEW);
    }
}

static void enrol_find_delete(void **state)
{
    (void)state;
    float person[DIMENSION];
    float again[DIMENSION];
    pv_predict_answer found;
    size_t removed = 0;
    fill_with_strangers(20);
    test_vector(&randomness, DIMENSION, person);
    test_vector_near(&randomness, DIMENSION, person, 0.8, again);
    pv_collection_predict(faces, person, 1.0, 5, &found);
    assert_int_equal(found.count, 0);
    pv_enroll_answer first = enrol(person);
    assert_int_equal(first.decision, PV_ENROLL_NEW);
    assert_int_equal(first.samples, 1);
    assert_true(first.score == 1.0);
    pv_enroll_answer second = enrol(again);
    assert_int_equal(second.decision, PV_ENROLL_ADD);
    assert_string_equal(second.puid, first.puid);
    assert_string_equal(second.guid, first.guid);
    assert_int_equal(second.samples, 2);
    assert_true(second.score > 0.7 && second.score < 1.0);
    pv_collection_predict(faces, again, 0.5, 5, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.hits[0].puid, first.puid);
    assert_int_equal(found.hits[0].samples, 2);
    assert_ok(pv_collection_delete(faces, first.puid, &removed));
    assert_int_equal(removed, 2);
    pv_collection_predict(faces, again, 1.0, 5, &found);
    assert_int_equal(found.count, 0);
    assert_ok(pv_collection_delete(faces, first.puid, &removed));
    assert_int_equal(removed, 0);
    assert_size(20, 20);
    pv_enroll_answer third = enrol(person);
    assert_int_equal(third.decision, PV_ENROLL_NEW);
    assert_string_not_equal(third.puid, first.puid);
}

static void restart_changes_nothing(void **state)
{
    (void)state;
    float people[30][DIMENSION];
    char puids[30][PV_ID_SIZE];
    for (size_t i = 0; i < 30; i++) {
        float again[DIMENSION];
        test_vector(&randomness, DIMENSION, people[i]);
        strcpy(puids[i], enrol(people[i]).puid);
        test_vector_near(&randomness, DIMENSION, people[i], 0.9, again);
        assert_string_equal(enrol(again).puid, puids[i]);
    }
    close_gallery();
    open_gallery();
    assert_size(30, 60);
    for (size_t i = 0; i < 30; i++) {
        pv_predict_answer found;
        pv_collection_predict(faces, people[i], 0.1, 1, &found);
        assert_int_equal(found.count, 1);
        assert_string_equal(found.hits[0].puid, puids[i]);
        assert_int_equal(found.hits[0].samples, 2);
        assert_true(found.hits[0].anchor_score > 0.9999); /* the first is the anchor still */
    }
}

static void samples_are_bounded_and_not_doubled(void **state)
{
    (void)state;
    float person[DIMENSION];
    float again[DIMENSION];
    test_vector(&randomness, DIMENSION, person);
    pv_enroll_answer first = enrol(person);
    for (int i = 0; i < 3; i++) {
        pv_enroll_answer same = enrol(person);
        assert_int_equal(same.decision, PV_ENROLL_DUPLICATE);
        assert_string_equal(same.puid, first.puid);
    }
    assert_size(1, 1);
    for (size_t i = 2; i <= 12; i++) {
        test_vector_near(&randomness, DIMENSION, person, 0.85, again);
        pv_enroll_answer answer = enrol(again);
        assert_string_equal(answer.puid, first.puid);
        assert_int_equal(answer.decision, i <= 8 ? PV_ENROLL_ADD : PV_ENROLL_FULL);
        assert_int_equal(answer.samples, i <= 8 ? i : 8);
    }
    assert_size(1, 8);
    close_gallery();
    open_gallery();
    assert_size(1, 8);
}

/* Faces that come just short of beyond doubt, in galleries that grow meanwhile: each is a person
 * of its own. */
static void near_misses_are_never_merged(void **state)
{
    (void)state;
    const pv_embedding_model *model = pv_collection_model(faces);
    for (size_t i = 0; i < 60; i++) {
        size_t persons;
        size_t templates;
        float victim[DIMENSION];
        float attacker[DIMENSION];
        test_vector(&randomness, DIMENSION, victim);
        pv_enroll_answer owner = enrol(victim);
        pv_collection_size(faces, &persons, &templates);
        double bound = pv_policy_merge_cosine(model, templates);
        test_vector_near(&randomness, DIMENSION, victim, bound - 1e-5, attacker);
        pv_enroll_answer answer = enrol(attacker);
        assert_int_equal(answer.decision, PV_ENROLL_DOUBTFUL);
        assert_string_not_equal(answer.puid, owner.puid);
        assert_int_equal(answer.samples, 1);
    }
    assert_size(120, 120);
}

/* Each step is near the last sample; without the anchor, the record would walk into the
 * attacker's face. */
static void chains_do_not_reach_another_face(void **state)
{
    (void)state;
    float victim[DIMENSION];
    float attacker[DIMENSION];
    float step[DIMENSION];
    const pv_embedding_model *model = pv_collection_model(faces);
    pv_predict_answer found;
    test_vector(&randomness, DIMENSION, victim);
    test_vector(&randomness, DIMENSION, attacker);
    test_orthogonal(DIMENSION, victim, attacker);
    pv_enroll_answer owner = enrol(victim);
    bool left_behind = false;
    for (int i = 1; i <= 30; i++) {
        double part = (double)i / 30.0;
        double length = sqrt(part * part + (1.0 - part) * (1.0 - part));
        test_vector_between(&randomness, DIMENSION, victim, (1.0 - part) / length * 0.9999,
                            attacker, part / length * 0.9999, step);
        double to_victim = pv_kernel_dot(step, victim, DIMENSION);
        pv_enroll_answer answer = enrol(step);
        if (strcmp(answer.puid, owner.puid) == 0)
            assert_true(to_victim >= pv_policy_merge_cosine(model, 1));
        else
            left_behind = true;
    }
    assert_true(left_behind);
    pv_collection_predict(faces, attacker, 0.5, 10, &found);
    assert_true(found.count > 0); /* by records of its own */
    for (size_t i = 0; i < found.count; i++)
        assert_string_not_equal(found.hits[i].puid, owner.puid);
}

/* Somebody exactly between two who are enrolled, and slightly to one side. */
static void twins_get_a_record_of_their_own(void **state)
{
    (void)state;
    float one[DIMENSION];
    float two[DIMENSION];
    float between[DIMENSION];
    test_vector(&randomness, DIMENSION, one);
    test_vector(&randomness, DIMENSION, two);
    test_orthogonal(DIMENSION, one, two);
    pv_enroll_answer first = enrol(one);
    pv_enroll_answer second = enrol(two);
    assert_string_not_equal(first.puid, second.puid);
    const double sides[][2] = {{0.68, 0.68}, {0.70, 0.61}, {0.61, 0.70}};
    for (size_t i = 0; i < 3; i++) {
        test_vector_between(&randomness, DIMENSION, one, sides[i][0], two, sides[i][1], between);
        pv_enroll_answer answer = enrol(between);
        assert_int_equal(answer.decision, PV_ENROLL_DOUBTFUL);
        assert_string_not_equal(answer.puid, first.puid);
        assert_string_not_equal(answer.puid, second.puid);
        size_t removed;
        assert_ok(pv_collection_delete(faces, answer.puid, &removed));
    }
    test_vector_between(&randomness, DIMENSION, one, 0.70, two, 0.59, between);
    assert_string_equal(enrol(between).puid, first.puid);
}

/* What merges in a small gallery does not in one that has grown. */
static void growth_tightens_the_bound(void **state)
{
    (void)state;
    float person[DIMENSION];
    float again[DIMENSION];
    const pv_embedding_model *model = pv_collection_model(faces);
    double score = pv_policy_merge_cosine(model, 1) + 0.005;
    test_vector(&randomness, DIMENSION, person);
    pv_enroll_answer owner = enrol(person);
    test_vector_near(&randomness, DIMENSION, person, score, again);
    assert_string_equal(enrol(again).puid, owner.puid);
    fill_with_strangers(300);
    assert_true(score < pv_policy_merge_cosine(model, 300));
    test_vector_near(&randomness, DIMENSION, person, score, again);
    pv_enroll_answer answer = enrol(again);
    assert_int_equal(answer.decision, PV_ENROLL_DOUBTFUL);
    assert_string_not_equal(answer.puid, owner.puid);
}

static void predict_obeys_both_thresholds(void **state)
{
    (void)state;
    float person[DIMENSION];
    float query[DIMENSION];
    pv_predict_answer found;
    const pv_embedding_model *model = pv_collection_model(faces);
    fill_with_strangers(200);
    test_vector(&randomness, DIMENSION, person);
    (void)enrol(person);
    double own = pv_match_cosine_at_rate(model, pv_policy_predict_rate(0.01, 201));
    assert_true(own > pv_match_cosine(model, 0.5));
    test_vector_near(&randomness, DIMENSION, person, own + 1e-4, query);
    pv_collection_predict(faces, query, 1.0, 10, &found);
    assert_int_equal(found.count, 1);
    double similarity = found.similarity[0];
    pv_collection_predict(faces, query, 1.0 - similarity - 1e-6, 10, &found);
    assert_int_equal(found.count, 0); /* the caller is stricter */
    test_vector_near(&randomness, DIMENSION, person, own - 1e-4, query);
    pv_collection_predict(faces, query, 1.0, 10, &found);
    assert_int_equal(found.count, 0); /* the server is stricter */
}

static void neighbours_are_persons_in_order(void **state)
{
    (void)state;
    float center[DIMENSION];
    float near[DIMENSION];
    pv_predict_answer found;
    test_vector(&randomness, DIMENSION, center);
    for (int i = 0; i < 12; i++) { /* all alike: nobody is beyond doubt */
        test_vector_near(&randomness, DIMENSION, center, 0.66 - 0.01 * i, near);
        (void)enrol(near);
    }
    size_t persons;
    size_t templates;
    pv_collection_size(faces, &persons, &templates);
    assert_true(persons >= 10);
    pv_collection_predict(faces, center, 0.5, 5, &found);
    assert_int_equal(found.count, 5);
    for (size_t i = 1; i < 5; i++) {
        assert_true(found.similarity[i] <= found.similarity[i - 1]);
        assert_string_not_equal(found.hits[i].puid, found.hits[i - 1].puid);
    }
    pv_collection_predict(faces, center, 0.5, 100, &found);
    assert_int_equal(found.count, persons);
}

typedef struct visitor {
    pthread_t thread;
    float vector[DIMENSION];
    pv_enroll_answer answer;
    pv_status status;
    pthread_barrier_t *start;
} visitor;

static void *visit(void *argument)
{
    visitor *self = argument;
    pv_template sample = {.vector = self->vector, .dimension = DIMENSION};
    pthread_barrier_wait(self->start);
    self->status = pv_collection_enroll(faces, &sample, &self->answer);
    return NULL;
}

static void simultaneous_enrolments_make_one_person(void **state)
{
    (void)state;
    for (size_t round = 0; round < 10; round++) {
        visitor visitors[THREADS];
        pthread_barrier_t start;
        float person[DIMENSION];
        test_vector(&randomness, DIMENSION, person);
        pthread_barrier_init(&start, NULL, THREADS);
        for (size_t i = 0; i < THREADS; i++) {
            visitors[i].start = &start;
            test_vector_near(&randomness, DIMENSION, person, 0.9, visitors[i].vector);
            assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
        }
        size_t made = 0;
        for (size_t i = 0; i < THREADS; i++) {
            pthread_join(visitors[i].thread, NULL);
            assert_ok(visitors[i].status);
            made += visitors[i].answer.decision == PV_ENROLL_NEW;
            assert_string_equal(visitors[i].answer.puid, visitors[0].answer.puid);
        }
        assert_int_equal(made, 1);
        assert_size(round + 1, 8 * (round + 1));
        pthread_barrier_destroy(&start);
    }
}

static void simultaneous_strangers_stay_apart(void **state)
{
    (void)state;
    visitor visitors[THREADS];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        visitors[i].start = &start;
        test_vector(&randomness, DIMENSION, visitors[i].vector);
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(visitors[i].thread, NULL);
        assert_ok(visitors[i].status);
        assert_int_equal(visitors[i].answer.decision, PV_ENROLL_NEW);
    }
    for (size_t i = 0; i < THREADS; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(visitors[i].answer.puid, visitors[j].answer.puid);
    assert_size(THREADS, THREADS);
    pthread_barrier_destroy(&start);
}

/* A driver whose writes fail while failing is set; everything else is the real one's. */
static atomic_bool failing;
static const pv_store_driver *real;

static pv_status add_person_or_fail(pv_store *self, int64_t collection, const char *puid,
                                    const char *guid, const pv_template *sample)
{
    return atomic_load(&failing) ? pv_fail(PV_ERROR_GENERIC, "disk full")
                                 : real->add_person(self, collection, puid, guid, sample);
}

static pv_status add_template_or_fail(pv_store *self, int64_t collection, const char *puid,
                                      const pv_template *sample)
{
    return atomic_load(&failing) ? pv_fail(PV_ERROR_GENERIC, "disk full")
                                 : real->add_template(self, collection, puid, sample);
}

static pv_status delete_person_or_fail(pv_store *self, int64_t collection, const char *puid,
                                       size_t *removed)
{
    return atomic_load(&failing) ? pv_fail(PV_ERROR_GENERIC, "disk full")
                                 : real->delete_person(self, collection, puid, removed);
}

static void what_the_store_refuses_is_not_in_the_index(void **state)
{
    (void)state;
    float person[DIMENSION];
    float again[DIMENSION];
    float other[DIMENSION];
    pv_enroll_answer answer;
    pv_predict_answer found;
    size_t removed = 0;
    real = store->driver;
    pv_store_driver faulty = *real;
    faulty.add_person = add_person_or_fail;
    faulty.add_template = add_template_or_fail;
    faulty.delete_person = delete_person_or_fail;
    store->driver = &faulty;

    test_vector(&randomness, DIMENSION, person);
    test_vector(&randomness, DIMENSION, other);
    test_vector_near(&randomness, DIMENSION, person, 0.9, again);
    pv_enroll_answer first = enrol(person);
    atomic_store(&failing, true);
    pv_template another = {.vector = other, .dimension = DIMENSION};
    assert_int_equal(pv_collection_enroll(faces, &another, &answer), PV_ERROR_GENERIC);
    another.vector = again;
    assert_int_equal(pv_collection_enroll(faces, &another, &answer), PV_ERROR_GENERIC);
    assert_int_equal(pv_collection_delete(faces, first.puid, &removed), PV_ERROR_GENERIC);
    atomic_store(&failing, false);
    assert_size(1, 1);
    pv_collection_predict(faces, other, 1.0, 1, &found);
    assert_int_equal(found.count, 0);
    pv_collection_predict(faces, person, 0.5, 1, &found);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.hits[0].samples, 1);
    assert_string_equal(enrol(again).puid, first.puid);
    store->driver = real;
}

static void wrong_dimension_is_refused(void **state)
{
    (void)state;
    pv_enroll_answer answer;
    float vector[DIMENSION] = {1.0F};
    pv_template sample = {.vector = vector, .dimension = DIMENSION - 1};
    assert_int_equal(pv_collection_enroll(faces, &sample, &answer), PV_ERROR_ARGUMENT);
    assert_message_has("127 numbers");
    assert_size(0, 0);
}

static void collections_do_not_mix(void **state)
{
    (void)state;
    float person[DIMENSION];
    pv_collection *other = NULL;
    pv_predict_answer found;
    size_t removed = 0;
    test_vector(&randomness, DIMENSION, person);
    pv_enroll_answer first = enrol(person);
    assert_ok(pv_gallery_find(gallery, "RES100", &other));
    pv_collection_predict(other, person, 1.0, 1, &found);
    assert_int_equal(found.count, 0);
    assert_ok(pv_collection_delete(other, first.puid, &removed));
    assert_int_equal(removed, 0);
    assert_size(1, 1);
}

static void new_collections_are_seen(void **state)
{
    (void)state;
    pv_collection *found = NULL;
    assert_ok(pv_gallery_find(gallery, "later", &found));
    assert_null(found);
    assert_ok(store->driver->create_collection(store, "later", 19));
    assert_ok(store->driver->create_collection(store, "latest", 14));
    assert_ok(pv_gallery_find(gallery, "later", &found));
    assert_non_null(found);
    assert_int_equal(pv_collection_model(found)->id, 19);
    assert_null(pv_gallery_at(gallery, 4));
    assert_ok(pv_gallery_refresh(gallery));
    assert_string_equal(pv_collection_name(pv_gallery_at(gallery, 4)), "latest");
    assert_null(pv_gallery_at(gallery, 5));
}

#define GALLERY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GALLERY_TEST(enrol_find_delete),
        GALLERY_TEST(restart_changes_nothing),
        GALLERY_TEST(samples_are_bounded_and_not_doubled),
        GALLERY_TEST(near_misses_are_never_merged),
        GALLERY_TEST(chains_do_not_reach_another_face),
        GALLERY_TEST(twins_get_a_record_of_their_own),
        GALLERY_TEST(growth_tightens_the_bound),
        GALLERY_TEST(predict_obeys_both_thresholds),
        GALLERY_TEST(neighbours_are_persons_in_order),
        GALLERY_TEST(simultaneous_enrolments_make_one_person),
        GALLERY_TEST(simultaneous_strangers_stay_apart),
        GALLERY_TEST(what_the_store_refuses_is_not_in_the_index),
        GALLERY_TEST(wrong_dimension_is_refused),
        GALLERY_TEST(collections_do_not_mix),
        GALLERY_TEST(new_collections_are_seen),
    };
    return cmocka_run_group_tests_name("gallery", tests, NULL, NULL);
}
