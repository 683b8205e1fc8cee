#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/fetch_internal.h"

#define LINE_SIZE 512
#define POLL_MILLISECONDS 100
#define STOP_MILLISECONDS 2000 /* from a polite signal to SIGKILL */

static volatile sig_atomic_t stop_signal;
static const int watched[] = {SIGINT, SIGTERM, SIGHUP};
#define WATCHED (sizeof watched / sizeof watched[0])
static struct sigaction former[WATCHED], former_pipe;

static void note_signal(int number)
{
    stop_signal = number;
}

void pv_fetch_signals_begin(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = note_signal; /* no SA_RESTART: blocking calls end */
    stop_signal = 0;
    for (size_t i = 0; i < WATCHED; i++) {
        sigaction(watched[i], NULL, &former[i]);
        if (former[i].sa_handler != SIG_IGN)
            sigaction(watched[i], &action, NULL);
    }
    /* A reader of the progress that goes away must not leave a half-made file behind. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &former_pipe);
}

void pv_fetch_signals_end(void)
{
    for (size_t i = 0; i < WATCHED; i++)
        sigaction(watched[i], &former[i], NULL);
    sigaction(SIGPIPE, &former_pipe, NULL);
}

int pv_fetch_stopped(void)
{
    return stop_signal;
}

pv_status pv_fetch_check_stop(void)
{
    return stop_signal ? pv_fail(PV_ERROR_GENERIC, "interrupted") : PV_OK;
}

int64_t pv_fetch_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One pipe of a running process. */
typedef struct stream {
    int fd; /* -1 when it ended */
    size_t length;
    char text[LINE_SIZE];
} stream;

typedef struct running {
    pid_t pid;
    bool ended;
    int wait_status;
    stream output, errors;
} running;

static void close_stream(stream *end)
{
    if (end->fd >= 0)
        close(end->fd);
    end->fd = -1;
}

/* Hands whole lines on; what is too long for a line is dropped with its line. */
static void take_output(stream *from, const char *bytes, size_t count, const pv_process *process)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != '\n') {
            if (from->length < sizeof from->text)
                from->text[from->length++] = bytes[i];
            continue;
        }
        if (from->length < sizeof from->text && process->line) {
            from->text[from->length] = '\0';
            process->line(process->user, from->text);
        }
        from->length = 0;
    }
}

/* Keeps the last bytes: programs say at the end what went wrong. */
static void take_errors(char *tail, size_t size, const char *bytes, size_t count)
{
    size_t length = strlen(tail);
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char kept = byte < 0x20 || byte >= 0x7F ? ' ' : (char)byte;
        if (kept == ' ' && (length == 0 || tail[length - 1] == ' '))
            continue;
        if (length + 1 == size) {
            memmove(tail, tail + size / 2, length - size / 2);
            length -= size / 2;
        }
        tail[length++] = kept;
        tail[length] = '\0';
    }
}

