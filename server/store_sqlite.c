#include "server/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/matching.h"
#include "server/database.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "templates are stored as little-endian floats"
#endif

/* How far the squared length of a stored template may be from 1 before it counts as damaged. */
#define LENGTH_TOLERANCE 1e-3

/* Reading does not wait for a commit that another thread is making. */
typedef struct sqlite_store {
    pv_store base;
    pv_database reader;
    pv_database writer;
} sqlite_store;

enum statement_id {
    LIST_COLLECTIONS,
    FIND_COLLECTION,
    CREATE_COLLECTION,
    LOAD,
    ADD_PERSON,
    FIND_PERSON,
    ADD_TEMPLATE,
    ADD_IMAGE,
    COUNT_TEMPLATES,
    DELETE_PERSON,
    CREATE_KEY,
    LIST_KEYS,
    COUNT_KEYS,
    REVOKE_KEY,
    CHECK_KEY,
    STATEMENT_COUNT
};
_Static_assert((int)STATEMENT_COUNT <= PV_DATABASE_STATEMENTS, "more room for statements");

static const char *const statement_text[STATEMENT_COUNT] = {
    [LIST_COLLECTIONS] = "SELECT id, name, embedding_model FROM collection ORDER BY name",
    [FIND_COLLECTION] = "SELECT id, name, embedding_model FROM collection WHERE name = ?1",
    [CREATE_COLLECTION] = "INSERT INTO collection (name, embedding_model, created_at)"
                          " VALUES (?1, ?2, unixepoch()) ON CONFLICT (name) DO NOTHING",
    [LOAD] = "SELECT p.puid, p.guid, t.embedding FROM person AS p"
             " JOIN template AS t ON t.person_id = p.id"
             " WHERE p.collection_id = ?1 ORDER BY p.id, t.id",
    [ADD_PERSON] = "INSERT INTO person (collection_id, puid, guid, created_at)"
                   " VALUES (?1, ?2, ?3, unixepoch())",
    [FIND_PERSON] = "SELECT id FROM person WHERE collection_id = ?1 AND puid = ?2",
    [ADD_TEMPLATE] = "INSERT INTO template (person_id, embedding, identifier, created_at)"
                     " VALUES (?1, ?2, ?3, unixepoch())",
    [ADD_IMAGE] = "INSERT INTO image (template_id, png) VALUES (?1, ?2)",
    [COUNT_TEMPLATES] = "SELECT count(*) FROM template WHERE person_id = ?1",
    [DELETE_PERSON] = "DELETE FROM person WHERE id = ?1",
    [CREATE_KEY] = "INSERT INTO api_key (hash, prefix, name, created_at)"
                   " VALUES (?1, ?2, ?3, unixepoch())",
    [LIST_KEYS] = "SELECT hash, prefix, name, created_at, coalesce(revoked_at, 0) FROM api_key"
                  " ORDER BY id",
    [COUNT_KEYS] = "SELECT count(*) FROM api_key"
                   " WHERE (prefix = ?1 OR name = ?1) AND revoked_at IS NULL",
    [REVOKE_KEY] = "UPDATE api_key SET revoked_at = unixepoch()"
                   " WHERE (prefix = ?1 OR name = ?1) AND revoked_at IS NULL",
    [CHECK_KEY] = "SELECT 1 FROM api_key WHERE hash = ?1 AND revoked_at IS NULL",
};

