#include "commands.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "picture.h"
#include "print.h"
#include "privid/privid.h"

#define CONFIGURATION_TEXT_MAX INT32_MAX

/* What differs between the commands. */
typedef struct command_kind {
    const char *name;
    const char *usage; /* of the arguments */
    const char *text;
    int least;
    int most; /* arguments; 0: no limit */
    bool online;
} command_kind;

typedef struct command_run {
    const command_kind *kind;
    pv_cli_options options;
    char *configuration;
    int configuration_length;
    void *session;
} command_run;

/* An answer of the library. */
typedef struct answer {
    char *text;
    json_t *json;
} answer;

static pv_exit exit_of(int status)
{
    switch (status) {
    case PV_OK: return PV_EXIT_SUCCESS;
    case PV_ERROR_AUTHORIZATION: return PV_EXIT_AUTHORIZATION;
    case PV_ERROR_CONFIGURATION: return PV_EXIT_CONFIGURATION;
    case PV_ERROR_ARGUMENT: return PV_EXIT_ARGUMENT;
    case PV_ERROR_NETWORK:
    case PV_ERROR_RESPONSE: return PV_EXIT_NETWORK;
    default: return PV_EXIT_FAILURE;
    }
}

static void complain(const char *command, const char *message)
{
    fprintf(stderr, "privid %s: ", command);
    pv_print_text(stderr, message);
    fputc('\n', stderr);
}

static pv_exit fail_with_library_error(const command_run *run, const char *what)
{
    char *message = NULL;
    int status = privid_get_last_error(&message, NULL);
    fprintf(stderr, "privid %s: %s: ", run->kind->name, what);
    pv_print_text(stderr, message && *message ? message : "unknown failure");
    fputc('\n', stderr);
    privid_free_char_buffer(message);
    return status == 0 ? PV_EXIT_FAILURE : exit_of(status);
}

static int print_help(const command_kind *kind)
{
    printf("usage: privid %s [options] %s\n\n%s\n\n%s", kind->name, kind->usage, kind->text,
           pv_cli_options_help);
    return PV_EXIT_SUCCESS;
}

static pv_exit fail_usage(const command_kind *kind, const char *message)
{
    complain(kind->name, message);
    fprintf(stderr, "usage: privid %s [options] %s\n", kind->name, kind->usage);
    return PV_EXIT_USAGE;
}

static pv_exit open_session(command_run *run)
{
    const pv_cli_options *options = &run->options;
    privid_initialize_lib(options->models, options->models ? (int)strlen(options->models) : 0,
                          options->log_level);
    if (!privid_is_library_initialized())
        return fail_with_library_error(run, "the library cannot start") == PV_EXIT_ARGUMENT
                   ? PV_EXIT_ARGUMENT
                   : PV_EXIT_FAILURE;
    char *settings = NULL;
    if (pv_cli_options_settings(options, &settings) != PV_OK)
        return fail_usage(run->kind, pv_error_message());
    bool opened = privid_initialize_session(settings, (int)strlen(settings), &run->session);
    free(settings);
    return opened ? PV_EXIT_SUCCESS : fail_with_library_error(run, "no session");
}

/* Reads the command line and makes everything ready. `done` is set where nothing is left to do. */
static pv_exit begin(const command_kind *kind, int argc, char **argv, command_run *run, bool *done)
{
    *run = (command_run){.kind = kind};
    *done = true;
    pv_cli_options *options = &run->options;
    if (pv_cli_options_read(argc, argv, kind->online, options) != PV_OK)
        return fail_usage(kind, pv_error_message());
    if (options->help)
        return (pv_exit)print_help(kind);
    if (options->argument_count < kind->least)
        return fail_usage(kind, "too few arguments");
    if (kind->most > 0 && options->argument_count > kind->most)
        return fail_usage(kind, "too many arguments");
    run->configuration = json_dumps(options->configuration, JSON_COMPACT);
    if (!run->configuration || strlen(run->configuration) > CONFIGURATION_TEXT_MAX) {
        complain(kind->name, "the configuration is too large");
        return PV_EXIT_CONFIGURATION;
    }
    run->configuration_length = (int)strlen(run->configuration);
    *done = false;
    return open_session(run);
}

