/* HTTP to a backend: one request, one bounded answer, through libcurl. */
#ifndef PV_CLIENT_HTTP_H
#define PV_CLIENT_HTTP_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/status.h"

/* Largest answer read, in bytes. */
#define PV_HTTP_ANSWER_MAX ((size_t)1024 * 1024)

typedef struct pv_http_client pv_http_client;

typedef struct pv_http_request {
    const char *url;
    const char *api_key; /* NULL or "": no x-api-key header */
    const char *body;    /* JSON; NULL: a GET */
    size_t body_length;
    long timeout_ms;  /* for the whole exchange */
    bool verify_peer; /* check the certificate and the host name of https */
} pv_http_request;

typedef struct pv_http_answer {
    long code; /* HTTP status */
    pv_buffer body;
} pv_http_answer;

/* PV_OK for an absolute http or https URL with a host; else PV_ERROR_CONFIGURATION, with `name` and
 * what is wrong in the message. */
PV_CHECKED pv_status pv_http_check_url(const char *name, const char *url);

/* A client keeps connections open between requests; any thread may use it. */
PV_CHECKED pv_status pv_http_client_create(pv_http_client **out);

/* Only when no request is under way. NULL is allowed. */
void pv_http_client_destroy(pv_http_client *client);

/* PV_ERROR_NETWORK, naming URL and cause, when no whole answer came within the time; redirects are
 * not followed. The answer's body is released by the caller in any case. */
PV_CHECKED pv_status pv_http_send(pv_http_client *client, const pv_http_request *request,
                                  pv_http_answer *answer);

#endif
