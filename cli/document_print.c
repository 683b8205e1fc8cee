/* What is said about a document. */
#include <math.h>
#include <stdio.h>

#include "api/document_traits.h"
#include "document.h"
#include "print_internal.h"

#define INDENT "  "

const json_t *pv_view_document(const json_t *answer)
{
    return json_object_get(json_object_get(answer, "document"), "detected_document");
}

static void print_row(const char *label, const char *value)
{
    printf(INDENT);
    pv_print_line(label, value);
}

static void print_corners(const json_t *document)
{
    static const char *const names[] = {"top_left", "top_right", "bottom_right", "bottom_left"};
    printf(INDENT "%-*s", PV_LABEL_WIDTH, "corners");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        pv_view_point point = {0};
        (void)pv_view_read_point(json_object_get(document, "document_box"), names[i], &point);
        printf("%s %.1f, %.1f", i ? ";" : "", point.x, point.y);
    }
    putchar('\n');
}

static void print_scores(const json_t *document)
{
    size_t i;
    const json_t *score;
    json_array_foreach(json_object_get(document, "scores"), i, score)
    {
        printf(INDENT "%-*s %.4g\n", PV_LABEL_WIDTH, pv_view_text(score, "name"),
               pv_view_number(score, "value"));
    }
}

static void print_face(const json_t *answer, pv_document_wishes wishes)
{
    const json_t *faces = json_object_get(answer, "faces");
    const json_t *face = json_array_get(faces, 0);
    if (face) {
        pv_view_box box = pv_view_face_box(face);
        printf(INDENT "%-*s %.1f, %.1f, size %.1f x %.1f, confidence %.3f\n", PV_LABEL_WIDTH,
               "face", box.left, box.top, box.right - box.left, box.bottom - box.top,
               pv_view_number(json_object_get(face, "geometry"), "face_confidence_score"));
    } else if (wishes.face) {
        print_row("face", "none");
    }
}

static void print_fields(const json_t *fields)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)fields, name, value)
    {
        if (json_is_string(value) && *json_string_value(value))
            print_row(name, json_string_value(value));
    }
}

static void print_checks(const json_t *zone)
{
    size_t i;
    const json_t *check;
    json_array_foreach(json_object_get(zone, "check_digits"), i, check)
    {
        printf(INDENT "%-*s ", PV_LABEL_WIDTH, i ? "" : "check digits");
        pv_print_text(stdout, pv_view_text(check, "name"));
        puts(json_is_true(json_object_get(check, "valid")) ? ": holds" : ": FAILS");
    }
}

/* What was read as one character and taken for another. */
static void print_repairs(const json_t *zone)
{
    size_t i;
    const json_t *repair;
    json_array_foreach(json_object_get(zone, "repaired"), i, repair)
    {
        printf(INDENT "%-*s line %.0f, column %.0f: ", PV_LABEL_WIDTH, i ? "" : "repaired",
               pv_view_number(repair, "line") + 1, pv_view_number(repair, "column") + 1);
        pv_print_text(stdout, pv_view_text(repair, "read_as"));
        printf(" taken for ");
        pv_print_text(stdout, pv_view_text(repair, "taken_for"));
        puts(json_is_true(json_object_get(repair, "guarded")) ? "" : ", which no digit guards");
    }
}

static void print_zone(const json_t *document, pv_document_wishes wishes)
{
    size_t i;
    const json_t *line;
    const json_t *lines = json_object_get(document, "mrz_data");
    const json_t *zone = json_object_get(document, "mrz");
    json_array_foreach(lines, i, line) print_row(i ? "" : "MRZ", json_string_value(line));
    if (json_array_size(lines) == 0 && wishes.zone)
        print_row("MRZ", "not read");
    if (!zone)
        return;
    printf(INDENT "%-*s %s, %s, confidence %.2f\n", PV_LABEL_WIDTH, "zone",
           pv_view_text(zone, "format"),
           json_is_true(json_object_get(zone, "valid")) ? "valid" : "NOT VALID",
           pv_view_number(zone, "confidence"));
    print_fields(json_object_get(zone, "fields"));
    print_checks(zone);
    print_repairs(zone);
}

static void print_birth(const json_t *document, pv_document_wishes wishes)
{
    const json_t *birth = json_object_get(document, "ocr_age_data");
    const char *date = pv_view_text(birth, "dob");
    if (*date) {
        printf(INDENT "%-*s ", PV_LABEL_WIDTH, "born");
        pv_print_text(stdout, date);
        printf(", age %.0f\n", pv_view_number(birth, "age"));
    } else if (wishes.age) {
        print_row("born", "not known for sure");
    }
}

void pv_print_document(const char *title, const json_t *answer, pv_document_wishes wishes)
{
    char words[300];
    const json_t *document = pv_view_document(answer);
    const char *advice = pv_view_text(answer, "user_feedback_message");
    pv_print_text(stdout, title);
    if (document) {
        uint32_t traits =
            (uint32_t)json_integer_value(json_object_get(document, "document_traits"));
        printf(": document, %s, confidence %.2f\n", pv_view_text(document, "document_format"),
               pv_view_number(document, "confidence_score"));
        pv_document_traits_words(traits, words, sizeof words);
        print_row("traits", *words ? words : "-");
    } else {
        puts(": no document");
    }
    /* A side without a face is nothing to mend where none was asked for. */
    if (*advice && (!document || wishes.face ||
                    json_integer_value(json_object_get(document, "document_traits")) != 0))
        print_row("advice", advice);
    if (!document)
        return;
    print_corners(document);
    print_scores(document);
    print_face(answer, wishes);
    print_zone(document, wishes);
    print_birth(document, wishes);
}
