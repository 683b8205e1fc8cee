/* The model store: where files are looked for, and that none is used unverified. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "model/store.h"

#define THREADS 8

static char root[] = "/tmp/privid-store-XXXXXX";
static char given[64], standard[64];
static pv_manifest *manifest;

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_file(const char *folder, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

/* A row whose file holds the text `content`. */
static int append_row(char *text, size_t size, const char *id, const char *content, bool documented)
{
    char digest[PV_SHA256_HEX_SIZE];
    assert_int_equal(pv_sha256_bytes(content, strlen(content), digest), PV_OK);
    return snprintf(text, size,
                    "{\"id\": \"%s\", \"role\": \"part\", \"version\": \"1\", \"package\": "
                    "{\"registry\": \"npm\", \"name\": \"x\", \"version\": \"1\", \"archive\": "
                    "\"x.tgz\", \"sha256\": \"%s\", \"size\": 1}, \"path\": \"x\", \"source\": "
                    "{\"sha256\": \"%s\", \"size\": %zu}, \"prepared\": {\"file\": \"%s.bin\", "
                    "\"sha256\": \"%s\", \"size\": %zu}, \"licence\": \"MIT\", \"origin\": \"x\", "
                    "\"origin_documented\": %s, \"inputs\": [], \"outputs\": []}",
                    id, digest, digest, strlen(content), id, digest, strlen(content),
                    documented ? "true" : "false");
}

static int set_up(void **state)
{
    (void)state;
    char text[4096];
    if (!mkdtemp(root))
        return -1;
    snprintf(given, sizeof given, "%s/given", root);
    snprintf(standard, sizeof standard, "%s/standard", root);
    if (mkdir(given, 0700) || mkdir(standard, 0700))
        return -1;
    int at = snprintf(text, sizeof text, "{\"schema\": 1, \"models\": [");
    at += append_row(text + at, sizeof text - (size_t)at, "first", "one", true);
    text[at++] = ',';
    at += append_row(text + at, sizeof text - (size_t)at, "second", "two", false);
    snprintf(text + at, sizeof text - (size_t)at, "]}");
    return pv_manifest_parse(text, strlen(text), "test", &manifest);
}

static int tear_down(void **state)
{
    (void)state;
    pv_manifest_close(manifest);
    const char *folders[] = {given, standard};
    for (size_t i = 0; i < 2; i++) {
        remove_file(folders[i], "first.bin");
        remove_file(folders[i], "second.bin");
        if (rmdir(folders[i]) != 0)
            return -1;
    }
    return rmdir(root);
}

static int before_each(void **state)
{
    (void)state;
    setenv("PRIVID_MODELS_DIR", standard, 1);
    unsetenv("PRIVID_MODELS_PROFILE");
    remove_file(given, "first.bin");
    remove_file(given, "second.bin");
    write_file(standard, "first.bin", "one");
    write_file(standard, "second.bin", "two");
    return 0;
}

static void assert_path(pv_model_store *store, const char *id, const char *folder)
{
    char *path, expected[200];
    snprintf(expected, sizeof expected, "%s/%s.bin", folder, id);
    assert_int_equal(pv_model_store_path(store, id, &path), PV_OK);
    assert_string_equal(path, expected);
    free(path);
}

static void an_empty_folder_of_the_caller_falls_back(void **state)
{
    (void)state;
    pv_model_store *store;
    assert_int_equal(pv_model_store_open_manifest(manifest, given, NULL, &store), PV_OK);
    assert_string_equal(pv_model_store_directory(store), given);
    assert_path(store, "first", standard);
    pv_model_store_close(store);
    assert_int_equal(pv_model_store_open_manifest(manifest, "/does/not/exist", NULL, &store),
                     PV_OK);
    assert_path(store, "second", standard);
    pv_model_store_close(store);
}

