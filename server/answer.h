/* What goes back over HTTP: a status code and a body. */
#ifndef PV_SERVER_ANSWER_H
#define PV_SERVER_ANSWER_H

#include <jansson.h>
#include <stddef.h>

#include "base/status.h"

typedef enum pv_answer_kind {
    PV_ANSWER_UNAUTHORIZED,
    PV_ANSWER_UNKNOWN_COLLECTION,
    PV_ANSWER_MODEL_MISMATCH,
    PV_ANSWER_BAD_REQUEST,
    PV_ANSWER_TOO_LARGE,
    PV_ANSWER_NOT_FOUND,
    PV_ANSWER_METHOD_NOT_ALLOWED,
    PV_ANSWER_INTERNAL,
    PV_ANSWER_UNAVAILABLE
} pv_answer_kind;

typedef struct pv_answer {
    unsigned code;
    char *text; /* malloc; NULL only when memory ran out */
    size_t length;
    const char *type;  /* Content-Type */
    const char *allow; /* with 405: the methods that are allowed, else NULL */
} pv_answer;

/* 200 with the object, which is taken over; NULL stands for "out of memory". */
void pv_answer_json(pv_answer *answer, json_t *object);

/* {"error":{"code":...,"message":...}} with the HTTP status of its kind. */
void pv_answer_error(pv_answer *answer, pv_answer_kind kind, const char *format, ...)
    PV_PRINTF(3, 4);

void pv_answer_release(pv_answer *answer);

#endif
