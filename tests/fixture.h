/* The models, for a group of tests, and an arena, for one. */
#ifndef PV_TESTS_FIXTURE_H
#define PV_TESTS_FIXTURE_H

#include "fixture_arena.h"
#include "fixture_models.h"

#endif
