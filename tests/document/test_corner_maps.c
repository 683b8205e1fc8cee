/* From drawn maps to quadrilaterals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_maps.h"

#define RADIANS (M_PI / 180.0)

static pv_arena *arena;
static drawn_maps maps;

static int set_up(void **state)
{
    (void)state;
    memset(&maps, 0, sizeof maps);
    return pv_arena_create(&arena) == PV_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    return 0;
}

/* The largest distance of a corner from the nearest one expected. */
static double farthest(const pv_quad *found, const pv_quad *expected)
{
    double farthest_of_all = 0.0;
    for (int k = 0; k < 4; k++) {
        double nearest = INFINITY;
        for (int i = 0; i < 4; i++)
            nearest = fmin(nearest, hypot((double)found->corners[k].x - expected->corners[i].x,
                                          (double)found->corners[k].y - expected->corners[i].y));
        farthest_of_all = fmax(farthest_of_all, nearest);
    }
    return farthest_of_all;
}

static size_t decode(const pv_corner_maps *of, pv_corner_candidate *found)
{
    size_t count = 99;
    assert_int_equal(pv_corner_maps_decode(of, arena, found, &count), PV_OK);
    assert_true(count <= PV_CANDIDATES_MOST);
    return count;
}

static size_t decode_whole(pv_corner_candidate *found)
{
    pv_corner_maps whole = whole_maps(&maps);
    return decode(&whole, found);
}

static void test_turns(void **state)
{
    (void)state;
    for (int degrees = 0; degrees < 360; degrees += 5) {
        memset(&maps, 0, sizeof maps);
        pv_quad drawn = drawn_quad(30.3, 33.1, 20, 12.6, degrees * RADIANS, degrees % 4 * 0.04);
        draw_document(&maps, &drawn, 0.8);
        pv_corner_candidate found[PV_CANDIDATES_MOST];
        assert_int_equal(decode_whole(found), 1);
        assert_true(farthest(&found[0].quad, &drawn) < 0.4);
        assert_true(found[0].fill > 0.93);
        assert_true(found[0].outline > 0.7);
        assert_true(found[0].seen > 0.99);
    }
}

static void test_round_corners_extrapolate(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(31, 32, 24, 15.1, 20 * RADIANS, 0.1);
    draw_document(&maps, &drawn, 3.0);
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_int_equal(decode_whole(found), 1);
    assert_true(farthest(&found[0].quad, &drawn) < 0.5);
}

/* What lies over a side bends the outline; the rest of the side still says where it is. */
static void test_covered_side(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(32, 32, 22, 14, 10 * RADIANS, 0);
    draw_document(&maps, &drawn, 0.8);
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++) {
        double dx = cell % PV_MAPS_SIDE - 36.0;
        double dy = (double)(cell / PV_MAPS_SIDE) - 48.0;
        if (dx * dx + dy * dy / 4.0 > 9.0)
            continue;
        maps.inside[cell] = 0.1F; /* a finger taken for background, reaching 6 cells in */
        maps.outline[cell] = 0.05F;
    }
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_true(decode_whole(found) >= 1);
    assert_true(farthest(&found[0].quad, &drawn) < 0.8);
}

/* A corner that the net missed altogether: the other three and the sides still tell where it is. */
static void test_missed_corner(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(32, 32, 24, 15.1, 12 * RADIANS, 0.03);
    draw_document(&maps, &drawn, 0.8);
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++) {
        double dx = fabs(cell % PV_MAPS_SIDE - (double)drawn.corners[1].x);
        double dy = fabs((double)(cell / PV_MAPS_SIDE) - drawn.corners[1].y);
        if (dx + dy < 13.0)
            maps.inside[cell] = maps.outline[cell] = maps.corners[cell] = 0.0F;
    }
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_true(decode_whole(found) >= 1);
    assert_true(farthest(&found[0].quad, &drawn) < 1.5);
}

/* A corner beyond the picture: the sides meet outside. */
static void test_cut_corner(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(24, 30, 24, 15.1, 30 * RADIANS, 0);
    draw_document(&maps, &drawn, 0.8);
    pv_corner_maps cut = whole_maps(&maps);
    /* the picture begins 8 cells into the maps; what is left of it is black and holds nothing */
    cut.to_picture.x0 = -80.0 + 4.5;
    cut.width -= 80;
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++)
        if (cell % PV_MAPS_SIDE < 8)
            maps.inside[cell] = maps.outline[cell] = maps.corners[cell] = 0.0F;
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_int_equal(decode(&cut, found), 1);
    assert_true(farthest(&found[0].quad, &drawn) < 2.5);
    assert_true(found[0].seen < 0.98F);
    assert_true(found[0].seen > 0.8F);
}

