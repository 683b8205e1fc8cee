#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static _Thread_local struct {
    pv_status status;
    char message[PV_ERROR_MESSAGE_SIZE];
} last_error;

/* vsnprintf cuts at a byte: the half of a sequence at the end goes. */
static void trim_partial_utf8(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && length - start < 4) {
        unsigned char byte = (unsigned char)text[start - 1];
        start--;
        if ((byte & 0xC0) != 0x80) {
            size_t need = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
            if (length - start < need)
                text[start] = '\0';
            return;
        }
    }
}

pv_status(pv_fail)(pv_status status, const char *format, ...)
{
    char message[PV_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (written < 0)
        message[0] = '\0';
    else if ((size_t)written >= sizeof message)
        trim_partial_utf8(message);
    /* Names from outside, and those that "%.100s" cut: no JSON answer would take them. */
    pv_utf8_repair(message);
    memcpy(last_error.message, message, sizeof message);
    last_error.status = status;
    return status;
}

void pv_error_clear(void)
{
    last_error.status = PV_OK;
    last_error.message[0] = '\0';
}

pv_status pv_error_status(void)
{
    return last_error.status;
}

const char *pv_error_message(void)
{
    return last_error.message;
}

const char *pv_status_name(pv_status status)
{
    switch (status) {
    case PV_OK: return "API_NO_ERROR";
    case PV_ERROR_GENERIC: return "API_GENERIC_ERROR";
    case PV_ERROR_SESSION: return "API_INVALID_SESSION_HANDLER";
    case PV_ERROR_AUTHORIZATION: return "API_AUTHORIZATION_ERROR";
    case PV_ERROR_CONFIGURATION: return "API_INVALID_CONFIGURATION";
    case PV_ERROR_ARGUMENT: return "API_INVALID_ARGUMENT";
    case PV_ERROR_NETWORK: return "API_NETWORK_ERROR";
    case PV_ERROR_RESPONSE: return "API_MAL_FORMED_AP_RESPONSE";
    }
    return "unknown status";
}
