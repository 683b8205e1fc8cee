#include "server/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"

#define CONNECTIONS_MAX 1024U
#define IDLE_TIMEOUT_S 30U
#define REQUEST_TIMEOUT_S 60.0              /* from the headers to the end of the body */
#define HEADER_BYTES_MAX ((size_t)32 << 10) /* request line and headers */
#define HEADERS_MAX 100
/* A body that is refused is still read up to here, so that the client gets to see the answer. */
#define DRAIN_MAX ((size_t)64 << 20)
#define BODIES_MAX ((size_t)256 << 20) /* of all requests at once */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct pv_http {
    pv_service service;
    struct MHD_Daemon *daemon;
    MHD_socket listener; /* once it is quiesced */
    atomic_bool stopping;
    atomic_size_t running;
    atomic_size_t body_bytes;
    pthread_mutex_t log_lock; /* for the next two */
    bool started;
    char start_error[512];
};

typedef struct request {
    pv_http *http;
    pv_exchange exchange;
    pv_buffer body;
    size_t received;
    struct timespec begun;
} request;

static double seconds_since(const struct timespec *begun)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) * 1e-9;
}

static void refuse(request *self, pv_answer_kind kind, const char *message)
{
    self->exchange.route = NULL;
    pv_answer_error(&self->exchange.answer, kind, "%s", message);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* 0 when there is none, or it is no number; the library has checked its form. */
static unsigned long long declared_length(struct MHD_Connection *connection)
{
    const char *text = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return text ? strtoull(text, NULL, 10) : 0;
}

static void check_headers(request *self, struct MHD_Connection *connection)
{
    const pv_exchange *exchange = &self->exchange;
    unsigned long long length = declared_length(connection);
    if (atomic_load(&self->http->stopping))
        refuse(self, PV_ANSWER_UNAVAILABLE, "the server is stopping");
    else if (MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL) > HEADERS_MAX)
        refuse(self, PV_ANSWER_BAD_REQUEST, "more than 100 headers");
    else if (exchange->route && length > exchange->body_limit)
        pv_answer_error(&self->exchange.answer, PV_ANSWER_TOO_LARGE,
                        "body: %llu bytes, at most %zu are allowed here", length,
                        exchange->body_limit);
    if (self->exchange.answer.code != 0)
        self->exchange.route = NULL;
}

static request *begin(pv_http *http, struct MHD_Connection *connection, const char *url,
                      const char *method)
{
    request *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->http = http;
    atomic_fetch_add(&http->running, 1);
    clock_gettime(CLOCK_MONOTONIC, &self->begun);
    pv_routes_begin(&http->service, method, url, header(connection, "x-api-key"), &self->exchange);
    check_headers(self, connection);
    self->body = pv_buffer_make(self->exchange.body_limit);
    return self;
}

/* False: the connection is not worth keeping. */
static bool receive(request *self, const char *bytes, size_t length)
{
    self->received += length;
    if (self->received > DRAIN_MAX || seconds_since(&self->begun) > REQUEST_TIMEOUT_S)
        return false;
    if (!self->exchange.route)
        return true;
    if (self->received > self->exchange.body_limit) {
        refuse(self, PV_ANSWER_TOO_LARGE, "body: longer than is allowed here");
        return true;
    }
    size_t before = atomic_fetch_add(&self->http->body_bytes, length);
    if (before + length > BODIES_MAX || pv_buffer_append(&self->body, bytes, length) != PV_OK) {
        atomic_fetch_sub(&self->http->body_bytes, length);
        refuse(self, PV_ANSWER_UNAVAILABLE, "too many large requests at once");
    }
    return true;
}

