/* Face traits: one table says what raises each flag, which key decides, and what to tell the
 * person. */
#ifndef PV_API_TRAITS_H
#define PV_API_TRAITS_H

#include "config/config.h"
#include "face/facts.h"

/* The stages that the flags (a sum of PV_FT_ bits) need. */
unsigned pv_traits_stages(const pv_config *config, uint32_t flags);

/* All flags that these stages can raise. */
uint32_t pv_traits_of_stages(const pv_config *config, unsigned stages);

/* The raised ones among `flags`. A fact that is not known raises nothing. */
uint32_t pv_traits_judge(const pv_config *config, const pv_facts *facts, uint32_t flags);

/* One short instruction for the person: about the flag that is to be mended first. NULL for 0. */
const char *pv_traits_advice(uint32_t flags);

/* The same where there is no flag to speak of. */
extern const char pv_advice_no_face[];
extern const char pv_advice_not_live[];
extern const char pv_advice_not_checked[];

/* The flags in words, separated by ", ", into out (always NUL-terminated). */
void pv_traits_words(uint32_t flags, char *out, size_t size);

/* A single flag in words; NULL for a number that is none. */
const char *pv_trait_word(uint32_t flag);

#endif
