/* The inference engine behind a small interface: OpenVINO through its C API.
 *
 * A runtime belongs to the library and is shared by all sessions. A model is read, verified and
 * compiled when first asked for and then never changes. An inference is a leased request: at most
 * `threads` are under way for one model, a further caller waits for one to end. Any thread may call
 * anything here; one inference belongs to one thread. */
#ifndef PV_MODEL_RUNTIME_H
#define PV_MODEL_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "model/store.h"

#define PV_TENSOR_RANK_MAX 8

typedef struct pv_runtime pv_runtime;
typedef struct pv_model pv_model;
typedef struct pv_inference pv_inference;

/* threads: inferences at a time, 1 to 256. The store must outlive the runtime. */
PV_CHECKED pv_status pv_runtime_create(pv_model_store *store, int threads, pv_runtime **out);

/* Only when no inference is leased. NULL is allowed. */
void pv_runtime_destroy(pv_runtime *runtime);

/* Whether the profile has a model: what needs one that it leaves out must say so. */
bool pv_runtime_has(const pv_runtime *runtime, const char *id);

/* The model of the store with this id, loaded now if it is the first call; owned by the runtime.
 * Two threads asking at once load it once; different models load in parallel. */
PV_CHECKED pv_status pv_runtime_model(pv_runtime *runtime, const char *id, pv_model **out);

/* The numbers of a store's file that is no network but plain little-endian 32-bit floats; read and
 * verified at the first call, owned by the runtime. */
PV_CHECKED pv_status pv_runtime_numbers(pv_runtime *runtime, const char *id, const float **data,
                                        size_t *count);

/* Leases a request; *input is the float buffer of `shape` (rank sides of at least 1 each, rank 1 to
 * PV_TENSOR_RANK_MAX) to be filled before pv_inference_run(). */
PV_CHECKED pv_status pv_inference_begin(pv_model *model, const size_t *shape, size_t rank,
                                        pv_inference **out, float **input);

PV_CHECKED pv_status pv_inference_run(pv_inference *inference);

/* Output by name, or the only one where name is NULL; *count floats, valid until
 * pv_inference_end(). The manifest has the names. */
PV_CHECKED pv_status pv_inference_output(pv_inference *inference, const char *name,
                                         const float **data, size_t *count);

/* Output by its place in the manifest's list, from 0. */
PV_CHECKED pv_status pv_inference_output_at(pv_inference *inference, size_t place,
                                            const float **data, size_t *count);

/* What a model has cost since the runtime was made. */
typedef struct pv_model_usage {
    const char *id; /* lives as long as the runtime */
    unsigned long long runs;
    double seconds; /* in pv_inference_run(), of all threads together */
} pv_model_usage;

/* One row for each model that was asked for, at most `most`; returns their number. */
size_t pv_runtime_usage(pv_runtime *runtime, pv_model_usage *out, size_t most);

/* Gives the request back. NULL is allowed. */
void pv_inference_end(pv_inference *inference);

#endif
