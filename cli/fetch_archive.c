#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/fetch_internal.h"

#define BLOCK (64 * 1024)

static pv_status refuse(const pv_manifest_row *row, const char *why)
{
    return pv_fail(PV_ERROR_GENERIC, "%s in %s: %s", row->member, row->archive.name, why);
}

static const char *reason(struct archive *archive)
{
    const char *text = archive_error_string(archive);
    return text ? text : "cannot be read";
}

/* Leaves the archive at the data of the row's member. */
static pv_status find_member(struct archive *archive, const pv_manifest_row *row)
{
    struct archive_entry *entry;
    for (;;) {
        int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF)
            return refuse(row, "is not there");
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return refuse(row, reason(archive));
        const char *name = archive_entry_pathname(entry);
        if (!name || strcmp(name, row->member) != 0)
            continue;
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
            return refuse(row, "is not a file");
        return PV_OK;
    }
}

/* Never more than is pinned, whatever the archive says of its sizes. */
static pv_status copy_member(struct archive *archive, const pv_manifest_row *row, FILE *file)
{
    char block[BLOCK];
    uint64_t done = 0;
    for (;;) {
        la_ssize_t count = archive_read_data(archive, block, sizeof block);
        if (count < 0)
            return refuse(row, reason(archive));
        if (count == 0)
            return PV_OK;
        done += (uint64_t)count;
        if (done > row->source.size)
            return refuse(row, "is larger than what is pinned");
        if (fwrite(block, 1, (size_t)count, file) != (size_t)count)
            return pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", row->source.name,
                           strerror(errno));
        pv_status status = pv_fetch_check_stop();
        if (status)
            return status;
    }
}

pv_status pv_fetch_extract(const char *archive_path, const pv_manifest_row *row, const char *path)
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
        status = refuse(row, reason(archive));
        goto out;
    }
    status = find_member(archive, row);
    if (status)
        goto out;
    file = fopen(path, "wbe");
    if (!file) {
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = copy_member(archive, row, file);
out:
    if (file && fclose(file) != 0 && !status)
        status = pv_fail(PV_ERROR_GENERIC, "cannot write %s: %s", path, strerror(errno));
    archive_read_free(archive);
    return status ? status : pv_fetch_verify(path, &row->source, row->member);
}
