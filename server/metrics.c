#include "server/metrics.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define CLASSES 6 /* of HTTP status codes: 1xx to 5xx, by their first digit */

struct pv_metrics {
    atomic_ulong requests[PV_ENDPOINT_COUNT][CLASSES];
    atomic_ulong microseconds[PV_ENDPOINT_COUNT];
};

pv_status pv_metrics_create(pv_metrics **metrics)
{
    *metrics = calloc(1, sizeof **metrics);
    return *metrics ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for the metrics");
}

void pv_metrics_destroy(pv_metrics *metrics)
{
    free(metrics);
}

const char *pv_endpoint_name(pv_endpoint endpoint)
{
    static const char *const names[PV_ENDPOINT_COUNT] = {
        [PV_ENDPOINT_HEALTH] = "healthz",  [PV_ENDPOINT_SESSION] = "session",
        [PV_ENDPOINT_METRICS] = "metrics", [PV_ENDPOINT_ENROLL] = "enroll",
        [PV_ENDPOINT_PREDICT] = "predict", [PV_ENDPOINT_DELETE] = "deleteUser",
        [PV_ENDPOINT_OTHER] = "other",
    };
    return names[endpoint];
}

void pv_metrics_count(pv_metrics *metrics, pv_endpoint endpoint, unsigned code, double seconds)
{
    unsigned class = code / 100 < CLASSES ? code / 100 : 0;
    atomic_fetch_add(&metrics->requests[endpoint][class], 1);
    atomic_fetch_add(&metrics->microseconds[endpoint], (unsigned long)(seconds * 1e6));
}

static PV_PRINTF(2, 3) pv_status line(pv_buffer *text, const char *format, ...)
{
    char buffer[256];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    if (written < 0 || (size_t)written >= sizeof buffer)
        return pv_fail(PV_ERROR_GENERIC, "a line of the metrics is too long");
    return pv_buffer_append(text, buffer, (size_t)written);
}

static pv_status write_requests(pv_metrics *metrics, pv_buffer *text)
{
    pv_status status =
        pv_buffer_append_text(text, "# HELP privid_requests_total Requests answered.\n"
                                    "# TYPE privid_requests_total counter\n");
    for (int i = 0; i < PV_ENDPOINT_COUNT && status == PV_OK; i++)
        for (int class = 2; class < CLASSES && status == PV_OK; class ++)
            status = line(text, "privid_requests_total{endpoint=\"%s\",code=\"%dxx\"} %lu\n",
                          pv_endpoint_name((pv_endpoint)i), class,
                          atomic_load(&metrics->requests[i][class]));
    if (status == PV_OK)
        status = pv_buffer_append_text(
            text, "# HELP privid_request_seconds Time from the headers to the answer.\n"
                  "# TYPE privid_request_seconds summary\n");
    for (int i = 0; i < PV_ENDPOINT_COUNT && status == PV_OK; i++) {
        const char *name = pv_endpoint_name((pv_endpoint)i);
        unsigned long count = 0;
        for (int class = 0; class < CLASSES; class ++)
            count += atomic_load(&metrics->requests[i][class]);
        status = line(text,
                      "privid_request_seconds_sum{endpoint=\"%s\"} %.6f\n"
                      "privid_request_seconds_count{endpoint=\"%s\"} %lu\n",
                      name, (double)atomic_load(&metrics->microseconds[i]) * 1e-6, name, count);
    }
    return status;
}

static pv_status write_sizes(pv_gallery *gallery, pv_buffer *text)
{
    pv_status status =
        pv_buffer_append_text(text, "# HELP privid_gallery_persons Persons enrolled.\n"
                                    "# TYPE privid_gallery_persons gauge\n"
                                    "# HELP privid_gallery_templates Templates held.\n"
                                    "# TYPE privid_gallery_templates gauge\n");
    pv_collection *collection;
    for (size_t i = 0; status == PV_OK && (collection = pv_gallery_at(gallery, i)); i++) {
        size_t persons;
        size_t templates;
        pv_collection_size(collection, &persons, &templates);
        const char *name = pv_collection_name(collection);
        status = line(text,
                      "privid_gallery_persons{collection=\"%s\"} %zu\n"
                      "privid_gallery_templates{collection=\"%s\"} %zu\n",
                      name, persons, name, templates);
    }
    return status;
}

pv_status pv_metrics_write(pv_metrics *metrics, pv_gallery *gallery, pv_buffer *text)
{
    pv_status status = write_requests(metrics, text);
    return status == PV_OK ? write_sizes(gallery, text) : status;
}
