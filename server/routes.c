#include "server/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "server/body.h"
#include "server/identity.h"

#define MAX_DISTANCE_DEFAULT 0.5

typedef void (*handler)(const pv_service *service, pv_exchange *exchange, const json_t *body);

struct pv_route {
    pv_endpoint endpoint;
    const char *method;
    const char *path; /* of a collection: what follows "/NAME/" */
    bool of_collection;
    bool open; /* needs no key */
    size_t body_limit;
    handler run;
    const char *const *fields; /* of its JSON body; NULL: there is none */
};

/* The reason is for the log, which the client does not see; a path or an SQL error is no business
 * of the client's. */
static void answer_store_failure(pv_answer *answer)
{
    pv_log(PV_LOG_ERROR, "%s", pv_error_message());
    pv_answer_error(answer, PV_ANSWER_UNAVAILABLE,
                    "the store cannot answer now; the reason is in the server's log");
}

static void answer_failure(pv_answer *answer, pv_status status)
{
    if (status == PV_ERROR_ARGUMENT)
        pv_answer_error(answer, PV_ANSWER_BAD_REQUEST, "%s", pv_error_message());
    else
        answer_store_failure(answer);
}

static void run_health(const pv_service *service, pv_exchange *exchange, const json_t *body)
{
    (void)service;
    (void)body;
    pv_answer_json(&exchange->answer,
                   json_pack("{s:s,s:s}", "status", "ok", "version", PRIVID_VERSION));
}

