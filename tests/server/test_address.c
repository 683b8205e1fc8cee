#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/address.h"

static void good_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *host;
        unsigned port;
    } rows[] = {
        {"127.0.0.1:80", "127.0.0.1", 80},
        {":0", "", 0},
        {":65535", "", 65535},
        {"[::1]:8080", "::1", 8080},
        {"localhost:1", "localhost", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_address address;
        assert_ok(pv_address_parse(rows[i].text, &address));
        assert_string_equal(address.host, rows[i].host);
        assert_int_equal(address.port, rows[i].port);
    }
}

static void bad_addresses(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",       "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",    "127.0.0.1:80x",
        "::1:80", "[::1]",     "[]:80",      "[::1:80",        "127.0.0.1:65536",
        "a:-1",   "a: 80",     "a:+80",      "a:000000000080", "http://localhost:80",
        "[:80",   "a:99999",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_address address;
        if (pv_address_parse(rows[i], &address) != PV_ERROR_ARGUMENT)
            fail_msg("%s was accepted", rows[i]);
        assert_message_has("listen");
    }
    char longest[400];
    pv_address address;
    memset(longest, 'a', sizeof longest);
    memcpy(longest + sizeof longest - 4, ":80", 4);
    assert_int_equal(pv_address_parse(longest, &address), PV_ERROR_ARGUMENT);
}

static void free_and_taken_ports(void **state)
{
    (void)state;
    pv_address address = {.host = "127.0.0.1"};
    int first = -1;
    int second = -1;
    char reached[64];
    char expected[64];
    unsigned port = 0;
    bool loopback = false;
    assert_ok(pv_address_listen(&address, &first, reached, sizeof reached, &port, &loopback));
    assert_true(port > 0 && loopback);
    snprintf(expected, sizeof expected, "127.0.0.1:%u", port);
    assert_string_equal(reached, expected);
    address.port = port;
    assert_int_equal(
        pv_address_listen(&address, &second, reached, sizeof reached, &port, &loopback),
        PV_ERROR_GENERIC);
    snprintf(expected, sizeof expected, "127.0.0.1:%u: Address already in use", address.port);
    assert_message_has(expected);
    close(first);

    address = (pv_address){.host = ""};
    assert_ok(pv_address_listen(&address, &first, reached, sizeof reached, &port, &loopback));
    assert_false(loopback);
    snprintf(expected, sizeof expected, "127.0.0.1:%u", port);
    assert_string_equal(reached, expected);
    close(first);

    address = (pv_address){.host = "no such host"};
    assert_int_equal(pv_address_listen(&address, &first, reached, sizeof reached, &port, &loopback),
                     PV_ERROR_ARGUMENT);
    assert_message_has("no such host");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_addresses),
        cmocka_unit_test(bad_addresses),
        cmocka_unit_test(free_and_taken_ports),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
