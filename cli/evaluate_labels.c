/* Labels that tell pictures apart: groups, subjects and persons. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_internal.h"

#define NAME_DIGITS 4 /* of ANN_0001.jpg */

/* The number of a text, given on its first occurrence; -1 when memory is short. */
static int32_t number_of(json_t *numbers, const char *text, size_t *count)
{
    const json_t *found = json_object_get(numbers, text);
    if (found)
        return (int32_t)json_integer_value(found);
    if (json_object_set_new(numbers, text, json_integer((json_int_t)*count)) != 0)
        return -1;
    return (int32_t)(*count)++;
}

static int by_name(const void *a, const void *b)
{
    return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/* Numbers the groups in the order of their names, digits by value: tables are easier to read. */
static pv_status sort_groups(pv_groups *groups, size_t rows)
{
    const char **former = malloc((groups->count + 1) * sizeof *former);
    int32_t *place = malloc((groups->count + 1) * sizeof *place);
    pv_status status =
        former && place ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for the groups");
    if (status == PV_OK) {
        memcpy(former, groups->names, groups->count * sizeof *former);
        qsort(groups->names, groups->count, sizeof *groups->names, by_name);
        for (size_t i = 0; i < groups->count; i++) {
            const char **found =
                bsearch(&former[i], groups->names, groups->count, sizeof *groups->names, by_name);
            place[i] = (int32_t)(found - groups->names);
        }
        for (size_t row = 0; row < rows; row++)
            groups->of_row[row] = place[groups->of_row[row]];
    }
    free(former);
    free(place);
    return status;
}

pv_status pv_groups_make(const pv_table *table, size_t column, pv_groups *out)
{
    *out = (pv_groups){.column = column};
    json_t *numbers = json_object();
    out->of_row = malloc(table->rows * sizeof *out->of_row);
    out->names = malloc(table->rows * sizeof *out->names);
    pv_status status = PV_OK;
    if (!numbers || !out->of_row || !out->names)
        status = pv_fail(PV_ERROR_GENERIC, "out of memory for the groups");
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        const char *text = pv_table_cell(table, row, column);
        size_t before = out->count;
        out->of_row[row] = number_of(numbers, text, &out->count);
        if (out->of_row[row] < 0)
            status = pv_fail(PV_ERROR_GENERIC, "out of memory for the groups");
        else if (out->count > before)
            out->names[before] = text;
    }
    json_decref(numbers);
    if (status == PV_OK)
        status = sort_groups(out, table->rows);
    if (status != PV_OK)
        pv_groups_release(out);
    return status;
}

void pv_groups_release(pv_groups *groups)
{
    free(groups->of_row);
    free(groups->names);
    *groups = (pv_groups){0};
}

pv_status pv_subjects_make(const pv_table *table, pv_groups *out, bool *known)
{
    size_t column = pv_table_column(table, "subject");
    if (column == PV_TABLE_NO_COLUMN)
        column = pv_table_column(table, "person");
    *known = column != PV_TABLE_NO_COLUMN;
    if (*known)
        return pv_groups_make(table, column, out);
    *out = (pv_groups){.column = PV_TABLE_NO_COLUMN, .count = table->rows};
    out->of_row = malloc(table->rows * sizeof *out->of_row);
    if (!out->of_row)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the subjects");
    for (size_t row = 0; row < table->rows; row++)
        out->of_row[row] = (int32_t)row;
    return PV_OK;
}

pv_status pv_evaluation_groups(const pv_evaluation *evaluation, size_t *columns, size_t *count)
{
    static const char *const usual[] = {"gender",    "gender_code", "sex",       "race",
                                        "race_code", "group",       "skin_type", "device"};
    const pv_evaluate_options *options = &evaluation->options;
    *count = 0;
    for (size_t i = 0; i < options->group_count; i++) {
        pv_status status =
            pv_table_require(&evaluation->table, options->groups[i], &columns[(*count)++]);
        if (status != PV_OK)
            return status;
    }
    for (size_t i = 0; i < sizeof usual / sizeof usual[0] && options->group_count == 0; i++) {
        size_t column = pv_table_column(&evaluation->table, usual[i]);
        if (column != PV_TABLE_NO_COLUMN && *count < PV_EVALUATE_GROUPS_MAX)
            columns[(*count)++] = column;
    }
    return PV_OK;
}

