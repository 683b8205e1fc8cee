/* Machine readable zones: the specimens of Doc 9303, and damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/mrz.h"

#define TD1                                                                                        \
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<" \
    "<<"
#define TD1_LONG                                                                                   \
    "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<" \
    "<<"
#define TD2 "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
#define TD3                                                                                        \
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
#define MRVA                                                                                       \
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
#define MRVB "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"
#define IDFRA "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858CORINNE<<<<<<<6512068F6"

static const pv_date today = {2026, 6, 15};
static pv_mrz zone;

static void parse(const char *text)
{
    if (!pv_mrz_parse(text, strlen(text), today, &zone))
        fail_msg("no zone: %s", text);
}

static void expect(pv_mrz_field field, const char *value)
{
    if (strcmp(zone.values[field], value) != 0)
        fail_msg("%s is \"%s\", not \"%s\"", pv_mrz_field_name(field), zone.values[field], value);
}

/* The values in the order of pv_mrz_field. */
static void expect_all(pv_mrz_format format, int checks, const char *const values[])
{
    assert_int_equal(zone.format, format);
    assert_int_equal(zone.check_count, checks);
    assert_true(zone.valid);
    assert_int_equal(zone.repair_count, 0);
    for (int i = 0; i < PV_MRZ_FIELD_COUNT; i++)
        expect((pv_mrz_field)i, values[i]);
}

static void test_specimens(void **state)
{
    (void)state;
    parse(TD3);
    expect_all(PV_MRZ_TD3, 5,
               (const char *[]){"P", "UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "UTO",
                                "1974-08-12", "F", "2012-04-15", "ZE184226B", ""});
    parse(TD1);
    expect_all(PV_MRZ_TD1, 4,
               (const char *[]){"I", "UTO", "ERIKSSON", "ANNA MARIA", "D23145890", "UTO",
                                "1974-08-12", "F", "2012-04-15", "", ""});
    parse(TD2);
    expect_all(PV_MRZ_TD2, 4,
               (const char *[]){"I", "UTO", "ERIKSSON", "ANNA MARIA", "D23145890", "UTO",
                                "1974-08-12", "F", "2012-04-15", "", ""});
    parse(MRVA);
    expect_all(PV_MRZ_MRVA, 3,
               (const char *[]){"V", "UTO", "ERIKSSON", "ANNA MARIA", "L8988901C", "XXX",
                                "1940-09-07", "F", "1996-12-10", "6ZE184226B", ""});
    parse(MRVB);
    expect_all(PV_MRZ_MRVB, 3,
               (const char *[]){"V", "UTO", "ERIKSSON", "ANNA MARIA", "L8988901C", "XXX",
                                "1940-09-07", "F", "1996-12-10", "", ""});
    parse(TD1_LONG);
    expect_all(PV_MRZ_TD1, 4,
               (const char *[]){"I", "UTO", "STEVENSON", "PETER JOHN", "D23145890734", "UTO",
                                "1934-07-12", "M", "1995-07-12", "", ""});
    parse(IDFRA);
    expect_all(PV_MRZ_IDFRA, 3,
               (const char *[]){"ID", "FRA", "BERTHIER", "CORINNE", "880692310285", "",
                                "1965-12-06", "F", "", "", ""});
}

/* TD2 has the same rule; the rest of the optional data stays what it is. */
static void test_long_number_of_td2(void **state)
{
    char text[] = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD23145890<UTO7408122F12041597349<AB0";
    const char *line = text + 37;
    char summed[40];
    (void)state;
    snprintf(summed, sizeof summed, "%.10s%.7s%.14s", line, line + 13, line + 21);
    text[37 + 35] = (char)('0' + pv_mrz_check_digit(summed, strlen(summed)));
    parse(text);
    assert_true(zone.valid);
    expect(PV_MRZ_DOCUMENT_NUMBER, "D23145890734");
    expect(PV_MRZ_OPTIONAL_DATA, "AB");
    text[37 + 31] = '8'; /* the check digit of the number */
    parse(text);
    assert_false(zone.checks[0].valid);
}

/* As one line, with blanks, other line ends and small letters. */
static void test_forms(void **state)
{
    (void)state;
    parse("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<"
          "l898902c36uto7408122f1204159ze184226b<<<<<10");
    assert_int_equal(zone.format, PV_MRZ_TD3);
    assert_true(zone.valid);
    parse("\r\n  I<UTOD23145890 7<<<<<<<<<<<<<<<\r\n\r\n7408122F1204159 "
          "UTO<<<<<<<<<<<6\r\n\tERIKSSON<<ANNA<MARIA<<<<<<<<<<\n");
    assert_int_equal(zone.format, PV_MRZ_TD1);
    assert_true(zone.valid);
    assert_string_equal(zone.lines[0], "I<UTOD231458907<<<<<<<<<<<<<<<");
}

/* Every check digit of every specimen, replaced by every other digit: its check fails, the
 * composite one too where it stands over the digit, no other, and nothing is repaired. */
