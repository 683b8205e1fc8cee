#include "picture_write.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>

#define JPEG_QUALITY 95
#define INCHES_A_METRE (1.0 / 0.0254)

typedef struct jpeg_writer {
    struct jpeg_compress_struct codec;
    struct jpeg_error_mgr errors;
    jmp_buf give_up;
    char message[JMSG_LENGTH_MAX];
} jpeg_writer;

static void fail_jpeg(j_common_ptr codec)
{
    jpeg_writer *writer = codec->client_data;
    codec->err->format_message(codec, writer->message);
    longjmp(writer->give_up, 1);
}

static void drop_message(j_common_ptr codec)
{
    (void)codec;
}

pv_status pv_picture_format_of(const char *path, pv_picture_format *out)
{
    const char *dot = strrchr(path, '.');
    if (dot && (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0))
        *out = PV_PICTURE_JPEG;
    else if (dot && strcasecmp(dot, ".png") == 0)
        *out = PV_PICTURE_PNG;
    else
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the name must end in .jpg, .jpeg or .png", path);
    return PV_OK;
}

static void run_jpeg(jpeg_writer *writer, const pv_picture *picture, double dpi)
{
    struct jpeg_compress_struct *codec = &writer->codec;
    codec->image_width = (JDIMENSION)picture->width;
    codec->image_height = (JDIMENSION)picture->height;
    codec->input_components = 3;
    codec->in_color_space = JCS_RGB;
    jpeg_set_defaults(codec);
    jpeg_set_quality(codec, JPEG_QUALITY, TRUE);
    codec->comp_info[0].h_samp_factor = 1;
    codec->comp_info[0].v_samp_factor = 1;
    codec->optimize_coding = TRUE;
    codec->density_unit = 1;
    codec->X_density = codec->Y_density = (UINT16)fmin(65535.0, fmax(1.0, round(dpi)));
    jpeg_start_compress(codec, TRUE);
    while (codec->next_scanline < codec->image_height) {
        JSAMPROW row = picture->pixels + 3 * (size_t)picture->width * codec->next_scanline;
        jpeg_write_scanlines(codec, &row, 1);
    }
    jpeg_finish_compress(codec);
}

static pv_status encode_jpeg(const pv_picture *picture, double dpi, pv_buffer *out)
{
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    jpeg_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    writer->codec.err = jpeg_std_error(&writer->errors);
    writer->errors.error_exit = fail_jpeg;
    writer->errors.output_message = drop_message;
    writer->codec.client_data = writer;
    pv_status status = PV_OK;
    if (setjmp(writer->give_up) != 0) {
        status = pv_fail(PV_ERROR_GENERIC, "the JPEG cannot be made: %s", writer->message);
    } else {
        jpeg_create_compress(&writer->codec);
        jpeg_mem_dest(&writer->codec, &bytes, &length);
        run_jpeg(writer, picture, dpi);
        status = pv_buffer_append(out, bytes, length);
    }
    jpeg_destroy_compress(&writer->codec);
    free(bytes);
    free(writer);
    return status;
}

typedef struct png_writer {
    pv_buffer *out;
    pv_status status;
} png_writer;

static void write_png(png_structp codec, png_bytep bytes, size_t length)
{
    png_writer *writer = png_get_io_ptr(codec);
    if (writer->status == PV_OK)
        writer->status = pv_buffer_append(writer->out, bytes, length);
}

static void flush_png(png_structp codec)
{
    (void)codec;
}

static void fail_png(png_structp codec, png_const_charp message)
{
    png_writer *writer = png_get_error_ptr(codec);
    writer->status = pv_fail(PV_ERROR_GENERIC, "the PNG cannot be made: %s", message);
    png_longjmp(codec, 1);
}

static void drop_warning(png_structp codec, png_const_charp message)
{
    (void)codec;
    (void)message;
}

static pv_status encode_png(const pv_picture *picture, double dpi, pv_buffer *out)
{
    png_writer writer = {.out = out};
    png_structp codec =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, fail_png, drop_warning);
    png_infop info = codec ? png_create_info_struct(codec) : NULL;
    if (!info) {
        png_destroy_write_struct(&codec, NULL);
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    }
    if (setjmp(png_jmpbuf(codec)) == 0) {
        png_set_write_fn(codec, &writer, write_png, flush_png);
        png_set_IHDR(codec, info, (png_uint_32)picture->width, (png_uint_32)picture->height, 8,
                     PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                     PNG_FILTER_TYPE_DEFAULT);
        png_set_sRGB(codec, info, PNG_sRGB_INTENT_PERCEPTUAL);
        png_uint_32 density = (png_uint_32)round(dpi * INCHES_A_METRE);
        png_set_pHYs(codec, info, density, density, PNG_RESOLUTION_METER);
        png_write_info(codec, info);
        for (int y = 0; y < picture->height; y++)
            png_write_row(codec, picture->pixels + 3 * (size_t)picture->width * (size_t)y);
        png_write_end(codec, info);
    }
    png_destroy_write_struct(&codec, &info);
    return writer.status;
}

pv_status pv_picture_encode(const pv_picture *picture, pv_picture_format format, double dpi,
                            pv_buffer *out)
{
    return format == PV_PICTURE_JPEG ? encode_jpeg(picture, dpi, out)
                                     : encode_png(picture, dpi, out);
}

static pv_status write_all(int file, const char *path, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
    return PV_OK;
}

pv_status pv_file_write(const char *path, const void *bytes, size_t length)
{
    char *temporary = NULL;
    if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    int file = mkstemp(temporary);
    if (file < 0) {
        pv_status status = pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
        free(temporary);
        return status;
    }
    pv_status status = write_all(file, path, bytes, length);
    /* what a new file would have got: mkstemp gives it to nobody else */
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file, 0666 & ~mask) != 0 && status == PV_OK)
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    if (close(file) != 0 && status == PV_OK)
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    if (status == PV_OK && rename(temporary, path) != 0)
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    if (status != PV_OK)
        unlink(temporary);
    free(temporary);
    return status;
}
