/* What differs between the versions of libcurl that are still around: from 7.76, of AlmaLinux 9, on
 * which wheels for many systems are made, to those that warn of what is old. */
#ifndef PV_CLIENT_CURL_VERSIONS_H
#define PV_CLIENT_CURL_VERSIONS_H

#include <curl/curl.h>
#include <stdbool.h>

/* https, and http too where `plain` says so. */
static inline CURLcode pv_allow_protocols(CURL *handle, bool plain)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS,
                            CURLPROTO_HTTPS | (plain ? CURLPROTO_HTTP : 0L));
#endif
}

/* A redirect never leads away from encryption. */
static inline CURLcode pv_allow_redirects(CURL *handle)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
    return curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
}

static inline const char *pv_url_error(CURLUcode code)
{
#if LIBCURL_VERSION_NUM >= 0x075000
    return curl_url_strerror(code);
#else
    return code == CURLUE_OUT_OF_MEMORY ? "out of memory" : "its parts cannot be told apart";
#endif
}

#endif
