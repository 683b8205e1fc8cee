#include "face/facts.h"

#include <math.h>

#include "face/background.h"
#include "face/chip.h"
#include "face/compression.h"
#include "face/expression.h"
#include "face/light.h"
#include "face/occlusion.h"
#include "face/pose.h"

#define RADIANS (3.14159265358979323846 / 180.0)
/* A background of which less is to be seen is not judged. */
#define LEAST_BACKGROUND 0.1F
/* Nothing is asked of a mouth or an eye that is seen this much from the side. */
#define EYE_TURNED_DEGREES 25.0F
/* The oval in the middle of the picture, in heights and widths of it. */
#define OVAL_HEIGHT 0.9
#define OVAL_ASPECT 0.75
#define OVAL_POINTS 36

typedef struct fact_row {
    unsigned stage;
    const char *name;
} fact_row;

static const fact_row rows[PV_FACT_COUNT] = {
    [PV_FACT_FACE_CONFIDENCE] = {PV_STAGE_GEOMETRY, "face_confidence"},
    [PV_FACT_BOX_LEFT] = {PV_STAGE_GEOMETRY, "box_left"},
    [PV_FACT_BOX_RIGHT] = {PV_STAGE_GEOMETRY, "box_right"},
    [PV_FACT_BOX_TOP] = {PV_STAGE_GEOMETRY, "box_top"},
    [PV_FACT_BOX_BOTTOM] = {PV_STAGE_GEOMETRY, "box_bottom"},
    [PV_FACT_BOX_SHARE] = {PV_STAGE_GEOMETRY, "face_size"},
    [PV_FACT_OVAL_SHARE] = {PV_STAGE_GEOMETRY, "in_oval"},
    [PV_FACT_EYES_APART] = {PV_STAGE_GEOMETRY, "inter_eye_distance"},
    [PV_FACT_OTHER_FACE] = {PV_STAGE_GEOMETRY, "other_face"},
    [PV_FACT_LANDMARK_CONFIDENCE] = {PV_STAGE_LANDMARKS, "landmark_confidence"},
    [PV_FACT_EYES_TO_CHIN] = {PV_STAGE_LANDMARKS, "eyes_to_chin"},
    [PV_FACT_EYE_APERTURE] = {PV_STAGE_LANDMARKS, "eye_aperture"},
    [PV_FACT_YAW] = {PV_STAGE_POSE, "yaw"},
    [PV_FACT_PITCH] = {PV_STAGE_POSE, "pitch"},
    [PV_FACT_ROLL] = {PV_STAGE_POSE, "roll"},
    [PV_FACT_FRONTALITY] = {PV_STAGE_POSE, "frontality"},
    [PV_FACT_FRONTALITY_LEFT] = {PV_STAGE_POSE, NULL},
    [PV_FACT_FRONTALITY_RIGHT] = {PV_STAGE_POSE, NULL},
    [PV_FACT_VERTICAL] = {PV_STAGE_POSE, "vertical"},
    [PV_FACT_ROLL_RIGHT] = {PV_STAGE_POSE, NULL},
    [PV_FACT_ROLL_LEFT] = {PV_STAGE_POSE, NULL},
    [PV_FACT_EYES_CLOSED] = {PV_STAGE_EXPRESSION, "eyes_closed"},
    [PV_FACT_MOUTH_OPEN] = {PV_STAGE_EXPRESSION, "mouth_open"},
    [PV_FACT_SMILE] = {PV_STAGE_EXPRESSION, NULL}, /* only where get_smile_intensity asks for it */
    [PV_FACT_GAZE_LEFT] = {PV_STAGE_EXPRESSION, "gaze_left"},
    [PV_FACT_GAZE_DOWN] = {PV_STAGE_EXPRESSION, "gaze_down"},
    [PV_FACT_LIPS_APART] = {PV_STAGE_EXPRESSION, "lips_apart"},
    [PV_FACT_NEUTRALITY] = {PV_STAGE_EXPRESSION, NULL},
    [PV_FACT_BRIGHTNESS] = {PV_STAGE_LIGHT, "brightness"},
    [PV_FACT_LUMINANCE_MEAN] = {PV_STAGE_LIGHT, "luminance_mean"},
    [PV_FACT_LUMINANCE_VARIANCE] = {PV_STAGE_LIGHT, "luminance_variance"},
    [PV_FACT_UNDEREXPOSED] = {PV_STAGE_LIGHT, "underexposed"},
    [PV_FACT_OVEREXPOSED] = {PV_STAGE_LIGHT, "overexposed"},
    [PV_FACT_ENTROPY] = {PV_STAGE_LIGHT, "luminance_entropy"},
    [PV_FACT_LIGHT_UNIFORMITY] = {PV_STAGE_LIGHT, "light_uniformity"},
    [PV_FACT_COLOUR_DISTANCE] = {PV_STAGE_LIGHT, "colour_distance"},
    [PV_FACT_SHARPNESS] = {PV_STAGE_SHARPNESS, "sharpness"},
    [PV_FACT_BACKGROUND_UNEVENNESS] = {PV_STAGE_BACKGROUND, "background_unevenness"},
    [PV_FACT_GLASSES] = {PV_STAGE_GLASSES, "glasses"},
    [PV_FACT_DARK_LENSES] = {PV_STAGE_GLASSES, "dark_lenses"},
    [PV_FACT_MASK] = {PV_STAGE_MASK, "mask"},
    [PV_FACT_BLOCKINESS] = {PV_STAGE_COMPRESSION, "blockiness"},
};