static void break_digit(const char *specimen, size_t place, const char *name, bool composite)
{
    char text[128];
    snprintf(text, sizeof text, "%s", specimen);
    for (int digit = '0'; digit <= '9'; digit++) {
        if (digit == specimen[place])
            continue;
        text[place] = (char)digit;
        parse(text);
        assert_false(zone.valid);
        for (int i = 0; i < zone.check_count; i++) {
            bool hit = strcmp(zone.checks[i].name, name) == 0 ||
                       (composite && strcmp(zone.checks[i].name, "composite") == 0);
            assert_int_equal(zone.checks[i].valid, !hit);
        }
    }
}

static void test_each_check_digit(void **state)
{
    (void)state;
    break_digit(TD3, 45 + 19, "date_of_birth", true);
    break_digit(TD3, 45 + 27, "expiration_date", true);
    break_digit(TD3, 45 + 43, "composite", false);
    break_digit(TD1, 31 + 6, "date_of_birth", true);
    break_digit(TD1, 31 + 14, "expiration_date", true);
    break_digit(TD1, 31 + 29, "composite", false);
    break_digit(TD2, 37 + 19, "date_of_birth", true);
    break_digit(TD2, 37 + 27, "expiration_date", true);
    break_digit(TD2, 37 + 35, "composite", false);
    break_digit(MRVA, 45 + 19, "date_of_birth", false);
    break_digit(MRVA, 45 + 27, "expiration_date", false);
    break_digit(MRVB, 37 + 19, "date_of_birth", false);
    break_digit(MRVB, 37 + 27, "expiration_date", false);
    break_digit(IDFRA, 37 + 33, "date_of_birth", true);
    break_digit(IDFRA, 37 + 35, "composite", false);
}

static void expect_repair(int at, int line, int column, char from, char to, bool guarded)
{
    assert_true(zone.repair_count > at);
    const pv_mrz_repair *repair = &zone.repairs[at];
    assert_int_equal(repair->line, line);
    assert_int_equal(repair->column, column);
    assert_int_equal(repair->from, from);
    assert_int_equal(repair->to, to);
    assert_int_equal(repair->guarded, guarded);
}

static void test_repair_by_kind(void **state)
{
    (void)state;
    /* 0 in a name, O in a date, S as a check digit */
    parse("P<UTOERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
          "L898902C36UTO74O8122F1204159ZE184226B<<<<<10");
    assert_true(zone.valid);
    assert_int_equal(zone.repair_count, 2);
    expect_repair(0, 0, 11, '0', 'O', false);
    expect_repair(1, 1, 15, 'O', '0', true);
    expect(PV_MRZ_LAST_NAME, "ERIKSSON");
    expect(PV_MRZ_DATE_OF_BIRTH, "1974-08-12");
    assert_string_equal(zone.lines[0], "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
    /* 3 looks like no letter: it stays */
    parse("P<UTOERIKSS3N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    assert_int_equal(zone.repair_count, 0);
    expect(PV_MRZ_LAST_NAME, "ERIKSS3N");
}

/* What is repaired is what tells the format: a French card, not one that only looks like it now. */
static void test_repair_of_the_format(void **state)
{
    (void)state;
    char text[] = IDFRA;
    text[0] = '1';
    text[4] = '4';
    parse(text);
    assert_int_equal(zone.format, PV_MRZ_IDFRA);
    assert_true(zone.valid);
    assert_int_equal(zone.repair_count, 2);
    expect_repair(0, 0, 0, '1', 'I', true);
    expect_repair(1, 0, 4, '4', 'A', true);
    expect(PV_MRZ_LAST_NAME, "BERTHIER");
    /* its digits hold in the order of another format, in which it is not read again */
    parse("IDFR4NZ4K913<GROSS<TO8403<ANDFR4NZ4K826<GROSC<<<JOERG<45M3102189852589<4");
    assert_int_equal(zone.format, PV_MRZ_IDFRA);
    assert_false(zone.valid);
}

static void test_repair_by_check_digit(void **state)
{
    (void)state;
    parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
          "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10");
    assert_true(zone.valid);
    assert_int_equal(zone.repair_count, 1);
    expect_repair(0, 1, 5, 'O', '0', true);
    expect(PV_MRZ_DOCUMENT_NUMBER, "L898902C3");
    /* number and optional data at once */
    parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
          "L8989O2C36UTO7408122F1204159ZE18A226B<<<<<10");
    assert_true(zone.valid);
    assert_int_equal(zone.repair_count, 2);
    expect_repair(1, 1, 32, 'A', '4', true);
    /* a digit for another: nothing that looks alike mends it */
    parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
          "L898902C36UTO7408132F1204159ZE184226B<<<<<10");
    assert_false(zone.valid);
    assert_int_equal(zone.repair_count, 0);
}

