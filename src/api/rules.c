#include "api/rules.h"

#include <stdio.h>

static const void *field(const pv_config *config, pv_config_key key)
{
    return (const char *)config + pv_config_row_get(key)->offset;
}

bool pv_rule_is_enabled(const pv_rule *rule, const pv_config *config)
{
    return rule->enabled_by == PV_RULE_NO_KEY || *(const bool *)field(config, rule->enabled_by);
}

static double threshold(const pv_rule *rule, const pv_config *config)
{
    pv_config_key key =
        config->context_string == PV_CONTEXT_STRING_PREDICT ? rule->predict : rule->enroll;
    return key == PV_RULE_NO_KEY ? rule->fixed : *(const double *)field(config, key);
}

uint32_t pv_rules_judge(const pv_rule *rules, size_t count, const pv_config *config,
                        const float *values, const bool *known, uint32_t flags)
{
    uint32_t raised = 0;
    for (size_t i = 0; i < count; i++) {
        const pv_rule *rule = &rules[i];
        if (!(rule->flag & flags) || !known[rule->fact] || !pv_rule_is_enabled(rule, config))
            continue;
        double value = (double)values[rule->fact];
        double limit = threshold(rule, config);
        if (rule->raises == PV_RULE_ABOVE ? value > limit : value < limit)
            raised |= rule->flag;
    }
    return raised;
}

static bool fits(const pv_flag_text *text, uint32_t flags)
{
    return (text->flags & flags) == text->flags;
}

const char *pv_flag_texts_advice(const pv_flag_text *texts, size_t count, uint32_t flags)
{
    for (size_t i = 0; i < count; i++)
        if (fits(&texts[i], flags))
            return texts[i].advice;
    return NULL;
}

void pv_flag_texts_words(const pv_flag_text *texts, size_t count, uint32_t flags, char *out,
                         size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        if (texts[i].words && fits(&texts[i], flags))
            length += (size_t)snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "",
                                       texts[i].words);
}
