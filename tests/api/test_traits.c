/* The table of traits: what raises each flag, on facts that were never measured but set here, and
 * what is said about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/traits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ALL UINT32_MAX

/* With the described defaults: a value that a person would let pass and one on the other side. */
typedef struct expectation {
    uint32_t flag;
    pv_fact fact;
    float passes;
    float raises;
} expectation;

static const expectation enroll[] = {
    {PV_FT_FACE_TOO_CLOSE, PV_FACT_BOX_SHARE, 0.79F, 0.81F},
    {PV_FT_FACE_TOO_FAR, PV_FACT_BOX_SHARE, 0.21F, 0.19F},
    {PV_FT_FACE_RIGHT, PV_FACT_BOX_LEFT, 0.011F, 0.009F},
    {PV_FT_FACE_LEFT, PV_FACT_BOX_RIGHT, 0.989F, 0.991F},
    {PV_FT_FACE_UP, PV_FACT_BOX_TOP, 0.011F, 0.009F},
    {PV_FT_FACE_DOWN, PV_FACT_BOX_BOTTOM, 0.989F, 0.991F},
    {PV_FT_IMAGE_BLURR, PV_FACT_SHARPNESS, 10.1F, 9.9F},
    {PV_FT_FACE_WITH_GLASS, PV_FACT_GLASSES, 0.49F, 0.51F},
    {PV_FT_FACE_WITH_MASK, PV_FACT_MASK, 0.49F, 0.51F},
    {PV_FT_LOOKING_LEFT, PV_FACT_FRONTALITY_LEFT, 0.71F, 0.69F},
    {PV_FT_LOOKING_RIGHT, PV_FACT_FRONTALITY_RIGHT, 0.71F, 0.69F},
    {PV_FT_LOOKING_HIGH, PV_FACT_VERTICAL, -0.09F, -0.11F},
    {PV_FT_LOOKING_DOWN, PV_FACT_VERTICAL, 0.14F, 0.16F},
    {PV_FT_FACE_TOO_DARK, PV_FACT_BRIGHTNESS, 0.26F, 0.24F},
    {PV_FT_FACE_TOO_BRIGHT, PV_FACT_BRIGHTNESS, 0.84F, 0.86F},
    {PV_FT_FACE_LOW_VAL_CONF, PV_FACT_FACE_CONFIDENCE, 0.51F, 0.49F},
    {PV_FT_FACE_LOW_VAL_CONF, PV_FACT_LANDMARK_CONFIDENCE, 0.51F, 0.49F},
    {PV_FT_INVALID_FACE_BACKGROUND, PV_FACT_BACKGROUND_UNEVENNESS, 9.9F, 10.1F},
    {PV_FT_EYE_BLINK, PV_FACT_EYES_CLOSED, 0.59F, 0.61F},
    {PV_FT_MOUTH_OPENED, PV_FACT_MOUTH_OPEN, 0.79F, 0.81F},
    {PV_FT_FACE_ROTATED_RIGHT, PV_FACT_ROLL_RIGHT, 19.9F, 20.1F},
    {PV_FT_FACE_ROTATED_LEFT, PV_FACT_ROLL_LEFT, 19.9F, 20.1F},
};

/* Where identification asks for something else. */
static const expectation predict[] = {
    {PV_FT_FACE_TOO_FAR, PV_FACT_BOX_SHARE, 0.11F, 0.09F},
    {PV_FT_LOOKING_LEFT, PV_FACT_FRONTALITY_LEFT, 0.86F, 0.84F},
    {PV_FT_LOOKING_RIGHT, PV_FACT_FRONTALITY_RIGHT, 0.86F, 0.84F},
    {PV_FT_LOOKING_HIGH, PV_FACT_VERTICAL, -0.09F, -0.11F},
    {PV_FT_LOOKING_DOWN, PV_FACT_VERTICAL, 0.09F, 0.11F},
};

static uint32_t judge(const pv_config *config, pv_fact fact, float value, uint32_t flags)
{
    pv_facts facts = {.known = {false}};
    facts.values[fact] = value;
    facts.known[fact] = true;
    return pv_traits_judge(config, &facts, flags);
}

