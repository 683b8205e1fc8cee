/* Files that are part of the program as bytes; tools/embed_models.py writes the C source. */
#ifndef PV_MODEL_EMBEDDED_H
#define PV_MODEL_EMBEDDED_H

#include <stddef.h>

typedef struct pv_embedded_file {
    const char *name; /* path below the folder that it was taken from */
    const unsigned char *data;
    size_t size;
} pv_embedded_file;

/* models/manifest.json */
extern const pv_embedded_file pv_embedded_manifest;

#endif
