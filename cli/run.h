/* What the commands that call the library have in common: from the command line to the answer. */
#ifndef PV_CLI_RUN_H
#define PV_CLI_RUN_H

#include "options.h"
#include "picture.h"

/* What differs between the commands. */
typedef struct pv_command_kind {
    const char *name;
    const char *usage; /* of the arguments */
    const char *text;
    int least;
    int most; /* arguments; 0: no limit */
    bool online;
    const pv_cli_extra *extra; /* options of its own; NULL: none */
} pv_command_kind;

typedef struct pv_command_run {
    const pv_command_kind *kind;
    pv_cli_options options;
    char *configuration;
    int configuration_length;
    void *session;
} pv_command_run;

/* An answer of the library. */
typedef struct pv_answer {
    char *text;
    json_t *json;
} pv_answer;

/* The exit status for a status code of the library. */
pv_exit pv_exit_of(int status);

/* "privid COMMAND: message" on standard error. */
void pv_complain(const char *command, const char *message);

/* Reads the command line and makes everything ready. `done` is set where nothing is left to do;
 * pv_command_end() follows in any case. `extra` is handed to the reader of the own options. */
pv_exit pv_command_begin(const pv_command_kind *kind, int argc, char **argv, void *extra,
                         pv_command_run *run, bool *done);
int pv_command_end(pv_command_run *run, pv_exit status);

/* Prints the raw answer where it is wanted and the error where there is one. */
pv_exit pv_command_take_answer(const pv_command_run *run, pv_answer *result);
void pv_answer_release(pv_answer *result);

/* Loads a picture in the order of channels that the configuration names; complains where it cannot.
 */
pv_exit pv_command_load(const pv_command_run *run, const char *path, pv_picture *picture);

#endif