static void the_folder_of_the_caller_comes_first(void **state)
{
    (void)state;
    pv_model_store *store;
    write_file(given, "first.bin", "one");
    assert_int_equal(pv_model_store_open_manifest(manifest, given, "full", &store), PV_OK);
    assert_path(store, "first", given);
    assert_path(store, "second", standard);
    pv_model_store_close(store);
    assert_int_equal(pv_model_store_open_manifest(manifest, "", "full", &store), PV_OK);
    assert_string_equal(pv_model_store_directory(store), standard);
    assert_path(store, "first", standard);
    pv_model_store_close(store);
}

static void all_missing_files_are_named_with_the_command(void **state)
{
    (void)state;
    pv_model_store *store;
    remove_file(standard, "first.bin");
    remove_file(standard, "second.bin");
    assert_int_equal(pv_model_store_open_manifest(manifest, given, NULL, &store), PV_ERROR_GENERIC);
    assert_null(store);
    const char *message = pv_error_message();
    assert_non_null(strstr(message, "first.bin, second.bin"));
    assert_non_null(strstr(message, "'privid models fetch'"));
    assert_non_null(strstr(message, given));
    assert_non_null(strstr(message, standard));
    /* Without any default folder the command must name the caller's. */
    unsetenv("PRIVID_MODELS_DIR");
    unsetenv("XDG_CACHE_HOME");
    const char *former = getenv("HOME");
    char *home = strdup(former ? former : "/");
    unsetenv("HOME");
    assert_int_equal(pv_model_store_open_manifest(manifest, given, "documented", &store),
                     PV_ERROR_GENERIC);
    char command[200];
    snprintf(command, sizeof command, "'privid models fetch --profile documented --dir %s'", given);
    assert_non_null(strstr(pv_error_message(), command));
    assert_null(strstr(pv_error_message(), "second.bin"));
    assert_int_equal(pv_model_store_open_manifest(manifest, NULL, NULL, &store), PV_ERROR_GENERIC);
    assert_non_null(strstr(pv_error_message(), "PRIVID_MODELS_DIR"));
    setenv("HOME", home, 1);
    free(home);
}

static void the_documented_profile_leaves_the_rest_out(void **state)
{
    (void)state;
    pv_model_store *store;
    char *path;
    remove_file(standard, "second.bin");
    assert_int_equal(pv_model_store_open_manifest(manifest, NULL, NULL, &store), PV_ERROR_GENERIC);
    setenv("PRIVID_MODELS_PROFILE", "documented", 1);
    assert_int_equal(pv_model_store_open_manifest(manifest, NULL, NULL, &store), PV_OK);
    assert_string_equal(pv_model_store_profile(store), "documented");
    assert_path(store, "first", standard);
    assert_int_equal(pv_model_store_path(store, "second", &path), PV_ERROR_GENERIC);
    assert_null(path);
    assert_non_null(strstr(pv_error_message(), "'second' is not part of the profile 'documented'"));
    assert_true(pv_model_store_has(store, "first"));
    assert_false(pv_model_store_has(store, "second"));
    assert_int_equal(pv_model_store_path(store, "third", &path), PV_ERROR_GENERIC);
    assert_non_null(strstr(pv_error_message(), "there is no model 'third'"));
    pv_model_store_close(store);
    assert_int_equal(pv_model_store_open_manifest(manifest, NULL, "half", &store),
                     PV_ERROR_ARGUMENT);
    assert_null(store);
}

static void damaged_files_are_refused_until_they_are_whole(void **state)
{
    (void)state;
    static const char *const contents[] = {"onE", "on", "", "one and more"};
    pv_model_store *store;
    char *path;
    write_file(given, "first.bin", "one");
    assert_int_equal(pv_model_store_open_manifest(manifest, given, NULL, &store), PV_OK);
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        write_file(given, "first.bin", contents[i]);
        assert_int_equal(pv_model_store_path(store, "first", &path), PV_ERROR_GENERIC);
        assert_null(path);
        assert_non_null(strstr(pv_error_message(), "/given/first.bin is damaged"));
        assert_non_null(strstr(pv_error_message(), "privid models fetch --dir "));
    }
    remove_file(given, "first.bin");
    assert_int_equal(pv_model_store_path(store, "first", &path), PV_ERROR_GENERIC);
    assert_non_null(strstr(pv_error_message(), "is gone"));
    write_file(given, "first.bin", "one");
    assert_path(store, "first", given);
    /* Verified once a store: what changes later is not read again. */
    write_file(given, "first.bin", "onE");
    assert_path(store, "first", given);
    pv_model_store_close(store);
}

