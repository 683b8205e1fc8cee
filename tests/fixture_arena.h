/* An arena for one test. */
#ifndef PV_TESTS_FIXTURE_ARENA_H
#define PV_TESTS_FIXTURE_ARENA_H

#include "base/arena.h"

static pv_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    return pv_arena_create(&arena) == PV_OK ? 0 : -1;
}

static int drop_arena(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    return 0;
}

#endif
