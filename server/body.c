#include "server/body.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "server/base64.h"
#include "server/utf8.h"

/* How far the length of an embedding may be from 1. */
#define LENGTH_TOLERANCE 0.01

typedef struct place {
    size_t line;
    size_t column; /* in bytes */
} place;

static place place_of(const char *text, size_t at)
{
    place found = {1, 1};
    for (size_t i = 0; i < at; i++) {
        found.column++;
        if (text[i] == '\n')
            found = (place){found.line + 1, 1};
    }
    return found;
}

/* Before the parser builds anything: it spends tens of bytes on each element, and nests as deep as
 * the text does. */
static pv_status check_structure(const char *text, size_t length)
{
    size_t depth = 0;
    size_t outside = 0;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = false;
            continue;
        }
        in_string = text[i] == '"';
        if (text[i] == '[' || text[i] == '{')
            depth++;
        else if ((text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
        if (++outside > PV_BODY_STRUCTURE_MAX || depth > PV_BODY_DEPTH_MAX) {
            place at = place_of(text, i);
            return depth > PV_BODY_DEPTH_MAX
                       ? pv_fail(PV_ERROR_ARGUMENT,
                                 "body: line %zu, column %zu: nested deeper than %d", at.line,
                                 at.column, PV_BODY_DEPTH_MAX)
                       : pv_fail(PV_ERROR_ARGUMENT,
                                 "body: line %zu, column %zu: more than %zu bytes outside texts",
                                 at.line, at.column, PV_BODY_STRUCTURE_MAX);
        }
    }
    return PV_OK;
}

pv_status pv_body_parse(const char *text, size_t length, json_t **object)
{
    json_error_t error;
    if (length == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "body: line 1, column 1: empty, a JSON object is needed");
    pv_status status = check_structure(text, length);
    if (status != PV_OK)
        return status;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return pv_fail(PV_ERROR_ARGUMENT, "body: line %d, column %d: %s", error.line, error.column,
                       error.text);
    if (!json_is_object(root)) {
        json_decref(root);
        return pv_fail(PV_ERROR_ARGUMENT, "body: line 1, column 1: a JSON object is needed");
    }
    *object = root;
    return PV_OK;
}

pv_status pv_body_optional_integer(const json_t *object, const char *name, int least, int most,
                                   int *value)
{
    const json_t *field = json_object_get(object, name);
    if (!field)
        return PV_OK;
    if (!json_is_integer(field))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: a whole number is needed", name);
    json_int_t number = json_integer_value(field);
    if (number < least || number > most)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %lld is not in %d..%d", name, (long long)number,
                       least, most);
    *value = (int)number;
    return PV_OK;
}

static pv_status require(const json_t *object, const char *name)
{
    return json_object_get(object, name) ? PV_OK : pv_fail(PV_ERROR_ARGUMENT, "%s: missing", name);
}

pv_status pv_body_integer(const json_t *object, const char *name, int least, int most, int *value)
{
    pv_status status = require(object, name);
    return status == PV_OK ? pv_body_optional_integer(object, name, least, most, value) : status;
}

pv_status pv_body_optional_number(const json_t *object, const char *name, double least, double most,
                                  double *value)
{
    const json_t *field = json_object_get(object, name);
    if (!field)
        return PV_OK;
    if (!json_is_number(field))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: a number is needed", name);
    double number = json_number_value(field);
    if (!(number >= least && number <= most))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %g is not in %g..%g", name, number, least, most);
    *value = number;
    return PV_OK;
}

pv_status pv_body_optional_text(const json_t *object, const char *name, size_t limit,
                                const char **text)
{
    const json_t *field = json_object_get(object, name);
    *text = NULL;
    if (!field)
        return PV_OK;
    if (!json_is_string(field))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: a text is needed", name);
    size_t length = json_string_length(field);
    if (length > limit)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %zu bytes, at most %zu are allowed", name, length,
                       limit);
    if (!pv_utf8_printable(json_string_value(field), length))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: control characters are not allowed", name);
    *text = json_string_value(field);
    return PV_OK;
}