static void check(const pv_config *config, const expectation *e)
{
    uint32_t passed = judge(config, e->fact, e->passes, ALL);
    uint32_t raised = judge(config, e->fact, e->raises, ALL);
    if (passed != 0 || raised != e->flag)
        fail_msg("flag %u: %u at %f and %u at %f", e->flag, passed, (double)e->passes, raised,
                 (double)e->raises);
    /* nothing is raised that was not asked for */
    assert_int_equal(judge(config, e->fact, e->raises, ALL & ~e->flag), 0);
}

static void test_each_flag_at_its_default(void **state)
{
    (void)state;
    pv_config config;
    pv_config_defaults(PV_OPERATION_ENROLL, &config);
    for (size_t i = 0; i < COUNT(enroll); i++)
        check(&config, &enroll[i]);
    pv_config_defaults(PV_OPERATION_PREDICT, &config);
    for (size_t i = 0; i < COUNT(predict); i++)
        check(&config, &predict[i]);
}

/* A value exactly at the threshold passes on either side. */
static void test_at_the_threshold(void **state)
{
    (void)state;
    pv_config config;
    pv_config_defaults(PV_OPERATION_VALIDATE, &config);
    config.threshold_user_too_close = 0.5;
    config.threshold_user_too_far = 0.5;
    assert_int_equal(judge(&config, PV_FACT_BOX_SHARE, 0.5F, ALL), 0);
    assert_int_equal(judge(&config, PV_FACT_BOX_SHARE, 0.5001F, ALL), PV_FT_FACE_TOO_CLOSE);
    assert_int_equal(judge(&config, PV_FACT_BOX_SHARE, 0.4999F, ALL), PV_FT_FACE_TOO_FAR);
}

static void test_context_chooses_the_key(void **state)
{
    (void)state;
    pv_config config;
    pv_config_defaults(PV_OPERATION_VALIDATE, &config);
    config.threshold_profile_enroll = 0.2;
    config.threshold_profile_predict = 0.9;
    assert_int_equal(judge(&config, PV_FACT_FRONTALITY_LEFT, 0.5F, ALL), 0);
    config.context_string = PV_CONTEXT_STRING_PREDICT;
    assert_int_equal(judge(&config, PV_FACT_FRONTALITY_LEFT, 0.5F, ALL), PV_FT_LOOKING_LEFT);
}

static void test_oval_is_judged_on_request(void **state)
{
    (void)state;
    pv_config config;
    pv_config_defaults(PV_OPERATION_VALIDATE, &config);
    assert_int_equal(judge(&config, PV_FACT_OVAL_SHARE, 0.5F, ALL), 0);
    assert_int_equal(pv_traits_stages(&config, PV_FT_FACE_NOT_IN_OVAL), 0);
    config.validate_face_position_oval = true;
    assert_int_equal(judge(&config, PV_FACT_OVAL_SHARE, 0.97F, ALL), PV_FT_FACE_NOT_IN_OVAL);
    assert_int_equal(judge(&config, PV_FACT_OVAL_SHARE, 1.0F, ALL), 0);
    assert_int_equal(pv_traits_stages(&config, PV_FT_FACE_NOT_IN_OVAL), PV_STAGE_GEOMETRY);
}

static void test_unknown_facts_raise_nothing(void **state)
{
    (void)state;
    pv_config config;
    const pv_facts nothing = {.known = {false}};
    pv_config_defaults(PV_OPERATION_VALIDATE, &config);
    config.validate_face_position_oval = true;
    assert_int_equal(pv_traits_judge(&config, &nothing, ALL), 0);
}

/* Only what a flag rests on is computed for it, and what comes with that is known as well. */
static void test_stages(void **state)
{
    (void)state;
    pv_config config;
    pv_config_defaults(PV_OPERATION_VALIDATE, &config);
    assert_int_equal(pv_traits_stages(&config, 0), 0);
    assert_int_equal(pv_traits_stages(&config, PV_FT_FACE_TOO_FAR | PV_FT_FACE_UP),
                     PV_STAGE_GEOMETRY);
    assert_int_equal(pv_traits_stages(&config, PV_FT_IMAGE_BLURR | PV_FT_LOOKING_HIGH),
                     PV_STAGE_SHARPNESS | PV_STAGE_POSE);
    assert_int_equal(pv_traits_stages(&config, PV_FT_EYE_BLINK), PV_STAGE_EXPRESSION);
    assert_int_equal(pv_traits_stages(&config, PV_FT_FACE_WITH_MASK), PV_STAGE_MASK);
    assert_int_equal(pv_traits_of_stages(&config, PV_STAGE_LIGHT),
                     PV_FT_FACE_TOO_DARK | PV_FT_FACE_TOO_BRIGHT);
    assert_int_equal(pv_traits_of_stages(&config, PV_STAGE_EXPRESSION),
                     PV_FT_EYE_BLINK | PV_FT_MOUTH_OPENED);
}

