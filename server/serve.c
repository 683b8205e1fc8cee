#include "server/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "server/address.h"
#include "server/http.h"
#include "server/store.h"

#define LOCK_NAME "server.lock"
#define PEM_BYTES_MAX ((size_t)1 << 20)
#define STOP_TIMEOUT_S 10
#define STOP_STEP_MS 20
#define FILES_WANTED 4096

typedef struct server {
    int lock;
    pv_store *store;
    pv_pool *pool;
    pv_gallery *gallery;
    pv_metrics *metrics;
    pv_http *http;
    pv_buffer certificate;
    pv_buffer key;
} server;

/* The lock goes with the process, however it ends; the number in it is for the message only. */
static pv_status lock_data(const char *directory, int *lock)
{
    char path[PATH_MAX];
    char number[32] = "";
    if (snprintf(path, sizeof path, "%s/" LOCK_NAME, directory) >= PATH_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--data: the path is too long");
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return pv_fail(PV_ERROR_GENERIC, "%s: %s", path, strerror(errno));
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        bool taken = errno == EWOULDBLOCK;
        int reason = errno;
        ssize_t length = read(file, number, sizeof number - 1);
        number[strspn(number, "0123456789")] = '\0';
        close(file);
        return taken ? pv_fail(PV_ERROR_GENERIC,
                               "%s: another privid-server (process %s) serves this data directory",
                               directory, length > 0 ? number : "unknown")
                     : pv_fail(PV_ERROR_GENERIC, "%s: %s", path, strerror(reason));
    }
    int length = snprintf(number, sizeof number, "%ld\n", (long)getpid());
    if (ftruncate(file, 0) != 0 || pwrite(file, number, (size_t)length, 0) != length)
        pv_log(PV_LOG_WARNING, "%s: cannot be written: %s", path, strerror(errno));
    *lock = file;
    return PV_OK;
}

static pv_status read_pem(const char *option, const char *path, pv_buffer *text)
{
    char block[4096];
    size_t count;
    pv_status status = PV_OK;
    *text = pv_buffer_make(PEM_BYTES_MAX);
    FILE *file = fopen(path, "rb");
    if (!file)
        return pv_fail(PV_ERROR_ARGUMENT, "--%s: %s: %s", option, path, strerror(errno));
    while (status == PV_OK && (count = fread(block, 1, sizeof block, file)) > 0)
        status = pv_buffer_append(text, block, count);
    if (status == PV_OK && (ferror(file) || text->length == 0))
        status = pv_fail(PV_ERROR_ARGUMENT, "--%s: %s: cannot be read", option, path);
    fclose(file);
    return status;
}

/* Whole or not at all, so that whoever waits for it never reads half a number. */
static pv_status write_port_file(const char *path, unsigned port)
{
    char fresh[PATH_MAX];
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= PATH_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--port-file: the path is too long");
    FILE *file = fopen(fresh, "w");
    bool written = file && fprintf(file, "%u\n", port) > 0;
    if (file && fclose(file) != 0)
        written = false;
    if (!written || rename(fresh, path) != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "--port-file: %s: %s", path, strerror(errno));
    return PV_OK;
}

static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < FILES_WANTED) {
        limit.rlim_cur = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            pv_log(PV_LOG_WARNING, "the limit of open files stays low: %s", strerror(errno));
    }
}

static size_t scan_members(const pv_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t members = options->scan_threads ? options->scan_threads
                     : processors > 0      ? (size_t)processors
                                           : 1;
    return members < PV_POOL_MEMBERS_MAX ? members : PV_POOL_MEMBERS_MAX;
}

/* The directory must exist before it can be locked, and be locked before it is checked. */
static pv_status open_data(const pv_options *options, server *self)
{
    if (mkdir(options->data, 0700) != 0 && errno != EEXIST)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the data directory cannot be made: %s",
                       options->data, strerror(errno));
    pv_status status = lock_data(options->data, &self->lock);
    if (status == PV_OK)
        status = pv_store_open_sqlite(options->data, true, &self->store);
    if (status == PV_OK)
        status = pv_pool_create(scan_members(options), &self->pool);
    if (status == PV_OK)
        status = pv_metrics_create(&self->metrics);
    if (status != PV_OK)
        return status;
    pv_gallery_options gallery = {.max_fpir = options->max_fpir, .pool = self->pool};
    return pv_gallery_create(self->store, &gallery, &self->gallery);
}

