#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/codes.h"
#include "server/index.h"

#define ROWS 37

static const size_t dimensions[] = {1, 16, 63, 64, 65, 128, 192, 640, 2048};

/* Vectors that are hard on a fixed step: even, sparse, one large element, many tiny ones. */
static void make_vector(test_random *random, size_t kind, size_t dimension, float *vector)
{
    double length = 0.0;
    test_vector(random, dimension, vector);
    for (size_t i = 0; i < dimension; i++) {
        if (kind == 1 && i % 7 != 0)
            vector[i] = 0.0F;
        if (kind == 2)
            vector[i] = i == dimension / 2 ? 1.0F : vector[i] * 0.004F;
        if (kind == 3)
            vector[i] = i % 2 ? 1.0F : -1.0F;
        if (kind == 4)
            vector[i] = expf(-20.0F * (float)test_random_unit(random));
        length += (double)vector[i] * (double)vector[i];
    }
    for (size_t i = 0; i < dimension; i++)
        vector[i] = (float)((double)vector[i] / sqrt(length));
}

static void kernels_agree_exactly(void **state)
{
    (void)state;
    test_random random = {11};
    static pv_code_query query;
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        size_t stride = pv_codes_stride(dimensions[d]);
        float vector[PV_CODES_MAX];
        uint8_t *codes = aligned_alloc(64, ROWS * stride);
        assert_non_null(codes);
        /* Every byte that there is, not only those that real codes have. */
        for (size_t i = 0; i < ROWS * stride; i++)
            codes[i] = i < 2 * stride ? (uint8_t)(i < stride ? 255 : 0)
                                      : (uint8_t)test_random_next(&random);
        make_vector(&random, d % 5, dimensions[d], vector);
        pv_codes_make_query(vector, dimensions[d], &query);
        const pv_codes_kernel *kernel;
        for (size_t k = 0; (kernel = pv_codes_kernel_at(k)); k++) {
            int32_t dots[ROWS + 1];
            if (!kernel->supported())
                continue;
            dots[ROWS] = 12345;
            kernel->function(&query, codes, stride, ROWS, dots);
            assert_int_equal(dots[ROWS], 12345);
            for (size_t i = 0; i < ROWS; i++) {
                int64_t sum = 0;
                for (size_t j = 0; j < stride; j++)
                    sum += ((int64_t)codes[i * stride + j] - 128) * query.bytes[j];
                assert_int_equal(dots[i], sum);
            }
        }
        free(codes);
    }
    if (pv_codes_kernel_best())
        print_message("best first look here: %s\n", pv_codes_kernel_best()->name);
}

/* The promise that the search rests on. */
static void bounds_are_never_below_the_truth(void **state)
{
    (void)state;
    test_random random = {12};
    static pv_code_query query;
    const pv_codes_kernel *scalar = pv_codes_kernel_at(0);
    for (size_t k = 0; pv_codes_kernel_at(k); k++)
        scalar = pv_codes_kernel_at(k);
    double widest = 0.0;
    for (size_t round = 0; round < 4000; round++) {
        size_t dimension = dimensions[round % (sizeof dimensions / sizeof dimensions[0])];
        float a[PV_CODES_MAX];
        float b[PV_CODES_MAX];
        _Alignas(64) uint8_t codes[PV_CODES_MAX];
        pv_code code;
        int32_t dot;
        float bound;
        make_vector(&random, round % 5, dimension, a);
        make_vector(&random, (round / 5) % 5, dimension, b);
        if (round % 3 == 0 && dimension > 2)
            test_vector_near(&random, dimension, a, 0.99, b);
        pv_codes_make_query(a, dimension, &query);
        pv_codes_make(b, dimension, codes, &code);
        scalar->function(&query, codes, pv_codes_stride(dimension), 1, &dot);
        pv_codes_bounds(&query, &code, &dot, 1, 1.00001F, &bound);
        double truth = pv_kernel_dot(a, b, dimension);
        assert_true((double)bound >= truth + 1e-5); /* with room for single precision */
        if (dimension == 128 && round % 5 == 0 && (round / 5) % 5 == 0)
            widest = fmax(widest, (double)bound - truth);
    }
    assert_true(widest < 0.06); /* or the first look would let everybody through */
}

static void zero_vectors_have_codes(void **state)
{
    (void)state;
    float zero[16] = {0.0F};
    uint8_t codes[64];
    pv_code code;
    static pv_code_query query;
    pv_codes_make(zero, 16, codes, &code);
    pv_codes_make_query(zero, 16, &query);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(codes[i], 128);
    assert_true(code.scale == 0.0F && code.error < 1e-30F && query.offset == 0);
}

/* A gallery of crowds, where many are nearly as near as the nearest: every combination of kernels
 * finds the same persons in the same order as full precision does. */
static void crowds_are_searched_exactly(void **state)
{
    (void)state;
    enum { DIMENSION = 128, PERSONS = 6000, LIMIT = 50 };
    test_random random = {13};
    pv_index *indexes[8];
    size_t count = 0;
    pv_index_options exact = {.dimension = DIMENSION, .kernel = pv_kernel_best()};
    assert_ok(pv_index_create(&exact, &indexes[count++]));
    const pv_codes_kernel *kernel;
    for (size_t k = 0; (kernel = pv_codes_kernel_at(k)); k++) {
        pv_index_options options = {.dimension = DIMENSION, .codes_kernel = kernel};
        if (kernel->supported())
            assert_ok(pv_index_create(&options, &indexes[count++]));
    }
    float centers[20][DIMENSION];
    for (size_t i = 0; i < 20; i++)
        test_vector(&random, DIMENSION, centers[i]);
    for (unsigned i = 0; i < PERSONS; i++) {
        char puid[PV_ID_SIZE];
        float vector[DIMENSION];
        snprintf(puid, sizeof puid, "%u", i);
        test_vector_near(&random, DIMENSION, centers[i % 20], 0.97, vector);
        for (size_t j = 0; j < count; j++) {
            assert_ok(pv_index_add(indexes[j], puid, "guid", vector));
            if (i % 5 == 4) { /* rows move around */
                snprintf(puid, sizeof puid, "%u", i - 3);
                assert_int_equal(pv_index_remove(indexes[j], puid), 1);
                snprintf(puid, sizeof puid, "%u", i);
            }
        }
    }
    for (size_t round = 0; round < 60; round++) {
        float query[DIMENSION];
        static pv_index_hit hits[2][PV_INDEX_HITS_MAX];
        size_t size;
        size_t limit = round % 3 == 0 ? 2 : LIMIT;
        test_vector_near(&random, DIMENSION, centers[round % 20], 0.9, query);
        double floor = round % 2 ? 0.87 : -1.0;
        size_t expected = pv_index_search(indexes[0], query, floor, limit, hits[0], &size);
        for (size_t j = 1; j < count; j++) {
            assert_int_equal(pv_index_search(indexes[j], query, floor, limit, hits[1], &size),
                             expected);
            for (size_t i = 0; i < expected; i++)
                assert_string_equal(hits[0][i].puid, hits[1][i].puid);
        }
    }
    for (size_t j = 0; j < count; j++)
        pv_index_destroy(indexes[j]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree_exactly),
        cmocka_unit_test(bounds_are_never_below_the_truth),
        cmocka_unit_test(zero_vectors_have_codes),
        cmocka_unit_test(crowds_are_searched_exactly),
    };
    return cmocka_run_group_tests_name("codes", tests, NULL, NULL);
}
