#include "api/library.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api/session.h"
#include "base/log.h"
#include "privid/privid.h"

#define THREADS_MAX 256
#define TEXT_MAX 4096

typedef enum library_state { DOWN, STARTING, READY, STOPPING } library_state;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    library_state state;
    size_t running;
    pv_model_store *store;
    pv_runtime *runtime;
    int threads; /* 0: as many as processors */
    char *models;
    char *profile;
} library = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static atomic_int_least32_t last_id;

const char *privid_get_version(void)
{
    return PRIVID_VERSION_TEXT;
}

int32_t pv_library_next_id(void)
{
    int32_t id = atomic_fetch_add(&last_id, 1) + 1;
    if (id > 0)
        return id;
    atomic_store(&last_id, 1); /* after 2^31 calls the count begins anew */
    return 1;
}

bool pv_hand_out(const char *text, char **text_out, int *length_out)
{
    char *copy = text_out ? strdup(text) : NULL;
    if (text_out)
        *text_out = copy;
    if (length_out)
        *length_out = copy || !text_out ? (int)strlen(text) : 0;
    return copy || !text_out;
}

static int processor_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : count;
}

/* Waits until nobody is starting or stopping the library; the lock is held. */
static void wait_settled(void)
{
    while (library.state == STARTING || library.state == STOPPING)
        pthread_cond_wait(&library.changed, &library.lock);
}

static void set_state(library_state state)
{
    library.state = state;
    pthread_cond_broadcast(&library.changed);
}

static pv_status copy_text(const char *name, const char *text, int length, char **out)
{
    *out = NULL;
    if (length < 0 || (length > 0 && !text))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: length %d does not fit the pointer", name, length);
    if (length > TEXT_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %d bytes; at most %d are accepted", name, length,
                       TEXT_MAX);
    if (length == 0)
        return PV_OK;
    if (memchr(text, '\0', (size_t)length))
        return pv_fail(PV_ERROR_ARGUMENT, "%s has a NUL inside", name);
    *out = strndup(text, (size_t)length);
    return *out ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for %s", name);
}

static pv_status start(const char *models_dir, int length)
{
    char *directory;
    pv_status status = copy_text("models_dir", models_dir, length, &directory);
    if (status != PV_OK)
        return status;
    status = pv_model_store_open(directory ? directory : library.models, library.profile,
                                 &library.store);
    if (status == PV_OK)
        status = pv_runtime_create(
            library.store, library.threads ? library.threads : processor_count(), &library.runtime);
    if (status != PV_OK) {
        pv_model_store_close(library.store);
        library.store = NULL;
    }
    free(directory);
    return status;
}

void privid_initialize_lib(const char *models_dir, int length, int log_level)
{
    pv_error_clear();
    pthread_mutex_lock(&library.lock);
    wait_settled();
    (void)pv_log_set_level(log_level);
    bool needed = library.state == DOWN;
    if (needed)
        set_state(STARTING);
    pthread_mutex_unlock(&library.lock);
    if (!needed)
        return;
    pv_status status = start(models_dir, length);
    if (status == PV_OK) {
        pv_error_clear();
        pv_log(PV_LOG_INFO, "privid %s is ready", PRIVID_VERSION_TEXT);
    } else {
        pv_log(PV_LOG_ERROR, "%s", pv_error_message());
    }
    pthread_mutex_lock(&library.lock);
    set_state(status == PV_OK ? READY : DOWN);
    pthread_mutex_unlock(&library.lock);
}

bool privid_is_library_initialized(void)
{
    pthread_mutex_lock(&library.lock);
    bool ready = library.state == READY;
    pthread_mutex_unlock(&library.lock);
    return ready;
}

void privid_shutdown_lib(void)
{
    pv_error_clear();
    pthread_mutex_lock(&library.lock);
    wait_settled();
    if (library.state != READY) {
        pthread_mutex_unlock(&library.lock);
        return;
    }
    set_state(STOPPING);
    while (library.running > 0)
        pthread_cond_wait(&library.changed, &library.lock);
    pthread_mutex_unlock(&library.lock);
    pv_session_close_all();
    pv_runtime_destroy(library.runtime);
    pv_model_store_close(library.store);
    pthread_mutex_lock(&library.lock);
    library.runtime = NULL;
    library.store = NULL;
    set_state(DOWN);
    pthread_mutex_unlock(&library.lock);
}

