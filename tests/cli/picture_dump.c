/* picture_dump FILE [FORMAT]: "WIDTH HEIGHT CHANNELS\n" and the pixels on standard output. */
#include <stdio.h>

#include "cli/picture.h"

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    pv_picture picture;
    pv_status status = pv_picture_load(argv[1], &picture);
    if (status == PV_OK && argc > 2)
        status = pv_picture_convert(&picture, argv[2]);
    if (status != PV_OK) {
        fprintf(stderr, "%d %s\n", (int)status, pv_error_message());
        pv_picture_release(&picture);
        return 1;
    }
    size_t size = (size_t)picture.width * (size_t)picture.height * (size_t)picture.channels;
    printf("%d %d %d\n", picture.width, picture.height, picture.channels);
    size_t written = fwrite(picture.pixels, 1, size, stdout);
    pv_picture_release(&picture);
    return written == size && fflush(stdout) == 0 ? 0 : 3;
}
