#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "cli/fetch_internal.h"

#define PREPARE_SECONDS 600
#define INSTALL_SECONDS 1800
#define ARGUMENTS_MAX 16
#define SCRIPT_LIMIT (1024 * 1024)
#define SCRIPTS "prepare"
#define REQUIREMENTS SCRIPTS "/requirements.txt"
#define PYTHON_FOLDER ".python"
#define STAMP "requirements"

const pv_embedded_file *pv_fetch_embedded(const char *name)
{
    for (const pv_embedded_file *file = pv_embedded_models; file->name; file++) {
        if (strcmp(file->name, name) == 0)
            return file;
    }
    return NULL;
}

/* Scripts import each other, so all of the program's are written side by side. */
static pv_status write_scripts(const char *folder)
{
    pv_status status = pv_fetch_make_folder(folder);
    for (const pv_embedded_file *file = pv_embedded_models; file->name && !status; file++) {
        const char *suffix = strrchr(file->name, '.');
        if (strncmp(file->name, SCRIPTS "/", strlen(SCRIPTS "/")) != 0 ||
            strcmp(suffix, ".py") != 0)
            continue;
        char *path;
        status = pv_fetch_path(folder, file->name + strlen(SCRIPTS "/"), &path);
        if (!status)
            status = pv_fetch_write(path, file->data, file->size);
        free(path);
    }
    return status;
}

/* The path of the row's script, to be freed: one of the program, or one of a manifest from outside,
 * which stays where it is. */
static pv_status find_script(const pv_fetch *fetch, const pv_manifest_row *row, char **path)
{
    const char *outside = fetch->options->script_folder;
    char *folder = NULL;
    pv_status status = pv_fetch_path(outside ? outside : fetch->temporary, row->script, path);
    if (status)
        return status;
    if (!outside) {
        status = pv_fetch_path(fetch->temporary, SCRIPTS, &folder);
        if (!status)
            status = write_scripts(folder);
    }
    if (!status && access(*path, R_OK) != 0)
        status = pv_fail(PV_ERROR_GENERIC, "%s: there is no script %s in %s", row->id, row->script,
                         outside ? outside : "this program");
    free(folder);
    return status;
}

/* What a run of a script needs. */
typedef struct preparation {
    const pv_manifest_row *row;
    char *script;
    const char *source;
    const char *companion; /* or NULL */
    const char *result;
} preparation;

/* Runs the script; packages: folder to add to Python's path, or NULL. */
static pv_status run_script(const preparation *with, const char *packages)
{
    const pv_manifest_row *row = with->row;
    const char *argv[ARGUMENTS_MAX + 7];
    size_t count = 0;
    char *variable = NULL;
    pv_process_result result = {0};
    argv[count++] = pv_fetch_python();
    argv[count++] = "-B";
    argv[count++] = with->script;
    for (size_t i = 0; row->arguments[i]; i++) {
        if (i == ARGUMENTS_MAX)
            return pv_fail(PV_ERROR_GENERIC, "%s: the script has too many arguments", row->id);
        argv[count++] = row->arguments[i];
    }
    argv[count++] = with->source;
    if (with->companion)
        argv[count++] = with->companion;
    argv[count++] = with->result;
    argv[count] = NULL;
    if (packages && asprintf(&variable, "PYTHONPATH=%s", packages) < 0)
        return pv_fail(PV_ERROR_GENERIC, "no memory for a path");
    pv_process process = {.argv = argv, .variable = variable, .time_limit = PREPARE_SECONDS};
    pv_status status = pv_process_run(&process, &result);
    if (status && result.missing)
        status = pv_fail(PV_ERROR_GENERIC,
                         "%s is not found; it prepares the file. Install Python 3, or set "
                         "PRIVID_PYTHON",
                         argv[0]);
    else if (!status && result.exit_status)
        status = pv_fail(PV_ERROR_GENERIC, "preparing failed (exit status %d): %s",
                         result.exit_status, result.errors);
    free(variable);
    return status ? status : pv_fetch_verify(with->result, &row->file, "the prepared file");
}

/* The folder with the pinned packages is used only when its stamp says that it is complete and of
 * these very versions. */
