#include "model/manifest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "model/embedded.h"

#define ROWS_MAX 256
#define TEXT_MAX 1000
#define FILE_SIZE_MAX ((json_int_t)4 << 30)
#define PROFILE_VARIABLE "PRIVID_MODELS_PROFILE"

struct pv_manifest {
    json_t *root; /* the strings of the rows live here */
    pv_manifest_row *rows;
    const char ***arguments; /* one list a row */
    size_t count;
};

/* Where a field is, for messages. */
typedef struct place {
    const char *manifest;
    const char *row;
} place;

static pv_status refuse(const place *where, const char *field, const char *what)
{
    return pv_fail(PV_ERROR_ARGUMENT, "%s: row '%s': '%s' %s", where->manifest, where->row, field,
                   what);
}

/* Texts go into messages and progress lines, so control characters are refused. */
static bool is_plain_text(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > TEXT_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 || byte == 0x7F)
            return false;
    }
    return true;
}

static pv_status read_text(const json_t *object, const char *field, const place *where,
                           const char **out)
{
    const char *text = json_string_value(json_object_get(object, field));
    if (!text || !is_plain_text(text))
        return refuse(where, field, "must be a text of 1 to 1000 characters in one line");
    *out = text;
    return PV_OK;
}

static pv_status read_object(const json_t *object, const char *field, const place *where,
                             const json_t **out)
{
    *out = json_object_get(object, field);
    if (!json_is_object(*out))
        return refuse(where, field, "must be an object");
    return PV_OK;
}

static pv_status check_identifier(const char *text, const char *field, const place *where)
{
    if (strlen(text) > 64 || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(text))
        return refuse(where, field, "must consist of lower-case letters, digits and underscores");
    return PV_OK;
}

/* A name without a folder that can neither hide nor be taken for an option. */
static pv_status check_file_name(const char *text, const char *field, const place *where)
{
    if (strlen(text) > 200 || strchr(text, '/') || text[0] == '.' || text[0] == '-')
        return refuse(where, field, "must be a file name without a folder");
    return PV_OK;
}

/* Names and versions become arguments of other programs. */
static pv_status check_package_word(const char *text, const char *field, const place *where)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._+!@/-";
    if (text[0] == '-' || strspn(text, allowed) != strlen(text))
        return refuse(where, field, "has a character that no package name or version has");
    return PV_OK;
}

/* A relative path that stays where it starts. */
static pv_status check_relative_path(const char *text, const char *field, const place *where)
{
    bool fine = text[0] != '/' && text[strlen(text) - 1] != '/';
    for (const char *part = text; fine && part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        fine = length > 0 && !(length == 1 && part[0] == '.') &&
               !(length == 2 && part[0] == '.' && part[1] == '.');
    }
    return fine ? PV_OK : refuse(where, field, "must be a path relative to its root, without '..'");
}

static pv_status read_pin(const json_t *object, const place *where, pv_pinned_file *out)
{
    const char *digest;
    pv_status status = read_text(object, "sha256", where, &digest);
    if (status)
        return status;
    if (strlen(digest) != 64 || strspn(digest, "0123456789abcdef") != 64)
        return refuse(where, "sha256", "must be 64 lower-case hexadecimal digits");
    const json_t *size = json_object_get(object, "size");
    if (!json_is_integer(size) || json_integer_value(size) < 1 ||
        json_integer_value(size) > FILE_SIZE_MAX)
        return refuse(where, "size", "must be a number of bytes from 1 to 4 GiB");
    out->sha256 = digest;
    out->size = (uint64_t)json_integer_value(size);
    return PV_OK;
}

