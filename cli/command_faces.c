/* The commands that say something about the faces of pictures. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "draw.h"
#include "internal.h"
#include "print.h"
#include "privid/privid.h"
#include "run.h"
#include "view.h"

/* What differs between them. */
typedef struct face_command {
    pv_command_kind kind;
    int32_t (*operation)(void *session, const char *config_json, int config_length,
                         const uint8_t *pixels, int width, int height, char **json_out,
                         int *length_out);
    void (*print)(const char *title, const json_t *answer);
    bool (*is_good)(const json_t *face); /* the exit status is 1 where one is not */
} face_command;

typedef struct draw_option {
    const char *path; /* NULL: nothing is drawn */
} draw_option;

static bool are_all_good(const face_command *command, const json_t *answer)
{
    const json_t *faces = json_object_get(answer, "faces");
    size_t good = 0;
    for (size_t i = 0; i < json_array_size(faces); i++)
        good += command->is_good(json_array_get(faces, i));
    return good > 0 && good == json_array_size(faces);
}

static pv_exit draw(const pv_command_run *run, const pv_picture *picture, const json_t *answer,
                    const char *path)
{
    const char *format = pv_view_text(run->options.configuration, "input_image_format");
    pv_status status = pv_draw_faces(picture, strcmp(format, "bgr") == 0, answer, path);
    if (status != PV_OK)
        pv_complain(run->kind->name, pv_error_message());
    return pv_exit_of(status);
}

static pv_exit run_one(const pv_command_run *run, const face_command *command, const char *path,
                       const char *drawing)
{
    pv_picture picture = {0};
    pv_answer result = {0};
    pv_exit status = pv_command_load(run, path, &picture);
    if (status == PV_EXIT_SUCCESS) {
        command->operation(run->session, run->configuration, run->configuration_length,
                           picture.pixels, picture.width, picture.height, &result.text, NULL);
        status = pv_command_take_answer(run, &result);
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run->options.json)
            command->print(path, result.json);
        if (drawing)
            status = draw(run, &picture, result.json, drawing);
    }
    if (status == PV_EXIT_SUCCESS && !are_all_good(command, result.json))
        status = PV_EXIT_NEGATIVE;
    pv_answer_release(&result);
    pv_picture_release(&picture);
    return status;
}

static int run_all(const face_command *command, int argc, char **argv, draw_option *drawing)
{
    pv_command_run run;
    bool done;
    pv_exit status = pv_command_begin(&command->kind, argc, argv, drawing, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    for (int i = 0; i < run.options.argument_count; i++) {
        pv_exit one =
            run_one(&run, command, run.options.arguments[i], drawing ? drawing->path : NULL);
        if (status <= PV_EXIT_NEGATIVE && one > status)
            status = one;
    }
    return pv_command_end(&run, status);
}

static bool is_face(const json_t *face)
{
    return face != NULL;
}

static bool has_age(const json_t *face)
{
    return json_object_get(face, "age_data") != NULL;
}

static bool is_live(const json_t *face)
{
    return pv_view_spoof_status(face) == PV_AS_NO_SPOOF_DETECTED;
}

static pv_status read_draw(int option, const char *text, void *context)
{
    (void)option;
    ((draw_option *)context)->path = text;
    return *text ? PV_OK : pv_fail(PV_ERROR_ARGUMENT, "--draw: the name is empty");
}

/* A drawing has one picture, which it must not replace, and needs its points. */
static pv_status finish_draw(void *context, pv_cli_options *options)
{
    const char *path = ((const draw_option *)context)->path;
    struct stat from;
    struct stat to;
    if (!path)
        return PV_OK;
    if (options->argument_count != 1)
        return pv_fail(PV_ERROR_ARGUMENT, "--draw takes one picture");
    if (stat(options->arguments[0], &from) == 0 && stat(path, &to) == 0 &&
        from.st_dev == to.st_dev && from.st_ino == to.st_ino)
        return pv_fail(PV_ERROR_ARGUMENT, "--draw: %.200s is the picture itself", path);
    if (json_object_get(options->configuration, "get_face_landmarks"))
        return PV_OK;
    return json_object_set_new(options->configuration, "get_face_landmarks", json_true()) == 0
               ? PV_OK
               : pv_fail(PV_ERROR_GENERIC, "out of memory");
}

int pv_command_validate(int argc, char **argv)
{
    static const struct option own[] = {{"draw", required_argument, NULL, PV_CLI_EXTRA},
                                        {NULL, 0, NULL, 0}};
    static const pv_cli_extra extra = {own, "",
                                       "  --draw OUT.png        draw what was found over the "
                                       "picture: boxes, points, pose, traits\n",
                                       read_draw, finish_draw};
    static const face_command command = {
        {"validate", "PICTURE...",
         "Finds the faces of each picture and tells what is wrong with them. A picture that fails\n"
         "does not keep the others from being looked at; the exit status is that of the first\n"
         "failure, else 1 if one has no face.",
         1, 0, false, &extra},
        privid_validate,
        pv_print_faces,
        is_face};
    draw_option drawing = {NULL};
    return run_all(&command, argc, argv, &drawing);
}

int pv_command_age(int argc, char **argv)
{
    static const face_command command = {
        {"age", "PICTURE...",
         "Estimates the age of the selected faces of each picture. Exit status 0: every picture "
         "has\n"
         "a face with an age; 1: not.",
         1, 0, false, NULL},
        privid_estimate_age,
        pv_print_ages,
        has_age};
    return run_all(&command, argc, argv, NULL);
}

int pv_command_liveness(int argc, char **argv)
{
    static const face_command command = {
        {"liveness", "PICTURE...",
         "Tells whether the selected faces of each picture are live or pictures of faces.\n"
         "Exit status 0: every picture has faces and all are live; 1: not.",
         1, 0, false, NULL},
        privid_anti_spoofing,
        pv_print_liveness,
        is_live};
    return run_all(&command, argc, argv, NULL);
}
