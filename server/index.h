/* The templates of one collection in memory, and the exact search over all of them.
 *
 * The index is a copy of what the store holds and can be thrown away. Any number of threads may
 * search at once; adding and removing excludes them for a moment. */
#ifndef PV_SERVER_INDEX_H
#define PV_SERVER_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "server/codes.h"
#include "server/kernel.h"
#include "server/people.h"
#include "server/pool.h"

/* Most persons that one search returns: 100 neighbours and a runner-up. */
#define PV_INDEX_HITS_MAX 101

#define PV_INDEX_DIMENSION_MAX 2048

typedef struct pv_index pv_index;

typedef struct pv_index_hit {
    double score;        /* cosine to the nearest of the person's templates */
    double anchor_score; /* cosine to the first one */
    uint32_t samples;    /* templates held of the person */
    char puid[PV_ID_SIZE];
    char guid[PV_ID_SIZE];
} pv_index_hit;

typedef struct pv_index_options {
    size_t dimension;
    /* Both NULL: the best of this processor, a first look at 8-bit codes before full precision.
     * A kernel without codes_kernel: full precision only. The outcome is always the same. */
    const pv_kernel *kernel;
    const pv_codes_kernel *codes_kernel;
    pv_pool *pool; /* borrowed; NULL: the searching thread does all */
} pv_index_options;

PV_CHECKED pv_status pv_index_create(const pv_index_options *options, pv_index **index);
void pv_index_destroy(pv_index *index);

/* Room for one more template of one more person, so that the next pv_index_add cannot fail. */
PV_CHECKED pv_status pv_index_reserve(pv_index *index);

/* vector is of unit length. A known puid gets a further sample, an unknown one is a new person.
 * Fails only when no room is reserved, or the person has PV_PERSON_SAMPLES already. */
PV_CHECKED pv_status pv_index_add(pv_index *index, const char *puid, const char *guid,
                                  const float *vector);

/* Removes all templates of the person and returns how many there were. */
size_t pv_index_remove(pv_index *index, const char *puid);

/* The persons whose best cosine to query is at least floor, best first, at most limit (up to
 * PV_INDEX_HITS_MAX). templates is the size of the index at that moment. */
size_t pv_index_search(pv_index *index, const float *query, double floor, size_t limit,
                       pv_index_hit *hits, size_t *templates);

size_t pv_index_templates(pv_index *index);
size_t pv_index_persons(pv_index *index);

#endif
