/* ocr_dump [TODAY]: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels,
 * and writes one line of JSON for each: which way up it is, its lines of text, the birth date, and
 * what reading and choosing took. tests/document/test_ocr.py and
 * tools/measure_dates.py call it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "document/birth.h"
#include "dump.h"

static json_t *line_json(const pv_text_line *line)
{
    json_t *corners = json_array();
    for (int i = 0; i < 4; i++)
        json_array_append_new(corners, json_pack("[f,f]", (double)line->box.corners[i].x,
                                                 (double)line->box.corners[i].y));
    return json_pack("{s:s,s:f,s:f,s:o}", "text", line->text, "confidence",
                     (double)line->confidence, "score", (double)line->box.score, "corners",
                     corners);
}

static json_t *birth_json(const pv_birth *birth)
{
    char text[PV_DATE_TEXT_SIZE];
    pv_date_print(birth->date, text);
    return json_pack("{s:s,s:i,s:f}", "date", text, "age", birth->age, "confidence",
                     (double)birth->confidence);
}

static pv_status dump(pv_runtime *runtime, pv_image *image, const char *rest, const void *context)
{
    (void)rest;
    const pv_date *today = context;
    pv_text_line *lines;
    pv_ocr_turn turn;
    pv_birth birth;
    pv_ocr_found found = {0};
    size_t count;
    double start = pv_dump_milliseconds();
    pv_status status =
        pv_ocr_page(runtime, image, &found, PV_OCR_TURN_UNKNOWN, &turn, &lines, &count);
    double read = pv_dump_milliseconds();
    if (status != PV_OK)
        return status;
    pv_birth_choose(lines, count, *today, &birth);
    double chosen = pv_dump_milliseconds();
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, line_json(&lines[i]));
    json_t *page = json_pack("{s:i,s:f,s:o,s:o,s:[f,f]}", "turn", turn.quarters, "sureness",
                             (double)turn.confidence, "birth", birth_json(&birth), "lines", all,
                             "milliseconds", read - start, chosen - read);
    json_dumpf(page, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(page);
    return PV_OK;
}

int main(int argc, char **argv)
{
    pv_date today;
    if (!pv_dump_read_today("ocr_dump", argc, argv, &today))
        return EXIT_FAILURE;
    return pv_dump_pictures("ocr_dump", dump, &today);
}