/* Two places that look alike and weigh the same could both be it: none is taken. */
static void test_no_repair_where_two_would_do(void **state)
{
    (void)state;
    char text[] = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n0110110110XXX4009078F9612109<<<<<<<<";
    text[37 + 9] = (char)('0' + pv_mrz_check_digit("O11011011", 9));
    parse(text);
    assert_false(zone.checks[0].valid);
    assert_int_equal(zone.repair_count, 0);
    expect(PV_MRZ_DOCUMENT_NUMBER, "011011011");
}

static void set_date(char *text, size_t place, const char *date)
{
    memcpy(text + place, date, 6);
    text[place + 6] = (char)('0' + pv_mrz_check_digit(date, 6));
}

static void expect_dates(const char *born, const char *birth, const char *ends, const char *expiry,
                         bool valid)
{
    char text[] = MRVB;
    set_date(text, 37 + 13, born);
    set_date(text, 37 + 21, ends);
    parse(text);
    expect(PV_MRZ_DATE_OF_BIRTH, birth);
    expect(PV_MRZ_EXPIRATION_DATE, expiry);
    assert_int_equal(zone.valid, valid);
    assert_int_equal(pv_date_is_valid(zone.birth), birth[0] != '\0');
    assert_int_equal(pv_date_is_valid(zone.expiry), expiry[0] != '\0');
}

static void test_centuries(void **state)
{
    (void)state;
    expect_dates("260615", "2026-06-15", "260615", "2026-06-15", true);
    expect_dates("260616", "1926-06-16", "770101", "1977-01-01", true);
    expect_dates("270101", "1927-01-01", "760101", "2076-01-01", true);
    expect_dates("000229", "2000-02-29", "000229", "2000-02-29", true);
    expect_dates("991231", "1999-12-31", "991231", "1999-12-31", true);
    /* no such day */
    expect_dates("010229", "", "300101", "2030-01-01", false);
    expect_dates("801301", "", "300101", "2030-01-01", false);
    expect_dates("800101", "1980-01-01", "300100", "", false);
    /* unknown in part or whole: no date, but nothing wrong */
    expect_dates("80<<<<", "", "300101", "2030-01-01", true);
    expect_dates("8001<<", "", "<<<<<<", "", true);
    expect_dates("<<<<<<", "", "300101", "2030-01-01", true);
}

static void test_names(void **state)
{
    (void)state;
    parse("P<UTOVAN<DER<MUELLEN<<PIM<<<<<<<<<<<<<<<<<<<\n"
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    expect(PV_MRZ_LAST_NAME, "VAN DER MUELLEN");
    expect(PV_MRZ_FIRST_NAME, "PIM");
    assert_false(zone.name_truncated);
    parse("P<UTOARKFREITHUR<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    expect(PV_MRZ_LAST_NAME, "ARKFREITHUR");
    expect(PV_MRZ_FIRST_NAME, "");
    parse("P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K\n"
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    expect(PV_MRZ_FIRST_NAME, "CHAYAPA DEJTHAMRONG K");
    assert_true(zone.name_truncated);
}

static void test_check_digit(void **state)
{
    (void)state;
    /* the examples of Doc 9303-3 */
    assert_int_equal(pv_mrz_check_digit("520727", 6), 3);
    assert_int_equal(pv_mrz_check_digit("AB2134<<<", 9), 5);
    assert_int_equal(pv_mrz_check_digit("", 0), 0);
}

static void expect_empty(const char *text, size_t length)
{
    static const pv_mrz empty;
    memset(&zone, 'x', sizeof zone);
    if (pv_mrz_parse(text, length, today, &zone))
        fail_msg("taken for a zone: %.*s", (int)length, text);
    assert_memory_equal(&zone, &empty, sizeof zone);
}

/* Cut at every length, only whole zones are zones. */
static void test_lengths(void **state)
{
    char text[201];
    (void)state;
    memset(text, '<', sizeof text);
    for (size_t length = 0; length <= 200; length++) {
        bool whole = length == 72 || length == 88 || length == 90;
        if (!whole)
            expect_empty(text, length);
        else
            assert_true(pv_mrz_parse(text, length, today, &zone));
    }
    for (size_t length = 0; length < strlen(TD3); length++)
        expect_empty(TD3, length);
    expect_empty("I<UTO\nI<UTO\nI<UTO\nI<UTO", 23);
}

static void test_all_bytes(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < strlen(TD3); place++) {
            char text[] = TD3;
            text[place] = (char)byte;
            bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
            bool known = letter || (byte >= '0' && byte <= '9') || byte == '<';
            if (place == 44 ? byte == '\n' : known)
                assert_true(pv_mrz_parse(text, strlen(TD3), today, &zone));
            else if (place != 44 || !strchr(" \t\r", byte) || byte == 0)
                expect_empty(text, strlen(TD3));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specimens),
        cmocka_unit_test(test_long_number_of_td2),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_each_check_digit),
        cmocka_unit_test(test_repair_by_kind),
        cmocka_unit_test(test_repair_of_the_format),
        cmocka_unit_test(test_repair_by_check_digit),
        cmocka_unit_test(test_no_repair_where_two_would_do),
        cmocka_unit_test(test_centuries),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_check_digit),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_all_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
