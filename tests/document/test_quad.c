/* Geometry of quadrilaterals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drawn_maps.h"

#define RADIANS (M_PI / 180.0)

static void test_order(void **state)
{
    (void)state;
    /* 44 degrees to either side still stand the same way; a little more and the next corner leads
     */
    for (int degrees = -180; degrees < 180; degrees += 4) {
        for (int start = 0; start < 4; start++) {
            pv_quad drawn = drawn_quad(500, 300, 200, 126, degrees * RADIANS, 0.05);
            pv_quad turned;
            for (int k = 0; k < 4; k++)
                turned.corners[k] = drawn.corners[(k + start) % 4];
            pv_quad_order(&turned);
            /* by hand: the corner that is top left after the turn by the least angle */
            int quarters = (int)lround(degrees / 90.0);
            pv_point first = drawn.corners[((-quarters % 4) + 4) % 4];
            assert_true(fabsf(turned.corners[0].x - first.x) < 1e-3F);
            assert_true(fabsf(turned.corners[0].y - first.y) < 1e-3F);
            assert_true(pv_quad_area(turned.corners) > 0.0);
            assert_true(fabs(pv_quad_angle(&turned)) <= 45.1 * RADIANS);
        }
    }
}

static void test_area_and_overlap(void **state)
{
    (void)state;
    pv_quad a = drawn_quad(100, 100, 50, 30, 0.4, 0);
    assert_true(fabs(pv_quad_area(a.corners) - 6000.0) < 0.1);
    assert_true(fabs(pv_quad_overlap(&a, &a) - 1.0) < 1e-4);
    /* moved along its long side by a fifth of it: 0.8 shared of 1.2 */
    pv_quad b = drawn_quad(100 + 20 * cos(0.4), 100 + 20 * sin(0.4), 50, 30, 0.4, 0);
    assert_true(fabs(pv_quad_overlap(&a, &b) - 0.8 / 1.2) < 1e-3);
    pv_quad inner = drawn_quad(100, 100, 25, 15, 1.2, 0);
    assert_true(fabs(pv_quad_overlap(&a, &inner) - 0.25) < 0.01);
    pv_quad far = drawn_quad(300, 100, 50, 30, 0.4, 0);
    assert_true(pv_quad_overlap(&a, &far) == 0.0);
}

static void test_convex(void **state)
{
    (void)state;
    pv_quad good = drawn_quad(100, 100, 50, 30, 2.0, 0.2);
    assert_true(pv_quad_convex(&good));
    pv_quad against = {{good.corners[3], good.corners[2], good.corners[1], good.corners[0]}};
    assert_false(pv_quad_convex(&against));
    assert_true(pv_quad_area(against.corners) < 0.0);
    pv_quad crossed = {{good.corners[0], good.corners[2], good.corners[1], good.corners[3]}};
    assert_false(pv_quad_convex(&crossed));
    pv_quad dent = good;
    dent.corners[2] = (pv_point){(3 * good.corners[0].x + good.corners[2].x) / 4,
                                 (3 * good.corners[0].y + good.corners[2].y) / 4};
    assert_false(pv_quad_convex(&dent));
    pv_quad point = {{{5, 5}, {5, 5}, {5, 5}, {5, 5}}};
    assert_false(pv_quad_convex(&point));
}

static void test_shape(void **state)
{
    (void)state;
    pv_quad flat = drawn_quad(320, 240, 80, 50, 0.3, 0);
    assert_true(pv_quad_measure(&flat).skew < 0.1);
    assert_true(pv_quad_measure(&flat).convergence < 0.01);
    /* opposite sides of 60 and 100 */
    pv_quad tapered = drawn_quad(320, 240, 40, 50, 0.3, 0.25);
    assert_true(fabs(pv_quad_measure(&tapered).convergence - log(100.0 / 60.0)) < 0.01);
    assert_true(fabs(pv_quad_measure(&tapered).skew - atan(0.2) / RADIANS) < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_area_and_overlap),
        cmocka_unit_test(test_convex),
        cmocka_unit_test(test_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
