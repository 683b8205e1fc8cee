#include "server/database.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define DATABASE_NAME "privid.db"
#define APPLICATION_ID 1886549604 /* "prvd" */
#define SCHEMA_VERSION 1
#define BUSY_TIMEOUT_MS 10000

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

static const char schema[] = "PRAGMA application_id = " TEXT(
    APPLICATION_ID) ";"
                    "PRAGMA user_version = " TEXT(
                        SCHEMA_VERSION) ";"
                                        "CREATE TABLE collection ("
                                        "  id INTEGER PRIMARY KEY,"
                                        "  name TEXT NOT NULL UNIQUE,"
                                        "  embedding_model INTEGER NOT NULL,"
                                        "  created_at INTEGER NOT NULL"
                                        ") STRICT;"
                                        "CREATE TABLE person ("
                                        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                        "  collection_id INTEGER NOT NULL REFERENCES collection "
                                        "(id),"
                                        "  puid TEXT NOT NULL UNIQUE,"
                                        "  guid TEXT NOT NULL UNIQUE,"
                                        "  created_at INTEGER NOT NULL"
                                        ") STRICT;"
                                        "CREATE INDEX person_collection ON person (collection_id);"
                                        /* Ids rise for ever, so that the lowest of a person is the
                                           first that was enrolled. */
                                        "CREATE TABLE template ("
                                        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                        "  person_id INTEGER NOT NULL REFERENCES person (id) ON "
                                        "DELETE CASCADE,"
                                        "  embedding BLOB NOT NULL,"
                                        "  identifier TEXT,"
                                        "  created_at INTEGER NOT NULL"
                                        ") STRICT;"
                                        "CREATE INDEX template_person ON template (person_id);"
                                        "CREATE TABLE image ("
                                        "  template_id INTEGER PRIMARY KEY REFERENCES template "
                                        "(id) ON DELETE CASCADE,"
                                        "  png BLOB NOT NULL"
                                        ") STRICT;"
                                        "CREATE TABLE api_key ("
                                        "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                        "  hash TEXT NOT NULL UNIQUE,"
                                        "  prefix TEXT NOT NULL,"
                                        "  name TEXT NOT NULL,"
                                        "  created_at INTEGER NOT NULL,"
                                        "  revoked_at INTEGER"
                                        ") STRICT;"
                                        "INSERT INTO collection (name, embedding_model, "
                                        "created_at) VALUES"
                                        "  ('FACE3_4', 14, unixepoch()), ('RES100', 14, "
                                        "unixepoch()), ('RES200', 19, unixepoch());";

/* secure_delete: a template that was deleted is overwritten, not only unlinked. */
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA journal_size_limit = 67108864;";

pv_status pv_database_fail(pv_database *database, const char *doing)
{
    int code = sqlite3_errcode(database->handle) & 0xFF;
    const char *damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? " is damaged" : "";
    return pv_fail(PV_ERROR_GENERIC, "%s%s: %s: %s", database->path, damaged, doing,
                   sqlite3_errmsg(database->handle));
}

static pv_status execute(pv_database *database, const char *sql, const char *doing)
{
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return pv_database_fail(database, doing);
    return PV_OK;
}

