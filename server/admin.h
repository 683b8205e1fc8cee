/* The commands that look after keys and collections, also while a server runs. */
#ifndef PV_SERVER_ADMIN_H
#define PV_SERVER_ADMIN_H

#include "server/options.h"

/* Exit code; what is asked for goes to standard output, reasons to standard error. */
int pv_admin_run(const pv_options *options);

#endif