/* What is to be mended first comes first; of two flags only the first is spoken of. */
static const struct {
    uint32_t flag;
    const char *words;
    const char *advice;
} order[] = {
    {PV_FT_FACE_LOW_VAL_CONF, "not clearly a face", "whole face"},
    {PV_FT_FACE_TOO_DARK, "too dark", "more light"},
    {PV_FT_FACE_TOO_BRIGHT, "too bright", "bright light"},
    {PV_FT_FACE_WITH_MASK, "mask", "mask"},
    {PV_FT_FACE_WITH_GLASS, "glasses", "glasses"},
    {PV_FT_FACE_TOO_FAR, "too far", "closer"},
    {PV_FT_FACE_TOO_CLOSE, "too close", "back"},
    {PV_FT_FACE_RIGHT, "too far right", "Move to your left"},
    {PV_FT_FACE_LEFT, "too far left", "Move to your right"},
    {PV_FT_FACE_UP, "too high", "Lower"},
    {PV_FT_FACE_DOWN, "too low", "Raise"},
    {PV_FT_FACE_NOT_IN_OVAL, "outside the oval", "oval"},
    {PV_FT_FACE_ROTATED_RIGHT, "tilted right", "upright"},
    {PV_FT_FACE_ROTATED_LEFT, "tilted left", "upright"},
    {PV_FT_LOOKING_LEFT, "looking left", "to your right"},
    {PV_FT_LOOKING_RIGHT, "looking right", "to your left"},
    {PV_FT_LOOKING_HIGH, "looking up", "Lower your chin"},
    {PV_FT_LOOKING_DOWN, "looking down", "Raise your chin"},
    {PV_FT_EYE_BLINK, "eyes closed", "eyes open"},
    {PV_FT_MOUTH_OPENED, "mouth open", "Close your mouth"},
    {PV_FT_IMAGE_BLURR, "blurred", "still"},
    {PV_FT_INVALID_FACE_BACKGROUND, "uneven background", "plain wall"},
};

static void test_advice(void **state)
{
    (void)state;
    uint32_t seen = 0;
    for (size_t i = 0; i < COUNT(order); i++) {
        const char *advice = pv_traits_advice(order[i].flag);
        assert_non_null(advice);
        assert_non_null(strstr(advice, order[i].advice));
        assert_string_equal(pv_trait_word(order[i].flag), order[i].words);
        for (size_t j = i; j < COUNT(order); j++)
            assert_string_equal(pv_traits_advice(order[i].flag | order[j].flag), advice);
        seen |= order[i].flag;
    }
    assert_int_equal(seen, 2 * PV_FT_FACE_NOT_IN_OVAL - 1); /* every one of the 22 bits */
    assert_null(pv_traits_advice(0));
    assert_null(pv_trait_word(PV_FT_EYE_BLINK | PV_FT_FACE_LEFT));
}

static void test_words(void **state)
{
    (void)state;
    char out[64];
    pv_traits_words(0, out, sizeof out);
    assert_string_equal(out, "");
    pv_traits_words(PV_FT_IMAGE_BLURR, out, sizeof out);
    assert_string_equal(out, "blurred");
    pv_traits_words(PV_FT_IMAGE_BLURR | PV_FT_FACE_TOO_DARK | PV_FT_EYE_BLINK, out, sizeof out);
    assert_string_equal(out, "too dark, eyes closed, blurred");
    memset(out, 'x', sizeof out);
    pv_traits_words(ALL, out, 12);
    assert_string_equal(out, "not clearly");
    assert_int_equal(out[12], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_flag_at_its_default),
        cmocka_unit_test(test_at_the_threshold),
        cmocka_unit_test(test_context_chooses_the_key),
        cmocka_unit_test(test_oval_is_judged_on_request),
        cmocka_unit_test(test_unknown_facts_raise_nothing),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
