/* Status codes and the calling thread's last error. */
#ifndef PV_BASE_STATUS_H
#define PV_BASE_STATUS_H

#include <stddef.h>

#define PV_CHECKED __attribute__((warn_unused_result))
#define PV_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))

/* The eight public codes; every internal function that can fail returns one of them. */
typedef enum pv_status {
    PV_OK = 0,
    PV_ERROR_GENERIC = -1,
    PV_ERROR_SESSION = -2,
    PV_ERROR_AUTHORIZATION = -3,
    PV_ERROR_CONFIGURATION = -4,
    PV_ERROR_ARGUMENT = -5,
    PV_ERROR_NETWORK = -6,
    PV_ERROR_RESPONSE = -7
} pv_status;

/* Longest error message kept, with its NUL; longer ones are cut at a UTF-8 boundary.
 * What is no UTF-8 in it becomes "?". */
#define PV_ERROR_MESSAGE_SIZE 1024

/* Stores status and message as the calling thread's last error and returns status.
 * The message says what was wrong and names the argument, file or key. Arguments may point into
 * the last message itself: pv_fail(s, "%s: %s", name, pv_error_message()) adds context. */
pv_status pv_fail(pv_status status, const char *format, ...) PV_PRINTF(2, 3);
#ifdef __clang_analyzer__ /* reads one file at a time, and has to be told what comes back */
#define pv_fail(status, ...) ((void)pv_fail(status, __VA_ARGS__), (status))
#endif

/* Forgets the calling thread's last error. */
void pv_error_clear(void);

pv_status pv_error_status(void);

/* Never NULL; valid until the thread's next failure. */
const char *pv_error_message(void);

/* "API_INVALID_ARGUMENT" and so on, as the interface names the codes. */
const char *pv_status_name(pv_status status);

#endif
