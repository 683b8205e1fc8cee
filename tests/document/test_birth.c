/* The birth date among the lines of a page: by label, never by guess. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/birth.h"
#include "document/birth_labels.h"

#define LINES_MOST 10
#define LETTER 10.0F /* width of a letter, and half the height of a line */

static const pv_date today = {2026, 11, 25};

typedef struct row {
    float x, y; /* left, middle */
    const char *text;
} row;

/* Lines as the reader gives them, turned about the origin. */
static pv_birth choose_turned(const row *rows, size_t count, float degrees, float probability)
{
    static pv_text_sign signs[LINES_MOST][128];
    pv_text_line lines[LINES_MOST];
    float c = cosf(degrees * 3.14159265F / 180.0F);
    float s = sinf(degrees * 3.14159265F / 180.0F);
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        for (const char *at = rows[i].text; *at; at++) {
            if (((unsigned char)*at & 0xC0) != 0x80)
                signs[i][length++] =
                    (pv_text_sign){.code = (unsigned char)*at, .probability = probability};
        }
        for (size_t k = 0; k < length; k++) {
            signs[i][k].from = (float)k / (float)length;
            signs[i][k].to = (float)(k + 1) / (float)length;
        }
        float left = rows[i].x;
        float right = left + LETTER * (float)length;
        float top = rows[i].y - LETTER;
        float bottom = rows[i].y + LETTER;
        const float corners[4][2] = {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
        lines[i] = (pv_text_line){
            .text = rows[i].text, .signs = signs[i], .count = length, .confidence = probability};
        for (int k = 0; k < 4; k++)
            lines[i].box.corners[k] = (pv_point){corners[k][0] * c - corners[k][1] * s,
                                                 corners[k][0] * s + corners[k][1] * c};
    }
    pv_birth birth;
    pv_birth_choose(lines, count, today, &birth);
    return birth;
}

