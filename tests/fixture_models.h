/* The models, for a group of tests. */
#ifndef PV_TESTS_FIXTURE_MODELS_H
#define PV_TESTS_FIXTURE_MODELS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/runtime.h"

static pv_model_store *store;
static pv_runtime *runtime;

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

#endif
