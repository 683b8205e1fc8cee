/* Judgements as rows of a table: a fact on the wrong side of a number raises a flag; and what is
 * said about flags. The traits of faces and those of documents are such tables. */
#ifndef PV_API_RULES_H
#define PV_API_RULES_H

#include "config/config.h"

/* In place of a key: there is none. */
#define PV_RULE_NO_KEY PV_CONFIG_KEY_COUNT

typedef enum pv_rule_direction { PV_RULE_BELOW, PV_RULE_ABOVE } pv_rule_direction;

/* A flag is raised when the fact lies below or above the number that the key of the context holds.
 * A flag may have several rows: any of them raises it. */
typedef struct pv_rule {
    uint32_t flag;
    int fact; /* its place among values and known */
    pv_rule_direction raises;
    pv_config_key enroll; /* PV_RULE_NO_KEY: `fixed` is the number */
    pv_config_key predict;
    double fixed;
    pv_config_key enabled_by; /* a bool that must be true, or PV_RULE_NO_KEY */
} pv_rule;

/* The number is that of one key, whatever the context. */
#define PV_RULE_KEYED(flag, fact, raises, key)                                                     \
    {                                                                                              \
        flag, fact, raises, key, key, 0, PV_RULE_NO_KEY                                            \
    }

bool pv_rule_is_enabled(const pv_rule *rule, const pv_config *config);

/* The raised ones among `flags`. A fact that is not known raises nothing. */
uint32_t pv_rules_judge(const pv_rule *rules, size_t count, const pv_config *config,
                        const float *values, const bool *known, uint32_t flags);

/* What is said where all of `flags` are raised. A table of these is in the order in which a person
 * would mend things; translations replace the texts. */
typedef struct pv_flag_text {
    uint32_t flags;
    const char *words; /* of a single flag; NULL: only the advice counts */
    const char *advice;
} pv_flag_text;

/* The first advice that fits; NULL where none does. */
const char *pv_flag_texts_advice(const pv_flag_text *texts, size_t count, uint32_t flags);

/* The flags in words, separated by ", ", into out (always NUL-terminated). */
void pv_flag_texts_words(const pv_flag_text *texts, size_t count, uint32_t flags, char *out,
                         size_t size);

#endif