static pv_status prepare(pv_database *database, enum statement_id id, sqlite3_stmt **statement)
{
    return pv_database_statement(database, (int)id, statement_text[id], statement);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

/* Runs a statement that answers no row. A value that could not be bound makes a NOT NULL fail. */
static pv_status run(pv_database *database, sqlite3_stmt *statement, const char *doing)
{
    int code = sqlite3_step(statement);
    pv_status status = code == SQLITE_DONE ? PV_OK : pv_database_fail(database, doing);
    sqlite3_reset(statement);
    return status;
}

/* found is false, and number left alone, when there is no row. */
static pv_status read_one(pv_database *database, sqlite3_stmt *statement, int64_t *number,
                          bool *found)
{
    int code = sqlite3_step(statement);
    *found = code == SQLITE_ROW;
    if (*found)
        *number = sqlite3_column_int64(statement, 0);
    pv_status status = code == SQLITE_ROW || code == SQLITE_DONE
                           ? PV_OK
                           : pv_database_fail(database, "cannot be read");
    sqlite3_reset(statement);
    return status;
}

static pv_status copy_text(sqlite3_stmt *statement, int column, const char *path, char *text,
                           size_t size)
{
    const char *value = (const char *)sqlite3_column_text(statement, column);
    size_t length = value ? strlen(value) : size;
    if (length >= size)
        return pv_fail(PV_ERROR_GENERIC, "%s is damaged: a text of column %s is too long", path,
                       sqlite3_column_name(statement, column));
    memcpy(text, value, length + 1);
    return PV_OK;
}

static pv_status read_collection(pv_database *database, sqlite3_stmt *statement,
                                 pv_collection_record *record)
{
    *record = (pv_collection_record){.id = sqlite3_column_int64(statement, 0),
                                     .embedding_model = sqlite3_column_int(statement, 2)};
    return copy_text(statement, 1, database->path, record->name, sizeof record->name);
}

static pv_status list_collections(pv_store *store, pv_store_collection_visit visit, void *user)
{
    pv_database *database = &((sqlite_store *)store)->reader;
    sqlite3_stmt *statement;
    int code = SQLITE_DONE;
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, LIST_COLLECTIONS, &statement);
    while (status == PV_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        pv_collection_record record;
        status = read_collection(database, statement, &record);
        if (status == PV_OK)
            status = visit(user, &record);
    }
    if (status == PV_OK && code != SQLITE_DONE)
        status = pv_database_fail(database, "collections cannot be read");
    sqlite3_reset(database->statements[LIST_COLLECTIONS]);
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status find_collection(pv_store *store, const char *name, pv_collection_record *record,
                                 bool *found)
{
    pv_database *database = &((sqlite_store *)store)->reader;
    sqlite3_stmt *statement;
    *found = false;
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, FIND_COLLECTION, &statement);
    if (status == PV_OK) {
        bind_text(statement, 1, name);
        int code = sqlite3_step(statement);
        *found = code == SQLITE_ROW;
        if (*found)
            status = read_collection(database, statement, record);
        else if (code != SQLITE_DONE)
            status = pv_database_fail(database, "collections cannot be read");
        sqlite3_reset(statement);
    }
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status create_collection(pv_store *store, const char *name, int embedding_model)
{
    pv_database *database = &((sqlite_store *)store)->writer;
    sqlite3_stmt *statement;
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, CREATE_COLLECTION, &statement);
    if (status == PV_OK) {
        bind_text(statement, 1, name);
        sqlite3_bind_int(statement, 2, embedding_model);
        status = run(database, statement, "collection cannot be made");
    }
    if (status == PV_OK && sqlite3_changes(database->handle) == 0)
        status = pv_fail(PV_ERROR_ARGUMENT, "collection %s exists already", name);
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status check_vector(const char *path, const char *puid, const float *vector, int bytes,
                              const pv_embedding_model *model)
{
    double length = 0.0;
    if (!vector || bytes < 0 || (size_t)bytes != model->dimension * sizeof *vector)
        return pv_fail(PV_ERROR_GENERIC,
                       "%s is damaged: a template of person %s has %d bytes, not %zu", path, puid,
                       bytes, model->dimension * sizeof *vector);
    for (size_t i = 0; i < model->dimension; i++)
        length += (double)vector[i] * (double)vector[i];
    if (!(fabs(length - 1.0) <= LENGTH_TOLERANCE))
        return pv_fail(PV_ERROR_GENERIC,
                       "%s is damaged: a template of person %s is not of unit length", path, puid);
    return PV_OK;
}

static pv_status load_row(pv_database *database, sqlite3_stmt *statement,
                          const pv_embedding_model *model, pv_store_template_visit visit,
                          void *user)
{
    char puid[PV_ID_SIZE];
    char guid[PV_ID_SIZE];
    float vector[PV_EMBEDDING_DIMENSION_MAX];
    pv_status status = copy_text(statement, 0, database->path, puid, sizeof puid);
    if (status == PV_OK)
        status = copy_text(statement, 1, database->path, guid, sizeof guid);
    if (status != PV_OK)
        return status;
    const void *blob = sqlite3_column_blob(statement, 2);
    int bytes = sqlite3_column_bytes(statement, 2);
    if (blob && bytes > 0 && (size_t)bytes <= sizeof vector)
        memcpy(vector, blob, (size_t)bytes);
    else
        blob = NULL;
    status = check_vector(database->path, puid, blob ? vector : NULL, bytes, model);
    return status == PV_OK ? visit(user, puid, guid, vector) : status;
}

static pv_status load(pv_store *store, const pv_collection_record *collection,
                      pv_store_template_visit visit, void *user)
{
    pv_database *database = &((sqlite_store *)store)->reader;
    const pv_embedding_model *model = pv_embedding_model_find(collection->embedding_model);
    sqlite3_stmt *statement;
    int code = SQLITE_DONE;
    if (!model)
        return pv_fail(PV_ERROR_GENERIC, "%s: collection %s is of unknown embedding model %d",
                       database->path, collection->name, collection->embedding_model);
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, LOAD, &statement);
    if (status == PV_OK)
        sqlite3_bind_int64(statement, 1, collection->id);
    while (status == PV_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        status = load_row(database, statement, model, visit, user);
    if (status == PV_OK && code != SQLITE_DONE)
        status = pv_database_fail(database, "templates cannot be read");
    sqlite3_reset(database->statements[LOAD]);
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status insert_template(pv_database *database, int64_t person, const pv_template *sample)
{
    sqlite3_stmt *statement;
    pv_status status = prepare(database, ADD_TEMPLATE, &statement);
    if (status != PV_OK)
        return status;
    sqlite3_bind_int64(statement, 1, person);
    sqlite3_bind_blob(statement, 2, sample->vector,
                      (int)(sample->dimension * sizeof *sample->vector), SQLITE_STATIC);
    bind_text(statement, 3, sample->identifier);
    status = run(database, statement, "template cannot be written");
    if (status != PV_OK || !sample->image)
        return status;
    int64_t id = sqlite3_last_insert_rowid(database->handle);
    status = prepare(database, ADD_IMAGE, &statement);
    if (status != PV_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_blob64(statement, 2, sample->image, sample->image_size, SQLITE_STATIC);
    return run(database, statement, "image cannot be written");
}

static pv_status insert_person(pv_database *database, int64_t collection, const char *puid,
                               const char *guid, const pv_template *sample)
{
    sqlite3_stmt *statement;
    pv_status status = prepare(database, ADD_PERSON, &statement);
    if (status != PV_OK)
        return status;
    sqlite3_bind_int64(statement, 1, collection);
    bind_text(statement, 2, puid);
    bind_text(statement, 3, guid);
    status = run(database, statement, "person cannot be written");
    if (status != PV_OK)
        return status;
    return insert_template(database, sqlite3_last_insert_rowid(database->handle), sample);
}

static pv_status add_person(pv_store *store, int64_t collection, const char *puid, const char *guid,
                            const pv_template *sample)
{
    pv_database *database = &((sqlite_store *)store)->writer;
    pthread_mutex_lock(&database->lock);
    pv_status status = pv_database_begin(database);
    if (status == PV_OK)
        status = pv_database_end(database, insert_person(database, collection, puid, guid, sample));
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status find_person(pv_database *database, int64_t collection, const char *puid,
                             int64_t *person, bool *found)
{
    sqlite3_stmt *statement;
    pv_status status = prepare(database, FIND_PERSON, &statement);
    if (status != PV_OK)
        return status;
    sqlite3_bind_int64(statement, 1, collection);
    bind_text(statement, 2, puid);
    return read_one(database, statement, person, found);
}

static pv_status add_template_to(pv_database *database, int64_t collection, const char *puid,
                                 const pv_template *sample)
{
    int64_t person = 0;
    bool found = false;
    pv_status status = find_person(database, collection, puid, &person, &found);
    if (status == PV_OK && !found)
        return pv_fail(PV_ERROR_GENERIC, "%s: person %s is not there", database->path, puid);
    return status == PV_OK ? insert_template(database, person, sample) : status;
}

static pv_status add_template(pv_store *store, int64_t collection, const char *puid,
                              const pv_template *sample)
{
    pv_database *database = &((sqlite_store *)store)->writer;
    pthread_mutex_lock(&database->lock);
    pv_status status = pv_database_begin(database);
    if (status == PV_OK)
        status = pv_database_end(database, add_template_to(database, collection, puid, sample));
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status delete_from(pv_database *database, int64_t collection, const char *puid,
                             size_t *removed)
{
    sqlite3_stmt *statement;
    int64_t person = 0;
    int64_t count = 0;
    bool found = false;
    pv_status status = find_person(database, collection, puid, &person, &found);
    if (status != PV_OK || !found)
        return status;
    status = prepare(database, COUNT_TEMPLATES, &statement);
    if (status != PV_OK)
        return status;
    sqlite3_bind_int64(statement, 1, person);
    status = read_one(database, statement, &count, &found);
    if (status == PV_OK)
        status = prepare(database, DELETE_PERSON, &statement);
    if (status != PV_OK)
        return status;
    sqlite3_bind_int64(statement, 1, person);
    *removed = (size_t)count;
    return run(database, statement, "person cannot be deleted");
}

static pv_status delete_person(pv_store *store, int64_t collection, const char *puid,
                               size_t *removed)
{
    pv_database *database = &((sqlite_store *)store)->writer;
    *removed = 0;
    pthread_mutex_lock(&database->lock);
    pv_status status = pv_database_begin(database);
    if (status == PV_OK)
        status = pv_database_end(database, delete_from(database, collection, puid, removed));
    pthread_mutex_unlock(&database->lock);
    if (status != PV_OK)
        *removed = 0;
    return status;
}

static pv_status create_key(pv_store *store, const pv_key_record *record)
{
    pv_database *database = &((sqlite_store *)store)->writer;
    sqlite3_stmt *statement;
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, CREATE_KEY, &statement);
    if (status == PV_OK) {
        bind_text(statement, 1, record->hash);
        bind_text(statement, 2, record->prefix);
        bind_text(statement, 3, record->name);
        status = run(database, statement, "key cannot be written");
    }
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status read_key(pv_database *database, sqlite3_stmt *statement, pv_key_record *record)
{
    *record = (pv_key_record){.created_at = sqlite3_column_int64(statement, 3),
                              .revoked_at = sqlite3_column_int64(statement, 4)};
    pv_status status = copy_text(statement, 0, database->path, record->hash, sizeof record->hash);
    if (status == PV_OK)
        status = copy_text(statement, 1, database->path, record->prefix, sizeof record->prefix);
    if (status == PV_OK)
        status = copy_text(statement, 2, database->path, record->name, sizeof record->name);
    return status;
}

static pv_status list_keys(pv_store *store, pv_store_key_visit visit, void *user)
{
    pv_database *database = &((sqlite_store *)store)->reader;
    sqlite3_stmt *statement;
    int code = SQLITE_DONE;
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, LIST_KEYS, &statement);
    while (status == PV_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        pv_key_record record;
        status = read_key(database, statement, &record);
        if (status == PV_OK)
            status = visit(user, &record);
    }
    if (status == PV_OK && code != SQLITE_DONE)
        status = pv_database_fail(database, "keys cannot be read");
    sqlite3_reset(database->statements[LIST_KEYS]);
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status revoke_one(pv_database *database, const char *text, size_t *matches)
{
    sqlite3_stmt *statement;
    int64_t count = 0;
    bool found = false;
    pv_status status = prepare(database, COUNT_KEYS, &statement);
    if (status != PV_OK)
        return status;
    bind_text(statement, 1, text);
    status = read_one(database, statement, &count, &found);
    *matches = (size_t)count;
    if (status != PV_OK || count != 1)
        return status;
    status = prepare(database, REVOKE_KEY, &statement);
    if (status != PV_OK)
        return status;
    bind_text(statement, 1, text);
    return run(database, statement, "key cannot be revoked");
}

static pv_status revoke_key(pv_store *store, const char *text, size_t *matches)
{
    pv_database *database = &((sqlite_store *)store)->writer;
    *matches = 0;
    pthread_mutex_lock(&database->lock);
    pv_status status = pv_database_begin(database);
    if (status == PV_OK)
        status = pv_database_end(database, revoke_one(database, text, matches));
    pthread_mutex_unlock(&database->lock);
    return status;
}

static pv_status check_key(pv_store *store, const char *hash, bool *valid)
{
    pv_database *database = &((sqlite_store *)store)->reader;
    sqlite3_stmt *statement;
    int64_t one = 0;
    *valid = false;
    pthread_mutex_lock(&database->lock);
    pv_status status = prepare(database, CHECK_KEY, &statement);
    if (status == PV_OK) {
        bind_text(statement, 1, hash);
        status = read_one(database, statement, &one, valid);
    }
    pthread_mutex_unlock(&database->lock);
    return status;
}

static void close_store(pv_store *store)
{
    sqlite_store *self = (sqlite_store *)store;
    pv_database_close(&self->reader);
    pv_database_close(&self->writer);
    free(self);
}

static const pv_store_driver driver = {
    .name = "sqlite",
    .close = close_store,
    .list_collections = list_collections,
    .find_collection = find_collection,
    .create_collection = create_collection,
    .load = load,
    .add_person = add_person,
    .add_template = add_template,
    .delete_person = delete_person,
    .create_key = create_key,
    .list_keys = list_keys,
    .revoke_key = revoke_key,
    .check_key = check_key,
};

pv_status pv_store_open_sqlite(const char *directory, bool verify, pv_store **out)
{
    char *path = NULL;
    sqlite_store *store = calloc(1, sizeof *store);
    if (!store)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    store->base.driver = &driver;
    pv_status status = pv_database_prepare(directory, &path);
    if (status != PV_OK)
        goto out;
    status = pv_database_open(path, verify, &store->writer);
    if (status != PV_OK)
        goto out;
    status = pv_database_open(path, false, &store->reader);
    if (status != PV_OK)
        pv_database_close(&store->writer);
out:
    free(path);
    if (status != PV_OK)
        free(store);
    else
        *out = &store->base;
    return status;
}
