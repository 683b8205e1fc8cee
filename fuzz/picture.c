/* libFuzzer target: the decoders of picture files. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "cli/picture.h"

/* A small file may stand for a large picture: time is spent on damage, not on clearing memory. */
#define LENGTH_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > LENGTH_MAX)
        return 0;
    pv_picture picture;
    pv_status status = pv_picture_decode("fuzz", data, size, &picture);
    if (status == PV_OK) {
        /* The last byte is there, as the size says. */
        volatile uint8_t last =
            picture
                .pixels[(size_t)picture.width * (size_t)picture.height * (size_t)picture.channels -
                        1];
        (void)last;
        if ((size_t)picture.width * (size_t)picture.height > PV_PICTURE_PIXELS_MAX)
            abort();
    } else if (picture.pixels || pv_error_message()[0] == '\0') {
        abort();
    }
    pv_picture_release(&picture);
    return 0;
}
