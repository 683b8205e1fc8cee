#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define COLLECTION_DEFAULT "FACE3_4"
#define COLLECTION_LENGTH_MAX 256
#define URL_LENGTH_MAX 2000
#define LOG_LEVEL_DEFAULT 1
#define EXTRA_MAX 16

const char pv_cli_options_help[] =
    "  --json                print the answer as it is, one line of JSON each\n"
    "  --set KEY=VALUE       set a configuration key (docs/configuration.md); may be repeated\n"
    "  --url BASE_URL        the server; enroll, predict and delete also take it from PRIVID_URL\n"
    "  --key KEY             its API key; also from PRIVID_API_KEY, which other users cannot see\n"
    "  --collection NAME     path of the collection on the server; also from PRIVID_COLLECTION\n"
    "                        (default FACE3_4)\n"
    "  --embedding-model ID  the embedding model of the collection\n"
    "  --models DIR          folder of the model files\n"
    "  --log-level N         0 errors, 1 warnings (default), 2 information, 3 debug\n"
    "  --help                this text\n";

enum {
    OPTION_JSON = 256,
    OPTION_SET,
    OPTION_URL,
    OPTION_KEY,
    OPTION_COLLECTION,
    OPTION_EMBEDDING_MODEL,
    OPTION_MODELS,
    OPTION_LOG_LEVEL,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"json", no_argument, NULL, OPTION_JSON},
    {"set", required_argument, NULL, OPTION_SET},
    {"url", required_argument, NULL, OPTION_URL},
    {"key", required_argument, NULL, OPTION_KEY},
    {"collection", required_argument, NULL, OPTION_COLLECTION},
    {"embedding-model", required_argument, NULL, OPTION_EMBEDDING_MODEL},
    {"models", required_argument, NULL, OPTION_MODELS},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static pv_status read_integer(const char *name, const char *text, long least, long most, int *out)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < least || number > most)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: \"%.40s\" is not a whole number in %ld..%ld", name,
                       text, least, most);
    *out = (int)number;
    return PV_OK;
}

/* A key of type text takes the value as it stands, unless it is written as a JSON string; any other
 * key takes it as JSON where it is that. What is left goes on as text: the library knows the types
 * and says what it wants. */
static json_t *read_value(const pv_config_row *row, const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    bool is_text = row && (row->type == PV_CONFIG_STRING || row->type == PV_CONFIG_ENUM);
    if (value && is_text && !json_is_string(value)) {
        json_decref(value);
        value = NULL;
    }
    return value ? value : json_string(text);
}

static pv_status read_setting(const char *text, json_t *configuration)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return pv_fail(PV_ERROR_ARGUMENT, "--set: \"%.80s\" is not KEY=VALUE", text);
    char *key = strndup(text, (size_t)(equals - text));
    if (!key)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    json_t *value = read_value(pv_config_row_find(key), equals + 1);
    /* Takes the value over, also on failure. */
    int result = json_object_set_new(configuration, key, value);
    free(key);
    if (result != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "--set: key or value is not UTF-8");
    return PV_OK;
}

static pv_status read_option(int option, const char *text, pv_cli_options *options)
{
    switch (option) {
    case OPTION_JSON: options->json = true; return PV_OK;
    case OPTION_SET: return read_setting(text, options->configuration);
    case OPTION_URL: options->url = text; return PV_OK;
    case OPTION_KEY: options->key = text; return PV_OK;
    case OPTION_COLLECTION: options->collection = text; return PV_OK;
    case OPTION_MODELS: options->models = text; return PV_OK;
    case OPTION_EMBEDDING_MODEL:
        return read_integer("--embedding-model", text, 0, 1000000, &options->embedding_model);
    case OPTION_LOG_LEVEL: return read_integer("--log-level", text, 0, 3, &options->log_level);
    default: options->help = true; return PV_OK;
    }
}

