/* The settings that a session is created from. */
#ifndef PV_API_SETTINGS_H
#define PV_API_SETTINGS_H

#include "api/session.h"

#define PV_COLLECTIONS_MAX 256

/* The texts point into `json`, which pv_settings_release() frees. */
typedef struct pv_settings {
    json_t *json;
    const char *key;
    long timeout_ms; /* 0: not given */
    pv_collection *collections;
    size_t collection_count;
} pv_settings;

/* PV_ERROR_CONFIGURATION names what is wrong: line and column, or the member and what is allowed.
 */
PV_CHECKED pv_status pv_settings_parse(const char *text, int length, pv_settings *out);

void pv_settings_release(pv_settings *settings);

#endif
