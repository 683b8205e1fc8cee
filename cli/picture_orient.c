/* The EXIF orientation: reading it and following it. */
#include <libexif/exif-data.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "picture_internal.h"

#define PREFIX "Exif\0"
#define PREFIX_LENGTH 6
#define EXIF_MAX ((size_t)65536 * 16) /* a JPEG segment holds 64 KiB; the others say no limit */

static int find_orientation(ExifData *data)
{
    ExifEntry *entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (!entry || !entry->data || entry->components < 1)
        return 1;
    ExifByteOrder order = exif_data_get_byte_order(data);
    unsigned long value = 1;
    if (entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        value = exif_get_short(entry->data, order);
    else if (entry->format == EXIF_FORMAT_LONG && entry->size >= 4)
        value = exif_get_long(entry->data, order);
    return value >= 1 && value <= 8 ? (int)value : 1;
}

void pv_picture_read_exif(pv_picture_job *job, const uint8_t *exif, size_t length)
{
    bool has_prefix = length >= PREFIX_LENGTH && memcmp(exif, PREFIX, PREFIX_LENGTH) == 0;
    size_t skip = has_prefix ? PREFIX_LENGTH : 0;
    if (length - skip == 0 || length - skip > EXIF_MAX)
        return;
    uint8_t *block = malloc(PREFIX_LENGTH + length - skip);
    ExifData *data = exif_data_new();
    if (block && data) {
        memcpy(block, PREFIX, PREFIX_LENGTH);
        memcpy(block + PREFIX_LENGTH, exif + skip, length - skip);
        /* Without this the parser invents what the specification wants and is not there. */
        exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
        exif_data_load_data(data, block, (unsigned)(PREFIX_LENGTH + length - skip));
        job->orientation = find_orientation(data);
    }
    if (data)
        exif_data_unref(data);
    free(block);
}

/* Where a pixel of the upright picture comes from: column = right * x + down * y + start, in pixels
 * of the stored one. */
typedef struct walk {
    ptrdiff_t start;
    ptrdiff_t right;
    ptrdiff_t down;
} walk;

static walk find_walk(int orientation, ptrdiff_t width, ptrdiff_t height)
{
    ptrdiff_t last_column = width - 1;
    ptrdiff_t last_row = (height - 1) * width;
    switch (orientation) {
    case 2: return (walk){last_column, -1, width};
    case 3: return (walk){last_row + last_column, -1, -width};
    case 4: return (walk){last_row, 1, -width};
    case 5: return (walk){0, width, 1};
    case 6: return (walk){last_row, -width, 1};
    case 7: return (walk){last_row + last_column, -width, -1};
    case 8: return (walk){last_column, width, -1};
    default: return (walk){0, 1, width};
    }
}

pv_status pv_picture_orient(pv_picture_job *job)
{
    if (job->orientation <= 1 || job->orientation > 8)
        return PV_OK;
    pv_picture *picture = &job->picture;
    size_t channels = (size_t)picture->channels;
    int width = job->orientation >= 5 ? picture->height : picture->width;
    int height = job->orientation >= 5 ? picture->width : picture->height;
    uint8_t *pixels = malloc((size_t)width * (size_t)height * channels);
    if (!pixels)
        return pv_fail(PV_ERROR_GENERIC, "%s: out of memory for %d x %d pixels", job->name, width,
                       height);
    walk path = find_walk(job->orientation, picture->width, picture->height);
    uint8_t *target = pixels;
    for (int y = 0; y < height; y++) {
        ptrdiff_t source = path.start + y * path.down;
        for (int x = 0; x < width; x++, source += path.right, target += channels)
            memcpy(target, picture->pixels + (size_t)source * channels, channels);
    }
    free(picture->pixels);
    picture->pixels = pixels;
    picture->width = width;
    picture->height = height;
    return PV_OK;
}
