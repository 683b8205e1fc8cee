/* Counters of what was asked and how long it took, as Prometheus reads them. */
#ifndef PV_SERVER_METRICS_H
#define PV_SERVER_METRICS_H

#include "base/buffer.h"
#include "base/status.h"
#include "server/gallery.h"

typedef enum pv_endpoint {
    PV_ENDPOINT_HEALTH,
    PV_ENDPOINT_SESSION,
    PV_ENDPOINT_METRICS,
    PV_ENDPOINT_ENROLL,
    PV_ENDPOINT_PREDICT,
    PV_ENDPOINT_DELETE,
    PV_ENDPOINT_OTHER,
    PV_ENDPOINT_COUNT
} pv_endpoint;

typedef struct pv_metrics pv_metrics;

PV_CHECKED pv_status pv_metrics_create(pv_metrics **metrics);
void pv_metrics_destroy(pv_metrics *metrics);

/* code is the HTTP status. */
void pv_metrics_count(pv_metrics *metrics, pv_endpoint endpoint, unsigned code, double seconds);

PV_CHECKED pv_status pv_metrics_write(pv_metrics *metrics, pv_gallery *gallery, pv_buffer *text);

const char *pv_endpoint_name(pv_endpoint endpoint);

#endif
