/* The best few persons met in a scan, each with its best row only. */
#ifndef PV_SERVER_TOPK_H
#define PV_SERVER_TOPK_H

#include <stddef.h>
#include <stdint.h>

#include "server/index.h"

typedef struct pv_topk_entry {
    float score;
    uint32_t person;
} pv_topk_entry;

typedef struct pv_topk {
    size_t limit;
    size_t count;
    float floor;                              /* lower scores cannot change the list any more */
    pv_topk_entry entries[PV_INDEX_HITS_MAX]; /* best first */
} pv_topk;

void pv_topk_init(pv_topk *list, size_t limit, float floor);

/* score >= list->floor. */
void pv_topk_offer(pv_topk *list, float score, uint32_t person);

#endif
