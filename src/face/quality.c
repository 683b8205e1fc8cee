#include "face/quality.h"

#include <math.h>

#define RADIANS (3.14159265358979323846 / 180.0)

/* What a component is computed from. */
typedef struct input {
    const pv_facts *facts;
    const pv_face *face;
    int width;
    int height;
} input;

typedef struct component_row {
    const char *name;
    pv_fact fact; /* must be known; the function gets its value */
    double (*measure)(double value, const input *in);
    double weight; /* in the unified score */
} component_row;

static double sigmoid(double x, double middle, double width)
{
    return 1.0 / (1.0 + exp((middle - x) / width));
}

/* The shapes of these curves follow the published method of ISO/IEC 29794-5 where the same quantity
 * is measured; sharpness, background and compression have curves of their own. */
static double background(double x, const input *in)
{
    (void)in;
    return 200 * (1 - sigmoid(x, 0, 5));
}

static double light_uniformity(double x, const input *in)
{
    (void)in;
    return 100 * pow(x, 0.3);
}

static double luminance_mean(double x, const input *in)
{
    (void)in;
    return 100 * sigmoid(x, 0.2, 0.05) * (1 - sigmoid(x, 0.8, 0.05));
}

static double luminance_variance(double x, const input *in)
{
    (void)in;
    return 100 * sin(60 * x / (60 * x + 1) * 180 * RADIANS);
}

static double underexposure(double x, const input *in)
{
    (void)in;
    return 120 * (0.832 - sigmoid(x, 0.92, 0.05));
}

static double overexposure(double x, const input *in)
{
    (void)in;
    return 1 / (x + 0.01);
}

static double dynamic_range(double x, const input *in)
{
    (void)in;
    return 12.5 * x;
}

static double sharpness(double x, const input *in)
{
    if (in->facts->printed)
        x /= (double)PV_SHARPNESS_PRINTED;
    return 100 * sigmoid(log(x + 1e-3), log(20), 0.5);
}

static double compression(double x, const input *in)
{
    (void)in;
    return 200 * (1 - sigmoid(fmax(x, 1.0), 1.0, 0.4));
}

static double natural_colour(double x, const input *in)
{
    (void)in;
    return 200 * (1 - sigmoid(x, 0, 10));
}

static double single_face(double x, const input *in)
{
    (void)in;
    return 100 * (1 - fmin(x, 1.0));
}

static double eyes_open(double x, const input *in)
{
    (void)in;
    return 100 * sigmoid(x, 0.02, 0.01);
}

static double mouth_closed(double x, const input *in)
{
    (void)in;
    return 100 * (1 - sigmoid(x, 0.2, 0.06));
}

static double inverse(double x, const input *in)
{
    (void)in;
    return 100 * (1 - x);
}

/* What hides the mouth or the eyes, whichever hides more: masks and dark lenses are all that is
 * seen, no hands, hair or scarves. */
static double face_free(double mask, const input *in)
{
    if (!in->facts->known[PV_FACT_DARK_LENSES])
        return NAN;
    return 100 * (1 - fmax(mask, (double)in->facts->values[PV_FACT_DARK_LENSES]));
}

static double share(double x, const input *in)
{
    (void)in;
    return 100 * x;
}

static double angle(double degrees, const input *in)
{
    (void)in;
    return 100 * pow(fmax(0.0, cos(degrees * RADIANS)), 2);
}

static double inter_eye_distance(double pixels, const input *in)
{
    double yaw = in->facts->known[PV_FACT_YAW] ? (double)in->facts->values[PV_FACT_YAW] : 0.0;
    return 100 * sigmoid(pixels / fmax(cos(yaw * RADIANS), 0.3), 70, 20);
}

static double head_size(double eyes_to_chin, const input *in)
{
    return 200 * (1 - sigmoid(fabs(eyes_to_chin / in->height - 0.45), 0, 0.05));
}

static pv_point middle_of_eyes(const pv_face *face)
{
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    return (pv_point){(right->x + left->x) / 2, (right->y + left->y) / 2};
}

static double crop_left(double eyes_apart, const input *in)
{
    return 100 * sigmoid((double)middle_of_eyes(in->face).x / eyes_apart, 0.9, 0.1);
}

