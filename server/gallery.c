#include "server/gallery.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "server/identity.h"

/* More than anybody needs, and few enough to walk through. */
#define COLLECTIONS_MAX 256

struct pv_collection {
    pv_gallery *gallery;
    pv_collection_record record;
    const pv_embedding_model *model;
    pv_index *index;
    pthread_mutex_t change_lock; /* held from the look at the index to its change */
};

struct pv_gallery {
    pv_store *store;
    pv_gallery_options options;
    pthread_mutex_t lock; /* for count and what is beyond it in collections */
    size_t count;
    pv_collection *collections[COLLECTIONS_MAX];
};

static void destroy_collection(pv_collection *collection)
{
    if (!collection)
        return;
    pv_index_destroy(collection->index);
    pthread_mutex_destroy(&collection->change_lock);
    free(collection);
}

static pv_status load_template(void *user, const char *puid, const char *guid, const float *vector)
{
    return pv_index_add(user, puid, guid, vector);
}

static pv_status create_collection(pv_gallery *gallery, const pv_collection_record *record,
                                   pv_collection **out)
{
    pv_collection *collection = calloc(1, sizeof *collection);
    if (!collection)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for collection %s", record->name);
    collection->gallery = gallery;
    collection->record = *record;
    pthread_mutex_init(&collection->change_lock, NULL);
    collection->model = pv_embedding_model_find(record->embedding_model);
    pv_status status = PV_OK;
    if (!collection->model)
        status = pv_fail(PV_ERROR_GENERIC, "collection %s is of unknown embedding model %d",
                         record->name, record->embedding_model);
    if (status == PV_OK) {
        pv_index_options options = {.dimension = collection->model->dimension,
                                    .pool = gallery->options.pool};
        status = pv_index_create(&options, &collection->index);
    }
    if (status == PV_OK)
        status =
            gallery->store->driver->load(gallery->store, record, load_template, collection->index);
    if (status != PV_OK) {
        destroy_collection(collection);
        return status;
    }
    pv_log(PV_LOG_INFO, "collection %s: %zu persons, %zu templates of embedding model %d",
           record->name, pv_index_persons(collection->index), pv_index_templates(collection->index),
           record->embedding_model);
    *out = collection;
    return PV_OK;
}

static pv_collection *find_loaded(pv_gallery *gallery, const char *name)
{
    for (size_t i = 0; i < gallery->count; i++)
        if (strcmp(gallery->collections[i]->record.name, name) == 0)
            return gallery->collections[i];
    return NULL;
}

/* gallery->lock is held. */
static pv_status add_loaded(pv_gallery *gallery, const pv_collection_record *record,
                            pv_collection **collection)
{
    if (gallery->count == COLLECTIONS_MAX)
        return pv_fail(PV_ERROR_GENERIC, "more than %d collections", COLLECTIONS_MAX);
    pv_status status = create_collection(gallery, record, collection);
    if (status == PV_OK)
        gallery->collections[gallery->count++] = *collection;
    return status;
}

typedef struct record_list {
    size_t count;
    pv_collection_record records[COLLECTIONS_MAX];
} record_list;

static pv_status collect_record(void *user, const pv_collection_record *record)
{
    record_list *list = user;
    if (list->count == COLLECTIONS_MAX)
        return pv_fail(PV_ERROR_GENERIC, "more than %d collections", COLLECTIONS_MAX);
    list->records[list->count++] = *record;
    return PV_OK;
}

