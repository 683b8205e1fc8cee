/* ocr_dump [TODAY]: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels,
 * and writes one line of JSON for each: which way up it is, its lines of text, the birth date, and
 * what reading and choosing took. tests/document/test_ocr.py and
 * tools/measure_dates.py call it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "document/birth.h"

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

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static json_t *birth_json(const pv_birth *birth)
{
    char text[PV_DATE_TEXT_SIZE];
    pv_date_print(birth->date, text);
    return json_pack("{s:s,s:i,s:f}", "date", text, "age", birth->age, "confidence",
                     (double)birth->confidence);
}

static pv_status dump_page(pv_runtime *runtime, pv_image *image, pv_date today)
{
    pv_text_line *lines;
    pv_ocr_turn turn;
    pv_birth birth;
    size_t count;
    double start = milliseconds();
    pv_status status = pv_ocr_page(runtime, image, PV_OCR_TURN_UNKNOWN, &turn, &lines, &count);
    double read = milliseconds();
    if (status != PV_OK)
        return status;
    pv_birth_choose(lines, count, today, &birth);
    double chosen = milliseconds();
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

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height,
                      pv_date today)
{
    pv_arena *arena;
    pv_image image;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = dump_page(runtime, &image, today);
    pv_arena_destroy(arena);
    return status;
}

static pv_status read_all(pv_runtime *runtime, pv_date today)
{
    char line[64];
    pv_status status = PV_OK;
    while (status == PV_OK && fgets(line, sizeof line, stdin)) {
        int width;
        int height;
        if (sscanf(line, "%d %d", &width, &height) != 2 || width < 1 || height < 1)
            return pv_fail(PV_ERROR_ARGUMENT, "not a size: %s", line);
        size_t count = (size_t)width * (size_t)height * 3;
        uint8_t *pixels = malloc(count);
        if (!pixels || fread(pixels, 1, count, stdin) != count)
            status = pv_fail(PV_ERROR_ARGUMENT, "fewer pixels than %d x %d", width, height);
        else
            status = dump(runtime, pixels, width, height, today);
        free(pixels);
        fflush(stdout);
    }
    return status;
}

int main(int argc, char **argv)
{
    pv_date today = pv_date_today();
    if (argc == 2 && (sscanf(argv[1], "%d-%d-%d", &today.year, &today.month, &today.day) != 3 ||
                      !pv_date_is_valid(today))) {
        fprintf(stderr, "ocr_dump: no date: %s\n", argv[1]);
        return EXIT_FAILURE;
    }
    pv_model_store *store = NULL;
    pv_runtime *runtime = NULL;
    pv_status status = pv_model_store_open(NULL, NULL, &store);
    if (status == PV_OK)
        status = pv_runtime_create(store, 1, &runtime);
    if (status == PV_OK)
        status = read_all(runtime, today);
    if (status != PV_OK)
        fprintf(stderr, "ocr_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