static enum MHD_Result send_answer(request *self, struct MHD_Connection *connection)
{
    pv_answer *answer = &self->exchange.answer;
    if (!answer->text)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->length, answer->text, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    answer->text = NULL; /* the response's now */
    bool built = MHD_add_response_header(response, "Content-Type", answer->type) == MHD_YES &&
                 MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES;
    if (built && answer->allow)
        built = MHD_add_response_header(response, "Allow", answer->allow) == MHD_YES;
    if (built && answer->code == 401)
        built = MHD_add_response_header(response, "WWW-Authenticate", "x-api-key") == MHD_YES;
    if (built && atomic_load(&self->http->stopping))
        built = MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    enum MHD_Result result =
        built ? MHD_queue_response(connection, answer->code, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

/* Called when the headers are there, for each piece of the body, and at its end. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    (void)version;
    request *self = *state;
    if (!self) {
        self = begin(context, connection, url, method);
        *state = self;
        if (!self)
            return MHD_NO;
        bool too_long = declared_length(connection) > DRAIN_MAX;
        return too_long ? send_answer(self, connection) : MHD_YES;
    }
    if (*upload_size > 0) {
        size_t length = *upload_size;
        *upload_size = 0;
        return receive(self, upload, length) ? MHD_YES : MHD_NO;
    }
    if (self->exchange.route)
        pv_routes_finish(&self->http->service, &self->exchange, (const char *)self->body.data,
                         self->body.length);
    return send_answer(self, connection);
}

static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode reason)
{
    (void)context;
    (void)connection;
    request *self = *state;
    if (!self)
        return;
    pv_http *http = self->http;
    double seconds = seconds_since(&self->begun);
    const pv_exchange *exchange = &self->exchange;
    pv_metrics_count(http->service.metrics, exchange->endpoint, exchange->answer.code, seconds);
    pv_log(PV_LOG_DEBUG, "%s %s%s%u in %.1f ms%s", pv_endpoint_name(exchange->endpoint),
           exchange->collection ? pv_collection_name(exchange->collection) : "",
           exchange->collection ? " " : "", exchange->answer.code, seconds * 1e3,
           reason == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : ", cut off");
    atomic_fetch_sub(&http->body_bytes, self->body.length);
    pv_buffer_release(&self->body);
    pv_answer_release(&self->exchange.answer);
    free(self);
    *state = NULL;
    atomic_fetch_sub(&http->running, 1);
}

/* What libmicrohttpd has to say is about single connections, except while it starts. */
static PV_PRINTF(2, 0) void log_library(void *context, const char *format, va_list arguments)
{
    pv_http *http = context;
    char line[512];
    if (vsnprintf(line, sizeof line, format, arguments) < 0)
        return;
    line[strcspn(line, "\r\n")] = '\0';
    pthread_mutex_lock(&http->log_lock);
    bool started = http->started;
    if (!started)
        memcpy(http->start_error, line, sizeof line);
    pthread_mutex_unlock(&http->log_lock);
    if (started)
        pv_log(PV_LOG_DEBUG, "http: %s", line);
}

static struct MHD_Daemon *start_daemon(pv_http *http, const pv_http_options *options)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)options->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (options->certificate)
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, http, MHD_OPTION_EXTERNAL_LOGGER, log_library, http,
        MHD_OPTION_LISTEN_SOCKET, options->listener, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_BYTES_MAX, MHD_OPTION_ARRAY,
        options->certificate ? tls : none, MHD_OPTION_ARRAY, options->threads > 1 ? pool : none,
        MHD_OPTION_END);
}

pv_status pv_http_start(const pv_service *service, const pv_http_options *options, pv_http **out)
{
    pv_http *http = calloc(1, sizeof *http);
    if (!http) {
        close(options->listener);
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the HTTP server");
    }
    http->service = *service;
    http->listener = MHD_INVALID_SOCKET;
    pthread_mutex_init(&http->log_lock, NULL);
    http->daemon = start_daemon(http, options);
    if (!http->daemon) {
        pv_status status = pv_fail(PV_ERROR_GENERIC, "the HTTP server cannot start%s%s%s",
                                   *http->start_error ? ": " : "", http->start_error,
                                   options->certificate ? " (certificate and key were given)" : "");
        close(options->listener);
        pthread_mutex_destroy(&http->log_lock);
        free(http);
        return status;
    }
    pthread_mutex_lock(&http->log_lock);
    http->started = true;
    pthread_mutex_unlock(&http->log_lock);
    *out = http;
    return PV_OK;
}

void pv_http_quiesce(pv_http *http)
{
    if (atomic_exchange(&http->stopping, true))
        return;
    http->listener = MHD_quiesce_daemon(http->daemon);
}

size_t pv_http_running(pv_http *http)
{
    return atomic_load(&http->running);
}

void pv_http_stop(pv_http *http)
{
    if (!http)
        return;
    pv_http_quiesce(http);
    MHD_stop_daemon(http->daemon);
    /* Not before: until then the library's threads take the socket out of what they watch. */
    if (http->listener != MHD_INVALID_SOCKET)
        close(http->listener);
    pthread_mutex_destroy(&http->log_lock);
    free(http);
}
