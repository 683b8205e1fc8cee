/* What the commands that call the library take from its inside: the words of the traits and the
 * table of the keys. Everything else goes through the public header. */
#ifndef PV_CLI_INTERNAL_H
#define PV_CLI_INTERNAL_H

#include "api/traits.h"
#include "config/config.h"
#include "config/enums_generated.h"

#endif
