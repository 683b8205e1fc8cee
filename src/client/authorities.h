/* Where the system keeps the certificates of the authorities that it trusts.
 *
 * A libcurl that travels to another distribution looks where its maker's system has them, so the
 * usual places are looked at here. */
#ifndef PV_CLIENT_AUTHORITIES_H
#define PV_CLIENT_AUTHORITIES_H

#include <curl/curl.h>

#include "base/status.h"

#define PV_AUTHORITIES_PATH_MAX 4096

/* A PEM file, a folder as `openssl rehash` makes it, or both; "" for none. */
typedef struct pv_authorities {
    char file[PV_AUTHORITIES_PATH_MAX];
    char folder[PV_AUTHORITIES_PATH_MAX];
} pv_authorities;

/* What the environment names (CURL_CA_BUNDLE, else SSL_CERT_FILE and SSL_CERT_DIR) and nothing
 * else, or the first that is there of libcurl's own place and the usual ones. `root` stands before
 * those: "" but in tests. PV_ERROR_CONFIGURATION, naming the variable whose file cannot be read, or
 * the places where nothing is. */
PV_CHECKED pv_status pv_authorities_find(const char *root, pv_authorities *out);

/* Tells libcurl to trust these and no others. */
CURLcode pv_authorities_trust(CURL *handle, const pv_authorities *known);

#endif