static int end(command_run *run, pv_exit status)
{
    if (run->session)
        privid_deinitialize_session(run->session);
    privid_shutdown_lib();
    free(run->configuration);
    pv_cli_options_release(&run->options);
    return status;
}

/* Prints the raw answer where it is wanted and the error where there is one. */
static pv_exit take_answer(const command_run *run, answer *result)
{
    if (!result->text) {
        complain(run->kind->name, "the library gave no answer");
        return PV_EXIT_FAILURE;
    }
    if (run->options.json)
        puts(result->text);
    result->json = json_loads(result->text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *header = json_object_get(result->json, "call_status");
    const json_t *code = json_object_get(header, "return_code");
    if (!json_is_integer(code)) {
        complain(run->kind->name, "the library's answer has no return_code");
        return PV_EXIT_FAILURE;
    }
    int status = (int)json_integer_value(code);
    if (status != 0) {
        const char *message = json_string_value(json_object_get(header, "return_message"));
        complain(run->kind->name, message ? message : "unknown failure");
    }
    return exit_of(status);
}

static void release_answer(answer *result)
{
    json_decref(result->json);
    privid_free_char_buffer(result->text);
}

static pv_exit load(const command_run *run, const char *path, pv_picture *picture)
{
    pv_status status = pv_picture_load(path, picture);
    const char *format =
        json_string_value(json_object_get(run->options.configuration, "input_image_format"));
    if (status == PV_OK && format)
        status = pv_picture_convert(picture, format);
    if (status != PV_OK)
        complain(run->kind->name, pv_error_message());
    return exit_of(status);
}

static pv_exit validate_one(const command_run *run, const char *path)
{
    pv_picture picture = {0};
    answer result = {0};
    pv_exit status = load(run, path, &picture);
    if (status == PV_EXIT_SUCCESS) {
        privid_validate(run->session, run->configuration, run->configuration_length, picture.pixels,
                        picture.width, picture.height, &result.text, NULL);
        status = take_answer(run, &result);
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run->options.json)
            pv_print_faces(path, result.json);
        if (json_array_size(json_object_get(result.json, "faces")) == 0)
            status = PV_EXIT_NEGATIVE;
    }
    release_answer(&result);
    pv_picture_release(&picture);
    return status;
}