static void a_folder_in_the_place_of_a_file_is_damage(void **state)
{
    (void)state;
    pv_model_store *store;
    char *path, place[100];
    snprintf(place, sizeof place, "%s/first.bin", given);
    assert_int_equal(mkdir(place, 0700), 0);
    assert_int_equal(pv_model_store_open_manifest(manifest, given, NULL, &store), PV_OK);
    assert_int_equal(pv_model_store_path(store, "first", &path), PV_ERROR_GENERIC);
    pv_model_store_close(store);
    assert_int_equal(rmdir(place), 0);
}

static void *ask(void *user)
{
    char *path;
    for (int i = 0; i < 50; i++) {
        const char *id = i % 2 ? "first" : "second";
        if (pv_model_store_path(user, id, &path))
            return user;
        free(path);
    }
    return NULL;
}

static void threads_share_a_store(void **state)
{
    (void)state;
    pv_model_store *store;
    pthread_t threads[THREADS];
    assert_int_equal(pv_model_store_open_manifest(manifest, NULL, NULL, &store), PV_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, store), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    pv_model_store_close(store);
}

static void the_default_folder_follows_the_environment(void **state)
{
    (void)state;
    const char *former = getenv("HOME");
    char *path, *home = strdup(former ? former : "/");
    assert_int_equal(pv_model_default_directory(&path), PV_OK);
    assert_string_equal(path, standard);
    free(path);
    setenv("PRIVID_MODELS_DIR", "", 1);
    setenv("XDG_CACHE_HOME", "/cache", 1);
    assert_int_equal(pv_model_default_directory(&path), PV_OK);
    assert_string_equal(path, "/cache/privid/models");
    free(path);
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", "/home/somebody", 1);
    assert_int_equal(pv_model_default_directory(&path), PV_OK);
    assert_string_equal(path, "/home/somebody/.cache/privid/models");
    free(path);
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", home, 1);
    free(home);
}

static void the_built_in_manifest_opens_or_names_its_files(void **state)
{
    (void)state;
    pv_model_store *store;
    assert_int_equal(pv_model_store_open(given, NULL, &store), PV_ERROR_GENERIC);
    assert_non_null(strstr(pv_error_message(), "yunet-"));
    assert_non_null(strstr(pv_error_message(), "sface-"));
    assert_non_null(strstr(pv_error_message(), "fr_feature-"));
    assert_non_null(strstr(pv_error_message(), " more (looked in "));
    assert_null(strstr(pv_error_message(), "fr_pose-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_folder_of_the_caller_falls_back, before_each),
        cmocka_unit_test_setup(the_folder_of_the_caller_comes_first, before_each),
        cmocka_unit_test_setup(all_missing_files_are_named_with_the_command, before_each),
        cmocka_unit_test_setup(the_documented_profile_leaves_the_rest_out, before_each),
        cmocka_unit_test_setup(damaged_files_are_refused_until_they_are_whole, before_each),
        cmocka_unit_test_setup(a_folder_in_the_place_of_a_file_is_damage, before_each),
        cmocka_unit_test_setup(threads_share_a_store, before_each),
        cmocka_unit_test_setup(the_default_folder_follows_the_environment, before_each),
        cmocka_unit_test_setup(the_built_in_manifest_opens_or_names_its_files, before_each),
    };
    return cmocka_run_group_tests_name("store", tests, set_up, tear_down);
}