static pv_status start_http(const pv_options *options, server *self)
{
    char reached[PV_HOST_SIZE + 16];
    unsigned port = 0;
    bool loopback = false;
    pv_address address;
    bool tls = options->tls_certificate != NULL;
    pv_service service = {.store = self->store,
                          .gallery = self->gallery,
                          .metrics = self->metrics,
                          .keep_images = options->keep_images};
    pv_http_options http = {.threads = options->threads};
    pv_status status = pv_address_parse(options->listen, &address);
    if (status == PV_OK)
        status =
            pv_address_listen(&address, &http.listener, reached, sizeof reached, &port, &loopback);
    if (status != PV_OK)
        return status;
    http.certificate = tls ? (const char *)self->certificate.data : NULL;
    http.key = tls ? (const char *)self->key.data : NULL;
    status = pv_http_start(&service, &http, &self->http);
    if (status == PV_OK && options->port_file)
        status = write_port_file(options->port_file, port);
    if (status != PV_OK)
        return status;
    if (!tls && !loopback)
        pv_log(PV_LOG_WARNING, "keys and embeddings travel unencrypted: use --tls-certificate");
    printf("listening on %s://%s\n", tls ? "https" : "http", reached);
    return fflush(stdout) == 0 ? PV_OK
                               : pv_fail(PV_ERROR_GENERIC, "standard output cannot be written");
}

/* Requests under way are answered, for as long as STOP_TIMEOUT_S allows. A second signal ends the
 * wait. */
static void wait_and_stop(server *self, const sigset_t *signals)
{
    int number = 0;
    struct timespec step = {.tv_nsec = STOP_STEP_MS * 1000000L};
    while (sigwait(signals, &number) != 0)
        continue;
    pv_log(PV_LOG_INFO, "%s: stopping", number == SIGINT ? "SIGINT" : "SIGTERM");
    pv_http_quiesce(self->http);
    for (int waited = 0; waited < STOP_TIMEOUT_S * 1000 && pv_http_running(self->http) > 0;
         waited += STOP_STEP_MS)
        if (sigtimedwait(signals, NULL, &step) > 0)
            break;
    if (pv_http_running(self->http) > 0)
        pv_log(PV_LOG_WARNING, "%zu requests were cut off", pv_http_running(self->http));
}

static void close_all(server *self)
{
    pv_http_stop(self->http);
    pv_gallery_destroy(self->gallery);
    pv_metrics_destroy(self->metrics);
    pv_pool_destroy(self->pool);
    if (self->store)
        self->store->driver->close(self->store);
    pv_buffer_release(&self->certificate);
    if (self->key.data)
        explicit_bzero(self->key.data, self->key.length);
    pv_buffer_release(&self->key);
    if (self->lock >= 0)
        close(self->lock);
}

int pv_serve_run(const pv_options *options)
{
    server self = {.lock = -1};
    sigset_t signals;
    /* Blocked here and so in every thread: sigwait is the one place where they arrive. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    json_object_seed(0);

    pv_status status = PV_OK;
    if (options->tls_certificate)
        status = read_pem("tls-certificate", options->tls_certificate, &self.certificate);
    if (status == PV_OK && options->tls_key)
        status = read_pem("tls-key", options->tls_key, &self.key);
    if (status == PV_OK)
        status = open_data(options, &self);
    if (status == PV_OK)
        status = start_http(options, &self);
    if (status == PV_OK)
        wait_and_stop(&self, &signals);
    else
        fprintf(stderr, "privid-server: %s\n", pv_error_message());
    close_all(&self);
    return status == PV_OK ? PV_EXIT_OK : PV_EXIT_FAILURE;
}
