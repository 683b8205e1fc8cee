#include "client/backend.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A member of an answer: its name, JSON type and whether it must be there. */
typedef struct member {
    const char *name;
    json_type type; /* JSON_REAL: any number; JSON_INTEGER: whole */
    bool required;
} member;

static const member enroll_members[] = {
    {"status", JSON_INTEGER, true}, {"message", JSON_STRING, false},
    {"puid", JSON_STRING, false},   {"guid", JSON_STRING, false},
    {"score", JSON_REAL, false},    {"enroll_level", JSON_INTEGER, false},
    {NULL, JSON_NULL, false}};

static const member person_members[] = {{"guid", JSON_STRING, true},
                                        {"puid", JSON_STRING, true},
                                        {"score", JSON_REAL, true},
                                        {"enroll_level", JSON_INTEGER, false},
                                        {NULL, JSON_NULL, false}};

static const member delete_members[] = {{"status", JSON_INTEGER, true},
                                        {"uuid_count", JSON_INTEGER, true},
                                        {"message", JSON_STRING, false},
                                        {NULL, JSON_NULL, false}};

static const struct {
    const char *code;
    pv_status status;
} error_codes[] = {
    {"unauthorized", PV_ERROR_AUTHORIZATION},       {"unknown_collection", PV_ERROR_CONFIGURATION},
    {"model_mismatch", PV_ERROR_CONFIGURATION},     {"not_found", PV_ERROR_CONFIGURATION},
    {"method_not_allowed", PV_ERROR_CONFIGURATION}, {"unavailable", PV_ERROR_NETWORK}};

static bool has_type(const json_t *value, json_type type)
{
    if (type == JSON_REAL)
        return json_is_number(value);
    return json_typeof(value) == type;
}

/* Copies the members of the table that are there; a wrong type or a missing one is an error. */
static pv_status copy_members(const json_t *from, const member *table, const char *url, json_t *to)
{
    for (; table->name; table++) {
        json_t *value = json_object_get(from, table->name);
        if (!value || json_is_null(value)) {
            if (table->required)
                return pv_fail(PV_ERROR_RESPONSE, "%s answered without \"%s\"", url, table->name);
            continue;
        }
        if (!has_type(value, table->type))
            return pv_fail(PV_ERROR_RESPONSE, "%s answered \"%s\" of a wrong type", url,
                           table->name);
        if (json_object_set(to, table->name, value) != 0)
            return pv_fail(PV_ERROR_GENERIC, "out of memory for the backend's answer");
    }
    return PV_OK;
}

static pv_status refused(const char *url, long code, const json_t *answer)
{
    const json_t *error = json_object_get(answer, "error");
    const char *name = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    for (size_t i = 0; name && i < sizeof error_codes / sizeof error_codes[0]; i++)
        if (strcmp(error_codes[i].code, name) == 0)
            return pv_fail(error_codes[i].status, "%s refused: %.600s", url,
                           message ? message : name);
    if (code == 401 || code == 403)
        return pv_fail(PV_ERROR_AUTHORIZATION, "%s refused the key (HTTP %ld)", url, code);
    if (code == 502 || code == 503 || code == 504)
        return pv_fail(PV_ERROR_NETWORK, "%s is unavailable (HTTP %ld)", url, code);
    if (name)
        return pv_fail(PV_ERROR_GENERIC, "%s failed (HTTP %ld): %.600s", url, code,
                       message ? message : name);
    return pv_fail(PV_ERROR_RESPONSE, "%s answered HTTP %ld without a reason", url, code);
}

/* Sends, and returns the answer as an object; body NULL: a GET. */
static pv_status exchange(pv_http_client *client, const pv_endpoint *endpoint, const json_t *body,
                          json_t **out)
{
    *out = NULL;
    json_error_t error;
    pv_http_answer answer = {0};
    char *text = body ? json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    if (body && !text)
        return pv_fail(PV_ERROR_GENERIC, "the request to %s cannot be written as JSON",
                       endpoint->url);
    const pv_http_request request = {.url = endpoint->url,
                                     .api_key = endpoint->api_key,
                                     .body = text,
                                     .body_length = text ? strlen(text) : 0,
                                     .timeout_ms = endpoint->timeout_ms,
                                     .verify_peer = endpoint->verify_peer};
    pv_status status = pv_http_send(client, &request, &answer);
    if (status != PV_OK)
        goto out;
    json_t *parsed = json_loadb(answer.body.data ? (const char *)answer.body.data : "",
                                answer.body.length, JSON_REJECT_DUPLICATES, &error);
    if (answer.code != 200) {
        status = refused(endpoint->url, answer.code, parsed);
        json_decref(parsed);
    } else if (!json_is_object(parsed)) {
        status = pv_fail(PV_ERROR_RESPONSE, "%s answered something else than a JSON object%s%s",
                         endpoint->url, parsed ? "" : ": ", parsed ? "" : error.text);
        json_decref(parsed);
    } else {
        *out = parsed;
    }
out:
    pv_buffer_release(&answer.body);
    free(text);
    return status;
}