static pv_status read_package(const json_t *row, const place *where, pv_manifest_row *out)
{
    const json_t *package;
    const char *registry;
    pv_status status;
    if ((status = read_object(row, "package", where, &package)) ||
        (status = read_text(package, "registry", where, &registry)) ||
        (status = read_text(package, "name", where, &out->package)) ||
        (status = check_package_word(out->package, "name", where)) ||
        (status = read_text(package, "version", where, &out->package_version)) ||
        (status = check_package_word(out->package_version, "version", where)) ||
        (status = read_text(package, "archive", where, &out->archive.name)) ||
        (status = check_file_name(out->archive.name, "archive", where)) ||
        (status = read_pin(package, where, &out->archive)))
        return status;
    if (strcmp(registry, "pypi") == 0)
        out->registry = PV_REGISTRY_PYPI;
    else if (strcmp(registry, "npm") == 0)
        out->registry = PV_REGISTRY_NPM;
    else
        return refuse(where, "registry", "must be pypi or npm");
    return PV_OK;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A further file of the archive, for rows that have one. */
static pv_status read_further(const json_t *row, const char *field, const place *where,
                              const char **path, pv_pinned_file *pin)
{
    const json_t *object;
    pv_status status;
    if (!json_object_get(row, field))
        return PV_OK;
    if ((status = read_object(row, field, where, &object)) ||
        (status = read_text(object, "path", where, path)) ||
        (status = check_relative_path(*path, "path", where)) ||
        (status = read_pin(object, where, pin)))
        return status;
    pin->name = last_part(*path);
    return PV_OK;
}

static pv_status read_source(const json_t *row, const place *where, pv_manifest_row *out)
{
    const json_t *source;
    pv_status status;
    if ((status = read_further(row, "container", where, &out->container_path, &out->container)) ||
        (status = read_further(row, "companion", where, &out->companion_path, &out->companion)) ||
        (status = read_text(row, "path", where, &out->member)) ||
        (status = check_relative_path(out->member, "path", where)) ||
        (status = read_object(row, "source", where, &source)) ||
        (status = read_pin(source, where, &out->source)))
        return status;
    out->source.name = last_part(out->member);
    return PV_OK;
}

/* Weights of our own: the file is what is committed, so it alone is pinned. */
static pv_status read_own(const json_t *row, const place *where, pv_manifest_row *out)
{
    static const char *const others[] = {"package", "container", "path", "source", "companion"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (json_object_get(row, others[i]))
            return refuse(where, others[i], "does not go with 'weights'");
    }
    pv_status status;
    if ((status = read_text(row, "weights", where, &out->weights)) ||
        (status = check_relative_path(out->weights, "weights", where)))
        return status;
    out->registry = PV_REGISTRY_OWN;
    return PV_OK;
}

static pv_status read_origin_of_bytes(const json_t *row, const place *where, pv_manifest_row *out)
{
    if (json_object_get(row, "weights"))
        return read_own(row, where, out);
    pv_status status = read_package(row, where, out);
    return status ? status : read_source(row, where, out);
}

static pv_status read_arguments(const json_t *prepared, const place *where, const char ***out)
{
    const json_t *list = json_object_get(prepared, "arguments");
    if (list && !json_is_array(list))
        return refuse(where, "arguments", "must be a list of texts");
    size_t count = json_array_size(list);
    const char **arguments = calloc(count + 1, sizeof *arguments);
    if (!arguments)
        return pv_fail(PV_ERROR_GENERIC, "no memory for the model manifest");
    *out = arguments;
    for (size_t i = 0; i < count; i++) {
        arguments[i] = json_string_value(json_array_get(list, i));
        if (!arguments[i])
            return refuse(where, "arguments", "must be a list of texts");
    }
    return PV_OK;
}

static pv_status read_prepared(const json_t *row, const place *where, const char ***arguments,
                               pv_manifest_row *out)
{
    const json_t *prepared;
    pv_status status;
    if ((status = read_object(row, "prepared", where, &prepared)) ||
        (status = read_text(prepared, "file", where, &out->file.name)) ||
        (status = check_file_name(out->file.name, "file", where)) ||
        (status = read_pin(prepared, where, &out->file)) ||
        (status = read_arguments(prepared, where, arguments)))
        return status;
    out->arguments = *arguments;
    if (out->registry == PV_REGISTRY_OWN) {
        if (json_object_get(prepared, "script"))
            return refuse(where, "script", "does not go with 'weights'");
    } else if (json_object_get(prepared, "script")) {
        if ((status = read_text(prepared, "script", where, &out->script)) ||
            (status = check_relative_path(out->script, "script", where)))
            return status;
    } else if (strcmp(out->file.sha256, out->source.sha256) != 0 ||
               out->file.size != out->source.size) {
        return refuse(where, "prepared", "differs from 'source', so it needs a 'script'");
    }
    if (out->companion_path && !out->script)
        return refuse(where, "companion", "needs a 'script'");
    return PV_OK;
}

static pv_status read_row(const json_t *row, place *where, const char ***arguments,
                          pv_manifest_row *out)
{
    pv_status status;
    if ((status = read_text(row, "id", where, &out->id)) ||
        (status = check_identifier(out->id, "id", where)))
        return status;
    where->row = out->id;
    if ((status = read_text(row, "role", where, &out->role)) ||
        (status = check_identifier(out->role, "role", where)) ||
        (status = read_text(row, "version", where, &out->version)) ||
        (status = read_text(row, "licence", where, &out->licence)) ||
        (status = read_text(row, "origin", where, &out->origin)) ||
        (status = read_origin_of_bytes(row, where, out)) ||
        (status = read_prepared(row, where, arguments, out)))
        return status;
    const json_t *documented = json_object_get(row, "origin_documented");
    if (!json_is_boolean(documented))
        return refuse(where, "origin_documented", "must be true or false");
    out->documented = json_is_true(documented);
    if (!json_is_array(json_object_get(row, "inputs")) ||
        !json_is_array(json_object_get(row, "outputs")))
        return refuse(where, "inputs", "and 'outputs' must be lists");
    if (json_object_get(row, "card")) {
        if ((status = read_text(row, "card", where, &out->card)) ||
            (status = check_relative_path(out->card, "card", where)))
            return status;
    }
    return PV_OK;
}

static pv_status check_unique(const pv_manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const pv_manifest_row *a = &manifest->rows[i], *b = &manifest->rows[j];
            if (strcmp(a->id, b->id) == 0 || strcmp(a->file.name, b->file.name) == 0)
                return pv_fail(PV_ERROR_ARGUMENT, "%s: rows '%s' and '%s' share an id or a file",
                               name, b->id, a->id);
        }
    }
    return PV_OK;
}

