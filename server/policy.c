#include "server/policy.h"

#include <math.h>

static double rate_in_gallery(double most, double fpir, size_t templates)
{
    return fmin(most, fpir / (double)(templates > 0 ? templates : 1));
}

double pv_policy_predict_rate(double fpir, size_t templates)
{
    return rate_in_gallery(PV_POLICY_PREDICT_RATE, fpir, templates);
}

double pv_policy_predict_distance(const pv_embedding_model *model, double max_distance, double fpir,
                                  size_t templates)
{
    double rate = pv_policy_predict_rate(fpir, templates);
    double own = pv_match_distance(model, pv_match_cosine_at_rate(model, rate));
    return fmin(max_distance, own);
}

double pv_policy_merge_cosine(const pv_embedding_model *model, size_t templates)
{
    double rate = rate_in_gallery(PV_POLICY_MERGE_RATE, PV_POLICY_MERGE_FPIR, templates);
    return pv_match_cosine_at_rate(model, rate);
}

/* The anchor stands for the person: a chain of small steps, each near the last sample, ends when
 * it leaves the anchor. The margin is measured from the anchor too, which is never the nearer. */
static bool beyond_doubt(const pv_embedding_model *model, const pv_enroll_evidence *evidence)
{
    double needed = pv_policy_merge_cosine(model, evidence->templates);
    double worst = fmin(evidence->best, evidence->anchor);
    if (!isfinite(evidence->best) || !isfinite(evidence->anchor) || !(worst >= needed))
        return false;
    return !evidence->another || evidence->runner_up <= worst - PV_POLICY_MERGE_MARGIN;
}

pv_enroll_decision pv_policy_enroll(const pv_embedding_model *model,
                                    const pv_enroll_evidence *evidence)
{
    if (!evidence->somebody)
        return PV_ENROLL_NEW;
    if (!beyond_doubt(model, evidence)) {
        double similar = pv_match_cosine_at_rate(model, PV_POLICY_PREDICT_RATE);
        return evidence->best < similar ? PV_ENROLL_NEW : PV_ENROLL_DOUBTFUL;
    }
    if (evidence->best > PV_POLICY_SAME_TEMPLATE)
        return PV_ENROLL_DUPLICATE;
    return evidence->samples < evidence->samples_kept ? PV_ENROLL_ADD : PV_ENROLL_FULL;
}
