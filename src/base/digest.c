#include "base/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA256_BYTES 32
#define RANDOM_BYTES_MAX 64
#define FILE_BLOCK (256 * 1024)

static void write_hex(const unsigned char *bytes, size_t count, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * count] = '\0';
}

pv_status pv_sha256_bytes(const void *bytes, size_t length, char hex[PV_SHA256_HEX_SIZE])
{
    unsigned char digest[SHA256_BYTES];
    if (!EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL))
        return pv_fail(PV_ERROR_GENERIC, "SHA-256 failed in libcrypto");
    write_hex(digest, sizeof digest, hex);
    return PV_OK;
}

pv_status pv_sha256_file(const char *path, char hex[PV_SHA256_HEX_SIZE])
{
    pv_status status = PV_OK;
    unsigned char digest[SHA256_BYTES];
    unsigned char *block = malloc(FILE_BLOCK);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    FILE *file = fopen(path, "rb");
    if (!file) {
        status = pv_fail(PV_ERROR_ARGUMENT, "cannot open %s: %s", path, strerror(errno));
        goto out;
    }
    if (!block || !context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL)) {
        status = pv_fail(PV_ERROR_GENERIC, "SHA-256 could not start in libcrypto");
        goto out;
    }
    size_t count;
    while ((count = fread(block, 1, FILE_BLOCK, file)) > 0) {
        if (!EVP_DigestUpdate(context, block, count)) {
            status = pv_fail(PV_ERROR_GENERIC, "SHA-256 failed in libcrypto");
            goto out;
        }
    }
    if (ferror(file)) {
        status = pv_fail(PV_ERROR_ARGUMENT, "cannot read %s: %s", path, strerror(errno));
        goto out;
    }
    if (!EVP_DigestFinal_ex(context, digest, NULL)) {
        status = pv_fail(PV_ERROR_GENERIC, "SHA-256 failed in libcrypto");
        goto out;
    }
    write_hex(digest, sizeof digest, hex);
out:
    if (file)
        fclose(file);
    EVP_MD_CTX_free(context);
    free(block);
    return status;
}

pv_status pv_random_hex(size_t bytes, char *text, size_t size)
{
    unsigned char random[RANDOM_BYTES_MAX];
    if (bytes > sizeof random || size < 2 * bytes + 1)
        return pv_fail(PV_ERROR_GENERIC, "random identifier of %zu bytes does not fit", bytes);
    if (RAND_bytes(random, (int)bytes) != 1)
        return pv_fail(PV_ERROR_GENERIC, "the system's random source failed");
    write_hex(random, bytes, text);
    OPENSSL_cleanse(random, sizeof random);
    return PV_OK;
}
