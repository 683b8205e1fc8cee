#include "cli/models.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cli/fetch.h"
#include "model/manifest.h"
#include "model/store.h"

#define MANIFEST_LIMIT (4 * 1024 * 1024)
#define TIMEOUT_DEFAULT 60
#define TIMEOUT_MAX 3600
#define EXIT_USAGE 2

static const char usage[] =
    "usage: privid models COMMAND [OPTION...] [ID...]\n"
    "\n"
    "  fetch    download, verify and prepare the model files that are missing or damaged\n"
    "  verify   check every file; exit status 1 names those that are missing or damaged\n"
    "  list     show every model with its state\n"
    "  path     print the folder of the models, or the path of one model's file\n"
    "  card     print what is known about each model\n"
    "\n"
    "  --dir DIR          the folder (else PRIVID_MODELS_DIR, XDG_CACHE_HOME/privid/models,\n"
    "                     ~/.cache/privid/models)\n"
    "  --profile NAME     full, or documented: only models whose origin is documented\n"
    "                     (else PRIVID_MODELS_PROFILE, full)\n"
    "  --mirror URL       fetch URL/FILE instead of from the package registries\n"
    "                     (else PRIVID_MODELS_MIRROR)\n"
    "  --timeout SECONDS  give a mirror up after so long without a byte (60)\n"
    "  --progress MODE    auto, plain, json (a JSON object a line on standard output) or none\n"
    "  --json             list as JSON\n"
    "\n"
    "Without an ID all models of the profile are meant.\n";

typedef struct invocation {
    const char *command;
    char *directory; /* absolute */
    const char *profile;
    const char *mirror;
    pv_progress_mode progress;
    long timeout;
    bool json;
    pv_manifest *manifest;
    char *script_folder; /* of a manifest from outside, else NULL */
    const pv_manifest_row **rows;
    size_t count;
} invocation;

static int complain(int exit_status)
{
    fprintf(stderr, "privid models: %s\n", pv_error_message());
    return exit_status;
}

static pv_status absolute(const char *path, char **out)
{
    *out = NULL;
    if (path[0] == '/') {
        *out = strdup(path);
        return *out ? PV_OK : pv_fail(PV_ERROR_GENERIC, "no memory");
    }
    char *here = getcwd(NULL, 0);
    if (!here)
        return pv_fail(PV_ERROR_GENERIC, "the current folder is unknown: %s", strerror(errno));
    int length = asprintf(out, "%s/%s", here, path);
    free(here);
    if (length < 0)
        *out = NULL;
    return length < 0 ? pv_fail(PV_ERROR_GENERIC, "no memory") : PV_OK;
}

static pv_status read_manifest(const char *path, invocation *to)
{
    char block[4096];
    size_t count;
    pv_buffer text = pv_buffer_make(MANIFEST_LIMIT);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return pv_fail(PV_ERROR_ARGUMENT, "cannot open %s: %s", path, strerror(errno));
    pv_status status = PV_OK;
    while (!status && (count = fread(block, 1, sizeof block, file)) > 0)
        status = pv_buffer_append(&text, block, count);
    if (!status && ferror(file))
        status = pv_fail(PV_ERROR_ARGUMENT, "cannot read %s: %s", path, strerror(errno));
    fclose(file);
    if (!status)
        status = pv_manifest_parse(text.data ? (const char *)text.data : "", text.length, path,
                                   &to->manifest);
    pv_buffer_release(&text);
    /* Scripts are named by their path beside the manifest. */
    const char *slash = strrchr(path, '/');
    if (!status && asprintf(&to->script_folder, "%.*s", slash ? (int)(slash - path) : 1,
                            slash ? path : ".") < 0) {
        to->script_folder = NULL;
        status = pv_fail(PV_ERROR_GENERIC, "no memory");
    }
    return status;
}

static pv_status read_progress(const char *word, pv_progress_mode *out)
{
    static const struct {
        const char *word;
        pv_progress_mode mode;
    } modes[] = {{"auto", PV_PROGRESS_AUTO},
                 {"plain", PV_PROGRESS_PLAIN},
                 {"json", PV_PROGRESS_JSON},
                 {"none", PV_PROGRESS_NONE}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(word, modes[i].word) == 0) {
            *out = modes[i].mode;
            return PV_OK;
        }
    }
    return pv_fail(PV_ERROR_ARGUMENT,
                   "--progress is '%.40s', but must be auto, plain, json or none", word);
}

static pv_status read_timeout(const char *word, long *out)
{
    char *end;
    errno = 0;
    *out = strtol(word, &end, 10);
    if (errno || end == word || *end || *out < 1 || *out > TIMEOUT_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--timeout is '%.40s', but must be 1 to %d seconds", word,
                       TIMEOUT_MAX);
    return PV_OK;
}

