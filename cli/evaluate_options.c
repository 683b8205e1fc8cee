#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluate_internal.h"

#define JOBS_MAX 256
#define PAD_MAX 4.0
#define WITHIN_DEFAULT 5.0
#define WITHIN_MAX 100.0

const char pv_evaluate_options_help[] =
    "  --out DIR             where results.jsonl, report.json and report.html go\n"
    "                        (default privid-evaluation-KIND)\n"
    "  --jobs N              pictures at a time (default: the processors this process may use)\n"
    "  --resume              go on with the results that DIR holds\n"
    "  --overwrite           throw away the results that DIR holds\n"
    "  --pad SHARE           widen each picture by this share of its size on each side, repeating\n"
    "                        its edge: 0.5 for tight crops of faces\n"
    "  --threshold X         report the error rates at this score as well; may be repeated\n"
    "  --group COLUMN        report by the values of this column as well; may be repeated\n"
    "  --all-pairs           verification: compare each picture with each\n"
    "  --within YEARS        age: the band that the confidence is checked against (default 5)\n";

static pv_status read_number(const char *name, const char *text, double least, double most,
                             double *out)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number) || number < least || number > most)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: \"%.40s\" is not a number in %g..%g", name, text,
                       least, most);
    *out = number;
    return PV_OK;
}

static pv_status read_out(const char *text, pv_evaluate_options *options)
{
    options->out = text;
    return *text ? PV_OK : pv_fail(PV_ERROR_ARGUMENT, "--out: the name is empty");
}

static pv_status read_jobs(const char *text, pv_evaluate_options *options)
{
    double number;
    pv_status status = read_number("--jobs", text, 1, JOBS_MAX, &number);
    if (status == PV_OK && number != floor(number))
        return pv_fail(PV_ERROR_ARGUMENT, "--jobs: \"%.40s\" is not a whole number", text);
    if (status == PV_OK)
        options->jobs = (int)number;
    return status;
}

static pv_status read_pad(const char *text, pv_evaluate_options *options)
{
    return read_number("--pad", text, 0.0, PAD_MAX, &options->pad);
}

static pv_status read_within(const char *text, pv_evaluate_options *options)
{
    return read_number("--within", text, 0.0, WITHIN_MAX, &options->within);
}

static pv_status read_threshold(const char *text, pv_evaluate_options *options)
{
    if (options->threshold_count == PV_EVALUATE_THRESHOLDS_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--threshold: more than %d of them",
                       PV_EVALUATE_THRESHOLDS_MAX);
    return read_number("--threshold", text, -1e6, 1e6,
                       &options->thresholds[options->threshold_count++]);
}

static pv_status read_group(const char *text, pv_evaluate_options *options)
{
    if (options->group_count == PV_EVALUATE_GROUPS_MAX)
        return pv_fail(PV_ERROR_ARGUMENT, "--group: more than %d of them", PV_EVALUATE_GROUPS_MAX);
    options->groups[options->group_count++] = text;
    return PV_OK;
}

static pv_status read_resume(const char *text, pv_evaluate_options *options)
{
    (void)text;
    options->resume = true;
    return PV_OK;
}

static pv_status read_overwrite(const char *text, pv_evaluate_options *options)
{
    (void)text;
    options->overwrite = true;
    return PV_OK;
}

static pv_status read_all_pairs(const char *text, pv_evaluate_options *options)
{
    (void)text;
    options->all_pairs = true;
    return PV_OK;
}

static const struct option long_options[] = {
    {"out", required_argument, NULL, PV_CLI_EXTRA},
    {"jobs", required_argument, NULL, PV_CLI_EXTRA + 1},
    {"pad", required_argument, NULL, PV_CLI_EXTRA + 2},
    {"threshold", required_argument, NULL, PV_CLI_EXTRA + 3},
    {"group", required_argument, NULL, PV_CLI_EXTRA + 4},
    {"within", required_argument, NULL, PV_CLI_EXTRA + 5},
    {"resume", no_argument, NULL, PV_CLI_EXTRA + 6},
    {"overwrite", no_argument, NULL, PV_CLI_EXTRA + 7},
    {"all-pairs", no_argument, NULL, PV_CLI_EXTRA + 8},
    {NULL, 0, NULL, 0},
};

/* Of the options above, in their order. */
static pv_status (*const readers[])(const char *text, pv_evaluate_options *options) = {
    read_out,    read_jobs,   read_pad,       read_threshold, read_group,
    read_within, read_resume, read_overwrite, read_all_pairs};

static pv_status read_option(int option, const char *text, void *context)
{
    return readers[option - PV_CLI_EXTRA](text, context);
}

pv_status pv_evaluate_options_read(int argc, char **argv, pv_evaluate_options *out)
{
    static const pv_cli_extra extra = {long_options, "", pv_evaluate_options_help, read_option,
                                       NULL};
    *out = (pv_evaluate_options){.within = WITHIN_DEFAULT};
    pv_status status = pv_cli_options_read(argc, argv, false, &extra, out, &out->common);
    if (status == PV_OK && out->resume && out->overwrite)
        return pv_fail(PV_ERROR_ARGUMENT, "--resume and --overwrite exclude one another");
    return status;
}
