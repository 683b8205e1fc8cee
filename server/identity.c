#include "server/identity.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "server/utf8.h"

#define KEY_MARK "pv_"
#define KEY_BYTES 24

pv_status pv_identity_uuid(char text[PV_ID_SIZE])
{
    static const char variant[] = "89ab";
    char hex[33];
    pv_status status = pv_random_hex(16, hex, sizeof hex);
    if (status != PV_OK)
        return status;
    hex[12] = '4';
    hex[16] = variant[(unsigned char)hex[16] & 3];
    snprintf(text, PV_ID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    return PV_OK;
}

pv_status pv_identity_key(const char *name, char key[PV_KEY_SIZE], pv_key_record *record)
{
    *record = (pv_key_record){0};
    if (strlen(name) >= sizeof record->name || !pv_utf8_printable(name, strlen(name)))
        return pv_fail(PV_ERROR_ARGUMENT, "name: at most %d bytes of printable UTF-8",
                       PV_KEY_NAME_SIZE - 1);
    memcpy(key, KEY_MARK, sizeof KEY_MARK);
    pv_status status =
        pv_random_hex(KEY_BYTES, key + strlen(KEY_MARK), PV_KEY_SIZE - strlen(KEY_MARK));
    if (status == PV_OK)
        status = pv_sha256_bytes(key, strlen(key), record->hash);
    if (status != PV_OK)
        return status;
    snprintf(record->prefix, sizeof record->prefix, "%.*s", PV_KEY_PREFIX_SIZE - 1, key);
    snprintf(record->name, sizeof record->name, "%s", name);
    return PV_OK;
}

pv_status pv_identity_check(pv_store *store, const char *key, bool *valid)
{
    char hash[PV_SHA256_HEX_SIZE];
    *valid = false;
    if (!key || strlen(key) != PV_KEY_SIZE - 1)
        return PV_OK;
    pv_status status = pv_sha256_bytes(key, strlen(key), hash);
    return status == PV_OK ? store->driver->check_key(store, hash, valid) : status;
}
