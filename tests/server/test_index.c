#include "support.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/index.h"
#include "server/topk.h"

#define PERSONS_MAX 512

static pv_index *make_index(size_t dimension, const pv_kernel *kernel, pv_pool *pool)
{
    pv_index *index = NULL;
    pv_index_options options = {.dimension = dimension, .kernel = kernel, .pool = pool};
    assert_ok(pv_index_create(&options, &index));
    return index;
}

static void id_of(unsigned number, char text[PV_ID_SIZE])
{
    snprintf(text, PV_ID_SIZE, "person-%u", number);
}

static void kernels_agree_with_double_precision(void **state)
{
    (void)state;
    const size_t dimensions[] = {1, 15, 16, 17, 128, 512, 640, 2048};
    test_random random = {1};
    unsigned tested = 0;
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        size_t stride = pv_kernel_stride(dimensions[d]);
        assert_true(stride >= dimensions[d] && stride % PV_KERNEL_FLOATS == 0);
        float *rows = aligned_alloc(PV_KERNEL_ALIGNMENT, 12 * stride * sizeof *rows);
        float *query = rows + 11 * stride;
        assert_non_null(rows);
        memset(rows, 0, 12 * stride * sizeof *rows);
        for (size_t i = 0; i < 12; i++)
            test_vector(&random, dimensions[d], rows + i * stride);
        const pv_kernel *kernel;
        for (size_t k = 0; (kernel = pv_kernel_at(k)); k++) {
            if (!kernel->supported())
                continue;
            tested++;
            for (size_t count = 0; count <= 11; count++) {
                float scores[12];
                for (size_t i = 0; i < 12; i++)
                    scores[i] = -7.0F;
                kernel->function(query, rows, stride, count, scores);
                for (size_t i = 0; i < count; i++) {
                    double exact = pv_kernel_dot(query, rows + i * stride, stride);
                    assert_true(fabs((double)scores[i] - exact) < 1e-6);
                }
                assert_true(scores[count] == -7.0F); /* nothing beyond is written */
            }
        }
        free(rows);
    }
    assert_true(tested >= 8);
    assert_true(pv_kernel_best()->supported());
    print_message("best kernel here: %s\n", pv_kernel_best()->name);
}

/* The same gallery, kept as simply as can be. */
typedef struct model {
    size_t dimension;
    struct {
        size_t count;
        float vectors[PV_PERSON_SAMPLES][64];
    } persons[PERSONS_MAX];
} model;

static double best_of(const model *simple, unsigned person, const float *query)
{
    double best = -2.0;
    for (size_t i = 0; i < simple->persons[person].count; i++)
        best =
            fmax(best, pv_kernel_dot(query, simple->persons[person].vectors[i], simple->dimension));
    return best;
}

/* Every person that the simple gallery puts above floor is there, in order, and nobody else. */
static void compare_search(pv_index *index, const model *simple, const float *query, double floor,
                           size_t limit)
{
    pv_index_hit hits[PV_INDEX_HITS_MAX];
    size_t templates = 0;
    size_t expected = 0;
    size_t total = 0;
    size_t count = pv_index_search(index, query, floor, limit, hits, &templates);
    for (unsigned i = 0; i < PERSONS_MAX; i++) {
        total += simple->persons[i].count;
        expected += simple->persons[i].count > 0 && best_of(simple, i, query) >= floor;
    }
    assert_int_equal(templates, total);
    assert_int_equal(count, expected < limit ? expected : limit);
    double worst = 2.0;
    for (size_t i = 0; i < count; i++) {
        unsigned person = (unsigned)strtoul(hits[i].puid + strlen("person-"), NULL, 10);
        assert_true(fabs(hits[i].score - best_of(simple, person, query)) < 1e-9);
        assert_true(
            fabs(hits[i].anchor_score - pv_kernel_dot(query, simple->persons[person].vectors[0],
                                                      simple->dimension)) < 1e-9);
        assert_int_equal(hits[i].samples, simple->persons[person].count);
        assert_true(hits[i].score <= worst);
        worst = hits[i].score;
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(hits[i].puid, hits[j].puid);
    }
    size_t better = 0; /* than the last one that was answered */
    for (unsigned i = 0; i < PERSONS_MAX; i++)
        better += simple->persons[i].count > 0 && best_of(simple, i, query) > worst + 1e-6;
    if (count > 0)
        assert_true(better < count);
}

