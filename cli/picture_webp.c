/* WebP through libwebp. */
#include <string.h>

#include <webp/decode.h>

#include "picture_internal.h"

#define RIFF_HEADER 12
#define CHUNK_HEADER 8

static size_t read_size(const uint8_t *bytes)
{
    return (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 |
           (size_t)bytes[3] << 24;
}

/* The EXIF chunk is a chunk of the file like any other, and comes after the pixels. */
static void read_orientation(pv_picture_job *job)
{
    size_t position = RIFF_HEADER;
    while (job->length - position >= CHUNK_HEADER) {
        const uint8_t *chunk = job->data + position;
        size_t size = read_size(chunk + 4);
        if (size > job->length - position - CHUNK_HEADER)
            return;
        if (memcmp(chunk, "EXIF", 4) == 0) {
            pv_picture_read_exif(job, chunk + CHUNK_HEADER, size);
            return;
        }
        position += CHUNK_HEADER + size;
        if (size % 2 != 0 && position < job->length)
            position++;
    }
}

static const char *describe(VP8StatusCode code)
{
    switch (code) {
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends too early";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that is not supported";
    case VP8_STATUS_OUT_OF_MEMORY: return "out of memory";
    default: return "its data is not valid";
    }
}

pv_status pv_picture_decode_webp(pv_picture_job *job)
{
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return pv_fail(PV_ERROR_GENERIC, "libwebp has another version than its headers");
    VP8StatusCode code = WebPGetFeatures(job->data, job->length, &config.input);
    if (code != VP8_STATUS_OK)
        goto damaged;
    if (config.input.has_animation)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: an animated WebP is not one picture", job->name);
    /* The whole file is said to be this long; a cut behind the pixels would lose the EXIF data. */
    if (read_size(job->data + 4) > job->length - CHUNK_HEADER) {
        code = VP8_STATUS_NOT_ENOUGH_DATA;
        goto damaged;
    }
    pv_status status =
        pv_picture_allocate(job, (size_t)config.input.width, (size_t)config.input.height);
    if (status != PV_OK)
        return status;
    size_t stride = (size_t)job->picture.width * 3;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = job->picture.pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)job->picture.height;
    code = WebPDecode(job->data, job->length, &config);
    WebPFreeDecBuffer(&config.output);
    if (code != VP8_STATUS_OK)
        goto damaged;
    read_orientation(job);
    return PV_OK;
damaged:
    return pv_fail(PV_ERROR_ARGUMENT, "%s: the WebP cannot be decoded: %s", job->name,
                   describe(code));
}
