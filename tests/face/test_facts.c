/* Position, pose, landmark and quality measures, on values worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "../fixture.h"
#include "face/facts.h"
#include "face/pose.h"
#include "face/quality.h"

#define RADIANS (3.14159265358979323846 / 180.0)
#define PICTURE_SIDE_MAX 400

static uint8_t pixels[PICTURE_SIDE_MAX * PICTURE_SIDE_MAX * 3];

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

static pv_facts position(int width, int height, float left, float top, float right, float bottom)
{
    pv_image image;
    pv_facts facts = {.stages = 0};
    const pv_facts_options options = {0};
    pv_face face = {.left = left,
                    .top = top,
                    .right = right,
                    .bottom = bottom,
                    .confidence = 0.75F,
                    .other_area = 0.5F};
    face.points[PV_POINT_EYE_RIGHT] = (pv_point){left + 10, top + 10};
    face.points[PV_POINT_EYE_LEFT] = (pv_point){left + 13, top + 14};
    assert_int_equal(pv_image_open("image", pixels, width, height, PV_FORMAT_RGB, arena, &image),
                     PV_OK);
    assert_int_equal(pv_facts_compute(NULL, &image, &face, &options, PV_STAGE_GEOMETRY, &facts),
                     PV_OK);
    assert_int_equal(facts.stages, PV_STAGE_GEOMETRY);
    assert_null(facts.landmarks);
    return facts;
}

static void test_position(void **state)
{
    (void)state;
    pv_facts facts = position(400, 200, 40, -20, 120, 100);
    assert_close(facts.values[PV_FACT_BOX_LEFT], 0.1, 1e-6);
    assert_close(facts.values[PV_FACT_BOX_RIGHT], 0.3, 1e-6);
    assert_close(facts.values[PV_FACT_BOX_TOP], -0.1, 1e-6);
    assert_close(facts.values[PV_FACT_BOX_BOTTOM], 0.5, 1e-6);
    assert_close(facts.values[PV_FACT_BOX_SHARE], 0.6, 1e-6); /* 120 / 200, not 80 / 400 */
    assert_close(facts.values[PV_FACT_EYES_APART], 5, 1e-6);  /* 3, 4, 5 */
    assert_close(facts.values[PV_FACT_FACE_CONFIDENCE], 0.75, 1e-6);
    assert_close(facts.values[PV_FACT_OTHER_FACE], 0.5, 1e-6);
    facts = position(200, 400, 20, 0, 120, 120);
    assert_close(facts.values[PV_FACT_BOX_SHARE], 0.5, 1e-6); /* now the width's */
    assert_false(facts.known[PV_FACT_YAW]);
    assert_false(facts.known[PV_FACT_SHARPNESS]);
}

/* The oval of a 400 x 400 picture is 270 wide and 360 high, of a 200 x 400 one 180 and 240. */
static void test_oval(void **state)
{
    (void)state;
    pv_facts facts = position(400, 400, 66, 21, 334, 379);
    assert_close(facts.values[PV_FACT_OVAL_SHARE], 1, 1e-6);
    facts = position(400, 400, 64, 19, 336, 381);
    assert_close(facts.values[PV_FACT_OVAL_SHARE], 0, 1e-6);
    /* a dot on its rightmost point: of 36 points, those from 100 to 260 degrees are inside */
    facts = position(400, 400, 334.5F, 199.5F, 335.5F, 200.5F);
    assert_close(facts.values[PV_FACT_OVAL_SHARE], 17.0 / 36, 1e-6);
    facts = position(200, 400, 11, 81, 189, 319);
    assert_close(facts.values[PV_FACT_OVAL_SHARE], 1, 1e-6);
    /* as wide as the oval and as high as the picture: top and bottom stick out */
    facts = position(200, 400, 11, 0, 189, 400);
    assert_in_range((int)(36 * facts.values[PV_FACT_OVAL_SHARE] + 0.5F), 1, 17);
}

/* The canonical face, turned: the chin down, the nose to the person's left (to large x), the head
 * to the right shoulder (its top to small x), one after the other; then 3 pixels a unit. */