static const struct {
    const char *expected; /* "" for none */
    row rows[LINES_MOST];
} pages[] = {
    /* beside, beneath, in another box of the row */
    {"1985-03-12", {{0, 0, "Date of birth: 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Date of birth"}, {0, 25, "12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Date of birth"}, {200, 0, "12.03.1985"}}},
    {"1985-03-12",
     {{0, 0, "Date of birth"}, {200, 5, "/ Date de naissance"}, {420, 3, "12 MAR/MARS 85"}}},
    {"1985-03-12", {{0, 0, "Geburtsdatum"}, {0, 25, "Date of birth"}, {0, 50, "12.03.1985"}}},
    {"1985-03-12", {{0, 0, "DOB12.03.1985"}}},
    {"1985-03-12", {{0, 0, "D0B 12.03.1985"}}},
    /* languages, and a letter that was misread */
    {"1985-03-12", {{0, 0, "Né(e) le: 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Né(ele 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Date de naissance 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Geburtsdalum 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Geburtstag 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "geb. am 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Fecha de nacirniento 12/03/1985"}}},
    {"1985-03-12", {{0, 0, "Data di nascita 12/03/1985"}}},
    {"1985-03-12", {{0, 0, "Data de nascimento 12-03-1985"}}},
    {"1985-03-12", {{0, 0, "Geboortedatum 12 MRT/MAR 1985"}}},
    {"1985-03-12", {{0, 0, "Data urodzenia 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Födelsedatum 1985-03-12"}}},
    {"1985-03-12", {{0, 0, "Fødselsdato 12.03.1985"}}},
    {"1985-03-12", {{0, 0, "Syntymäaika 12.3.1985"}}},
    {"1985-03-12", {{0, 0, "Datum narození 12. března 1985"}}},
    /* among other dates and labels */
    {"1985-03-12",
     {{0, 0, "Date of birth"},
      {300, 0, "Date of issue"},
      {600, 0, "Date of expiry"},
      {0, 25, "12.03.1985"},
      {300, 25, "01.05.2020"},
      {600, 25, "01.05.2030"}}},
    {"1985-03-12",
     {{0, 0, "Date of birth      Date of issue     Date of expiry"},
      {0, 25, "12.03.1985         01.05.2020        01.05.2030"}}},
    {"", {{0, 0, "Date of birth"}, {300, 0, "Date of issue"}, {300, 25, "01.05.2020"}}},
    {"", {{0, 0, "Date of birth"}, {300, 0, "Date of expiry 01.05.2030"}}},
    {"", {{0, 0, "Date of birth"}, {0, 25, "Date of issue"}, {0, 50, "01.05.2020"}}},
    {"", {{0, 0, "Date of birth / Date of issue 01.05.2020"}}},
    {"", {{0, 0, "Date of birth"}, {200, 0, "LISBON"}, {400, 0, "01.05.2020"}}},
    {"", {{0, 0, "Date of birth"}, {0, 200, "12.03.1985"}}},
    {"", {{0, 0, "Date of birth"}, {500, 25, "12.03.1985"}}},
    {"", {{0, 25, "Date of birth"}, {0, 0, "12.03.1985"}}},
    {"", {{0, 0, "12.03.1985"}, {0, 25, "01.05.2030"}}},
    {"", {{0, 0, "Place of birth"}, {0, 25, "12.03.1985"}}},
    {"", {{0, 0, "Lieu de naissance 12.03.1985"}}},
    {"", {{0, 0, "Date of birth"}, {0, 25, "Birth date"}}},
    /* a label that points to what cannot be one */
    {"", {{0, 0, "Date of birth 12.03.2040"}}},
    {"", {{0, 0, "Date of birth 12.03.1890"}}},
    {"", {{0, 0, "Date of birth 31.02.1985"}}},
    {"", {{0, 0, "Date of birth 12.03.1985"}, {0, 50, "Date of birth 13.03.1985"}}},
    {"", {{0, 0, "Date of birth 12.03.1985"}, {0, 50, "01.05.1980"}}},
    {"1985-03-12", {{0, 0, "Date of birth 12.03.1985"}, {0, 50, "Né(e) le 12 MAR 85"}}},
    /* driving licences of the European Union */
    {"1985-03-12", {{0, 0, "3. 12.03.1985 BERLIN"}, {0, 25, "4a. 01.05.2020"}}},
    {"1985-03-12", {{0, 0, "3.12.03.85 BERLIN"}, {0, 25, "4a.01.05.20 4b.30.04.35"}}},
    {"1985-03-12",
     {{0, 0, "3."}, {30, 0, "12.03.1985 BERLIN"}, {0, 25, "4b."}, {40, 25, "30.04.2035"}}},
    {"", {{0, 0, "3. 12.03.1985 BERLIN"}, {0, 25, "5. 01.05.2020"}}},
    {"", {{0, 0, "4a. 12.03.1985"}, {0, 25, "4b. 01.05.2020"}}},
    {"", {{0, 0, "3."}, {0, 25, "12.03.1985"}, {0, 60, "4a."}}},
    /* the order of day and month */
    {"", {{0, 0, "Date of birth 05/04/1985"}}},
    {"1985-04-05", {{0, 0, "Date de naissance 05/04/1985"}}},
    {"1985-04-05", {{0, 0, "Date of birth 05/04/1985"}, {0, 50, "Date of expiry 25/12/2030"}}},
    {"1985-05-04", {{0, 0, "Date of birth 05/04/1985"}, {0, 50, "Date of expiry 12/25/2030"}}},
    {"1985-05-04", {{0, 0, "DOB 05/04/1985"}, {0, 50, "DRIVER LICENSE"}}},
    {"1985-05-04", {{0, 0, "DOB 05/04/1985"}, {0, 50, "USA"}}},
    {"", {{0, 0, "DOB 05/04/1985"}, {0, 50, "MUSAK"}}},
    {"1985-04-05", {{0, 0, "DOB 05/04/1985"}, {0, 50, "DRIVING LICENCE"}}},
    {"1985-04-05", {{0, 0, "DOB (DD/MM/YYYY) 05/04/1985"}}},
    {"1985-05-04", {{0, 0, "DOB (MM/DD/YYYY) 05/04/1985"}}},
    {"", {{0, 0, "Fecha de nacimiento / DOB 05/04/1985"}, {0, 50, "USA"}}},
    {"", {{0, 0, "Date of birth 05/04/1985"}, {0, 50, "25/12/2030"}, {0, 100, "12/25/2020"}}},
    {"1985-04-05", {{0, 0, "Date of birth 05.04.1985"}, {0, 50, "USA"}}},
};

static void check(size_t i, float degrees)
{
    size_t count = 0;
    char text[PV_DATE_TEXT_SIZE];
    while (count < LINES_MOST && pages[i].rows[count].text)
        count++;
    pv_birth birth = choose_turned(pages[i].rows, count, degrees, 0.9F);
    pv_date_print(birth.date, text);
    if (strcmp(text, pages[i].expected) != 0)
        fail_msg("page %zu (\"%s\"), turned by %g: \"%s\", not \"%s\"", i, pages[i].rows[0].text,
                 (double)degrees, text, pages[i].expected);
    assert_int_equal(birth.found, text[0] != '\0');
    assert_int_equal(birth.age, birth.found ? pv_date_age(birth.date, today) : PV_AGE_UNKNOWN);
}

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        check(i, 0.0F);
}

static void test_pages_that_lie_otherwise(void **state)
{
    (void)state;
    static const float turns[] = {90, 180, 270, 7, -12, 45};
    for (size_t k = 0; k < sizeof turns / sizeof turns[0]; k++)
        for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
            check(i, turns[k]);
}

static void test_the_date_has_a_place(void **state)
{
    (void)state;
    const row rows[] = {{100, 50, "Date of birth: 12.03.1985 Metz"}};
    const pv_birth birth = choose_turned(rows, 1, 0.0F, 0.9F);
    assert_true(birth.found);
    assert_int_equal(birth.age, 41);
    static const float expected[4][2] = {{250, 40}, {350, 40}, {350, 60}, {250, 60}};
    for (int i = 0; i < 4; i++) {
        assert_true(fabsf(birth.corners[i].x - expected[i][0]) < 0.1F);
        assert_true(fabsf(birth.corners[i].y - expected[i][1]) < 0.1F);
    }
}

static void test_what_was_guessed_is_not_told(void **state)
{
    (void)state;
    const row rows[] = {{0, 0, "Date of birth: 12.03.1985"}};
    assert_false(choose_turned(rows, 1, 0.0F, 0.4F).found);
    const pv_birth birth = choose_turned(rows, 1, 0.0F, 0.75F);
    assert_true(birth.found);
    assert_true(fabsf(birth.confidence - 0.75F) < 1e-6F);
}

static void test_no_lines(void **state)
{
    (void)state;
    pv_birth birth;
    pv_birth_choose(NULL, 0, today, &birth);
    assert_false(birth.found);
    assert_int_equal(birth.age, PV_AGE_UNKNOWN);
    /* boxes without an area and lines without text */
    const pv_text_line empty[2] = {{.text = ""}, {.text = "Date of birth 12.03.1985"}};
    pv_birth_choose(empty, 2, today, &birth);
    assert_false(birth.found);
}

static void test_labels(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int kind; /* of the first label; -1 for none */
        size_t from, to;
    } rows[] = {
        {"Date of birth", PV_LABEL_BIRTH, 0, 13},
        {"(4) Date of b1rth:", PV_LABEL_BIRTH, 4, 17},
        {"Place of birth", PV_LABEL_OTHER, 0, 14},
        {"DOB", PV_LABEL_BIRTH, 0, 3},
        {"DOBLER", -1, 0, 0},
        {"Osborn", -1, 0, 0},
        {"4b EXP", PV_LABEL_OTHER_FIELD, 0, 2},
        {"3.", PV_LABEL_BIRTH_FIELD, 0, 1},
        {"31.12.2020", -1, 0, 0},
        {"EXPERT", -1, 0, 0},
        {"Née le", PV_LABEL_BIRTH, 0, 7},
        {"Johnele", -1, 0, 0},
        {"", -1, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_label labels[PV_LABELS_MOST];
        size_t count = pv_labels_find(rows[i].text, labels);
        int kind = count > 0 ? (int)labels[0].kind : -1;
        if (kind != rows[i].kind ||
            (count > 0 && (labels[0].from != rows[i].from || labels[0].to != rows[i].to)))
            fail_msg("\"%s\": kind %d, %zu to %zu", rows[i].text, kind, count ? labels[0].from : 0,
                     count ? labels[0].to : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_pages_that_lie_otherwise),
        cmocka_unit_test(test_the_date_has_a_place),
        cmocka_unit_test(test_what_was_guessed_is_not_told),
        cmocka_unit_test(test_no_lines),
        cmocka_unit_test(test_labels),
    };
    return cmocka_run_group_tests_name("birth", tests, NULL, NULL);
}
