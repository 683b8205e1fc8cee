#include "model/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/digest.h"

#define MESSAGE_LIMIT 4096
#define NAMES_SAID 3 /* of what is missing: among twenty names nobody finds the command */

typedef struct entry {
    const pv_manifest_row *row;
    char *path;
    pthread_mutex_t lock; /* held while the file is verified, so that it is read once */
    bool verified;
} entry;

struct pv_model_store {
    pv_manifest *owned; /* NULL where the caller's manifest is used */
    const pv_manifest *manifest;
    const char *profile;
    char *directory;
    bool given; /* directory is the caller's */
    entry *entries;
    size_t count;
};

static pv_status no_memory(void)
{
    return pv_fail(PV_ERROR_GENERIC, "no memory for the model store");
}

static pv_status join(const char *folder, const char *name, char **out)
{
    if (asprintf(out, "%s/%s", folder, name) < 0) {
        *out = NULL;
        return no_memory();
    }
    return PV_OK;
}

pv_status pv_model_default_directory(char **out)
{
    *out = NULL;
    const char *directory = getenv("PRIVID_MODELS_DIR");
    if (directory && *directory) {
        *out = strdup(directory);
        return *out ? PV_OK : no_memory();
    }
    /* The XDG specification says that a relative path is to be ignored. */
    const char *cache = getenv("XDG_CACHE_HOME");
    if (cache && cache[0] == '/')
        return join(cache, "privid/models", out);
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return join(home, ".cache/privid/models", out);
    return pv_fail(PV_ERROR_GENERIC, "there is no default folder for models: set "
                                     "PRIVID_MODELS_DIR (neither XDG_CACHE_HOME nor HOME is an "
                                     "absolute path)");
}

pv_status pv_pinned_file_inspect(const char *path, const pv_pinned_file *pinned, pv_file_state *out)
{
    struct stat info;
    char digest[PV_SHA256_HEX_SIZE];
    if (stat(path, &info) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return pv_fail(PV_ERROR_GENERIC, "cannot look at %s: %s", path, strerror(errno));
        *out = PV_FILE_MISSING;
        return PV_OK;
    }
    *out = PV_FILE_DAMAGED;
    if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size != pinned->size)
        return PV_OK;
    if (pv_sha256_file(path, digest))
        return pv_fail(PV_ERROR_GENERIC, "%s", pv_error_message());
    if (strcmp(digest, pinned->sha256) == 0)
        *out = PV_FILE_PRESENT;
    return PV_OK;
}

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

/* The command that brings the files; to be freed. folder: NULL for the default one. */
static char *fetch_command(const pv_model_store *store, const char *folder)
{
    char *text;
    bool full = strcmp(store->profile, PV_PROFILE_FULL) == 0;
    int length = asprintf(&text, "privid models fetch%s%s%s", full ? "" : " --profile documented",
                          folder ? " --dir " : "", folder ? folder : "");
    return length < 0 ? NULL : text;
}

/* Leaves *path NULL where the file is in neither folder. */
static pv_status find_file(const char *const folders[2], const char *name, char **path)
{
    for (int i = 0; i < 2; i++) {
        if (!folders[i])
            continue;
        pv_status status = join(folders[i], name, path);
        if (status)
            return status;
        if (exists(*path))
            return PV_OK;
        free(*path);
        *path = NULL;
    }
    return PV_OK;
}

/* files: the first names; more: how many there are beside them. */
static pv_status report_missing(const pv_model_store *store, const char *const folders[2],
                                const char *files, size_t more)
{
    char *command = fetch_command(store, folders[1] ? NULL : folders[0]);
    char others[48] = "";
    if (more)
        snprintf(others, sizeof others, " and %zu more", more);
    pv_status status = pv_fail(
        PV_ERROR_GENERIC, "model files are missing; '%s' fetches them: %s%s (looked in %s%s%s)",
        command ? command : "privid models fetch", files, others, folders[0] ? folders[0] : "",
        folders[0] && folders[1] ? " and " : "", folders[1] ? folders[1] : "");
    free(command);
    return status;
}

static pv_status find_files(pv_model_store *store, const pv_manifest *manifest,
                            const char *const folders[2])
{
    size_t count;
    const pv_manifest_row *rows = pv_manifest_rows(manifest, &count);
    pv_buffer missing = pv_buffer_make(MESSAGE_LIMIT);
    size_t missing_count = 0;
    pv_status status = PV_OK;
    store->entries = calloc(count, sizeof *store->entries);
    if (!store->entries)
        return no_memory();
    for (size_t i = 0; i < count && !status; i++) {
        if (!pv_profile_has(store->profile, &rows[i]))
            continue;
        entry *found = &store->entries[store->count];
        if (pthread_mutex_init(&found->lock, NULL) != 0) {
            status = no_memory();
            break;
        }
        store->count++;
        found->row = &rows[i];
        status = find_file(folders, rows[i].file.name, &found->path);
        if (!status && !found->path && missing_count++ < NAMES_SAID) {
            if (missing.length)
                status = pv_buffer_append_text(&missing, ", ");
            if (!status)
                status = pv_buffer_append_text(&missing, rows[i].file.name);
        }
    }
    if (!status && missing_count)
        status = report_missing(store, folders, (const char *)missing.data,
                                missing_count > NAMES_SAID ? missing_count - NAMES_SAID : 0);
    pv_buffer_release(&missing);
    return status;
}

