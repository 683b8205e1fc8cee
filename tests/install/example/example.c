/* Reads a binary PPM picture and prints what the library says about the faces in it. */
#include <privid/privid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char *read_ppm(const char *path, int *width, int *height)
{
    unsigned char *pixels = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    if (fscanf(file, "P6 %d %d 255", width, height) == 2 && fgetc(file) != EOF && *width > 0 &&
        *height > 0 && *width <= 10000 && *height <= 10000) {
        size_t size = (size_t)*width * (size_t)*height * 3;
        pixels = malloc(size);
        if (pixels && fread(pixels, 1, size, file) != size) {
            free(pixels);
            pixels = NULL;
        }
    }
    fclose(file);
    return pixels;
}

int main(int argc, char **argv)
{
    const char *settings =
        "{\"collections\": {\"default\": {\"named_urls\": {}}}, \"session_token\": \"\"}";
    void *session = NULL;
    char *text = NULL;
    int length = 0;
    int width = 0;
    int height = 0;
    if (argc != 2)
        return 2;
    unsigned char *pixels = read_ppm(argv[1], &width, &height);
    if (!pixels) {
        fprintf(stderr, "%s is no binary PPM picture\n", argv[1]);
        return 1;
    }
    privid_initialize_lib(NULL, 0, 1);
    if (!privid_initialize_session(settings, (int)strlen(settings), &session)) {
        privid_get_last_error(&text, &length);
        fprintf(stderr, "%s\n", text);
        privid_free_char_buffer(text);
        free(pixels);
        return 1;
    }
    int id = privid_validate(session, NULL, 0, pixels, width, height, &text, &length);
    puts(text);
    privid_free_char_buffer(text);
    privid_deinitialize_session(session);
    privid_shutdown_lib();
    free(pixels);
    return id > 0 ? 0 : 1;
}
