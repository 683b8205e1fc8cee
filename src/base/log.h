/* The log: levels 0 (errors) to 3 (debug), standard error unless a callback takes the lines. */
#ifndef PV_BASE_LOG_H
#define PV_BASE_LOG_H

#include <stdbool.h>

#include "base/status.h"

typedef enum pv_log_level {
    PV_LOG_ERROR = 0,
    PV_LOG_WARNING = 1,
    PV_LOG_INFO = 2,
    PV_LOG_DEBUG = 3
} pv_log_level;

/* message is not NUL-terminated beyond length and lives only for the call. */
typedef void (*pv_log_callback)(int level, const char *message, int length, void *user);

/* False, and nothing changed, unless level is 0 to 3. */
bool pv_log_set_level(int level);
int pv_log_get_level(void);

/* NULL: lines go to standard error again. When this returns, the former callback is not running and
 * will not be called again. A callback may log (its lines go to standard error) but not call this.
 */
void pv_log_set_callback(pv_log_callback callback, void *user);

/* Any thread. One line, without the newline; never with keys, embeddings or pictures in it. */
void pv_log(pv_log_level level, const char *format, ...) PV_PRINTF(2, 3);

#endif
