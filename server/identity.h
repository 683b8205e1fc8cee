/* Random identifiers of persons, and API keys. */
#ifndef PV_SERVER_IDENTITY_H
#define PV_SERVER_IDENTITY_H

#include "base/status.h"
#include "server/store.h"

/* "pv_" and 48 hexadecimal digits (192 random bits), with the NUL. */
#define PV_KEY_SIZE 52

/* A random UUID (version 4), lower case. */
PV_CHECKED pv_status pv_identity_uuid(char text[PV_ID_SIZE]);

/* A new key and what is stored of it: its SHA-256 and the first characters, never the key. */
PV_CHECKED pv_status pv_identity_key(const char *name, char key[PV_KEY_SIZE],
                                     pv_key_record *record);

/* valid: the key is known and in force. NULL and whatever has not a key's form is not valid. The
 * comparison is a look-up by SHA-256, so its timing says nothing about stored keys. */
PV_CHECKED pv_status pv_identity_check(pv_store *store, const char *key, bool *valid);

#endif
