#include "commands.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "privid/privid.h"
#include "run.h"

int pv_command_compare(int argc, char **argv)
{
    static const pv_command_kind kind = {
        "compare",
        "PICTURE_A PICTURE_B",
        "Compares the selected faces of two pictures. Exit status 0: the same person; 1: not.",
        2,
        2,
        false,
        NULL};
    pv_command_run run;
    bool done;
    pv_picture a = {0};
    pv_picture b = {0};
    pv_answer result = {0};
    pv_exit status = pv_command_begin(&kind, argc, argv, NULL, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    status = pv_command_load(&run, run.options.arguments[0], &a);
    if (status == PV_EXIT_SUCCESS)
        status = pv_command_load(&run, run.options.arguments[1], &b);
    if (status == PV_EXIT_SUCCESS) {
        privid_face_compare_files(run.session, run.configuration, run.configuration_length,
                                  a.pixels, a.width, a.height, b.pixels, b.width, b.height,
                                  &result.text, NULL);
        status = pv_command_take_answer(&run, &result);
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run.options.json)
            pv_print_compare(result.json);
        const json_t *compare = json_object_get(result.json, "compare");
        if (!json_is_true(json_object_get(compare, "is_match")))
            status = PV_EXIT_NEGATIVE;
    }
    pv_answer_release(&result);
    pv_picture_release(&a);
    pv_picture_release(&b);
    return pv_command_end(&run, status);
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

static int run_person_command(const pv_command_kind *kind, int argc, char **argv,
                              person_operation operation, const char *performed)
{
    pv_command_run run;
    bool done;
    pv_picture picture = {0};
    pv_answer result = {0};
    pv_exit status = pv_command_begin(kind, argc, argv, NULL, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    status = pv_command_load(&run, run.options.arguments[0], &picture);
    if (status == PV_EXIT_SUCCESS) {
        operation(run.session, run.configuration, run.configuration_length, picture.pixels,
                  picture.width, picture.height, &result.text, NULL);
        status = pv_command_take_answer(&run, &result);
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run.options.json)
            pv_print_person(kind->name, result.json);
        if (!has_person(json_object_get(result.json, kind->name), performed))
            status = PV_EXIT_NEGATIVE;
    }
    pv_answer_release(&result);
    pv_picture_release(&picture);
    return pv_command_end(&run, status);
}

int pv_command_enroll(int argc, char **argv)
{
    static const pv_command_kind kind = {
        "enroll",
        "PICTURE",
        "Enrols the selected face in the collection and prints the person's puid.\n"
        "Exit status 0: enrolled; 1: not.",
        1,
        1,
        true,
        NULL};
    return run_person_command(&kind, argc, argv, privid_enroll_onefa, "enroll_performed");
}

int pv_command_predict(int argc, char **argv)
{
    static const pv_command_kind kind = {
        "predict",
        "PICTURE",
        "Looks the selected face up in the collection. Exit status 0: found; 1: not.",
        1,
        1,
        true,
        NULL};
    return run_person_command(&kind, argc, argv, privid_face_predict_onefa, "predict_performed");
}

int pv_command_delete(int argc, char **argv)
{
    static const pv_command_kind kind = {
        "delete",
        "PUID",
        "Deletes a person and every template of theirs from the collection.\n"
        "Exit status 0: deleted; 1: there is no such person.",
        1,
        1,
        true,
        NULL};
    pv_command_run run;
    bool done;
    pv_answer result = {0};
    pv_exit status = pv_command_begin(&kind, argc, argv, NULL, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    const char *puid = run.options.arguments[0];
    privid_user_delete(run.session, run.configuration, run.configuration_length, puid,
                       (int)strlen(puid), &result.text, NULL);
    status = pv_command_take_answer(&run, &result);
    if (status == PV_EXIT_SUCCESS) {
        if (!run.options.json)
            pv_print_delete(result.json);
        const json_t *data = json_object_get(result.json, "user_delete");
        const json_t *code = json_object_get(data, "status");
        if (!json_is_integer(code) || json_integer_value(code) != 0)
            status = PV_EXIT_NEGATIVE;
    }
    pv_answer_release(&result);
    return pv_command_end(&run, status);
}

int pv_command_version(int argc, char **argv)
{
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("usage: privid version [--json]\n\nPrints the version of the library.\n");
        return PV_EXIT_SUCCESS;
    }
    if (argc > 1 && !json) {
        pv_complain("version", "takes no argument but --json");
        return PV_EXIT_USAGE;
    }
    printf(json ? "{\"version\":\"%s\"}\n" : "privid %s\n", privid_get_version());
    return PV_EXIT_SUCCESS;
}
