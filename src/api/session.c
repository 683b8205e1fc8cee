#include "api/session.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/library.h"
#include "api/settings.h"
#include "base/digest.h"
#include "base/log.h"
#include "privid/privid.h"

#define SLOTS 4096
#define SLOT_BITS 13
#define SECOND_EMBEDDING_MODEL 19

struct pv_session {
    atomic_size_t shares;
    pv_settings settings;
    pv_http_client *client;
};

/* A handle is the slot's number and its generation, so one that was closed names nothing any more.
 */
typedef struct slot {
    uintptr_t generation;
    pv_session *session;
} slot;

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static slot table[SLOTS];
static uintptr_t next_generation;

void pv_session_release(pv_session *session)
{
    if (!session || atomic_fetch_sub(&session->shares, 1) != 1)
        return;
    pv_http_client_destroy(session->client);
    pv_settings_release(&session->settings);
    free(session);
}

/* Generations begin at a random number: handles of another run or process do not fit. */
static uintptr_t make_generation(void)
{
    if (next_generation == 0) {
        char hex[9];
        next_generation = pv_random_hex(4, hex, sizeof hex) == PV_OK
                              ? (uintptr_t)strtoul(hex, NULL, 16) | 1U
                              : 1U;
    }
    return next_generation++ & (UINTPTR_MAX >> SLOT_BITS);
}

static pv_status put_in_table(pv_session *session, void **handle)
{
    pv_status status =
        pv_fail(PV_ERROR_GENERIC, "%d sessions are open; no more are possible", SLOTS);
    pthread_mutex_lock(&table_lock);
    for (size_t i = 0; i < SLOTS && status != PV_OK; i++) {
        if (table[i].session)
            continue;
        table[i].session = session;
        table[i].generation = make_generation();
        *handle = (void *)((table[i].generation << SLOT_BITS) | (i + 1));
        status = PV_OK;
    }
    pthread_mutex_unlock(&table_lock);
    return status;
}

/* The slot that the handle names, or NULL; the lock is held. */
static slot *find_slot(const void *handle)
{
    uintptr_t number = (uintptr_t)handle;
    uintptr_t index = number & ((1U << SLOT_BITS) - 1);
    if (index == 0 || index > SLOTS)
        return NULL;
    slot *place = &table[index - 1];
    return place->session && place->generation == number >> SLOT_BITS ? place : NULL;
}

static pv_status no_session(const void *handle)
{
    return pv_fail(PV_ERROR_SESSION, handle ? "the session handle is closed or foreign"
                                            : "the session handle is NULL");
}

pv_status pv_session_acquire(const void *handle, pv_session **out)
{
    pthread_mutex_lock(&table_lock);
    slot *place = find_slot(handle);
    *out = place ? place->session : NULL;
    if (*out)
        atomic_fetch_add(&(*out)->shares, 1);
    pthread_mutex_unlock(&table_lock);
    return *out ? PV_OK : no_session(handle);
}

void pv_session_close_all(void)
{
    for (size_t i = 0; i < SLOTS; i++) {
        pthread_mutex_lock(&table_lock);
        pv_session *session = table[i].session;
        table[i].session = NULL;
        pthread_mutex_unlock(&table_lock);
        pv_session_release(session);
    }
}

/* The models of the collections are looked for now: a session that cannot work is not opened. */
static pv_status check_models(const pv_settings *settings)
{
    for (size_t i = 0; i < settings->collection_count; i++) {
        const pv_collection *collection = &settings->collections[i];
        if (collection->model->id != SECOND_EMBEDDING_MODEL)
            continue;
        char *path = NULL;
        pv_status status = pv_model_store_path(pv_library_store(), "fr_feature", &path);
        free(path);
        if (status != PV_OK)
            return pv_fail(PV_ERROR_CONFIGURATION,
                           "settings: \"embedding_model_id\" %d of collection \"%.100s\" cannot be "
                           "used: %s",
                           collection->model->id, collection->name, pv_error_message());
    }
    return PV_OK;
}

