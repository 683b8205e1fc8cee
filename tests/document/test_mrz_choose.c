/* From probabilities to a zone: cells at even distances, and the reading that check digits ask for.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/mrz_cells.h"

static const char *const td3[2] = {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                                   "L898902C36UTO7408122F1204159ZE184226B<<<<<10"};
static const char *const td1[3] = {"I<UTOD231458907<<<<<<<<<<<<<<<",
                                   "7408122F1204159UTO<<<<<<<<<<<6",
                                   "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"};

static pv_mrz_cell cells[PV_MRZ_LINES][PV_MRZ_LINE_MOST];
static pv_mrz_evidence evidence;
static pv_mrz_lines seen, chosen;
static float confidence;

/* A picture in which every character is clear. */
static void show(const char *const *lines, int count)
{
    evidence = (pv_mrz_evidence){.line_count = count, .line_length = (int)strlen(lines[0])};
    for (int line = 0; line < count; line++) {
        evidence.lines[line] = cells[line];
        for (int k = 0; k < evidence.line_length; k++) {
            for (int sign = 0; sign < PV_MRZ_SIGNS; sign++)
                cells[line][k].log_p[sign] = logf(1e-4F);
            cells[line][k].log_p[pv_mrz_sign_number(lines[line][k])] = logf(0.99F);
            cells[line][k].ink = 0.98F;
        }
    }
}

/* A place that looks more like one character than like the other. */
static void doubt(int line, int column, char more, char less, float chance)
{
    cells[line][column].log_p[pv_mrz_sign_number(more)] = logf(1.0F - chance);
    cells[line][column].log_p[pv_mrz_sign_number(less)] = logf(chance);
}

static void expect_line(const pv_mrz_lines *lines, int line, const char *text)
{
    if (strcmp(lines->text[line], text) != 0)
        fail_msg("line %d is %s, not %s", line, lines->text[line], text);
}

static void test_clear(void **state)
{
    (void)state;
    show(td3, 2);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&chosen, 0, td3[0]);
    expect_line(&chosen, 1, td3[1]);
    assert_true(confidence > 0.6F && confidence <= 1.0F);
    show(td1, 3);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD1);
    expect_line(&chosen, 1, td1[1]);
}

/* Digits that no look-alike explains: the net's doubt is enough. */
static void test_doubt_is_settled(void **state)
{
    (void)state;
    show(td3, 2);
    doubt(1, 1, '3', '8', 0.2F);
    doubt(1, 14, '9', '4', 0.2F);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&seen, 1, "L398902C36UTO7908122F1204159ZE184226B<<<<<10");
    expect_line(&chosen, 1, td3[1]);
    assert_true(confidence > 0.3F);
}

/* What the picture shows clearly is kept, though a check digit fails. */
static void test_nothing_is_forced(void **state)
{
    (void)state;
    show(td3, 2);
    doubt(1, 14, '9', '4', 1e-4F);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&chosen, 1, "L898902C36UTO7908122F1204159ZE184226B<<<<<10");
}

/* Ten ways to make the check digits hold, all alike: none is taken. */
static void test_no_guess_among_many(void **state)
{
    (void)state;
    show(td3, 2);
    for (int column = 28; column < 34; column++)
        for (int sign = 0; sign < PV_MRZ_SIGNS; sign++)
            cells[1][column].log_p[sign] = logf(1.0F / PV_MRZ_SIGNS);
    pv_mrz_format format = pv_mrz_choose(&evidence, &seen, &chosen, &confidence);
    assert_int_equal(format, PV_MRZ_TD3);
    assert_memory_equal(&seen, &chosen, sizeof seen);
    assert_true(confidence < 0.01F);
}

static void test_kinds(void **state)
{
    (void)state;
    show(td3, 2);
    doubt(1, 13, 'T', '7', 0.1F); /* letters cannot stand in dates */
    doubt(0, 7, '1', 'I', 0.1F);  /* nor digits in names */
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&seen, 0, td3[0]);
    expect_line(&seen, 1, td3[1]);
}

