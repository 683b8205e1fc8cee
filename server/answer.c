#include "server/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_TYPE "application/json; charset=utf-8"

static const struct {
    unsigned http;
    const char *code;
} kinds[] = {
    [PV_ANSWER_UNAUTHORIZED] = {401, "unauthorized"},
    [PV_ANSWER_UNKNOWN_COLLECTION] = {404, "unknown_collection"},
    [PV_ANSWER_MODEL_MISMATCH] = {409, "model_mismatch"},
    [PV_ANSWER_BAD_REQUEST] = {400, "bad_request"},
    [PV_ANSWER_TOO_LARGE] = {413, "too_large"},
    [PV_ANSWER_NOT_FOUND] = {404, "not_found"},
    [PV_ANSWER_METHOD_NOT_ALLOWED] = {405, "method_not_allowed"},
    [PV_ANSWER_INTERNAL] = {500, "internal"},
    [PV_ANSWER_UNAVAILABLE] = {503, "unavailable"},
};

/* Enough digits that a float comes back as it was. */
#define JSON_FORMAT (JSON_COMPACT | JSON_REAL_PRECISION(9))

static void set_json(pv_answer *answer, unsigned code, json_t *object)
{
    pv_answer_release(answer);
    answer->code = code;
    answer->type = JSON_TYPE;
    answer->text = object ? json_dumps(object, JSON_FORMAT) : NULL;
    answer->length = answer->text ? strlen(answer->text) : 0;
    json_decref(object);
}

void pv_answer_json(pv_answer *answer, json_t *object)
{
    set_json(answer, 200, object);
    if (!answer->text)
        pv_answer_error(answer, PV_ANSWER_INTERNAL, "out of memory");
}

void pv_answer_error(pv_answer *answer, pv_answer_kind kind, const char *format, ...)
{
    char message[PV_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    json_t *text = written < 0 ? NULL : json_string(message);
    if (!text) /* cut in the middle of a character, or echoing one that is none */
        text = json_string("the request cannot be answered");
    set_json(answer, kinds[kind].http,
             json_pack("{s:{s:s,s:o}}", "error", "code", kinds[kind].code, "message", text));
}

void pv_answer_release(pv_answer *answer)
{
    free(answer->text);
    answer->text = NULL;
    answer->length = 0;
}
