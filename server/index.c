#include "server/index.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "server/topk.h"

/* Blocks begin on a huge page, and hold a power of two of rows: about 2 MiB. */
#define BLOCK_ALIGNMENT ((size_t)2 << 20)
#define BLOCK_BYTES ((size_t)2 << 20)

/* Rows scored between two looks at the list: their scores stay in the first-level cache. */
#define STRIP 256

/* Below this many bytes of templates, waking helpers costs more than they save. */
#define POOL_BYTES ((size_t)8 << 20)

struct pv_index {
    pthread_rwlock_t lock;
    size_t dimension;
    size_t stride;
    size_t block_rows;
    unsigned block_shift;
    float **blocks;
    size_t block_count;
    uint32_t *owners; /* of each row */
    size_t owner_capacity;
    size_t rows;
    pv_people people;
    pv_kernel_function kernel;
    pv_pool *pool;
};

/* Writers must not wait for ever behind a steady stream of searches. */
static bool init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    if (pthread_rwlockattr_init(&attributes) != 0)
        return false;
#ifdef __GLIBC__
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
#endif
    int result = pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    return result == 0;
}

pv_status pv_index_create(const pv_index_options *options, pv_index **out)
{
    if (options->dimension == 0 || options->dimension > PV_INDEX_DIMENSION_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "dimension %zu is not in 1..%d", options->dimension,
                       PV_INDEX_DIMENSION_MAX);
    pv_index *index = calloc(1, sizeof *index);
    if (!index || !init_lock(&index->lock)) {
        free(index);
        return pv_fail(PV_ERROR_GENERIC, "out of memory for an index");
    }
    index->dimension = options->dimension;
    index->stride = pv_kernel_stride(options->dimension);
    while (((size_t)1 << index->block_shift) * index->stride * sizeof(float) < BLOCK_BYTES)
        index->block_shift++;
    index->block_rows = (size_t)1 << index->block_shift;
    index->kernel = options->kernel ? options->kernel->function : pv_kernel_best()->function;
    index->pool = options->pool;
    pv_people_init(&index->people);
    *out = index;
    return PV_OK;
}

void pv_index_destroy(pv_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->block_count; i++)
        free(index->blocks[i]);
    free(index->blocks);
    free(index->owners);
    pv_people_release(&index->people);
    pthread_rwlock_destroy(&index->lock);
    free(index);
}

static float *row_at(const pv_index *index, size_t row)
{
    return index->blocks[row >> index->block_shift] +
           (row & (index->block_rows - 1)) * index->stride;
}

