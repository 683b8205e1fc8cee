/* What several tests of the server need: seeded vectors and temporary directories. */
#ifndef PV_TESTS_SERVER_SUPPORT_H
#define PV_TESTS_SERVER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"

#define assert_ok(expression) assert_ok_at((expression), __FILE__, __LINE__)
void assert_ok_at(pv_status status, const char *file, int line);

/* The last error's message has this in it. */
void assert_message_has(const char *part);

/* splitmix64: the same numbers everywhere. */
typedef struct test_random {
    uint64_t state;
} test_random;
uint64_t test_random_next(test_random *random);
double test_random_unit(test_random *random); /* 0 <= x < 1 */

/* A vector of unit length in a random direction. */
void test_vector(test_random *random, size_t dimension, float *vector);

/* A vector of unit length whose cosine to base is cosine, in a random direction around it. */
void test_vector_near(test_random *random, size_t dimension, const float *base, double cosine,
                      float *vector);

/* A vector of unit length with these cosines to a and b, which are orthogonal to each other. */
void test_vector_between(test_random *random, size_t dimension, const float *a, double cosine_a,
                         const float *b, double cosine_b, float *vector);

/* b made orthogonal to a, of unit length. */
void test_orthogonal(size_t dimension, const float *a, float *b);

/* A new directory, to be given back to test_directory_remove. */
char *test_directory(void);
void test_directory_remove(char *path);

#endif
