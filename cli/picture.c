#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "picture_internal.h"

#define CHANNELS 3

typedef struct picture_format {
    const char *name;
    bool (*recognise)(const uint8_t *data, size_t length);
    pv_status (*decode)(pv_picture_job *job);
} picture_format;

static bool is_jpeg(const uint8_t *data, size_t length)
{
    return length >= 3 && memcmp(data, "\xFF\xD8\xFF", 3) == 0;
}

static bool is_png(const uint8_t *data, size_t length)
{
    return length >= 8 && memcmp(data, "\x89PNG\r\n\x1A\n", 8) == 0;
}

static bool is_webp(const uint8_t *data, size_t length)
{
    return length >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0;
}

static const picture_format formats[] = {
    {"JPEG", is_jpeg, pv_picture_decode_jpeg},
    {"PNG", is_png, pv_picture_decode_png},
    {"WebP", is_webp, pv_picture_decode_webp},
};

pv_status pv_picture_allocate(pv_picture_job *job, size_t width, size_t height)
{
    if (width == 0 || height == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the picture has no pixels", job->name);
    if (width > PV_PICTURE_PIXELS_MAX / height)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%s: %zu x %zu pixels are more than the 100 megapixels allowed", job->name,
                       width, height);
    job->picture.pixels = malloc(width * height * CHANNELS);
    if (!job->picture.pixels)
        return pv_fail(PV_ERROR_GENERIC, "%s: out of memory for %zu x %zu pixels", job->name, width,
                       height);
    job->picture.width = (int)width;
    job->picture.height = (int)height;
    job->picture.channels = CHANNELS;
    return PV_OK;
}

pv_status pv_picture_decode(const char *name, const uint8_t *data, size_t length, pv_picture *out)
{
    *out = (pv_picture){0};
    if (length == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the file is empty", name);
    if (length > PV_PICTURE_FILE_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the file is larger than 256 MiB", name);
    const picture_format *format = NULL;
    for (size_t i = 0; i < sizeof formats / sizeof *formats && !format; i++)
        if (formats[i].recognise(data, length))
            format = &formats[i];
    if (!format)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: not a JPEG, PNG or WebP picture", name);

    pv_picture_job job = {.name = name, .data = data, .length = length, .orientation = 1};
    pv_status status = format->decode(&job);
    if (status == PV_OK)
        status = pv_picture_orient(&job);
    if (status == PV_OK)
        *out = job.picture;
    else
        pv_picture_release(&job.picture);
    return status;
}

static pv_status read_all(const char *path, int file, pv_buffer *bytes)
{
    uint8_t part[65536];
    for (;;) {
        ssize_t count = read(file, part, sizeof part);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
        if (count == 0)
            return PV_OK;
        if (bytes->length + (size_t)count > PV_PICTURE_FILE_MAX)
            return pv_fail(PV_ERROR_ARGUMENT, "%s: the file is larger than 256 MiB", path);
        pv_status status = pv_buffer_append(bytes, part, (size_t)count);
        if (status != PV_OK)
            return status;
    }
}

static pv_status open_file(const char *path, int *file)
{
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*file < 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    struct stat about;
    if (fstat(*file, &about) != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: this is a folder, not a picture", path);
    /* Said before reading: a file may be far larger than the memory. */
    if (S_ISREG(about.st_mode) && about.st_size > (off_t)PV_PICTURE_FILE_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the file is larger than 256 MiB", path);
    return PV_OK;
}

pv_status pv_picture_load(const char *path, pv_picture *out)
{
    *out = (pv_picture){0};
    pv_buffer bytes = pv_buffer_make(PV_PICTURE_FILE_MAX);
    int file = -1;
    pv_status status = open_file(path, &file);
    if (status != PV_OK)
        goto out;
    status = read_all(path, file, &bytes);
    if (status != PV_OK)
        goto out;
    status = pv_picture_decode(path, bytes.data, bytes.length, out);
out:
    if (file >= 0)
        close(file);
    pv_buffer_release(&bytes);
    return status;
}

static void swap_red_and_blue(pv_picture *picture)
{
    size_t count = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; i < count; i++) {
        uint8_t *pixel = picture->pixels + i * CHANNELS;
        uint8_t red = pixel[0];
        pixel[0] = pixel[2];
        pixel[2] = red;
    }
}

static pv_status add_alpha(pv_picture *picture)
{
    size_t count = (size_t)picture->width * (size_t)picture->height;
    uint8_t *pixels = malloc(count * 4);
    if (!pixels)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %d x %d pixels", picture->width,
                       picture->height);
    for (size_t i = 0; i < count; i++) {
        memcpy(pixels + i * 4, picture->pixels + i * CHANNELS, CHANNELS);
        pixels[i * 4 + 3] = UINT8_MAX;
    }
    free(picture->pixels);
    picture->pixels = pixels;
    picture->channels = 4;
    return PV_OK;
}

pv_status pv_picture_convert(pv_picture *picture, const char *format)
{
    if (strcmp(format, "rgba") == 0)
        return add_alpha(picture);
    if (strcmp(format, "bgr") == 0)
        swap_red_and_blue(picture);
    return PV_OK;
}

void pv_picture_release(pv_picture *picture)
{
    free(picture->pixels);
    *picture = (pv_picture){0};
}
