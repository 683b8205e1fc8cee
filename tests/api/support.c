#include "support.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <turbojpeg.h>

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing: run 'make setup'", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static picture picture_make(int width, int height, int channels)
{
    picture p = {calloc((size_t)width * (size_t)height, (size_t)channels), width, height};
    assert_non_null(p.pixels);
    return p;
}

picture picture_load(const char *name)
{
    char path[1024];
    size_t size;
    picture p;
    const char *folder = getenv("PRIVID_PICTURES");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : PRIVID_SOURCE_DIR "/build/pictures",
             name);
    uint8_t *bytes = read_file(path, &size);
    if (bytes[0] == 0x89) {
        png_image image = {.version = PNG_IMAGE_VERSION};
        assert_true(png_image_begin_read_from_memory(&image, bytes, size));
        image.format = PNG_FORMAT_RGB;
        p = picture_make((int)image.width, (int)image.height, 3);
        assert_true(png_image_finish_read(&image, NULL, p.pixels, 0, NULL));
    } else {
        int width;
        int height;
        int sampling;
        int space;
        tjhandle jpeg = tjInitDecompress();
        assert_int_equal(tjDecompressHeader3(jpeg, bytes, (unsigned long)size, &width, &height,
                                             &sampling, &space),
                         0);
        p = picture_make(width, height, 3);
        assert_int_equal(tjDecompress2(jpeg, bytes, (unsigned long)size, p.pixels, width, 0, height,
                                       TJPF_RGB, 0),
                         0);
        tjDestroy(jpeg);
    }
    free(bytes);
    return p;
}

picture picture_copy(const picture *source, int channels, int swap)
{
    picture p = picture_make(source->width, source->height, channels);
    size_t count = (size_t)source->width * (size_t)source->height;
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < 3; c++)
            p.pixels[i * (size_t)channels + (size_t)(swap ? 2 - c : c)] =
                source->pixels[3 * i + (size_t)c];
    return p;
}

picture picture_turn(const picture *source, int times)
{
    picture p = picture_copy(source, 3, 0);
    for (int t = 0; t < times; t++) {
        picture q = picture_make(p.height, p.width, 3);
        for (int y = 0; y < q.height; y++)
            for (int x = 0; x < q.width; x++)
                memcpy(q.pixels + 3 * ((size_t)y * (size_t)q.width + (size_t)x),
                       p.pixels + 3 * ((size_t)(p.height - 1 - x) * (size_t)p.width + (size_t)y),
                       3);
        picture_free(&p);
        p = q;
    }
    return p;
}

picture picture_shrink(const picture *source, int by, int width, int height)
{
    picture p = picture_make(width, height, 3);
    memset(p.pixels, 128, (size_t)width * (size_t)height * 3);
    for (int y = 0; y < source->height / by && y < height; y++)
        for (int x = 0; x < source->width / by && x < width; x++)
            for (int c = 0; c < 3; c++) {
                int sum = 0;
                for (int k = 0; k < by * by; k++)
                    sum +=
                        source
                            ->pixels[3 * ((y * by + k / by) * source->width + x * by + k % by) + c];
                p.pixels[3 * (y * width + x) + c] = (uint8_t)(sum / (by * by));
            }
    return p;
}

void picture_free(picture *p)
{
    free(p->pixels);
    p->pixels = NULL;
}

void *open_session(const char *settings)
{
    void *session = NULL;
    if (!privid_initialize_session(settings, (int)strlen(settings), &session)) {
        char *message = NULL;
        privid_get_last_error(&message, NULL);
        fail_msg("no session: %s", message);
    }
    return session;
}

json_t *take_answer(int32_t id, char *text, int length)
{
    json_error_t error;
    assert_non_null(text);
    assert_int_equal((int)strlen(text), length);
    json_t *answer = json_loads(text, 0, &error);
    if (!answer)
        fail_msg("not JSON: %s: %s", error.text, text);
    privid_free_char_buffer(text);
    assert_int_equal(status_of(answer), number(answer, "call_status.return_status"));
    if (id > 0) {
        assert_int_equal(status_of(answer), 0);
        assert_int_equal(number(answer, "call_status.operation_id"), id);
    } else {
        assert_int_equal(id, -1);
        assert_true(status_of(answer) < 0);
        assert_int_equal(json_object_size(answer), 1);
    }
    return answer;
}

json_t *validate(void *session, const char *config, const picture *p)
{
    char *text = NULL;
    int length = 0;
    int32_t id = privid_validate(session, config, config ? (int)strlen(config) : 0, p->pixels,
                                 p->width, p->height, &text, &length);
    return take_answer(id, text, length);
}

json_t *compare(void *session, const char *config, const picture *a, const picture *b)
{
    char *text = NULL;
    int length = 0;
    int32_t id = privid_face_compare_files(session, config, config ? (int)strlen(config) : 0,
                                           a->pixels, a->width, a->height, b->pixels, b->width,
                                           b->height, &text, &length);
    return take_answer(id, text, length);
}

json_t *at(json_t *answer, const char *path)
{
    char copy[256];
    char *rest = copy;
    char *part;
    snprintf(copy, sizeof copy, "%s", path);
    while (answer && (part = strsep(&rest, ".")))
        answer = json_is_array(answer) ? json_array_get(answer, strtoul(part, NULL, 10))
                                       : json_object_get(answer, part);
    return answer;
}

double number(json_t *answer, const char *path)
{
    json_t *value = at(answer, path);
    if (!json_is_number(value))
        fail_msg("no number at %s", path);
    return json_number_value(value);
}

int status_of(json_t *answer)
{
    return (int)number(answer, "call_status.return_code");
}

void assert_message_has(json_t *answer, const char *part)
{
    const char *message = json_string_value(at(answer, "call_status.return_message"));
    if (!message || !strstr(message, part))
        fail_msg("\"%s\" is not in the message \"%s\"", part, message ? message : "(none)");
}

void assert_last_error(int status, const char *part)
{
    char *message = NULL;
    int length = 0;
    assert_int_equal(privid_get_last_error(&message, &length), status);
    assert_non_null(message);
    assert_int_equal((int)strlen(message), length);
    if (!strstr(message, part))
        fail_msg("\"%s\" is not in the last error \"%s\"", part, message);
    privid_free_char_buffer(message);
}
