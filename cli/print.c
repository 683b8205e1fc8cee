#include "print_internal.h"

#include <string.h>

void pv_print_text(FILE *stream, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)(text ? text : ""); *c; c++) {
        /* C1 control characters are C2 80 to C2 9F in UTF-8. */
        if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F) {
            fputc('?', stream);
            c++;
        } else {
            fputc(*c < 0x20 || *c == 0x7F ? '?' : *c, stream);
        }
    }
}

void pv_print_line(const char *label, const char *value)
{
    printf("%-*s ", PV_LABEL_WIDTH, label);
    pv_print_text(stdout, value);
    putchar('\n');
}

void pv_print_compare(const json_t *answer)
{
    const json_t *compare = json_object_get(answer, "compare");
    bool a = json_is_true(json_object_get(compare, "face_detected_a"));
    bool b = json_is_true(json_object_get(compare, "face_detected_b"));
    if (!a || !b) {
        pv_print_line("result", "no comparison");
        pv_print_line("face in A", a ? "yes" : "no");
        pv_print_line("face in B", b ? "yes" : "no");
        return;
    }
    bool match = json_is_true(json_object_get(compare, "is_match"));
    pv_print_line("result", match ? "same person" : "different persons");
    printf("%-*s %.4f\n", PV_LABEL_WIDTH, "similarity",
           pv_view_number(compare, "similarity_score"));
    printf("%-*s %.4f\n", PV_LABEL_WIDTH, "confidence", pv_view_number(compare, "confidence"));
    printf("%-*s %.4f mean, %.4f to %.4f\n", PV_LABEL_WIDTH, "distance",
           pv_view_number(compare, "distance_mean"), pv_view_number(compare, "distance_min"),
           pv_view_number(compare, "distance_max"));
    const json_t *thresholds = json_object_get(compare, "face_thresholds");
    printf("%-*s", PV_LABEL_WIDTH, "thresholds");
    for (size_t i = 0; i < json_array_size(thresholds); i++)
        printf(" %.4f", json_number_value(json_array_get(thresholds, i)));
    putchar('\n');
}

static void print_candidates(const json_t *list)
{
    if (json_array_size(list) == 0)
        return;
    printf("\n%3s %8s %9s  %s\n", "#", "score", "templates", "puid");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *person = json_array_get(list, i);
        printf("%3zu %8.4f %9.0f  ", i + 1, pv_view_number(person, "score"),
               pv_view_number(person, "enroll_level"));
        pv_print_text(stdout, pv_view_text(person, "puid"));
        putchar('\n');
    }
}

void pv_print_person(const char *member, const json_t *answer)
{
    const json_t *data = json_object_get(answer, member);
    const json_t *response = json_object_get(data, "api_response");
    bool enroll = strcmp(member, "enroll") == 0;
    bool known = json_object_get(response, "puid") != NULL &&
                 json_integer_value(json_object_get(response, "status")) == 0;
    if (known)
        pv_print_line("result", enroll ? "enrolled" : "found");
    else
        pv_print_line("result", enroll ? "not enrolled" : "not found");
    pv_print_line("message", pv_view_text(data, "message"));
    if (json_object_get(answer, "user_feedback_message"))
        pv_print_line("advice", pv_view_text(answer, "user_feedback_message"));
    if (!known)
        return;
    pv_print_line("puid", pv_view_text(response, "puid"));
    if (json_object_get(response, "guid"))
        pv_print_line("guid", pv_view_text(response, "guid"));
    if (json_object_get(response, "score"))
        printf("%-*s %.4f\n", PV_LABEL_WIDTH, "score", pv_view_number(response, "score"));
    if (json_object_get(response, "enroll_level"))
        printf("%-*s %.0f\n", PV_LABEL_WIDTH, "templates",
               pv_view_number(response, "enroll_level"));
    print_candidates(json_object_get(response, "PI_list"));
}

void pv_print_delete(const json_t *answer)
{
    const json_t *data = json_object_get(answer, "user_delete");
    bool deleted = json_integer_value(json_object_get(data, "status")) == 0;
    pv_print_line("result", deleted ? "deleted" : "not deleted");
    pv_print_line("message", pv_view_text(data, "message"));
    printf("%-*s %.0f\n", PV_LABEL_WIDTH, "templates", pv_view_number(data, "uuid_count"));
}
