#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fetch_internal.h"
#include "client/authorities.h"
#include "client/curl_versions.h"

#define CONNECT_SECONDS 20L
#define REDIRECTS 5L
#define PART_SUFFIX ".part"
/* Without the URL itself: it may hold a password. */
#define WHICH "the mirror (--mirror or PRIVID_MODELS_MIRROR)"

/* Where the file comes from and goes to. */
typedef struct place {
    char *url;
    char *shown; /* the URL without user and password, for messages */
    char *part;
} place;

typedef struct transfer {
    pv_fetch *fetch;
    const pv_manifest_row *row;
    FILE *file;
    uint64_t done;
    bool too_large;
    bool write_failed;
} transfer;

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

pv_status pv_fetch_check_mirror(const char *url)
{
    char *scheme = NULL, *host = NULL, *query = NULL;
    pv_status status = PV_OK;
    CURLU *parts = curl_url();
    if (!parts)
        return pv_fail(PV_ERROR_GENERIC, "no memory for a URL");
    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        status = pv_fail(PV_ERROR_ARGUMENT, WHICH " is no URL");
    else if (curl_url_get(parts, CURLUPART_QUERY, &query, 0) == CURLUE_OK || strchr(url, '#'))
        status = pv_fail(PV_ERROR_ARGUMENT, WHICH " must have no query");
    else if (strcmp(scheme, "https") != 0 && (strcmp(scheme, "http") != 0 || !is_loopback(host)))
        status =
            pv_fail(PV_ERROR_ARGUMENT, WHICH " must be https:// (http:// only on this machine)");
    curl_free(scheme);
    curl_free(host);
    curl_free(query);
    curl_url_cleanup(parts);
    return status;
}

static size_t write_block(char *bytes, size_t size, size_t count, void *user)
{
    transfer *to = user;
    (void)size; /* always 1 */
    if (to->done + count > to->row->file.size) {
        to->too_large = true;
        return 0;
    }
    if (fwrite(bytes, 1, count, to->file) != count) {
        to->write_failed = true;
        return 0;
    }
    to->done += count;
    pv_fetch_progress(to->fetch, to->row->id, "download", to->done, to->row->file.size);
    return count;
}

static int check_stop(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)user, (void)a, (void)b, (void)c, (void)d;
    return pv_fetch_stopped() != 0;
}

static bool set_options(CURL *curl, const char *url, const pv_authorities *known, transfer *to,
                        char *reason)
{
    bool plain = strncmp(url, "http:", 5) == 0;
    CURLcode failed = CURLE_OK;
#define SET(option, value) (failed = failed ? failed : curl_easy_setopt(curl, option, value))
    SET(CURLOPT_URL, url);
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, REDIRECTS);
    SET(CURLOPT_FAILONERROR, 1L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USERAGENT, "privid");
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, to->fetch->options->timeout);
    SET(CURLOPT_RESUME_FROM_LARGE, (curl_off_t)to->done);
    SET(CURLOPT_WRITEFUNCTION, write_block);
    SET(CURLOPT_WRITEDATA, to);
    SET(CURLOPT_XFERINFOFUNCTION, check_stop);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_ERRORBUFFER, reason);
#undef SET
    if (failed == CURLE_OK)
        failed = pv_authorities_trust(curl, known);
    if (failed == CURLE_OK)
        failed = pv_allow_protocols(curl, plain);
    if (failed == CURLE_OK)
        failed = pv_allow_redirects(curl);
    return failed == CURLE_OK;
}

