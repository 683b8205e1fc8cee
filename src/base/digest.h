/* SHA-256 and random identifiers, from OpenSSL's libcrypto. */
#ifndef PV_BASE_DIGEST_H
#define PV_BASE_DIGEST_H

#include <stddef.h>

#include "base/status.h"

#define PV_SHA256_HEX_SIZE 65 /* 64 lower-case hexadecimal digits and the NUL */

PV_CHECKED pv_status pv_sha256_bytes(const void *bytes, size_t length,
                                     char hex[PV_SHA256_HEX_SIZE]);

/* Reads the file in blocks; PV_ERROR_ARGUMENT, naming the file, when it cannot be read. */
PV_CHECKED pv_status pv_sha256_file(const char *path, char hex[PV_SHA256_HEX_SIZE]);

/* Fills text with 2 * bytes lower-case hexadecimal digits from the system's cryptographic random
 * source, and a NUL; size is that of text. */
PV_CHECKED pv_status pv_random_hex(size_t bytes, char *text, size_t size);

#endif
