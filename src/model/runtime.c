#include "model/runtime.h"

#include <openvino/c/openvino.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

#define MODELS_MAX 32
#define NUMBERS_MAX (1 << 20) /* floats in a file of plain numbers */

struct pv_inference {
    pv_model *model;
    ov_infer_request_t *request;
    ov_tensor_t *input;
    ov_tensor_t *outputs[32]; /* handed out tensors: their memory is the request's */
    size_t output_count;
    pv_inference *next; /* in the model's list of idle ones */
};

struct pv_model {
    pv_runtime *runtime;
    char id[64];
    pthread_mutex_t lock;
    pthread_cond_t returned;
    ov_compiled_model_t *compiled; /* NULL until loaded */
    float *numbers;                /* of a file of plain floats; NULL until loaded */
    size_t number_count;
    pv_inference *idle;
    int created;
    atomic_ullong nanoseconds; /* spent in inference */
    atomic_ullong runs;
};

struct pv_runtime {
    ov_core_t *core;
    pv_model_store *store;
    int threads;
    pthread_mutex_t lock;
    pv_model *models[MODELS_MAX];
    size_t model_count;
};

static pv_status engine_failed(const char *what, const char *id, ov_status_e code)
{
    const char *detail = ov_get_last_err_msg();
    pv_status status = pv_fail(PV_ERROR_GENERIC, "model %s: %s failed: %s (%d) %.600s", id, what,
                               ov_get_error_info(code), (int)code, detail ? detail : "");
    ov_free(detail);
    return status;
}

pv_status pv_runtime_create(pv_model_store *store, int threads, pv_runtime **out)
{
    *out = NULL;
    pv_runtime *runtime = calloc(1, sizeof *runtime);
    if (!runtime)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the runtime");
    ov_status_e code = ov_core_create(&runtime->core);
    if (code != OK) {
        free(runtime);
        return engine_failed("starting the engine", "(all)", code);
    }
    pthread_mutex_init(&runtime->lock, NULL);
    runtime->store = store;
    runtime->threads = threads;
    *out = runtime;
    return PV_OK;
}

bool pv_runtime_has(const pv_runtime *runtime, const char *id)
{
    return pv_model_store_has(runtime->store, id);
}

static void inference_destroy(pv_inference *inference)
{
    if (!inference)
        return;
    for (size_t i = 0; i < inference->output_count; i++)
        ov_tensor_free(inference->outputs[i]);
    if (inference->input)
        ov_tensor_free(inference->input);
    if (inference->request)
        ov_infer_request_free(inference->request);
    free(inference);
}

static void model_destroy(pv_model *model)
{
    while (model->idle) {
        pv_inference *next = model->idle->next;
        inference_destroy(model->idle);
        model->idle = next;
    }
    if (model->compiled)
        ov_compiled_model_free(model->compiled);
    free(model->numbers);
    pthread_cond_destroy(&model->returned);
    pthread_mutex_destroy(&model->lock);
    free(model);
}

void pv_runtime_destroy(pv_runtime *runtime)
{
    if (!runtime)
        return;
    for (size_t i = 0; i < runtime->model_count; i++)
        model_destroy(runtime->models[i]);
    ov_core_free(runtime->core);
    pthread_mutex_destroy(&runtime->lock);
    free(runtime);
}

/* f32 everywhere: embeddings made on different machines are compared with each other. One thread an
 * inference and several at once gives more throughput than the reverse. */
static pv_status compile(pv_runtime *runtime, const ov_model_t *graph, pv_model *model)
{
    char threads[16];
    snprintf(threads, sizeof threads, "%d", runtime->threads);
    ov_status_e code = ov_core_compile_model(
        runtime->core, graph, "CPU", 8, &model->compiled, ov_property_key_hint_inference_precision,
        "f32", ov_property_key_inference_num_threads, threads, ov_property_key_num_streams, threads,
        ov_property_key_hint_enable_cpu_pinning, "NO");
    return code == OK ? PV_OK : engine_failed("compiling", model->id, code);
}

static pv_status model_load(pv_model *model)
{
    pv_runtime *runtime = model->runtime;
    char *path = NULL;
    ov_model_t *graph = NULL;
    pv_status status = pv_model_store_path(runtime->store, model->id, &path);
    if (status != PV_OK)
        return status;
    ov_status_e code = ov_core_read_model(runtime->core, path, NULL, &graph);
    if (code != OK) {
        status = engine_failed("reading", model->id, code);
        goto out;
    }
    status = compile(runtime, graph, model);
    if (status == PV_OK)
        pv_log(PV_LOG_INFO, "model %s loaded from %s", model->id, path);
out:
    if (graph)
        ov_model_free(graph);
    free(path);
    return status;
}

