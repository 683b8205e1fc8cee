#include "server/pool.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct helper {
    struct pv_pool *pool;
    size_t member;
    pthread_t thread;
} helper;

struct pv_pool {
    pthread_mutex_t run_lock; /* held while somebody's job runs */
    pthread_mutex_t lock;     /* for what follows */
    pthread_cond_t changed;
    pv_pool_function function; /* NULL: no job, or closed to newcomers */
    void *context;
    unsigned long job;
    size_t active;
    bool stopping;
    size_t helper_count;
    helper helpers[PV_POOL_MEMBERS_MAX];
};

static void *help(void *argument)
{
    helper *self = argument;
    pv_pool *pool = self->pool;
    unsigned long last_job = 0;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        if (!pool->function || pool->job == last_job) {
            pthread_cond_wait(&pool->changed, &pool->lock);
            continue;
        }
        pv_pool_function function = pool->function;
        void *context = pool->context;
        last_job = pool->job;
        pool->active++;
        pthread_mutex_unlock(&pool->lock);
        function(context, self->member);
        pthread_mutex_lock(&pool->lock);
        pool->active--;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

pv_status pv_pool_create(size_t members, pv_pool **out)
{
    if (members < 1 || members > PV_POOL_MEMBERS_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "scan threads: %zu is not in 1..%d", members,
                       PV_POOL_MEMBERS_MAX);
    pv_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the scan threads");
    pthread_mutex_init(&pool->run_lock, NULL);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    for (size_t i = 0; i + 1 < members; i++) {
        helper *self = &pool->helpers[i];
        *self = (helper){.pool = pool, .member = i + 1};
        if (pthread_create(&self->thread, NULL, help, self) != 0) {
            pv_pool_destroy(pool);
            return pv_fail(PV_ERROR_GENERIC, "cannot start scan thread %zu", i + 1);
        }
        pool->helper_count++;
    }
    *out = pool;
    return PV_OK;
}

void pv_pool_destroy(pv_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->helper_count; i++)
        pthread_join(pool->helpers[i].thread, NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    pthread_mutex_destroy(&pool->run_lock);
    free(pool);
}

bool pv_pool_run(pv_pool *pool, pv_pool_function function, void *context)
{
    if (!pool || pool->helper_count == 0 || pthread_mutex_trylock(&pool->run_lock) != 0)
        return false;
    pthread_mutex_lock(&pool->lock);
    pool->function = function;
    pool->context = context;
    pool->job++;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);

    function(context, 0);

    pthread_mutex_lock(&pool->lock);
    pool->function = NULL;
    while (pool->active > 0)
        pthread_cond_wait(&pool->changed, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    pthread_mutex_unlock(&pool->run_lock);
    return true;
}