/* The rows that the ids name, or all of the profile. */
static pv_status choose_rows(invocation *to, char **ids, int id_count)
{
    size_t count;
    const pv_manifest_row *rows = pv_manifest_rows(to->manifest, &count);
    to->count = 0;
    to->rows = calloc(count + (size_t)id_count, sizeof *to->rows);
    if (!to->rows)
        return pv_fail(PV_ERROR_GENERIC, "no memory");
    for (size_t i = 0; id_count == 0 && i < count; i++) {
        if (pv_profile_has(to->profile, &rows[i]))
            to->rows[to->count++] = &rows[i];
    }
    for (int i = 0; i < id_count; i++) {
        const pv_manifest_row *row = pv_manifest_find(to->manifest, ids[i]);
        if (!row)
            return pv_fail(PV_ERROR_ARGUMENT,
                           "there is no model '%.64s'; 'privid models list' "
                           "shows them all",
                           ids[i]);
        bool known = false;
        for (size_t j = 0; j < to->count; j++)
            known |= to->rows[j] == row;
        if (!known)
            to->rows[to->count++] = row;
    }
    return PV_OK;
}

enum {
    OPTION_DIR = 1,
    OPTION_PROFILE,
    OPTION_MIRROR,
    OPTION_MANIFEST,
    OPTION_PROGRESS,
    OPTION_TIMEOUT,
    OPTION_JSON,
    OPTION_HELP
};

static const struct option options[] = {{"dir", required_argument, NULL, OPTION_DIR},
                                        {"profile", required_argument, NULL, OPTION_PROFILE},
                                        {"mirror", required_argument, NULL, OPTION_MIRROR},
                                        {"manifest", required_argument, NULL, OPTION_MANIFEST},
                                        {"progress", required_argument, NULL, OPTION_PROGRESS},
                                        {"timeout", required_argument, NULL, OPTION_TIMEOUT},
                                        {"json", no_argument, NULL, OPTION_JSON},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

/* Words as they were typed; everything is checked afterwards. */
typedef struct words {
    const char *directory, *profile, *mirror, *manifest;
    bool help;
} words;

static pv_status read_options(int argc, char **argv, words *typed, invocation *to)
{
    pv_status status = PV_OK;
    int option;
    optind = 1;
    opterr = 0;
    while (!status && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case OPTION_DIR: typed->directory = optarg; break;
        case OPTION_PROFILE: typed->profile = optarg; break;
        case OPTION_MIRROR: typed->mirror = optarg; break;
        case OPTION_MANIFEST: typed->manifest = optarg; break;
        case OPTION_PROGRESS: status = read_progress(optarg, &to->progress); break;
        case OPTION_TIMEOUT: status = read_timeout(optarg, &to->timeout); break;
        case OPTION_JSON: to->json = true; break;
        case OPTION_HELP:
        case 'h': typed->help = true; break;
        default:
            status = pv_fail(PV_ERROR_ARGUMENT, "%s is no option, or its value is missing",
                             argv[optind - 1]);
        }
    }
    return status;
}

static pv_status resolve(const words *typed, char **ids, int id_count, invocation *to)
{
    pv_status status;
    if (typed->directory && !*typed->directory)
        return pv_fail(PV_ERROR_ARGUMENT, "--dir is empty");
    if (typed->directory) {
        status = absolute(typed->directory, &to->directory);
    } else {
        char *standard;
        status = pv_model_default_directory(&standard);
        if (!status)
            status = absolute(standard, &to->directory);
        free(standard);
    }
    if (!status)
        status = pv_profile_resolve(typed->profile, &to->profile);
    to->mirror = typed->mirror ? typed->mirror : getenv("PRIVID_MODELS_MIRROR");
    if (to->mirror && !*to->mirror)
        to->mirror = NULL;
    if (!status && to->mirror)
        status = pv_fetch_check_mirror(to->mirror);
    if (!status)
        status =
            typed->manifest ? read_manifest(typed->manifest, to) : pv_manifest_open(&to->manifest);
    return status ? status : choose_rows(to, ids, id_count);
}

static pv_status inspect(const invocation *with, const pv_manifest_row *row, pv_file_state *state)
{
    char *path;
    if (asprintf(&path, "%s/%s", with->directory, row->file.name) < 0)
        return pv_fail(PV_ERROR_GENERIC, "no memory");
    pv_status status = pv_pinned_file_inspect(path, &row->file, state);
    free(path);
    return status;
}

static const char *state_name(pv_file_state state)
{
    return state == PV_FILE_PRESENT ? "present" : state == PV_FILE_MISSING ? "missing" : "damaged";
}

static int run_fetch(const invocation *with)
{
    pv_fetch_options fetch = {.directory = with->directory,
                              .mirror = with->mirror,
                              .script_folder = with->script_folder,
                              .progress = with->progress,
                              .timeout = with->timeout};
    return pv_fetch_rows(&fetch, with->rows, with->count);
}