pv_status pv_library_enter(void)
{
    pthread_mutex_lock(&library.lock);
    bool ready = library.state == READY;
    if (ready)
        library.running++;
    pthread_mutex_unlock(&library.lock);
    return ready ? PV_OK
                 : pv_fail(PV_ERROR_GENERIC,
                           "the library is not initialised: call privid_initialize_lib() first");
}

void pv_library_leave(void)
{
    pthread_mutex_lock(&library.lock);
    library.running--;
    if (library.running == 0)
        pthread_cond_broadcast(&library.changed);
    pthread_mutex_unlock(&library.lock);
}

pv_runtime *pv_library_runtime(void)
{
    return library.runtime;
}

pv_model_store *pv_library_store(void)
{
    return library.store;
}

bool privid_set_log_level(int level)
{
    pv_error_clear();
    if (pv_log_set_level(level))
        return true;
    (void)pv_fail(PV_ERROR_ARGUMENT, "log level %d; 0 to 3 are allowed", level);
    return false;
}

int privid_get_log_level(void)
{
    return pv_log_get_level();
}

void privid_set_log_callback(void (*callback)(int level, const char *message, int length,
                                              void *user),
                             void *user)
{
    pv_error_clear();
    pv_log_set_callback(callback, user);
}

bool privid_get_models_cache_directory(char **path_out, int *length_out)
{
    pv_error_clear();
    if (path_out)
        *path_out = NULL;
    if (length_out)
        *length_out = 0;
    if (pv_library_enter() != PV_OK)
        return false;
    char *path = realpath(pv_model_store_directory(library.store), NULL);
    bool done =
        pv_hand_out(path ? path : pv_model_store_directory(library.store), path_out, length_out);
    free(path);
    pv_library_leave();
    if (!done)
        (void)pv_fail(PV_ERROR_GENERIC, "out of memory for the path");
    return done;
}

int32_t privid_get_last_error(char **message_out, int *length_out)
{
    (void)pv_hand_out(pv_error_message(), message_out, length_out);
    return pv_error_status();
}

static pv_status set_threads(const char *value)
{
    char *end;
    long threads = strtol(value, &end, 10);
    if (end == value || *end || threads < 1 || threads > THREADS_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "option threads: \"%.100s\"; 1 to %d are allowed", value,
                       THREADS_MAX);
    library.threads = (int)threads;
    return PV_OK;
}

static pv_status apply_option(const char *name, char **value)
{
    char **target = NULL;
    if (strcmp(name, "threads") == 0)
        return set_threads(*value);
    if (strcmp(name, "models") == 0)
        target = &library.models;
    if (strcmp(name, "profile") == 0) {
        const char *resolved;
        pv_status status = pv_profile_resolve(*value, &resolved);
        if (status != PV_OK)
            return status;
        target = &library.profile;
    }
    if (!target)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "option \"%.100s\" is unknown; there are threads, models and profile", name);
    free(*target);
    *target = *value;
    *value = NULL;
    return PV_OK;
}

int32_t privid_set_option(const char *name, int name_length, const char *value, int value_length)
{
    pv_error_clear();
    char *name_text = NULL;
    char *value_text = NULL;
    pv_status status = copy_text("option name", name, name_length, &name_text);
    if (status == PV_OK)
        status = copy_text("option value", value, value_length, &value_text);
    if (status == PV_OK && (!name_text || !value_text))
        status = pv_fail(PV_ERROR_ARGUMENT, "an option needs a name and a value");
    if (status == PV_OK) {
        pthread_mutex_lock(&library.lock);
        wait_settled();
        if (library.state == READY)
            status = pv_fail(PV_ERROR_GENERIC,
                             "option \"%.100s\": options are set before privid_initialize_lib()",
                             name_text);
        else
            status = apply_option(name_text, &value_text);
        pthread_mutex_unlock(&library.lock);
    }
    free(name_text);
    free(value_text);
    return status;
}

void privid_free_char_buffer(char *buffer)
{
    free(buffer);
}

void privid_free_buffer(void *buffer)
{
    free(buffer);
}
