#include <stdlib.h>

#include "cli/fetch_internal.h"

/* From the program's bytes, or beside a manifest from outside. *path is in the temporary folder. */
static pv_status write_weights(const pv_fetch *fetch, const pv_manifest_row *row, char **path)
{
    const char *outside = fetch->options->script_folder;
    const pv_embedded_file *weights = outside ? NULL : pv_fetch_embedded(row->weights);
    pv_buffer bytes = pv_buffer_make(row->file.size + 1); /* one more shows a file that is larger */
    char *from = NULL;
    pv_status status = pv_fetch_path(fetch->temporary, row->file.name, path);
    if (status)
        return status;
    if (weights) {
        status = pv_fetch_write(*path, weights->data, weights->size);
    } else if (!outside) {
        status = pv_fail(PV_ERROR_GENERIC, "there is no %s in this program", row->weights);
    } else {
        status = pv_fetch_path(outside, row->weights, &from);
        if (!status)
            status = pv_fetch_read(from, &bytes);
        if (!status)
            status = pv_fetch_write(*path, bytes.data, bytes.length);
    }
    pv_buffer_release(&bytes);
    free(from);
    return status;
}

pv_status pv_fetch_own(pv_fetch *fetch, const pv_manifest_row *row)
{
    char *path;
    pv_fetch_progress(fetch, row->id, "extract", 0, row->file.size);
    pv_status status = write_weights(fetch, row, &path);
    if (!status)
        status = pv_fetch_verify(path, &row->file, row->weights);
    if (!status)
        status = pv_fetch_install(path, fetch->options->directory, row->file.name);
    free(path);
    return status;
}
