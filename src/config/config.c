#include "config/config.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/notices.h"

#define SHOWN_LIMIT 60 /* bytes of a value that a message shows */
#define RANGE_SIZE 160

typedef struct override_row {
    pv_operation operation;
    pv_config_key key;
    double number;
    const char *text;
} override_row;

#include "config/keys_generated.inc"

static void store_number(pv_config *config, const pv_config_row *row, double number)
{
    void *field = (char *)config + row->offset;
    switch (row->type) {
    case PV_CONFIG_ENUM:
    case PV_CONFIG_INT: *(int *)field = (int)number; break;
    case PV_CONFIG_FLOAT: *(double *)field = number; break;
    case PV_CONFIG_BOOL: *(bool *)field = number > 0; break;
    case PV_CONFIG_UINT32: *(uint32_t *)field = (uint32_t)number; break;
    case PV_CONFIG_STRING: break;
    }
}

/* The text is at most row->maximum bytes long: checked by the callers. */
static void store_text(pv_config *config, const pv_config_row *row, const char *text)
{
    memcpy((char *)config + row->offset, text, strlen(text) + 1);
}

static void store_default(pv_config *config, const pv_config_row *row, double number,
                          const char *text)
{
    if (row->type == PV_CONFIG_STRING)
        store_text(config, row, text);
    else
        store_number(config, row, number);
}

void pv_config_defaults(pv_operation operation, pv_config *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < PV_CONFIG_KEY_COUNT; i++)
        store_default(out, &rows[i], rows[i].number, rows[i].text);
    for (size_t i = 0; i < sizeof overrides / sizeof *overrides; i++)
        if (overrides[i].operation == operation)
            store_default(out, &rows[overrides[i].key], overrides[i].number, overrides[i].text);
}

/* "0 to 1", "one of 0, 22" and so on: what the key allows. */
static void describe_range(const pv_config_row *row, char out[RANGE_SIZE])
{
    const char *kind = row->type == PV_CONFIG_FLOAT ? "a number" : "an integer";
    size_t used = 0;
    switch (row->type) {
    case PV_CONFIG_BOOL: snprintf(out, RANGE_SIZE, "true or false"); return;
    case PV_CONFIG_STRING:
        snprintf(out, RANGE_SIZE, "a text of at most %.0f bytes", row->maximum);
        return;
    case PV_CONFIG_ENUM: used = (size_t)snprintf(out, RANGE_SIZE, "one of"); break;
    case PV_CONFIG_INT:
    case PV_CONFIG_FLOAT:
    case PV_CONFIG_UINT32:
        if (!row->values) {
            snprintf(out, RANGE_SIZE, "%s from %.12g to %.12g", kind, row->minimum, row->maximum);
            return;
        }
        used = (size_t)snprintf(out, RANGE_SIZE, "one of");
        break;
    }
    for (size_t i = 0; i < row->choice_count && used < RANGE_SIZE; i++) {
        const char *comma = i ? "," : "";
        int written =
            row->words ? snprintf(out + used, RANGE_SIZE - used, "%s \"%s\"", comma, row->words[i])
                       : snprintf(out + used, RANGE_SIZE - used, "%s %.12g", comma, row->values[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

static pv_status fail_value(const pv_config_row *row, const char *value)
{
    char range[RANGE_SIZE];
    char shown[SHOWN_LIMIT + 4];
    describe_range(row, range);
    pv_notice_quote(value, SHOWN_LIMIT, shown);
    return pv_fail(PV_ERROR_CONFIGURATION,
                   "configuration key \"%s\": value %s is not allowed; it must be %s", row->name,
                   shown, range);
}

static pv_status refuse(const pv_config_row *row, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    pv_status status = fail_value(row, text ? text : "(too large to show)");
    free(text);
    return status;
}

static bool number_is_allowed(const pv_config_row *row, double number)
{
    if (!isfinite(number) || number < row->minimum || number > row->maximum)
        return false;
    /* 3.0 is an integer in JSON Schema too, 3.5 is none. */
    if (row->type != PV_CONFIG_FLOAT && number != floor(number))
        return false;
    if (!row->values)
        return true;
    for (size_t i = 0; i < row->choice_count; i++)
        if (!(number < row->values[i]) && !(number > row->values[i]))
            return true;
    return false;
}

static pv_status read_text(pv_config *config, const pv_config_row *row, const json_t *value)
{
    if (!json_is_string(value))
        return refuse(row, value);
    const char *text = json_string_value(value);
    if (row->type == PV_CONFIG_STRING) {
        if ((double)json_string_length(value) > row->maximum)
            return refuse(row, value);
        store_text(config, row, text);
        return PV_OK;
    }
    for (size_t i = 0; i < row->choice_count; i++) {
        if (strcmp(text, row->words[i]) == 0) {
            store_number(config, row, (double)i);
            return PV_OK;
        }
    }
    return refuse(row, value);
}

static pv_status read_value(pv_config *config, const pv_config_row *row, const json_t *value)
{
    switch (row->type) {
    case PV_CONFIG_ENUM:
    case PV_CONFIG_STRING: return read_text(config, row, value);
    case PV_CONFIG_BOOL:
        if (!json_is_boolean(value))
            return refuse(row, value);
        store_number(config, row, json_is_true(value) ? 1 : 0);
        return PV_OK;
    case PV_CONFIG_INT:
    case PV_CONFIG_FLOAT:
    case PV_CONFIG_UINT32:
        if (!json_is_number(value) || !number_is_allowed(row, json_number_value(value)))
            return refuse(row, value);
        store_number(config, row, json_number_value(value));
        return PV_OK;
    }
    return pv_fail(PV_ERROR_GENERIC, "configuration key \"%s\" has no type", row->name);
}

static bool is_number_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("+-.eE", byte));
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* A number too large for the JSON reader itself ends at the given position; if it is the value of a
 * known key, the message names key and range, as for any other number out of range. */
static pv_status fail_overflow(const char *json, size_t end, const json_error_t *error)
{
    size_t start = end;
    while (start > 0 && is_number_byte(json[start - 1]))
        start--;
    size_t at = start;
    while (at > 0 && (is_blank(json[at - 1]) || json[at - 1] == ':'))
        at--;
    size_t key_end = at > 0 ? at - 1 : 0;
    size_t key_start = key_end;
    while (key_start > 0 && json[key_start - 1] != '"')
        key_start--;
    char name[64] = "";
    if (at > 0 && json[key_end] == '"' && key_end - key_start < sizeof name)
        memcpy(name, json + key_start, key_end - key_start);
    const pv_config_row *row = pv_config_row_find(name);
    if (!row)
        return pv_fail(PV_ERROR_CONFIGURATION, "configuration, line %d, column %d: %s", error->line,
                       error->column, "a number is too large");
    char value[SHOWN_LIMIT + 2] = "";
    size_t length = end - start;
    memcpy(value, json + start, length < sizeof value ? length : sizeof value - 1);
    return fail_value(row, value);
}

static pv_status fail_syntax(const char *json, size_t length, const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_numeric_overflow && error->position >= 0 &&
        (size_t)error->position <= length)
        return fail_overflow(json, (size_t)error->position, error);
    if (code == json_error_out_of_memory)
        return pv_fail(PV_ERROR_GENERIC, "configuration: out of memory");
    if (code == json_error_null_character)
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "configuration, line %d, column %d: a text must not hold \\u0000",
                       error->line, error->column);
    char shown[JSON_ERROR_TEXT_LENGTH + 4];
    pv_notice_quote(error->text, JSON_ERROR_TEXT_LENGTH, shown);
    return pv_fail(PV_ERROR_CONFIGURATION, "configuration, line %d, column %d: %s", error->line,
                   error->column, shown);
}

/* The JSON reader skips NUL bytes; JSON has none. */
static pv_status check_no_nul(const char *json, size_t length)
{
    const char *nul = memchr(json, '\0', length);
    if (!nul)
        return PV_OK;
    size_t line = 1;
    size_t column = 1;
    for (const char *at = json; at < nul; at++) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    return pv_fail(PV_ERROR_CONFIGURATION, "configuration, line %zu, column %zu: a NUL byte", line,
                   column);
}

static pv_status read_object(json_t *object, pv_config *config)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const pv_config_row *row = pv_config_row_find(name);
        if (!row) {
            pv_notice_unknown(name);
            continue;
        }
        if (json_is_null(value))
            continue;
        pv_status status = read_value(config, row, value);
        if (status != PV_OK)
            return status;
        config->is_set[row - rows] = true;
        pv_notice_without_effect((pv_config_key)(row - rows));
    }
    return PV_OK;
}

