#include "support.h"

#include <math.h>

#include "server/policy.h"

static const pv_embedding_model *model_14(void)
{
    const pv_embedding_model *model = pv_embedding_model_find(14);
    assert_non_null(model);
    return model;
}

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) <= 1e-12 * fmax(1.0, fabs(b)))) {
        print_error("%.17g is not %.17g\n", a, b);
        fail();
    }
}

/* Somebody with one template, far ahead of everybody else. */
static pv_enroll_evidence evidence(double best, size_t templates)
{
    return (pv_enroll_evidence){.templates = templates,
                                .somebody = true,
                                .best = best,
                                .anchor = best,
                                .samples = 1,
                                .another = templates > 1,
                                .runner_up = 0.1,
                                .samples_kept = 8};
}

static void predict_rate_falls_with_the_gallery(void **state)
{
    (void)state;
    assert_near(pv_policy_predict_rate(0.01, 0), 1e-4);
    assert_near(pv_policy_predict_rate(0.01, 1), 1e-4);
    assert_near(pv_policy_predict_rate(0.01, 100), 1e-4);
    assert_near(pv_policy_predict_rate(0.01, 1000), 1e-5);
    assert_near(pv_policy_predict_rate(0.01, 1000000), 1e-8);
    assert_near(pv_policy_predict_rate(1.0, 1), 1e-4); /* never laxer than one in 10,000 */
}

static void predict_takes_the_stricter_threshold(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    assert_near(pv_policy_predict_distance(model, 0.2, 0.01, 10), 0.2);
    assert_near(pv_policy_predict_distance(model, 1.0, 0.01, 10), 0.5);
    assert_near(pv_policy_predict_distance(model, 0.5, 0.01, 10000), 0.3);
    double last = 1.0;
    for (size_t n = 10; n <= 1000000000; n *= 10) {
        double now = pv_policy_predict_distance(model, 1.0, 0.01, n);
        assert_true(now <= last && now >= 0.0);
        last = now;
    }
    assert_true(last < 0.3);
}

static void merge_bound_is_strict_and_tightens(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    double at_six = pv_match_cosine_at_rate(model, 1e-6);
    assert_near(pv_policy_merge_cosine(model, 0), at_six);
    assert_near(pv_policy_merge_cosine(model, 100), at_six);
    assert_near(pv_policy_merge_cosine(model, 10000), pv_match_cosine_at_rate(model, 1e-8));
    assert_true(pv_policy_merge_cosine(model, 1000) > at_six);
    assert_true(pv_policy_merge_cosine(model, 1000000) > pv_policy_merge_cosine(model, 1000));
    /* Whoever is merged would have been recognised as well, in every gallery. */
    for (size_t n = 1; n <= 100000000; n *= 10) {
        double distance = pv_match_distance(model, pv_policy_merge_cosine(model, n));
        assert_true(distance <= pv_policy_predict_distance(model, 1.0, 0.01, n));
    }
}

static void empty_gallery_enrols_anew(void **state)
{
    (void)state;
    pv_enroll_evidence nobody = {.samples_kept = 8};
    assert_int_equal(pv_policy_enroll(model_14(), &nobody), PV_ENROLL_NEW);
}

static void near_misses_are_not_merged(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    for (size_t n = 1; n <= 100000000; n *= 100) {
        double bound = pv_policy_merge_cosine(model, n);
        pv_enroll_evidence below = evidence(nextafter(bound, 0.0), n);
        pv_enroll_evidence at = evidence(bound, n);
        assert_int_equal(pv_policy_enroll(model, &below), PV_ENROLL_DOUBTFUL);
        assert_int_equal(pv_policy_enroll(model, &at), PV_ENROLL_ADD);
    }
    pv_enroll_evidence stranger = evidence(0.2, 100);
    assert_int_equal(pv_policy_enroll(model, &stranger), PV_ENROLL_NEW);
}