static bool is_first_with_base(const pv_settings *settings, size_t index)
{
    const char *url = settings->collections[index].base_url;
    if (!url)
        return false;
    for (size_t i = 0; i < index; i++)
        if (settings->collections[i].base_url &&
            strcmp(settings->collections[i].base_url, url) == 0)
            return false;
    return true;
}

/* Asks every distinct base_url about the key. Only a refusal is fatal: without a backend the
 * operations that need none still work. */
static pv_status check_key(const pv_session *session)
{
    pv_config defaults;
    pv_config_defaults(PV_OPERATION_VALIDATE, &defaults);
    for (size_t i = 0; i < session->settings.collection_count; i++) {
        if (!is_first_with_base(&session->settings, i))
            continue;
        pv_endpoint base;
        const pv_collection *collection = &session->settings.collections[i];
        pv_status status = pv_session_endpoint(session, &defaults, collection, "base_url",
                                               collection->base_url, &base);
        if (status == PV_OK)
            status = pv_backend_check_key(session->client, &base);
        if (status == PV_ERROR_AUTHORIZATION)
            return status;
        if (status != PV_OK)
            pv_log(PV_LOG_WARNING, "the session is opened without its backend: %s",
                   pv_error_message());
    }
    return PV_OK;
}

static pv_status open_session(const char *text, int length, void **handle)
{
    pv_session *session = calloc(1, sizeof *session);
    if (!session)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for a session");
    atomic_init(&session->shares, 1);
    pv_status status = pv_settings_parse(text, length, &session->settings);
    if (status == PV_OK)
        status = check_models(&session->settings);
    if (status == PV_OK)
        status = pv_http_client_create(&session->client);
    if (status == PV_OK)
        status = check_key(session);
    if (status == PV_OK)
        status = put_in_table(session, handle);
    if (status != PV_OK)
        pv_session_release(session);
    return status;
}

bool privid_initialize_session(const char *settings_json, int length, void **session_out)
{
    pv_error_clear();
    if (!session_out) {
        (void)pv_fail(PV_ERROR_ARGUMENT, "session_out is NULL");
        return false;
    }
    *session_out = NULL;
    if (pv_library_enter() != PV_OK)
        return false;
    pv_status status = open_session(settings_json, length, session_out);
    pv_library_leave();
    if (status == PV_OK)
        pv_error_clear();
    return status == PV_OK;
}

void privid_deinitialize_session(void *handle)
{
    pv_error_clear();
    pthread_mutex_lock(&table_lock);
    slot *place = find_slot(handle);
    pv_session *session = place ? place->session : NULL;
    if (place)
        place->session = NULL;
    pthread_mutex_unlock(&table_lock);
    if (!session)
        (void)no_session(handle);
    pv_session_release(session);
}

pv_status pv_session_collection(const pv_session *session, const pv_config *config,
                                const pv_collection **out)
{
    const char *name = config->collection_name[0] ? config->collection_name : "default";
    char known[400] = "";
    for (size_t i = 0; i < session->settings.collection_count; i++) {
        const pv_collection *collection = &session->settings.collections[i];
        if (strcmp(collection->name, name) == 0) {
            *out = collection;
            return PV_OK;
        }
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%.100s", used ? ", " : "", collection->name);
    }
    return pv_fail(PV_ERROR_CONFIGURATION,
                   "collection_name: \"%.100s\" is not a collection of this session; there are %s",
                   name, known);
}

pv_status pv_session_endpoint(const pv_session *session, const pv_config *config,
                              const pv_collection *collection, const char *what, const char *url,
                              pv_endpoint *out)
{
    if (!url)
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "collection \"%.100s\" has no URL \"%s\" in the session's settings",
                       collection->name, what);
    long timeout = config->fetch_timeout_ms;
    if (!pv_config_is_set(config, PV_KEY_FETCH_TIMEOUT_MS) && session->settings.timeout_ms)
        timeout = session->settings.timeout_ms;
    *out = (pv_endpoint){.url = url,
                         .api_key = session->settings.key,
                         .timeout_ms = timeout,
                         .verify_peer = config->https_verify_peer_cert};
    return PV_OK;
}

pv_http_client *pv_session_client(const pv_session *session)
{
    return session->client;
}