static void project(const float *mesh, double yaw, double pitch, double roll, pv_landmarks *out)
{
    double cy = cos(yaw * RADIANS), sy = sin(yaw * RADIANS);
    double cp = cos(pitch * RADIANS), sp = sin(pitch * RADIANS);
    double cr = cos(roll * RADIANS), sr = sin(roll * RADIANS);
    memset(out, 0, sizeof *out);
    out->confidence = 0.875F;
    for (int i = 0; i < PV_LANDMARKS_SURFACE; i++) {
        /* the mesh has y up and z towards the camera; pictures have y down, depth away from it */
        double x = mesh[3 * i], y = -(double)mesh[3 * i + 1], z = -(double)mesh[3 * i + 2];
        double y1 = cp * y - sp * z, z1 = sp * y + cp * z;
        double x2 = cy * x - sy * z1;
        out->points[i].x = (float)(3 * (cr * x2 + sr * y1) + 200);
        out->points[i].y = (float)(3 * (-sr * x2 + cr * y1) + 150);
    }
}

static const float *load_mesh(void)
{
    const float *mesh;
    size_t count;
    if (pv_runtime_numbers(runtime, "face_mesh", &mesh, &count))
        fail_msg("%s", pv_error_message());
    assert_int_equal(count, 3 * PV_LANDMARKS_SURFACE);
    return mesh;
}

static void test_pose_of_the_turned_mesh(void **state)
{
    (void)state;
    static const double angles[][3] = {{0, 0, 0},   {30, 0, 0},   {-30, 0, 0},   {0, 25, 0},
                                       {0, -25, 0}, {0, 0, 40},   {0, 0, -40},   {60, 0, 0},
                                       {20, 10, 5}, {-35, 15, 8}, {15, -20, -30}};
    const float *mesh = load_mesh();
    for (size_t i = 0; i < sizeof angles / sizeof angles[0]; i++) {
        pv_landmarks landmarks;
        pv_pose pose;
        project(mesh, angles[i][0], angles[i][1], angles[i][2], &landmarks);
        assert_int_equal(pv_pose_from_landmarks(runtime, &landmarks, &pose), PV_OK);
        assert_close(pose.yaw, angles[i][0], 0.01);
        assert_close(pose.pitch, angles[i][1], 0.01);
        assert_close(pose.roll, angles[i][2], 0.01);
        assert_close(pose.confidence, 0.875, 1e-6);
    }
}

/* An open mouth and closed lids are no turn of the head. */
static void test_pose_ignores_the_jaw(void **state)
{
    (void)state;
    static const int moved[] = {PV_LANDMARK_CHIN, PV_LANDMARK_LIP_LOWER, PV_LANDMARK_LIP_UPPER,
                                PV_LANDMARK_MOUTH_LEFT, PV_LANDMARK_LID_LEFT_UPPER};
    pv_landmarks landmarks;
    pv_pose pose;
    project(load_mesh(), 10, 5, -3, &landmarks);
    for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++)
        landmarks.points[moved[i]].y += 15;
    assert_int_equal(pv_pose_from_landmarks(runtime, &landmarks, &pose), PV_OK);
    assert_close(pose.yaw, 10, 0.01);
    assert_close(pose.pitch, 5, 0.01);
    assert_close(pose.roll, -3, 0.01);
}

static void test_pose_of_what_is_no_face(void **state)
{
    (void)state;
    pv_landmarks landmarks;
    pv_pose pose;
    memset(&landmarks, 0, sizeof landmarks);
    landmarks.confidence = 1;
    assert_int_equal(pv_pose_from_landmarks(runtime, &landmarks, &pose), PV_OK);
    assert_true(pose.confidence == 0.0F && pose.yaw == 0.0F && pose.pitch == 0.0F);
}

static void test_distances_of_landmarks(void **state)
{
    (void)state;
    pv_landmarks l;
    memset(&l, 0, sizeof l);
    l.points[PV_LANDMARK_EYE_RIGHT_OUTER] = (pv_point3){10, 50, 0};
    l.points[PV_LANDMARK_EYE_RIGHT_INNER] = (pv_point3){30, 50, 0};
    l.points[PV_LANDMARK_EYE_LEFT_INNER] = (pv_point3){50, 50, 0};
    l.points[PV_LANDMARK_EYE_LEFT_OUTER] = (pv_point3){70, 50, 0};
    l.points[PV_LANDMARK_CHIN] = (pv_point3){70, 90, 99};
    assert_close(pv_landmarks_eyes_to_chin(&l), 50, 1e-6); /* from (40, 50): 30, 40, 50 */
    l.points[PV_LANDMARK_LID_RIGHT_UPPER] = (pv_point3){20, 46, 0};
    l.points[PV_LANDMARK_LID_RIGHT_LOWER] = (pv_point3){20, 54, 0};
    l.points[PV_LANDMARK_LID_LEFT_UPPER] = (pv_point3){60, 49, 0};
    l.points[PV_LANDMARK_LID_LEFT_LOWER] = (pv_point3){60, 51, 0};
    assert_close(pv_landmarks_eye_aperture(&l), 2, 1e-6); /* the more closed one */
}

