#include "api/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define KEY_LENGTH_MAX 512
#define TIMEOUT_MAX_MS 600000

/* The texts of a collection's settings. */
static const struct {
    const char *name;
    size_t offset;
} url_members[] = {{"base_url", offsetof(pv_collection, base_url)},
                   {"predict", offsetof(pv_collection, predict)},
                   {"enroll", offsetof(pv_collection, enroll)},
                   {"deleteUser", offsetof(pv_collection, delete_user)}};

#define URL_MEMBERS (sizeof url_members / sizeof url_members[0])

static pv_status read_text(const char *text, int length, json_t **out)
{
    json_error_t error;
    if (length < 0 || (length > 0 && !text))
        return pv_fail(PV_ERROR_ARGUMENT, "settings: length %d does not fit the pointer", length);
    if ((size_t)length > PV_CONFIG_TEXT_LIMIT)
        return pv_fail(PV_ERROR_CONFIGURATION, "settings: %d bytes; at most %zu are accepted",
                       length, PV_CONFIG_TEXT_LIMIT);
    if (length == 0)
        return pv_fail(PV_ERROR_CONFIGURATION, "settings: empty; a JSON object is needed");
    *out = json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, &error);
    if (!*out)
        return pv_fail(PV_ERROR_CONFIGURATION, "settings: line %d, column %d: %s", error.line,
                       error.column, error.text);
    if (!json_is_object(*out))
        return pv_fail(PV_ERROR_CONFIGURATION, "settings: a JSON object is needed");
    return PV_OK;
}

static pv_status read_key(pv_settings *settings)
{
    const json_t *token = json_object_get(settings->json, "session_token");
    if (!json_is_string(token))
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "settings: \"session_token\" must be there and be a string");
    size_t length = json_string_length(token);
    settings->key = json_string_value(token);
    if (length > KEY_LENGTH_MAX)
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "settings: \"session_token\" has %zu bytes; at most %d are allowed", length,
                       KEY_LENGTH_MAX);
    for (size_t i = 0; i < length; i++)
        if (settings->key[i] < 0x21 || settings->key[i] > 0x7e)
            return pv_fail(PV_ERROR_CONFIGURATION,
                           "settings: \"session_token\" has a character that no key has, at "
                           "position %zu",
                           i);
    return PV_OK;
}

static pv_status read_timeout(pv_settings *settings)
{
    const json_t *timeout = json_object_get(settings->json, "request_timeout_ms");
    if (!timeout || json_is_null(timeout))
        return PV_OK;
    json_int_t value = json_integer_value(timeout);
    if (!json_is_integer(timeout) || value < 1 || value > TIMEOUT_MAX_MS)
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "settings: \"request_timeout_ms\" must be a whole number from 1 to %d",
                       TIMEOUT_MAX_MS);
    settings->timeout_ms = (long)value;
    return PV_OK;
}

static pv_status read_urls(const json_t *urls, pv_collection *out)
{
    if (!urls || json_is_null(urls))
        return PV_OK;
    if (!json_is_object(urls))
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "settings: \"named_urls\" of collection \"%.100s\" must be an object",
                       out->name);
    for (size_t i = 0; i < URL_MEMBERS; i++) {
        char name[192];
        json_t *url = json_object_get(urls, url_members[i].name);
        if (!url || json_is_null(url))
            continue;
        snprintf(name, sizeof name, "settings: \"%s\" of collection \"%.100s\"",
                 url_members[i].name, out->name);
        if (!json_is_string(url))
            return pv_fail(PV_ERROR_CONFIGURATION, "%s must be a string", name);
        const char *text = json_string_value(url);
        pv_status status = pv_http_check_url(name, text);
        if (status != PV_OK)
            return status;
        memcpy((char *)out + url_members[i].offset, &text, sizeof text);
    }
    return PV_OK;
}

static pv_status read_collection(const char *name, const json_t *json, pv_collection *out)
{
    char known[64];
    out->name = name;
    if (!json_is_object(json))
        return pv_fail(PV_ERROR_CONFIGURATION, "settings: collection \"%.100s\" must be an object",
                       name);
    const json_t *id = json_object_get(json, "embedding_model_id");
    json_int_t number =
        id && !json_is_null(id) ? json_integer_value(id) : PV_EMBEDDING_MODEL_DEFAULT;
    bool whole = !id || json_is_null(id) || json_is_integer(id);
    out->model =
        whole && number >= 0 && number <= 1000000 ? pv_embedding_model_find((int)number) : NULL;
    if (!out->model) {
        pv_embedding_model_list(known, sizeof known);
        return pv_fail(
            PV_ERROR_CONFIGURATION,
            "settings: \"embedding_model_id\" of collection \"%.100s\" must be one of %s", name,
            known);
    }
    return read_urls(json_object_get(json, "named_urls"), out);
}

static pv_status read_collections(pv_settings *settings)
{
    json_t *collections = json_object_get(settings->json, "collections");
    if (!json_is_object(collections))
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "settings: \"collections\" must be there and be an object");
    if (!json_object_get(collections, "default"))
        return pv_fail(PV_ERROR_CONFIGURATION,
                       "settings: there is no collection \"default\" in \"collections\"");
    size_t count = json_object_size(collections);
    if (count > PV_COLLECTIONS_MAX)
        return pv_fail(PV_ERROR_CONFIGURATION, "settings: %zu collections; at most %d are allowed",
                       count, PV_COLLECTIONS_MAX);
    settings->collections = calloc(count, sizeof *settings->collections);
    if (!settings->collections)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the settings");
    const char *name;
    json_t *value;
    json_object_foreach(collections, name, value)
    {
        pv_status status =
            read_collection(name, value, &settings->collections[settings->collection_count]);
        if (status != PV_OK)
            return status;
        settings->collection_count++;
    }
    return PV_OK;
}

static void warn_unused(const json_t *json)
{
    static const char *const read[] = {"collections", "session_token", "request_timeout_ms"};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)json, name, value)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
            known = known || strcmp(read[i], name) == 0;
        if (strcmp(name, "public_key") == 0)
            pv_log(PV_LOG_WARNING, "settings: public_key has no effect");
        else if (!known)
            pv_log(PV_LOG_WARNING, "settings: unknown member \"%.100s\" is ignored", name);
    }
}

pv_status pv_settings_parse(const char *text, int length, pv_settings *out)
{
    memset(out, 0, sizeof *out);
    pv_status status = read_text(text, length, &out->json);
    if (status == PV_OK)
        status = read_key(out);
    if (status == PV_OK)
        status = read_timeout(out);
    if (status == PV_OK)
        status = read_collections(out);
    if (status == PV_OK)
        warn_unused(out->json);
    else
        pv_settings_release(out);
    return status;
}

void pv_settings_release(pv_settings *settings)
{
    json_decref(settings->json);
    free(settings->collections);
    memset(settings, 0, sizeof *settings);
}
