/* The command `privid evaluate KIND TABLE.csv`: labelled pictures in, error rates out. */
#include "cli/evaluate.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"
#include "cli/run.h"
#include "privid/privid.h"

#define FAILURES_SHOWN 20

/* One row a kind of evaluation. */
static const pv_evaluation_kind kinds[] = {
    {"verification", "whether two pictures show one person: FMR, FNMR", "template",
     "Columns: same (1 or 0), a, b (pictures). With --all-pairs each picture is compared with "
     "each;\n"
     "persons are known from files named ANN_0001.jpg and from rows of 1, or the table has the\n"
     "columns image and person. --threshold is a distance. --embedding-model chooses the model.\n",
     pv_verification_check, pv_measure_template, pv_verification_report},
    {"identification", "who of a gallery a picture shows: FPIR, FNIR", "template",
     "Columns: image, person (or files named ANN_0001.jpg); optional: role (gallery or probe).\n"
     "Without roles the first picture of everybody who has several is the gallery, and people "
     "with\n"
     "one picture are strangers to it. --threshold is a distance.\n",
     pv_identification_check, pv_measure_template, pv_identification_report},
    {"liveness", "live faces and attacks: APCER, BPCER", "anti_spoofing",
     "Columns: image, live (1 or 0); optional: attack (its type), subject, and columns to group "
     "by.\n"
     "--set anti_spoofing_mode=N chooses the mode. --threshold is a liveness score.\n",
     pv_liveness_check, pv_measure_liveness, pv_liveness_report},
    {"age", "the estimated age: MAE by band, worth of the confidence", "estimate_age",
     "Columns: image, age (years); optional: subject, and columns to group by. Tight crops of "
     "faces\n"
     "need --pad 0.5. --threshold is an age limit.\n",
     pv_age_check, pv_measure_age, pv_age_report},
    {"attributes", "mask, glasses, closed eyes and other traits: TPR, FPR", "validate",
     "Columns: image and labels of 1 and 0 (an empty cell is no label): mask, glasses, open "
     "(eyes),\n"
     "any trait by its name (FT_...), or a score by its name; optional: columns to group by.\n"
     "--threshold is a value of the score.\n",
     pv_attributes_check, pv_measure_validate, pv_attributes_report},
    {"pose", "yaw, pitch and roll: error by angle, side", "validate",
     "Columns: image and at least one of yaw, pitch and roll, in degrees; optional: subject.\n"
     "--set base_landmarks_model_id=N chooses the model.\n",
     pv_pose_check, pv_measure_validate, pv_pose_report},
    {"document", "identity documents: corners, false finds, MRZ, dates, barcodes", "doc_scan_face",
     "Columns: image and any of: top_left_x, top_left_y, ... of the document's four corners (all\n"
     "empty: there is none in the picture), mrz (its lines, | between them), birth_date\n"
     "(1985-03-12), barcode_text (with the escapes of JSON); an empty cell is no label. Optional:\n"
     "columns to group by. doc_validations_off is set unless --set says otherwise.\n",
     pv_document_check, pv_measure_document, pv_document_report},
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

const pv_evaluation_kind *pv_evaluation_kind_find(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static void print_kinds(FILE *stream)
{
    fputs("kinds:\n", stream);
    for (size_t i = 0; i < KIND_COUNT; i++)
        fprintf(stream, "  %-15s %s\n", kinds[i].name, kinds[i].summary);
}

static int print_help(const pv_evaluation_kind *kind)
{
    printf("usage: privid evaluate %s TABLE.csv [options]\n\n", kind ? kind->name : "KIND");
    fputs("Measures error rates on the pictures that a table names, relative to the table, and\n"
          "writes report.json and report.html. An interrupted run goes on with --resume.\n"
          "Terms and columns are explained in docs/evaluation.md.\n\n",
          stdout);
    if (kind)
        puts(kind->text);
    else
        print_kinds(stdout);
    printf("%soptions:\n%s%s", kind ? "" : "\n", pv_evaluate_options_help, pv_cli_options_help);
    fputs("\nexit status: 0 done; 2 wrong usage; 3 bad table, or pictures that could not be read;\n"
          "4 bad configuration; 7 other failures; 130 interrupted, results are kept\n",
          stdout);
    return PV_EXIT_SUCCESS;
}

static pv_exit fail(pv_status status)
{
    pv_complain("evaluate", pv_error_message());
    return pv_exit_of(status);
}

static pv_exit fail_usage(void)
{
    (void)fail(PV_ERROR_ARGUMENT);
    fputs("usage: privid evaluate KIND TABLE.csv [options]\n", stderr);
    print_kinds(stderr);
    return PV_EXIT_USAGE;
}

static int processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* The failure of a public function as one of ours. */
static pv_status library_failure(const char *what)
{
    char *message = NULL;
    int status = privid_get_last_error(&message, NULL);
    pv_status result = pv_fail(status == 0 ? PV_ERROR_GENERIC : (pv_status)status, "%s: %s", what,
                               message && *message ? message : "unknown failure");
    privid_free_char_buffer(message);
    return result;
}

static pv_status open_session(pv_evaluation *evaluation)
{
    const pv_cli_options *options = &evaluation->options.common;
    char threads[16];
    char *settings = NULL;
    /* The library's threads are the pictures at a time: one inference each. */
    int length = snprintf(threads, sizeof threads, "%d", evaluation->options.jobs);
    if (privid_set_option("threads", 7, threads, length) != 0)
        return library_failure("--jobs");
    privid_initialize_lib(options->models, options->models ? (int)strlen(options->models) : 0,
                          options->log_level);
    if (!privid_is_library_initialized())
        return library_failure("the library cannot start");
    pv_status status = pv_cli_options_settings(options, &settings);
    if (status == PV_OK &&
        !privid_initialize_session(settings, (int)strlen(settings), &evaluation->session))
        status = library_failure("no session");
    free(settings);
    return status;
}

/* All that a result depends on beside the picture; its digest is kept with each. */
static pv_status describe_settings(pv_evaluation *evaluation)
{
    char *profile = NULL;
    pv_status status = pv_evaluation_profile(&profile);
    if (status != PV_OK)
        return status;
    evaluation->settings =
        json_pack("{s:s, s:O, s:f, s:s, s:s}", "operation", evaluation->kind->operation,
                  "configuration", evaluation->options.common.configuration, "pad",
                  evaluation->options.pad, "version", privid_get_version(), "profile", profile);
    free(profile);
    if (evaluation->kind->measure == pv_measure_template)
        json_object_set_new(evaluation->settings, "embedding_model",
                            json_integer(evaluation->model->id));
    char *text = json_dumps(evaluation->settings, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the settings");
    status = pv_sha256_bytes(text, strlen(text), evaluation->settings_digest);
    free(text);
    return status;
}

/* Everything that can be found wrong before a picture is looked at. */
static pv_status prepare(pv_evaluation *evaluation, const char *path)
{
    pv_evaluate_options *options = &evaluation->options;
    int id = options->common.embedding_model;
    if (options->jobs == 0)
        options->jobs = processors();
    evaluation->model = pv_embedding_model_find(id < 0 ? PV_EMBEDDING_MODEL_DEFAULT : id);
    if (!evaluation->model)
        return pv_fail(PV_ERROR_CONFIGURATION, "--embedding-model: there is no model %d", id);
    pv_status status = pv_table_read(path, &evaluation->table);
    if (status == PV_OK)
        status = evaluation->kind->check(evaluation);
    evaluation->configuration = json_dumps(options->common.configuration, JSON_COMPACT);
    if (status == PV_OK && !evaluation->configuration)
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for the configuration");
    if (status == PV_OK)
        status = pv_evaluation_list(evaluation);
    if (status == PV_OK)
        status = open_session(evaluation);
    if (status == PV_OK)
        status = describe_settings(evaluation);
    return status;
}

static void tell(size_t count, const char *what)
{
    if (count)
        fprintf(stderr, "privid evaluate: %zu results %s\n", count, what);
}

static void tell_results(const pv_results *results)
{
    tell(results->kept, "are taken over");
    tell(results->foreign, "were made with other settings and are left aside");
    tell(results->changed, "are of pictures that have changed and are made anew");
    tell(results->unlisted, "are of pictures that the table does not name and are left aside");
}

/* The command that makes this report again, without what is secret or says nothing. */
static json_t *describe_command(const pv_evaluation *evaluation)
{
    const pv_evaluate_options *options = &evaluation->options;
    const char *slash = strrchr(evaluation->table.path, '/');
    json_t *text = json_sprintf("privid evaluate %s %s%s", evaluation->kind->name,
                                slash ? slash + 1 : evaluation->table.path,
                                options->all_pairs ? " --all-pairs" : "");
    const char *key;
    json_t *value;
    if (options->pad > 0.0) {
        json_t *longer = json_sprintf("%s --pad %g", json_string_value(text), options->pad);
        json_decref(text);
        text = longer;
    }
    if (options->common.embedding_model >= 0) {
        json_t *longer = json_sprintf("%s --embedding-model %d", json_string_value(text),
                                      options->common.embedding_model);
        json_decref(text);
        text = longer;
    }
    json_object_foreach(options->common.configuration, key, value)
    {
        char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        json_t *longer =
            json_sprintf("%s --set %s=%s", json_string_value(text), key, shown ? shown : "");
        free(shown);
        json_decref(text);
        text = longer;
    }
    return text;
}

static json_t *begin_report(const pv_evaluation *evaluation)
{
    char time_text[40] = "";
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts))
        strftime(time_text, sizeof time_text, "%Y-%m-%d %H:%M UTC", &parts);
    return json_pack("{s:s, s:o, s:s, s:o, s:s, s:{s:s, s:I}, s:O}", "kind", evaluation->kind->name,
                     "title", json_sprintf("Evaluation: %s", evaluation->kind->name), "made_at",
                     time_text, "command", describe_command(evaluation), "version",
                     privid_get_version(), "table", "sha256", evaluation->table.sha256, "rows",
                     (json_int_t)evaluation->table.rows, "settings", evaluation->settings);
}

static const char *error_of(const json_t *record)
{
    return json_string_value(json_object_get(record, "error"));
}

/* Counts the pictures, and lists those that could not be read. Returns how many there are. */
static size_t report_pictures(const pv_evaluation *evaluation, json_t *report)
{
    size_t failed = 0;
    size_t faceless = 0;
    json_t *failures = json_array();
    for (size_t i = 0; i < evaluation->picture_count; i++) {
        const char *error = error_of(evaluation->records[i]);
        faceless += !error && !pv_record_has_face(evaluation->records[i]);
        if (!error)
            continue;
        failed++;
        json_array_append_new(
            failures, json_pack("{s:s, s:s}", "picture", evaluation->pictures[i], "error", error));
        if (failed <= FAILURES_SHOWN)
            pv_complain("evaluate", error);
    }
    if (failed > FAILURES_SHOWN)
        fprintf(stderr, "privid evaluate: %zu more pictures could not be read\n",
                failed - FAILURES_SHOWN);
    json_object_set_new(report, "pictures",
                        json_pack("{s:I, s:I, s:I, s:o}", "total",
                                  (json_int_t)evaluation->picture_count, "without_face",
                                  (json_int_t)faceless, "failed", (json_int_t)failed, "failures",
                                  failures));
    pv_report_note(report, "%zu pictures; in %zu no face was found; %zu could not be read.",
                   evaluation->picture_count, faceless, failed);
    return failed;
}

static pv_exit report(const pv_evaluation *evaluation, const char *folder)
{
    json_t *made = begin_report(evaluation);
    if (!made)
        return fail(pv_fail(PV_ERROR_GENERIC, "out of memory for the report"));
    size_t failed = report_pictures(evaluation, made);
    pv_status status = evaluation->kind->report(evaluation, made);
    if (status == PV_OK)
        status = pv_report_write(made, folder);
    if (status == PV_OK && evaluation->options.common.json) {
        json_dumpf(made, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
        putchar('\n');
    } else if (status == PV_OK) {
        pv_report_print(made, stdout);
        printf("\n%s/report.html\n", folder);
    }
    json_decref(made);
    if (status != PV_OK)
        return fail(status);
    return failed ? PV_EXIT_ARGUMENT : PV_EXIT_SUCCESS;
}

static int measure_and_report(pv_evaluation *evaluation, const char *folder)
{
    pv_results results;
    int stopped = 0;
    pv_status status = pv_results_open(evaluation, folder, &results);
    if (status != PV_OK)
        return (int)fail(status);
    tell_results(&results);
    status = pv_evaluation_run(evaluation, &results, &stopped);
    pv_status closed = pv_results_close(&results);
    if (status == PV_OK)
        status = closed;
    if (status != PV_OK)
        return (int)fail(status);
    if (stopped) {
        fprintf(stderr,
                "privid evaluate: interrupted; what is done is kept in %s: the same "
                "command with --resume goes on\n",
                folder);
        return 128 + stopped;
    }
    return (int)report(evaluation, folder);
}

static int run(pv_evaluation *evaluation, const char *path)
{
    char folder[64];
    snprintf(folder, sizeof folder, "privid-evaluation-%s", evaluation->kind->name);
    pv_status status = prepare(evaluation, path);
    int result = status == PV_OK
                     ? measure_and_report(
                           evaluation, evaluation->options.out ? evaluation->options.out : folder)
                     : (int)fail(status);
    if (evaluation->session)
        privid_deinitialize_session(evaluation->session);
    privid_shutdown_lib();
    return result;
}

static int begin(int argc, char **argv, pv_evaluation *evaluation)
{
    pv_evaluate_options *options = &evaluation->options;
    if (pv_evaluate_options_read(argc, argv, options) != PV_OK)
        return (int)fail_usage();
    const char *name = options->common.argument_count > 0 ? options->common.arguments[0] : NULL;
    evaluation->kind = name ? pv_evaluation_kind_find(name) : NULL;
    pv_status status = PV_OK;
    if (name && !evaluation->kind)
        status = pv_fail(PV_ERROR_ARGUMENT, "unknown kind \"%.40s\"", name);
    else if (options->common.help)
        return print_help(evaluation->kind);
    else if (!name || options->common.argument_count != 2)
        status = pv_fail(PV_ERROR_ARGUMENT, "takes a kind and a table");
    else if (options->all_pairs && evaluation->kind->report != pv_verification_report)
        status = pv_fail(PV_ERROR_ARGUMENT, "--all-pairs belongs to verification");
    return status == PV_OK ? run(evaluation, options->common.arguments[1]) : (int)fail_usage();
}

int pv_command_evaluate(int argc, char **argv)
{
    pv_evaluation evaluation = {0};
    int status = begin(argc, argv, &evaluation);
    pv_evaluation_release(&evaluation);
    return status;
}