static void read_streams(running *child, const pv_process *process, pv_process_result *result)
{
    struct pollfd fds[2] = {{child->output.fd, POLLIN, 0}, {child->errors.fd, POLLIN, 0}};
    char bytes[4096];
    if (poll(fds, 2, POLL_MILLISECONDS) <= 0)
        return;
    for (int i = 0; i < 2; i++) {
        if (!(fds[i].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        stream *source = i ? &child->errors : &child->output;
        ssize_t count = read(source->fd, bytes, sizeof bytes);
        if (count > 0 && i == 0)
            take_output(source, bytes, (size_t)count, process);
        else if (count > 0)
            take_errors(result->errors, sizeof result->errors, bytes, (size_t)count);
        else if (count == 0 || errno != EINTR)
            close_stream(source);
    }
}

static void reap(running *child, bool block)
{
    pid_t pid;
    if (child->ended)
        return;
    do
        pid = waitpid(child->pid, &child->wait_status, block ? 0 : WNOHANG);
    while (block && pid < 0 && errno == EINTR);
    child->ended = pid == child->pid;
}

/* Ends the process and everything that it started: it leads a process group of its own. */
static void stop_group(running *child)
{
    int64_t limit = pv_fetch_milliseconds() + STOP_MILLISECONDS;
    if (child->ended)
        return;
    kill(-child->pid, SIGTERM);
    while (!child->ended && pv_fetch_milliseconds() < limit) {
        poll(NULL, 0, 20);
        reap(child, false);
    }
    kill(-child->pid, SIGKILL);
    reap(child, true);
}

static pv_status supervise(running *child, const pv_process *process, pv_process_result *result)
{
    int64_t limit = pv_fetch_milliseconds() + (int64_t)process->time_limit * 1000;
    while (!child->ended || child->output.fd >= 0 || child->errors.fd >= 0) {
        if (!child->ended) {
            reap(child, false);
            if (child->ended) {
                /* What it started and left behind must not keep us, nor go on writing. */
                kill(-child->pid, SIGKILL);
                if (limit > pv_fetch_milliseconds() + STOP_MILLISECONDS)
                    limit = pv_fetch_milliseconds() + STOP_MILLISECONDS;
            }
        }
        read_streams(child, process, result);
        pv_status status = pv_fetch_check_stop();
        bool late = pv_fetch_milliseconds() > limit;
        if (late && child->ended)
            break;
        if (status || late) {
            stop_group(child);
            return status ? status
                          : pv_fail(PV_ERROR_GENERIC, "%s did not end within %d s",
                                    process->argv[0], process->time_limit);
        }
    }
    result->exit_status = WIFEXITED(child->wait_status) ? WEXITSTATUS(child->wait_status)
                                                        : 128 + WTERMSIG(child->wait_status);
    return PV_OK;
}

/* The environment with one variable replaced; only the list is to be freed. */
static char **extend_environment(const char *variable)
{
    size_t count = 0, kept = 0, name = strcspn(variable, "=") + 1;
    while (environ[count])
        count++;
    char **list = calloc(count + 2, sizeof *list);
    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], variable, name) != 0)
            list[kept++] = environ[i];
    }
    list[kept] = (char *)(uintptr_t)variable;
    return list;
}

static int spawn(const pv_process *process, const int out[2], const int err[2], char **environment,
                 pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults, none;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    for (size_t i = 0; i < WATCHED; i++)
        sigaddset(&defaults, watched[i]);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (!(error = posix_spawnattr_setflags(&attributes, flags)) &&
        !(error = posix_spawnattr_setpgroup(&attributes, 0)) &&
        !(error = posix_spawnattr_setsigdefault(&attributes, &defaults)) &&
        !(error = posix_spawnattr_setsigmask(&attributes, &none)) &&
        !(error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) &&
        !(error = posix_spawn_file_actions_adddup2(&actions, out[1], 1)) &&
        !(error = posix_spawn_file_actions_adddup2(&actions, err[1], 2)) &&
        !(error = process->directory
                      ? posix_spawn_file_actions_addchdir_np(&actions, process->directory)
                      : 0)) {
        /* posix_spawn does not change the strings; its type only says so for old compilers. */
        char *const *argv = (char *const *)(uintptr_t)process->argv;
        error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

pv_status pv_process_run(const pv_process *process, pv_process_result *result)
{
    pv_status status = pv_fetch_check_stop();
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    char **environment = environ;
    running child = {.pid = -1, .output = {.fd = -1}, .errors = {.fd = -1}};
    memset(result, 0, sizeof *result);
    if (status)
        return status;
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
        (process->variable && !(environment = extend_environment(process->variable)))) {
        status = pv_fail(PV_ERROR_GENERIC, "cannot run %s: %s", process->argv[0], strerror(errno));
        goto out;
    }
    int error = spawn(process, out, err, environment, &child.pid);
    if (error) {
        result->missing = error == ENOENT;
        status = pv_fail(PV_ERROR_GENERIC, "cannot run %s: %s", process->argv[0], strerror(error));
        goto out;
    }
    close(out[1]);
    close(err[1]);
    child.output.fd = out[0];
    child.errors.fd = err[0];
    out[0] = out[1] = err[0] = err[1] = -1;
    status = supervise(&child, process, result);
out:
    close_stream(&child.output);
    close_stream(&child.errors);
    for (int i = 0; i < 2; i++) {
        if (out[i] >= 0)
            close(out[i]);
        if (err[i] >= 0)
            close(err[i]);
    }
    if (environment != environ)
        free(environment);
    return status;
}
