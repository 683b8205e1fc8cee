/* Threads that help with one large scan at a time. */
#ifndef PV_SERVER_POOL_H
#define PV_SERVER_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Most threads that take part in one scan, the calling one included. */
#define PV_POOL_MEMBERS_MAX 16

typedef struct pv_pool pv_pool;

/* Called once by each thread that takes part; member is different in each and below members. */
typedef void (*pv_pool_function)(void *context, size_t member);

/* members counts the caller of pv_pool_run: members - 1 threads are started. */
PV_CHECKED pv_status pv_pool_create(size_t members, pv_pool **pool);

/* No pv_pool_run may be under way. NULL is accepted. */
void pv_pool_destroy(pv_pool *pool);

/* Runs function here, as member 0, and in every helper that wakes up in time; returns when all
 * that began are done. False, and nothing was run, when the pool is NULL or busy with another
 * caller: then that caller's own thread is the better place. */
bool pv_pool_run(pv_pool *pool, pv_pool_function function, void *context);

#endif