static void same_score_merges_in_a_small_gallery_only(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    double score = pv_match_cosine_at_rate(model, 1e-7);
    pv_enroll_evidence small = evidence(score, 10);
    pv_enroll_evidence large = evidence(score, 100000);
    assert_int_equal(pv_policy_enroll(model, &small), PV_ENROLL_ADD);
    assert_int_equal(pv_policy_enroll(model, &large), PV_ENROLL_DOUBTFUL);
}

static void twins_are_not_merged(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    const double gaps[] = {0.0, 0.05, 0.0999};
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        pv_enroll_evidence twins = evidence(0.95, 2);
        twins.runner_up = 0.95 - gaps[i];
        assert_int_equal(pv_policy_enroll(model, &twins), PV_ENROLL_DOUBTFUL);
    }
    pv_enroll_evidence clear = evidence(0.95, 2);
    clear.runner_up = 0.8499;
    assert_int_equal(pv_policy_enroll(model, &clear), PV_ENROLL_ADD);
    /* Even the very same template is not put to one of two who are alike. */
    pv_enroll_evidence same = evidence(1.0, 2);
    same.runner_up = 0.95;
    assert_int_equal(pv_policy_enroll(model, &same), PV_ENROLL_DOUBTFUL);
}

static void last_sample_cannot_stand_for_the_anchor(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    pv_enroll_evidence chain = evidence(0.98, 2);
    chain.samples = 3;
    chain.anchor = nextafter(pv_policy_merge_cosine(model, 2), 0.0);
    assert_int_equal(pv_policy_enroll(model, &chain), PV_ENROLL_DOUBTFUL);
    /* Near the last sample, but no nearer to the anchor than somebody else is. */
    chain.anchor = 0.60;
    chain.runner_up = 0.55;
    assert_int_equal(pv_policy_enroll(model, &chain), PV_ENROLL_DOUBTFUL);
    chain.runner_up = 0.49;
    assert_int_equal(pv_policy_enroll(model, &chain), PV_ENROLL_ADD);
}

static void full_and_duplicate_add_nothing(void **state)
{
    (void)state;
    const pv_embedding_model *model = model_14();
    pv_enroll_evidence full = evidence(0.9, 8);
    full.samples = 8;
    assert_int_equal(pv_policy_enroll(model, &full), PV_ENROLL_FULL);
    full.samples = 7;
    assert_int_equal(pv_policy_enroll(model, &full), PV_ENROLL_ADD);
    pv_enroll_evidence same = evidence(0.9991, 8);
    assert_int_equal(pv_policy_enroll(model, &same), PV_ENROLL_DUPLICATE);
    same = evidence(0.999, 8);
    assert_int_equal(pv_policy_enroll(model, &same), PV_ENROLL_ADD);
}

static void what_is_no_number_is_doubt(void **state)
{
    (void)state;
    pv_enroll_evidence strange = evidence(NAN, 8);
    assert_int_equal(pv_policy_enroll(model_14(), &strange), PV_ENROLL_DOUBTFUL);
    strange = evidence(0.9, 8);
    strange.anchor = NAN;
    assert_int_equal(pv_policy_enroll(model_14(), &strange), PV_ENROLL_DOUBTFUL);
    strange = evidence(0.9, 8);
    strange.runner_up = NAN;
    assert_int_equal(pv_policy_enroll(model_14(), &strange), PV_ENROLL_DOUBTFUL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predict_rate_falls_with_the_gallery),
        cmocka_unit_test(predict_takes_the_stricter_threshold),
        cmocka_unit_test(merge_bound_is_strict_and_tightens),
        cmocka_unit_test(empty_gallery_enrols_anew),
        cmocka_unit_test(near_misses_are_not_merged),
        cmocka_unit_test(same_score_merges_in_a_small_gallery_only),
        cmocka_unit_test(twins_are_not_merged),
        cmocka_unit_test(last_sample_cannot_stand_for_the_anchor),
        cmocka_unit_test(full_and_duplicate_add_nothing),
        cmocka_unit_test(what_is_no_number_is_doubt),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
