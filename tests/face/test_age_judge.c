/* Judging ages: what the estimate is made from and what the confidence listens to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "face/age.h"

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

static void assert_sane(pv_age age)
{
    assert_true(age.years >= 0.0F && age.years <= PV_AGE_MAX);
    assert_true(age.confidence >= 0.0F && age.confidence <= 1.0F);
    assert_true(age.deviation > 0.0F && age.deviation <= PV_AGE_MAX);
    assert_close(age.confidence, 1.0 - exp(-PV_AGE_BAND / (double)age.deviation), 1e-5);
}

static pv_age_facts make_facts(float v1, float xception)
{
    return (pv_age_facts){.present = {true, true},
                          .years = {{v1, v1}, {xception, xception}},
                          .class_spread = 4,
                          .size = 60};
}

static void test_estimate_of_both(void **state)
{
    (void)state;
    float before = 0;
    for (float years = 2; years < 80; years += 3) {
        pv_age_facts facts = make_facts(years, years);
        pv_age age = pv_age_judge(&facts, false);
        assert_sane(age);
        assert_close(age.years, years, 2);
        assert_true(age.years > before);
        before = age.years;
        /* each net counts, and so does each view */
        for (int net = 0; net < PV_AGE_NETS; net++)
            for (int view = 0; view < PV_AGE_VIEWS; view++) {
                facts = make_facts(years, years);
                facts.years[net][view] += 10;
                assert_true(pv_age_judge(&facts, false).years > age.years + 1);
            }
    }
}

/* age_v1 alone takes young adults for older and older ones for younger, which is put right. */
static void test_correction(void **state)
{
    (void)state;
    pv_age_facts facts = make_facts(22, 0);
    facts.present[PV_AGE_XCEPTION] = false;
    assert_true(pv_age_judge(&facts, true).years < 21);
    facts = make_facts(50, 0);
    facts.present[PV_AGE_XCEPTION] = false;
    assert_true(pv_age_judge(&facts, true).years > 50.5F);
    facts = make_facts(0, 22);
    facts.present[PV_AGE_V1] = false;
    assert_close(pv_age_judge(&facts, true).years, 22, 1e-4);
}

static void test_one_net(void **state)
{
    (void)state;
    pv_age_facts facts = make_facts(30, 50);
    float both = pv_age_judge(&facts, true).years;
    facts.present[PV_AGE_XCEPTION] = false;
    facts.years[PV_AGE_XCEPTION][0] = facts.years[PV_AGE_XCEPTION][1] = 0;
    pv_age v1 = pv_age_judge(&facts, true);
    assert_sane(v1);
    assert_close(v1.years, 30, 4);
    facts = make_facts(0, 50);
    facts.present[PV_AGE_V1] = false;
    pv_age xception = pv_age_judge(&facts, true);
    assert_sane(xception);
    assert_close(xception.years, 50, 1e-4);
    assert_true(v1.years < both && both < xception.years);
}

/* What the spread takes into account, one thing after the other: each lowers the confidence of a
 * young adult, and none of them without the flag. */
static void test_use_deviation(void **state)
{
    (void)state;
    const pv_age_facts plain = make_facts(25, 25);
    pv_age_facts worse[5];
    for (int i = 0; i < 5; i++)
        worse[i] = plain;
    worse[0].years[PV_AGE_XCEPTION][0] += 4;
    worse[0].years[PV_AGE_XCEPTION][1] -= 4;
    worse[1].years[PV_AGE_V1][0] += 6;
    worse[1].years[PV_AGE_V1][1] -= 6;
    worse[2].class_spread = 15;
    worse[3].size = 6;
    worse[4].outside = 0.4F;
    pv_age by_age = pv_age_judge(&plain, false);
    pv_age by_spread = pv_age_judge(&plain, true);
    assert_true(by_spread.confidence > by_age.confidence + 0.05F);
    for (int i = 0; i < 5; i++) {
        assert_true(pv_age_judge(&worse[i], true).confidence < by_spread.confidence - 0.02F);
        assert_close(pv_age_judge(&worse[i], false).confidence, by_age.confidence, 0.02);
        assert_close(pv_age_judge(&worse[i], true).years, by_age.years, 1);
    }
    /* the nets' disagreement, about the same estimate */
    pv_age_facts apart = make_facts(38, 18);
    assert_true(pv_age_judge(&apart, true).confidence < by_spread.confidence - 0.05F);
    assert_close(pv_age_judge(&apart, false).confidence, by_age.confidence, 0.03);
    /* beyond the sizes of the calibration nothing changes any more */
    pv_age_facts large = plain;
    large.size = 600;
    assert_close(pv_age_judge(&large, true).confidence, by_spread.confidence, 1e-6);
}

/* Errors grow with age, so a child's age is surer than a grandmother's. */
static void test_confidence_by_age(void **state)
{
    (void)state;
    for (int use = 0; use < 2; use++) {
        const pv_age_facts child = make_facts(4, 4);
        const pv_age_facts adult = make_facts(25, 25);
        const pv_age_facts old = make_facts(65, 65);
        float sure = pv_age_judge(&child, use == 1).confidence;
        float less = pv_age_judge(&adult, use == 1).confidence;
        float least = pv_age_judge(&old, use == 1).confidence;
        assert_true(sure > less + 0.05F && less > least + 0.05F);
    }
}

static void test_facts_that_cannot_be(void **state)
{
    (void)state;
    static const float values[] = {-1e9F, -5, 0, 130, 1e9F, INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (int field = 0; field < 5; field++) {
            pv_age_facts facts = make_facts(30, 30);
            float *fields[] = {&facts.years[PV_AGE_V1][0], &facts.years[PV_AGE_XCEPTION][1],
                               &facts.class_spread, &facts.size, &facts.outside};
            *fields[field] = values[i];
            assert_sane(pv_age_judge(&facts, true));
            assert_sane(pv_age_judge(&facts, false));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimate_of_both),  cmocka_unit_test(test_correction),
        cmocka_unit_test(test_one_net),           cmocka_unit_test(test_use_deviation),
        cmocka_unit_test(test_confidence_by_age), cmocka_unit_test(test_facts_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
