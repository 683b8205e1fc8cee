/* Fetching pinned files: from package registries through their own clients, or from a mirror.
 *
 * Only the command line tool fetches; the library never does. */
#ifndef PV_CLI_FETCH_H
#define PV_CLI_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "model/embedded.h"
#include "model/manifest.h"

typedef enum pv_progress_mode {
    PV_PROGRESS_AUTO, /* one updating line on a terminal, else plain lines; on standard error */
    PV_PROGRESS_PLAIN,
    PV_PROGRESS_JSON, /* one object a line on standard output */
    PV_PROGRESS_NONE
} pv_progress_mode;

typedef struct pv_fetch_options {
    const char *directory;     /* where the files go; made if it is not there */
    const char *mirror;        /* base URL, or NULL for the package registries */
    const char *script_folder; /* scripts and weights; NULL: those that are part of the program */
    pv_progress_mode progress;
    long timeout; /* seconds without progress after which a mirror is given up */
} pv_fetch_options;

/* Brings the files of all rows into the directory. Problems of one row don't keep the others from
 * being fetched; each is told on standard error. Returns the exit status of the command. */
int pv_fetch_rows(const pv_fetch_options *options, const pv_manifest_row *const *rows,
                  size_t count);

/* A script, a model card or weights that are part of the program, by its path below models/, or
 * NULL. */
const pv_embedded_file *pv_fetch_embedded(const char *name);

/* PV_ERROR_ARGUMENT unless url is https://, or http:// on a loopback address. */
PV_CHECKED pv_status pv_fetch_check_mirror(const char *url);

#endif