static bool has_packages(const char *folder, const pv_embedded_file *wanted)
{
    char *path;
    bool same = false;
    pv_buffer text = pv_buffer_make(SCRIPT_LIMIT);
    if (pv_fetch_path(folder, STAMP, &path))
        return false;
    if (access(path, R_OK) == 0 && !pv_fetch_read(path, &text))
        same = text.length == wanted->size && memcmp(text.data, wanted->data, wanted->size) == 0;
    pv_buffer_release(&text);
    free(path);
    return same;
}

static pv_status install_packages(pv_fetch *fetch, const char *folder,
                                  const pv_embedded_file *wanted)
{
    char *list = NULL, *stamp = NULL;
    pv_process_result result = {0};
    pv_fetch_say(fetch,
                 "installing the pinned onnx, NumPy and h5py for the preparation into %s, once "
                 "(it may be deleted afterwards)",
                 folder);
    pv_status status = pv_fetch_remove_tree(folder);
    if (!status)
        status = pv_fetch_path(fetch->temporary, "requirements.txt", &list);
    if (!status)
        status = pv_fetch_write(list, wanted->data, wanted->size);
    if (!status)
        status = pv_fetch_path(folder, STAMP, &stamp);
    if (status)
        goto out;
    const char *argv[] = {pv_fetch_python(),
                          "-B",
                          "-m",
                          "pip",
                          "install",
                          "--no-input",
                          "--quiet",
                          "--disable-pip-version-check",
                          "--no-deps",
                          "--no-compile",
                          "--only-binary=:all:",
                          "--target",
                          folder,
                          "--requirement",
                          list,
                          NULL};
    /* A configured user scheme would contradict --target. */
    pv_process process = {.argv = argv, .variable = "PIP_USER=0", .time_limit = INSTALL_SECONDS};
    status = pv_process_run(&process, &result);
    if (!status && result.exit_status)
        status = pv_fail(PV_ERROR_GENERIC,
                         "%s lacks onnx, NumPy or h5py for the preparation, nor could pip "
                         "install them: %s",
                         argv[0], result.errors);
    if (!status)
        status = pv_fetch_write(stamp, wanted->data, wanted->size);
out:
    free(list);
    free(stamp);
    return status;
}

/* Where a traceback names the exception: it alone is said where the run goes on. */
static const char *last_exception(const char *text)
{
    const char *found = text;
    for (const char *next = text; (next = strstr(next, "Error: ")); next++)
        found = next;
    while (found > text && found[-1] != ' ')
        found--;
    return found;
}

/* Python's own packages first: usually they serve, and nothing has to be installed. */
static pv_status run_with_packages(pv_fetch *fetch, const preparation *with)
{
    const pv_embedded_file *wanted = pv_fetch_embedded(REQUIREMENTS);
    pv_status status = PV_OK;
    if (!wanted)
        return pv_fail(PV_ERROR_GENERIC, "there is no %s in this program", REQUIREMENTS);
    if (!fetch->python_extra)
        status = pv_fetch_path(fetch->options->directory, PYTHON_FOLDER, &fetch->python_extra);
    if (status)
        return status;
    if (has_packages(fetch->python_extra, wanted))
        return run_script(with, fetch->python_extra);
    status = run_script(with, NULL);
    if (!status || pv_fetch_stopped())
        return status;
    pv_fetch_say(fetch, "%s: the packages of %s do not serve: %s", with->row->id, pv_fetch_python(),
                 last_exception(pv_error_message()));
    status = install_packages(fetch, fetch->python_extra, wanted);
    return status ? status : run_script(with, fetch->python_extra);
}

pv_status pv_fetch_prepare(pv_fetch *fetch, const pv_manifest_row *row, const char *source,
                           const char *companion, char **path)
{
    preparation with = {.row = row, .source = source, .companion = companion};
    *path = NULL;
    pv_fetch_progress(fetch, row->id, "prepare", 0, 0);
    pv_status status = pv_fetch_path(fetch->temporary, row->file.name, path);
    if (!status)
        status = find_script(fetch, row, &with.script);
    with.result = *path;
    if (!status)
        status = run_with_packages(fetch, &with);
    if (status) {
        free(*path);
        *path = NULL;
    }
    free(with.script);
    return status;
}
