#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "server/policy.h"
#include "server/pool.h"

#define THREADS_DEFAULT 8
#define THREADS_MAX 256

const char pv_options_usage[] =
    "usage:\n"
    "  privid-server --data DIR --listen ADDRESS [options]\n"
    "  privid-server key create --data DIR [--name TEXT]\n"
    "  privid-server key list --data DIR\n"
    "  privid-server key revoke --data DIR (PREFIX | --name TEXT)\n"
    "  privid-server collection create --data DIR NAME --embedding-model NUMBER\n"
    "  privid-server collection list --data DIR\n"
    "\n"
    "options of the server:\n"
    "  --data DIR             where everything is kept; made (mode 0700) if it is not there\n"
    "  --listen ADDRESS       host:port, [v6]:port or :port (every interface); port 0: a free one\n"
    "  --port-file FILE       write the port number there when ready\n"
    "  --tls-certificate FILE serve HTTPS with this PEM certificate chain\n"
    "  --tls-key FILE         and this PEM key\n"
    "  --threads NUMBER       threads that answer requests, 1..256 (default 8)\n"
    "  --scan-threads NUMBER  threads that search a large collection together, 1..16\n"
    "                         (default: one for each processor)\n"
    "  --max-fpir RATE        how often at most a stranger is taken for somebody, 1e-9..1\n"
    "                         (default 0.01)\n"
    "  --keep-images          store the images that clients send (default: drop them)\n"
    "  --log-level LEVEL      0 errors, 1 warnings, 2 information, 3 every request (default 1)\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 done, 1 failed, 2 wrong usage\n";

enum {
    OPTION_DATA = 256,
    OPTION_LISTEN,
    OPTION_PORT_FILE,
    OPTION_TLS_CERTIFICATE,
    OPTION_TLS_KEY,
    OPTION_THREADS,
    OPTION_SCAN_THREADS,
    OPTION_MAX_FPIR,
    OPTION_KEEP_IMAGES,
    OPTION_LOG_LEVEL,
    OPTION_NAME,
    OPTION_EMBEDDING_MODEL,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"port-file", required_argument, NULL, OPTION_PORT_FILE},
    {"tls-certificate", required_argument, NULL, OPTION_TLS_CERTIFICATE},
    {"tls-key", required_argument, NULL, OPTION_TLS_KEY},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"scan-threads", required_argument, NULL, OPTION_SCAN_THREADS},
    {"max-fpir", required_argument, NULL, OPTION_MAX_FPIR},
    {"keep-images", no_argument, NULL, OPTION_KEEP_IMAGES},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"name", required_argument, NULL, OPTION_NAME},
    {"embedding-model", required_argument, NULL, OPTION_EMBEDDING_MODEL},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static pv_status read_integer(const char *name, const char *text, long least, long most,
                              long *value)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < least || number > most)
        return pv_fail(PV_ERROR_ARGUMENT, "--%s: \"%.40s\" is not a whole number in %ld..%ld", name,
                       text, least, most);
    *value = number;
    return PV_OK;
}

static pv_status read_rate(const char *text, double *value)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' ||
        !(number >= PV_POLICY_FPIR_MIN && number <= PV_POLICY_FPIR_MAX))
        return pv_fail(PV_ERROR_ARGUMENT, "--max-fpir: \"%.40s\" is not a number in %g..%g", text,
                       PV_POLICY_FPIR_MIN, PV_POLICY_FPIR_MAX);
    *value = number;
    return PV_OK;
}

static pv_status read_number_option(int option, const char *text, pv_options *options)
{
    long number = 0;
    pv_status status;
    switch (option) {
    case OPTION_THREADS:
        status = read_integer("threads", text, 1, THREADS_MAX, &number);
        options->threads = (unsigned)number;
        return status;
    case OPTION_SCAN_THREADS:
        status = read_integer("scan-threads", text, 1, PV_POOL_MEMBERS_MAX, &number);
        options->scan_threads = (unsigned)number;
        return status;
    case OPTION_LOG_LEVEL:
        status = read_integer("log-level", text, PV_LOG_ERROR, PV_LOG_DEBUG, &number);
        options->log_level = (int)number;
        return status;
    case OPTION_EMBEDDING_MODEL:
        status = read_integer("embedding-model", text, 1, 1000000, &number);
        options->embedding_model = (int)number;
        return status;
    default: return read_rate(text, &options->max_fpir);
    }
}

