#include "cli/evaluate_errors.h"

#include <math.h>
#include <stdlib.h>

#define DOTS_MAX 1500

pv_status pv_estimates_begin(const pv_evaluation *evaluation, const char *unit, pv_estimates *out)
{
    size_t rows = evaluation->table.rows;
    *out = (pv_estimates){.evaluation = evaluation, .unit = unit};
    out->truth = malloc(rows * sizeof *out->truth);
    out->estimate = malloc(rows * sizeof *out->estimate);
    out->confidence = malloc(rows * sizeof *out->confidence);
    out->row = malloc(rows * sizeof *out->row);
    if (!out->truth || !out->estimate || !out->confidence || !out->row)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the estimates");
    return pv_subjects_make(&evaluation->table, &out->subjects, &out->subjects_known);
}

void pv_estimates_release(pv_estimates *all)
{
    pv_groups_release(&all->subjects);
    free(all->truth);
    free(all->estimate);
    free(all->confidence);
    free(all->row);
    *all = (pv_estimates){0};
}

static void add_up(const pv_estimates *all, pv_chooser chosen, const void *what, pv_errors *out,
                   double *absolute, int32_t *subject)
{
    double sum = 0.0;
    double sum_signed = 0.0;
    double sum_square = 0.0;
    for (size_t i = 0; i < all->count; i++) {
        if (chosen && !chosen(all, i, what))
            continue;
        double error = all->estimate[i] - all->truth[i];
        absolute[out->count] = fabs(error);
        subject[out->count++] = all->subjects.of_row[all->row[i]];
        sum += fabs(error);
        sum_signed += error;
        sum_square += error * error;
        out->within += fabs(error) <= all->evaluation->options.within;
    }
    double count = (double)out->count;
    out->absolute = out->count ? sum / count : NAN;
    out->signed_mean = out->count ? sum_signed / count : NAN;
    out->root_square = out->count ? sqrt(sum_square / count) : NAN;
}

pv_status pv_errors_measure(const pv_estimates *all, pv_chooser chosen, const void *what,
                            pv_errors *out)
{
    *out = (pv_errors){0};
    double *absolute = malloc((all->count + 1) * sizeof *absolute);
    int32_t *subject = malloc((all->count + 1) * sizeof *subject);
    pv_status status = PV_OK;
    if (!absolute || !subject) {
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for the estimates");
    } else {
        add_up(all, chosen, what, out, absolute, subject);
        status =
            pv_bootstrap_mean(absolute, subject, out->count, all->subjects.count, &out->interval);
    }
    free(absolute);
    free(subject);
    return status;
}

json_t *pv_errors_pack(const pv_errors *found)
{
    json_t *figure = json_pack("{s:I}", "count", (json_int_t)found->count);
    json_object_set_new(figure, "mae", pv_report_number(found->absolute));
    json_object_set_new(figure, "mae_interval", pv_report_interval(found->interval));
    json_object_set_new(figure, "bias", pv_report_number(found->signed_mean));
    json_object_set_new(figure, "rmse", pv_report_number(found->root_square));
    json_object_set_new(figure, "within", pv_report_rate(found->within, found->count));
    return figure;
}

json_t *pv_errors_table(const pv_estimates *all, json_t *report, const char *title,
                        const char *note, const char *first)
{
    char within[48];
    snprintf(within, sizeof within, "within %g %s (95 %%)", all->evaluation->options.within,
             all->unit);
    const char *const columns[] = {first, "faces", "MAE", "95 %", "bias", "RMSE", within, NULL};
    return pv_report_table(report, title, note, columns);
}

void pv_errors_row(json_t *rows, const char *name, const pv_errors *found)
{
    if (found->count == 0)
        return;
    json_t *cells[] = {pv_cell("%s", name),
                       pv_cell("%zu", found->count),
                       pv_cell("%.2f", found->absolute),
                       pv_cell_interval(found->interval),
                       pv_cell("%+.2f", found->signed_mean),
                       pv_cell("%.2f", found->root_square),
                       pv_cell_rate(found->within, found->count)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
}

typedef struct membership {
    const pv_groups *groups;
    int32_t group;
} membership;

static bool in_group(const pv_estimates *all, size_t index, const void *what)
{
    const membership *wanted = what;
    return wanted->groups->of_row[all->row[index]] == wanted->group;
}

pv_status pv_errors_by_group(const pv_estimates *all, size_t column, const char *title,
                             const char *figure, json_t *report)
{
    pv_groups groups;
    pv_status status = pv_groups_make(&all->evaluation->table, column, &groups);
    if (status != PV_OK)
        return status;
    json_t *rows = pv_errors_table(all, report, title, NULL, "group");
    json_t *figures = json_object();
    for (size_t i = 0; i < groups.count && status == PV_OK; i++) {
        membership wanted = {&groups, (int32_t)i};
        pv_errors found;
        status = pv_errors_measure(all, in_group, &wanted, &found);
        if (status != PV_OK || found.count == 0)
            continue;
        pv_errors_row(rows, groups.names[i], &found);
        json_object_set_new(figures, groups.names[i], pv_errors_pack(&found));
    }
    pv_report_figure(report, figure, figures);
    pv_groups_release(&groups);
    return status;
}

void pv_errors_scatter(const pv_estimates *all, json_t *report, const char *title, double least,
                       double most)
{
    char true_label[48];
    char estimated_label[48];
    snprintf(true_label, sizeof true_label, "truth in %s", all->unit);
    snprintf(estimated_label, sizeof estimated_label, "estimate in %s", all->unit);
    pv_axis x = {true_label, PV_SCALE_LINEAR, least, most};
    pv_axis y = {estimated_label, PV_SCALE_LINEAR, least, most};
    json_t *series = pv_report_chart(report, title, NULL, x, y);
    json_t *dots = pv_report_series(series, "a face", PV_SERIES_DOTS);
    json_t *ideal = pv_report_series(series, "exact", PV_SERIES_DASHED);
    size_t step = all->count / DOTS_MAX + 1;
    for (size_t i = 0; i < all->count; i += step)
        pv_report_point(dots, all->truth[i], all->estimate[i]);
    pv_report_point(ideal, least, least);
    pv_report_point(ideal, most, most);
}
