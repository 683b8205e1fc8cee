/* What the files cli/fetch*.c share. */
#ifndef PV_CLI_FETCH_INTERNAL_H
#define PV_CLI_FETCH_INTERNAL_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "cli/fetch.h"
#include "model/embedded.h"

/* Scripts, model cards and weights of our own, named by their path below models/; the row after the
 * last has no name. */
extern const pv_embedded_file pv_embedded_models[];
/* cli/fetch_pypi.py */
extern const pv_embedded_file pv_embedded_fetch_pypi;

typedef struct pv_fetch {
    const pv_fetch_options *options;
    bool terminal;      /* progress is one updating line */
    bool line_open;     /* that line is not ended yet */
    int64_t last_shown; /* milliseconds */
    const char *shown_model;
    const char *shown_stage;
    char *temporary;    /* folder that is removed at the end */
    char *python_extra; /* folder with the pinned Python packages, or NULL */
} pv_fetch;

/* --- signals: fetch_process.c --- */

/* From here to pv_fetch_signals_end() SIGINT, SIGTERM and SIGHUP only set the flag below. */
void pv_fetch_signals_begin(void);
void pv_fetch_signals_end(void);
/* The signal that asked to stop, or 0. */
int pv_fetch_stopped(void);
/* PV_ERROR_GENERIC "interrupted" once a signal came. */
PV_CHECKED pv_status pv_fetch_check_stop(void);

/* --- other programs: fetch_process.c --- */

typedef struct pv_process {
    const char *const *argv;                    /* argv[0] is looked up in PATH */
    const char *directory;                      /* working directory, or NULL */
    const char *variable;                       /* NAME=value to add to the environment, or NULL */
    int time_limit;                             /* seconds */
    void (*line)(void *user, const char *line); /* of its standard output, or NULL */
    void *user;
} pv_process;

/* What became of a process. */
typedef struct pv_process_result {
    bool missing;     /* there is no such program */
    int exit_status;  /* 128 and the number of the signal that ended it */
    char errors[600]; /* the end of its standard error, one line of printable text */
} pv_process_result;

/* Fails where it could not be run, took too long or was interrupted; an exit status other than 0 is
 * no failure here. The process and its children are gone afterwards. */
PV_CHECKED pv_status pv_process_run(const pv_process *process, pv_process_result *result);

/* --- files: fetch_files.c --- */

int64_t pv_fetch_milliseconds(void);
/* folder/name, to be freed. */
PV_CHECKED pv_status pv_fetch_path(const char *folder, const char *name, char **out);
PV_CHECKED pv_status pv_fetch_make_folder(const char *path);
/* A folder that is not there is fine. */
PV_CHECKED pv_status pv_fetch_remove_tree(const char *path);
/* Appends the whole file. */
PV_CHECKED pv_status pv_fetch_read(const char *path, pv_buffer *out);
PV_CHECKED pv_status pv_fetch_write(const char *path, const void *bytes, size_t size);
/* Removes what an interrupted run left in the folder, then makes a temporary folder there. */
PV_CHECKED pv_status pv_fetch_make_temporary(const char *folder, char **out);
/* Waits for other processes that fetch into the same folder; *lock is to be closed. */
PV_CHECKED pv_status pv_fetch_lock(pv_fetch *fetch, int *lock);
/* PV_ERROR_GENERIC, naming `what`, unless the file is as pinned. */
PV_CHECKED pv_status pv_fetch_verify(const char *path, const pv_pinned_file *pinned,
                                     const char *what);
/* Puts a verified file in its place, on disk and all at once. */
PV_CHECKED pv_status pv_fetch_install(const char *path, const char *directory, const char *name);

/* --- progress: fetch_progress.c --- */

/* A stage of a model; done and total are bytes, total 0 where unknown. */
void pv_fetch_progress(pv_fetch *fetch, const char *model, const char *stage, uint64_t done,
                       uint64_t total);
/* A line on standard error, whatever the mode. */
void pv_fetch_say(pv_fetch *fetch, const char *format, ...) PV_PRINTF(2, 3);

/* --- sources: fetch_package.c, fetch_archive.c, fetch_prepare.c, fetch_mirror.c --- */

/* The program that runs Python scripts. */
const char *pv_fetch_python(void);
/* Downloads the row's archive into the temporary folder and verifies it; *path to be freed. */
PV_CHECKED pv_status pv_fetch_package(pv_fetch *fetch, const pv_manifest_row *row, char **path);
/* Writes the row's member of the archive to path, and its companion, where it has one, to
 * companion; verifies both, and the archive inside the archive that may hold them. */
PV_CHECKED pv_status pv_fetch_extract(const pv_fetch *fetch, const char *archive,
                                      const pv_manifest_row *row, const char *path,
                                      const char *companion);
/* Makes the row's file from its source; *path is the verified result, to be freed. */
PV_CHECKED pv_status pv_fetch_prepare(pv_fetch *fetch, const pv_manifest_row *row,
                                      const char *source, const char *companion, char **path);
/* Puts weights of our own into the directory, from the program's bytes. */
PV_CHECKED pv_status pv_fetch_own(pv_fetch *fetch, const pv_manifest_row *row);
/* Downloads the row's file from the mirror into the directory, resuming where a run stopped. */
PV_CHECKED pv_status pv_fetch_from_mirror(pv_fetch *fetch, const pv_manifest_row *row);

#endif
