#include "image/png.h"

#include <limits.h>
#include <openssl/evp.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

static png_uint_32 png_format(const pv_plane *plane)
{
    if (plane->channels == 4)
        return PNG_FORMAT_RGBA;
    return plane->red == 0 ? PNG_FORMAT_RGB : PNG_FORMAT_BGR;
}

pv_status pv_image_to_base64_png(const pv_image *image, char **out)
{
    const pv_plane *plane = &image->levels[0];
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)plane->width,
                     .height = (png_uint_32)plane->height,
                     .format = png_format(plane)};
    pv_status status = PV_OK;
    unsigned char *text = NULL;
    *out = NULL;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    unsigned char *bytes = size < INT_MAX / 2 ? malloc(size) : NULL;
    if (!bytes || !png_image_write_to_memory(&png, bytes, &size, 0, plane->pixels, 0, NULL)) {
        status = pv_fail(PV_ERROR_GENERIC, "the picture cannot be written as PNG: %s",
                         bytes ? png.message : "it is too large");
        goto out;
    }
    text = malloc((size + 2) / 3 * 4 + 1);
    if (!text) {
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for the picture");
        goto out;
    }
    EVP_EncodeBlock(text, bytes, (int)size);
    *out = (char *)text;
out:
    free(bytes);
    return status;
}
