/* The backend's operations: JSON requests built, answers checked field by field. */
#ifndef PV_CLIENT_BACKEND_H
#define PV_CLIENT_BACKEND_H

#include <jansson.h>

#include "base/matching.h"
#include "client/http.h"

/* How to reach an endpoint. */
typedef struct pv_endpoint {
    const char *url;
    const char *api_key;
    long timeout_ms;
    bool verify_peer;
} pv_endpoint;

/* What is asked about a template. */
typedef struct pv_template_query {
    const pv_embedding_model *model;
    const float *embedding; /* model->dimension floats of unit length */
    const char *identifier; /* "" for none */
    const char *image;      /* base64 of a PNG, or NULL */
    double max_distance;    /* predict only */
    int neighbors;          /* predict only */
} pv_template_query;

/* Statuses of all of these: PV_ERROR_NETWORK (no whole answer in time, or the server is
 * unavailable), PV_ERROR_AUTHORIZATION (key refused), PV_ERROR_CONFIGURATION (no such collection,
 * or one of another embedding model), PV_ERROR_RESPONSE (an answer that is not what the protocol
 * says), PV_ERROR_GENERIC (the server says that it failed). */

/* Asks base_url + "/v1/session" whether it knows the key. */
PV_CHECKED pv_status pv_backend_check_key(pv_http_client *client, const pv_endpoint *base);

/* On PV_OK *out is a new object with just the members of the interface's EnrollResponse,
 * PredictResponse (with PI_list) and UserDeleteResponse, their types checked. */
PV_CHECKED pv_status pv_backend_enroll(pv_http_client *client, const pv_endpoint *endpoint,
                                       const pv_template_query *query, json_t **out);
PV_CHECKED pv_status pv_backend_predict(pv_http_client *client, const pv_endpoint *endpoint,
                                        const pv_template_query *query, json_t **out);
PV_CHECKED pv_status pv_backend_delete(pv_http_client *client, const pv_endpoint *endpoint,
                                       const char *puid, json_t **out);

#endif