static void test_states(void **state)
{
    const char *lines[2] = {"P<D<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                            "L898902C36D<<7408122F1204159ZE184226B<<<<<10"};
    (void)state;
    show(lines, 2);
    doubt(0, 2, 'O', 'D', 0.1F);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&seen, 0, "P<O<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
    expect_line(&chosen, 0, lines[0]);
    /* a state that is not on the list, but clear */
    doubt(0, 2, 'Q', 'D', 1e-5F);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&chosen, 0, "P<Q<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
}

static void test_unseen(void **state)
{
    (void)state;
    show(td3, 2);
    for (int column = 30; column < 40; column++)
        cells[0][column].ink = 0.02F; /* fillers on both sides */
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&chosen, 0, td3[0]);
    cells[1][14].ink = 0.02F;
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_TD3);
    expect_line(&chosen, 1, "L898902C36UTO7?08122F1204159ZE184226B<<<<<10");
    assert_true(confidence <= 0.0F);
    pv_mrz zone = {0};
    pv_mrz_fill(PV_MRZ_TD3, &chosen, (pv_date){2026, 6, 15}, &zone);
    assert_false(zone.valid);
    assert_false(zone.checks[1].valid);
    assert_string_equal(zone.values[PV_MRZ_DATE_OF_BIRTH], "");
}

/* Rubbish is no zone. */
static void test_rubbish(void **state)
{
    (void)state;
    show(td3, 2);
    for (int line = 0; line < 2; line++)
        for (int k = 0; k < 44; k++)
            for (int sign = 0; sign < PV_MRZ_SIGNS; sign++)
                cells[line][k].log_p[sign] = logf(1.0F / PV_MRZ_SIGNS);
    assert_int_equal(pv_mrz_choose(&evidence, &seen, &chosen, &confidence), PV_MRZ_NONE);
}

#define STEPS 240

/* Steps of a net that sees a line from `start` on, characters `pitch` apart. */
static void draw_steps(const char *line, double start, double pitch, float *p)
{
    for (int i = 0; i < STEPS; i++) {
        float *step = p + (size_t)i * PV_MRZ_CLASSES;
        int k = (int)round((i - start) / pitch);
        bool inside = k >= 0 && k < (int)strlen(line) && line[k] != ' ' &&
                      fabs(i - start - k * pitch) < 0.3 * pitch;
        for (int c = 0; c < PV_MRZ_CLASSES; c++)
            step[c] = 0.001F;
        step[inside ? pv_mrz_sign_number(line[k]) + 1 : 0] = 0.96F;
    }
}

static void expect_cells(const char *shown, const char *line, double start, double pitch)
{
    static float p[STEPS * PV_MRZ_CLASSES];
    static pv_mrz_row_cells row;
    float score;
    draw_steps(shown, start, pitch, p);
    pv_mrz_cells_make(p, STEPS, &row);
    int length = (int)strlen(line);
    int first = pv_mrz_cells_window(&row, length, &score);
    assert_true(first >= 0);
    for (int k = 0; k < length; k++) {
        const pv_mrz_cell *cell = &row.cells[first + k];
        if (shown[k] != ' ')
            assert_true(cell->log_p[pv_mrz_sign_number(line[k])] > logf(0.9F));
        assert_true(fabs((double)cell->place - start - k * pitch) < 0.4 * pitch);
    }
}

static void test_cells(void **state)
{
    (void)state;
    expect_cells(td3[1], td3[1], 10.0, 4.8);
    expect_cells(td3[0], td3[0], 3.4, 4.13);
    expect_cells(td1[0], td1[0], 40.0, 6.3);
    /* a hole, and fillers of which the last ones are not seen */
    expect_cells("L898902C36UTO7  8122F1204159ZE184226B<<<<<10", td3[1], 10.0, 4.8);
}

static void test_no_cells(void **state)
{
    static float p[STEPS * PV_MRZ_CLASSES];
    static pv_mrz_row_cells row;
    float score;
    (void)state;
    draw_steps("", 0.0, 5.0, p);
    pv_mrz_cells_make(p, STEPS, &row);
    assert_int_equal(row.count, 0);
    assert_int_equal(pv_mrz_cells_window(&row, 30, &score), -1);
    draw_steps("ABC", 0.0, 5.0, p);
    pv_mrz_cells_make(p, STEPS, &row);
    assert_int_equal(row.count, 0);
    for (int i = 0; i < STEPS * PV_MRZ_CLASSES; i++)
        p[i] = NAN;
    pv_mrz_cells_make(p, STEPS, &row);
    assert_int_equal(row.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_doubt_is_settled),
        cmocka_unit_test(test_nothing_is_forced),
        cmocka_unit_test(test_no_guess_among_many),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_unseen),
        cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_no_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
