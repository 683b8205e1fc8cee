/* Document traits: one table says what raises each flag, which key decides, and what to tell the
 * person. */
#ifndef PV_API_DOCUMENT_TRAITS_H
#define PV_API_DOCUMENT_TRAITS_H

#include "config/config.h"
#include "document/corners.h"
#include "document/page.h"

/* The facts about a document, each a number with a name, computed only when a flag rests on it. */
typedef enum pv_document_fact {
    PV_DOCUMENT_CONFIDENCE, /* of the corners */
    PV_DOCUMENT_AREA,       /* by the picture's */
    PV_DOCUMENT_LEFT,       /* from the picture's left edge to the document, by the width */
    PV_DOCUMENT_RIGHT,      /* likewise; all four are below 0 beyond the edge */
    PV_DOCUMENT_TOP,
    PV_DOCUMENT_BOTTOM,
    PV_DOCUMENT_SHARPNESS,
    PV_DOCUMENT_FINGERS, /* how much they cover */
    PV_DOCUMENT_FACTS
} pv_document_fact;

typedef struct pv_document_facts {
    float values[PV_DOCUMENT_FACTS];
    bool known[PV_DOCUMENT_FACTS];
} pv_document_facts;

/* Where the document is in a picture of that size. */
void pv_document_measure_place(const pv_document_corners *found, int width, int height,
                               pv_document_facts *facts);

/* Whether a flag that the configuration leaves on rests on this fact. */
bool pv_document_fact_is_wanted(const pv_config *config, pv_document_fact fact);

/* The name under which scores[] reports it. */
const char *pv_document_fact_name(pv_document_fact fact);

/* The raised flags, a sum of PV_DT_ bits. A fact that is not known raises nothing. */
uint32_t pv_document_traits_judge(const pv_config *config, const pv_document_facts *facts);

/* One short instruction for the person: about the flag that is to be mended first. NULL for 0. */
const char *pv_document_traits_advice(uint32_t flags);

/* The flags in words, separated by ", ", into out (always NUL-terminated). */
void pv_document_traits_words(uint32_t flags, char *out, size_t size);

#endif
