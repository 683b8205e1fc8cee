#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fetch_internal.h"

#define DOWNLOAD_SECONDS 3600
#define PIP_MISSING 3 /* exit status of fetch_pypi.py */

const char *pv_fetch_python(void)
{
    const char *python = getenv("PRIVID_PYTHON");
    return python && *python ? python : "python3";
}

typedef struct report {
    pv_fetch *fetch;
    const pv_manifest_row *row;
} report;

/* "DONE TOTAL", as fetch_pypi.py prints it. */
static void take_progress(void *user, const char *line)
{
    const report *to = user;
    unsigned long long done, total;
    if (sscanf(line, "%19llu %19llu", &done, &total) == 2 && done <= total)
        pv_fetch_progress(to->fetch, to->row->id, "download", done, total);
}

static pv_status download_pypi(pv_fetch *fetch, const pv_manifest_row *row, const char *folder)
{
    char *script, size[32];
    pv_process_result result = {0};
    report to = {fetch, row};
    pv_status status = pv_fetch_path(folder, "fetch_pypi.py", &script);
    if (status)
        return status;
    snprintf(size, sizeof size, "%llu", (unsigned long long)row->archive.size);
    const char *argv[] = {pv_fetch_python(), "-B",   script, row->package, row->package_version,
                          row->archive.name, folder, size,   NULL};
    pv_process process = {.argv = argv,
                          .directory = folder,
                          .time_limit = DOWNLOAD_SECONDS,
                          .line = take_progress,
                          .user = &to};
    status = pv_fetch_write(script, pv_embedded_fetch_pypi.data, pv_embedded_fetch_pypi.size);
    if (!status)
        status = pv_process_run(&process, &result);
    if (status && result.missing)
        status = pv_fail(PV_ERROR_GENERIC,
                         "%s is not found; it is needed for the PyPI package %s %s. Install "
                         "Python 3 with pip, or set PRIVID_PYTHON",
                         argv[0], row->package, row->package_version);
    else if (!status && result.exit_status == PIP_MISSING)
        status = pv_fail(PV_ERROR_GENERIC,
                         "%s has no pip; it is needed for the PyPI package %s %s. Install it "
                         "(on Debian: apt install python3-pip), or set PRIVID_PYTHON",
                         argv[0], row->package, row->package_version);
    else if (!status && result.exit_status)
        status = pv_fail(PV_ERROR_GENERIC, "PyPI package %s %s: %s", row->package,
                         row->package_version, result.errors);
    free(script);
    return status;
}

/* npm chooses the name of the file, and its versions don't agree on names. */
static pv_status find_archive(const char *folder, const pv_manifest_row *row, char **path)
{
    DIR *listing = opendir(folder);
    pv_status status = PV_OK;
    if (!listing)
        return pv_fail(PV_ERROR_GENERIC, "cannot list %s", folder);
    for (struct dirent *entry; !status && !*path && (entry = readdir(listing));) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".tgz") == 0)
            status = pv_fetch_path(folder, entry->d_name, path);
    }
    closedir(listing);
    if (!status && !*path)
        status = pv_fail(PV_ERROR_GENERIC, "npm package %s %s: npm left no archive", row->package,
                         row->package_version);
    return status;
}

static pv_status download_npm(const pv_manifest_row *row, const char *folder, char **path)
{
    char *specification;
    pv_process_result result = {0};
    if (asprintf(&specification, "%s@%s", row->package, row->package_version) < 0)
        return pv_fail(PV_ERROR_GENERIC, "no memory for a package name");
    const char *argv[] = {"npm",         "pack", "--ignore-scripts", "--loglevel=error",
                          specification, NULL};
    pv_process process = {.argv = argv, .directory = folder, .time_limit = DOWNLOAD_SECONDS};
    pv_status status = pv_process_run(&process, &result);
    if (status && result.missing)
        status = pv_fail(PV_ERROR_GENERIC,
                         "npm is not found; it is needed for the npm package %s %s. Install it "
                         "(on Debian: apt install npm)",
                         row->package, row->package_version);
    else if (!status && result.exit_status)
        status = pv_fail(PV_ERROR_GENERIC, "npm package %s %s: %s", row->package,
                         row->package_version, result.errors);
    else if (!status)
        status = find_archive(folder, row, path);
    free(specification);
    return status;
}

pv_status pv_fetch_package(pv_fetch *fetch, const pv_manifest_row *row, char **path)
{
    char *folder = NULL, *what = NULL;
    *path = NULL;
    pv_fetch_progress(fetch, row->id, "download", 0, row->archive.size);
    /* A folder for each archive, so that nothing of another one is taken for it. */
    pv_status status = pv_fetch_path(fetch->temporary, row->archive.sha256, &folder);
    if (!status)
        status = pv_fetch_make_folder(folder);
    if (!status && row->registry == PV_REGISTRY_PYPI) {
        status = download_pypi(fetch, row, folder);
        if (!status)
            status = pv_fetch_path(folder, row->archive.name, path);
    } else if (!status) {
        status = download_npm(row, folder, path);
    }
    if (!status)
        pv_fetch_progress(fetch, row->id, "download", row->archive.size, row->archive.size);
    if (!status &&
        asprintf(&what, "%s of the %s package %s %s", row->archive.name,
                 pv_registry_name(row->registry), row->package, row->package_version) < 0) {
        what = NULL;
        status = pv_fail(PV_ERROR_GENERIC, "no memory for a message");
    }
    if (!status)
        status = pv_fetch_verify(*path, &row->archive, what);
    if (status) {
        free(*path);
        *path = NULL;
    }
    free(what);
    free(folder);
    return status;
}
