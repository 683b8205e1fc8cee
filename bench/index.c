/* How long one query takes: each kernel in full precision (f32) and with the first look at 8-bit
 * codes (int8), one thread and all. Minimum and median of alternating runs in one process, so that
 * what else the machine does hits all alike; all must find the same person. "scalar" is plain C,
 * which the compiler vectorises for the least processor that it builds for.
 *
 *   index_bench [TEMPLATES DIMENSION [ROUNDS]]      (default: 100000 x 128 and x 640) */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server/index.h"

#define CONTENDERS_MAX 12
#define ROUNDS_MAX 1000

typedef struct contender {
    char name[48];
    pv_index *index;
    double times[ROUNDS_MAX];
} contender;

static uint64_t random_state = 1;

static float random_float(void)
{
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return (float)(random_state >> 40) * 0x1p-23F - 1.0F;
}

static void random_vector(size_t dimension, float *vector)
{
    double length = 0.0;
    for (size_t i = 0; i < dimension; i++)
        vector[i] = random_float();
    for (size_t i = 0; i < dimension; i++)
        length += (double)vector[i] * (double)vector[i];
    for (size_t i = 0; i < dimension; i++)
        vector[i] /= __builtin_sqrtf((float)length);
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void must(pv_status status)
{
    if (status != PV_OK) {
        fprintf(stderr, "%s\n", pv_error_message());
        exit(1);
    }
}

/* All contenders hold the same templates. */
static void fill(contender *contenders, size_t count, size_t templates, size_t dimension)
{
    float vector[PV_INDEX_DIMENSION_MAX];
    char puid[PV_ID_SIZE];
    for (size_t i = 0; i < templates; i++) {
        random_vector(dimension, vector);
        snprintf(puid, sizeof puid, "%zu", i);
        for (size_t j = 0; j < count; j++)
            must(pv_index_add(contenders[j].index, puid, puid, vector));
    }
}

static void add_contender(contender *contenders, size_t *count, const char *name,
                          const pv_index_options *options, size_t members)
{
    contender *fresh = &contenders[(*count)++];
    snprintf(fresh->name, sizeof fresh->name, "%s, %zu thread%s", name, members,
             members > 1 ? "s" : "");
    must(pv_index_create(options, &fresh->index));
}

static size_t make_contenders(contender *contenders, size_t dimension, pv_pool *pool,
                              size_t members)
{
    size_t count = 0;
    char name[32];
    const pv_kernel *kernel;
    const pv_codes_kernel *codes;
    for (size_t i = 0; (kernel = pv_kernel_at(i)); i++) {
        pv_index_options options = {.dimension = dimension, .kernel = kernel};
        snprintf(name, sizeof name, "f32 %s", kernel->name);
        if (kernel->supported())
            add_contender(contenders, &count, name, &options, 1);
    }
    for (size_t i = 0; (codes = pv_codes_kernel_at(i)); i++) {
        pv_index_options options = {.dimension = dimension, .codes_kernel = codes};
        snprintf(name, sizeof name, "int8 %s", codes->name);
        if (codes->supported())
            add_contender(contenders, &count, name, &options, 1);
    }
    pv_index_options exact = {.dimension = dimension, .kernel = pv_kernel_best(), .pool = pool};
    snprintf(name, sizeof name, "f32 %s", pv_kernel_best()->name);
    add_contender(contenders, &count, name, &exact, members);
    pv_index_options best = {.dimension = dimension, .pool = pool};
    add_contender(contenders, &count, "as served", &best, members);
    return count;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static void measure(size_t templates, size_t dimension, size_t rounds, pv_pool *pool,
                    size_t members)
{
    static contender contenders[CONTENDERS_MAX];
    size_t count = make_contenders(contenders, dimension, pool, members);
    fill(contenders, count, templates, dimension);
    for (size_t round = 0; round < rounds; round++) {
        float query[PV_INDEX_DIMENSION_MAX];
        pv_index_hit best[CONTENDERS_MAX];
        random_vector(dimension, query);
        for (size_t i = 0; i < count; i++) {
            size_t size;
            double begun = milliseconds();
            if (pv_index_search(contenders[i].index, query, -1.0, 1, &best[i], &size) != 1 ||
                best[i].score != best[0].score) {
                fprintf(stderr, "%s finds somebody else\n", contenders[i].name);
                exit(1);
            }
            contenders[i].times[round] = milliseconds() - begun;
        }
    }
    printf("%zu x %zu, %zu queries\n", templates, dimension, rounds);
    for (size_t i = 0; i < count; i++) {
        double *times = contenders[i].times;
        qsort(times, rounds, sizeof *times, compare);
        printf("  %-28s min %8.3f ms  median %8.3f ms\n", contenders[i].name, times[0],
               times[rounds / 2]);
        pv_index_destroy(contenders[i].index);
    }
}

int main(int argc, char **argv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t members = processors < 1                     ? 1
                     : processors > PV_POOL_MEMBERS_MAX ? PV_POOL_MEMBERS_MAX
                                                        : (size_t)processors;
    size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 50;
    pv_pool *pool = NULL;
    must(pv_pool_create(members, &pool));
    if (rounds < 1 || rounds > ROUNDS_MAX || argc == 2) {
        fprintf(stderr, "usage: index_bench [TEMPLATES DIMENSION [ROUNDS]]\n");
        return 2;
    }
    if (argc > 2) {
        measure(strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10), rounds, pool, members);
    } else {
        measure(100000, 128, rounds, pool, members);
        measure(100000, 640, rounds, pool, members);
    }
    pv_pool_destroy(pool);
    return 0;
}