static int run_verify(const invocation *with)
{
    size_t bad = 0;
    for (size_t i = 0; i < with->count; i++) {
        pv_file_state state;
        const pv_manifest_row *row = with->rows[i];
        if (inspect(with, row, &state)) {
            complain(0);
            bad++;
        } else if (state != PV_FILE_PRESENT) {
            fprintf(stderr, "%s: %s/%s is %s\n", row->id, with->directory, row->file.name,
                    state_name(state));
            bad++;
        }
    }
    if (bad == 0) {
        printf("%zu files in %s are as pinned\n", with->count, with->directory);
        return 0;
    }
    fprintf(stderr, "%zu of %zu files are missing or damaged; 'privid models fetch' brings them\n",
            bad, with->count);
    return 1;
}

static json_t *list_row(const pv_manifest_row *row, pv_file_state state)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:b, s:s, s:s, s:s*}", "id", row->id,
                     "role", row->role, "version", row->version, "file", row->file.name, "size",
                     (json_int_t)row->file.size, "sha256", row->file.sha256, "licence",
                     row->licence, "origin_documented", row->documented, "origin", row->origin,
                     "state", state_name(state), "card", row->card);
}

static int run_list(const invocation *with)
{
    json_t *list = with->json ? json_array() : NULL;
    if (!with->json)
        printf("%-20s %-24s %-9s %9s  %-11s %-10s %s\n", "id", "role", "version", "MB", "licence",
               "documented", "state");
    for (size_t i = 0; i < with->count; i++) {
        pv_file_state state;
        const pv_manifest_row *row = with->rows[i];
        if (inspect(with, row, &state)) {
            json_decref(list);
            return complain(1);
        }
        if (with->json && json_array_append_new(list, list_row(row, state)) != 0) {
            fputs("privid models: no memory\n", stderr);
            json_decref(list);
            return 1;
        }
        if (!with->json)
            printf("%-20s %-24s %-9s %9.1f  %-11.20s %-10s %s\n", row->id, row->role, row->version,
                   (double)row->file.size / 1e6, row->licence, row->documented ? "yes" : "no",
                   state_name(state));
    }
    if (with->json) {
        json_dumpf(list, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(list);
    }
    return 0;
}

/* The folder; with ids, the files, which must be there. */
static int run_path(const invocation *with, bool files)
{
    int exit_status = 0;
    if (!files) {
        puts(with->directory);
        return 0;
    }
    for (size_t i = 0; i < with->count; i++) {
        pv_file_state state;
        const pv_manifest_row *row = with->rows[i];
        if (inspect(with, row, &state)) {
            exit_status = complain(1);
        } else if (state != PV_FILE_PRESENT) {
            fprintf(stderr, "privid models: %s: %s/%s is %s\n", row->id, with->directory,
                    row->file.name, state_name(state));
            exit_status = 1;
        } else {
            printf("%s/%s\n", with->directory, row->file.name);
        }
    }
    return exit_status;
}

static int run_card(const invocation *with)
{
    int exit_status = 0;
    for (size_t i = 0; i < with->count; i++) {
        const pv_manifest_row *row = with->rows[i];
        const pv_embedded_file *card = row->card ? pv_fetch_embedded(row->card) : NULL;
        if (card) {
            fwrite(card->data, 1, card->size, stdout);
            if (i + 1 < with->count)
                putchar('\n');
        } else {
            fprintf(stderr, "privid models: %s has no card\n", row->id);
            exit_status = 1;
        }
    }
    return exit_status;
}

static int run(const invocation *with, bool ids)
{
    if (strcmp(with->command, "fetch") == 0)
        return run_fetch(with);
    if (strcmp(with->command, "verify") == 0)
        return run_verify(with);
    if (strcmp(with->command, "list") == 0)
        return run_list(with);
    if (strcmp(with->command, "path") == 0)
        return run_path(with, ids);
    if (strcmp(with->command, "card") == 0)
        return run_card(with);
    fprintf(stderr, "privid models: there is no command '%.40s'\n%s", with->command, usage);
    return EXIT_USAGE;
}

int privid_command_models(int argc, char **argv)
{
    words typed = {0};
    invocation with = {.progress = PV_PROGRESS_AUTO, .timeout = TIMEOUT_DEFAULT};
    int exit_status;
    if (read_options(argc, argv, &typed, &with))
        return complain(EXIT_USAGE);
    if (typed.help) {
        fputs(usage, stdout);
        return 0;
    }
    if (optind >= argc) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    with.command = argv[optind];
    char **ids = argv + optind + 1;
    int id_count = argc - optind - 1;
    pv_status status = resolve(&typed, ids, id_count, &with);
    if (status)
        exit_status = complain(status == PV_ERROR_ARGUMENT ? EXIT_USAGE : 1);
    else
        exit_status = run(&with, id_count > 0);
    if (fflush(stdout) != 0 && exit_status == 0)
        exit_status = 1;
    pv_manifest_close(with.manifest);
    free(with.rows);
    free(with.script_folder);
    free(with.directory);
    return exit_status;
}
