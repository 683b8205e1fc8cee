/* Makes the report of an evaluation from a table and a file of results, without pictures, models or
 * a session: test_evaluate.py judges it.
 *
 * evaluate_driver KIND TABLE.csv RESULTS.jsonl FOLDER [options of privid evaluate] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_internal.h"
#include "cli/evaluate_report.h"

static pv_status load_results(pv_evaluation *evaluation, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *line = NULL;
    size_t capacity = 0;
    if (!file)
        return pv_fail(PV_ERROR_ARGUMENT, "%s", path);
    while (getline(&line, &capacity, file) > 0) {
        json_t *record = json_loads(line, 0, NULL);
        const char *name = json_string_value(json_object_get(record, "picture"));
        const json_t *number = name ? json_object_get(evaluation->picture_index, name) : NULL;
        if (number)
            evaluation->records[json_integer_value(number)] = record;
    }
    free(line);
    fclose(file);
    return PV_OK;
}

static pv_status run(pv_evaluation *evaluation, int argc, char **argv)
{
    char name[] = "evaluate";
    evaluation->kind = pv_evaluation_kind_find(argv[1]);
    if (!evaluation->kind)
        return pv_fail(PV_ERROR_ARGUMENT, "no such kind");
    char *folder = argv[4];
    argv[4] = name;
    pv_status status = pv_evaluate_options_read(argc - 4, argv + 4, &evaluation->options);
    int id = evaluation->options.common.embedding_model;
    evaluation->model = pv_embedding_model_find(id < 0 ? PV_EMBEDDING_MODEL_DEFAULT : id);
    if (status == PV_OK)
        status = pv_table_read(argv[2], &evaluation->table);
    if (status == PV_OK)
        status = evaluation->kind->check(evaluation);
    if (status == PV_OK)
        status = pv_evaluation_list(evaluation);
    if (status == PV_OK)
        status = load_results(evaluation, argv[3]);
    json_t *report = json_pack("{s:s}", "title", evaluation->kind->name);
    if (status == PV_OK)
        status = evaluation->kind->report(evaluation, report);
    if (status == PV_OK)
        status = pv_report_write(report, folder);
    json_decref(report);
    return status;
}

int main(int argc, char **argv)
{
    pv_evaluation evaluation = {0};
    if (argc < 5)
        return 2;
    pv_status status = run(&evaluation, argc, argv);
    if (status != PV_OK)
        fprintf(stderr, "%d %s\n", (int)status, pv_error_message());
    pv_evaluation_release(&evaluation);
    return status == PV_OK ? 0 : 1;
}
