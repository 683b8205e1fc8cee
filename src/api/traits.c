#include "api/traits.h"

#include "api/rules.h"
#include "face/measures_generated.h"

/* docs/traits.md explains each measure and its scale. */
#define BY_CONTEXT(flag, fact, raises, key)                                                        \
    {                                                                                              \
        flag, fact, raises, key##_ENROLL, key##_PREDICT, 0, PV_RULE_NO_KEY                         \
    }
#define CONSTANT(flag, fact, raises, number)                                                       \
    {                                                                                              \
        flag, fact, raises, PV_RULE_NO_KEY, PV_RULE_NO_KEY, number, PV_RULE_NO_KEY                 \
    }

static const pv_rule rows[] = {
    PV_RULE_KEYED(PV_FT_FACE_TOO_CLOSE, PV_FACT_BOX_SHARE, PV_RULE_ABOVE,
                  PV_KEY_THRESHOLD_USER_TOO_CLOSE),
    PV_RULE_KEYED(PV_FT_FACE_TOO_FAR, PV_FACT_BOX_SHARE, PV_RULE_BELOW,
                  PV_KEY_THRESHOLD_USER_TOO_FAR),
    PV_RULE_KEYED(PV_FT_FACE_RIGHT, PV_FACT_BOX_LEFT, PV_RULE_BELOW, PV_KEY_THRESHOLD_USER_RIGHT),
    PV_RULE_KEYED(PV_FT_FACE_LEFT, PV_FACT_BOX_RIGHT, PV_RULE_ABOVE, PV_KEY_THRESHOLD_USER_LEFT),
    PV_RULE_KEYED(PV_FT_FACE_UP, PV_FACT_BOX_TOP, PV_RULE_BELOW, PV_KEY_THRESHOLD_USER_UP),
    PV_RULE_KEYED(PV_FT_FACE_DOWN, PV_FACT_BOX_BOTTOM, PV_RULE_ABOVE, PV_KEY_THRESHOLD_USER_DOWN),
    PV_RULE_KEYED(PV_FT_IMAGE_BLURR, PV_FACT_SHARPNESS, PV_RULE_BELOW,
                  PV_KEY_BLUR_THRESHOLD_ENROLL_PRED),
    CONSTANT(PV_FT_FACE_WITH_GLASS, PV_FACT_GLASSES, PV_RULE_ABOVE, 0.5),
    CONSTANT(PV_FT_FACE_WITH_MASK, PV_FACT_MASK, PV_RULE_ABOVE, 0.5),
    BY_CONTEXT(PV_FT_LOOKING_LEFT, PV_FACT_FRONTALITY_LEFT, PV_RULE_BELOW,
               PV_KEY_THRESHOLD_PROFILE),
    BY_CONTEXT(PV_FT_LOOKING_RIGHT, PV_FACT_FRONTALITY_RIGHT, PV_RULE_BELOW,
               PV_KEY_THRESHOLD_PROFILE),
    BY_CONTEXT(PV_FT_LOOKING_HIGH, PV_FACT_VERTICAL, PV_RULE_BELOW, PV_KEY_THRESHOLD_HIGH_VERTICAL),
    BY_CONTEXT(PV_FT_LOOKING_DOWN, PV_FACT_VERTICAL, PV_RULE_ABOVE, PV_KEY_THRESHOLD_DOWN_VERTICAL),
    PV_RULE_KEYED(PV_FT_FACE_TOO_DARK, PV_FACT_BRIGHTNESS, PV_RULE_BELOW, PV_KEY_FACE_TOO_DARK),
    PV_RULE_KEYED(PV_FT_FACE_TOO_BRIGHT, PV_FACT_BRIGHTNESS, PV_RULE_ABOVE, PV_KEY_FACE_TOO_BRIGHT),
    CONSTANT(PV_FT_FACE_LOW_VAL_CONF, PV_FACT_FACE_CONFIDENCE, PV_RULE_BELOW, 0.5),
    PV_RULE_KEYED(PV_FT_FACE_LOW_VAL_CONF, PV_FACT_LANDMARK_CONFIDENCE, PV_RULE_BELOW,
                  PV_KEY_LANDMARK_CONFIDENCE_SCORE_THRESHOLD),
    CONSTANT(PV_FT_INVALID_FACE_BACKGROUND, PV_FACT_BACKGROUND_UNEVENNESS, PV_RULE_ABOVE,
             PV_MEASURE_BACKGROUND_UNEVENNESS),
    PV_RULE_KEYED(PV_FT_EYE_BLINK, PV_FACT_EYES_CLOSED, PV_RULE_ABOVE,
                  PV_KEY_EYES_BLINKING_THRESHOLD),
    PV_RULE_KEYED(PV_FT_MOUTH_OPENED, PV_FACT_MOUTH_OPEN, PV_RULE_ABOVE,
                  PV_KEY_MOUTH_OPENED_THRESHOLD),
    PV_RULE_KEYED(PV_FT_FACE_ROTATED_RIGHT, PV_FACT_ROLL_RIGHT, PV_RULE_ABOVE,
                  PV_KEY_ANGLE_ROTATION_RIGHT_THRESHOLD),
    PV_RULE_KEYED(PV_FT_FACE_ROTATED_LEFT, PV_FACT_ROLL_LEFT, PV_RULE_ABOVE,
                  PV_KEY_ANGLE_ROTATION_LEFT_THRESHOLD),
    {PV_FT_FACE_NOT_IN_OVAL, PV_FACT_OVAL_SHARE, PV_RULE_BELOW, PV_RULE_NO_KEY, PV_RULE_NO_KEY, 1.0,
     PV_KEY_VALIDATE_FACE_POSITION_OVAL},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* The order is that in which a person would mend things: what hides the face, the light, where it
 * is, how it is held, what it does. */
static const pv_flag_text texts[] = {
    {PV_FT_FACE_LOW_VAL_CONF, "not clearly a face", "Show your whole face clearly."},
    {PV_FT_FACE_TOO_DARK, "too dark", "Find more light, from the front."},
    {PV_FT_FACE_TOO_BRIGHT, "too bright", "Avoid bright light on your face."},
    {PV_FT_FACE_WITH_MASK, "mask", "Take off the mask."},
    {PV_FT_FACE_WITH_GLASS, "glasses", "Take off your glasses."},
    {PV_FT_FACE_TOO_FAR, "too far", "Come closer."},
    {PV_FT_FACE_TOO_CLOSE, "too close", "Move back a little."},
    {PV_FT_FACE_RIGHT, "too far right", "Move to your left."},
    {PV_FT_FACE_LEFT, "too far left", "Move to your right."},
    {PV_FT_FACE_UP, "too high", "Lower your head or raise the camera."},
    {PV_FT_FACE_DOWN, "too low", "Raise your head or lower the camera."},
    {PV_FT_FACE_NOT_IN_OVAL, "outside the oval", "Bring your face into the oval."},
    {PV_FT_FACE_ROTATED_RIGHT, "tilted right", "Hold your head upright."},
    {PV_FT_FACE_ROTATED_LEFT, "tilted left", "Hold your head upright."},
    {PV_FT_LOOKING_LEFT, "looking left", "Turn your head to your right, towards the camera."},
    {PV_FT_LOOKING_RIGHT, "looking right", "Turn your head to your left, towards the camera."},
    {PV_FT_LOOKING_HIGH, "looking up", "Lower your chin."},
    {PV_FT_LOOKING_DOWN, "looking down", "Raise your chin."},
    {PV_FT_EYE_BLINK, "eyes closed", "Keep your eyes open."},
    {PV_FT_MOUTH_OPENED, "mouth open", "Close your mouth."},
    {PV_FT_IMAGE_BLURR, "blurred", "Hold still, and wipe the camera."},
    {PV_FT_INVALID_FACE_BACKGROUND, "uneven background", "Stand before a plain wall."},
};
#define TEXT_COUNT (sizeof texts / sizeof texts[0])

const char pv_advice_no_face[] = "Show your face to the camera.";
const char pv_advice_not_live[] =
    "Look into the camera yourself, in good light and without anything in between.";
const char pv_advice_not_checked[] = "Try again later: the check cannot be made now.";

unsigned pv_traits_stages(const pv_config *config, uint32_t flags)
{
    unsigned stages = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((rows[i].flag & flags) && pv_rule_is_enabled(&rows[i], config))
            stages |= pv_fact_stage((pv_fact)rows[i].fact);
    return stages;
}

uint32_t pv_traits_of_stages(const pv_config *config, unsigned stages)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((pv_fact_stage((pv_fact)rows[i].fact) & stages) && pv_rule_is_enabled(&rows[i], config))
            flags |= rows[i].flag;
    return flags;
}

uint32_t pv_traits_judge(const pv_config *config, const pv_facts *facts, uint32_t flags)
{
    return pv_rules_judge(rows, ROW_COUNT, config, facts->values, facts->known, flags);
}

const char *pv_traits_advice(uint32_t flags)
{
    return pv_flag_texts_advice(texts, TEXT_COUNT, flags);
}

void pv_traits_words(uint32_t flags, char *out, size_t size)
{
    pv_flag_texts_words(texts, TEXT_COUNT, flags, out, size);
}

const char *pv_trait_word(uint32_t flag)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (texts[i].flags == flag)
            return texts[i].words;
    return NULL;
}
