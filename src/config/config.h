/* The configuration of one operation: JSON in, a struct with one typed and checked field a key out.
 * The keys, their defaults, ranges and overrides are rows of keys.json. */
#ifndef PV_CONFIG_CONFIG_H
#define PV_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "config/enums_generated.h"
#include "config/keys_generated.h"
#include "config/operation.h"

/* Longest configuration text accepted, in bytes. */
#define PV_CONFIG_TEXT_LIMIT ((size_t)1024 * 1024)

typedef enum pv_config_type {
    PV_CONFIG_ENUM, /* one of a few words, an index in the struct */
    PV_CONFIG_STRING,
    PV_CONFIG_INT,
    PV_CONFIG_FLOAT,
    PV_CONFIG_BOOL,
    PV_CONFIG_UINT32
} pv_config_type;

/* A row of the table. */
typedef struct pv_config_row {
    const char *name;
    pv_config_type type;
    size_t offset;            /* of the field in pv_config */
    double minimum;           /* numbers: inclusive range */
    double maximum;           /* numbers: inclusive range; strings: longest length in bytes */
    const double *values;     /* numbers: NULL, or the only ones allowed */
    const char *const *words; /* enum: the words, in the order of their indices */
    size_t choice_count;      /* of values or words */
    double number;            /* default of numbers, bool and enum (its index) */
    const char *text;         /* default of strings */
    const char *stage;        /* what reads the key and is not in this version; else NULL */
    bool no_effect;           /* accepted for compatibility only */
} pv_config_row;

/* The defaults of the operation: what an empty text gives. */
void pv_config_defaults(pv_operation operation, pv_config *out);

/* Reads the caller's text over the defaults of the operation. NULL, empty or blank text and keys
 * whose value is null leave the default. PV_ERROR_CONFIGURATION names key, value and allowed range,
 * or line and column of what is not JSON; out then holds the defaults. Unknown keys are logged and
 * ignored. */
PV_CHECKED pv_status pv_config_parse(const char *json, size_t length, pv_operation operation,
                                     pv_config *out);

/* Whether the caller gave the key: the session's own setting may count where it did not. */
bool pv_config_is_set(const pv_config *config, pv_config_key key);

/* The landmark model that counts: base_face_landmarks_model_id unless it is -1. */
int pv_config_landmarks_model(const pv_config *config);

/* The row of a key, for tools that turn text into JSON; NULL for an unknown name. */
const pv_config_row *pv_config_row_find(const char *name);

/* The row with that number, below PV_CONFIG_KEY_COUNT. */
const pv_config_row *pv_config_row_get(pv_config_key key);

/* The known key that is spelt most like name; NULL when none is near. */
const char *pv_config_nearest_key(const char *name);

#endif
