/* Where the truth is kept: the interface that every storage driver fills.
 *
 * Nothing above this line knows which driver it talks to. A function that changes something
 * returns PV_OK only when the change will survive a crash of the process and of the machine; on
 * any other status nothing was changed. All functions may be called from any thread. */
#ifndef PV_SERVER_STORE_H
#define PV_SERVER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"
#include "server/people.h"

#define PV_COLLECTION_NAME_SIZE 65 /* with the NUL */
#define PV_KEY_NAME_SIZE 129
#define PV_KEY_PREFIX_SIZE 12

typedef struct pv_store pv_store;

typedef struct pv_collection_record {
    int64_t id;
    char name[PV_COLLECTION_NAME_SIZE];
    int embedding_model;
} pv_collection_record;

typedef struct pv_key_record {
    char hash[PV_SHA256_HEX_SIZE];
    char prefix[PV_KEY_PREFIX_SIZE];
    char name[PV_KEY_NAME_SIZE];
    int64_t created_at; /* seconds since 1970 */
    int64_t revoked_at; /* 0: in force */
} pv_key_record;

typedef struct pv_template {
    const float *vector; /* of unit length */
    size_t dimension;
    const char *identifier; /* NULL: none */
    const uint8_t *image;   /* PNG; NULL: none */
    size_t image_size;
} pv_template;

/* Callbacks return PV_OK to go on; any other status ends the walk and is passed on. */
typedef pv_status (*pv_store_collection_visit)(void *user, const pv_collection_record *record);
typedef pv_status (*pv_store_key_visit)(void *user, const pv_key_record *record);
typedef pv_status (*pv_store_template_visit)(void *user, const char *puid, const char *guid,
                                             const float *vector);

typedef struct pv_store_driver {
    const char *name;

    void (*close)(pv_store *store);

    /* Ordered by name. */
    pv_status (*list_collections)(pv_store *store, pv_store_collection_visit visit, void *user);
    pv_status (*find_collection)(pv_store *store, const char *name, pv_collection_record *record,
                                 bool *found);
    /* PV_ERROR_ARGUMENT: the name is taken. */
    pv_status (*create_collection)(pv_store *store, const char *name, int embedding_model);

    /* Every template of the collection, checked; those of one person together, oldest first. */
    pv_status (*load)(pv_store *store, const pv_collection_record *collection,
                      pv_store_template_visit visit, void *user);

    pv_status (*add_person)(pv_store *store, int64_t collection, const char *puid, const char *guid,
                            const pv_template *sample);
    pv_status (*add_template)(pv_store *store, int64_t collection, const char *puid,
                              const pv_template *sample);
    /* removed: how many templates there were; 0 for an unknown puid, which is no error. */
    pv_status (*delete_person)(pv_store *store, int64_t collection, const char *puid,
                               size_t *removed);

    pv_status (*create_key)(pv_store *store, const pv_key_record *record);
    pv_status (*list_keys)(pv_store *store, pv_store_key_visit visit, void *user);
    /* matches: keys in force whose prefix or name is text; revoked only if it is exactly one. */
    pv_status (*revoke_key)(pv_store *store, const char *text, size_t *matches);
    /* True only for a key in force. */
    pv_status (*check_key)(pv_store *store, const char *hash, bool *valid);
} pv_store_driver;

/* Every driver's own struct begins with this. */
struct pv_store {
    const pv_store_driver *driver;
};

/* The embedded driver: one SQLite database in the directory, made with the collections FACE3_4,
 * RES100 and RES200 when it is not there. Refuses a damaged database and one of a newer version,
 * naming the file. verify: check every page as well; for those who will load it. */
PV_CHECKED pv_status pv_store_open_sqlite(const char *directory, bool verify, pv_store **store);

#endif
