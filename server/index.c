#include "server/index.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "server/codes.h"
#include "server/topk.h"

/* Blocks hold a power of two of rows, and begin on a huge page: about 8 MiB of templates, so that
 * their codes fill a huge page as well. */
#define HUGE_PAGE ((size_t)2 << 20)
#define BLOCK_BYTES ((size_t)8 << 20)

/* Rows scored between two looks at the list: their scores stay in the first-level cache. */
#define STRIP ((size_t)256)

/* Rows that a thread takes at a time; strips and blocks are made of whole ones. */
#define PORTION ((size_t)1024)

/* Below this many bytes of codes, waking helpers costs more than they save. */
#define POOL_BYTES ((size_t)4 << 20)

typedef struct block {
    float *rows;    /* templates in full precision */
    uint8_t *codes; /* the same in 8 bits for the first look, NULL if there is none */
    pv_code *code;  /* of each row, likewise */
} block;

struct pv_index {
    pthread_rwlock_t lock;
    size_t dimension;
    size_t stride;
    size_t block_rows;
    unsigned block_shift;
    size_t code_stride;
    block *blocks;
    size_t block_count;
    uint32_t *owners; /* of each row */
    size_t owner_capacity;
    size_t rows;
    pv_people people;
    float longest; /* no vector that was ever added is longer */
    pv_kernel_function kernel;
    pv_codes_function codes_kernel; /* NULL: no first look */
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
    index->code_stride = pv_codes_stride(options->dimension);
    while (((size_t)1 << index->block_shift) < PORTION ||
           ((size_t)1 << index->block_shift) * index->stride * sizeof(float) < BLOCK_BYTES)
        index->block_shift++;
    index->block_rows = (size_t)1 << index->block_shift;
    index->kernel = options->kernel ? options->kernel->function : pv_kernel_best()->function;
    const pv_codes_kernel *codes = options->codes_kernel;
    if (!codes && !options->kernel)
        codes = pv_codes_kernel_best();
    index->codes_kernel = codes ? codes->function : NULL;
    index->pool = options->pool;
    pv_people_init(&index->people);
    *out = index;
    return PV_OK;
}

static void release_block(block *old)
{
    free(old->rows);
    free(old->codes);
    free(old->code);
}

void pv_index_destroy(pv_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->block_count; i++)
        release_block(&index->blocks[i]);
    free(index->blocks);
    free(index->owners);
    pv_people_release(&index->people);
    pthread_rwlock_destroy(&index->lock);
    free(index);
}

static float *row_at(const pv_index *index, size_t row)
{
    return index->blocks[row >> index->block_shift].rows +
           (row & (index->block_rows - 1)) * index->stride;
}

static uint8_t *codes_at(const pv_index *index, size_t row)
{
    return index->blocks[row >> index->block_shift].codes +
           (row & (index->block_rows - 1)) * index->code_stride;
}

static pv_code *code_at(const pv_index *index, size_t row)
{
    return index->blocks[row >> index->block_shift].code + (row & (index->block_rows - 1));
}

