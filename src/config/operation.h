/* The operations of the interface; the rows are in keys.json. */
#ifndef PV_CONFIG_OPERATION_H
#define PV_CONFIG_OPERATION_H

#include <stdint.h>

/* The numbers are stable: answers carry them as operation_type_id. */
typedef enum pv_operation {
    PV_OPERATION_VALIDATE = 0,
    PV_OPERATION_ESTIMATE_AGE = 1,
    PV_OPERATION_ENROLL = 2,
    PV_OPERATION_PREDICT = 3,
    PV_OPERATION_ANTI_SPOOFING = 4,
    PV_OPERATION_COMPARE = 5,
    PV_OPERATION_ISO = 6,
    PV_OPERATION_DOC_SCAN = 7,
    PV_OPERATION_USER_DELETE = 8,
    PV_OPERATION_COUNT
} pv_operation;

/* What an operation says about a face, as the column `judges` of its row; a sum. */
typedef enum pv_judge {
    PV_JUDGE_TRAITS = 1,         /* every flag */
    PV_JUDGE_FAILING_TRAITS = 2, /* those that can fail it, and what comes with them */
    PV_JUDGE_LIVENESS = 4,
    PV_JUDGE_AGE = 8
} pv_judge;

unsigned pv_operation_judges(pv_operation operation);

/* "enroll_onefa" and so on, as clients call it; "unknown operation" outside the table. */
const char *pv_operation_name(pv_operation operation);

/* The face traits (a sum of PV_FT_ bits) that make this operation fail; 0 where none does. */
uint32_t pv_operation_failing_traits(pv_operation operation);

#endif
