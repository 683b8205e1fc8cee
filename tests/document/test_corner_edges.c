/* Sides placed on the edges of drawn pictures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "document/corners_internal.h"
#include "drawn_maps.h"

#define WIDTH 640
#define HEIGHT 480

static pv_arena *arena;
static uint8_t *pixels;
static uint32_t random_state;

static int set_up(void **state)
{
    (void)state;
    random_state = 3;
    if (pv_arena_create(&arena) != PV_OK)
        return -1;
    pixels = pv_arena_take(arena, (size_t)3 * WIDTH * HEIGHT, 1);
    return pixels ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    return 0;
}

static int noise(int most)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (int)(random_state >> 16) % (2 * most + 1) - most;
}

/* How much of a pixel lies in the quadrilateral, 0 to 1. */
static double cover(const pv_quad *quad, double x, double y)
{
    double least = 1.0;
    for (int k = 0; k < 4; k++) {
        pv_line side = {0};
        (void)pv_line_through(quad->corners[k], quad->corners[(k + 1) % 4], &side);
        double out = side.nx * x + side.ny * y - side.distance;
        least = fmin(least, fmin(fmax(0.5 - out, 0.0), 1.0));
    }
    return least;
}

/* A sheet of one colour on a ground of another, with noise. */
static void draw(const pv_quad *quad, const int sheet[3], const int ground[3], int grain)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            double share = cover(quad, x, y);
            for (int c = 0; c < 3; c++) {
                double value = share * sheet[c] + (1.0 - share) * ground[c] + noise(grain);
                pixels[3 * (y * WIDTH + x) + c] = (uint8_t)fmin(fmax(value, 0.0), 255.0);
            }
        }
    }
}

static pv_edge_support refine(double reach, pv_quad *quad)
{
    pv_image image;
    pv_edge_support support;
    assert_int_equal(pv_image_open("picture", pixels, WIDTH, HEIGHT, PV_FORMAT_RGB, arena, &image),
                     PV_OK);
    assert_int_equal(pv_corner_edges_refine(&image, reach, quad, &support), PV_OK);
    return support;
}

static double farthest(const pv_quad *a, const pv_quad *b)
{
    double most = 0.0;
    for (int k = 0; k < 4; k++)
        most = fmax(most, hypot((double)a->corners[k].x - b->corners[k].x,
                                (double)a->corners[k].y - b->corners[k].y));
    return most;
}

static const int white[3] = {220, 220, 215};
static const int wood[3] = {120, 80, 50};

/* Corners off by several pixels each, in different directions. */
static pv_quad shaken(const pv_quad *quad, float by)
{
    static const float ways[4][2] = {{1, 0.4F}, {-0.7F, 0.8F}, {0.3F, -1}, {0.9F, 0.7F}};
    pv_quad out = *quad;
    for (int k = 0; k < 4; k++) {
        out.corners[k].x += by * ways[k][0];
        out.corners[k].y += by * ways[k][1];
    }
    return out;
}

static void test_finds_the_edge(void **state)
{
    (void)state;
    for (int degrees = 0; degrees < 180; degrees += 15) {
        pv_quad drawn = drawn_quad(322.3, 238.7, 170, 107, degrees * M_PI / 180.0, 0.06);
        draw(&drawn, white, wood, 6);
        pv_quad found = shaken(&drawn, 5);
        pv_edge_support support = refine(9, &found);
        assert_true(farthest(&found, &drawn) < 0.5);
        assert_int_equal(support.moved, 4);
        assert_true(support.weakest > 0.95);
    }
}

/* Brightness alone does not tell these two colours apart. */
static void test_finds_an_edge_of_colour(void **state)
{
    (void)state;
    const int green[3] = {60, 140, 60};
    const int red[3] = {200, 72, 60};
    pv_quad drawn = drawn_quad(320, 240, 170, 107, 0.2, 0);
    draw(&drawn, green, red, 4);
    pv_quad found = shaken(&drawn, 4);
    (void)refine(9, &found);
    assert_true(farthest(&found, &drawn) < 0.5);
}

/* Fingers over 40 % of the lower side and round corners: the rest of the sides decides. */
static void test_covered_stretches(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(320, 240, 170, 107, 0, 0);
    draw(&drawn, white, wood, 5);
    for (int y = 300; y < HEIGHT; y++)
        for (int x = 220; x < 356; x++)
            for (int c = 0; c < 3; c++)
                pixels[3 * (y * WIDTH + x) + c] = (uint8_t)(190 - 30 * c);
    for (int k = 0; k < 4; k++) /* corners cut off by 9 pixels */
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                if (fabs(x - (double)drawn.corners[k].x) + fabs(y - (double)drawn.corners[k].y) < 9)
                    for (int c = 0; c < 3; c++)
                        pixels[3 * (y * WIDTH + x) + c] = (uint8_t)wood[c];
    pv_quad found = shaken(&drawn, 4);
    pv_edge_support support = refine(9, &found);
    assert_true(farthest(&found, &drawn) < 0.8);
    assert_true(support.weakest > 0.5F);
    assert_true(support.weakest < 0.8F);
    assert_true(support.mean > 0.8F);
}