/* Components of faces of which only one fact is known. */
typedef struct curve_point {
    const char *name;
    pv_fact fact;
    float value;
    double expected;
} curve_point;

static const curve_point curves[] = {
    {"BackgroundUniformity", PV_FACT_BACKGROUND_UNEVENNESS, 0, 100},
    {"BackgroundUniformity", PV_FACT_BACKGROUND_UNEVENNESS, 5, 53.788}, /* 200 (1 - s(1)) */
    {"IlluminationUniformity", PV_FACT_LIGHT_UNIFORMITY, 1, 100},
    {"IlluminationUniformity", PV_FACT_LIGHT_UNIFORMITY, 0.1F, 50.119}, /* 100 * 10^-0.3 */
    {"LuminanceMean", PV_FACT_LUMINANCE_MEAN, 0.2F, 50},
    {"LuminanceMean", PV_FACT_LUMINANCE_MEAN, 0.8F, 50},
    {"LuminanceMean", PV_FACT_LUMINANCE_MEAN, 0.5F, 99.505},           /* 100 s(6)^2 */
    {"LuminanceVariance", PV_FACT_LUMINANCE_VARIANCE, 1.0F / 60, 100}, /* sine of 90 degrees */
    {"LuminanceVariance", PV_FACT_LUMINANCE_VARIANCE, 0, 0},
    {"UnderExposurePrevention", PV_FACT_UNDEREXPOSED, 0, 99.84},
    {"UnderExposurePrevention", PV_FACT_UNDEREXPOSED, 0.92F, 39.84}, /* 120 (0.832 - 0.5) */
    {"OverExposurePrevention", PV_FACT_OVEREXPOSED, 0, 100},
    {"OverExposurePrevention", PV_FACT_OVEREXPOSED, 0.01F, 50},
    {"DynamicRange", PV_FACT_ENTROPY, 4, 50},
    {"DynamicRange", PV_FACT_ENTROPY, 8, 100},
    {"Sharpness", PV_FACT_SHARPNESS, 20, 50},
    {"CompressionArtifacts", PV_FACT_BLOCKINESS, 1, 100},
    {"CompressionArtifacts", PV_FACT_BLOCKINESS, 0.5F, 100},
    {"CompressionArtifacts", PV_FACT_BLOCKINESS, 1.4F, 53.788},
    {"NaturalColour", PV_FACT_COLOUR_DISTANCE, 0, 100},
    {"NaturalColour", PV_FACT_COLOUR_DISTANCE, 10, 53.788},
    {"SingleFacePresent", PV_FACT_OTHER_FACE, 0, 100},
    {"SingleFacePresent", PV_FACT_OTHER_FACE, 0.25F, 75},
    {"SingleFacePresent", PV_FACT_OTHER_FACE, 3, 0},
    {"EyesOpen", PV_FACT_EYE_APERTURE, 0.02F, 50},
    {"MouthClosed", PV_FACT_LIPS_APART, 0.2F, 50},
    {"MouthOcclusionPrevention", PV_FACT_MASK, 0.25F, 75},
    {"InterEyeDistance", PV_FACT_EYES_APART, 70, 50},
    {"HeadSize", PV_FACT_EYES_TO_CHIN, 450, 100}, /* 0.45 of 1000 rows */
    {"HeadSize", PV_FACT_EYES_TO_CHIN, 400, 53.788},
    {"HeadSize", PV_FACT_EYES_TO_CHIN, 500, 53.788},
    {"LeftwardCropOfTheFaceImage", PV_FACT_EYES_APART, 200, 73.106}, /* s((200/200 - 0.9) / 0.1) */
    {"RightwardCropOfTheFaceImage", PV_FACT_EYES_APART, 500, 50},    /* 450/500 = 0.9 */
    {"MarginAboveOfTheFaceImage", PV_FACT_EYES_TO_CHIN, 250, 50},    /* 350/250 = 1.4 */
    {"MarginBelowOfTheFaceImage", PV_FACT_EYES_TO_CHIN, 361.11111F, 50},
    {"HeadPoseYaw", PV_FACT_YAW, 45, 50},
    {"HeadPoseYaw", PV_FACT_YAW, -45, 50},
    {"HeadPosePitch", PV_FACT_PITCH, -60, 25},
    {"HeadPoseRoll", PV_FACT_ROLL, 30, 75},
    {"HeadPoseRoll", PV_FACT_ROLL, 120, 0},
    {"ExpressionNeutrality", PV_FACT_NEUTRALITY, 0.3F, 30},
};