static void change_at_random(pv_index *index, model *simple, test_random *random)
{
    char puid[PV_ID_SIZE];
    unsigned person = (unsigned)(test_random_next(random) % PERSONS_MAX);
    id_of(person, puid);
    if (test_random_next(random) % 5 == 0) {
        assert_int_equal(pv_index_remove(index, puid), simple->persons[person].count);
        simple->persons[person].count = 0;
        return;
    }
    size_t count = simple->persons[person].count;
    float vector[64];
    test_vector(random, simple->dimension, vector);
    if (count == PV_PERSON_SAMPLES) {
        assert_int_equal(pv_index_add(index, puid, "guid", vector), PV_ERROR_GENERIC);
        return;
    }
    assert_ok(pv_index_add(index, puid, "guid", vector));
    memcpy(simple->persons[person].vectors[count], vector, simple->dimension * sizeof *vector);
    simple->persons[person].count++;
}

static void index_is_like_a_simple_gallery(void **state)
{
    (void)state;
    const size_t dimensions[] = {3, 24, 64};
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        test_random random = {100 + d};
        model *simple = calloc(1, sizeof *simple);
        assert_non_null(simple);
        simple->dimension = dimensions[d];
        pv_index *index = make_index(simple->dimension, NULL, NULL);
        for (unsigned step = 0; step < 12000; step++) {
            change_at_random(index, simple, &random);
            if (step % 97 != 0)
                continue;
            float query[64];
            test_vector(&random, simple->dimension, query);
            double floor = test_random_unit(&random) * 2.0 - 1.0;
            compare_search(index, simple, query, floor, 1 + test_random_next(&random) % 101);
        }
        pv_index_destroy(index);
        free(simple);
    }
}

static void empty_and_emptied(void **state)
{
    (void)state;
    float vector[16];
    pv_index_hit hits[2];
    size_t templates = 7;
    test_random random = {5};
    test_vector(&random, 16, vector);
    pv_index *index = make_index(16, NULL, NULL);
    assert_int_equal(pv_index_search(index, vector, -1.0, 2, hits, &templates), 0);
    assert_int_equal(templates, 0);
    assert_int_equal(pv_index_remove(index, "nobody"), 0);
    assert_ok(pv_index_add(index, "a", "g", vector));
    assert_int_equal(pv_index_search(index, vector, -1.0, 0, hits, &templates), 0);
    assert_int_equal(pv_index_search(index, vector, 0.9999, 2, hits, &templates), 1);
    assert_string_equal(hits[0].guid, "g");
    assert_int_equal(pv_index_remove(index, "a"), 1);
    assert_int_equal(pv_index_remove(index, "a"), 0);
    assert_int_equal(pv_index_search(index, vector, -1.0, 2, hits, &templates), 0);
    assert_int_equal(pv_index_persons(index), 0);
    assert_int_equal(pv_index_templates(index), 0);
    pv_index_destroy(index);
}

static void wrong_dimensions_are_refused(void **state)
{
    (void)state;
    pv_index *index = NULL;
    pv_index_options options = {.dimension = 0};
    assert_int_equal(pv_index_create(&options, &index), PV_ERROR_ARGUMENT);
    options.dimension = PV_INDEX_DIMENSION_MAX + 1;
    assert_int_equal(pv_index_create(&options, &index), PV_ERROR_ARGUMENT);
    assert_null(index);
    pv_index_destroy(NULL);
}

/* One person after the other in rising order is the hardest case for a bounded list. */
static void topk_keeps_the_best_of_each(void **state)
{
    (void)state;
    pv_topk list;
    pv_topk_init(&list, 3, -1.0F);
    for (uint32_t i = 0; i < 100; i++)
        pv_topk_offer(&list, (float)i / 200.0F, i % 10);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.entries[0].person, 9);
    assert_int_equal(list.entries[1].person, 8);
    assert_int_equal(list.entries[2].person, 7);
    assert_true(list.floor == 97.0F / 200.0F);
    pv_topk_offer(&list, 0.9F, 2); /* fell off long ago, and comes back */
    assert_int_equal(list.entries[0].person, 2);
    assert_int_equal(list.entries[2].person, 8);
}

