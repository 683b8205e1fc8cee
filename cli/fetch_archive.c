#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/fetch_internal.h"

#define BLOCK (64 * 1024)

/* A file to be taken out of an archive. */
typedef struct member {
    const char *path;          /* in the archive */
    const char *archive;       /* name of the archive, for messages */
    const pv_pinned_file *pin; /* what it must be */
} member;

static pv_status refuse(const member *wanted, const char *why)
{
    return pv_fail(PV_ERROR_GENERIC, "%s in %s: %s", wanted->path, wanted->archive, why);
}

static const char *reason(struct archive *archive)
{
    const char *text = archive_error_string(archive);
    return text ? text : "cannot be read";
}

/* Leaves the archive at the data of the member. */
static pv_status find_member(struct archive *archive, const member *wanted)
{
    struct archive_entry *entry;
    for (;;) {
        int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF)
            return refuse(wanted, "is not there");
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return refuse(wanted, reason(archive));
        const char *name = archive_entry_pathname(entry);
        if (!name || strcmp(name, wanted->path) != 0)
            continue;
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
            return refuse(wanted, "is not a file");
        return PV_OK;
    }
}

/* Never more than is pinned, whatever the archive says of its sizes. */
static pv_status copy_member(struct archive *archive, const member *wanted, FILE *file)
{
    char block[BLOCK];
    uint64_t done = 0;
    for (;;) {
        la_ssize_t count = archive_read_data(archive, block, sizeof block);
        if (count < 0)
            return refuse(wanted, reason(archive));
        if (count == 0)
            return PV_OK;
        done += (uint64_t)count;
        if (done > wanted->pin->size)
            return refuse(wanted, "is larger than what is pinned");
        if (fwrite(block, 1, (size_t)count, file) != (size_t)count)
            return pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", wanted->pin->name,
                           strerror(errno));
        pv_status status = pv_fetch_check_stop();
        if (status)
            return status;
    }
}

static pv_status extract(const char *archive_path, const member *wanted, const char *path)
{
    pv_status status;
    FILE *file = NULL;
    /* The formats of the registries and no others: less code that reads bytes from outside. */
    struct archive *archive = archive_read_new();
    if (!archive || archive_read_support_format_zip(archive) != ARCHIVE_OK ||
        archive_read_support_format_tar(archive) != ARCHIVE_OK ||
        archive_read_support_filter_gzip(archive) != ARCHIVE_OK) {
        status = pv_fail(PV_ERROR_GENERIC, "libarchive cannot start");
        goto out;
    }
    if (archive_read_open_filename(archive, archive_path, BLOCK) != ARCHIVE_OK) {
        status = refuse(wanted, reason(archive));
        goto out;
    }
    status = find_member(archive, wanted);
    if (status)
        goto out;
    file = fopen(path, "wbe");
    if (!file) {
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = copy_member(archive, wanted, file);
out:
    if (file && fclose(file) != 0 && !status)
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", path, strerror(errno));
    archive_read_free(archive);
    return status ? status : pv_fetch_verify(path, wanted->pin, wanted->path);
}

pv_status pv_fetch_extract(const pv_fetch *fetch, const char *archive, const pv_manifest_row *row,
                           const char *path, const char *companion_path)
{
    const member container = {row->container_path, row->archive.name, &row->container};
    const char *holder = row->container.name ? row->container.name : row->archive.name;
    const member source = {row->member, holder, &row->source};
    const member companion = {row->companion_path, holder, &row->companion};
    char *inner = NULL;
    pv_status status = PV_OK;
    if (row->container_path) {
        status = pv_fetch_path(fetch->temporary, "container", &inner);
        if (!status)
            status = extract(archive, &container, inner);
        archive = inner;
    }
    if (!status)
        status = extract(archive, &source, path);
    if (!status && row->companion_path)
        status = extract(archive, &companion, companion_path);
    if (inner)
        unlink(inner);
    free(inner);
    return status;
}
