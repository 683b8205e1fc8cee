/* One SQLite connection: opening, schema, checks, cached statements and transactions. */
#ifndef PV_SERVER_DATABASE_H
#define PV_SERVER_DATABASE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/status.h"

#define PV_DATABASE_STATEMENTS 24

typedef struct pv_database {
    sqlite3 *handle;
    char *path;
    pthread_mutex_t lock; /* held for as long as a statement or a transaction is in use */
    sqlite3_stmt *statements[PV_DATABASE_STATEMENTS];
} pv_database;

/* Makes the directory (mode 0700) and the database in it when they are not there: complete under
 * its name, or not there at all. Safe in several processes at once. */
PV_CHECKED pv_status pv_database_prepare(const char *directory, char **path);

/* Opens an existing database and checks that it is ours, whole and of a known version. */
PV_CHECKED pv_status pv_database_open(const char *path, bool verify, pv_database *database);
void pv_database_close(pv_database *database);

/* Stores what SQLite says as the error, with the file's name; "is damaged" where it is. */
PV_CHECKED pv_status pv_database_fail(pv_database *database, const char *doing);

/* The statement that id (below PV_DATABASE_STATEMENTS) stands for, made on first use, reset and
 * without values. */
PV_CHECKED pv_status pv_database_statement(pv_database *database, int id, const char *sql,
                                           sqlite3_stmt **statement);

PV_CHECKED pv_status pv_database_begin(pv_database *database);

/* Commits if status is PV_OK, otherwise undoes everything; returns what counts. */
PV_CHECKED pv_status pv_database_end(pv_database *database, pv_status status);

#endif