/* The entry of this id, made if there is none; not loaded yet. */
static pv_status model_entry(pv_runtime *runtime, const char *id, pv_model **out)
{
    pv_status status = PV_OK;
    pthread_mutex_lock(&runtime->lock);
    *out = NULL;
    for (size_t i = 0; i < runtime->model_count && !*out; i++)
        if (strcmp(runtime->models[i]->id, id) == 0)
            *out = runtime->models[i];
    if (!*out) {
        pv_model *model = calloc(1, sizeof *model);
        if (!model || runtime->model_count == MODELS_MAX || strlen(id) >= sizeof model->id) {
            free(model);
            status = pv_fail(PV_ERROR_GENERIC, "no room for the model %s", id);
        } else {
            model->runtime = runtime;
            memcpy(model->id, id, strlen(id) + 1);
            pthread_mutex_init(&model->lock, NULL);
            pthread_cond_init(&model->returned, NULL);
            runtime->models[runtime->model_count++] = model;
            *out = model;
        }
    }
    pthread_mutex_unlock(&runtime->lock);
    return status;
}

pv_status pv_runtime_model(pv_runtime *runtime, const char *id, pv_model **out)
{
    pv_status status = model_entry(runtime, id, out);
    if (status != PV_OK)
        return status;
    pv_model *model = *out;
    pthread_mutex_lock(&model->lock);
    if (!model->compiled)
        status = model_load(model);
    pthread_mutex_unlock(&model->lock);
    return status;
}

/* All of an open file, whose size is known already. */
static pv_status read_numbers(FILE *file, pv_model *model)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return pv_fail(PV_ERROR_GENERIC, "model %s: its file cannot be read", model->id);
    long size = ftell(file);
    rewind(file);
    if (size <= 0 || size > NUMBERS_MAX * 4L || size % 4 != 0)
        return pv_fail(PV_ERROR_GENERIC, "model %s: its file holds no plain numbers", model->id);
    size_t count = (size_t)size / 4;
    float *numbers = malloc(count * sizeof *numbers);
    if (!numbers)
        return pv_fail(PV_ERROR_GENERIC, "model %s: out of memory for its numbers", model->id);
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[4];
        if (fread(bytes, 1, sizeof bytes, file) != sizeof bytes) {
            free(numbers);
            return pv_fail(PV_ERROR_GENERIC, "model %s: its file cannot be read", model->id);
        }
        uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                        (uint32_t)bytes[3] << 24;
        memcpy(&numbers[i], &bits, sizeof bits);
    }
    model->numbers = numbers;
    model->number_count = count;
    return PV_OK;
}

static pv_status load_numbers(pv_model *model)
{
    char *path = NULL;
    pv_status status = pv_model_store_path(model->runtime->store, model->id, &path);
    if (status != PV_OK)
        return status;
    FILE *file = fopen(path, "rbe");
    status = file ? read_numbers(file, model)
                  : pv_fail(PV_ERROR_GENERIC, "model %s: cannot open %s", model->id, path);
    if (file)
        fclose(file);
    free(path);
    return status;
}

pv_status pv_runtime_numbers(pv_runtime *runtime, const char *id, const float **data, size_t *count)
{
    pv_model *model;
    pv_status status = model_entry(runtime, id, &model);
    if (status != PV_OK)
        return status;
    pthread_mutex_lock(&model->lock);
    if (!model->numbers)
        status = load_numbers(model);
    pthread_mutex_unlock(&model->lock);
    *data = model->numbers;
    *count = model->number_count;
    return status;
}

static pv_status inference_create(pv_model *model, pv_inference **out)
{
    pv_inference *inference = calloc(1, sizeof *inference);
    if (!inference)
        return pv_fail(PV_ERROR_GENERIC, "model %s: out of memory for a request", model->id);
    inference->model = model;
    ov_status_e code = ov_compiled_model_create_infer_request(model->compiled, &inference->request);
    if (code == OK)
        code = ov_infer_request_get_input_tensor(inference->request, &inference->input);
    if (code != OK) {
        inference_destroy(inference);
        return engine_failed("creating a request", model->id, code);
    }
    *out = inference;
    return PV_OK;
}

static pv_status lease(pv_model *model, pv_inference **out)
{
    pv_status status = PV_OK;
    bool create = false;
    pthread_mutex_lock(&model->lock);
    while (!model->idle && model->created >= model->runtime->threads)
        pthread_cond_wait(&model->returned, &model->lock);
    if (model->idle) {
        *out = model->idle;
        model->idle = (*out)->next;
    } else {
        model->created++;
        create = true;
    }
    pthread_mutex_unlock(&model->lock);
    if (create) {
        status = inference_create(model, out);
        if (status != PV_OK) {
            pthread_mutex_lock(&model->lock);
            model->created--;
            pthread_cond_signal(&model->returned);
            pthread_mutex_unlock(&model->lock);
        }
    }
    return status;
}

