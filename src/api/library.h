/* The one piece of global state: whether the library is up, and what its operations share. */
#ifndef PV_API_LIBRARY_H
#define PV_API_LIBRARY_H

#include <stdint.h>

#include "base/status.h"
#include "model/runtime.h"

/* Enters the library for one call: PV_ERROR_GENERIC unless it is initialised. While a thread is
 * inside, privid_shutdown_lib() waits. */
PV_CHECKED pv_status pv_library_enter(void);
void pv_library_leave(void);

/* Only between enter and leave. */
pv_runtime *pv_library_runtime(void);
pv_model_store *pv_library_store(void);

/* The next operation id: positive and rising. */
int32_t pv_library_next_id(void);

/* Copies text for the caller; false (and the out pointers cleared) when memory is short. */
bool pv_hand_out(const char *text, char **text_out, int *length_out);

#endif