typedef struct work {
    pv_runtime *runtime;
    pv_image *image;
    const pv_face *face;
    const pv_facts_options *options;
    pv_facts *facts;
    pv_chip *chip; /* shared by the stages that look at it */
} work;

unsigned pv_fact_stage(pv_fact fact)
{
    return rows[fact].stage;
}

const char *pv_fact_name(pv_fact fact)
{
    return rows[fact].name;
}

/* A number that is none is not known: nothing is judged by it. */
static void set(pv_facts *facts, pv_fact fact, double value)
{
    if (!isfinite(value))
        return;
    facts->values[fact] = (float)value;
    facts->known[fact] = true;
}

/* Share of the face's outline (the ellipse in its box) that lies in the oval in the middle of the
 * picture. */
static double oval_share(const pv_face *face, double width, double height)
{
    double half_height = OVAL_HEIGHT * height / 2;
    double half_width = OVAL_ASPECT * half_height;
    if (half_width > OVAL_HEIGHT * width / 2) {
        half_width = OVAL_HEIGHT * width / 2;
        half_height = half_width / OVAL_ASPECT;
    }
    int inside = 0;
    for (int i = 0; i < OVAL_POINTS; i++) {
        double angle = 360.0 / OVAL_POINTS * i * RADIANS;
        double x = ((double)face->left + face->right + cos(angle) * (face->right - face->left)) / 2;
        double y = ((double)face->top + face->bottom + sin(angle) * (face->bottom - face->top)) / 2;
        double dx = (x - width / 2) / half_width;
        double dy = (y - height / 2) / half_height;
        inside += dx * dx + dy * dy <= 1.0;
    }
    return (double)inside / OVAL_POINTS;
}

static pv_status run_geometry(work *w)
{
    const pv_face *face = w->face;
    double width = w->image->levels[0].width;
    double height = w->image->levels[0].height;
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    set(w->facts, PV_FACT_FACE_CONFIDENCE, face->confidence);
    set(w->facts, PV_FACT_BOX_LEFT, face->left / width);
    set(w->facts, PV_FACT_BOX_RIGHT, face->right / width);
    set(w->facts, PV_FACT_BOX_TOP, face->top / height);
    set(w->facts, PV_FACT_BOX_BOTTOM, face->bottom / height);
    set(w->facts, PV_FACT_BOX_SHARE,
        fmax((face->right - face->left) / width, (face->bottom - face->top) / height));
    set(w->facts, PV_FACT_OVAL_SHARE, oval_share(face, width, height));
    set(w->facts, PV_FACT_EYES_APART,
        hypot((double)left->x - right->x, (double)left->y - right->y));
    set(w->facts, PV_FACT_OTHER_FACE, face->other_area);
    return PV_OK;
}

static pv_status run_landmarks(work *w)
{
    pv_landmarks *found = pv_arena_take(w->image->arena, 1, sizeof *found);
    if (!found)
        return PV_ERROR_GENERIC;
    pv_status status = pv_landmarks_find(w->runtime, w->image, w->face, found);
    if (status != PV_OK)
        return status;
    w->facts->landmarks = found;
    w->facts->landmarks_believed = found->confidence >= w->options->landmark_confidence;
    set(w->facts, PV_FACT_LANDMARK_CONFIDENCE, found->confidence);
    if (w->facts->landmarks_believed) {
        double face = pv_landmarks_eyes_to_chin(found);
        set(w->facts, PV_FACT_EYES_TO_CHIN, face);
        set(w->facts, PV_FACT_EYE_APERTURE, pv_landmarks_eye_aperture(found) / face);
    }
    return PV_OK;
}