/* getopt's own messages would go out before ours and in another form. */
static pv_status describe_wrong_option(int result, char **argv)
{
    const char *text = argv[optind - 1];
    if (result == ':')
        return pv_fail(PV_ERROR_ARGUMENT, "%s needs a value", text);
    if (optopt > 0 && optopt < OPTION_JSON && strncmp(text, "--", 2) != 0)
        return pv_fail(PV_ERROR_ARGUMENT, "unknown option -%c", optopt);
    if (optopt > 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s takes no value", text);
    return pv_fail(PV_ERROR_ARGUMENT, "unknown or ambiguous option %s", text);
}

/* The name becomes part of a URL. */
static pv_status check_collection(const char *name)
{
    size_t length = strlen(name);
    size_t good = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");
    if (length == 0 || length > COLLECTION_LENGTH_MAX || good != length || name[0] == '.')
        return pv_fail(PV_ERROR_ARGUMENT,
                       "--collection: \"%.40s\" is not 1 to %d letters, digits, \"_\", \"-\" or "
                       "\".\" that begin with no \".\"",
                       name, COLLECTION_LENGTH_MAX);
    return PV_OK;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static void use_environment(bool online, pv_cli_options *options)
{
    if (!options->url && online)
        options->url = environment("PRIVID_URL");
    if (!options->key)
        options->key = environment("PRIVID_API_KEY");
    if (!options->key)
        options->key = "";
    if (!options->collection)
        options->collection = environment("PRIVID_COLLECTION");
    if (!options->collection)
        options->collection = COLLECTION_DEFAULT;
}

/* The table for getopt: the command's own options before those of all. */
static void join_options(const pv_cli_extra *extra, struct option *out)
{
    size_t count = 0;
    while (extra && count < EXTRA_MAX && extra->options[count].name) {
        out[count] = extra->options[count];
        count++;
    }
    memcpy(out + count, long_options, sizeof long_options);
}

pv_status pv_cli_options_read(int argc, char **argv, bool online, const pv_cli_extra *extra,
                              void *context, pv_cli_options *out)
{
    *out = (pv_cli_options){.embedding_model = -1, .log_level = LOG_LEVEL_DEFAULT, .key = NULL};
    out->configuration = json_object();
    if (!out->configuration)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    struct option table[EXTRA_MAX + sizeof long_options / sizeof long_options[0]];
    char letters[EXTRA_MAX * 2 + 2];
    join_options(extra, table);
    snprintf(letters, sizeof letters, ":%s", extra ? extra->letters : "");
    optind = 0;
    int option;
    while ((option = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        if (option == '?' || option == ':')
            return describe_wrong_option(option, argv);
        bool own = option < OPTION_JSON || option >= PV_CLI_EXTRA;
        pv_status status =
            own ? extra->read(option, optarg, context) : read_option(option, optarg, out);
        if (status != PV_OK)
            return status;
    }
    out->arguments = argv + optind;
    out->argument_count = argc - optind;
    use_environment(online, out);
    if (out->url && strlen(out->url) > URL_LENGTH_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--url: longer than %d bytes", URL_LENGTH_MAX);
    return check_collection(out->collection);
}

void pv_cli_options_release(pv_cli_options *options)
{
    json_decref(options->configuration);
    options->configuration = NULL;
}

static json_t *make_urls(const pv_cli_options *options)
{
    if (!options->url)
        return json_object();
    size_t length = strlen(options->url);
    while (length > 0 && options->url[length - 1] == '/')
        length--;
    int size = (int)length;
    const char *name = options->collection;
    return json_pack("{s:s%, s:o, s:o, s:o}", "base_url", options->url, (size_t)size, "predict",
                     json_sprintf("%.*s/%s/predict", size, options->url, name), "enroll",
                     json_sprintf("%.*s/%s/enroll", size, options->url, name), "deleteUser",
                     json_sprintf("%.*s/%s/deleteUser", size, options->url, name));
}

pv_status pv_cli_options_settings(const pv_cli_options *options, char **out)
{
    *out = NULL;
    json_t *collection = json_pack("{s:o}", "named_urls", make_urls(options));
    if (collection && options->embedding_model >= 0 &&
        json_object_set_new(collection, "embedding_model_id",
                            json_integer(options->embedding_model)) != 0) {
        json_decref(collection);
        collection = NULL;
    }
    json_t *settings = json_pack("{s:{s:o}, s:s}", "collections", "default", collection,
                                 "session_token", options->key);
    if (settings)
        *out = json_dumps(settings, JSON_COMPACT);
    json_decref(settings);
    if (!*out)
        return pv_fail(PV_ERROR_ARGUMENT, "--url, --key: not UTF-8, or out of memory");
    return PV_OK;
}
