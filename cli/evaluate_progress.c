#include <time.h>
#include <unistd.h>

#include "cli/evaluate_internal.h"

#define BAR 24
#define TERMINAL_INTERVAL 0.1
#define PLAIN_INTERVAL 10.0

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void pv_progress_begin(pv_progress *progress, const char *name, size_t done, size_t total)
{
    double time = now();
    *progress = (pv_progress){.name = name,
                              .total = total,
                              .begun_with = done,
                              .terminal = isatty(STDERR_FILENO) == 1,
                              .started = time,
                              .shown = time};
}

static void print_duration(double seconds)
{
    long whole = (long)(seconds + 0.5);
    if (whole >= 3600)
        fprintf(stderr, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
    else if (whole >= 60)
        fprintf(stderr, "%ld min %02ld s", whole / 60, whole % 60);
    else
        fprintf(stderr, "%ld s", whole);
}

static void show(const pv_progress *progress, size_t done, double time)
{
    double elapsed = time - progress->started;
    double rate = elapsed > 0.0 ? (double)(done - progress->begun_with) / elapsed : 0.0;
    if (progress->terminal) {
        int filled = progress->total ? (int)(BAR * done / progress->total) : BAR;
        fprintf(stderr, "\r\033[K%s: [%.*s%*s] ", progress->name, filled,
                "########################", BAR - filled, "");
    } else {
        fprintf(stderr, "%s: ", progress->name);
    }
    fprintf(stderr, "%zu of %zu pictures", done, progress->total);
    if (rate > 0.0) {
        fprintf(stderr, ", %.1f a second, ", rate);
        print_duration((double)(progress->total - done) / rate);
        fputs(" left", stderr);
    }
    if (!progress->terminal)
        fputc('\n', stderr);
    fflush(stderr);
}

void pv_progress_show(pv_progress *progress, size_t done)
{
    double time = now();
    double interval = progress->terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
    if (time - progress->shown < interval)
        return;
    progress->shown = time;
    show(progress, done, time);
}

void pv_progress_end(pv_progress *progress, size_t done)
{
    double elapsed = now() - progress->started;
    size_t measured = done - progress->begun_with;
    if (progress->terminal)
        fputs("\r\033[K", stderr);
    fprintf(stderr, "%s: %zu of %zu pictures", progress->name, done, progress->total);
    if (measured) {
        fprintf(stderr, ", %zu of them now, in ", measured);
        print_duration(elapsed);
    }
    fputc('\n', stderr);
    fflush(stderr);
}