pv_status pv_gallery_refresh(pv_gallery *gallery)
{
    record_list list = {0};
    pv_status status =
        gallery->store->driver->list_collections(gallery->store, collect_record, &list);
    pthread_mutex_lock(&gallery->lock);
    for (size_t i = 0; i < list.count && status == PV_OK; i++) {
        pv_collection *collection = NULL;
        if (!find_loaded(gallery, list.records[i].name))
            status = add_loaded(gallery, &list.records[i], &collection);
    }
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

pv_status pv_gallery_create(pv_store *store, const pv_gallery_options *options, pv_gallery **out)
{
    if (!(options->max_fpir >= PV_POLICY_FPIR_MIN && options->max_fpir <= PV_POLICY_FPIR_MAX))
        return pv_fail(PV_ERROR_ARGUMENT, "max-fpir: %g is not in %g..%g", options->max_fpir,
                       PV_POLICY_FPIR_MIN, PV_POLICY_FPIR_MAX);
    pv_gallery *gallery = calloc(1, sizeof *gallery);
    if (!gallery)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the gallery");
    gallery->store = store;
    gallery->options = *options;
    pthread_mutex_init(&gallery->lock, NULL);
    pv_status status = pv_gallery_refresh(gallery);
    if (status == PV_OK)
        *out = gallery;
    else
        pv_gallery_destroy(gallery);
    return status;
}

void pv_gallery_destroy(pv_gallery *gallery)
{
    if (!gallery)
        return;
    for (size_t i = 0; i < gallery->count; i++)
        destroy_collection(gallery->collections[i]);
    pthread_mutex_destroy(&gallery->lock);
    free(gallery);
}

pv_status pv_gallery_find(pv_gallery *gallery, const char *name, pv_collection **collection)
{
    pv_status status = PV_OK;
    pthread_mutex_lock(&gallery->lock);
    *collection = find_loaded(gallery, name);
    if (!*collection) {
        pv_collection_record record;
        bool found = false;
        status = gallery->store->driver->find_collection(gallery->store, name, &record, &found);
        if (status == PV_OK && found)
            status = add_loaded(gallery, &record, collection);
    }
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

pv_collection *pv_gallery_at(pv_gallery *gallery, size_t number)
{
    pthread_mutex_lock(&gallery->lock);
    pv_collection *collection = number < gallery->count ? gallery->collections[number] : NULL;
    pthread_mutex_unlock(&gallery->lock);
    return collection;
}

const char *pv_collection_name(const pv_collection *collection)
{
    return collection->record.name;
}

const pv_embedding_model *pv_collection_model(const pv_collection *collection)
{
    return collection->model;
}

void pv_collection_size(pv_collection *collection, size_t *persons, size_t *templates)
{
    *persons = pv_index_persons(collection->index);
    *templates = pv_index_templates(collection->index);
}

static pv_enroll_decision decide(const pv_collection *collection, const pv_template *sample,
                                 pv_index_hit hits[2])
{
    pv_enroll_evidence evidence = {.samples_kept = PV_PERSON_SAMPLES};
    size_t count =
        pv_index_search(collection->index, sample->vector, -1.0, 2, hits, &evidence.templates);
    evidence.somebody = count > 0;
    if (count > 0) {
        evidence.best = hits[0].score;
        evidence.anchor = hits[0].anchor_score;
        evidence.samples = hits[0].samples;
    }
    evidence.another = count > 1;
    if (count > 1)
        evidence.runner_up = hits[1].score;
    return pv_policy_enroll(collection->model, &evidence);
}

static pv_status enroll_new(pv_collection *collection, const pv_template *sample,
                            pv_enroll_answer *answer)
{
    pv_store *store = collection->gallery->store;
    answer->samples = 1;
    answer->score = 1.0;
    pv_status status = pv_identity_uuid(answer->puid);
    if (status == PV_OK)
        status = pv_identity_uuid(answer->guid);
    if (status == PV_OK)
        status = pv_index_reserve(collection->index);
    if (status == PV_OK)
        status = store->driver->add_person(store, collection->record.id, answer->puid, answer->guid,
                                           sample);
    if (status == PV_OK)
        status = pv_index_add(collection->index, answer->puid, answer->guid, sample->vector);
    return status;
}

static pv_status enroll_again(pv_collection *collection, const pv_template *sample,
                              const pv_index_hit *hit, pv_enroll_answer *answer)
{
    pv_store *store = collection->gallery->store;
    memcpy(answer->puid, hit->puid, sizeof answer->puid);
    memcpy(answer->guid, hit->guid, sizeof answer->guid);
    answer->samples = hit->samples;
    answer->score = 1.0 - pv_match_distance(collection->model, hit->score);
    if (answer->decision != PV_ENROLL_ADD)
        return PV_OK;
    pv_status status = pv_index_reserve(collection->index);
    if (status == PV_OK)
        status = store->driver->add_template(store, collection->record.id, hit->puid, sample);
    if (status == PV_OK)
        status = pv_index_add(collection->index, hit->puid, hit->guid, sample->vector);
    if (status == PV_OK)
        answer->samples++;
    return status;
}

pv_status pv_collection_enroll(pv_collection *collection, const pv_template *sample,
                               pv_enroll_answer *answer)
{
    pv_index_hit hits[2];
    if (sample->dimension != collection->model->dimension)
        return pv_fail(PV_ERROR_ARGUMENT, "embedding: %zu numbers, collection %s has %zu",
                       sample->dimension, collection->record.name, collection->model->dimension);
    *answer = (pv_enroll_answer){0};
    pthread_mutex_lock(&collection->change_lock);
    answer->decision = decide(collection, sample, hits);
    bool is_new = answer->decision == PV_ENROLL_NEW || answer->decision == PV_ENROLL_DOUBTFUL;
    pv_status status = is_new ? enroll_new(collection, sample, answer)
                              : enroll_again(collection, sample, &hits[0], answer);
    pthread_mutex_unlock(&collection->change_lock);
    return status;
}

void pv_collection_predict(pv_collection *collection, const float *vector, double max_distance,
                           size_t neighbors, pv_predict_answer *answer)
{
    size_t templates = 0;
    double floor = pv_match_cosine(collection->model, max_distance) - 1e-6;
    if (neighbors > PV_NEIGHBORS_MAX)
        neighbors = PV_NEIGHBORS_MAX;
    size_t count =
        pv_index_search(collection->index, vector, floor, neighbors, answer->hits, &templates);
    double accepted = pv_policy_predict_distance(collection->model, max_distance,
                                                 collection->gallery->options.max_fpir, templates);
    answer->count = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = pv_match_distance(collection->model, answer->hits[i].score);
        if (!(distance <= accepted))
            break;
        answer->similarity[answer->count++] = 1.0 - distance;
    }
}

pv_status pv_collection_delete(pv_collection *collection, const char *puid, size_t *removed)
{
    pv_store *store = collection->gallery->store;
    pthread_mutex_lock(&collection->change_lock);
    pv_status status = store->driver->delete_person(store, collection->record.id, puid, removed);
    if (status == PV_OK && *removed > 0)
        (void)pv_index_remove(collection->index, puid);
    pthread_mutex_unlock(&collection->change_lock);
    return status;
}
