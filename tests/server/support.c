#include "support.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIMENSION_MAX 2048

void assert_ok_at(pv_status status, const char *file, int line)
{
    if (status != PV_OK) {
        print_error("%s: %s\n", pv_status_name(status), pv_error_message());
        _fail(file, line);
    }
}

void assert_message_has(const char *part)
{
    if (!strstr(pv_error_message(), part)) {
        print_error("\"%s\" is not in \"%s\"\n", part, pv_error_message());
        fail();
    }
}

uint64_t test_random_next(test_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

double test_random_unit(test_random *random)
{
    return (double)(test_random_next(random) >> 11) * 0x1p-53;
}

static double gauss(test_random *random)
{
    double radius = sqrt(-2.0 * log(1.0 - test_random_unit(random)));
    return radius * cos(6.283185307179586 * test_random_unit(random));
}

static double dot(size_t dimension, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < dimension; i++)
        sum += a[i] * b[i];
    return sum;
}

static void scale_to_unit(size_t dimension, double *vector)
{
    double length = sqrt(dot(dimension, vector, vector));
    for (size_t i = 0; i < dimension; i++)
        vector[i] /= length;
}

static void widen(size_t dimension, const float *from, double *to)
{
    for (size_t i = 0; i < dimension; i++)
        to[i] = (double)from[i];
    scale_to_unit(dimension, to);
}

static void take_out(size_t dimension, const double *axis, double *vector)
{
    double along = dot(dimension, axis, vector);
    for (size_t i = 0; i < dimension; i++)
        vector[i] -= along * axis[i];
}

void test_vector(test_random *random, size_t dimension, float *vector)
{
    double direction[DIMENSION_MAX];
    for (size_t i = 0; i < dimension; i++)
        direction[i] = gauss(random);
    scale_to_unit(dimension, direction);
    for (size_t i = 0; i < dimension; i++)
        vector[i] = (float)direction[i];
}

void test_vector_between(test_random *random, size_t dimension, const float *a, double cosine_a,
                         const float *b, double cosine_b, float *vector)
{
    double one[DIMENSION_MAX];
    double two[DIMENSION_MAX] = {0.0};
    double rest[DIMENSION_MAX];
    widen(dimension, a, one);
    if (b)
        widen(dimension, b, two);
    for (size_t i = 0; i < dimension; i++)
        rest[i] = gauss(random);
    take_out(dimension, one, rest);
    take_out(dimension, two, rest);
    scale_to_unit(dimension, rest);
    double left = sqrt(fmax(0.0, 1.0 - cosine_a * cosine_a - cosine_b * cosine_b));
    for (size_t i = 0; i < dimension; i++)
        vector[i] = (float)(cosine_a * one[i] + cosine_b * two[i] + left * rest[i]);
}

void test_vector_near(test_random *random, size_t dimension, const float *base, double cosine,
                      float *vector)
{
    test_vector_between(random, dimension, base, cosine, NULL, 0.0, vector);
}

void test_orthogonal(size_t dimension, const float *a, float *b)
{
    double axis[DIMENSION_MAX];
    double vector[DIMENSION_MAX];
    widen(dimension, a, axis);
    widen(dimension, b, vector);
    take_out(dimension, axis, vector);
    scale_to_unit(dimension, vector);
    for (size_t i = 0; i < dimension; i++)
        b[i] = (float)vector[i];
}

char *test_directory(void)
{
    const char *parent = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/privid-test-XXXXXX", parent && *parent ? parent : "/tmp");
    assert_non_null(mkdtemp(path));
    char *copy = strdup(path);
    assert_non_null(copy);
    return copy;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

void test_directory_remove(char *path)
{
    assert_int_equal(nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(path);
}
