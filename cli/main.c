/* privid: the command line tool. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "evaluate.h"
#include "models.h"
#include "options.h"

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command;

static int run_help(int argc, char **argv);

static const command commands[] = {
    {"validate", pv_command_validate, "find the faces of pictures"},
    {"age", pv_command_age, "estimate the age of the faces of pictures"},
    {"liveness", pv_command_liveness, "tell whether the faces of pictures are live"},
    {"compare", pv_command_compare, "tell whether two pictures show the same person"},
    {"enroll", pv_command_enroll, "enrol a person in a collection"},
    {"predict", pv_command_predict, "identify a person in a collection"},
    {"delete", pv_command_delete, "delete a person from a collection"},
    {"portrait", pv_command_portrait, "make an ISO portrait from a picture"},
    {"document", pv_command_document, "find an identity document, and read what it says"},
    {"evaluate", pv_command_evaluate, "measure error rates on labelled pictures"},
    {"models", privid_command_models, "fetch, verify and list the model files"},
    {"version", pv_command_version, "print the version"},
    {"help", run_help, "print this text, or that of a command"},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: privid COMMAND [options] [arguments]\n\ncommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(
        stream,
        "\n'privid COMMAND --help' tells more. Pictures are JPEG, PNG or WebP files.\n\n"
        "exit status:\n"
        "  0  done: face found, live, same person, enrolled, found, deleted, portrait as asked\n"
        "  1  the answer is no: no face, not live, different persons, not enrolled, nobody\n"
        "  2  wrong usage\n"
        "  3  bad picture or argument\n"
        "  4  bad configuration\n"
        "  5  the server refuses the key\n"
        "  6  no network, or an answer that makes no sense\n"
        "  7  other failures, such as missing model files\n"
        "'privid models' and 'privid evaluate' add some of their own, see their --help.\n");
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int fail_unknown(const char *name)
{
    fprintf(stderr, "privid: unknown command \"%.40s\"; 'privid help' lists them\n", name);
    return PV_EXIT_USAGE;
}

static int run_help(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
        print_usage(stdout);
        return PV_EXIT_SUCCESS;
    }
    const command *found = find_command(argv[1]);
    if (!found)
        return fail_unknown(argv[1]);
    char help[] = "--help";
    char *arguments[] = {argv[1], help, NULL};
    return found->run(2, arguments);
}

/* A full disk or a closed pipe must not look like success. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("privid: standard output");
    return PV_EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return PV_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    else if (strcmp(name, "--version") == 0)
        name = "version";
    const command *found = find_command(name);
    return finish(found ? found->run(argc - 1, argv + 1) : fail_unknown(name));
}