static pv_status read_option(int option, const char *text, pv_options *options)
{
    switch (option) {
    case OPTION_DATA: options->data = text; break;
    case OPTION_LISTEN: options->listen = text; break;
    case OPTION_PORT_FILE: options->port_file = text; break;
    case OPTION_TLS_CERTIFICATE: options->tls_certificate = text; break;
    case OPTION_TLS_KEY: options->tls_key = text; break;
    case OPTION_NAME: options->name = text; break;
    case OPTION_KEEP_IMAGES: options->keep_images = true; break;
    case OPTION_HELP: options->command = PV_COMMAND_HELP; break;
    case OPTION_VERSION: options->command = PV_COMMAND_VERSION; break;
    default: return read_number_option(option, text, options);
    }
    return PV_OK;
}

/* The words that choose a command, and whether it takes an operand. */
static const struct {
    const char *noun;
    const char *verb;
    pv_command command;
    bool operand;
} commands[] = {
    {"key", "create", PV_COMMAND_KEY_CREATE, false},
    {"key", "list", PV_COMMAND_KEY_LIST, false},
    {"key", "revoke", PV_COMMAND_KEY_REVOKE, true},
    {"collection", "create", PV_COMMAND_COLLECTION_CREATE, true},
    {"collection", "list", PV_COMMAND_COLLECTION_LIST, false},
};

static pv_status read_words(int count, char **words, pv_options *options)
{
    if (count == 0)
        return PV_OK;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].noun) != 0 || count < 2 ||
            strcmp(words[1], commands[i].verb) != 0)
            continue;
        options->command = commands[i].command;
        if (count > 2 && !commands[i].operand)
            return pv_fail(PV_ERROR_ARGUMENT, "%.100s: one argument too many", words[2]);
        if (count > 3)
            return pv_fail(PV_ERROR_ARGUMENT, "%.100s: one argument too many", words[3]);
        options->operand = count > 2 ? words[2] : NULL;
        return PV_OK;
    }
    return pv_fail(PV_ERROR_ARGUMENT, "%.100s%s%.100s: no such command", words[0],
                   count > 1 ? " " : "", count > 1 ? words[1] : "");
}

static pv_status check(const pv_options *options)
{
    if (!options->data || !*options->data)
        return pv_fail(PV_ERROR_ARGUMENT, "--data: missing");
    switch (options->command) {
    case PV_COMMAND_SERVE:
        if (!options->listen)
            return pv_fail(PV_ERROR_ARGUMENT, "--listen: missing");
        if (!options->tls_certificate != !options->tls_key)
            return pv_fail(PV_ERROR_ARGUMENT, "--tls-certificate and --tls-key go together");
        break;
    case PV_COMMAND_KEY_REVOKE:
        if (!options->operand == !options->name || (options->operand && !*options->operand) ||
            (options->name && !*options->name))
            return pv_fail(PV_ERROR_ARGUMENT, "key revoke: a key's prefix or --name is needed");
        break;
    case PV_COMMAND_COLLECTION_CREATE:
        if (!options->operand)
            return pv_fail(PV_ERROR_ARGUMENT, "collection create: a name is needed");
        if (options->embedding_model == 0)
            return pv_fail(PV_ERROR_ARGUMENT, "--embedding-model: missing");
        break;
    default: break;
    }
    return PV_OK;
}

pv_status pv_options_parse(int argc, char **argv, pv_options *options)
{
    *options = (pv_options){.command = PV_COMMAND_SERVE,
                            .threads = THREADS_DEFAULT,
                            .max_fpir = PV_POLICY_FPIR_DEFAULT,
                            .log_level = PV_LOG_WARNING};
    optind = 0; /* so that it can be called again */
    opterr = 0;
    int option;
    while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        if (option == ':')
            return pv_fail(PV_ERROR_ARGUMENT, "%s: a value is needed", argv[optind - 1]);
        if (option == '?')
            return pv_fail(PV_ERROR_ARGUMENT, "%s: no such option", argv[optind - 1]);
        pv_status status = read_option(option, optarg, options);
        if (status != PV_OK)
            return status;
        if (options->command != PV_COMMAND_SERVE)
            return PV_OK; /* --help and --version win over everything */
    }
    pv_status status = read_words(argc - optind, argv + optind, options);
    return status == PV_OK ? check(options) : status;
}
