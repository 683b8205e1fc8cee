/* The models, for a group of tests, and an arena, for one. */
#ifndef PV_TESTS_FACE_FIXTURE_H
#define PV_TESTS_FACE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/runtime.h"

static pv_model_store *store;
static pv_runtime *runtime;
static pv_arena *arena;

static int set_up(void **state)
{
    (void)state;
    if (pv_model_store_open(NULL, NULL, &store) || pv_runtime_create(store, 1, &runtime))
        fail_msg("%s", pv_error_message());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return 0;
}

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