int pv_command_validate(int argc, char **argv)
{
    static const command_kind kind = {
        "validate",
        "PICTURE...",
        "Finds the faces of each picture. A picture that fails does not keep the others from "
        "being\n"
        "looked at; the exit status is that of the first failure, else 1 if one has no face.",
        1,
        0,
        false};
    command_run run;
    bool done;
    pv_exit status = begin(&kind, argc, argv, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return end(&run, status);
    for (int i = 0; i < run.options.argument_count; i++) {
        pv_exit one = validate_one(&run, run.options.arguments[i]);
        if (status <= PV_EXIT_NEGATIVE && one > status)
            status = one;
    }
    return end(&run, status);
}

int pv_command_compare(int argc, char **argv)
{
    static const command_kind kind = {
        "compare",
        "PICTURE_A PICTURE_B",
        "Compares the selected faces of two pictures. Exit status 0: the same person; 1: not.",
        2,
        2,
        false};
    command_run run;
    bool done;
    pv_picture a = {0};
    pv_picture b = {0};
    answer result = {0};
    pv_exit status = begin(&kind, argc, argv, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return end(&run, status);
    status = load(&run, run.options.arguments[0], &a);
    if (status == PV_EXIT_SUCCESS)
        status = load(&run, run.options.arguments[1], &b);
    if (status == PV_EXIT_SUCCESS) {
        privid_face_compare_files(run.session, run.configuration, run.configuration_length,
                                  a.pixels, a.width, a.height, b.pixels, b.width, b.height,
                                  &result.text, NULL);
        status = take_answer(&run, &result);
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run.options.json)
            pv_print_compare(result.json);
        const json_t *compare = json_object_get(result.json, "compare");
        if (!json_is_true(json_object_get(compare, "is_match")))
            status = PV_EXIT_NEGATIVE;
    }
    release_answer(&result);
    pv_picture_release(&a);
    pv_picture_release(&b);
    return end(&run, status);
}

static bool has_person(const json_t *data, const char *performed)
{
    const json_t *response = json_object_get(data, "api_response");
    const json_t *status = json_object_get(response, "status");
    return json_is_true(json_object_get(data, performed)) && json_is_integer(status) &&
           json_integer_value(status) == 0 && json_object_get(response, "puid");
}

typedef int32_t (*person_operation)(void *session, const char *config_json, int config_length,
                                    const uint8_t *pixels, int width, int height, char **json_out,
                                    int *length_out);

static int run_person_command(const command_kind *kind, int argc, char **argv,
                              person_operation operation, const char *performed)
{
    command_run run;
    bool done;
    pv_picture picture = {0};
    answer result = {0};
    pv_exit status = begin(kind, argc, argv, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return end(&run, status);
    status = load(&run, run.options.arguments[0], &picture);
    if (status == PV_EXIT_SUCCESS) {
        operation(run.session, run.configuration, run.configuration_length, picture.pixels,
                  picture.width, picture.height, &result.text, NULL);
        status = take_answer(&run, &result);
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run.options.json)
            pv_print_person(kind->name, result.json);
        if (!has_person(json_object_get(result.json, kind->name), performed))
            status = PV_EXIT_NEGATIVE;
    }
    release_answer(&result);
    pv_picture_release(&picture);
    return end(&run, status);
}

int pv_command_enroll(int argc, char **argv)
{
    static const command_kind kind = {
        "enroll",
        "PICTURE",
        "Enrols the selected face in the collection and prints the person's puid.\n"
        "Exit status 0: enrolled; 1: not.",
        1,
        1,
        true};
    return run_person_command(&kind, argc, argv, privid_enroll_onefa, "enroll_performed");
}

int pv_command_predict(int argc, char **argv)
{
    static const command_kind kind = {
        "predict",
        "PICTURE",
        "Looks the selected face up in the collection. Exit status 0: found; 1: not.",
        1,
        1,
        true};
    return run_person_command(&kind, argc, argv, privid_face_predict_onefa, "predict_performed");
}

int pv_command_delete(int argc, char **argv)
{
    static const command_kind kind = {
        "delete",
        "PUID",
        "Deletes a person and every template of theirs from the collection.\n"
        "Exit status 0: deleted; 1: there is no such person.",
        1,
        1,
        true};
    command_run run;
    bool done;
    answer result = {0};
    pv_exit status = begin(&kind, argc, argv, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return end(&run, status);
    const char *puid = run.options.arguments[0];
    privid_user_delete(run.session, run.configuration, run.configuration_length, puid,
                       (int)strlen(puid), &result.text, NULL);
    status = take_answer(&run, &result);
    if (status == PV_EXIT_SUCCESS) {
        if (!run.options.json)
            pv_print_delete(result.json);
        const json_t *data = json_object_get(result.json, "user_delete");
        const json_t *code = json_object_get(data, "status");
        if (!json_is_integer(code) || json_integer_value(code) != 0)
            status = PV_EXIT_NEGATIVE;
    }
    release_answer(&result);
    return end(&run, status);
}

int pv_command_version(int argc, char **argv)
{
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("usage: privid version [--json]\n\nPrints the version of the library.\n");
        return PV_EXIT_SUCCESS;
    }
    if (argc > 1 && !json) {
        complain("version", "takes no argument but --json");
        return PV_EXIT_USAGE;
    }
    printf(json ? "{\"version\":\"%s\"}\n" : "privid %s\n", privid_get_version());
    return PV_EXIT_SUCCESS;
}
