/* PNG through libpng. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "picture_internal.h"

typedef struct png_job {
    png_structp codec;
    png_infop info;
    size_t position;
    char message[128];
    pv_picture_job *job;
    png_bytepp rows;
} png_job;

static void fail_decoding(png_structp codec, png_const_charp message)
{
    png_job *png = png_get_error_ptr(codec);
    snprintf(png->message, sizeof png->message, "%s", message);
    png_longjmp(codec, 1);
}

static void drop_warning(png_structp codec, png_const_charp message)
{
    (void)codec;
    (void)message;
}

static void read_bytes(png_structp codec, png_bytep target, size_t count)
{
    png_job *png = png_get_io_ptr(codec);
    if (count > png->job->length - png->position)
        png_error(codec, "the file ends too early");
    memcpy(target, png->job->data + png->position, count);
    png->position += count;
}

/* Everything to 8 bits of red, green and blue; alpha is dropped, not blended. */
static void choose_transformations(png_job *png)
{
    png_byte color = png_get_color_type(png->codec, png->info);
    if (color == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png->codec);
    if ((color & PNG_COLOR_MASK_COLOR) == 0) {
        png_set_expand_gray_1_2_4_to_8(png->codec);
        png_set_gray_to_rgb(png->codec);
    }
    png_set_scale_16(png->codec);
    png_set_strip_alpha(png->codec);
    (void)png_set_interlace_handling(png->codec);
    png_read_update_info(png->codec, png->info);
}

static pv_status read_picture(png_job *png)
{
    pv_picture_job *job = png->job;
    png_set_read_fn(png->codec, png, read_bytes);
    png_set_user_limits(png->codec, PV_PICTURE_PIXELS_MAX, PV_PICTURE_PIXELS_MAX);
    png_read_info(png->codec, png->info);
    size_t width = png_get_image_width(png->codec, png->info);
    size_t height = png_get_image_height(png->codec, png->info);
    pv_status status = pv_picture_allocate(job, width, height);
    if (status != PV_OK)
        return status;
    choose_transformations(png);
    if (png_get_rowbytes(png->codec, png->info) != width * 3)
        png_error(png->codec, "unexpected row size");
    png->rows = malloc(height * sizeof *png->rows);
    if (!png->rows)
        return pv_fail(PV_ERROR_GENERIC, "%s: out of memory", job->name);
    for (size_t y = 0; y < height; y++)
        png->rows[y] = job->picture.pixels + y * width * 3;
    png_read_image(png->codec, png->rows);
    png_read_end(png->codec, png->info);

    png_uint_32 length = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(png->codec, png->info, &length, &exif) != 0 && exif)
        pv_picture_read_exif(job, exif, length);
    return PV_OK;
}

pv_status pv_picture_decode_png(pv_picture_job *job)
{
    pv_status status;
    png_job *png = calloc(1, sizeof *png);
    if (!png)
        return pv_fail(PV_ERROR_GENERIC, "%s: out of memory", job->name);
    png->job = job;
    png->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, png, fail_decoding, drop_warning);
    png->info = png->codec ? png_create_info_struct(png->codec) : NULL;
    if (!png->info) {
        status = pv_fail(PV_ERROR_GENERIC, "%s: out of memory", job->name);
        goto out;
    }
    if (setjmp(png_jmpbuf(png->codec)) != 0) {
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: the PNG cannot be decoded: %s", job->name,
                         png->message);
        goto out;
    }
    status = read_picture(png);
out:
    png_destroy_read_struct(&png->codec, &png->info, NULL);
    free(png->rows);
    free(png);
    return status;
}
