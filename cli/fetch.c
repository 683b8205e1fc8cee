#include "cli/fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/fetch_internal.h"
#include "model/store.h"

typedef struct task {
    const pv_manifest_row *row;
    enum { WANTED, CACHED, FETCHED, FAILED } outcome;
} task;

static pv_status is_there(const char *directory, const pv_manifest_row *row, pv_file_state *state)
{
    char *path;
    pv_status status = pv_fetch_path(directory, row->file.name, &path);
    if (!status)
        status = pv_pinned_file_inspect(path, &row->file, state);
    free(path);
    return status;
}

/* Marks what is there already, and says what is damaged. Returns how many are still wanted. */
static size_t look(pv_fetch *fetch, task *tasks, size_t count, bool say)
{
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++) {
        pv_file_state state;
        const pv_manifest_row *row = tasks[i].row;
        if (tasks[i].outcome != WANTED)
            continue;
        pv_status status = is_there(fetch->options->directory, row, &state);
        if (!status && state == PV_FILE_PRESENT) {
            tasks[i].outcome = CACHED;
            continue;
        }
        wanted++;
        if (say && status)
            pv_fetch_say(fetch, "%s: %s", row->id, pv_error_message());
        else if (say && state == PV_FILE_DAMAGED)
            pv_fetch_say(fetch, "%s: the file %s in %s is damaged; fetching it anew", row->id,
                         row->file.name, fetch->options->directory);
    }
    return wanted;
}

/* One row out of its archive, which is there and verified. */
static pv_status unpack(pv_fetch *fetch, const pv_manifest_row *row, const char *archive)
{
    char *source = NULL, *companion = NULL, *result = NULL;
    const char *name = row->script ? "source" : row->file.name;
    pv_fetch_progress(fetch, row->id, "extract", 0, row->source.size);
    pv_status status = pv_fetch_path(fetch->temporary, name, &source);
    if (!status)
        status = pv_fetch_path(fetch->temporary, "companion", &companion);
    if (!status)
        status = pv_fetch_extract(fetch, archive, row, source, companion);
    if (!status && row->script)
        status =
            pv_fetch_prepare(fetch, row, source, row->companion_path ? companion : NULL, &result);
    if (!status)
        status =
            pv_fetch_install(result ? result : source, fetch->options->directory, row->file.name);
    free(source);
    free(companion);
    free(result);
    return status;
}

/* What else can be done, as far as it would help with this row. */
static void advise(pv_fetch *fetch, const pv_manifest_row *row)
{
    pv_fetch_say(fetch, "%s: alternatives: a mirror (--mirror URL)%s", row->id,
                 row->documented ? ""
                                 : ", or the profile that does without this model "
                                   "(--profile documented)");
}

static void finish(pv_fetch *fetch, task *item, pv_status status)
{
    if (!status) {
        item->outcome = FETCHED;
        pv_fetch_progress(fetch, item->row->id, "done", item->row->file.size, item->row->file.size);
        return;
    }
    item->outcome = FAILED;
    if (pv_fetch_stopped())
        return;
    pv_fetch_say(fetch, "%s: %s", item->row->id, pv_error_message());
    if (!fetch->options->mirror && item->row->registry != PV_REGISTRY_OWN)
        advise(fetch, item->row);
}

/* All wanted rows of one archive, which is downloaded once. */
static void fetch_archive(pv_fetch *fetch, task *tasks, size_t count, size_t first)
{
    char *archive;
    const char *digest = tasks[first].row->archive.sha256;
    pv_status downloaded = pv_fetch_package(fetch, tasks[first].row, &archive);
    for (size_t i = first; i < count; i++) {
        const pv_manifest_row *row = tasks[i].row;
        if (tasks[i].outcome != WANTED || row->registry == PV_REGISTRY_OWN ||
            strcmp(row->archive.sha256, digest) != 0)
            continue;
        finish(fetch, &tasks[i], downloaded ? downloaded : unpack(fetch, row, archive));
    }
    if (archive)
        unlink(archive);
    free(archive);
}

static void fetch_wanted(pv_fetch *fetch, task *tasks, size_t count)
{
    for (size_t i = 0; i < count && !pv_fetch_stopped(); i++) {
        if (tasks[i].outcome != WANTED)
            continue;
        if (tasks[i].row->registry == PV_REGISTRY_OWN)
            finish(fetch, &tasks[i], pv_fetch_own(fetch, tasks[i].row));
        else if (fetch->options->mirror)
            finish(fetch, &tasks[i], pv_fetch_from_mirror(fetch, tasks[i].row));
        else
            fetch_archive(fetch, tasks, count, i);
    }
}

/* Under the lock: what another process has fetched meanwhile is not fetched again. */
static pv_status fetch_locked(pv_fetch *fetch, task *tasks, size_t count)
{
    int lock;
    pv_status status = pv_fetch_make_folder(fetch->options->directory);
    if (!status)
        status = pv_fetch_lock(fetch, &lock);
    if (status)
        return status;
    if (look(fetch, tasks, count, true) > 0) {
        status = pv_fetch_make_temporary(fetch->options->directory, &fetch->temporary);
        if (!status)
            fetch_wanted(fetch, tasks, count);
        if (fetch->temporary && pv_fetch_remove_tree(fetch->temporary))
            pv_fetch_say(fetch, "%s", pv_error_message());
    }
    close(lock);
    return status;
}

static int summarise(pv_fetch *fetch, const task *tasks, size_t count)
{
    size_t fetched = 0, cached = 0;
    for (size_t i = 0; i < count; i++) {
        const pv_manifest_row *row = tasks[i].row;
        fetched += tasks[i].outcome == FETCHED;
        cached += tasks[i].outcome == CACHED;
        if (tasks[i].outcome == CACHED)
            pv_fetch_progress(fetch, row->id, "cached", row->file.size, row->file.size);
    }
    if (pv_fetch_stopped()) {
        pv_fetch_say(fetch, "interrupted; what was complete is kept");
        return 128 + pv_fetch_stopped();
    }
    if (fetched + cached < count)
        pv_fetch_say(fetch, "%zu of %zu files could not be fetched", count - fetched - cached,
                     count);
    else if (fetch->options->progress == PV_PROGRESS_AUTO ||
             fetch->options->progress == PV_PROGRESS_PLAIN)
        pv_fetch_say(fetch, "%zu files in %s, %zu of them fetched now", count,
                     fetch->options->directory, fetched);
    return fetched + cached == count ? 0 : 1;
}

int pv_fetch_rows(const pv_fetch_options *options, const pv_manifest_row *const *rows, size_t count)
{
    pv_fetch fetch = {.options = options};
    pv_status status = PV_OK;
    int exit_status;
    task *tasks = calloc(count ? count : 1, sizeof *tasks);
    if (!tasks) {
        pv_fetch_say(&fetch, "no memory");
        return 1;
    }
    for (size_t i = 0; i < count; i++)
        tasks[i].row = rows[i];
    fetch.terminal = options->progress == PV_PROGRESS_AUTO && isatty(STDERR_FILENO) == 1;
    pv_fetch_signals_begin();
    /* With everything there, no lock, no network and no other program is needed. */
    if (look(&fetch, tasks, count, false) > 0)
        status = fetch_locked(&fetch, tasks, count);
    if (status && !pv_fetch_stopped())
        pv_fetch_say(&fetch, "%s", pv_error_message());
    exit_status = summarise(&fetch, tasks, count);
    pv_fetch_signals_end();
    free(fetch.temporary);
    free(fetch.python_extra);
    free(tasks);
    return exit_status;
}
