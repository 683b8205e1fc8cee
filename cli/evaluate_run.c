/* The pictures of an evaluation, measured by as many threads as wanted. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/evaluate_internal.h"
#include "cli/fetch_internal.h"

#define POLL_NANOSECONDS 50000000

typedef struct crew {
    pv_evaluation *evaluation;
    pv_results *results;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t changed;
    size_t next; /* picture to be taken */
    size_t done;
    int working;
    pv_status status; /* the first failure that concerns more than one picture */
    char message[PV_ERROR_MESSAGE_SIZE];
} crew;

static pv_status load_picture(const pv_evaluation *evaluation, size_t number, pv_picture *picture)
{
    const char *format = json_string_value(
        json_object_get(evaluation->options.common.configuration, "input_image_format"));
    pv_status status = pv_picture_load(evaluation->files[number], picture);
    if (status == PV_OK && evaluation->options.pad > 0.0)
        status = pv_evaluation_pad(picture, evaluation->options.pad);
    /* Templates are made from the decoded picture itself. */
    if (status == PV_OK && format && evaluation->kind->measure != pv_measure_template)
        status = pv_picture_convert(picture, format);
    return status;
}

static json_t *begin_record(const pv_evaluation *evaluation, size_t number)
{
    struct stat state = {0};
    if (stat(evaluation->files[number], &state) != 0)
        state.st_size = -1; /* reading it will say why */
    return json_pack("{s:s, s:s, s:I, s:I}", "picture", evaluation->pictures[number], "settings",
                     evaluation->settings_digest, "size", (json_int_t)state.st_size, "modified",
                     pv_results_time(&state));
}

/* A picture that cannot be read is a result too; any other failure concerns all pictures. */
static pv_status measure(const pv_evaluation *evaluation, size_t number, json_t *record)
{
    pv_picture picture = {0};
    pv_status status = load_picture(evaluation, number, &picture);
    if (status == PV_OK)
        status = evaluation->kind->measure(evaluation, &picture, record);
    pv_picture_release(&picture);
    if (status == PV_ERROR_ARGUMENT &&
        json_object_set_new(record, "error", json_string(pv_error_message())) == 0)
        status = PV_OK;
    return status;
}

static void finish_picture(crew *all, size_t number, json_t *record, pv_status status)
{
    pthread_mutex_lock(&all->lock);
    if (status == PV_OK)
        status = pv_results_add(all->results, record);
    if (status == PV_OK) {
        all->evaluation->records[number] = json_incref(record);
        all->done++;
    } else if (all->status == PV_OK) {
        all->status = status;
        snprintf(all->message, sizeof all->message, "%s: %s", all->evaluation->files[number],
                 pv_error_message());
    }
    pthread_cond_signal(&all->changed);
    pthread_mutex_unlock(&all->lock);
}

/* The next picture without a record, or false where there is none or work is to end. */
static bool take_picture(crew *all, size_t *number)
{
    pv_evaluation *evaluation = all->evaluation;
    bool found = false;
    pthread_mutex_lock(&all->lock);
    while (all->next < evaluation->picture_count && evaluation->records[all->next])
        all->next++;
    if (all->status == PV_OK && !pv_fetch_stopped() && all->next < evaluation->picture_count) {
        *number = all->next++;
        found = true;
    }
    pthread_mutex_unlock(&all->lock);
    return found;
}

static void *work(void *argument)
{
    crew *all = argument;
    size_t number;
    while (take_picture(all, &number)) {
        json_t *record = begin_record(all->evaluation, number);
        pv_status status = record ? measure(all->evaluation, number, record)
                                  : pv_fail(PV_ERROR_GENERIC, "out of memory for a result");
        finish_picture(all, number, record, status);
        json_decref(record);
    }
    pthread_mutex_lock(&all->lock);
    all->working--;
    pthread_cond_signal(&all->changed);
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* Waits for the threads; a signal is noticed by each of them at its next picture. */
static void watch(crew *all, pv_progress *progress)
{
    pthread_mutex_lock(&all->lock);
    while (all->working > 0) {
        struct timespec limit;
        clock_gettime(CLOCK_REALTIME, &limit);
        limit.tv_nsec += POLL_NANOSECONDS;
        limit.tv_sec += limit.tv_nsec / 1000000000;
        limit.tv_nsec %= 1000000000;
        int result = pthread_cond_timedwait(&all->changed, &all->lock, &limit);
        (void)result; /* woken or not: show where it stands */
        pv_progress_show(progress, all->done);
    }
    pthread_mutex_unlock(&all->lock);
}

/* Signals go to the main thread: a worker that reads a file must not be interrupted in it. */
static pv_status start(crew *all, pthread_t *threads, int count, int *started)
{
    sigset_t blocked;
    sigset_t former;
    sigfillset(&blocked);
    for (*started = 0; *started < count; ++*started) {
        pthread_mutex_lock(&all->lock);
        all->working++;
        pthread_mutex_unlock(&all->lock);
        pthread_sigmask(SIG_SETMASK, &blocked, &former);
        int error = pthread_create(&threads[*started], NULL, work, all);
        pthread_sigmask(SIG_SETMASK, &former, NULL);
        if (error == 0)
            continue;
        pthread_mutex_lock(&all->lock);
        all->working--;
        pthread_mutex_unlock(&all->lock);
        /* Fewer threads than wanted only take longer. */
        return *started > 0 ? PV_OK : pv_fail(PV_ERROR_GENERIC, "no thread: %s", strerror(error));
    }
    return PV_OK;
}

pv_status pv_evaluation_run(pv_evaluation *evaluation, pv_results *results, int *stopped)
{
    crew all = {.evaluation = evaluation,
                .results = results,
                .lock = PTHREAD_MUTEX_INITIALIZER,
                .changed = PTHREAD_COND_INITIALIZER,
                .done = results->kept};
    pv_progress progress;
    int count = evaluation->options.jobs;
    int started = 0;
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    if (!threads)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    pv_progress_begin(&progress, evaluation->kind->name, results->kept, evaluation->picture_count);
    pv_fetch_signals_begin();
    pv_status status = start(&all, threads, count, &started);
    if (status == PV_OK)
        watch(&all, &progress);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    *stopped = all.done < evaluation->picture_count ? pv_fetch_stopped() : 0;
    pv_fetch_signals_end();
    pv_progress_end(&progress, all.done);
    free(threads);
    if (status == PV_OK && all.status != PV_OK)
        status = pv_fail(all.status, "%s", all.message);
    return status;
}
