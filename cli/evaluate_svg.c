/* A chart of a report as an SVG drawing. */
#include <math.h>
#include <string.h>

#include "cli/evaluate_report.h"

#define WIDTH 560.0
#define HEIGHT 330.0
#define LEFT 62.0
#define RIGHT 16.0
#define TOP 12.0
#define BOTTOM 46.0
#define TICKS_MAX 16
#define SERIES_COLOURS 6

typedef struct scale {
    bool logarithmic;
    double least;
    double most;
    double from; /* pixels */
    double to;
} scale;

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static double number_of(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static scale read_scale(const json_t *axis, double from, double to)
{
    scale result = {strcmp(text_of(axis, "scale"), "log") == 0, number_of(axis, "least"),
                    number_of(axis, "most"), from, to};
    return result;
}

static double place(const scale *axis, double value)
{
    double share = axis->logarithmic ? log10(value / axis->least) / log10(axis->most / axis->least)
                                     : (value - axis->least) / (axis->most - axis->least);
    share = fmax(0.0, fmin(1.0, share));
    return axis->from + share * (axis->to - axis->from);
}

/* 1, 2 or 5 times a power of ten, so that there are about five steps. */
static double nice_step(double span)
{
    double rough = span / 5.0;
    double power = pow(10.0, floor(log10(rough)));
    double lead = rough / power;
    return power * (lead < 1.5 ? 1.0 : lead < 3.5 ? 2.0 : lead < 7.5 ? 5.0 : 10.0);
}

static int make_ticks(const scale *axis, double *ticks)
{
    int count = 0;
    if (axis->logarithmic) {
        for (double at = axis->least; at <= axis->most * 1.0001 && count < TICKS_MAX; at *= 10.0)
            ticks[count++] = at;
        return count;
    }
    double step = nice_step(axis->most - axis->least);
    double first = ceil(axis->least / step - 1e-9) * step;
    for (int i = 0; first + i * step <= axis->most + step * 1e-6 && count < TICKS_MAX; i++)
        ticks[count++] = fabs(first + i * step) < step * 1e-6 ? 0.0 : first + i * step;
    return count;
}

static void tick_text(FILE *stream, const scale *axis, double value)
{
    if (axis->logarithmic && value < 0.0099)
        fprintf(stream, "10<tspan class=\"power\" dy=\"-4\">%.0f</tspan>", log10(value));
    else
        fprintf(stream, "%g", value);
}

static void draw_x_axis(FILE *stream, const scale *x, const char *label)
{
    double ticks[TICKS_MAX];
    int count = make_ticks(x, ticks);
    for (int i = 0; i < count; i++) {
        double at = place(x, ticks[i]);
        fprintf(stream,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">",
                at, at, TOP, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 16.0);
        tick_text(stream, x, ticks[i]);
        fputs("</text>\n", stream);
    }
    fprintf(stream, "<text class=\"label\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">",
            (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8.0);
    pv_report_escape(stream, label);
    fputs("</text>\n", stream);
}

static void draw_y_axis(FILE *stream, const scale *y, const char *label)
{
    double ticks[TICKS_MAX];
    int count = make_ticks(y, ticks);
    for (int i = 0; i < count; i++) {
        double at = place(y, ticks[i]);
        fprintf(stream,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">",
                LEFT, WIDTH - RIGHT, at, at, LEFT - 7.0, at + 4.0);
        tick_text(stream, y, ticks[i]);
        fputs("</text>\n", stream);
    }
    double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
    fprintf(stream,
            "<text class=\"label\" text-anchor=\"middle\" x=\"14\" y=\"%.1f\" "
            "transform=\"rotate(-90 14 %.1f)\">",
            middle, middle);
    pv_report_escape(stream, label);
    fputs("</text>\n", stream);
}

static void draw_frame(FILE *stream)
{
    fprintf(stream, "<path class=\"axis\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", LEFT, TOP,
            HEIGHT - BOTTOM, WIDTH - RIGHT);
}

static void draw_path(FILE *stream, const json_t *points, const scale *x, const scale *y,
                      bool closed)
{
    size_t count = json_array_size(points);
    double floor_y = y->from;
    double at = LEFT;
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(points, i);
        at = place(x, json_number_value(json_array_get(point, 0)));
        double height = place(y, json_number_value(json_array_get(point, 1)));
        if (i == 0 && closed)
            fprintf(stream, "M%.1f %.1f", at, floor_y);
        fprintf(stream, "%c%.1f %.1f", i == 0 && !closed ? 'M' : 'L', at, height);
    }
    if (closed)
        fprintf(stream, "L%.1f %.1fZ", at, floor_y);
}

static void draw_dots(FILE *stream, const json_t *points, const scale *x, const scale *y,
                      size_t colour)
{
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        double at = place(x, json_number_value(json_array_get(point, 0)));
        double height = place(y, json_number_value(json_array_get(point, 1)));
        if (json_array_size(point) == 4)
            fprintf(stream,
                    "<line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", at,
                    at, place(y, json_number_value(json_array_get(point, 2))),
                    place(y, json_number_value(json_array_get(point, 3))));
        fprintf(stream, "<circle class=\"dot c%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>\n", colour,
                at, height, json_array_size(point) == 4 ? "4" : "2.4");
    }
}

