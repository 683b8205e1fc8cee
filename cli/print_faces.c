/* What is said about faces. */
#include "internal.h"
#include "print_internal.h"

#define INDENT "  "

/* A line about one face, left out where the score is not there. */
typedef struct measure_row {
    const char *label;
    const char *score;
    int decimals;
} measure_row;

static const measure_row measures[] = {
    {"quality", "UnifiedQualityScore", 0},
    {"yaw", "yaw", 1},
    {"pitch", "pitch", 1},
    {"roll", "roll", 1},
    {"sharpness", "sharpness", 1},
    {"brightness", "brightness", 2},
    {"eyes closed", "eyes_closed", 2},
    {"mouth open", "mouth_open", 2},
    {"smile", "smile", 2},
    {"glasses", "glasses", 2},
    {"mask", "mask", 2},
    {"background", "background_unevenness", 1},
    {"size in picture", "face_size", 2},
};

static void print_measures(const json_t *face)
{
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        double value;
        if (pv_view_score(face, measures[i].score, &value))
            printf(INDENT "%-*s %.*f\n", PV_LABEL_WIDTH, measures[i].label, measures[i].decimals,
                   value);
    }
}

static void print_geometry(const json_t *face)
{
    const json_t *geometry = json_object_get(face, "geometry");
    pv_view_box box = pv_view_face_box(face);
    pv_view_point right;
    pv_view_point left;
    (void)pv_view_read_point(geometry, "eye_right", &right);
    (void)pv_view_read_point(geometry, "eye_left", &left);
    printf(INDENT "%-*s %.3f\n", PV_LABEL_WIDTH, "confidence",
           pv_view_number(geometry, "face_confidence_score"));
    printf(INDENT "%-*s %.1f, %.1f, size %.1f x %.1f\n", PV_LABEL_WIDTH, "box", box.left, box.top,
           box.right - box.left, box.bottom - box.top);
    printf(INDENT "%-*s right %.1f, %.1f, left %.1f, %.1f\n", PV_LABEL_WIDTH, "eyes", right.x,
           right.y, left.x, left.y);
}

static void print_liveness(const json_t *face)
{
    double score;
    printf(INDENT "%-*s %s", PV_LABEL_WIDTH, "liveness", pv_view_liveness(face));
    if (pv_view_score(face, "liveness", &score))
        printf(", %.3f", score);
    putchar('\n');
}

static const char *traits_in_words(const json_t *face, char *words, size_t size)
{
    pv_traits_words(pv_view_traits(face), words, size);
    return *words ? words : "-";
}

static void print_block(size_t index, const json_t *face)
{
    char words[512];
    printf("face %zu\n", index + 1);
    printf(INDENT "%-*s %s\n", PV_LABEL_WIDTH, "traits",
           traits_in_words(face, words, sizeof words));
    print_liveness(face);
    print_measures(face);
    print_geometry(face);
}

/* The picture's name and the number of faces, which it returns. */
static size_t print_title(const char *title, const json_t *answer)
{
    size_t count = json_array_size(json_object_get(answer, "faces"));
    pv_print_text(stdout, title);
    if (count == 0)
        printf(": no face\n");
    else
        printf(": %zu face%s\n", count, count == 1 ? "" : "s");
    return count;
}

void pv_print_faces(const char *title, const json_t *answer)
{
    size_t count = print_title(title, answer);
    for (size_t i = 0; i < count; i++)
        print_block(i, json_array_get(json_object_get(answer, "faces"), i));
}

void pv_print_ages(const char *title, const json_t *answer)
{
    char words[512];
    size_t count = print_title(title, answer);
    if (count > 0)
        printf("%3s %6s %10s  %s\n", "#", "age", "confidence", "traits");
    for (size_t i = 0; i < count; i++) {
        const json_t *face = json_array_get(json_object_get(answer, "faces"), i);
        const json_t *age = json_object_get(face, "age_data");
        printf("%3zu ", i + 1);
        if (age)
            printf("%6.1f %10.2f", pv_view_number(age, "estimated_age"),
                   pv_view_number(age, "age_confidence_score"));
        else
            printf("%6s %10s", "-", "-");
        printf("  %s\n", traits_in_words(face, words, sizeof words));
    }
}

void pv_print_liveness(const char *title, const json_t *answer)
{
    char words[512];
    size_t count = print_title(title, answer);
    if (count > 0)
        printf("%3s %-18s %6s  %s\n", "#", "result", "score", "traits");
    for (size_t i = 0; i < count; i++) {
        const json_t *face = json_array_get(json_object_get(answer, "faces"), i);
        double score;
        printf("%3zu %-18s ", i + 1, pv_view_liveness(face));
        if (pv_view_score(face, "liveness", &score))
            printf("%6.3f", score);
        else
            printf("%6s", "-");
        printf("  %s\n", traits_in_words(face, words, sizeof words));
    }
}