static void *allocate_pages(size_t bytes)
{
    void *pages = NULL;
    if (posix_memalign(&pages, HUGE_PAGE, bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    /* Advice only: without it the scan is slower, not wrong. */
    (void)madvise(pages, bytes, MADV_HUGEPAGE);
#endif
    return pages;
}

static pv_status add_block(pv_index *index)
{
    block *blocks = realloc(index->blocks, (index->block_count + 1) * sizeof *blocks);
    if (!blocks)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu templates", index->rows + 1);
    index->blocks = blocks;
    block fresh = {.rows = allocate_pages(index->block_rows * index->stride * sizeof(float))};
    if (index->codes_kernel) {
        fresh.codes = allocate_pages(index->block_rows * index->code_stride);
        fresh.code = malloc(index->block_rows * sizeof(pv_code));
    }
    if (!fresh.rows || (index->codes_kernel && (!fresh.codes || !fresh.code))) {
        release_block(&fresh);
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu templates", index->rows + 1);
    }
    index->blocks[index->block_count++] = fresh;
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
    if (index->codes_kernel)
        pv_codes_make(vector, index->dimension, codes_at(index, row), code_at(index, row));
    float length = (float)sqrt(pv_kernel_dot(vector, vector, index->dimension));
    index->longest = fmaxf(index->longest, nextafterf(length, INFINITY));
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
        if (index->codes_kernel) {
            memcpy(codes_at(index, row), codes_at(index, last), index->code_stride);
            *code_at(index, row) = *code_at(index, last);
        }
        uint32_t owner = index->owners[last];
        index->owners[row] = owner;
        pv_person *person = &index->people.slots[owner];
        for (uint32_t i = 0; i < person->count; i++)
            if (person->rows[i] == last)
                person->rows[i] = (uint32_t)row;
    }
    memset(row_at(index, last), 0, index->stride * sizeof(float));
    if (index->codes_kernel)
        memset(codes_at(index, last), 0, index->code_stride);
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

typedef struct scan {
    const pv_index *index;
    const float *query;
    pv_code_query codes;
    size_t portions;
    atomic_size_t next_portion;
    pv_topk lists[PV_POOL_MEMBERS_MAX];
} scan;

static void scan_exactly(const scan *work, size_t first, size_t count, pv_topk *list)
{
    const pv_index *index = work->index;
    const uint32_t *owners = index->owners + first;
    float scores[STRIP];
    index->kernel(work->query, row_at(index, first), index->stride, count, scores);
    for (size_t i = 0; i < count; i++)
        if (scores[i] >= list->floor)
            pv_topk_offer(list, scores[i], owners[i]);
}

/* Only rows that may reach the list are looked at in full precision. What is left out is below
 * the list's floor for certain, so the outcome is that of the exact scan. */
static void scan_by_codes(const scan *work, size_t first, size_t count, pv_topk *list)
{
    const pv_index *index = work->index;
    int32_t dots[STRIP];
    float bounds[STRIP];
    index->codes_kernel(&work->codes, codes_at(index, first), index->code_stride, count, dots);
    pv_codes_bounds(&work->codes, code_at(index, first), dots, count, index->longest, bounds);
    for (size_t i = 0; i < count; i++)
        if (bounds[i] >= list->floor)
            scan_exactly(work, first + i, 1, list);
}

static void scan_portion(const scan *work, size_t portion, pv_topk *list)
{
    const pv_index *index = work->index;
    size_t end = (portion + 1) * PORTION < index->rows ? (portion + 1) * PORTION : index->rows;
    for (size_t first = portion * PORTION; first < end; first += STRIP) {
        size_t count = end - first < STRIP ? end - first : STRIP;
        if (index->codes_kernel)
            scan_by_codes(work, first, count, list);
        else
            scan_exactly(work, first, count, list);
    }
}

static void scan_portions(void *context, size_t member)
{
    scan *work = context;
    size_t portion;
    while ((portion = atomic_fetch_add(&work->next_portion, 1)) < work->portions)
        scan_portion(work, portion, &work->lists[member]);
}

/* A person of the overall list is in the list of whoever met its best row, so that joining the
 * lists loses nobody. */
static pv_topk *scan_all(const pv_index *index, const float *query, scan *work, float floor,
                         size_t limit)
{
    work->index = index;
    work->query = query;
    work->portions = (index->rows + PORTION - 1) / PORTION;
    atomic_init(&work->next_portion, 0);
    if (index->codes_kernel)
        pv_codes_make_query(query, index->dimension, &work->codes);
    for (size_t i = 0; i < PV_POOL_MEMBERS_MAX; i++)
        pv_topk_init(&work->lists[i], limit, floor);
    bool large = index->rows * index->code_stride >= POOL_BYTES;
    if (!large || !pv_pool_run(index->pool, scan_portions, work))
        scan_portions(work, 0);
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
