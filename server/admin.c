#include "server/admin.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <time.h>

#include "base/matching.h"
#include "server/identity.h"
#include "server/routes.h"

static pv_status create_key(pv_store *store, const pv_options *options)
{
    char key[PV_KEY_SIZE];
    pv_key_record record;
    pv_status status = pv_identity_key(options->name ? options->name : "", key, &record);
    if (status == PV_OK)
        status = store->driver->create_key(store, &record);
    if (status == PV_OK) {
        printf("%s\n", key);
        fputs("This key is shown only now: the server keeps no more than its hash.\n", stderr);
    }
    OPENSSL_cleanse(key, sizeof key);
    return status;
}

static void write_time(int64_t seconds, char *text, size_t size)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    if (!gmtime_r(&when, &parts) || strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(text, size, "%lld", (long long)seconds);
}

static pv_status print_key(void *user, const pv_key_record *record)
{
    (void)user;
    char created[32];
    char revoked[32];
    write_time(record->created_at, created, sizeof created);
    write_time(record->revoked_at, revoked, sizeof revoked);
    printf("%-11s  %s  %-8s %s%s%s\n", record->prefix, created,
           record->revoked_at ? "revoked" : "in force", record->revoked_at ? revoked : "",
           record->revoked_at ? "  " : "", record->name);
    return PV_OK;
}

static pv_status revoke_key(pv_store *store, const pv_options *options)
{
    const char *text = options->operand ? options->operand : options->name;
    size_t matches = 0;
    pv_status status = store->driver->revoke_key(store, text, &matches);
    if (status != PV_OK)
        return status;
    if (matches == 0)
        return pv_fail(PV_ERROR_ARGUMENT, "no key in force has the prefix or name %s", text);
    if (matches > 1)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%zu keys in force are called %s: name one by its prefix (key list)",
                       matches, text);
    printf("revoked %s\n", text);
    return PV_OK;
}

static pv_status create_collection(pv_store *store, const pv_options *options)
{
    char known[64];
    if (!pv_routes_collection_name(options->operand))
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%.100s: a collection's name is 1 to 64 letters, digits, '_', '-', '.', and "
                       "none of v1, healthz, metrics",
                       options->operand);
    if (!pv_embedding_model_find(options->embedding_model)) {
        pv_embedding_model_list(known, sizeof known);
        return pv_fail(PV_ERROR_ARGUMENT, "--embedding-model: %d is unknown; there are %s",
                       options->embedding_model, known);
    }
    pv_status status =
        store->driver->create_collection(store, options->operand, options->embedding_model);
    if (status == PV_OK)
        printf("created %s\n", options->operand);
    return status;
}

static pv_status print_collection(void *user, const pv_collection_record *record)
{
    (void)user;
    printf("%s  embedding model %d\n", record->name, record->embedding_model);
    return PV_OK;
}

static pv_status run(pv_store *store, const pv_options *options)
{
    switch (options->command) {
    case PV_COMMAND_KEY_CREATE: return create_key(store, options);
    case PV_COMMAND_KEY_LIST: return store->driver->list_keys(store, print_key, NULL);
    case PV_COMMAND_KEY_REVOKE: return revoke_key(store, options);
    case PV_COMMAND_COLLECTION_CREATE: return create_collection(store, options);
    default: return store->driver->list_collections(store, print_collection, NULL);
    }
}

int pv_admin_run(const pv_options *options)
{
    pv_store *store = NULL;
    pv_status status = pv_store_open_sqlite(options->data, false, &store);
    if (status == PV_OK) {
        status = run(store, options);
        store->driver->close(store);
    }
    if (fflush(stdout) != 0 && status == PV_OK)
        status = pv_fail(PV_ERROR_GENERIC, "standard output cannot be written");
    if (status != PV_OK)
        fprintf(stderr, "privid-server: %s\n", pv_error_message());
    return status == PV_OK ? PV_EXIT_OK : PV_EXIT_FAILURE;
}
