/* A growing byte buffer with a maximum size: bytes from outside never grow without bound. */
#ifndef PV_BASE_BUFFER_H
#define PV_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct pv_buffer {
    uint8_t *data; /* NUL-terminated beyond length whenever it is not NULL */
    size_t length;
    size_t capacity;
    size_t limit; /* in bytes, without the NUL */
} pv_buffer;

/* An empty buffer that refuses to hold more than limit bytes. */
pv_buffer pv_buffer_make(size_t limit);

/* PV_ERROR_GENERIC, and the buffer unchanged, when the limit or the memory does not suffice. */
PV_CHECKED pv_status pv_buffer_append(pv_buffer *buffer, const void *bytes, size_t length);
PV_CHECKED pv_status pv_buffer_append_text(pv_buffer *buffer, const char *text);

void pv_buffer_release(pv_buffer *buffer);

#endif
