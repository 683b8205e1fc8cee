/* The contents of licence barcodes, of every version of the standard and damaged in many ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/aamva.h"

#define FIELDS 6

typedef struct expectation {
    pv_licence_field field;
    const char *value;
} expectation;

static pv_licence parsed;

static void parse(const char *text)
{
    if (!pv_licence_parse(text, strlen(text), &parsed))
        fail_msg("not parsed: %s", text);
}

static void expect(pv_licence_field field, const char *value)
{
    if (strcmp(parsed.values[field], value) != 0)
        fail_msg("%s is \"%s\", not \"%s\"", pv_licence_field_name(field), parsed.values[field],
                 value);
}

#define V8 "@\n\x1e\rANSI 636014080102DL00410278ZC03190024DL"

static void test_current(void **state)
{
    (void)state;
    parse(V8 "DAQD1234562 XYXYXYXY\nDCSPUBLIC\nDDEN\nDACJOHN\nDDFU\nDADQUINCY\nDDGT\n"
             "DCAD\nDCBNONE\nDCDNONE\nDBD08242015\nDBB01311970\nDBA01312035\nDBC1\nDAU069 in\n"
             "DAYBLK\nDAG789 E OAK ST\nDAIANYTOWN\nDAJCA\nDAK902230000  \n"
             "DCF83D9BN217QO983B1\nDCGUSA\nDAZBRO\nDCK12345678900000000000\nDDB02142014\nDDK1\n"
             "DCUJR\nDBNPUBLICK\nDBGJACK\nDBSSR\nDCIOHIO\nDCJA7\nDAHAPT 4\rZCZCATEST\r");
    assert_int_equal(parsed.version, 8);
    assert_string_equal(parsed.issuer, "636014");
    static const expectation all[] = {{PV_LICENCE_FIRST_NAME, "JOHN"},
                                      {PV_LICENCE_LAST_NAME, "PUBLIC"},
                                      {PV_LICENCE_MIDDLE_NAME, "QUINCY"},
                                      {PV_LICENCE_EXPIRATION_DATE, "2035-01-31"},
                                      {PV_LICENCE_ISSUE_DATE, "2015-08-24"},
                                      {PV_LICENCE_DATE_OF_BIRTH, "1970-01-31"},
                                      {PV_LICENCE_GENDER, "M"},
                                      {PV_LICENCE_EYE_COLOR, "BLK"},
                                      {PV_LICENCE_HAIR_COLOR, "BRO"},
                                      {PV_LICENCE_HEIGHT, "069 in"},
                                      {PV_LICENCE_STREET_ADDRESS1, "789 E OAK ST"},
                                      {PV_LICENCE_STREET_ADDRESS2, "APT 4"},
                                      {PV_LICENCE_RES_STREET_ADDRESS1, ""},
                                      {PV_LICENCE_RES_STREET_ADDRESS2, ""},
                                      {PV_LICENCE_CITY, "ANYTOWN"},
                                      {PV_LICENCE_STATE, "CA"},
                                      {PV_LICENCE_POSTAL_CODE, "902230000"},
                                      {PV_LICENCE_CUSTOMER_ID, "D1234562 XYXYXYXY"},
                                      {PV_LICENCE_DOCUMENT_ID, "83D9BN217QO983B1"},
                                      {PV_LICENCE_ISSUING_COUNTRY, "USA"},
                                      {PV_LICENCE_MIDDLE_NAME_TRUNCATION, "T"},
                                      {PV_LICENCE_FIRST_NAME_TRUNCATION, "U"},
                                      {PV_LICENCE_LAST_NAME_TRUNCATION, "N"},
                                      {PV_LICENCE_PLACE_OF_BIRTH, "OHIO"},
                                      {PV_LICENCE_AUDIT_INFORMATION, "A7"},
                                      {PV_LICENCE_INVENTORY_CONTROL_NUMBER, "12345678900000000000"},
                                      {PV_LICENCE_LAST_NAME_ALIAS, "PUBLICK"},
                                      {PV_LICENCE_FIRST_NAME_ALIAS, "JACK"},
                                      {PV_LICENCE_SUFFIX_ALIAS, "SR"},
                                      {PV_LICENCE_NAME_SUFFIX, "JR"},
                                      {PV_LICENCE_DOCUMENT_TYPE, "DL"}};
    _Static_assert(sizeof all / sizeof all[0] == PV_LICENCE_FIELD_COUNT, "every field is expected");
    for (size_t i = 0; i < PV_LICENCE_FIELD_COUNT; i++)
        expect(all[i].field, all[i].value);
}

/* Old and odd texts, and what they have to give. */
static const struct {
    const char *text;
    expectation expected[FIELDS]; /* up to the first NULL */
} texts[] = {
    /* version 1: names in one element, year first, feet and inches, residence */
    {"@\n\x1e\rANSI 6360000102DL00390187ZV02260008DLDAAPUBLIC,JOHN,QUINCY,JR\nDAQ123\n"
     "DBB19700131\nDBCF\nDAU511\nDAL1 LANE\nDANTOWN\r",
     {{PV_LICENCE_LAST_NAME, "PUBLIC"},
      {PV_LICENCE_NAME_SUFFIX, "JR"},
      {PV_LICENCE_DATE_OF_BIRTH, "1970-01-31"},
      {PV_LICENCE_HEIGHT, "071 in"},
      {PV_LICENCE_RES_STREET_ADDRESS1, "1 LANE"},
      {PV_LICENCE_CITY, "TOWN"}}},
    {"@\n\x1e\rANSI 6360000102DL00390187DLDAAPUBLIC@JOHN@QUINCY\nDAV180\nDAQ123\r",
     {{PV_LICENCE_LAST_NAME, "PUBLIC"},
      {PV_LICENCE_FIRST_NAME, "JOHN"},
      {PV_LICENCE_MIDDLE_NAME, "QUINCY"},
      {PV_LICENCE_HEIGHT, "180 cm"}}},
    /* where one name ends is not said: none is made up */
    {"@\n\x1e\rANSI 6360000101DL00390187DLDAAPUBLIC JOHN Q\nDAQ123\r",
     {{PV_LICENCE_LAST_NAME, ""}, {PV_LICENCE_FIRST_NAME, ""}, {PV_LICENCE_CUSTOMER_ID, "123"}}},
    /* versions 2 and 3: given names in one element */
    {"@\n\x1e\rANSI 636000030001DL00310187DLDCSPUBLIC\nDCTJOHN,QUINCY\nDAQ1\r",
     {{PV_LICENCE_FIRST_NAME, "JOHN"}, {PV_LICENCE_MIDDLE_NAME, "QUINCY"}}},
    {"@\n\x1e\rANSI 636000020001DL00310187DLDCSPUBLIC\nDCTMARY ANN\nDAQ1\r",
     {{PV_LICENCE_FIRST_NAME, "MARY ANN"}, {PV_LICENCE_MIDDLE_NAME, ""}}},
    /* Canada: year first; no date at all stays empty */
    {"@\n\x1e\rANSI 636028090001DL00310187DLDAQ1\nDCSROY\nDBB19720229\nDBA20301301\nDCGCAN\r",
     {{PV_LICENCE_DATE_OF_BIRTH, "1972-02-29"},
      {PV_LICENCE_EXPIRATION_DATE, ""},
      {PV_LICENCE_ISSUING_COUNTRY, "CAN"}}},
    {"@\n\x1e\rANSI 636000100001ID00310187IDDAQ1\nDBB02291973\nDBA99999999\nDBDNONE\nDBC9\r",
     {{PV_LICENCE_DATE_OF_BIRTH, ""},
      {PV_LICENCE_EXPIRATION_DATE, ""},
      {PV_LICENCE_ISSUE_DATE, ""},
      {PV_LICENCE_GENDER, "X"},
      {PV_LICENCE_DOCUMENT_TYPE, "ID"}}},
    /* header without separators, lines of both kinds, AAMVA for ANSI, NONE for nothing */
    {"@AAMVA636000080001DL00310187DLDAQ1\r\nDCSNONE\r\nDADNONE\r\nDCUunavl\r\nDBB01311970\r\n",
     {{PV_LICENCE_LAST_NAME, "NONE"},
      {PV_LICENCE_MIDDLE_NAME, ""},
      {PV_LICENCE_NAME_SUFFIX, ""},
      {PV_LICENCE_DATE_OF_BIRTH, "1970-01-31"}}},
    /* no separators at all */
    {"@ANSI 636000080002DL00410278ZC03190024DLDAQT64235789DCSSAMPLEDDENDACMICHAELDBB06061986DBC1"
     "DAU068 inDAIANYTOWNZCZCATEST",
     {{PV_LICENCE_CUSTOMER_ID, "T64235789"},
      {PV_LICENCE_LAST_NAME, "SAMPLE"},
      {PV_LICENCE_LAST_NAME_TRUNCATION, "N"},
      {PV_LICENCE_FIRST_NAME, "MICHAEL"},
      {PV_LICENCE_HEIGHT, "068 in"},
      {PV_LICENCE_CITY, "ANYTOWN"}}},
    /* the first saying counts, and an empty one is one */
    {"@\n\x1e\rANSI 636000080002DL00310187ZV00310187DLDAQ1\nDAQ2\nDAD\nDADX\rZVZVADAQ9\r",
     {{PV_LICENCE_CUSTOMER_ID, "1"}, {PV_LICENCE_MIDDLE_NAME, ""}}},
    /* elements of versions that had another meaning for them */
    {"@\n\x1e\rANSI 636000080001DL00310187DLDAQ1\nDALX\nDAEY\nDBOZ\r",
     {{PV_LICENCE_RES_STREET_ADDRESS1, ""},
      {PV_LICENCE_NAME_SUFFIX, ""},
      {PV_LICENCE_LAST_NAME_ALIAS, ""}}},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        parse(texts[i].text);
        for (size_t k = 0; k < FIELDS && texts[i].expected[k].value; k++)
            expect(texts[i].expected[k].field, texts[i].expected[k].value);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "@", "hello", "ANSI ", "@\n\x1e\rANSI 63601408",
        "@\n\x1e\rANSI 63601A080102DL00410278DLDAQ1\r", "@\n\x1e\rANSI 636014080102DLDAQ1\r",
        "@\n\x1e\rANSI 636014080102DL00410278",
        "@\n\x1e\rANSI 636014080102DL00410278DLDAG1 LANE\nDAITOWN\r",
        "far more than sixteen bytes before ANSI 636014080102DL00410278DLDAQ1\r",
        /* run together, and with one element twice */
        "@ANSI 636000080002DL00410278DLDAQT1DCSSAMPLEDACDACIADBB06061986"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (pv_licence_parse(bad[i], strlen(bad[i]), &parsed))
            fail_msg("parsed: %s", bad[i]);
        assert_string_equal(parsed.issuer, "");
        for (int k = 0; k < PV_LICENCE_FIELD_COUNT; k++)
            expect((pv_licence_field)k, "");
    }
}

