#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64
#define CHUNK_BYTES (64 * 1024)

typedef struct chunk {
    struct chunk *next;
    size_t used;
    size_t capacity;
} chunk;

struct pv_arena {
    chunk *chunks;
};

_Static_assert(sizeof(chunk) <= ALIGNMENT, "the chunk's header fits before its first piece");

pv_status pv_arena_create(pv_arena **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for an arena");
}

static chunk *add_chunk(pv_arena *arena, size_t bytes)
{
    size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    chunk *fresh = aligned_alloc(ALIGNMENT, ALIGNMENT + capacity);
    if (!fresh)
        return NULL;
    fresh->used = 0;
    fresh->capacity = capacity;
    fresh->next = arena->chunks;
    arena->chunks = fresh;
    return fresh;
}

void *pv_arena_take(pv_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - 2 * ALIGNMENT) / size) {
        (void)pv_fail(PV_ERROR_GENERIC, "out of memory for %zu times %zu bytes", count, size);
        return NULL;
    }
    size_t bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    chunk *place = arena->chunks;
    if (!place || place->capacity - place->used < bytes)
        place = add_chunk(arena, bytes);
    if (!place) {
        (void)pv_fail(PV_ERROR_GENERIC, "out of memory for %zu bytes", bytes);
        return NULL;
    }
    void *piece = (char *)place + ALIGNMENT + place->used;
    place->used += bytes;
    memset(piece, 0, bytes);
    return piece;
}

void pv_arena_destroy(pv_arena *arena)
{
    if (!arena)
        return;
    while (arena->chunks) {
        chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    free(arena);
}
