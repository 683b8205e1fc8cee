/* The model manifest: what each model file is, where it comes from and how it is pinned.
 *
 * models/manifest.json is the only place where models are listed; it is part of the program as
 * bytes. Lists of test pictures have the same shape. A manifest never changes once it is open, so
 * any thread may read it. */
#ifndef PV_MODEL_MANIFEST_H
#define PV_MODEL_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Profiles: which rows of the manifest are used. */
#define PV_PROFILE_FULL "full"
#define PV_PROFILE_DOCUMENTED "documented"

typedef enum pv_registry {
    PV_REGISTRY_PYPI,
    PV_REGISTRY_NPM,
    PV_REGISTRY_OWN /* weights of our own, part of the command line tool as bytes */
} pv_registry;

/* A file as it is pinned. */
typedef struct pv_pinned_file {
    const char *name;   /* without a folder */
    const char *sha256; /* 64 lower-case hexadecimal digits */
    uint64_t size;      /* in bytes, at least 1 */
} pv_pinned_file;

typedef struct pv_manifest_row {
    const char *id; /* lower-case letters, digits and underscores */
    const char *role;
    const char *version;
    const char *licence;
    const char *origin; /* one sentence: who made it and from what */
    bool documented;    /* whether the origin of the weights is documented */
    const char *card;   /* path below models/, or NULL */

    pv_registry registry;
    const char
        *weights; /* PV_REGISTRY_OWN: path below models/, and nothing up to `file` is there */
    const char *package;
    const char *package_version;
    pv_pinned_file archive;
    const char *container_path; /* in the archive: an archive that holds the member; or NULL */
    pv_pinned_file container;   /* nameless without one */
    const char *member;         /* path inside the container, else inside the archive */
    pv_pinned_file source;      /* the member as it is there */
    const char *companion_path; /* beside the member: a second one that the script needs; or NULL */
    pv_pinned_file companion;   /* nameless without one */

    pv_pinned_file file;          /* what the product reads */
    const char *script;           /* makes file from source; NULL: they are the same */
    const char *const *arguments; /* of the script, NULL-terminated, never NULL itself */
} pv_manifest_row;

typedef struct pv_manifest pv_manifest;

/* The manifest that is part of the program. */
PV_CHECKED pv_status pv_manifest_open(pv_manifest **out);

/* Reads and checks the JSON text; `name` stands for it in messages. PV_ERROR_ARGUMENT, naming row
 * and field, where it is wrong. */
PV_CHECKED pv_status pv_manifest_parse(const void *text, size_t length, const char *name,
                                       pv_manifest **out);

/* NULL is allowed. Rows live as long as their manifest. */
void pv_manifest_close(pv_manifest *manifest);

const pv_manifest_row *pv_manifest_rows(const pv_manifest *manifest, size_t *count);

/* NULL: no such row. */
const pv_manifest_row *pv_manifest_find(const pv_manifest *manifest, const char *id);

const char *pv_registry_name(pv_registry registry);

/* The profile meant by `name`: itself where given, else that of the environment
 * (PRIVID_MODELS_PROFILE), else PV_PROFILE_FULL. PV_ERROR_ARGUMENT for an unknown one. */
PV_CHECKED pv_status pv_profile_resolve(const char *name, const char **out);

/* Whether a (resolved) profile uses the row. */
bool pv_profile_has(const char *profile, const pv_manifest_row *row);

#endif