static double crop_right(double eyes_apart, const input *in)
{
    return 100 * sigmoid(((double)in->width - middle_of_eyes(in->face).x) / eyes_apart, 0.9, 0.1);
}

static double margin_above(double eyes_to_chin, const input *in)
{
    return 100 * sigmoid((double)middle_of_eyes(in->face).y / eyes_to_chin, 1.4, 0.1);
}

static double margin_below(double eyes_to_chin, const input *in)
{
    return 100 *
           sigmoid(((double)in->height - middle_of_eyes(in->face).y) / eyes_to_chin, 1.8, 0.1);
}

static const component_row rows[] = {
    {"BackgroundUniformity", PV_FACT_BACKGROUND_UNEVENNESS, background, 0},
    {"IlluminationUniformity", PV_FACT_LIGHT_UNIFORMITY, light_uniformity, 0.5},
    {"LuminanceMean", PV_FACT_LUMINANCE_MEAN, luminance_mean, 1},
    {"LuminanceVariance", PV_FACT_LUMINANCE_VARIANCE, luminance_variance, 0},
    {"UnderExposurePrevention", PV_FACT_UNDEREXPOSED, underexposure, 0},
    {"OverExposurePrevention", PV_FACT_OVEREXPOSED, overexposure, 0},
    {"DynamicRange", PV_FACT_ENTROPY, dynamic_range, 0},
    {"Sharpness", PV_FACT_SHARPNESS, sharpness, 1},
    {"CompressionArtifacts", PV_FACT_BLOCKINESS, compression, 0},
    {"NaturalColour", PV_FACT_COLOUR_DISTANCE, natural_colour, 0},
    {"SingleFacePresent", PV_FACT_OTHER_FACE, single_face, 0},
    {"EyesOpen", PV_FACT_EYE_APERTURE, eyes_open, 0.5},
    {"MouthClosed", PV_FACT_LIPS_APART, mouth_closed, 0.5},
    {"EyesVisible", PV_FACT_DARK_LENSES, inverse, 0.5},
    {"MouthOcclusionPrevention", PV_FACT_MASK, inverse, 0.5},
    {"FaceOcclusionPrevention", PV_FACT_MASK, face_free, 0},
    {"InterEyeDistance", PV_FACT_EYES_APART, inter_eye_distance, 1},
    {"HeadSize", PV_FACT_EYES_TO_CHIN, head_size, 0},
    {"LeftwardCropOfTheFaceImage", PV_FACT_EYES_APART, crop_left, 0},
    {"RightwardCropOfTheFaceImage", PV_FACT_EYES_APART, crop_right, 0},
    {"MarginAboveOfTheFaceImage", PV_FACT_EYES_TO_CHIN, margin_above, 0},
    {"MarginBelowOfTheFaceImage", PV_FACT_EYES_TO_CHIN, margin_below, 0},
    {"HeadPoseYaw", PV_FACT_YAW, angle, 1},
    {"HeadPosePitch", PV_FACT_PITCH, angle, 1},
    {"HeadPoseRoll", PV_FACT_ROLL, angle, 0},
    {"ExpressionNeutrality", PV_FACT_NEUTRALITY, share, 0},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])
_Static_assert(ROW_COUNT < PV_QUALITY_COMPONENTS_MAX, "no room for the unified score");

size_t pv_quality_components(const pv_facts *facts, const pv_face *face, int width, int height,
                             pv_quality_component out[PV_QUALITY_COMPONENTS_MAX])
{
    const input in = {facts, face, width, height};
    size_t count = 1;
    double weights = 0.0;
    double logarithms = 0.0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!facts->known[rows[i].fact])
            continue;
        double value = rows[i].measure((double)facts->values[rows[i].fact], &in);
        if (!isfinite(value))
            continue;
        value = fmin(fmax(value, 0.0), 100.0);
        out[count++] = (pv_quality_component){rows[i].name, (float)value};
        weights += rows[i].weight;
        /* a geometric mean: one bad component is not made good by the others */
        logarithms += rows[i].weight * log(fmax(value, 1.0));
    }
    out[0] = (pv_quality_component){"UnifiedQualityScore",
                                    weights > 0 ? (float)exp(logarithms / weights) : 0.0F};
    return weights > 0 ? count : 0;
}