pv_status pv_model_store_open_manifest(const pv_manifest *manifest, const char *directory,
                                       const char *profile, pv_model_store **out)
{
    char *standard = NULL;
    *out = NULL;
    pv_model_store *store = calloc(1, sizeof *store);
    if (!store)
        return no_memory();
    store->manifest = manifest;
    pv_status status = pv_profile_resolve(profile, &store->profile);
    if (status)
        goto out;
    store->given = directory && *directory;
    /* Whoever gives a folder can do without a default one. */
    if (pv_model_default_directory(&standard)) {
        if (!store->given) {
            status = pv_error_status();
            goto out;
        }
        pv_error_clear();
    }
    const char *folders[2] = {store->given ? directory : NULL, standard};
    store->directory = strdup(store->given ? directory : standard);
    status = store->directory ? find_files(store, manifest, folders) : no_memory();
out:
    free(standard);
    if (status)
        pv_model_store_close(store);
    else
        *out = store;
    return status;
}

pv_status pv_model_store_open(const char *directory, const char *profile, pv_model_store **out)
{
    pv_manifest *manifest;
    *out = NULL;
    pv_status status = pv_manifest_open(&manifest);
    if (status)
        return pv_fail(PV_ERROR_GENERIC, "%s", pv_error_message());
    status = pv_model_store_open_manifest(manifest, directory, profile, out);
    if (status)
        pv_manifest_close(manifest);
    else
        (*out)->owned = manifest;
    return status;
}

void pv_model_store_close(pv_model_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->count; i++) {
        pthread_mutex_destroy(&store->entries[i].lock);
        free(store->entries[i].path);
    }
    free(store->entries);
    free(store->directory);
    pv_manifest_close(store->owned);
    free(store);
}

static pv_status verify(const pv_model_store *store, entry *wanted)
{
    pv_file_state state;
    pv_status status = pv_pinned_file_inspect(wanted->path, &wanted->row->file, &state);
    if (status)
        return status;
    if (state == PV_FILE_PRESENT) {
        wanted->verified = true;
        return PV_OK;
    }
    size_t folder = strlen(store->directory);
    bool in_given = store->given && strncmp(wanted->path, store->directory, folder) == 0 &&
                    wanted->path[folder] == '/';
    char *command = fetch_command(store, in_given ? store->directory : NULL);
    status = pv_fail(PV_ERROR_GENERIC,
                     state == PV_FILE_MISSING
                         ? "the model file %s is gone; '%s' fetches it anew"
                         : "the model file %s is damaged and not used; '%s' fetches it anew",
                     wanted->path, command ? command : "privid models fetch");
    free(command);
    return status;
}

bool pv_model_store_has(const pv_model_store *store, const char *id)
{
    for (size_t i = 0; i < store->count; i++) {
        if (strcmp(store->entries[i].row->id, id) == 0)
            return true;
    }
    return false;
}

/* Why there is no entry: the profile leaves it out, or it does not exist. */
static pv_status report_absent(const pv_model_store *store, const char *id)
{
    if (!pv_manifest_find(store->manifest, id))
        return pv_fail(PV_ERROR_GENERIC, "there is no model '%s'", id);
    return pv_fail(PV_ERROR_GENERIC,
                   "the model '%s' is not part of the profile '%s', because the origin of its "
                   "weights is not documented; the profile '%s' has it",
                   id, store->profile, PV_PROFILE_FULL);
}

pv_status pv_model_store_path(pv_model_store *store, const char *id, char **path)
{
    *path = NULL;
    for (size_t i = 0; i < store->count; i++) {
        entry *wanted = &store->entries[i];
        if (strcmp(wanted->row->id, id) != 0)
            continue;
        pthread_mutex_lock(&wanted->lock);
        pv_status status = wanted->verified ? PV_OK : verify(store, wanted);
        pthread_mutex_unlock(&wanted->lock);
        if (status)
            return status;
        *path = strdup(wanted->path);
        return *path ? PV_OK : no_memory();
    }
    return report_absent(store, id);
}

const char *pv_model_store_directory(const pv_model_store *store)
{
    return store->directory;
}

const char *pv_model_store_profile(const pv_model_store *store)
{
    return store->profile;
}