/* Continues the part from where it ends. *again: the part is of no use, start over. */
static pv_status transfer_part(pv_fetch *fetch, const pv_manifest_row *row, const place *where,
                               bool *again)
{
    const char *part = where->part, *url = where->shown;
    struct stat info;
    char reason[CURL_ERROR_SIZE] = "";
    pv_authorities known = {"", ""};
    transfer to = {.fetch = fetch, .row = row};
    pv_status status = PV_OK;
    CURL *curl = NULL;
    *again = false;
    to.file = fopen(part, "abe");
    if (!to.file || fstat(fileno(to.file), &info) != 0) {
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", part, strerror(errno));
        goto out;
    }
    to.done = (uint64_t)info.st_size;
    uint64_t resumed = to.done;
    if (resumed >= row->file.size) {
        *again = resumed > row->file.size;
        goto out;
    }
    pv_fetch_progress(fetch, row->id, "download", to.done, row->file.size);
    /* A mirror on this machine needs none, unless it leads to another over TLS. */
    status = pv_authorities_find("", &known);
    if (status && strncmp(where->url, "http:", 5) != 0)
        goto out;
    curl = curl_easy_init();
    if (!curl || !set_options(curl, where->url, &known, &to, reason)) {
        status = pv_fail(PV_ERROR_GENERIC, "libcurl cannot start");
        goto out;
    }
    CURLcode result = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    if ((status = pv_fetch_check_stop()))
        goto out;
    if (resumed && (result == CURLE_RANGE_ERROR || answer == 416 || to.too_large))
        *again = true; /* the mirror cannot continue, or the part was of another file */
    else if (to.too_large)
        status = pv_fail(PV_ERROR_GENERIC, "%s is larger than the %llu bytes that are pinned", url,
                         (unsigned long long)row->file.size);
    else if (to.write_failed)
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", part, strerror(errno));
    else if (result != CURLE_OK)
        status =
            pv_fail(PV_ERROR_NETWORK, "%s: %s", url, *reason ? reason : curl_easy_strerror(result));
    else if (to.done < row->file.size) {
        *again = resumed > 0;
        status =
            *again ? PV_OK
                   : pv_fail(PV_ERROR_NETWORK, "%s has %llu of the %llu bytes that are pinned", url,
                             (unsigned long long)to.done, (unsigned long long)row->file.size);
    }
out:
    curl_easy_cleanup(curl);
    if (to.file && fclose(to.file) != 0 && !status)
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", part, strerror(errno));
    return status;
}

static pv_status download(pv_fetch *fetch, const pv_manifest_row *row, const place *where)
{
    const char *part = where->part;
    bool again;
    /* A wrong part may have been continued to the right size, so one fresh start is owed. */
    for (int attempt = 0;; attempt++) {
        bool started_clean = access(part, F_OK) != 0;
        pv_status status = transfer_part(fetch, row, where, &again);
        if (status)
            return status;
        if (!again) {
            pv_fetch_progress(fetch, row->id, "verify", 0, row->file.size);
            status = pv_fetch_verify(part, &row->file, where->shown);
            if (!status)
                return PV_OK;
            again = !started_clean && attempt == 0;
        }
        if (unlink(part) != 0 && errno != ENOENT)
            return pv_fail(PV_ERROR_GENERIC, "cannot remove %s: %s", part, strerror(errno));
        if (!again)
            return status;
        pv_fetch_say(fetch, "%s: the part that was there is not usable, starting over", row->id);
    }
}

static pv_status find_place(const pv_fetch *fetch, const pv_manifest_row *row, place *out)
{
    const char *base = fetch->options->mirror;
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    if (asprintf(&out->url, "%.*s/%s", (int)length, base, row->file.name) < 0)
        out->url = NULL;
    if (asprintf(&out->part, "%s/%s" PART_SUFFIX, fetch->options->directory, row->file.name) < 0)
        out->part = NULL;
    CURLU *parts = curl_url();
    char *shown = NULL;
    if (parts && out->url && curl_url_set(parts, CURLUPART_URL, out->url, 0) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_URL, &shown, 0) == CURLUE_OK)
        out->shown = strdup(shown);
    curl_free(shown);
    curl_url_cleanup(parts);
    return out->url && out->part && out->shown
               ? PV_OK
               : pv_fail(PV_ERROR_GENERIC, "no memory for a URL or a path");
}

pv_status pv_fetch_from_mirror(pv_fetch *fetch, const pv_manifest_row *row)
{
    place where = {NULL, NULL, NULL};
    pv_status status = find_place(fetch, row, &where);
    if (!status)
        status = download(fetch, row, &where);
    if (!status)
        status = pv_fetch_install(where.part, fetch->options->directory, row->file.name);
    free(where.url);
    free(where.shown);
    free(where.part);
    return status;
}