pv_status pv_backend_check_key(pv_http_client *client, const pv_endpoint *base)
{
    size_t length = strlen(base->url);
    while (length > 0 && base->url[length - 1] == '/')
        length--;
    char *url = NULL;
    if (asprintf(&url, "%.*s/v1/session", (int)length, base->url) < 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for a URL");
    pv_endpoint endpoint = *base;
    endpoint.url = url;
    json_t *answer = NULL;
    pv_status status = exchange(client, &endpoint, NULL, &answer);
    json_decref(answer);
    free(url);
    return status;
}

static json_t *encode_embedding(const float *embedding, size_t dimension)
{
    unsigned char bytes[PV_EMBEDDING_DIMENSION_MAX * 4];
    unsigned char text[(sizeof bytes + 2) / 3 * 4 + 1];
    for (size_t i = 0; i < dimension; i++) {
        uint32_t word;
        memcpy(&word, &embedding[i], sizeof word);
        for (int b = 0; b < 4; b++)
            bytes[4 * i + (size_t)b] = (unsigned char)(word >> (8 * b));
    }
    int length = EVP_EncodeBlock(text, bytes, (int)(4 * dimension));
    return json_stringn((const char *)text, (size_t)length);
}

static json_t *template_request(const pv_template_query *query)
{
    json_t *body = json_pack("{s:i, s:o}", "embedding_model", query->model->id, "embedding",
                             encode_embedding(query->embedding, query->model->dimension));
    if (body && query->identifier[0])
        json_object_set_new(body, "identifier", json_string(query->identifier));
    if (body && query->image)
        json_object_set_new(body, "image", json_string(query->image));
    return body;
}

/* One request of which only the table's members are kept. */
static pv_status ask(pv_http_client *client, const pv_endpoint *endpoint, json_t *body,
                     const member *table, json_t **answer, json_t **out)
{
    *out = json_object();
    pv_status status = PV_OK;
    if (!body || !*out)
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for the request to %s", endpoint->url);
    if (status == PV_OK)
        status = exchange(client, endpoint, body, answer);
    if (status == PV_OK)
        status = copy_members(*answer, table, endpoint->url, *out);
    json_decref(body);
    return status;
}

static pv_status finish(pv_status status, json_t *answer, json_t **out)
{
    json_decref(answer);
    if (status != PV_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

pv_status pv_backend_enroll(pv_http_client *client, const pv_endpoint *endpoint,
                            const pv_template_query *query, json_t **out)
{
    json_t *answer = NULL;
    pv_status status = ask(client, endpoint, template_request(query), enroll_members, &answer, out);
    if (status == PV_OK && json_integer_value(json_object_get(*out, "status")) == 0 &&
        !json_object_get(*out, "puid"))
        status = pv_fail(PV_ERROR_RESPONSE, "%s enrolled without a \"puid\"", endpoint->url);
    return finish(status, answer, out);
}

static pv_status copy_people(const json_t *answer, const char *url, json_t *out)
{
    const json_t *list = json_object_get(answer, "PI_list");
    if (!list)
        return PV_OK;
    if (!json_is_array(list))
        return pv_fail(PV_ERROR_RESPONSE, "%s answered \"PI_list\" of a wrong type", url);
    json_t *people = json_array();
    json_object_set_new(out, "PI_list", people);
    size_t index;
    json_t *entry;
    json_array_foreach(list, index, entry)
    {
        json_t *person = json_object();
        if (!json_is_object(entry) || json_array_append_new(people, person) != 0)
            return pv_fail(PV_ERROR_RESPONSE, "%s answered \"PI_list\" of a wrong type", url);
        pv_status status = copy_members(entry, person_members, url, person);
        if (status != PV_OK)
            return status;
    }
    return PV_OK;
}

pv_status pv_backend_predict(pv_http_client *client, const pv_endpoint *endpoint,
                             const pv_template_query *query, json_t **out)
{
    json_t *answer = NULL;
    json_t *body = template_request(query);
    if (body) {
        json_object_set_new(body, "max_distance", json_real(query->max_distance));
        json_object_set_new(body, "neighbors", json_integer(query->neighbors));
    }
    pv_status status = ask(client, endpoint, body, enroll_members, &answer, out);
    if (status == PV_OK)
        status = copy_people(answer, endpoint->url, *out);
    bool found = json_integer_value(json_object_get(*out, "status")) == 0;
    bool named = json_object_get(*out, "puid") != NULL;
    if (status == PV_OK && found != named)
        status = pv_fail(PV_ERROR_RESPONSE, "%s answered a status that does not fit its \"puid\"",
                         endpoint->url);
    return finish(status, answer, out);
}

pv_status pv_backend_delete(pv_http_client *client, const pv_endpoint *endpoint, const char *puid,
                            json_t **out)
{
    json_t *answer = NULL;
    pv_status status =
        ask(client, endpoint, json_pack("{s:s}", "puid", puid), delete_members, &answer, out);
    if (status == PV_OK && !json_object_get(*out, "message"))
        json_object_set_new(*out, "message", json_string(""));
    return finish(status, answer, out);
}
