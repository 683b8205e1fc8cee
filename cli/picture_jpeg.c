/* JPEG through libjpeg. */
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "picture_internal.h"

#define SCANS_MAX 500 /* a small progressive file can ask for hours of work otherwise */
#define EXIF_SEGMENT (JPEG_APP0 + 1)
#define MEMORY_MAX (1024L * 1024 * 1024)

typedef struct jpeg_job {
    struct jpeg_decompress_struct codec;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf give_up;
    char message[JMSG_LENGTH_MAX];
    pv_picture_job *job;
    uint8_t *row; /* one row of CMYK */
} jpeg_job;

static void fail_decoding(j_common_ptr codec)
{
    jpeg_job *jpeg = codec->client_data;
    codec->err->format_message(codec, jpeg->message);
    longjmp(jpeg->give_up, 1);
}

/* Harmless oddities that cameras write pass; damage to the pixels does not. */
static void judge_warning(j_common_ptr codec, int level)
{
    int code = codec->err->msg_code;
    if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_ADOBE_XFORM &&
        code != JWRN_JFIF_MAJOR)
        fail_decoding(codec);
}

static void drop_message(j_common_ptr codec)
{
    (void)codec;
}

static void limit_scans(j_common_ptr codec)
{
    jpeg_job *jpeg = codec->client_data;
    if (codec->is_decompressor && jpeg->codec.input_scan_number > SCANS_MAX) {
        snprintf(jpeg->message, sizeof jpeg->message, "more than %d scans", SCANS_MAX);
        longjmp(jpeg->give_up, 1);
    }
}

/* JPEG files hold CMYK inverted, as Adobe's programs do: 255 is no ink. */
static void convert_cmyk(const uint8_t *cmyk, size_t width, uint8_t *rgb)
{
    for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3)
        for (int i = 0; i < 3; i++)
            rgb[i] = (uint8_t)((cmyk[i] * cmyk[3] + UINT8_MAX / 2) / UINT8_MAX);
}

static void read_orientation(jpeg_job *jpeg)
{
    for (jpeg_saved_marker_ptr marker = jpeg->codec.marker_list; marker; marker = marker->next) {
        if (marker->marker == EXIF_SEGMENT && marker->data_length > 6 &&
            memcmp(marker->data, "Exif\0", 6) == 0) {
            pv_picture_read_exif(jpeg->job, marker->data, marker->data_length);
            return;
        }
    }
}

static pv_status read_header(jpeg_job *jpeg)
{
    struct jpeg_decompress_struct *codec = &jpeg->codec;
    jpeg_mem_src(codec, jpeg->job->data, jpeg->job->length);
    jpeg_save_markers(codec, EXIF_SEGMENT, 0xFFFF);
    (void)jpeg_read_header(codec, TRUE);
    pv_status status = pv_picture_allocate(jpeg->job, codec->image_width, codec->image_height);
    if (status != PV_OK)
        return status;
    read_orientation(jpeg);
    bool cmyk = codec->jpeg_color_space == JCS_CMYK || codec->jpeg_color_space == JCS_YCCK;
    codec->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    if (cmyk) {
        jpeg->row = malloc((size_t)codec->image_width * 4);
        if (!jpeg->row)
            return pv_fail(PV_ERROR_GENERIC, "%s: out of memory", jpeg->job->name);
    }
    return PV_OK;
}

static void read_rows(jpeg_job *jpeg)
{
    struct jpeg_decompress_struct *codec = &jpeg->codec;
    pv_picture *picture = &jpeg->job->picture;
    size_t stride = (size_t)picture->width * 3;
    jpeg_start_decompress(codec);
    while (codec->output_scanline < codec->output_height) {
        uint8_t *target = picture->pixels + codec->output_scanline * stride;
        JSAMPROW row = jpeg->row ? jpeg->row : target;
        (void)jpeg_read_scanlines(codec, &row, 1);
        if (jpeg->row)
            convert_cmyk(jpeg->row, (size_t)picture->width, target);
    }
    (void)jpeg_finish_decompress(codec);
}

pv_status pv_picture_decode_jpeg(pv_picture_job *job)
{
    pv_status status;
    jpeg_job *jpeg = calloc(1, sizeof *jpeg);
    if (!jpeg)
        return pv_fail(PV_ERROR_GENERIC, "%s: out of memory", job->name);
    jpeg->job = job;
    jpeg->codec.err = jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = fail_decoding;
    jpeg->errors.emit_message = judge_warning;
    jpeg->errors.output_message = drop_message;
    jpeg->codec.client_data = jpeg;
    if (setjmp(jpeg->give_up) != 0) {
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: the JPEG cannot be decoded: %s", job->name,
                         jpeg->message);
        goto out;
    }
    jpeg_create_decompress(&jpeg->codec);
    jpeg->progress.progress_monitor = limit_scans;
    jpeg->codec.progress = &jpeg->progress;
    jpeg->codec.mem->max_memory_to_use = MEMORY_MAX;
    status = read_header(jpeg);
    if (status == PV_OK)
        read_rows(jpeg);
out:
    jpeg_destroy_decompress(&jpeg->codec);
    free(jpeg->row);
    free(jpeg);
    return status;
}