/* A scan: the page ends where its picture does, and its outline counts there. */
static void test_page_that_is_its_picture(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(31.5, 31.5, 30, 20, 0, 0);
    draw_document(&maps, &drawn, 0.8);
    pv_corner_maps scan = whole_maps(&maps);
    scan.to_picture.x0 = -15.5;
    scan.to_picture.y0 = -115.5;
    scan.width = 600;
    scan.height = 400;
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_int_equal(decode(&scan, found), 1);
    assert_true(farthest(&found[0].quad, &drawn) < 0.1);
    assert_true(pv_corner_candidate_weight(&found[0]) > 0.65F);
}

static void test_two_apart(void **state)
{
    (void)state;
    pv_quad first = drawn_quad(16, 20, 12, 8, 0.2, 0);
    pv_quad second = drawn_quad(44, 44, 15, 10, -0.4, 0);
    draw_document(&maps, &first, 0.5);
    draw_document(&maps, &second, 0.5);
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_int_equal(decode_whole(found), 2);
    double one = fmin(farthest(&found[0].quad, &first), farthest(&found[1].quad, &first));
    double other = fmin(farthest(&found[0].quad, &second), farthest(&found[1].quad, &second));
    assert_true(one < 0.4);
    assert_true(other < 0.4);
}

/* Two that share half a side: their inside is one region of no rectangle's shape. */
static void test_two_that_touch(void **state)
{
    (void)state;
    pv_quad first = drawn_quad(18, 22, 14, 9, 0, 0);
    pv_quad second = drawn_quad(45, 32, 13, 8.5, 0, 0);
    draw_document(&maps, &first, 0.5);
    draw_document(&maps, &second, 0.5);
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    size_t count = decode_whole(found);
    double one = INFINITY;
    double other = INFINITY;
    for (size_t i = 0; i < count; i++) {
        one = fmin(one, farthest(&found[i].quad, &first));
        other = fmin(other, farthest(&found[i].quad, &second));
    }
    assert_true(one < 0.8);
    assert_true(other < 0.8);
}

static uint32_t random_state;

static float random_share(void)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (float)(random_state >> 8) / (float)(1U << 24);
}

static void test_noise(void **state)
{
    (void)state;
    random_state = 7;
    pv_quad drawn = drawn_quad(34, 30, 18, 12.7, 65 * RADIANS, 0.08);
    draw_document(&maps, &drawn, 0.8);
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++) {
        maps.inside[cell] = 0.7F * maps.inside[cell] + 0.3F * random_share();
        maps.outline[cell] = 0.7F * maps.outline[cell] + 0.3F * random_share();
        maps.corners[cell] = 0.7F * maps.corners[cell] + 0.3F * random_share();
    }
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_true(decode_whole(found) >= 1);
    assert_true(farthest(&found[0].quad, &drawn) < 0.8);
}

/* The better the maps agree with the quadrilateral, the more it weighs. */
static void test_weight_falls_with_the_outline(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(34, 30, 18, 12.7, 0.3, 0);
    draw_document(&maps, &drawn, 0.8);
    float before = 2.0F;
    for (int round = 0; round < 4; round++) {
        pv_corner_candidate found[PV_CANDIDATES_MOST];
        assert_int_equal(decode_whole(found), 1);
        float weight = pv_corner_candidate_weight(&found[0]);
        assert_true(weight < before - 0.05F);
        before = weight;
        for (int cell = 0; cell < PV_MAPS_CELLS; cell++)
            maps.outline[cell] *= 0.6F;
    }
}

static void test_empty_and_full(void **state)
{
    (void)state;
    pv_corner_candidate found[PV_CANDIDATES_MOST];
    assert_int_equal(decode_whole(found), 0);
    for (int cell = 0; cell < PV_MAPS_CELLS; cell++)
        maps.inside[cell] = 1.0F;
    /* a document as large as the picture, of which no outline is to be seen */
    for (size_t i = 0, count = decode_whole(found); i < count; i++)
        assert_true(pv_corner_candidate_weight(&found[i]) < 0.1F);
}

/* Any numbers at all: nothing is read or written out of place, and what comes back is convex. */
static void test_any_maps(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        random_state = seed;
        float level = random_share();
        for (int cell = 0; cell < PV_MAPS_CELLS; cell++) {
            int blob = cell % PV_MAPS_SIDE / 9 + cell / PV_MAPS_SIDE / 7;
            maps.inside[cell] = (float)(blob % 3) / 2.0F * random_share() + level * 0.5F;
            maps.outline[cell] = random_share();
            maps.corners[cell] = random_share();
        }
        pv_corner_candidate found[PV_CANDIDATES_MOST];
        size_t count = decode_whole(found);
        for (size_t i = 0; i < count; i++)
            assert_true(pv_quad_convex(&found[i].quad));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_round_corners_extrapolate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_covered_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missed_corner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_corner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_page_that_is_its_picture, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_that_touch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_noise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_weight_falls_with_the_outline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_empty_and_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_any_maps, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
