/* The model store: finds the pinned model files on disk and verifies them before use.
 *
 * It never downloads: `privid models fetch` does. Any thread may use an open store. */
#ifndef PV_MODEL_STORE_H
#define PV_MODEL_STORE_H

#include "base/status.h"
#include "model/manifest.h"

typedef struct pv_model_store pv_model_store;

typedef enum pv_file_state { PV_FILE_PRESENT, PV_FILE_MISSING, PV_FILE_DAMAGED } pv_file_state;

/* Looks for the file of every row of the profile in `directory` (NULL or empty: none), then in the
 * default folder. PV_ERROR_GENERIC, naming all files that are missing and the command that fetches
 * them, unless all are there. profile: NULL or empty means that of the environment, else full. */
PV_CHECKED pv_status pv_model_store_open(const char *directory, const char *profile,
                                         pv_model_store **out);

/* The same for a manifest of the caller's, which must outlive the store. */
PV_CHECKED pv_status pv_model_store_open_manifest(const pv_manifest *manifest,
                                                  const char *directory, const char *profile,
                                                  pv_model_store **out);

/* NULL is allowed. */
void pv_model_store_close(pv_model_store *store);

/* The path of the model's file, to be freed by the caller. Its size and SHA-256 are verified, once
 * a file and store; PV_ERROR_GENERIC names a damaged file and the command that fetches it anew, or
 * the profile that leaves the model out. */
PV_CHECKED pv_status pv_model_store_path(pv_model_store *store, const char *id, char **path);

/* Whether the profile has the model. */
bool pv_model_store_has(const pv_model_store *store, const char *id);

/* The folder given at opening where one was given, else the default folder. */
const char *pv_model_store_directory(const pv_model_store *store);

/* "full" or "documented". */
const char *pv_model_store_profile(const pv_model_store *store);

/* The default folder: PRIVID_MODELS_DIR, else privid/models in XDG_CACHE_HOME, else
 * .cache/privid/models in HOME. To be freed by the caller. PV_ERROR_GENERIC where none is set. */
PV_CHECKED pv_status pv_model_default_directory(char **out);

/* Compares a file with what is pinned. Fails only where that cannot be found out. */
PV_CHECKED pv_status pv_pinned_file_inspect(const char *path, const pv_pinned_file *pinned,
                                            pv_file_state *out);

#endif
