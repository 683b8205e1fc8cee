#include "support.h"

#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/identity.h"
#include "server/store.h"

#define DIMENSION 128

static char *directory;
static char path[4200];

static int make_directory(void **state)
{
    (void)state;
    directory = test_directory();
    snprintf(path, sizeof path, "%s/privid.db", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    test_directory_remove(directory);
    return 0;
}

static pv_store *open_store(void)
{
    pv_store *store = NULL;
    assert_ok(pv_store_open_sqlite(directory, true, &store));
    return store;
}

static void assert_refused(const char *part)
{
    pv_store *store = NULL;
    assert_int_equal(pv_store_open_sqlite(directory, true, &store), PV_ERROR_GENERIC);
    assert_null(store);
    assert_message_has(path);
    assert_message_has(part);
}

static pv_collection_record collection_of(pv_store *store, const char *name)
{
    pv_collection_record record = {0};
    bool found = false;
    assert_ok(store->driver->find_collection(store, name, &record, &found));
    assert_true(found);
    return record;
}

typedef struct loaded {
    size_t count;
    char puids[16][PV_ID_SIZE];
    char guids[16][PV_ID_SIZE];
    float vectors[16][DIMENSION];
} loaded;

static pv_status remember(void *user, const char *puid, const char *guid, const float *vector)
{
    loaded *list = user;
    assert_true(list->count < 16);
    strcpy(list->puids[list->count], puid);
    strcpy(list->guids[list->count], guid);
    memcpy(list->vectors[list->count], vector, sizeof list->vectors[0]);
    list->count++;
    return PV_OK;
}

static pv_status count_collection(void *user, const pv_collection_record *record)
{
    static const char *const names[] = {"FACE3_4", "RES100", "RES200"};
    static const int models[] = {14, 14, 19};
    size_t *count = user;
    assert_true(*count < 3);
    assert_string_equal(record->name, names[*count]);
    assert_int_equal(record->embedding_model, models[*count]);
    ++*count;
    return PV_OK;
}

static void first_start(void **state)
{
    (void)state;
    struct stat info;
    size_t count = 0;
    pv_collection_record record;
    bool found = true;
    pv_store *store = open_store();
    assert_ok(store->driver->list_collections(store, count_collection, &count));
    assert_int_equal(count, 3);
    assert_ok(store->driver->find_collection(store, "none", &record, &found));
    assert_false(found);
    store->driver->close(store);
    assert_int_equal(stat(directory, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void collections_are_kept(void **state)
{
    (void)state;
    pv_store *store = open_store();
    assert_ok(store->driver->create_collection(store, "mine", 19));
    assert_int_equal(store->driver->create_collection(store, "mine", 14), PV_ERROR_ARGUMENT);
    assert_message_has("mine exists");
    store->driver->close(store);
    store = open_store();
    assert_int_equal(collection_of(store, "mine").embedding_model, 19);
    store->driver->close(store);
}

static pv_template sample_of(const float *vector)
{
    return (pv_template){.vector = vector, .dimension = DIMENSION, .identifier = "user 7"};
}

static void persons_come_back_as_they_were(void **state)
{
    (void)state;
    test_random random = {3};
    float vectors[4][DIMENSION];
    pv_store *store = open_store();
    int64_t face = collection_of(store, "FACE3_4").id;
    int64_t other = collection_of(store, "RES100").id;
    for (size_t i = 0; i < 4; i++)
        test_vector(&random, DIMENSION, vectors[i]);
    pv_template samples[4] = {sample_of(vectors[0]), sample_of(vectors[1]), sample_of(vectors[2]),
                              sample_of(vectors[3])};
    assert_ok(store->driver->add_person(store, face, "p1", "g1", &samples[0]));
    assert_ok(store->driver->add_person(store, face, "p2", "g2", &samples[1]));
    assert_ok(store->driver->add_template(store, face, "p1", &samples[2]));
    assert_ok(store->driver->add_person(store, other, "p3", "g3", &samples[3]));
    store->driver->close(store);

    store = open_store();
    loaded list = {0};
    pv_collection_record record = collection_of(store, "FACE3_4");
    assert_ok(store->driver->load(store, &record, remember, &list));
    assert_int_equal(list.count, 3);
    const char *const puids[] = {"p1", "p1", "p2"};
    const size_t order[] = {0, 2, 1};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(list.puids[i], puids[i]);
        assert_memory_equal(list.vectors[i], vectors[order[i]], sizeof vectors[0]);
    }
    assert_string_equal(list.guids[2], "g2");

    size_t removed = 9;
    assert_ok(store->driver->delete_person(store, face, "p3", &removed)); /* of another one */
    assert_int_equal(removed, 0);
    assert_ok(store->driver->delete_person(store, face, "p1", &removed));
    assert_int_equal(removed, 2);
    assert_ok(store->driver->delete_person(store, face, "p1", &removed));
    assert_int_equal(removed, 0);
    store->driver->close(store);
    store = open_store();
    list.count = 0;
    assert_ok(store->driver->load(store, &record, remember, &list));
    assert_int_equal(list.count, 1);
    store->driver->close(store);
}

/* A write that cannot be done as a whole leaves nothing. */
static void failed_writes_leave_nothing(void **state)
{
    (void)state;
    test_random random = {4};
    float vector[DIMENSION];
    loaded list = {0};
    pv_store *store = open_store();
    pv_collection_record record = collection_of(store, "FACE3_4");
    test_vector(&random, DIMENSION, vector);
    pv_template sample = sample_of(vector);
    assert_ok(store->driver->add_person(store, record.id, "p", "g", &sample));
    assert_int_equal(store->driver->add_person(store, record.id, "p", "h", &sample),
                     PV_ERROR_GENERIC); /* the puid is taken */
    assert_int_equal(store->driver->add_person(store, 999, "q", "i", &sample),
                     PV_ERROR_GENERIC); /* no such collection */
    assert_int_equal(store->driver->add_template(store, record.id, "nobody", &sample),
                     PV_ERROR_GENERIC);
    pv_template broken = sample;
    broken.vector = NULL; /* the person goes in, its template cannot */
    assert_int_equal(store->driver->add_person(store, record.id, "r", "j", &broken),
                     PV_ERROR_GENERIC);
    assert_ok(store->driver->add_person(store, record.id, "s", "k", &sample)); /* still works */
    store->driver->close(store);
    store = open_store();
    assert_ok(store->driver->load(store, &record, remember, &list));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.puids[1], "s");
    store->driver->close(store);
}

static pv_status find_key(void *user, const pv_key_record *record)
{
    pv_key_record *wanted = user;
    if (strcmp(record->hash, wanted->hash) == 0)
        *wanted = *record;
    return PV_OK;
}

static void keys_are_stored_as_hashes(void **state)
{
    (void)state;
    char key[PV_KEY_SIZE];
    char other[PV_KEY_SIZE];
    pv_key_record record;
    pv_key_record twin;
    bool valid = true;
    size_t matches = 0;
    pv_store *store = open_store();
    assert_ok(pv_identity_key("till 1", key, &record));
    assert_ok(pv_identity_key("till 1", other, &twin));
    assert_string_not_equal(key, other);
    assert_int_equal(strlen(key), PV_KEY_SIZE - 1);
    assert_ok(pv_identity_check(store, key, &valid));
    assert_false(valid);
    assert_ok(store->driver->create_key(store, &record));
    assert_ok(store->driver->create_key(store, &twin));
    assert_ok(pv_identity_check(store, key, &valid));
    assert_true(valid);
    assert_ok(pv_identity_check(store, NULL, &valid));
    assert_false(valid);
    assert_ok(pv_identity_check(store, record.hash, &valid)); /* knowing the hash is no key */
    assert_false(valid);
    assert_ok(pv_identity_check(store, record.prefix, &valid));
    assert_false(valid);

    assert_ok(store->driver->revoke_key(store, "till 1", &matches)); /* which of the two? */
    assert_int_equal(matches, 2);
    assert_ok(pv_identity_check(store, key, &valid));
    assert_true(valid);
    assert_ok(store->driver->revoke_key(store, record.prefix, &matches));
    assert_int_equal(matches, 1);
    assert_ok(pv_identity_check(store, key, &valid));
    assert_false(valid);
    assert_ok(pv_identity_check(store, other, &valid));
    assert_true(valid);
    assert_ok(store->driver->revoke_key(store, record.prefix, &matches));
    assert_int_equal(matches, 0);
    pv_key_record listed = record;
    assert_ok(store->driver->list_keys(store, find_key, &listed));
    assert_true(listed.revoked_at >= listed.created_at && listed.created_at > 0);
    assert_string_equal(listed.name, "till 1");
    store->driver->close(store);

    assert_int_equal(pv_identity_key("a\nb", key, &record), PV_ERROR_ARGUMENT);
    assert_message_has("name");
}

static void uuids_are_random(void **state)
{
    (void)state;
    char first[PV_ID_SIZE];
    char second[PV_ID_SIZE];
    assert_ok(pv_identity_uuid(first));
    assert_ok(pv_identity_uuid(second));
    assert_string_not_equal(first, second);
    assert_int_equal(strlen(first), 36);
    assert_true(first[14] == '4' && strchr("89ab", first[19]) && first[8] == '-');
}

/* Changes the database behind the store's back. */
static void tamper(const char *sql)
{
    sqlite3 *handle = NULL;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(handle, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(handle);
}

static void enrol_one(void)
{
    test_random random = {8};
    float vector[DIMENSION];
    pv_store *store = open_store();
    test_vector(&random, DIMENSION, vector);
    pv_template sample = sample_of(vector);
    assert_ok(
        store->driver->add_person(store, collection_of(store, "FACE3_4").id, "p", "g", &sample));
    store->driver->close(store);
}

static void assert_load_refused(const char *part)
{
    loaded list = {0};
    pv_store *store = open_store();
    pv_collection_record record = collection_of(store, "FACE3_4");
    assert_int_equal(store->driver->load(store, &record, remember, &list), PV_ERROR_GENERIC);
    assert_message_has(path);
    assert_message_has(part);
    store->driver->close(store);
}

static void damaged_templates_are_refused(void **state)
{
    (void)state;
    enrol_one();
    tamper("UPDATE template SET embedding = zeroblob(511)");
    assert_load_refused("has 511 bytes, not 512");
    tamper("UPDATE template SET embedding = zeroblob(100000)");
    assert_load_refused("has 100000 bytes, not 512");
    tamper("UPDATE template SET embedding = x''");
    assert_load_refused("has 0 bytes");
    tamper("UPDATE template SET embedding = zeroblob(512)");
    assert_load_refused("not of unit length");
    tamper("UPDATE template SET embedding = CAST(x'0000C07F' || zeroblob(508) AS BLOB)");
    assert_load_refused("not of unit length");
    tamper("UPDATE person SET puid = hex(zeroblob(40))");
    assert_load_refused("too long");
    tamper("UPDATE person SET puid = 'p'; UPDATE collection SET embedding_model = 7");
    assert_load_refused("unknown embedding model 7");
}

static void broken_relations_are_refused(void **state)
{
    (void)state;
    enrol_one();
    tamper("DELETE FROM template");
    assert_refused("1 persons without a template");
    tamper("DELETE FROM person");
    pv_store *store = open_store();
    store->driver->close(store);
    enrol_one();
    tamper("PRAGMA foreign_keys = OFF; UPDATE person SET collection_id = 99");
    assert_refused("1 rows that belong to nothing");
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    enrol_one();
    tamper("PRAGMA user_version = 2");
    assert_refused("schema version 2, this privid-server knows up to 1");
    tamper("PRAGMA user_version = 0");
    assert_refused("is damaged: schema version 0");
    tamper("PRAGMA user_version = 1; PRAGMA application_id = 7");
    assert_refused("not a privid-server database");
}

static void overwrite(off_t at, size_t length, int byte)
{
    char *bytes = malloc(length);
    assert_non_null(bytes);
    memset(bytes, byte, length);
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, length, at), (ssize_t)length);
    close(file);
    free(bytes);
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    struct stat info;
    enrol_one();
    assert_int_equal(stat(path, &info), 0);
    overwrite(info.st_size / 2, 8192, 0x5A);
    assert_refused("is damaged");
    overwrite(0, 100, 'x');
    assert_refused("is damaged");
    assert_int_equal(truncate(path, 0), 0);
    assert_refused("is damaged: it is empty");
}

static void places_that_cannot_be(void **state)
{
    (void)state;
    char place[4300];
    pv_store *store = NULL;
    snprintf(place, sizeof place, "%s/missing/below", directory);
    assert_int_equal(pv_store_open_sqlite(place, true, &store), PV_ERROR_ARGUMENT);
    assert_message_has("missing/below");
    snprintf(place, sizeof place, "%s/file", directory);
    close(open(place, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(pv_store_open_sqlite(place, true, &store), PV_ERROR_ARGUMENT);
    assert_message_has("not a directory");
    memset(place, 'a', sizeof place - 1);
    place[sizeof place - 1] = '\0';
    assert_int_equal(pv_store_open_sqlite(place, true, &store), PV_ERROR_ARGUMENT);
    assert_null(store);
}

/* What a process that was killed while it made the database leaves behind is no obstacle. */
static void half_made_databases_are_made_anew(void **state)
{
    (void)state;
    char fresh[4300];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    int file = open(fresh, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(file, "half", 4), 4);
    close(file);
    enrol_one();
    assert_int_not_equal(access(fresh, F_OK), 0);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(first_start),
        STORE_TEST(collections_are_kept),
        STORE_TEST(persons_come_back_as_they_were),
        STORE_TEST(failed_writes_leave_nothing),
        STORE_TEST(keys_are_stored_as_hashes),
        cmocka_unit_test(uuids_are_random),
        STORE_TEST(damaged_templates_are_refused),
        STORE_TEST(broken_relations_are_refused),
        STORE_TEST(other_versions_are_refused),
        STORE_TEST(damaged_files_are_refused),
        STORE_TEST(places_that_cannot_be),
        STORE_TEST(half_made_databases_are_made_anew),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
