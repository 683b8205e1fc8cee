#include "run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "privid/privid.h"

#define CONFIGURATION_TEXT_MAX INT32_MAX

pv_exit pv_exit_of(int status)
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

void pv_complain(const char *command, const char *message)
{
    fprintf(stderr, "privid %s: ", command);
    pv_print_text(stderr, message);
    fputc('\n', stderr);
}

static pv_exit fail_with_library_error(const pv_command_run *run, const char *what)
{
    char *message = NULL;
    int status = privid_get_last_error(&message, NULL);
    fprintf(stderr, "privid %s: %s: ", run->kind->name, what);
    pv_print_text(stderr, message && *message ? message : "unknown failure");
    fputc('\n', stderr);
    privid_free_char_buffer(message);
    return status == 0 ? PV_EXIT_FAILURE : pv_exit_of(status);
}

static int print_help(const pv_command_kind *kind)
{
    printf("usage: privid %s [options] %s\n\n%s\n\noptions:\n%s%s", kind->name, kind->usage,
           kind->text, kind->extra ? kind->extra->help : "", pv_cli_options_help);
    return PV_EXIT_SUCCESS;
}

static pv_exit fail_usage(const pv_command_kind *kind, const char *message)
{
    pv_complain(kind->name, message);
    fprintf(stderr, "usage: privid %s [options] %s\n", kind->name, kind->usage);
    return PV_EXIT_USAGE;
}

static pv_exit open_session(pv_command_run *run)
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

pv_exit pv_command_begin(const pv_command_kind *kind, int argc, char **argv, void *extra,
                         pv_command_run *run, bool *done)
{
    *run = (pv_command_run){.kind = kind};
    *done = true;
    pv_cli_options *options = &run->options;
    if (pv_cli_options_read(argc, argv, kind->online, kind->extra, extra, options) != PV_OK)
        return fail_usage(kind, pv_error_message());
    if (options->help)
        return (pv_exit)print_help(kind);
    if (options->argument_count < kind->least)
        return fail_usage(kind, "too few arguments");
    if (kind->most > 0 && options->argument_count > kind->most)
        return fail_usage(kind, "too many arguments");
    if (kind->extra && kind->extra->finish && kind->extra->finish(extra, options) != PV_OK)
        return fail_usage(kind, pv_error_message());
    run->configuration = json_dumps(options->configuration, JSON_COMPACT);
    if (!run->configuration || strlen(run->configuration) > CONFIGURATION_TEXT_MAX) {
        pv_complain(kind->name, "the configuration is too large");
        return PV_EXIT_CONFIGURATION;
    }
    run->configuration_length = (int)strlen(run->configuration);
    if (kind->online && !options->url) {
        pv_complain(kind->name, "no server is named: give --url, or set PRIVID_URL");
        return PV_EXIT_CONFIGURATION;
    }
    *done = false;
    return open_session(run);
}

int pv_command_end(pv_command_run *run, pv_exit status)
{
    if (run->session)
        privid_deinitialize_session(run->session);
    privid_shutdown_lib();
    free(run->configuration);
    pv_cli_options_release(&run->options);
    return (int)status;
}

pv_exit pv_command_take_answer(const pv_command_run *run, pv_answer *result)
{
    if (!result->text) {
        pv_complain(run->kind->name, "the library gave no answer");
        return PV_EXIT_FAILURE;
    }
    if (run->options.json)
        puts(result->text);
    result->json = json_loads(result->text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *header = json_object_get(result->json, "call_status");
    const json_t *code = json_object_get(header, "return_code");
    if (!json_is_integer(code)) {
        pv_complain(run->kind->name, "the library's answer has no return_code");
        return PV_EXIT_FAILURE;
    }
    int status = (int)json_integer_value(code);
    if (status != 0) {
        const char *message = json_string_value(json_object_get(header, "return_message"));
        pv_complain(run->kind->name, message ? message : "unknown failure");
    }
    return pv_exit_of(status);
}

void pv_answer_release(pv_answer *result)
{
    json_decref(result->json);
    privid_free_char_buffer(result->text);
}

pv_exit pv_command_load(const pv_command_run *run, const char *path, pv_picture *picture)
{
    pv_status status = pv_picture_load(path, picture);
    const char *format =
        json_string_value(json_object_get(run->options.configuration, "input_image_format"));
    if (status == PV_OK && format)
        status = pv_picture_convert(picture, format);
    if (status != PV_OK)
        pv_complain(run->kind->name, pv_error_message());
    return pv_exit_of(status);
}
