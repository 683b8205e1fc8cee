#include "api/document_traits.h"

#include <math.h>

#include "api/rules.h"

/* docs/documents.md explains each measure and its scale. */
static const pv_rule rows[] = {
    PV_RULE_KEYED(PV_DT_DOCUMENT_WITH_LOW_CONFIDENCE_SCORE, PV_DOCUMENT_CONFIDENCE, PV_RULE_BELOW,
                  PV_KEY_CONF_SCORE_THR_DOC),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_BLURRY, PV_DOCUMENT_SHARPNESS, PV_RULE_BELOW,
                  PV_KEY_BLUR_THRESHOLD_DOC),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_CLOSE, PV_DOCUMENT_AREA, PV_RULE_ABOVE,
                  PV_KEY_THRESHOLD_DOC_TOO_CLOSE),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_FAR, PV_DOCUMENT_AREA, PV_RULE_BELOW,
                  PV_KEY_THRESHOLD_DOC_TOO_FAR),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_LEFT, PV_DOCUMENT_LEFT, PV_RULE_BELOW, PV_KEY_THRESHOLD_DOC_X),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_RIGHT, PV_DOCUMENT_RIGHT, PV_RULE_BELOW,
                  PV_KEY_THRESHOLD_DOC_X),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_UP, PV_DOCUMENT_TOP, PV_RULE_BELOW, PV_KEY_THRESHOLD_DOC_Y),
    PV_RULE_KEYED(PV_DT_DOCUMENT_IS_DOWN, PV_DOCUMENT_BOTTOM, PV_RULE_BELOW,
                  PV_KEY_THRESHOLD_DOC_Y),
    {PV_DT_FINGERS_DETECTED, PV_DOCUMENT_FINGERS, PV_RULE_ABOVE,
     PV_KEY_FINGERS_OVER_DOCUMENT_THRESHOLD, PV_KEY_FINGERS_OVER_DOCUMENT_THRESHOLD, 0,
     PV_KEY_CHECK_FINGERS_OVER_DOCUMENT},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static const char *const names[PV_DOCUMENT_FACTS] = {
    [PV_DOCUMENT_CONFIDENCE] = "confidence", [PV_DOCUMENT_AREA] = "area",
    [PV_DOCUMENT_LEFT] = "margin_left",      [PV_DOCUMENT_RIGHT] = "margin_right",
    [PV_DOCUMENT_TOP] = "margin_top",        [PV_DOCUMENT_BOTTOM] = "margin_bottom",
    [PV_DOCUMENT_SHARPNESS] = "sharpness",   [PV_DOCUMENT_FINGERS] = "fingers",
};

/* In the order that it is seen at all, how far and where it is, what covers it, how sharp it is. */
static const pv_flag_text texts[] = {
    {PV_DT_DOCUMENT_WITH_LOW_CONFIDENCE_SCORE, "not clearly a document",
     "Lay the whole document flat, on a background of another colour."},
    {PV_DT_DOCUMENT_IS_FAR, "too far", "Bring the document closer."},
    {PV_DT_DOCUMENT_IS_CLOSE, "too close", "Move the document back a little."},
    {PV_DT_DOCUMENT_IS_LEFT | PV_DT_DOCUMENT_IS_RIGHT, NULL, "Move the document back a little."},
    {PV_DT_DOCUMENT_IS_UP | PV_DT_DOCUMENT_IS_DOWN, NULL, "Move the document back a little."},
    {PV_DT_DOCUMENT_IS_LEFT, "too far left", "Move the document to the right."},
    {PV_DT_DOCUMENT_IS_RIGHT, "too far right", "Move the document to the left."},
    {PV_DT_DOCUMENT_IS_UP, "too high", "Move the document down."},
    {PV_DT_DOCUMENT_IS_DOWN, "too low", "Move the document up."},
    {PV_DT_FINGERS_DETECTED, "covered by fingers", "Take your fingers off the document."},
    {PV_DT_DOCUMENT_IS_BLURRY, "blurred", "Hold the document still, in good light."},
};
#define TEXT_COUNT (sizeof texts / sizeof texts[0])

static void set(pv_document_facts *facts, pv_document_fact fact, double value)
{
    if (!isfinite(value))
        return;
    facts->values[fact] = (float)value;
    facts->known[fact] = true;
}

/* Pixel centres are at whole numbers, so the picture reaches from -0.5 to its size less that. */
void pv_document_measure_place(const pv_document_corners *found, int width, int height,
                               pv_document_facts *facts)
{
    double left = INFINITY;
    double top = INFINITY;
    double right = -INFINITY;
    double bottom = -INFINITY;
    for (int i = 0; i < 4; i++) {
        left = fmin(left, (double)found->corners[i].x + 0.5);
        right = fmax(right, (double)found->corners[i].x + 0.5);
        top = fmin(top, (double)found->corners[i].y + 0.5);
        bottom = fmax(bottom, (double)found->corners[i].y + 0.5);
    }
    set(facts, PV_DOCUMENT_CONFIDENCE, (double)found->confidence);
    set(facts, PV_DOCUMENT_AREA,
        fabs(pv_quad_area(found->corners)) / ((double)width * (double)height));
    set(facts, PV_DOCUMENT_LEFT, left / width);
    set(facts, PV_DOCUMENT_RIGHT, 1.0 - right / width);
    set(facts, PV_DOCUMENT_TOP, top / height);
    set(facts, PV_DOCUMENT_BOTTOM, 1.0 - bottom / height);
}

bool pv_document_fact_is_wanted(const pv_config *config, pv_document_fact fact)
{
    for (size_t i = 0; i < ROW_COUNT && !config->doc_validations_off; i++)
        if (rows[i].fact == (int)fact && pv_rule_is_enabled(&rows[i], config))
            return true;
    return false;
}

const char *pv_document_fact_name(pv_document_fact fact)
{
    return names[fact];
}

uint32_t pv_document_traits_judge(const pv_config *config, const pv_document_facts *facts)
{
    if (config->doc_validations_off)
        return 0;
    return pv_rules_judge(rows, ROW_COUNT, config, facts->values, facts->known, UINT32_MAX);
}

const char *pv_document_traits_advice(uint32_t flags)
{
    return pv_flag_texts_advice(texts, TEXT_COUNT, flags);
}

void pv_document_traits_words(uint32_t flags, char *out, size_t size)
{
    pv_flag_texts_words(texts, TEXT_COUNT, flags, out, size);
}