/* Where nothing is to be seen, nothing moves and nothing is claimed. */
static void test_flat_picture(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(320, 240, 170, 107, 0.3, 0);
    draw(&drawn, white, white, 3);
    pv_quad found = drawn;
    pv_edge_support support = refine(9, &found);
    assert_true(farthest(&found, &drawn) < 1e-3);
    assert_int_equal(support.moved, 0);
    assert_true(support.mean < 0.3F);
}

/* A document cut by the picture's border: the side outside stays, the others are found. */
static void test_side_outside(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(120, 240, 170, 107, 0, 0);
    draw(&drawn, white, wood, 5);
    pv_quad found = drawn;
    for (int k = 0; k < 4; k++)
        found.corners[k].y += k < 2 ? 4.0F : -4.0F;
    pv_edge_support support = refine(9, &found);
    assert_true(support.sides[3] < 0.0F);
    assert_int_equal(support.moved, 3);
    assert_true(fabsf(found.corners[1].y - drawn.corners[1].y) < 0.5F);
    assert_true(fabsf(found.corners[2].y - drawn.corners[2].y) < 0.5F);
    assert_true(farthest(&found, &drawn) < 3.0);
}

/* Two thirds of a card, up to a band of another colour: its ratio tells that a side is missing. One
 * that leans is as narrow, and stays as it is. */
static void test_widen(void **state)
{
    (void)state;
    const int blue[3] = {50, 50, 150};
    pv_quad whole = drawn_quad(320, 240, 170, 107.2, 0, 0);
    pv_quad part = whole;
    part.corners[2].y = part.corners[3].y -= 70;
    for (int leaning = 0; leaning < 2; leaning++) {
        pv_image image;
        pv_edge_support support = {.mean = 0};
        draw(&whole, white, wood, 4);
        for (int y = (int)part.corners[2].y; y < (int)whole.corners[2].y; y++)
            for (int x = 151; x < 489; x++)
                for (int c = 0; c < 3; c++)
                    pixels[3 * (y * WIDTH + x) + c] = (uint8_t)blue[c];
        pv_quad found = part;
        if (leaning) {
            found.corners[0].x += 40;
            found.corners[1].x -= 40;
        }
        const pv_quad before = found;
        assert_int_equal(
            pv_image_open("picture", pixels, WIDTH, HEIGHT, PV_FORMAT_RGB, arena, &image), PV_OK);
        assert_int_equal(pv_corner_widen(&image, &found, &support), PV_OK);
        assert_true(farthest(&found, leaning ? &before : &whole) < 1.5);
        assert_true(leaning ? support.mean == 0.0F : support.weakest > 0.9F);
    }
}

/* Points that coincide, lie outside of everything, or are far away: no step out of bounds. */
static void test_odd_places(void **state)
{
    (void)state;
    pv_quad drawn = drawn_quad(320, 240, 170, 107, 0, 0);
    draw(&drawn, white, wood, 5);
    const pv_quad odd[] = {{{{5, 5}, {5, 5}, {5, 5}, {5, 5}}},
                           {{{-900, -900}, {-800, -900}, {-800, -800}, {-900, -800}}},
                           {{{-9000, -9000}, {9000, -9000}, {9000, 9000}, {-9000, 9000}}},
                           {{{0, 0}, {1, 0}, {1, 1}, {0, 1}}},
                           {{{638, 478}, {640, 478}, {640, 480}, {638, 480}}}};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        pv_quad found = odd[i];
        pv_edge_support support = refine(1e6, &found);
        assert_true(support.mean >= 0.0F && support.mean <= 1.0F);
        for (int k = 0; k < 4; k++)
            assert_true(isfinite(found.corners[k].x) && isfinite(found.corners[k].y));
    }
}

/* All evidence or none, and each term alone: less of it never is believed more. */
static void test_confidence(void **state)
{
    (void)state;
    float terms[PV_CORNER_TERMS];
    for (int i = 0; i < PV_CORNER_TERMS; i++)
        terms[i] = 0.0F;
    assert_true(pv_corner_confidence(terms) < 0.01F);
    for (int i = 0; i < PV_CORNER_TERMS; i++)
        terms[i] = 0.9F;
    float most = pv_corner_confidence(terms);
    assert_true(most > 0.9F);
    for (int i = 0; i < PV_CORNER_TERMS; i++) {
        terms[i] = 0.0F;
        assert_true(pv_corner_confidence(terms) < most - 0.01F);
        terms[i] = 0.9F;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_finds_the_edge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_finds_an_edge_of_colour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_covered_stretches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flat_picture, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_side_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_widen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_places, set_up, tear_down),
        cmocka_unit_test(test_confidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
