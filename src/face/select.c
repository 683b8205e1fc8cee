#include "face/select.h"

#include <stdlib.h>

static float area(const pv_face *face)
{
    return (face->right - face->left) * (face->bottom - face->top);
}

static float measure(const pv_face *face, pv_selection strategy)
{
    switch (strategy) {
    case PV_STRATEGY_BIGGEST: return area(face);
    case PV_STRATEGY_HYBRID: return area(face) * face->confidence;
    case PV_STRATEGY_MULTIPLE:
    case PV_STRATEGY_BEST_CONFIDENCE: break;
    }
    return face->confidence;
}

/* What decides between equals: the bigger face, then the one nearer to the top left, so that the
 * choice does not depend on the order found. */
static int compare_equals(const pv_face *a, const pv_face *b)
{
    float difference = area(a) - area(b);
    if (difference != 0.0F)
        return difference > 0.0F ? -1 : 1;
    if (a->top != b->top)
        return a->top < b->top ? -1 : 1;
    if (a->left != b->left)
        return a->left < b->left ? -1 : 1;
    return 0;
}

static int by_confidence(const void *a, const void *b)
{
    const pv_face *first = a;
    const pv_face *second = b;
    if (first->confidence != second->confidence)
        return first->confidence > second->confidence ? -1 : 1;
    return compare_equals(first, second);
}

static void note_others(pv_face_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        float biggest = 0.0F;
        for (size_t j = 0; j < list->count; j++)
            if (j != i && area(&list->faces[j]) > biggest)
                biggest = area(&list->faces[j]);
        float own = area(&list->faces[i]);
        list->faces[i].other_area = own > 0.0F ? biggest / own : 0.0F;
    }
}

void pv_face_select(pv_face_list *list, pv_selection strategy)
{
    note_others(list);
    if (list->count < 2)
        return;
    if (strategy == PV_STRATEGY_MULTIPLE) {
        qsort(list->faces, list->count, sizeof *list->faces, by_confidence);
        return;
    }
    size_t best = 0;
    for (size_t i = 1; i < list->count; i++) {
        float difference =
            measure(&list->faces[i], strategy) - measure(&list->faces[best], strategy);
        if (difference > 0.0F ||
            (difference == 0.0F && compare_equals(&list->faces[i], &list->faces[best]) < 0))
            best = i;
    }
    list->faces[0] = list->faces[best];
    list->count = 1;
}
