#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static atomic_int current_level = PV_LOG_ERROR;
static pthread_rwlock_t callback_lock = PTHREAD_RWLOCK_INITIALIZER;
static pv_log_callback current_callback;
static void *current_user;
static _Thread_local bool inside_callback;

bool pv_log_set_level(int level)
{
    if (level < PV_LOG_ERROR || level > PV_LOG_DEBUG)
        return false;
    atomic_store(&current_level, level);
    return true;
}

int pv_log_get_level(void)
{
    return atomic_load(&current_level);
}

void pv_log_set_callback(pv_log_callback callback, void *user)
{
    if (inside_callback)
        return;
    pthread_rwlock_wrlock(&callback_lock);
    current_callback = callback;
    current_user = user;
    pthread_rwlock_unlock(&callback_lock);
}

static void write_to_stderr(pv_log_level level, const char *message)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    struct timespec now;
    struct tm parts;
    char stamp[32] = "";
    if (clock_gettime(CLOCK_REALTIME, &now) == 0 && gmtime_r(&now.tv_sec, &parts))
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    fprintf(stderr, "%s.%03ldZ privid %s: %s\n", stamp, now.tv_nsec / 1000000, names[level],
            message);
}

void pv_log(pv_log_level level, const char *format, ...)
{
    if ((int)level > pv_log_get_level())
        return;
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (written < 0)
        return;
    if (inside_callback) {
        write_to_stderr(level, message);
        return;
    }
    pthread_rwlock_rdlock(&callback_lock);
    if (current_callback) {
        inside_callback = true;
        current_callback((int)level, message, (int)strlen(message), current_user);
        inside_callback = false;
    } else {
        write_to_stderr(level, message);
    }
    pthread_rwlock_unlock(&callback_lock);
}