pv_status pv_manifest_parse(const void *text, size_t length, const char *name, pv_manifest **out)
{
    pv_status status = PV_OK;
    json_error_t error;
    pv_manifest *manifest = calloc(1, sizeof *manifest);
    *out = NULL;
    if (!manifest)
        return pv_fail(PV_ERROR_GENERIC, "no memory for the model manifest");
    manifest->root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!manifest->root) {
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: line %d, column %d: %s", name, error.line,
                         error.column, error.text);
        goto out;
    }
    const json_t *list = json_object_get(manifest->root, "models");
    size_t count = json_array_size(list);
    if (json_integer_value(json_object_get(manifest->root, "schema")) != 1 || count == 0 ||
        count > ROWS_MAX) {
        status = pv_fail(PV_ERROR_ARGUMENT, "%s: 'schema' must be 1 and 'models' a list of 1 to %d",
                         name, ROWS_MAX);
        goto out;
    }
    manifest->rows = calloc(count, sizeof *manifest->rows);
    manifest->arguments = calloc(count, sizeof *manifest->arguments);
    if (!manifest->rows || !manifest->arguments) {
        status = pv_fail(PV_ERROR_GENERIC, "no memory for the model manifest");
        goto out;
    }
    manifest->count = count;
    for (size_t i = 0; i < count; i++) {
        place where = {name, "?"};
        status =
            read_row(json_array_get(list, i), &where, &manifest->arguments[i], &manifest->rows[i]);
        if (status)
            goto out;
    }
    status = check_unique(manifest, name);
out:
    if (status)
        pv_manifest_close(manifest);
    else
        *out = manifest;
    return status;
}

pv_status pv_manifest_open(pv_manifest **out)
{
    return pv_manifest_parse(pv_embedded_manifest.data, pv_embedded_manifest.size,
                             pv_embedded_manifest.name, out);
}

void pv_manifest_close(pv_manifest *manifest)
{
    if (!manifest)
        return;
    for (size_t i = 0; manifest->arguments && i < manifest->count; i++)
        free(manifest->arguments[i]);
    free(manifest->arguments);
    free(manifest->rows);
    json_decref(manifest->root);
    free(manifest);
}

const pv_manifest_row *pv_manifest_rows(const pv_manifest *manifest, size_t *count)
{
    *count = manifest->count;
    return manifest->rows;
}

const pv_manifest_row *pv_manifest_find(const pv_manifest *manifest, const char *id)
{
    for (size_t i = 0; i < manifest->count; i++) {
        if (strcmp(manifest->rows[i].id, id) == 0)
            return &manifest->rows[i];
    }
    return NULL;
}

const char *pv_registry_name(pv_registry registry)
{
    return registry == PV_REGISTRY_OWN ? "privid" : registry == PV_REGISTRY_NPM ? "npm" : "pypi";
}

pv_status pv_profile_resolve(const char *name, const char **out)
{
    const char *source = "profile";
    if (!name || !*name) {
        name = getenv(PROFILE_VARIABLE);
        source = PROFILE_VARIABLE;
    }
    if (!name || !*name || strcmp(name, PV_PROFILE_FULL) == 0)
        *out = PV_PROFILE_FULL;
    else if (strcmp(name, PV_PROFILE_DOCUMENTED) == 0)
        *out = PV_PROFILE_DOCUMENTED;
    else
        return pv_fail(PV_ERROR_ARGUMENT, "%s is '%.40s', but must be full or documented", source,
                       name);
    return PV_OK;
}

bool pv_profile_has(const char *profile, const pv_manifest_row *row)
{
    return row->documented || strcmp(profile, PV_PROFILE_DOCUMENTED) != 0;
}