static bool is_blank_text(const char *json, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_blank(json[i]))
            return false;
    return true;
}

pv_status pv_config_parse(const char *json, size_t length, pv_operation operation, pv_config *out)
{
    pv_config_defaults(operation, out);
    if (!json || length == 0)
        return PV_OK;
    if (length > PV_CONFIG_TEXT_LIMIT)
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "configuration: %zu bytes are more than the allowed %zu", length,
                       PV_CONFIG_TEXT_LIMIT);
    if (is_blank_text(json, length))
        return PV_OK;
    pv_status status = check_no_nul(json, length);
    if (status != PV_OK)
        return status;
    json_error_t error;
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root)
        return fail_syntax(json, length, &error);
    if (!json_is_object(root))
        status =
            pv_fail(PV_ERROR_CONFIGURATION,
                    "configuration: the JSON text must be an object such as {\"neighbors\": 1}");
    else
        status = read_object(root, out);
    json_decref(root);
    if (status != PV_OK)
        pv_config_defaults(operation, out);
    return status;
}

bool pv_config_is_set(const pv_config *config, pv_config_key key)
{
    return (unsigned)key < PV_CONFIG_KEY_COUNT && config->is_set[key];
}

int pv_config_landmarks_model(const pv_config *config)
{
    return config->base_face_landmarks_model_id != -1 ? config->base_face_landmarks_model_id
                                                      : config->base_landmarks_model_id;
}

const pv_config_row *pv_config_row_get(pv_config_key key)
{
    return (unsigned)key < PV_CONFIG_KEY_COUNT ? &rows[key] : NULL;
}

const pv_config_row *pv_config_row_find(const char *name)
{
    for (size_t i = 0; name && i < PV_CONFIG_KEY_COUNT; i++)
        if (strcmp(name, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}
