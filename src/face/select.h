/* Which of the found faces an operation looks at. */
#ifndef PV_FACE_SELECT_H
#define PV_FACE_SELECT_H

#include "face/face.h"

/* Numbers of the key `face_detection_strategy`. */
typedef enum pv_selection {
    PV_STRATEGY_MULTIPLE = 0,
    PV_STRATEGY_BEST_CONFIDENCE = 1,
    PV_STRATEGY_BIGGEST = 2,
    PV_STRATEGY_HYBRID = 3 /* area times confidence */
} pv_selection;

/* Keeps the selected face (all of them, ordered by falling confidence, for MULTIPLE). Among
 * equals the bigger face wins: in a crowd, the person in front. */
void pv_face_select(pv_face_list *list, pv_selection strategy);

#endif
