/* One run of the server: from opening the data to the last answer. */
#ifndef PV_SERVER_SERVE_H
#define PV_SERVER_SERVE_H

#include "server/options.h"

/* Serves until SIGTERM or SIGINT; exit code. */
int pv_serve_run(const pv_options *options);

#endif