static void set_pose(pv_facts *facts, const pv_pose *pose)
{
    double frontality = pow(fmax(0.0, cos(pose->yaw * RADIANS)), 2);
    double sine = sin(pose->pitch * RADIANS);
    set(facts, PV_FACT_YAW, pose->yaw);
    set(facts, PV_FACT_PITCH, pose->pitch);
    set(facts, PV_FACT_ROLL, pose->roll);
    set(facts, PV_FACT_FRONTALITY, frontality);
    set(facts, PV_FACT_FRONTALITY_LEFT, pose->yaw > 0 ? frontality : 1.0);
    set(facts, PV_FACT_FRONTALITY_RIGHT, pose->yaw < 0 ? frontality : 1.0);
    set(facts, PV_FACT_VERTICAL, sine * fabs(sine));
    set(facts, PV_FACT_ROLL_RIGHT, fmax(0.0, pose->roll));
    set(facts, PV_FACT_ROLL_LEFT, fmax(0.0, -pose->roll));
}

static pv_status run_pose(work *w)
{
    pv_pose pose;
    pv_status status;
    if (w->options->landmarks_model == PV_LANDMARKS_MODEL_NET)
        status = pv_pose_from_net(w->runtime, w->image, w->face, &pose);
    else
        status = pv_pose_from_landmarks(w->runtime, w->facts->landmarks, &pose);
    if (status != PV_OK)
        return status;
    if (!w->facts->known[PV_FACT_LANDMARK_CONFIDENCE] ||
        pose.confidence < w->facts->values[PV_FACT_LANDMARK_CONFIDENCE])
        set(w->facts, PV_FACT_LANDMARK_CONFIDENCE, pose.confidence);
    if (pose.confidence >= w->options->landmark_confidence)
        set_pose(w->facts, &pose);
    return PV_OK;
}

/* Both eyes count, the more closed one decides; of a head that is turned only the nearer one, since
 * the net is wrong about the other. */
static double eyes_closed(const pv_expression *e, const pv_facts *facts)
{
    double yaw = facts->known[PV_FACT_YAW] ? facts->values[PV_FACT_YAW] : 0.0;
    if (yaw > EYE_TURNED_DEGREES) /* turned left: the right eye is nearer */
        return e->eye_closed_right;
    if (yaw < -EYE_TURNED_DEGREES)
        return e->eye_closed_left;
    return fmax((double)e->eye_closed_right, (double)e->eye_closed_left);
}

static pv_status run_expression(work *w)
{
    pv_expression e;
    if (!w->facts->landmarks_believed)
        return PV_OK;
    pv_status status = pv_expression_find(w->runtime, w->facts->landmarks, &e);
    if (status != PV_OK)
        return status;
    set(w->facts, PV_FACT_EYES_CLOSED, eyes_closed(&e, w->facts));
    set(w->facts, PV_FACT_MOUTH_OPEN, e.mouth_open);
    set(w->facts, PV_FACT_SMILE, e.smile);
    set(w->facts, PV_FACT_GAZE_LEFT, e.gaze_left);
    set(w->facts, PV_FACT_GAZE_DOWN, e.gaze_down);
    set(w->facts, PV_FACT_LIPS_APART, e.lips_apart);
    set(w->facts, PV_FACT_NEUTRALITY, e.neutrality);
    return PV_OK;
}

static pv_status get_chip(work *w)
{
    if (w->chip)
        return PV_OK;
    pv_chip *chip = pv_arena_take(w->image->arena, 1, sizeof *chip);
    pv_status status = chip ? pv_chip_make(w->image, w->face, chip) : PV_ERROR_GENERIC;
    if (status == PV_OK)
        w->chip = chip;
    return status;
}