pv_status pv_body_text(const json_t *object, const char *name, size_t limit, const char **text)
{
    pv_status status = require(object, name);
    if (status == PV_OK)
        status = pv_body_optional_text(object, name, limit, text);
    if (status == PV_OK && (!*text || **text == '\0'))
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: empty", name);
    return status;
}

static pv_status read_list(const json_t *field, size_t dimension, double *values)
{
    if (json_array_size(field) != dimension)
        return pv_fail(PV_ERROR_ARGUMENT, "embedding: %zu numbers, %zu are needed",
                       json_array_size(field), dimension);
    for (size_t i = 0; i < dimension; i++) {
        const json_t *number = json_array_get(field, i);
        if (!json_is_number(number))
            return pv_fail(PV_ERROR_ARGUMENT, "embedding: element %zu is not a number", i);
        values[i] = json_number_value(number);
    }
    return PV_OK;
}

static pv_status read_base64(const json_t *field, size_t dimension, double *values)
{
    float floats[PV_EMBEDDING_DIMENSION_MAX + 1];
    size_t text_length = json_string_length(field);
    size_t bytes = 0;
    if (pv_base64_size(text_length) > dimension * sizeof *floats + 2 ||
        !pv_base64_decode(json_string_value(field), text_length, (uint8_t *)floats, &bytes) ||
        bytes != dimension * sizeof *floats)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "embedding: base64 of %zu little-endian 32-bit floats is needed", dimension);
    for (size_t i = 0; i < dimension; i++)
        values[i] = (double)floats[i];
    return PV_OK;
}

pv_status pv_body_embedding(const json_t *object, const pv_embedding_model *model, float *vector)
{
    double values[PV_EMBEDDING_DIMENSION_MAX];
    const json_t *field = json_object_get(object, "embedding");
    pv_status status = require(object, "embedding");
    if (status == PV_OK && json_is_array(field))
        status = read_list(field, model->dimension, values);
    else if (status == PV_OK && json_is_string(field))
        status = read_base64(field, model->dimension, values);
    else if (status == PV_OK)
        status = pv_fail(PV_ERROR_ARGUMENT, "embedding: a list of numbers or base64 is needed");
    if (status != PV_OK)
        return status;
    double length = 0.0;
    for (size_t i = 0; i < model->dimension; i++)
        length += values[i] * values[i];
    length = sqrt(length);
    if (!(fabs(length - 1.0) <= LENGTH_TOLERANCE)) /* also when a value is not finite */
        return pv_fail(PV_ERROR_ARGUMENT, "embedding: its length is %g, not 1 within 1 %%", length);
    for (size_t i = 0; i < model->dimension; i++)
        vector[i] = (float)(values[i] / length);
    return PV_OK;
}

pv_status pv_body_image(const json_t *object, uint8_t **out, size_t *size)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    const json_t *field = json_object_get(object, "image");
    *out = NULL;
    *size = 0;
    if (!field)
        return PV_OK;
    if (!json_is_string(field))
        return pv_fail(PV_ERROR_ARGUMENT, "image: base64 of a PNG file is needed");
    size_t text_length = json_string_length(field);
    uint8_t *bytes = malloc(pv_base64_size(text_length) + 1);
    if (!bytes)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for an image");
    if (!pv_base64_decode(json_string_value(field), text_length, bytes, size) ||
        *size <= sizeof signature || memcmp(bytes, signature, sizeof signature) != 0) {
        free(bytes);
        *size = 0;
        return pv_fail(PV_ERROR_ARGUMENT, "image: base64 of a PNG file is needed");
    }
    *out = bytes;
    return PV_OK;
}

void pv_body_warn_unknown(const json_t *object, const char *const *known)
{
    size_t unknown = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], name) != 0)
            i++;
        if (!known[i])
            unknown++;
    }
    if (unknown > 0)
        pv_log(PV_LOG_WARNING, "a request has %zu unknown fields, which are ignored", unknown);
}
