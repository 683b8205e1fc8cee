#include "client/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "client/authorities.h"
#include "client/curl_versions.h"

#define IDLE_MAX 32
#define API_KEY_MAX 1024

struct pv_http_client {
    pthread_mutex_t lock;
    CURL *idle[IDLE_MAX]; /* each with its open connections */
    int idle_count;
    atomic_bool warned_unverified;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_started;

static void start_curl(void)
{
    curl_started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

pv_status pv_http_check_url(const char *name, const char *url)
{
    char *host = NULL;
    char *scheme = NULL;
    CURLU *parsed = curl_url();
    if (!parsed)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for a URL");
    pv_status status = PV_OK;
    CURLUcode code = curl_url_set(parsed, CURLUPART_URL, url, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parsed, CURLUPART_HOST, &host, 0);
    if (code != CURLUE_OK)
        status = pv_fail(PV_ERROR_CONFIGURATION, "%s: \"%.200s\" is not a URL: %s", name, url,
                         pv_url_error(code));
    else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        status = pv_fail(PV_ERROR_CONFIGURATION,
                         "%s: \"%.200s\" must begin with http:// or https://", name, url);
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parsed);
    return status;
}

pv_status pv_http_client_create(pv_http_client **out)
{
    *out = NULL;
    pthread_once(&curl_once, start_curl);
    if (curl_started != CURLE_OK)
        return pv_fail(PV_ERROR_GENERIC, "libcurl could not start: %s",
                       curl_easy_strerror(curl_started));
    pv_http_client *client = calloc(1, sizeof *client);
    if (!client)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the HTTP client");
    pthread_mutex_init(&client->lock, NULL);
    *out = client;
    return PV_OK;
}

void pv_http_client_destroy(pv_http_client *client)
{
    if (!client)
        return;
    for (int i = 0; i < client->idle_count; i++)
        curl_easy_cleanup(client->idle[i]);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

static CURL *take_handle(pv_http_client *client)
{
    CURL *handle = NULL;
    pthread_mutex_lock(&client->lock);
    if (client->idle_count > 0)
        handle = client->idle[--client->idle_count];
    pthread_mutex_unlock(&client->lock);
    if (handle)
        curl_easy_reset(handle); /* keeps the connections */
    return handle ? handle : curl_easy_init();
}

static void give_handle(pv_http_client *client, CURL *handle)
{
    bool kept = false;
    pthread_mutex_lock(&client->lock);
    if (client->idle_count < IDLE_MAX) {
        client->idle[client->idle_count++] = handle;
        kept = true;
    }
    pthread_mutex_unlock(&client->lock);
    if (!kept)
        curl_easy_cleanup(handle);
}

static size_t receive(char *bytes, size_t size, size_t count, void *user)
{
    /* a shorter return makes libcurl stop with CURLE_WRITE_ERROR */
    return pv_buffer_append(user, bytes, size * count) == PV_OK ? size * count : 0;
}

static pv_status make_headers(const pv_http_request *request, struct curl_slist **out)
{
    char key[API_KEY_MAX + 16];
    struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
    struct curl_slist *next = list ? curl_slist_append(list, "Expect:") : NULL;
    if (next && request->body)
        next = curl_slist_append(list, "Content-Type: application/json");
    if (next && request->api_key && request->api_key[0]) {
        snprintf(key, sizeof key, "x-api-key: %s", request->api_key);
        next = curl_slist_append(list, key);
    }
    *out = list;
    return next ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for HTTP headers");
}

static void configure(CURL *handle, const pv_http_request *request, struct curl_slist *headers,
                      pv_buffer *body, char *error)
{
    curl_easy_setopt(handle, CURLOPT_URL, request->url);
    (void)pv_allow_protocols(handle, true);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, request->verify_peer ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, request->verify_peer ? 2L : 0L);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
    if (request->body) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
    }
}

/* Only where it matters: a system without certificates of authorities can still do plain HTTP. */
static pv_status trust(CURL *handle, const pv_http_request *request)
{
    pv_authorities known;
    if (!request->verify_peer || strncmp(request->url, "https:", 6) != 0)
        return PV_OK;
    pv_status status = pv_authorities_find("", &known);
    if (status != PV_OK)
        return pv_fail(status, "%s: %s", request->url, pv_error_message());
    (void)pv_authorities_trust(handle, &known);
    return PV_OK;
}

static void warn_unverified(pv_http_client *client, const pv_http_request *request)
{
    if (!request->verify_peer && strncmp(request->url, "https:", 6) == 0 &&
        !atomic_exchange(&client->warned_unverified, true))
        pv_log(PV_LOG_WARNING,
               "the certificate of %s is not checked: set https_verify_peer_cert to true",
               request->url);
}

pv_status pv_http_send(pv_http_client *client, const pv_http_request *request,
                       pv_http_answer *answer)
{
    *answer = (pv_http_answer){.body = pv_buffer_make(PV_HTTP_ANSWER_MAX)};
    char error[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL;
    CURL *handle = take_handle(client);
    if (!handle)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for an HTTP request");
    warn_unverified(client, request);
    pv_status status = make_headers(request, &headers);
    if (status != PV_OK)
        goto out;
    configure(handle, request, headers, &answer->body, error);
    status = trust(handle, request);
    if (status != PV_OK)
        goto out;
    CURLcode code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer->code);
    if (code == CURLE_WRITE_ERROR)
        status = pv_fail(PV_ERROR_RESPONSE, "%s answered more than %zu bytes", request->url,
                         PV_HTTP_ANSWER_MAX);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        status = pv_fail(PV_ERROR_NETWORK, "%s did not answer within %ld ms", request->url,
                         request->timeout_ms);
    else if (code != CURLE_OK)
        status = pv_fail(PV_ERROR_NETWORK, "%s cannot be reached: %s", request->url,
                         error[0] ? error : curl_easy_strerror(code));
out:
    curl_slist_free_all(headers);
    /* its buffers are gone when this returns */
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, NULL);
    give_handle(client, handle);
    return status;
}