static pv_status run_light(work *w)
{
    pv_light light;
    pv_status status = get_chip(w);
    if (status != PV_OK)
        return status;
    pv_light_measure(w->chip, &light);
    set(w->facts, PV_FACT_BRIGHTNESS, light.brightness);
    set(w->facts, PV_FACT_LUMINANCE_MEAN, light.mean);
    set(w->facts, PV_FACT_LUMINANCE_VARIANCE, light.variance);
    set(w->facts, PV_FACT_UNDEREXPOSED, light.underexposed);
    set(w->facts, PV_FACT_OVEREXPOSED, light.overexposed);
    set(w->facts, PV_FACT_ENTROPY, light.entropy);
    set(w->facts, PV_FACT_LIGHT_UNIFORMITY, light.uniformity);
    set(w->facts, PV_FACT_COLOUR_DISTANCE, light.colour);
    return PV_OK;
}

static pv_status run_sharpness(work *w)
{
    float sharpness = 0.0F;
    pv_status status = get_chip(w);
    if (status == PV_OK)
        status = pv_sharpness_measure(w->image->arena, w->chip, &sharpness);
    if (status == PV_OK)
        set(w->facts, PV_FACT_SHARPNESS,
            sharpness * (w->options->printed ? PV_SHARPNESS_PRINTED : 1.0F));
    return status;
}

static pv_status run_background(work *w)
{
    pv_background background;
    pv_status status = pv_background_measure(w->image, w->face, &background);
    if (status == PV_OK && background.visible >= LEAST_BACKGROUND)
        set(w->facts, PV_FACT_BACKGROUND_UNEVENNESS, background.unevenness);
    return status;
}

static pv_status run_glasses(work *w)
{
    pv_eyewear eyewear;
    pv_status status = pv_occlusion_eyewear(w->runtime, w->image, w->face, &eyewear);
    if (status != PV_OK)
        return status;
    set(w->facts, PV_FACT_GLASSES, eyewear.glasses);
    set(w->facts, PV_FACT_DARK_LENSES, eyewear.dark);
    return PV_OK;
}

/* A profile may do without the net; then nothing is known of a mask. */
static pv_status run_mask(work *w)
{
    float mask;
    if (!pv_runtime_has(w->runtime, "face_mask"))
        return PV_OK;
    pv_status status = pv_occlusion_mask(w->runtime, w->image, w->face, &mask);
    if (status == PV_OK)
        set(w->facts, PV_FACT_MASK, mask);
    return status;
}

static pv_status run_compression(work *w)
{
    float blockiness;
    if (pv_compression_measure(w->image, w->face, &blockiness))
        set(w->facts, PV_FACT_BLOCKINESS, blockiness);
    return PV_OK;
}

typedef struct stage_row {
    unsigned stage;
    unsigned rests_on;
    pv_status (*run)(work *w);
} stage_row;

/* In an order in which each stage comes after those that it rests on. */
static const stage_row stages[] = {
    {PV_STAGE_GEOMETRY, 0, run_geometry},
    {PV_STAGE_LANDMARKS, 0, run_landmarks},
    {PV_STAGE_POSE, PV_STAGE_LANDMARKS, run_pose},
    {PV_STAGE_EXPRESSION, PV_STAGE_LANDMARKS | PV_STAGE_POSE, run_expression},
    {PV_STAGE_LIGHT, 0, run_light},
    {PV_STAGE_SHARPNESS, 0, run_sharpness},
    {PV_STAGE_BACKGROUND, 0, run_background},
    {PV_STAGE_GLASSES, 0, run_glasses},
    {PV_STAGE_MASK, 0, run_mask},
    {PV_STAGE_COMPRESSION, 0, run_compression},
};
#define STAGE_ROWS (sizeof stages / sizeof stages[0])

static unsigned rests_on(const stage_row *row, const pv_facts_options *options)
{
    bool own_net = options->landmarks_model == PV_LANDMARKS_MODEL_NET;
    return row->stage == PV_STAGE_POSE && own_net ? 0 : row->rests_on;
}

pv_status pv_facts_compute(pv_runtime *runtime, pv_image *image, const pv_face *face,
                           const pv_facts_options *options, unsigned wanted, pv_facts *facts)
{
    work w = {.runtime = runtime, .image = image, .face = face, .options = options, .facts = facts};
    facts->printed = options->printed;
    for (size_t i = STAGE_ROWS; i > 0; i--)
        if (wanted & stages[i - 1].stage)
            wanted |= rests_on(&stages[i - 1], options);
    for (size_t i = 0; i < STAGE_ROWS; i++) {
        if (!(wanted & stages[i].stage) || (facts->stages & stages[i].stage))
            continue;
        pv_status status = stages[i].run(&w);
        if (status != PV_OK)
            return status;
        facts->stages |= stages[i].stage;
    }
    return PV_OK;
}
