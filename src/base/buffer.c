#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

pv_buffer pv_buffer_make(size_t limit)
{
    return (pv_buffer){.data = NULL, .length = 0, .capacity = 0, .limit = limit};
}

static pv_status grow(pv_buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for %zu bytes", capacity);
    buffer->data = data;
    buffer->capacity = capacity;
    return PV_OK;
}

pv_status pv_buffer_append(pv_buffer *buffer, const void *bytes, size_t length)
{
    if (length > buffer->limit - buffer->length || length >= SIZE_MAX - buffer->length)
        return pv_fail(PV_ERROR_GENERIC, "more than %zu bytes", buffer->limit);
    size_t needed = buffer->length + length + 1;
    if (needed > buffer->capacity) {
        pv_status status = grow(buffer, needed);
        if (status != PV_OK)
            return status;
    }
    if (length > 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return PV_OK;
}

pv_status pv_buffer_append_text(pv_buffer *buffer, const char *text)
{
    return pv_buffer_append(buffer, text, strlen(text));
}

void pv_buffer_release(pv_buffer *buffer)
{
    free(buffer->data);
    buffer->data = NULL;
    buffer->length = 0;
    buffer->capacity = 0;
}
