/* Where certificates of authorities are looked for, in made-up trees of other distributions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>

#include "client/authorities.h"

static char root[] = "/tmp/authorities-XXXXXX";

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    memcpy(root + strlen(root) - 6, "XXXXXX", 6);
    unsetenv("CURL_CA_BUNDLE");
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Makes the folders above it too. */
static void make_file(const char *place)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", root, place);
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void test_the_bundle_of_each_distribution_is_found(void **state)
{
    (void)state;
    static const char *const places[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/ca-bundle.pem",
        "/var/lib/ca-certificates/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        pv_authorities found;
        char expected[256];
        make_file(places[i]);
        assert_int_equal(pv_authorities_find(root, &found), PV_OK);
        snprintf(expected, sizeof expected, "%s%s", root, places[i]);
        assert_string_equal(found.file, expected);
        assert_string_equal(found.folder, "");
        assert_int_equal(remove(expected), 0);
    }
}

static void test_a_folder_serves_where_there_is_no_bundle(void **state)
{
    (void)state;
    pv_authorities found;
    char expected[256];
    make_file("/etc/ssl/certs/1a2b3c4d.0");
    assert_int_equal(pv_authorities_find(root, &found), PV_OK);
    snprintf(expected, sizeof expected, "%s/etc/ssl/certs", root);
    assert_string_equal(found.folder, expected);
    assert_string_equal(found.file, "");
}

static void test_nothing_at_all_is_said_with_what_helps(void **state)
{
    (void)state;
    pv_authorities found;
    char empty[256];
    make_file("/etc/ssl/certs/gone");
    snprintf(empty, sizeof empty, "%s/etc/ssl/certs/gone", root);
    assert_int_equal(remove(empty), 0); /* the folder stays, empty */
    assert_int_equal(pv_authorities_find(root, &found), PV_ERROR_CONFIGURATION);
    assert_non_null(strstr(pv_error_message(), "/etc/pki/tls/certs/ca-bundle.crt"));
    assert_non_null(strstr(pv_error_message(), "install ca-certificates"));
    assert_non_null(strstr(pv_error_message(), "SSL_CERT_FILE"));
}

static void test_the_environment_wins_and_stands_alone(void **state)
{
    (void)state;
    pv_authorities found;
    char own[256];
    make_file("/etc/ssl/cert.pem");
    make_file("/own.pem");
    snprintf(own, sizeof own, "%s/own.pem", root);
    setenv("SSL_CERT_FILE", own, 1);
    assert_int_equal(pv_authorities_find(root, &found), PV_OK);
    assert_string_equal(found.file, own);
    assert_string_equal(found.folder, "");
    setenv("SSL_CERT_DIR", "/one:/two", 1);
    assert_int_equal(pv_authorities_find(root, &found), PV_OK);
    assert_string_equal(found.file, own);
    assert_string_equal(found.folder, "/one:/two");
    unsetenv("SSL_CERT_FILE");
    assert_int_equal(pv_authorities_find(root, &found), PV_OK);
    assert_string_equal(found.file, "");
    setenv("CURL_CA_BUNDLE", own, 1);
    assert_int_equal(pv_authorities_find(root, &found), PV_OK);
    assert_string_equal(found.file, own);
    assert_string_equal(found.folder, "");
}

static void test_a_variable_that_leads_nowhere_is_named(void **state)
{
    (void)state;
    pv_authorities found;
    char endless[PV_AUTHORITIES_PATH_MAX + 1];
    make_file("/etc/ssl/cert.pem");
    setenv("SSL_CERT_FILE", "/nowhere/own.pem", 1);
    assert_int_equal(pv_authorities_find(root, &found), PV_ERROR_CONFIGURATION);
    assert_non_null(strstr(pv_error_message(), "SSL_CERT_FILE is /nowhere/own.pem"));
    unsetenv("SSL_CERT_FILE");
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    setenv("SSL_CERT_DIR", endless, 1);
    assert_int_equal(pv_authorities_find(root, &found), PV_ERROR_CONFIGURATION);
    assert_non_null(strstr(pv_error_message(), "SSL_CERT_DIR"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_bundle_of_each_distribution_is_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_serves_where_there_is_no_bundle, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_at_all_is_said_with_what_helps, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_the_environment_wins_and_stands_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_variable_that_leads_nowhere_is_named, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
