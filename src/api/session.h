/* Sessions: settings read once, looked up by a handle that cannot be mistaken for another's. */
#ifndef PV_API_SESSION_H
#define PV_API_SESSION_H

#include <jansson.h>

#include "base/matching.h"
#include "base/status.h"
#include "client/backend.h"
#include "config/config.h"

typedef struct pv_session pv_session;

/* What a collection is reached by; the URLs are NULL where the settings name none. */
typedef struct pv_collection {
    const char *name;
    const char *base_url;
    const char *predict;
    const char *enroll;
    const char *delete_user;
    const pv_embedding_model *model;
} pv_collection;

/* Takes a share of the session behind the handle, which pv_session_release() gives back.
 * PV_ERROR_SESSION for NULL, closed, foreign and recycled handles. */
PV_CHECKED pv_status pv_session_acquire(const void *handle, pv_session **out);
void pv_session_release(pv_session *session);

/* The collection that the configuration names ("" means "default"); PV_ERROR_CONFIGURATION, naming
 * those there are, for another. */
PV_CHECKED pv_status pv_session_collection(const pv_session *session, const pv_config *config,
                                           const pv_collection **out);

/* Endpoint of a collection with the timeout that counts; PV_ERROR_CONFIGURATION if url is NULL:
 * `what` is the URL's name in the settings. */
PV_CHECKED pv_status pv_session_endpoint(const pv_session *session, const pv_config *config,
                                         const pv_collection *collection, const char *what,
                                         const char *url, pv_endpoint *out);

pv_http_client *pv_session_client(const pv_session *session);

/* At shut-down, when no operation runs. */
void pv_session_close_all(void);

#endif