static void draw_series(FILE *stream, const json_t *series, size_t colour, const scale *x,
                        const scale *y)
{
    const json_t *points = json_object_get(series, "points");
    const char *style = text_of(series, "style");
    if (json_array_size(points) == 0)
        return;
    if (strcmp(style, "dots") == 0) {
        draw_dots(stream, points, x, y, colour);
        return;
    }
    fprintf(stream, "<path class=\"%s c%zu\" d=\"", style, colour);
    draw_path(stream, points, x, y, strcmp(style, "area") == 0);
    fputs("\"/>\n", stream);
}

static void draw_lines(const json_t *chart, FILE *stream)
{
    const json_t *x_axis = json_object_get(chart, "x");
    const json_t *y_axis = json_object_get(chart, "y");
    scale x = read_scale(x_axis, LEFT, WIDTH - RIGHT);
    scale y = read_scale(y_axis, HEIGHT - BOTTOM, TOP);
    const json_t *series = json_object_get(chart, "series");
    draw_x_axis(stream, &x, text_of(x_axis, "label"));
    draw_y_axis(stream, &y, text_of(y_axis, "label"));
    draw_frame(stream);
    for (size_t i = 0; i < json_array_size(series); i++)
        draw_series(stream, json_array_get(series, i), i % SERIES_COLOURS, &x, &y);
}

static double highest_bar(const json_t *bars)
{
    double highest = 0.0;
    for (size_t i = 0; i < json_array_size(bars); i++) {
        const json_t *bar = json_array_get(bars, i);
        const json_t *interval = json_object_get(bar, "interval");
        highest = fmax(highest, fmax(number_of(bar, "value"), number_of(interval, "high")));
    }
    return highest > 0.0 ? highest * 1.05 : 1.0;
}

static void draw_bar(FILE *stream, const json_t *bar, double left, double width, const scale *y)
{
    const json_t *interval = json_object_get(bar, "interval");
    double centre = left + width / 2.0;
    double top = place(y, number_of(bar, "value"));
    fprintf(stream, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
            left + width * 0.15, top, width * 0.7, y->from - top);
    if (interval)
        fprintf(stream, "<path class=\"whisker\" d=\"M%.1f %.1fV%.1f\"/>", centre,
                place(y, number_of(interval, "low")), place(y, number_of(interval, "high")));
    fprintf(stream, "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">", centre,
            HEIGHT - BOTTOM + 16.0);
    pv_report_escape(stream, text_of(bar, "category"));
    fputs("</text>\n", stream);
}

static void draw_bars(const json_t *chart, FILE *stream)
{
    const json_t *bars = json_object_get(chart, "bars");
    size_t count = json_array_size(bars);
    scale y = {false, 0.0, highest_bar(bars), HEIGHT - BOTTOM, TOP};
    double width = (WIDTH - LEFT - RIGHT) / (double)(count ? count : 1);
    draw_y_axis(stream, &y, text_of(json_object_get(chart, "y"), "label"));
    for (size_t i = 0; i < count; i++)
        draw_bar(stream, json_array_get(bars, i), LEFT + (double)i * width, width, &y);
    draw_frame(stream);
    fprintf(stream, "<text class=\"label\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">",
            (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8.0);
    pv_report_escape(stream, text_of(json_object_get(chart, "x"), "label"));
    fputs("</text>\n", stream);
}

void pv_report_svg(const json_t *chart, FILE *stream)
{
    fprintf(stream, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
    pv_report_escape(stream, text_of(chart, "title"));
    fputs("\">\n", stream);
    if (strcmp(text_of(chart, "kind"), "bars") == 0)
        draw_bars(chart, stream);
    else
        draw_lines(chart, stream);
    fputs("</svg>\n", stream);
}
