#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/evaluate_internal.h"

static pv_status add_picture(pv_evaluation *evaluation, size_t row, size_t column)
{
    const char *name = pv_table_cell(&evaluation->table, row, column);
    if (!*name)
        return pv_table_fail(&evaluation->table, row, column, "no picture is named");
    if (json_object_get(evaluation->picture_index, name))
        return PV_OK;
    size_t number = evaluation->picture_count;
    pv_status status = pv_table_file(&evaluation->table, name, &evaluation->files[number]);
    if (status != PV_OK)
        return status;
    evaluation->pictures[number] = name;
    evaluation->picture_count++;
    if (access(evaluation->files[number], R_OK) != 0)
        return pv_table_fail(&evaluation->table, row, column, "%s: %s", evaluation->files[number],
                             strerror(errno));
    if (json_object_set_new(evaluation->picture_index, name, json_integer((json_int_t)number)) != 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the pictures");
    return PV_OK;
}

pv_status pv_evaluation_list(pv_evaluation *evaluation)
{
    size_t most = evaluation->table.rows * evaluation->picture_column_count;
    evaluation->pictures = calloc(most, sizeof *evaluation->pictures);
    evaluation->files = calloc(most, sizeof *evaluation->files);
    evaluation->records = calloc(most, sizeof(json_t *));
    evaluation->picture_index = json_object();
    if (!evaluation->pictures || !evaluation->files || !evaluation->records ||
        !evaluation->picture_index)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the pictures");
    for (size_t row = 0; row < evaluation->table.rows; row++) {
        for (size_t i = 0; i < evaluation->picture_column_count; i++) {
            pv_status status = add_picture(evaluation, row, evaluation->picture_columns[i]);
            if (status != PV_OK)
                return status;
        }
    }
    return PV_OK;
}

size_t pv_evaluation_picture(const pv_evaluation *evaluation, size_t row, size_t column)
{
    const char *name = pv_table_cell(&evaluation->table, row, column);
    return (size_t)json_integer_value(json_object_get(evaluation->picture_index, name));
}

pv_status pv_evaluation_check_image(pv_evaluation *evaluation)
{
    evaluation->picture_column_count = 1;
    return pv_table_require(&evaluation->table, "image", &evaluation->picture_columns[0]);
}

static void pad_row(const pv_picture *from, int y, int margin, uint8_t *row)
{
    size_t channels = (size_t)from->channels;
    size_t length = (size_t)from->width * channels;
    const uint8_t *source = from->pixels + (size_t)y * length;
    uint8_t *middle = row + (size_t)margin * channels;
    memcpy(middle, source, length);
    for (int x = 0; x < margin; x++) {
        memcpy(row + (size_t)x * channels, source, channels);
        memcpy(middle + length + (size_t)x * channels, source + length - channels, channels);
    }
}

pv_status pv_evaluation_pad(pv_picture *picture, double share)
{
    double wide = picture->width * (1.0 + 2.0 * share);
    double high = picture->height * (1.0 + 2.0 * share);
    if (wide * high > (double)PV_PICTURE_PIXELS_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--pad: the picture would have more than 100 megapixels");
    int side = (int)(picture->width * share + 0.5);
    int top = (int)(picture->height * share + 0.5);
    pv_picture padded = {.width = picture->width + 2 * side,
                         .height = picture->height + 2 * top,
                         .channels = picture->channels};
    size_t stride = (size_t)padded.width * (size_t)padded.channels;
    padded.pixels = malloc(stride * (size_t)padded.height);
    if (!padded.pixels)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for a picture");
    for (int y = 0; y < padded.height; y++) {
        int from = y - top;
        from = from < 0 ? 0 : from >= picture->height ? picture->height - 1 : from;
        pad_row(picture, from, side, padded.pixels + (size_t)y * stride);
    }
    pv_picture_release(picture);
    *picture = padded;
    return PV_OK;
}

void pv_evaluation_release(pv_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->picture_count; i++) {
        free(evaluation->files[i]);
        json_decref(evaluation->records[i]);
    }
    free(evaluation->pictures);
    free(evaluation->files);
    free(evaluation->records);
    free(evaluation->configuration);
    json_decref(evaluation->picture_index);
    json_decref(evaluation->settings);
    pv_table_release(&evaluation->table);
    pv_cli_options_release(&evaluation->options.common);
    *evaluation = (pv_evaluation){0};
}