static int32_t root_of(int32_t *parent, int32_t node)
{
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

/* ANN of folder/ANN_0001.jpg as length; 0 where the name is not of that form. */
static size_t name_length(const char *picture, const char **name)
{
    const char *slash = strrchr(picture, '/');
    *name = slash ? slash + 1 : picture;
    const char *dot = strrchr(*name, '.');
    size_t length = dot ? (size_t)(dot - *name) : strlen(*name);
    if (length < NAME_DIGITS + 2 || (*name)[length - NAME_DIGITS - 1] != '_')
        return 0;
    for (size_t i = length - NAME_DIGITS; i < length; i++)
        if (!isdigit((unsigned char)(*name)[i]))
            return 0;
    return length - NAME_DIGITS - 1;
}

static pv_status join_names(const pv_evaluation *evaluation, int32_t *parent)
{
    json_t *first = json_object();
    pv_status status = first ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for the persons");
    for (size_t i = 0; i < evaluation->picture_count && status == PV_OK; i++) {
        const char *name;
        size_t length = name_length(evaluation->pictures[i], &name);
        if (length == 0)
            continue;
        char *person = strndup(name, length);
        const json_t *known = person ? json_object_get(first, person) : NULL;
        if (known)
            parent[root_of(parent, (int32_t)i)] =
                root_of(parent, (int32_t)json_integer_value(known));
        else if (!person || json_object_set_new(first, person, json_integer((json_int_t)i)) != 0)
            status = pv_fail(PV_ERROR_GENERIC, "out of memory for the persons");
        free(person);
    }
    json_decref(first);
    return status;
}

static pv_status join_pairs(const pv_evaluation *evaluation, int32_t *parent)
{
    const pv_table *table = &evaluation->table;
    size_t same = pv_table_column(table, "same");
    size_t a = pv_table_column(table, "a");
    size_t b = pv_table_column(table, "b");
    if (same == PV_TABLE_NO_COLUMN || a == PV_TABLE_NO_COLUMN || b == PV_TABLE_NO_COLUMN)
        return PV_OK;
    for (size_t row = 0; row < table->rows; row++) {
        bool joined;
        pv_status status = pv_table_flag(table, row, same, &joined);
        if (status != PV_OK)
            return status;
        if (joined)
            parent[root_of(parent, (int32_t)pv_evaluation_picture(evaluation, row, a))] =
                root_of(parent, (int32_t)pv_evaluation_picture(evaluation, row, b));
    }
    return PV_OK;
}

/* Joins the pictures of rows whose column `person` is the same. */
static pv_status join_persons(const pv_evaluation *evaluation, size_t person, int32_t *parent)
{
    const pv_table *table = &evaluation->table;
    size_t image = evaluation->picture_columns[0];
    json_t *first = json_object();
    pv_status status = first ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for the persons");
    for (size_t row = 0; row < table->rows && status == PV_OK; row++) {
        const char *name = pv_table_cell(table, row, person);
        size_t picture = pv_evaluation_picture(evaluation, row, image);
        const json_t *known = json_object_get(first, name);
        if (!*name)
            status = pv_table_fail(table, row, person, "no person is named");
        else if (known)
            parent[root_of(parent, (int32_t)picture)] =
                root_of(parent, (int32_t)json_integer_value(known));
        else if (json_object_set_new(first, name, json_integer((json_int_t)picture)) != 0)
            status = pv_fail(PV_ERROR_GENERIC, "out of memory for the persons");
    }
    json_decref(first);
    return status;
}

pv_status pv_persons_make(const pv_evaluation *evaluation, int32_t **of_picture, size_t *count)
{
    size_t pictures = evaluation->picture_count;
    size_t column = pv_table_column(&evaluation->table, "person");
    int32_t *parent = malloc((pictures + 1) * sizeof *parent);
    int32_t *person = malloc((pictures + 1) * sizeof *person);
    pv_status status =
        parent && person ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory for the persons");
    for (size_t i = 0; i < pictures && status == PV_OK; i++)
        parent[i] = (int32_t)i;
    if (status == PV_OK && column != PV_TABLE_NO_COLUMN)
        status = join_persons(evaluation, column, parent);
    else if (status == PV_OK)
        status = join_names(evaluation, parent);
    if (status == PV_OK)
        status = join_pairs(evaluation, parent);
    *count = 0;
    for (size_t i = 0; i < pictures && status == PV_OK; i++)
        person[i] = -1;
    for (size_t i = 0; i < pictures && status == PV_OK; i++) {
        int32_t root = root_of(parent, (int32_t)i);
        if (person[root] < 0)
            person[root] = (int32_t)(*count)++;
        person[i] = person[root];
    }
    free(parent);
    if (status != PV_OK) {
        free(person);
        person = NULL;
    }
    *of_picture = person;
    return status;
}