static void run_session(const pv_service *service, pv_exchange *exchange, const json_t *body)
{
    (void)body;
    if (pv_gallery_refresh(service->gallery) != PV_OK) {
        answer_store_failure(&exchange->answer);
        return;
    }
    json_t *list = json_array();
    pv_collection *collection;
    for (size_t i = 0; (collection = pv_gallery_at(service->gallery, i)); i++) {
        json_t *item = json_pack("{s:s,s:i}", "name", pv_collection_name(collection),
                                 "embedding_model", pv_collection_model(collection)->id);
        if (json_array_append_new(list, item) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    pv_answer_json(&exchange->answer, json_pack("{s:i,s:s,s:o}", "status", 0, "message",
                                                "the key is valid", "collections", list));
}

static void run_metrics(const pv_service *service, pv_exchange *exchange, const json_t *body)
{
    (void)body;
    pv_buffer text = pv_buffer_make((size_t)1 << 20);
    if (pv_metrics_write(service->metrics, service->gallery, &text) != PV_OK) {
        pv_log(PV_LOG_ERROR, "metrics: %s", pv_error_message());
        pv_answer_error(&exchange->answer, PV_ANSWER_INTERNAL, "the metrics cannot be written");
        pv_buffer_release(&text);
        return;
    }
    exchange->answer.code = 200;
    exchange->answer.type = "text/plain; version=0.0.4; charset=utf-8";
    exchange->answer.text = (char *)text.data;
    exchange->answer.length = text.length;
}

/* The model comes first: an embedding of another one is a conflict, not a wrong length. */
static bool read_embedding(pv_exchange *exchange, const json_t *body, float *vector)
{
    const pv_embedding_model *model = pv_collection_model(exchange->collection);
    int asked = 0;
    pv_status status = pv_body_integer(body, "embedding_model", 0, 1000000, &asked);
    if (status == PV_OK && asked != model->id) {
        pv_answer_error(&exchange->answer, PV_ANSWER_MODEL_MISMATCH,
                        "embedding_model: the embedding is of model %d, collection %s is of %d",
                        asked, pv_collection_name(exchange->collection), model->id);
        return false;
    }
    if (status == PV_OK)
        status = pv_body_embedding(body, model, vector);
    if (status != PV_OK)
        answer_failure(&exchange->answer, status);
    return status == PV_OK;
}

static void describe_enrolment(const pv_enroll_answer *answer, char *text, size_t size)
{
    switch (answer->decision) {
    case PV_ENROLL_NEW: snprintf(text, size, "enrolled as a new person"); break;
    case PV_ENROLL_DOUBTFUL:
        snprintf(text, size,
                 "enrolled as a new person; somebody similar is enrolled, but whether it is the "
                 "same person is not beyond doubt");
        break;
    case PV_ENROLL_ADD:
        snprintf(text, size, "already enrolled; the template was kept as sample %zu of at most %d",
                 answer->samples, PV_PERSON_SAMPLES);
        break;
    case PV_ENROLL_DUPLICATE:
        snprintf(text, size, "already enrolled, with this template; nothing was added");
        break;
    case PV_ENROLL_FULL:
        snprintf(text, size,
                 "already enrolled, with %d samples, which is all that are kept; "
                 "nothing was added",
                 PV_PERSON_SAMPLES);
        break;
    }
}

static void answer_enrolment(pv_exchange *exchange, const pv_template *sample)
{
    pv_enroll_answer enrolled;
    char message[160];
    pv_status status = pv_collection_enroll(exchange->collection, sample, &enrolled);
    if (status != PV_OK) {
        answer_failure(&exchange->answer, status);
        return;
    }
    describe_enrolment(&enrolled, message, sizeof message);
    pv_answer_json(&exchange->answer,
                   json_pack("{s:i,s:s,s:s,s:s,s:I,s:f}", "status", 0, "message", message, "puid",
                             enrolled.puid, "guid", enrolled.guid, "enroll_level",
                             (json_int_t)enrolled.samples, "score", enrolled.score));
}

static void run_enroll(const pv_service *service, pv_exchange *exchange, const json_t *body)
{
    float vector[PV_EMBEDDING_DIMENSION_MAX];
    uint8_t *image = NULL;
    pv_template sample = {.vector = vector,
                          .dimension = pv_collection_model(exchange->collection)->dimension};
    if (!read_embedding(exchange, body, vector))
        return;
    pv_status status =
        pv_body_optional_text(body, "identifier", PV_BODY_IDENTIFIER_MAX, &sample.identifier);
    if (status == PV_OK)
        status = pv_body_image(body, &image, &sample.image_size);
    if (status != PV_OK) {
        answer_failure(&exchange->answer, status);
        return;
    }
    if (image && !service->keep_images)
        pv_log(PV_LOG_INFO, "an image was sent and dropped: the server does not keep images");
    sample.image = service->keep_images ? image : NULL;
    answer_enrolment(exchange, &sample);
    free(image);
}

static json_t *pack_hits(const pv_predict_answer *found)
{
    json_t *list = json_array();
    for (size_t i = 0; i < found->count; i++) {
        const pv_index_hit *hit = &found->hits[i];
        json_t *item = json_pack("{s:s,s:s,s:f,s:I}", "guid", hit->guid, "puid", hit->puid, "score",
                                 found->similarity[i], "enroll_level", (json_int_t)hit->samples);
        if (json_array_append_new(list, item) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static void answer_prediction(pv_exchange *exchange, const pv_predict_answer *found)
{
    const pv_index_hit *best = &found->hits[0];
    json_t *list = pack_hits(found);
    json_t *answer =
        found->count == 0
            ? json_pack("{s:i,s:s,s:o}", "status", 1, "message",
                        "not enrolled: nobody in the collection is near enough", "PI_list", list)
            : json_pack("{s:i,s:s,s:s,s:s,s:f,s:I,s:o}", "status", 0, "message", "found", "puid",
                        best->puid, "guid", best->guid, "score", found->similarity[0],
                        "enroll_level", (json_int_t)best->samples, "PI_list", list);
    pv_answer_json(&exchange->answer, answer);
}

static void run_predict(const pv_service *service, pv_exchange *exchange, const json_t *body)
{
    (void)service;
    float vector[PV_EMBEDDING_DIMENSION_MAX];
    double max_distance = MAX_DISTANCE_DEFAULT;
    int neighbors = 1;
    pv_predict_answer found;
    if (!read_embedding(exchange, body, vector))
        return;
    pv_status status = pv_body_optional_number(body, "max_distance", 0.0, 1.0, &max_distance);
    if (status == PV_OK)
        status = pv_body_optional_integer(body, "neighbors", 1, PV_NEIGHBORS_MAX, &neighbors);
    if (status != PV_OK) {
        answer_failure(&exchange->answer, status);
        return;
    }
    pv_collection_predict(exchange->collection, vector, max_distance, (size_t)neighbors, &found);
    answer_prediction(exchange, &found);
}

static void run_delete(const pv_service *service, pv_exchange *exchange, const json_t *body)
{
    (void)service;
    const char *puid = NULL;
    size_t removed = 0;
    pv_status status = pv_body_text(body, "puid", PV_ID_SIZE - 1, &puid);
    if (status == PV_OK)
        status = pv_collection_delete(exchange->collection, puid, &removed);
    if (status != PV_OK) {
        answer_failure(&exchange->answer, status);
        return;
    }
    pv_answer_json(&exchange->answer, json_pack("{s:i,s:I,s:s}", "status", removed > 0 ? 0 : 1,
                                                "uuid_count", (json_int_t)removed, "message",
                                                removed > 0 ? "deleted" : "nobody has this puid"));
}

static const char *const enroll_fields[] = {"embedding_model", "embedding", "identifier", "image",
                                            NULL};
static const char *const predict_fields[] = {"embedding_model", "embedding", "max_distance",
                                             "neighbors", NULL};
static const char *const delete_fields[] = {"puid", NULL};

static const pv_route routes[] = {
    {PV_ENDPOINT_HEALTH, "GET", "/healthz", false, true, PV_BODY_LIMIT, run_health, NULL},
    {PV_ENDPOINT_SESSION, "GET", "/v1/session", false, false, PV_BODY_LIMIT, run_session, NULL},
    {PV_ENDPOINT_METRICS, "GET", "/metrics", false, false, PV_BODY_LIMIT, run_metrics, NULL},
    {PV_ENDPOINT_ENROLL, "POST", "enroll", true, false, PV_BODY_LIMIT_WITH_IMAGE, run_enroll,
     enroll_fields},
    {PV_ENDPOINT_PREDICT, "POST", "predict", true, false, PV_BODY_LIMIT, run_predict,
     predict_fields},
    {PV_ENDPOINT_DELETE, "POST", "deleteUser", true, false, PV_BODY_LIMIT, run_delete,
     delete_fields},
};

#define ROUTE_COUNT (sizeof routes / sizeof routes[0])

bool pv_routes_collection_name(const char *name)
{
    static const char *const kept[] = {"v1", "healthz", "metrics", ".", ".."};
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "_-.";
    size_t length = strspn(name, allowed);
    if (length == 0 || length >= PV_COLLECTION_NAME_SIZE || name[length] != '\0')
        return false;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (strcmp(name, kept[i]) == 0)
            return false;
    return true;
}

/* Splits "/NAME/rest"; false: not of that form, or NAME cannot be a collection. */
static bool split_path(const char *path, char name[PV_COLLECTION_NAME_SIZE], const char **rest)
{
    const char *slash = path[0] == '/' ? strchr(path + 1, '/') : NULL;
    size_t length = slash ? (size_t)(slash - path - 1) : 0;
    if (length == 0 || length >= PV_COLLECTION_NAME_SIZE)
        return false;
    memcpy(name, path + 1, length);
    name[length] = '\0';
    *rest = slash + 1;
    return pv_routes_collection_name(name);
}

static const pv_route *find_route(const char *path, const char *rest)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        if (routes[i].of_collection ? rest && strcmp(rest, routes[i].path) == 0
                                    : strcmp(path, routes[i].path) == 0)
            return &routes[i];
    return NULL;
}

/* True: may go on. */
static bool check_key(const pv_service *service, const char *key, pv_answer *answer)
{
    bool valid = false;
    if (pv_identity_check(service->store, key, &valid) != PV_OK)
        answer_store_failure(answer);
    else if (!valid)
        pv_answer_error(answer, PV_ANSWER_UNAUTHORIZED, "%s",
                        key && *key ? "x-api-key: the key is unknown or revoked"
                                    : "x-api-key: missing");
    return valid;
}

static bool find_collection(const pv_service *service, const char *name, pv_exchange *exchange)
{
    if (pv_gallery_find(service->gallery, name, &exchange->collection) != PV_OK)
        answer_store_failure(&exchange->answer);
    else if (!exchange->collection)
        pv_answer_error(&exchange->answer, PV_ANSWER_UNKNOWN_COLLECTION,
                        "there is no collection %s", name);
    return exchange->collection != NULL;
}

/* HEAD is GET without the body, which the HTTP layer leaves out. */
static bool method_fits(const pv_route *route, const char *method)
{
    return strcmp(method, route->method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

void pv_routes_begin(const pv_service *service, const char *method, const char *path,
                     const char *key, pv_exchange *exchange)
{
    char name[PV_COLLECTION_NAME_SIZE];
    const char *rest = NULL;
    *exchange = (pv_exchange){.endpoint = PV_ENDPOINT_OTHER, .body_limit = PV_BODY_LIMIT};
    if (!split_path(path, name, &rest))
        rest = NULL;
    const pv_route *route = find_route(path, rest);
    if (route) {
        exchange->endpoint = route->endpoint;
        exchange->body_limit = route->body_limit;
    }
    if (!(route && route->open) && !check_key(service, key, &exchange->answer))
        return;
    if (!route) {
        pv_answer_error(&exchange->answer, PV_ANSWER_NOT_FOUND, "there is nothing at this path");
        return;
    }
    if (route->of_collection && !find_collection(service, name, exchange))
        return;
    if (!method_fits(route, method)) {
        pv_answer_error(&exchange->answer, PV_ANSWER_METHOD_NOT_ALLOWED, "the method is %s",
                        route->method);
        exchange->answer.allow = route->method;
        return;
    }
    exchange->route = route;
}

void pv_routes_finish(const pv_service *service, pv_exchange *exchange, const char *text,
                      size_t length)
{
    const pv_route *route = exchange->route;
    json_t *body = NULL;
    if (!route->fields) {
        route->run(service, exchange, NULL);
        return;
    }
    pv_status status = pv_body_parse(text, length, &body);
    if (status != PV_OK) {
        answer_failure(&exchange->answer, status);
        return;
    }
    if (length > PV_BODY_LIMIT && !json_object_get(body, "image")) {
        pv_answer_error(&exchange->answer, PV_ANSWER_TOO_LARGE,
                        "body: %zu bytes, without an image at most %zu are allowed", length,
                        PV_BODY_LIMIT);
    } else {
        pv_body_warn_unknown(body, route->fields);
        route->run(service, exchange, body);
    }
    json_decref(body);
}
