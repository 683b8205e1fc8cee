/* The collections: store, index and policy together. What is answered from here is on disk. */
#ifndef PV_SERVER_GALLERY_H
#define PV_SERVER_GALLERY_H

#include <stddef.h>

#include "base/matching.h"
#include "server/index.h"
#include "server/policy.h"
#include "server/store.h"

#define PV_NEIGHBORS_MAX 100

typedef struct pv_gallery pv_gallery;
typedef struct pv_collection pv_collection;

typedef struct pv_gallery_options {
    double max_fpir;
    pv_pool *pool; /* borrowed; may be NULL */
} pv_gallery_options;

/* Loads everything from the store, which is borrowed. */
PV_CHECKED pv_status pv_gallery_create(pv_store *store, const pv_gallery_options *options,
                                       pv_gallery **gallery);
void pv_gallery_destroy(pv_gallery *gallery);

/* collection is NULL when there is none of that name; else it lives as long as the gallery. One
 * that another process has made since the start is found. */
PV_CHECKED pv_status pv_gallery_find(pv_gallery *gallery, const char *name,
                                     pv_collection **collection);

/* Looks for collections that other processes have made. */
PV_CHECKED pv_status pv_gallery_refresh(pv_gallery *gallery);

/* Collections by number, in the order of loading; NULL beyond the last. */
pv_collection *pv_gallery_at(pv_gallery *gallery, size_t number);

const char *pv_collection_name(const pv_collection *collection);
const pv_embedding_model *pv_collection_model(const pv_collection *collection);
void pv_collection_size(pv_collection *collection, size_t *persons, size_t *templates);

typedef struct pv_enroll_answer {
    pv_enroll_decision decision;
    char puid[PV_ID_SIZE];
    char guid[PV_ID_SIZE];
    size_t samples; /* templates now held of the person */
    double score;   /* similarity to the person found; 1 for a new one */
} pv_enroll_answer;

/* One at a time in a collection, so that two requests with one person make one person. */
PV_CHECKED pv_status pv_collection_enroll(pv_collection *collection, const pv_template *sample,
                                          pv_enroll_answer *answer);

typedef struct pv_predict_answer {
    size_t count; /* 0: not enrolled */
    pv_index_hit hits[PV_NEIGHBORS_MAX];
    double similarity[PV_NEIGHBORS_MAX]; /* 1 - distance, of each hit */
} pv_predict_answer;

void pv_collection_predict(pv_collection *collection, const float *vector, double max_distance,
                           size_t neighbors, pv_predict_answer *answer);

/* removed: how many templates there were; 0 when nobody has this puid. */
PV_CHECKED pv_status pv_collection_delete(pv_collection *collection, const char *puid,
                                          size_t *removed);

#endif
