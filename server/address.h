/* Where to listen. */
#ifndef PV_SERVER_ADDRESS_H
#define PV_SERVER_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define PV_HOST_SIZE 256

typedef struct pv_address {
    char host[PV_HOST_SIZE]; /* without brackets; empty: every interface */
    unsigned port;           /* 0: any free one */
} pv_address;

/* "host:port", "[v6]:port" or ":port". */
PV_CHECKED pv_status pv_address_parse(const char *text, pv_address *address);

/* A listening socket, and where it can be reached from this machine: "127.0.0.1:8080". */
PV_CHECKED pv_status pv_address_listen(const pv_address *address, int *listener, char *reached,
                                       size_t size, unsigned *port, bool *loopback);

#endif
