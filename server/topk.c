#include "server/topk.h"

#include <string.h>

void pv_topk_init(pv_topk *list, size_t limit, float floor)
{
    list->limit = limit < PV_INDEX_HITS_MAX ? limit : PV_INDEX_HITS_MAX;
    list->count = 0;
    list->floor = floor;
}

/* A person that fell off the end can come back with a better row: those that pushed it out are
 * still ahead of its earlier one, so the list is always the best of all rows so far. */
void pv_topk_offer(pv_topk *list, float score, uint32_t person)
{
    if (list->limit == 0)
        return;
    size_t from = 0;
    while (from < list->count && list->entries[from].person != person)
        from++;
    if (from < list->count) {
        if (list->entries[from].score >= score)
            return;
    } else if (list->count < list->limit) {
        list->count++;
    } else if (list->entries[--from].score >= score) {
        return;
    }
    size_t to = from;
    while (to > 0 && list->entries[to - 1].score < score)
        to--;
    memmove(&list->entries[to + 1], &list->entries[to], (from - to) * sizeof list->entries[0]);
    list->entries[to] = (pv_topk_entry){.score = score, .person = person};
    if (list->count == list->limit && list->entries[list->count - 1].score > list->floor)
        list->floor = list->entries[list->count - 1].score;
}