pv_status pv_inference_begin(pv_model *model, const size_t *shape, size_t rank, pv_inference **out,
                             float **input)
{
    *out = NULL;
    if (rank < 1 || rank > PV_TENSOR_RANK_MAX)
        return pv_fail(PV_ERROR_GENERIC, "model %s: no tensor has %zu sides", model->id, rank);
    pv_inference *inference = NULL;
    pv_status status = lease(model, &inference);
    if (status != PV_OK)
        return status;
    int64_t dims[PV_TENSOR_RANK_MAX];
    for (size_t i = 0; i < rank; i++)
        dims[i] = (int64_t)shape[i];
    ov_shape_t ov_shape = {0, NULL};
    void *data = NULL;
    ov_status_e code = ov_shape_create((int64_t)rank, dims, &ov_shape);
    if (code == OK)
        code = ov_tensor_set_shape(inference->input, ov_shape);
    ov_shape_free(&ov_shape);
    if (code == OK)
        code = ov_tensor_data(inference->input, &data);
    if (code != OK) {
        pv_inference_end(inference);
        return engine_failed("setting the input's shape", model->id, code);
    }
    *input = data;
    *out = inference;
    return PV_OK;
}

static unsigned long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec;
}

pv_status pv_inference_run(pv_inference *inference)
{
    pv_model *model = inference->model;
    unsigned long long start = nanoseconds();
    ov_status_e code = ov_infer_request_infer(inference->request);
    atomic_fetch_add_explicit(&model->nanoseconds, nanoseconds() - start, memory_order_relaxed);
    atomic_fetch_add_explicit(&model->runs, 1, memory_order_relaxed);
    return code == OK ? PV_OK : engine_failed("inference", model->id, code);
}

size_t pv_runtime_usage(pv_runtime *runtime, pv_model_usage *out, size_t most)
{
    pthread_mutex_lock(&runtime->lock);
    size_t count = runtime->model_count < most ? runtime->model_count : most;
    for (size_t i = 0; i < count; i++) {
        pv_model *model = runtime->models[i];
        out[i] = (pv_model_usage){.id = model->id,
                                  .runs = atomic_load(&model->runs),
                                  .seconds = (double)atomic_load(&model->nanoseconds) / 1e9};
    }
    pthread_mutex_unlock(&runtime->lock);
    return count;
}

/* Takes a tensor over that the engine handed out with this code. */
static pv_status keep_output(pv_inference *inference, ov_status_e code, ov_tensor_t *tensor,
                             const float **data, size_t *count)
{
    void *bytes = NULL;
    const char *id = inference->model->id;
    if (code != OK)
        return engine_failed("reading an output", id, code);
    if (inference->output_count == sizeof inference->outputs / sizeof inference->outputs[0]) {
        ov_tensor_free(tensor);
        return pv_fail(PV_ERROR_GENERIC, "model %s: too many outputs asked for", id);
    }
    inference->outputs[inference->output_count++] = tensor;
    code = ov_tensor_get_size(tensor, count);
    if (code == OK)
        code = ov_tensor_data(tensor, &bytes);
    if (code != OK)
        return engine_failed("reading an output", id, code);
    *data = bytes;
    return PV_OK;
}

pv_status pv_inference_output(pv_inference *inference, const char *name, const float **data,
                              size_t *count)
{
    ov_tensor_t *tensor = NULL;
    ov_status_e code = name ? ov_infer_request_get_tensor(inference->request, name, &tensor)
                            : ov_infer_request_get_output_tensor(inference->request, &tensor);
    return keep_output(inference, code, tensor, data, count);
}

pv_status pv_inference_output_at(pv_inference *inference, size_t place, const float **data,
                                 size_t *count)
{
    ov_tensor_t *tensor = NULL;
    ov_status_e code =
        ov_infer_request_get_output_tensor_by_index(inference->request, place, &tensor);
    return keep_output(inference, code, tensor, data, count);
}

void pv_inference_end(pv_inference *inference)
{
    if (!inference)
        return;
    for (size_t i = 0; i < inference->output_count; i++)
        ov_tensor_free(inference->outputs[i]);
    inference->output_count = 0;
    pv_model *model = inference->model;
    pthread_mutex_lock(&model->lock);
    inference->next = model->idle;
    model->idle = inference;
    pthread_cond_signal(&model->returned);
    pthread_mutex_unlock(&model->lock);
}
