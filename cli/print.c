#include "print.h"

#include <stdbool.h>
#include <string.h>

#include "config/enums_generated.h"

#define LABEL_WIDTH 18

typedef struct trait_name {
    unsigned bit;
    const char *name;
} trait_name;

static const trait_name trait_names[] = {
    {PV_FT_FACE_TOO_CLOSE, "too close"},
    {PV_FT_FACE_TOO_FAR, "too far"},
    {PV_FT_FACE_RIGHT, "too far right"},
    {PV_FT_FACE_LEFT, "too far left"},
    {PV_FT_FACE_UP, "too high"},
    {PV_FT_FACE_DOWN, "too low"},
    {PV_FT_IMAGE_BLURR, "blurred"},
    {PV_FT_FACE_WITH_GLASS, "glasses"},
    {PV_FT_FACE_WITH_MASK, "mask"},
    {PV_FT_LOOKING_LEFT, "looking left"},
    {PV_FT_LOOKING_RIGHT, "looking right"},
    {PV_FT_LOOKING_HIGH, "looking up"},
    {PV_FT_LOOKING_DOWN, "looking down"},
    {PV_FT_FACE_TOO_DARK, "too dark"},
    {PV_FT_FACE_TOO_BRIGHT, "too bright"},
    {PV_FT_FACE_LOW_VAL_CONF, "low confidence"},
    {PV_FT_INVALID_FACE_BACKGROUND, "background"},
    {PV_FT_EYE_BLINK, "eyes closed"},
    {PV_FT_MOUTH_OPENED, "mouth open"},
    {PV_FT_FACE_ROTATED_RIGHT, "tilted right"},
    {PV_FT_FACE_ROTATED_LEFT, "tilted left"},
    {PV_FT_FACE_NOT_IN_OVAL, "outside the oval"},
};

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

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void print_line(const char *label, const char *value)
{
    printf("%-*s ", LABEL_WIDTH, label);
    pv_print_text(stdout, value);
    putchar('\n');
}

static void print_traits(unsigned traits)
{
    const char *comma = "";
    for (size_t i = 0; i < sizeof trait_names / sizeof *trait_names; i++) {
        if (traits & trait_names[i].bit) {
            printf("%s%s", comma, trait_names[i].name);
            comma = ", ";
        }
    }
    if (*comma == '\0')
        putchar('-');
}

static void print_face(size_t index, const json_t *face)
{
    const json_t *geometry = json_object_get(face, "geometry");
    const json_t *box = json_object_get(geometry, "bounding_box");
    const json_t *from = json_object_get(box, "top_left");
    const json_t *to = json_object_get(box, "bottom_right");
    const json_t *left = json_object_get(geometry, "eye_left");
    const json_t *right = json_object_get(geometry, "eye_right");
    printf("%3zu %10.3f %8.1f %8.1f %8.1f %8.1f  %8.1f %8.1f  %8.1f %8.1f  ", index + 1,
           number(geometry, "face_confidence_score"), number(from, "x"), number(from, "y"),
           number(to, "x") - number(from, "x"), number(to, "y") - number(from, "y"),
           number(left, "x"), number(left, "y"), number(right, "x"), number(right, "y"));
    print_traits((unsigned)json_integer_value(json_object_get(face, "face_traits_flags")));
    putchar('\n');
}

void pv_print_faces(const char *title, const json_t *answer)
{
    const json_t *faces = json_object_get(answer, "faces");
    size_t count = json_array_size(faces);
    pv_print_text(stdout, title);
    if (count == 0) {
        printf(": no face\n");
        return;
    }
    printf(": %zu face%s\n", count, count == 1 ? "" : "s");
    printf("%3s %10s %8s %8s %8s %8s  %17s  %17s  %s\n", "#", "confidence", "x", "y", "width",
           "height", "left eye", "right eye", "traits");
    for (size_t i = 0; i < count; i++)
        print_face(i, json_array_get(faces, i));
}

void pv_print_compare(const json_t *answer)
{
    const json_t *compare = json_object_get(answer, "compare");
    bool a = json_is_true(json_object_get(compare, "face_detected_a"));
    bool b = json_is_true(json_object_get(compare, "face_detected_b"));
    if (!a || !b) {
        print_line("result", "no comparison");
        print_line("face in A", a ? "yes" : "no");
        print_line("face in B", b ? "yes" : "no");
        return;
    }
    bool match = json_is_true(json_object_get(compare, "is_match"));
    print_line("result", match ? "same person" : "different persons");
    printf("%-*s %.4f\n", LABEL_WIDTH, "similarity", number(compare, "similarity_score"));
    printf("%-*s %.4f\n", LABEL_WIDTH, "confidence", number(compare, "confidence"));
    printf("%-*s %.4f mean, %.4f to %.4f\n", LABEL_WIDTH, "distance",
           number(compare, "distance_mean"), number(compare, "distance_min"),
           number(compare, "distance_max"));
    const json_t *thresholds = json_object_get(compare, "face_thresholds");
    printf("%-*s", LABEL_WIDTH, "thresholds");
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
        printf("%3zu %8.4f %9.0f  ", i + 1, number(person, "score"),
               number(person, "enroll_level"));
        pv_print_text(stdout, text(person, "puid"));
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
        print_line("result", enroll ? "enrolled" : "found");
    else
        print_line("result", enroll ? "not enrolled" : "not found");
    print_line("message", text(data, "message"));
    if (!known)
        return;
    print_line("puid", text(response, "puid"));
    if (json_object_get(response, "guid"))
        print_line("guid", text(response, "guid"));
    if (json_object_get(response, "score"))
        printf("%-*s %.4f\n", LABEL_WIDTH, "score", number(response, "score"));
    if (json_object_get(response, "enroll_level"))
        printf("%-*s %.0f\n", LABEL_WIDTH, "templates", number(response, "enroll_level"));
    print_candidates(json_object_get(response, "PI_list"));
}

void pv_print_delete(const json_t *answer)
{
    const json_t *data = json_object_get(answer, "user_delete");
    bool deleted = json_integer_value(json_object_get(data, "status")) == 0;
    print_line("result", deleted ? "deleted" : "not deleted");
    print_line("message", text(data, "message"));
    printf("%-*s %.0f\n", LABEL_WIDTH, "templates", number(data, "uuid_count"));
}