static pv_status read_number(pv_database *database, const char *sql, sqlite3_int64 *number)
{
    pv_status status = PV_OK;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        status = pv_database_fail(database, "cannot be read");
    else
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

static pv_status open_handle(const char *path, int flags, pv_database *database)
{
    *database = (pv_database){.path = strdup(path)};
    if (!database->path)
        return pv_fail(PV_ERROR_GENERIC, "out of memory");
    pthread_mutex_init(&database->lock, NULL);
    if (sqlite3_open_v2(path, &database->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        pv_status status = pv_database_fail(database, "cannot be opened");
        pv_database_close(database);
        return status;
    }
    sqlite3_busy_timeout(database->handle, BUSY_TIMEOUT_MS);
    return PV_OK;
}

/* Written under another name first: whatever has the final name is complete. */
static pv_status create_database(const char *path)
{
    pv_database database;
    char fresh[PATH_MAX];
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the path is too long", path);
    (void)unlink(fresh); /* left by a process that was killed */
    pv_status status = open_handle(fresh, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &database);
    if (status != PV_OK)
        return status;
    status = execute(&database, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE;", "cannot be made");
    if (status == PV_OK)
        status = execute(&database, schema, "cannot be made");
    if (status == PV_OK)
        status = execute(&database, "COMMIT;", "cannot be made");
    pv_database_close(&database);
    if (status == PV_OK && rename(fresh, path) != 0)
        status = pv_fail(PV_ERROR_GENERIC, "%s: cannot be made: %s", path, strerror(errno));
    return status;
}

static pv_status create_if_missing(const char *directory, const char *path)
{
    pv_status status = PV_OK;
    struct stat info;
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", directory, strerror(errno));
    if (flock(folder, LOCK_EX) != 0)
        status = pv_fail(PV_ERROR_GENERIC, "%s: cannot be locked: %s", directory, strerror(errno));
    else if (stat(path, &info) != 0 && errno == ENOENT)
        status = create_database(path);
    if (status == PV_OK && fsync(folder) != 0)
        status = pv_fail(PV_ERROR_GENERIC, "%s: %s", directory, strerror(errno));
    close(folder);
    return status;
}

pv_status pv_database_prepare(const char *directory, char **out)
{
    struct stat info;
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/" DATABASE_NAME, directory) >= PATH_MAX - 8)
        return pv_fail(PV_ERROR_ARGUMENT, "data directory: the path is too long");
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: the data directory cannot be made: %s", directory,
                       strerror(errno));
    if (stat(directory, &info) != 0 || !S_ISDIR(info.st_mode))
        return pv_fail(PV_ERROR_ARGUMENT, "%s: not a directory", directory);
    if (info.st_mode & 077)
        pv_log(PV_LOG_WARNING, "%s: the data directory is open to other users (mode %03o)",
               directory, (unsigned)info.st_mode & 0777U);
    pv_status status = create_if_missing(directory, path);
    if (status != PV_OK)
        return status;
    *out = strdup(path);
    return *out ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory");
}

static pv_status check_identity(pv_database *database)
{
    sqlite3_int64 application = 0;
    sqlite3_int64 version = 0;
    struct stat info;
    if (stat(database->path, &info) == 0 && info.st_size == 0)
        return pv_fail(PV_ERROR_GENERIC, "%s is damaged: it is empty", database->path);
    pv_status status = read_number(database, "PRAGMA application_id", &application);
    if (status == PV_OK)
        status = read_number(database, "PRAGMA user_version", &version);
    if (status != PV_OK)
        return status;
    if (application != APPLICATION_ID)
        return pv_fail(PV_ERROR_GENERIC, "%s is not a privid-server database", database->path);
    if (version > SCHEMA_VERSION)
        return pv_fail(PV_ERROR_GENERIC,
                       "%s has schema version %lld, this privid-server knows up to %d: "
                       "use the newer one that wrote it",
                       database->path, (long long)version, SCHEMA_VERSION);
    if (version != SCHEMA_VERSION)
        return pv_fail(PV_ERROR_GENERIC, "%s is damaged: schema version %lld", database->path,
                       (long long)version);
    return PV_OK;
}

static pv_status check_pages(pv_database *database)
{
    sqlite3_stmt *statement = NULL;
    pv_status status = PV_OK;
    if (sqlite3_prepare_v2(database->handle, "PRAGMA quick_check(1)", -1, &statement, NULL) !=
            SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        status = pv_database_fail(database, "cannot be checked");
    } else {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (!text || strcmp(text, "ok") != 0)
            status = pv_fail(PV_ERROR_GENERIC, "%s is damaged: %s", database->path,
                             text ? text : "no answer");
    }
    sqlite3_finalize(statement);
    return status;
}

static pv_status check_content(pv_database *database)
{
    static const struct {
        const char *sql;
        const char *what;
    } checks[] = {
        {"SELECT count(*) FROM pragma_foreign_key_check", "rows that belong to nothing"},
        {"SELECT count(*) FROM person AS p WHERE NOT EXISTS "
         "(SELECT 1 FROM template AS t WHERE t.person_id = p.id)",
         "persons without a template"},
    };
    pv_status status = check_pages(database);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && status == PV_OK; i++) {
        sqlite3_int64 count = 0;
        status = read_number(database, checks[i].sql, &count);
        if (status == PV_OK && count != 0)
            status = pv_fail(PV_ERROR_GENERIC, "%s is damaged: %lld %s", database->path,
                             (long long)count, checks[i].what);
    }
    return status;
}

pv_status pv_database_open(const char *path, bool verify, pv_database *database)
{
    pv_status status = open_handle(path, SQLITE_OPEN_READWRITE, database);
    if (status != PV_OK)
        return status;
    status = check_identity(database);
    if (status == PV_OK)
        status = execute(database, settings, "cannot be set up");
    if (status == PV_OK && verify)
        status = check_content(database);
    if (status != PV_OK)
        pv_database_close(database);
    return status;
}

void pv_database_close(pv_database *database)
{
    for (size_t i = 0; i < PV_DATABASE_STATEMENTS; i++)
        sqlite3_finalize(database->statements[i]);
    sqlite3_close(database->handle);
    pthread_mutex_destroy(&database->lock);
    free(database->path);
    *database = (pv_database){0};
}

pv_status pv_database_statement(pv_database *database, int id, const char *sql,
                                sqlite3_stmt **statement)
{
    sqlite3_stmt **cached = &database->statements[id];
    if (!*cached && sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, cached,
                                       NULL) != SQLITE_OK)
        return pv_database_fail(database, "statement refused");
    sqlite3_reset(*cached);
    sqlite3_clear_bindings(*cached);
    *statement = *cached;
    return PV_OK;
}

pv_status pv_database_begin(pv_database *database)
{
    return execute(database, "BEGIN IMMEDIATE", "cannot begin to write");
}

pv_status pv_database_end(pv_database *database, pv_status status)
{
    if (status == PV_OK)
        status = execute(database, "COMMIT", "cannot commit");
    if (status != PV_OK && !sqlite3_get_autocommit(database->handle))
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
