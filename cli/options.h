/* The options of the commands that work on pictures and people. */
#ifndef PV_CLI_OPTIONS_H
#define PV_CLI_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "base/status.h"

/* Exit statuses of the program. */
typedef enum pv_exit {
    PV_EXIT_SUCCESS = 0,
    PV_EXIT_NEGATIVE = 1, /* a valid answer: no face, no match, nobody */
    PV_EXIT_USAGE = 2,
    PV_EXIT_ARGUMENT = 3, /* picture or argument */
    PV_EXIT_CONFIGURATION = 4,
    PV_EXIT_AUTHORIZATION = 5,
    PV_EXIT_NETWORK = 6,
    PV_EXIT_FAILURE = 7
} pv_exit;

typedef struct pv_cli_options {
    bool json;
    bool help;
    const char *url;        /* NULL: no server */
    const char *key;        /* never NULL */
    const char *collection; /* its path on the server */
    const char *models;     /* NULL: the default folder */
    int embedding_model;    /* -1: not given */
    int log_level;
    json_t *configuration; /* object made of --set */
    char **arguments;      /* what is not an option */
    int argument_count;
} pv_cli_options;

/* Options that one command has beyond those of all. */
typedef struct pv_cli_extra {
    const struct option *options; /* ends with a row of zeroes; values from PV_CLI_EXTRA on, or the
                                     letter of the short form */
    const char *letters;          /* short forms, as getopt() wants them */
    const char *help;             /* like pv_cli_options_help */
    /* Takes one option; PV_ERROR_ARGUMENT names it. `text` is NULL where it has no value. */
    pv_status (*read)(int option, const char *text, void *context);
    /* After all options: what is missing, and which keys they set. NULL: nothing to do. */
    pv_status (*finish)(void *context, pv_cli_options *options);
} pv_cli_extra;
#define PV_CLI_EXTRA 512

/* Help on the options, one a line. */
extern const char pv_cli_options_help[];

/* Reads argv[1] and on; argv[0] is the command and may be reordered. `online`: whether the command
 * needs a server, so that the environment may name one. `extra` may be NULL; its reader is handed
 * `context`. PV_ERROR_ARGUMENT names the option. */
PV_CHECKED pv_status pv_cli_options_read(int argc, char **argv, bool online,
                                         const pv_cli_extra *extra, void *context,
                                         pv_cli_options *out);

void pv_cli_options_release(pv_cli_options *options);

/* The settings that the session is made from, as JSON text to be freed by the caller. */
PV_CHECKED pv_status pv_cli_options_settings(const pv_cli_options *options, char **out);

#endif