/* Large enough that the pool takes part; every kernel and thread count finds the same persons. */
static void pool_and_kernels_find_the_same(void **state)
{
    (void)state;
    enum { DIMENSION = 128, COUNT = 40000 }; /* 5 MB of codes */
    test_random random = {77};
    pv_pool *pool = NULL;
    assert_ok(pv_pool_create(4, &pool));
    const pv_kernel *scalar = NULL;
    for (size_t i = 0; pv_kernel_at(i); i++)
        scalar = pv_kernel_at(i);
    pv_index *indexes[2] = {make_index(DIMENSION, NULL, pool), make_index(DIMENSION, scalar, NULL)};
    for (unsigned i = 0; i < COUNT; i++) {
        char puid[PV_ID_SIZE];
        float vector[DIMENSION];
        id_of(i / 3, puid);
        test_vector(&random, DIMENSION, vector);
        assert_ok(pv_index_add(indexes[0], puid, "guid", vector));
        assert_ok(pv_index_add(indexes[1], puid, "guid", vector));
    }
    for (unsigned round = 0; round < 20; round++) {
        float query[DIMENSION];
        pv_index_hit hits[2][20];
        size_t templates;
        test_vector(&random, DIMENSION, query);
        assert_int_equal(pv_index_search(indexes[0], query, -1.0, 20, hits[0], &templates), 20);
        assert_int_equal(pv_index_search(indexes[1], query, -1.0, 20, hits[1], &templates), 20);
        assert_int_equal(templates, COUNT);
        for (size_t i = 0; i < 20; i++) {
            assert_string_equal(hits[0][i].puid, hits[1][i].puid);
            assert_true(hits[0][i].score == hits[1][i].score);
        }
    }
    pv_index_destroy(indexes[0]);
    pv_index_destroy(indexes[1]);
    pv_pool_destroy(pool);
}

typedef struct traffic {
    pv_index *index;
    float resident[32];
    atomic_bool stop;
    atomic_uint missed;
    atomic_uint searches;
} traffic;

static void *search_on(void *argument)
{
    traffic *shared = argument;
    while (!atomic_load(&shared->stop)) {
        pv_index_hit hits[5];
        size_t templates;
        size_t count = pv_index_search(shared->index, shared->resident, 0.9, 5, hits, &templates);
        if (count != 1 || strcmp(hits[0].puid, "resident") != 0 || hits[0].score < 0.9999)
            atomic_fetch_add(&shared->missed, 1);
        atomic_fetch_add(&shared->searches, 1);
    }
    return NULL;
}

static void *change_on(void *argument)
{
    traffic *shared = argument;
    test_random random = {(uint64_t)(uintptr_t)&random};
    char puid[PV_ID_SIZE];
    snprintf(puid, sizeof puid, "%llx", (unsigned long long)random.state);
    while (!atomic_load(&shared->stop)) {
        float vector[32];
        test_vector_near(&random, 32, shared->resident, 0.2, vector);
        if (pv_index_add(shared->index, puid, "g", vector) != PV_OK)
            (void)pv_index_remove(shared->index, puid);
    }
    return NULL;
}

/* Whoever is enrolled is found at every moment while rows move around. */
static void searches_and_changes_at_once(void **state)
{
    (void)state;
    test_random random = {9};
    traffic shared = {.index = make_index(32, NULL, NULL)};
    pthread_t threads[6];
    test_vector(&random, 32, shared.resident);
    assert_ok(pv_index_add(shared.index, "resident", "g", shared.resident));
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i < 3 ? search_on : change_on, &shared),
                         0);
    while (atomic_load(&shared.searches) < 3000)
        sched_yield();
    atomic_store(&shared.stop, true);
    for (size_t i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&shared.missed), 0);
    pv_index_destroy(shared.index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree_with_double_precision),
        cmocka_unit_test(index_is_like_a_simple_gallery),
        cmocka_unit_test(empty_and_emptied),
        cmocka_unit_test(wrong_dimensions_are_refused),
        cmocka_unit_test(topk_keeps_the_best_of_each),
        cmocka_unit_test(pool_and_kernels_find_the_same),
        cmocka_unit_test(searches_and_changes_at_once),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
