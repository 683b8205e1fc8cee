/* The HTTP server around the routes: connections, limits, TLS, start and stop. */
#ifndef PV_SERVER_HTTP_H
#define PV_SERVER_HTTP_H

#include "base/status.h"
#include "server/routes.h"

typedef struct pv_http pv_http;

typedef struct pv_http_options {
    int listener; /* a listening socket; taken over, whatever comes of it */
    unsigned threads;
    const char *certificate; /* PEM texts; NULL: plain HTTP */
    const char *key;
} pv_http_options;

PV_CHECKED pv_status pv_http_start(const pv_service *service, const pv_http_options *options,
                                   pv_http **http);

/* From now on no connection is accepted and new requests are told that the server stops. */
void pv_http_quiesce(pv_http *http);

/* Requests that are not answered yet. */
size_t pv_http_running(pv_http *http);

/* Ends the connections and frees everything. */
void pv_http_stop(pv_http *http);

#endif
