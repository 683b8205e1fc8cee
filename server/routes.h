/* The REST interface: which paths there are and what each of them does. Knows no sockets. */
#ifndef PV_SERVER_ROUTES_H
#define PV_SERVER_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "server/answer.h"
#include "server/gallery.h"
#include "server/metrics.h"
#include "server/store.h"

#define PV_BODY_LIMIT ((size_t)64 << 10)
#define PV_BODY_LIMIT_WITH_IMAGE ((size_t)32 << 20)

typedef struct pv_service {
    pv_store *store;
    pv_gallery *gallery;
    pv_metrics *metrics;
    bool keep_images;
} pv_service;

typedef struct pv_route pv_route;

typedef struct pv_exchange {
    const pv_route *route;     /* NULL: answered already */
    pv_collection *collection; /* NULL unless the route is one of a collection */
    pv_endpoint endpoint;
    size_t body_limit;
    pv_answer answer;
} pv_exchange;

/* When the headers are there: who asks, and for what? The answer is filled when it is no. key is
 * the x-api-key header or NULL. */
void pv_routes_begin(const pv_service *service, const char *method, const char *path,
                     const char *key, pv_exchange *exchange);

/* When the body is there, of a request that pv_routes_begin has let through. */
void pv_routes_finish(const pv_service *service, pv_exchange *exchange, const char *text,
                      size_t length);

/* 1 to 64 letters, digits, '_', '-' and '.', and not a word that the server keeps for itself. */
bool pv_routes_collection_name(const char *name);

#endif
