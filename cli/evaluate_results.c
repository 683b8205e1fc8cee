/* The results of an evaluation on disk: one line of JSON a picture, so that an interrupted run
 * loses nothing. A line counts for a picture whose size and time are the same, measured with the
 * same settings. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/evaluate_internal.h"

#define RESULTS_NAME "results.jsonl"

static pv_status make_folder(const char *folder)
{
    char *path = strdup(folder);
    if (!path)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    pv_status status = PV_OK;
    for (char *at = path + 1; status == PV_OK; at++) {
        if (*at && *at != '/')
            continue;
        char kept = *at;
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            status = pv_fail(PV_ERROR_ARGUMENT, "--out: %s: %s", path, strerror(errno));
        *at = kept;
        if (!kept)
            break;
    }
    free(path);
    return status;
}

json_int_t pv_results_time(const struct stat *state)
{
    return (json_int_t)state->st_mtim.tv_sec * 1000000000 + (json_int_t)state->st_mtim.tv_nsec;
}

static bool is_unchanged(const json_t *record, const struct stat *state)
{
    return json_integer_value(json_object_get(record, "size")) == (json_int_t)state->st_size &&
           json_integer_value(json_object_get(record, "modified")) == pv_results_time(state);
}

/* Takes a line over where it still holds. A picture that failed is tried again. */
static void take_record(pv_evaluation *evaluation, json_t *record, pv_results *results)
{
    const char *digest = json_string_value(json_object_get(record, "settings"));
    const char *name = json_string_value(json_object_get(record, "picture"));
    if (!digest || !name)
        return;
    if (strcmp(digest, evaluation->settings_digest) != 0) {
        results->foreign++;
        return;
    }
    const json_t *number = json_object_get(evaluation->picture_index, name);
    if (!number) {
        results->unlisted++;
        return;
    }
    size_t picture = (size_t)json_integer_value(number);
    struct stat state;
    if (stat(evaluation->files[picture], &state) != 0 || !is_unchanged(record, &state)) {
        results->changed++;
        return;
    }
    if (evaluation->records[picture] || json_object_get(record, "error"))
        return;
    evaluation->records[picture] = json_incref(record);
    results->kept++;
}

/* What a killed run left half written is not a line and is passed over. */
static void load(pv_evaluation *evaluation, pv_results *results)
{
    char *line = NULL;
    size_t capacity = 0;
    char last = '\n';
    ssize_t length;
    rewind(results->file);
    while ((length = getline(&line, &capacity, results->file)) > 0) {
        last = line[length - 1];
        json_t *record = json_loadb(line, (size_t)length, 0, NULL);
        if (json_is_object(record))
            take_record(evaluation, record, results);
        json_decref(record);
    }
    free(line);
    fseek(results->file, 0, SEEK_END);
    if (last != '\n')
        fputc('\n', results->file);
}

static pv_status lock(FILE *file, const char *path)
{
    if (flock(fileno(file), LOCK_EX | LOCK_NB) == 0)
        return PV_OK;
    return pv_fail(PV_ERROR_ARGUMENT, "%s: another process writes it", path);
}

static pv_status begin(pv_evaluation *evaluation, const char *path, pv_results *out)
{
    const pv_evaluate_options *options = &evaluation->options;
    struct stat state;
    pv_status status = lock(out->file, path);
    if (status != PV_OK)
        return status;
    if (fstat(fileno(out->file), &state) != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    if (state.st_size > 0 && !options->resume && !options->overwrite)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%s holds results: --resume goes on with them, --overwrite throws them away",
                       path);
    if (options->overwrite && ftruncate(fileno(out->file), 0) != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    load(evaluation, out);
    return PV_OK;
}

pv_status pv_results_open(pv_evaluation *evaluation, const char *folder, pv_results *out)
{
    *out = (pv_results){0};
    char *path = NULL;
    pv_status status = make_folder(folder);
    if (status != PV_OK)
        return status;
    if (asprintf(&path, "%s/%s", folder, RESULTS_NAME) < 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    int descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    out->file = descriptor < 0 ? NULL : fdopen(descriptor, "a+");
    if (!out->file)
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    else
        status = begin(evaluation, path, out);
    if (status != PV_OK && out->file) {
        fclose(out->file);
        out->file = NULL;
    }
    free(path);
    return status;
}

pv_status pv_results_add(pv_results *results, const json_t *record)
{
    char *text = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(9));
    if (!text)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for a result");
    bool written = fprintf(results->file, "%s\n", text) > 0 && fflush(results->file) == 0;
    int error = errno;
    free(text);
    return written ? PV_OK : pv_fail(PV_ERROR_GENERIC, "%s: %s", RESULTS_NAME, strerror(error));
}

pv_status pv_results_close(pv_results *results)
{
    if (!results->file)
        return PV_OK;
    int result = fclose(results->file);
    results->file = NULL;
    return result == 0 ? PV_OK : pv_fail(PV_ERROR_GENERIC, "%s: %s", RESULTS_NAME, strerror(errno));
}
