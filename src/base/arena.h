/* Memory of one operation: taken piece by piece, given back all at once. */
#ifndef PV_BASE_ARENA_H
#define PV_BASE_ARENA_H

#include <stddef.h>

#include "base/status.h"

typedef struct pv_arena pv_arena;

PV_CHECKED pv_status pv_arena_create(pv_arena **out);

/* count * size bytes, zeroed, aligned to 64; NULL (and the last error set) when the product
 * overflows or memory is short. Not thread-safe: an arena belongs to one operation. */
void *pv_arena_take(pv_arena *arena, size_t count, size_t size);

/* NULL is allowed. */
void pv_arena_destroy(pv_arena *arena);

#endif
