#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fetch_internal.h"
#include "model/store.h"

#define LOCK_NAME ".lock"
#define TEMPORARY_PREFIX ".fetch-"
#define TREE_DESCRIPTORS 16

pv_status pv_fetch_path(const char *folder, const char *name, char **out)
{
    if (asprintf(out, "%s/%s", folder, name) < 0) {
        *out = NULL;
        return pv_fail(PV_ERROR_GENERIC, "no memory for a path");
    }
    return PV_OK;
}

pv_status pv_fetch_make_folder(const char *path)
{
    struct stat info;
    char *part = strdup(path);
    if (!part)
        return pv_fail(PV_ERROR_GENERIC, "no memory for a path");
    /* Each parent in turn, then the folder itself at the terminating NUL. */
    for (char *end = part + 1;; end++) {
        if (*end != '/' && *end != '\0')
            continue;
        char kept = *end;
        *end = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            pv_status status =
                pv_fail(PV_ERROR_GENERIC, "cannot make the folder %s: %s", part, strerror(errno));
            free(part);
            return status;
        }
        if (!kept)
            break;
        *end = kept;
    }
    free(part);
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return pv_fail(PV_ERROR_GENERIC, "%s is not a folder", path);
    return PV_OK;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

pv_status pv_fetch_remove_tree(const char *path)
{
    if (nftw(path, remove_entry, TREE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return pv_fail(PV_ERROR_GENERIC, "cannot remove %s: %s", path, strerror(errno));
    return PV_OK;
}

pv_status pv_fetch_read(const char *path, pv_buffer *out)
{
    char block[4096];
    pv_status status = PV_OK;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return pv_fail(PV_ERROR_GENERIC, "cannot open %s: %s", path, strerror(errno));
    size_t count;
    while (!status && (count = fread(block, 1, sizeof block, file)) > 0)
        status = pv_buffer_append(out, block, count);
    if (!status && ferror(file))
        status = pv_fail(PV_ERROR_GENERIC, "cannot read %s: %s", path, strerror(errno));
    fclose(file);
    return status;
}

pv_status pv_fetch_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wbe");
    if (!file)
        return pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", path, strerror(errno));
    /* What is empty may have no address. */
    bool fine = size == 0 || fwrite(bytes, 1, size, file) == size;
    if (fclose(file) != 0 || !fine)
        return pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", path, strerror(errno));
    return PV_OK;
}

/* Only called under the lock, so whatever is there belongs to nobody any more. */
static pv_status remove_leftovers(const char *folder)
{
    pv_status status = PV_OK;
    DIR *listing = opendir(folder);
    if (!listing)
        return pv_fail(PV_ERROR_GENERIC, "cannot list %s: %s", folder, strerror(errno));
    for (struct dirent *entry; !status && (entry = readdir(listing));) {
        char *path;
        if (strncmp(entry->d_name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) != 0)
            continue;
        status = pv_fetch_path(folder, entry->d_name, &path);
        if (!status)
            status = pv_fetch_remove_tree(path);
        free(path);
    }
    closedir(listing);
    return status;
}

pv_status pv_fetch_make_temporary(const char *folder, char **out)
{
    *out = NULL;
    pv_status status = remove_leftovers(folder);
    if (!status)
        status = pv_fetch_path(folder, TEMPORARY_PREFIX "XXXXXX", out);
    if (!status && !mkdtemp(*out)) {
        status =
            pv_fail(PV_ERROR_GENERIC, "cannot make a folder in %s: %s", folder, strerror(errno));
        free(*out);
        *out = NULL;
    }
    return status;
}

pv_status pv_fetch_lock(pv_fetch *fetch, int *lock)
{
    char *path;
    bool told = false;
    *lock = -1;
    pv_status status = pv_fetch_path(fetch->options->directory, LOCK_NAME, &path);
    if (status)
        return status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        status = pv_fail(PV_ERROR_GENERIC, "cannot open %s: %s", path, strerror(errno));
    /* Asking again and again, rather than blocking, so that no signal can slip in between. */
    while (!status && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            status = pv_fail(PV_ERROR_GENERIC, "cannot lock %s: %s", path, strerror(errno));
            break;
        }
        if (!told)
            pv_fetch_say(fetch, "another process is fetching into %s: waiting for it",
                         fetch->options->directory);
        told = true;
        poll(NULL, 0, 100);
        status = pv_fetch_check_stop();
    }
    if (status && fd >= 0)
        close(fd);
    else
        *lock = fd;
    free(path);
    return status;
}

pv_status pv_fetch_verify(const char *path, const pv_pinned_file *pinned, const char *what)
{
    pv_file_state state;
    pv_status status = pv_pinned_file_inspect(path, pinned, &state);
    if (status)
        return status;
    if (state == PV_FILE_MISSING)
        return pv_fail(PV_ERROR_GENERIC, "%s is not there", what);
    if (state == PV_FILE_DAMAGED)
        return pv_fail(PV_ERROR_GENERIC,
                       "%s is not the file that is pinned (%llu bytes, SHA-256 %.16s...)", what,
                       (unsigned long long)pinned->size, pinned->sha256);
    return PV_OK;
}

static pv_status sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return pv_fail(PV_ERROR_GENERIC, "cannot open %s: %s", path, strerror(errno));
    pv_status status = PV_OK;
    /* Some file systems have no fsync for folders and say so with EINVAL. */
    if (fsync(fd) != 0 && errno != EINVAL)
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s to disk: %s", path, strerror(errno));
    close(fd);
    return status;
}

pv_status pv_fetch_install(const char *path, const char *directory, const char *name)
{
    char *target;
    pv_status status = pv_fetch_path(directory, name, &target);
    if (status)
        return status;
    if ((status = sync_path(path, O_RDONLY)))
        goto out;
    if (rename(path, target) != 0) {
        status = pv_fail(PV_ERROR_GENERIC, "cannot put %s in place: %s", target, strerror(errno));
        goto out;
    }
    status = sync_path(directory, O_RDONLY | O_DIRECTORY);
out:
    free(target);
    return status;
}