/* 650 x 1000 pixels, the middle of the eyes at (200, 350). */
static double component(const pv_facts *facts, const char *name)
{
    pv_quality_component found[PV_QUALITY_COMPONENTS_MAX];
    pv_face face = {0};
    face.points[PV_POINT_EYE_RIGHT] = (pv_point){150, 350};
    face.points[PV_POINT_EYE_LEFT] = (pv_point){250, 350};
    size_t count = pv_quality_components(facts, &face, 650, 1000, found);
    for (size_t i = 0; i < count; i++)
        if (strcmp(found[i].name, name) == 0)
            return (double)found[i].value;
    return NAN;
}

static void know(pv_facts *facts, pv_fact fact, float value)
{
    facts->values[fact] = value;
    facts->known[fact] = true;
}

static void test_quality_curves(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        pv_facts facts = {.stages = 0};
        /* without a fact that has a weight there is no score at all */
        know(&facts, PV_FACT_LUMINANCE_MEAN, 0.5F);
        know(&facts, curves[i].fact, curves[i].value);
        double value = component(&facts, curves[i].name);
        if (!(fabs(value - curves[i].expected) < 0.01))
            fail_msg("%s of %f: %f, not %f", curves[i].name, (double)curves[i].value, value,
                     curves[i].expected);
        facts.known[curves[i].fact] = false;
        assert_true(isnan(component(&facts, curves[i].name)));
    }
}

/* The geometric mean of those with a weight; one bad component is not made good by others. */
static void test_unified_quality(void **state)
{
    (void)state;
    pv_facts facts = {.stages = 0};
    know(&facts, PV_FACT_ENTROPY, 8);
    assert_true(isnan(component(&facts, "UnifiedQualityScore")));
    know(&facts, PV_FACT_SHARPNESS, 20); /* 50 */
    assert_close(component(&facts, "UnifiedQualityScore"), 50, 0.01);
    know(&facts, PV_FACT_YAW, 0); /* 100 */
    assert_close(component(&facts, "UnifiedQualityScore"), 70.711, 0.01);
    know(&facts, PV_FACT_EYE_APERTURE, 0.02F); /* 50, half the weight */
    assert_close(component(&facts, "UnifiedQualityScore"), 65.975, 0.01);
    facts.known[PV_FACT_EYE_APERTURE] = false;
    know(&facts, PV_FACT_SHARPNESS, 0); /* counts as 1 */
    assert_close(component(&facts, "UnifiedQualityScore"), 10, 0.01);
}

/* What is hidden more, eyes or mouth, decides; both must have been looked at. */
static void test_hidden_faces(void **state)
{
    (void)state;
    pv_facts facts = {.stages = 0};
    know(&facts, PV_FACT_MASK, 0.5F);
    assert_true(isnan(component(&facts, "FaceOcclusionPrevention")));
    know(&facts, PV_FACT_DARK_LENSES, 0.25F);
    assert_close(component(&facts, "FaceOcclusionPrevention"), 50, 0.01);
    assert_close(component(&facts, "EyesVisible"), 75, 0.01);
    know(&facts, PV_FACT_DARK_LENSES, 0.75F);
    assert_close(component(&facts, "FaceOcclusionPrevention"), 25, 0.01);
}

/* Eyes of a turned head are farther apart than they look. */
static void test_eye_distance_of_a_turned_head(void **state)
{
    (void)state;
    pv_facts facts = {.stages = 0};
    know(&facts, PV_FACT_EYES_APART, 35);
    assert_close(component(&facts, "InterEyeDistance"), 14.805, 0.01);
    know(&facts, PV_FACT_YAW, 60);
    assert_close(component(&facts, "InterEyeDistance"), 50, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_position, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_oval, make_arena, drop_arena),
        cmocka_unit_test(test_pose_of_the_turned_mesh),
        cmocka_unit_test(test_pose_ignores_the_jaw),
        cmocka_unit_test(test_pose_of_what_is_no_face),
        cmocka_unit_test(test_distances_of_landmarks),
        cmocka_unit_test(test_quality_curves),
        cmocka_unit_test(test_unified_quality),
        cmocka_unit_test(test_hidden_faces),
        cmocka_unit_test(test_eye_distance_of_a_turned_head),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