/* A value that is too long is cut between characters; nothing is read beyond the end. */
static void test_long(void **state)
{
    (void)state;
    for (size_t length = 200; length < 300; length++) {
        char text[512];
        int at = snprintf(text, sizeof text, "%sDAQ", V8);
        for (size_t i = 0; i < length; i++)
            at += snprintf(text + at, sizeof text - (size_t)at, "%s", i % 2 ? "\xA9" : "\xC3");
        char *copy = malloc((size_t)at); /* without a NUL, so that sanitizers see more */
        assert_non_null(copy);
        memcpy(copy, text, (size_t)at);
        assert_true(pv_licence_parse(copy, (size_t)at, &parsed));
        free(copy);
        size_t kept = strlen(parsed.values[PV_LICENCE_CUSTOMER_ID]);
        assert_true(kept <= PV_LICENCE_VALUE_SIZE - 1);
        assert_int_equal(kept, length < PV_LICENCE_VALUE_SIZE ? length : 254);
    }
}

/* Every beginning of a text is parsed or refused. */
static void test_cut(void **state)
{
    (void)state;
    const char *text = texts[0].text;
    size_t parsed_count = 0;
    for (size_t length = 0; length <= strlen(text); length++) {
        char *copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, text, length);
        parsed_count += pv_licence_parse(copy, length, &parsed);
        free(copy);
    }
    assert_in_range(parsed_count, 50, strlen(text) - 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_current), cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_long),
                                       cmocka_unit_test(test_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
