/* What a scan leaves in a folder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document.h"
#include "draw.h"
#include "picture_write.h"

#define FILE_MAX ((size_t)512 * 1024 * 1024)
#define PAGE_DPI 300.0

static pv_status make_folder(const char *folder)
{
    struct stat state;
    if (mkdir(folder, 0777) == 0 || (stat(folder, &state) == 0 && S_ISDIR(state.st_mode)))
        return PV_OK;
    return pv_fail(PV_ERROR_ARGUMENT, "--out: %.200s: %s", folder, strerror(errno));
}

static pv_status path_in(const char *folder, const char *name, char **out)
{
    if (asprintf(out, "%s/%s", folder, name) >= 0)
        return PV_OK;
    *out = NULL;
    return pv_fail(PV_ERROR_GENERIC, "out of memory");
}

static pv_status write_picture(const pv_picture *picture, const char *path)
{
    pv_buffer bytes = pv_buffer_make(FILE_MAX);
    pv_status status = pv_picture_encode(picture, PV_PICTURE_PNG, PAGE_DPI, &bytes);
    if (status == PV_OK)
        status = pv_file_write(path, bytes.data, bytes.length);
    pv_buffer_release(&bytes);
    return status;
}

static pv_status remove_file(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return PV_OK;
    return pv_fail(PV_ERROR_ARGUMENT, "%.200s: %s", path, strerror(errno));
}

/* Pixels that the library handed out, by the size that its answer gives. */
static pv_status write_pixels(const char *folder, const char *name, uint8_t *pixels,
                              const json_t *holder)
{
    char *path;
    const json_t *info = json_object_get(holder, "info");
    const pv_picture picture = {.pixels = pixels,
                                .width = (int)json_integer_value(json_object_get(info, "width")),
                                .height = (int)json_integer_value(json_object_get(info, "height")),
                                .channels = 3};
    pv_status status = path_in(folder, name, &path);
    if (status == PV_OK)
        status = pixels ? write_picture(&picture, path) : remove_file(path);
    free(path);
    return status;
}

pv_status pv_document_write(const pv_document_files *files, const json_t *answer)
{
    char *path = NULL;
    const json_t *face = json_array_get(json_object_get(answer, "faces"), 0);
    pv_status status = make_folder(files->folder);
    if (status == PV_OK)
        status = write_pixels(
            files->folder, "document.png", files->document,
            json_object_get(json_object_get(answer, "document"), "cropped_document_image_info"));
    if (status == PV_OK)
        status = write_pixels(files->folder, "face.png", files->face,
                              json_object_get(face, "cropped_image_info"));
    if (status == PV_OK)
        status = path_in(files->folder, "annotated.png", &path);
    if (status == PV_OK)
        status = pv_draw_document(files->picture, files->is_bgr, answer, path);
    free(path);
    return status;
}
