#include "api/traits.h"

#include <stdio.h>
#include <string.h>

#include "face/measures_generated.h"

#define FIXED PV_CONFIG_KEY_COUNT

typedef enum direction { BELOW = -1, ABOVE = 1 } direction;

/* A flag is raised when the fact lies below or above the number that the key of the context holds.
 * A flag may have several rows: any of them raises it. */
typedef struct trait_row {
    uint32_t flag;
    pv_fact fact;
    direction raises;
    pv_config_key enroll; /* FIXED: `fixed` is the number */
    pv_config_key predict;
    double fixed;
    pv_config_key enabled_by; /* a bool that must be true, or FIXED */
} trait_row;

/* docs/traits.md explains each measure and its scale. */
#define KEYED(flag, fact, raises, key)                                                             \
    {                                                                                              \
        flag, fact, raises, key, key, 0, FIXED                                                     \
    }
#define BY_CONTEXT(flag, fact, raises, key)                                                        \
    {                                                                                              \
        flag, fact, raises, key##_ENROLL, key##_PREDICT, 0, FIXED                                  \
    }
#define CONSTANT(flag, fact, raises, number)                                                       \
    {                                                                                              \
        flag, fact, raises, FIXED, FIXED, number, FIXED                                            \
    }

static const trait_row rows[] = {
    KEYED(PV_FT_FACE_TOO_CLOSE, PV_FACT_BOX_SHARE, ABOVE, PV_KEY_THRESHOLD_USER_TOO_CLOSE),
    KEYED(PV_FT_FACE_TOO_FAR, PV_FACT_BOX_SHARE, BELOW, PV_KEY_THRESHOLD_USER_TOO_FAR),
    KEYED(PV_FT_FACE_RIGHT, PV_FACT_BOX_LEFT, BELOW, PV_KEY_THRESHOLD_USER_RIGHT),
    KEYED(PV_FT_FACE_LEFT, PV_FACT_BOX_RIGHT, ABOVE, PV_KEY_THRESHOLD_USER_LEFT),
    KEYED(PV_FT_FACE_UP, PV_FACT_BOX_TOP, BELOW, PV_KEY_THRESHOLD_USER_UP),
    KEYED(PV_FT_FACE_DOWN, PV_FACT_BOX_BOTTOM, ABOVE, PV_KEY_THRESHOLD_USER_DOWN),
    KEYED(PV_FT_IMAGE_BLURR, PV_FACT_SHARPNESS, BELOW, PV_KEY_BLUR_THRESHOLD_ENROLL_PRED),
    CONSTANT(PV_FT_FACE_WITH_GLASS, PV_FACT_GLASSES, ABOVE, 0.5),
    CONSTANT(PV_FT_FACE_WITH_MASK, PV_FACT_MASK, ABOVE, 0.5),
    BY_CONTEXT(PV_FT_LOOKING_LEFT, PV_FACT_FRONTALITY_LEFT, BELOW, PV_KEY_THRESHOLD_PROFILE),
    BY_CONTEXT(PV_FT_LOOKING_RIGHT, PV_FACT_FRONTALITY_RIGHT, BELOW, PV_KEY_THRESHOLD_PROFILE),
    BY_CONTEXT(PV_FT_LOOKING_HIGH, PV_FACT_VERTICAL, BELOW, PV_KEY_THRESHOLD_HIGH_VERTICAL),
    BY_CONTEXT(PV_FT_LOOKING_DOWN, PV_FACT_VERTICAL, ABOVE, PV_KEY_THRESHOLD_DOWN_VERTICAL),
    KEYED(PV_FT_FACE_TOO_DARK, PV_FACT_BRIGHTNESS, BELOW, PV_KEY_FACE_TOO_DARK),
    KEYED(PV_FT_FACE_TOO_BRIGHT, PV_FACT_BRIGHTNESS, ABOVE, PV_KEY_FACE_TOO_BRIGHT),
    CONSTANT(PV_FT_FACE_LOW_VAL_CONF, PV_FACT_FACE_CONFIDENCE, BELOW, 0.5),
    KEYED(PV_FT_FACE_LOW_VAL_CONF, PV_FACT_LANDMARK_CONFIDENCE, BELOW,
          PV_KEY_LANDMARK_CONFIDENCE_SCORE_THRESHOLD),
    CONSTANT(PV_FT_INVALID_FACE_BACKGROUND, PV_FACT_BACKGROUND_UNEVENNESS, ABOVE,
             PV_MEASURE_BACKGROUND_UNEVENNESS),
    KEYED(PV_FT_EYE_BLINK, PV_FACT_EYES_CLOSED, ABOVE, PV_KEY_EYES_BLINKING_THRESHOLD),
    KEYED(PV_FT_MOUTH_OPENED, PV_FACT_MOUTH_OPEN, ABOVE, PV_KEY_MOUTH_OPENED_THRESHOLD),
    KEYED(PV_FT_FACE_ROTATED_RIGHT, PV_FACT_ROLL_RIGHT, ABOVE,
          PV_KEY_ANGLE_ROTATION_RIGHT_THRESHOLD),
    KEYED(PV_FT_FACE_ROTATED_LEFT, PV_FACT_ROLL_LEFT, ABOVE, PV_KEY_ANGLE_ROTATION_LEFT_THRESHOLD),
    {PV_FT_FACE_NOT_IN_OVAL, PV_FACT_OVAL_SHARE, BELOW, FIXED, FIXED, 1.0,
     PV_KEY_VALIDATE_FACE_POSITION_OVAL},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* What is said about a flag. The order is that in which a person would mend things: what hides the
 * face, the light, where it is, how it is held, what it does. Translations replace the texts. */
typedef struct trait_text {
    uint32_t flag;
    const char *words;
    const char *advice;
} trait_text;

static const trait_text texts[] = {
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

static const void *field(const pv_config *config, pv_config_key key)
{
    return (const char *)config + pv_config_row_get(key)->offset;
}

static bool is_enabled(const trait_row *row, const pv_config *config)
{
    return row->enabled_by == FIXED || *(const bool *)field(config, row->enabled_by);
}

static double threshold(const trait_row *row, const pv_config *config)
{
    pv_config_key key =
        config->context_string == PV_CONTEXT_STRING_PREDICT ? row->predict : row->enroll;
    return key == FIXED ? row->fixed : *(const double *)field(config, key);
}

unsigned pv_traits_stages(const pv_config *config, uint32_t flags)
{
    unsigned stages = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((rows[i].flag & flags) && is_enabled(&rows[i], config))
            stages |= pv_fact_stage(rows[i].fact);
    return stages;
}

uint32_t pv_traits_of_stages(const pv_config *config, unsigned stages)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((pv_fact_stage(rows[i].fact) & stages) && is_enabled(&rows[i], config))
            flags |= rows[i].flag;
    return flags;
}

uint32_t pv_traits_judge(const pv_config *config, const pv_facts *facts, uint32_t flags)
{
    uint32_t raised = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const trait_row *row = &rows[i];
        if (!(row->flag & flags) || !facts->known[row->fact] || !is_enabled(row, config))
            continue;
        double value = (double)facts->values[row->fact];
        double limit = threshold(row, config);
        if (row->raises == ABOVE ? value > limit : value < limit)
            raised |= row->flag;
    }
    return raised;
}

const char *pv_traits_advice(uint32_t flags)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (texts[i].flag & flags)
            return texts[i].advice;
    return NULL;
}

void pv_traits_words(uint32_t flags, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < TEXT_COUNT && length < size; i++)
        if (texts[i].flag & flags)
            length += (size_t)snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "",
                                       texts[i].words);
}

const char *pv_trait_word(uint32_t flag)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (texts[i].flag == flag)
            return texts[i].words;
    return NULL;
}
