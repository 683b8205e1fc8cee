#include "support.h"

#include <string.h>

#include "server/options.h"

#define WORDS_MAX 16

/* Splits at spaces; the words live in line. */
static pv_status parse(char *line, pv_options *options)
{
    static char name[] = "privid-server";
    char *words[WORDS_MAX + 2] = {name};
    int count = 1;
    for (char *word = strtok(line, " "); word && count < WORDS_MAX; word = strtok(NULL, " "))
        words[count++] = word;
    return pv_options_parse(count, words, options);
}

static void good_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        pv_command command;
        const char *operand;
    } rows[] = {
        {"--data d --listen :0", PV_COMMAND_SERVE, NULL},
        {"--data d --listen :0 --threads 1 --scan-threads 16 --max-fpir 1e-3 --keep-images",
         PV_COMMAND_SERVE, NULL},
        {"--data d --listen :0 --tls-certificate c --tls-key k", PV_COMMAND_SERVE, NULL},
        {"key create --data d", PV_COMMAND_KEY_CREATE, NULL},
        {"key create --data d --name n", PV_COMMAND_KEY_CREATE, NULL},
        {"--data d key list", PV_COMMAND_KEY_LIST, NULL},
        {"key revoke --data d pv_12345678", PV_COMMAND_KEY_REVOKE, "pv_12345678"},
        {"key revoke --data d --name n", PV_COMMAND_KEY_REVOKE, NULL},
        {"collection create --data d C --embedding-model 19", PV_COMMAND_COLLECTION_CREATE, "C"},
        {"collection list --data d", PV_COMMAND_COLLECTION_LIST, NULL},
        {"--help", PV_COMMAND_HELP, NULL},
        {"key create --version", PV_COMMAND_VERSION, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_options options;
        char line[200];
        strcpy(line, rows[i].line);
        assert_ok(parse(line, &options));
        assert_int_equal(options.command, rows[i].command);
        if (rows[i].operand)
            assert_string_equal(options.operand, rows[i].operand);
        else
            assert_null(options.operand);
    }
}

static void values_arrive(void **state)
{
    (void)state;
    pv_options options;
    char line[] = "--data d --listen :0 --threads 3 --scan-threads 2 --max-fpir 0.5 --log-level 3 "
                  "--port-file p";
    assert_ok(parse(line, &options));
    assert_int_equal(options.threads, 3);
    assert_int_equal(options.scan_threads, 2);
    assert_true(options.max_fpir == 0.5);
    assert_int_equal(options.log_level, 3);
    assert_string_equal(options.port_file, "p");
    assert_false(options.keep_images);
}

static void bad_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *named;
    } rows[] = {
        {"", "--data"},
        {"--data d", "--listen"},
        {"--listen :0", "--data"},
        {"--data d --listen", "--listen"},
        {"--data d --listen :0 --nonsense", "--nonsense"},
        {"--data d --listen :0 --tls-key k", "--tls-certificate"},
        {"--data d --listen :0 --tls-certificate c", "--tls-key"},
        {"--data d --listen :0 --threads 0", "--threads"},
        {"--data d --listen :0 --threads 257", "--threads"},
        {"--data d --listen :0 --threads 2x", "--threads"},
        {"--data d --listen :0 --scan-threads 17", "--scan-threads"},
        {"--data d --listen :0 --max-fpir 0", "--max-fpir"},
        {"--data d --listen :0 --max-fpir nan", "--max-fpir"},
        {"--data d --listen :0 --max-fpir 1.5", "--max-fpir"},
        {"--data d --listen :0 --log-level 4", "--log-level"},
        {"--data d --listen :0 --log-level 99999999999999999999", "--log-level"},
        {"key", "key"},
        {"key nonsense --data d", "key nonsense"},
        {"key create --data d more", "more"},
        {"key revoke --data d", "prefix"},
        {"key revoke --data d a --name b", "prefix"},
        {"key revoke --data d a b", "b"},
        {"collection create --data d --embedding-model 14", "name"},
        {"collection create --data d C", "--embedding-model"},
        {"collection create --data d C --embedding-model 0", "--embedding-model"},
        {"collection list", "--data"},
        {"nonsense --data d --listen :0", "nonsense"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_options options;
        char line[200];
        strcpy(line, rows[i].line);
        if (parse(line, &options) != PV_ERROR_ARGUMENT)
            fail_msg("accepted: %s", rows[i].line);
        assert_message_has(rows[i].named);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines),
        cmocka_unit_test(values_arrive),
        cmocka_unit_test(bad_lines),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
