/* The command line of privid-server. */
#ifndef PV_SERVER_OPTIONS_H
#define PV_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Exit codes. */
#define PV_EXIT_OK 0
#define PV_EXIT_FAILURE 1
#define PV_EXIT_USAGE 2

typedef enum pv_command {
    PV_COMMAND_SERVE,
    PV_COMMAND_HELP,
    PV_COMMAND_VERSION,
    PV_COMMAND_KEY_CREATE,
    PV_COMMAND_KEY_LIST,
    PV_COMMAND_KEY_REVOKE,
    PV_COMMAND_COLLECTION_CREATE,
    PV_COMMAND_COLLECTION_LIST
} pv_command;

typedef struct pv_options {
    pv_command command;
    const char *data;
    const char *listen;
    const char *port_file;
    const char *tls_certificate;
    const char *tls_key;
    const char *name;    /* --name */
    const char *operand; /* what follows the command: a key's prefix, a collection's name */
    unsigned threads;
    unsigned scan_threads; /* 0: as many as there are processors */
    double max_fpir;
    int embedding_model; /* 0: not given */
    int log_level;
    bool keep_images;
} pv_options;

/* PV_ERROR_ARGUMENT, naming the option, when the command line is wrong. The texts are argv's. */
PV_CHECKED pv_status pv_options_parse(int argc, char **argv, pv_options *options);

extern const char pv_options_usage[];

#endif