static pv_status add_block(pv_index *index)
{
    float **blocks = realloc(index->blocks, (index->block_count + 1) * sizeof *blocks);
    if (!blocks)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu templates", index->rows + 1);
    index->blocks = blocks;
    void *block = NULL;
    size_t bytes = index->block_rows * index->stride * sizeof(float);
    if (posix_memalign(&block, BLOCK_ALIGNMENT, bytes) != 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu templates", index->rows + 1);
#ifdef MADV_HUGEPAGE
    /* Advice only: without it the scan is slower, not wrong. */
    (void)madvise(block, bytes, MADV_HUGEPAGE);
#endif
    index->blocks[index->block_count++] = block;
    return PV_OK;
}

static pv_status reserve(pv_index *index)
{
    if (index->rows >= PV_PERSON_NONE)
        return pv_fail(PV_ERROR_GENERIC, "more than %u templates in one collection",
                       PV_PERSON_NONE);
    if (index->rows == index->owner_capacity) {
        size_t capacity = index->owner_capacity ? index->owner_capacity * 2 : 256;
        uint32_t *owners = realloc(index->owners, capacity * sizeof *owners);
        if (!owners)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu templates", capacity);
        index->owners = owners;
        index->owner_capacity = capacity;
    }
    pv_status status = pv_people_reserve(&index->people, 1);
    if (status == PV_OK && index->rows == index->block_count << index->block_shift)
        status = add_block(index);
    return status;
}

pv_status pv_index_reserve(pv_index *index)
{
    pthread_rwlock_wrlock(&index->lock);
    pv_status status = reserve(index);
    pthread_rwlock_unlock(&index->lock);
    return status;
}

static pv_status add(pv_index *index, const char *puid, const char *guid, const float *vector)
{
    pv_status status = reserve(index);
    if (status != PV_OK)
        return status;
    uint32_t slot = pv_people_find(&index->people, puid);
    if (slot == PV_PERSON_NONE)
        slot = pv_people_add(&index->people, puid, guid);
    pv_person *person = &index->people.slots[slot];
    if (person->count == PV_PERSON_SAMPLES)
        return pv_fail(PV_ERROR_GENERIC, "a person has more than %d templates", PV_PERSON_SAMPLES);
    size_t row = index->rows++;
    float *target = row_at(index, row);
    memcpy(target, vector, index->dimension * sizeof *target);
    memset(target + index->dimension, 0, (index->stride - index->dimension) * sizeof *target);
    index->owners[row] = slot;
    person->rows[person->count++] = (uint32_t)row;
    return PV_OK;
}

pv_status pv_index_add(pv_index *index, const char *puid, const char *guid, const float *vector)
{
    pthread_rwlock_wrlock(&index->lock);
    pv_status status = add(index, puid, guid, vector);
    pthread_rwlock_unlock(&index->lock);
    return status;
}

/* The last row moves into the gap, so that the rows stay contiguous. */
static void remove_row(pv_index *index, size_t row)
{
    size_t last = --index->rows;
    if (row != last) {
        memcpy(row_at(index, row), row_at(index, last), index->stride * sizeof(float));
        uint32_t owner = index->owners[last];
        index->owners[row] = owner;
        pv_person *person = &index->people.slots[owner];
        for (uint32_t i = 0; i < person->count; i++)
            if (person->rows[i] == last)
                person->rows[i] = (uint32_t)row;
    }
    memset(row_at(index, last), 0, index->stride * sizeof(float));
}

size_t pv_index_remove(pv_index *index, const char *puid)
{
    size_t removed = 0;
    pthread_rwlock_wrlock(&index->lock);
    uint32_t slot = pv_people_find(&index->people, puid);
    if (slot != PV_PERSON_NONE) {
        pv_person *person = &index->people.slots[slot];
        removed = person->count;
        while (person->count > 0)
            remove_row(index, person->rows[--person->count]);
        pv_people_remove(&index->people, slot);
    }
    pthread_rwlock_unlock(&index->lock);
    return removed;
}

static void scan_block(const pv_index *index, const float *query, size_t block, pv_topk *list)
{
    float scores[STRIP];
    size_t first = block << index->block_shift;
    size_t rows = index->rows - first < index->block_rows ? index->rows - first : index->block_rows;
    for (size_t begin = 0; begin < rows; begin += STRIP) {
        size_t count = rows - begin < STRIP ? rows - begin : STRIP;
        index->kernel(query, index->blocks[block] + begin * index->stride, index->stride, count,
                      scores);
        const uint32_t *owners = index->owners + first + begin;
        for (size_t i = 0; i < count; i++)
            if (scores[i] >= list->floor)
                pv_topk_offer(list, scores[i], owners[i]);
    }
}

typedef struct scan {
    const pv_index *index;
    const float *query;
    size_t blocks;
    atomic_size_t next_block;
    pv_topk lists[PV_POOL_MEMBERS_MAX];
} scan;

static void scan_blocks(void *context, size_t member)
{
    scan *work = context;
    size_t block;
    while ((block = atomic_fetch_add(&work->next_block, 1)) < work->blocks)
        scan_block(work->index, work->query, block, &work->lists[member]);
}

/* A person of the overall list is in the list of whoever met its best row, so that joining the
 * lists loses nobody. */
static pv_topk *scan_all(const pv_index *index, const float *query, scan *work, float floor,
                         size_t limit)
{
    work->index = index;
    work->query = query;
    work->blocks = (index->rows + index->block_rows - 1) >> index->block_shift;
    atomic_init(&work->next_block, 0);
    for (size_t i = 0; i < PV_POOL_MEMBERS_MAX; i++)
        pv_topk_init(&work->lists[i], limit, floor);
    bool large = index->rows * index->stride * sizeof(float) >= POOL_BYTES;
    if (!large || !pv_pool_run(index->pool, scan_blocks, work))
        scan_blocks(work, 0);
    for (size_t i = 1; i < PV_POOL_MEMBERS_MAX; i++)
        for (size_t j = 0; j < work->lists[i].count; j++)
            pv_topk_offer(&work->lists[0], work->lists[i].entries[j].score,
                          work->lists[i].entries[j].person);
    return &work->lists[0];
}

/* The kernels add in different orders; scores are reported from sums in double precision. */
static void describe(const pv_index *index, const float *query, uint32_t slot, pv_index_hit *hit)
{
    const pv_person *person = &index->people.slots[slot];
    hit->score = -1.0;
    for (uint32_t i = 0; i < person->count; i++) {
        double score = pv_kernel_dot(query, row_at(index, person->rows[i]), index->stride);
        if (i == 0)
            hit->anchor_score = score;
        if (score > hit->score)
            hit->score = score;
    }
    hit->samples = person->count;
    snprintf(hit->puid, sizeof hit->puid, "%s", person->puid);
    snprintf(hit->guid, sizeof hit->guid, "%s", person->guid);
}

static int compare_hits(const void *left, const void *right)
{
    const pv_index_hit *a = left;
    const pv_index_hit *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return strcmp(a->puid, b->puid);
}

size_t pv_index_search(pv_index *index, const float *query, double floor, size_t limit,
                       pv_index_hit *hits, size_t *templates)
{
    scan work;
    _Alignas(PV_KERNEL_ALIGNMENT) float padded[PV_INDEX_DIMENSION_MAX];
    memset(padded, 0, index->stride * sizeof *padded);
    memcpy(padded, query, index->dimension * sizeof *query);

    pthread_rwlock_rdlock(&index->lock);
    /* A hair below the floor, so that rounding in a kernel cannot hide a hit that is just on it. */
    pv_topk *list = scan_all(index, padded, &work, (float)(floor - 1e-5), limit);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        describe(index, padded, list->entries[i].person, &hits[count]);
        if (hits[count].score >= floor)
            count++;
    }
    *templates = index->rows;
    pthread_rwlock_unlock(&index->lock);
    qsort(hits, count, sizeof *hits, compare_hits);
    return count;
}

size_t pv_index_templates(pv_index *index)
{
    pthread_rwlock_rdlock(&index->lock);
    size_t count = index->rows;
    pthread_rwlock_unlock(&index->lock);
    return count;
}

size_t pv_index_persons(pv_index *index)
{
    pthread_rwlock_rdlock(&index->lock);
    size_t count = index->people.alive;
    pthread_rwlock_unlock(&index->lock);
    return count;
}
