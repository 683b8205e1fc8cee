"""Both sides of the keys that touch a face. Pictures and values are those of the tests
(sdk/tests/test_face_keys.py)."""

import numpy as np
from album import flag_list, must
from face_pictures import names, scores
from sides import Side, file_name, flags_of, threshold_sides
from test_face_keys import PORTRAIT, THRESHOLDS, card, compare, portrait_of

from cryptonets_python_sdk import (FaceDetectionStrategy, FaceTraitsFlags, ImageInputArg,
                                   OperationConfig, SpoofStatus, draw)

COVERED = ("portrait", "covered")
MOUTH = ("portrait", "mouth_open")


def side(gallery, picture, what, caption):
    return Side(file_name(*picture), gallery.picture(*picture), what, caption)


def threshold(gallery, key):
    case = THRESHOLDS[key]
    measured = [(file_name(*picture), gallery.picture(*picture),
                 gallery.score(case.measure, *picture, **case.config),
                 lambda config, picture=picture: gallery.flags(*picture, **case.config, **config))
                for picture in (case.lower, case.higher)]
    return threshold_sides(key, case, measured)


def seen(gallery, picture, **config):
    return draw(ImageInputArg(gallery.picture(*picture)), gallery.call(*picture, **config))


def detector_confidence(key, context):
    def sides(gallery):
        config = {"context_string": context}
        # the detector tries harder where nothing is sure enough: what it says follows from the key
        values = [gallery.score("face_confidence", *picture, **config, **{key: 0.5})
                  for picture in (COVERED, PORTRAIT)]
        middle = sum(values) / 2
        faces = [gallery.face(*picture, **config, **{key: middle})
                 for picture in (COVERED, PORTRAIT)]
        must(faces[0] is None and faces[1] is not None, key)
        return f"With `{key}` {middle:.3g}", [
            side(gallery, COVERED, "half covered", f"confidence {values[0]:.3g}: no face"),
            side(gallery, PORTRAIT, "a whole face", f"confidence {values[1]:.3g}: a face")]
    return sides


def strategy(gallery):
    found = [gallery.call("two", face_detection_strategy=value).faces
             for value in FaceDetectionStrategy]
    must([len(faces) for faces in found[1:]] == [1, 1, 1] and len(found[0]) > 1,
         "face_detection_strategy")
    said = ("all", "the most confident", "the biggest", "the largest product")
    return "The same picture with each value", [
        Side(f"strategy-{value.value}",
             seen(gallery, ("two", None), face_detection_strategy=value), what,
             f"`{value.value}`: {what}")
        for value, what in zip(FaceDetectionStrategy, said, strict=True)]


def validations(gallery):
    blurred = ("portrait", "blurred")
    flags = [gallery.flags(*blurred, face_validations_off=value) for value in (False, True)]
    must(flags[0] and not flags[1], "face_validations_off")
    return "The same blurred picture with both values", [
        side(gallery, blurred, "blurred", flags_of(value, found))
        for value, found in zip(("false", "true"), flags, strict=True)]


def pose_models(key):
    def sides(gallery):
        aside = ("aside", None)
        angles = [[gallery.score(angle, *aside, **{key: model})
                   for angle in ("yaw", "pitch", "roll")] for model in (0, 22)]
        must(angles[0] != angles[1], key)
        return "The same head by both models", [
            side(gallery, aside, "a head turned aside",
                 f"`{model}`: yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f}")
            for model, (yaw, pitch, roll) in zip((0, 22), angles, strict=True)]
    return sides


def landmarks(gallery):
    counts = [len(gallery.face(*PORTRAIT, get_face_landmarks=value).landmarks or ())
              for value in (False, True)]
    must(counts[0] == 0 < counts[1], "get_face_landmarks")
    return "The points of the answer, drawn", [
        Side(f"landmarks-{name}", seen(gallery, PORTRAIT, get_face_landmarks=value),
             f"{count} points", f"`{name}`: {count} points in `landmarks`")
        for name, value, count in zip(("false", "true"), (False, True), counts, strict=True)]


def oval(gallery):
    shifted = ("portrait", "shifted_left")
    flags = [gallery.flags(*picture, validate_face_position_oval=True)
             for picture in (shifted, PORTRAIT)]
    must("FT_FACE_NOT_IN_OVAL" in flags[0] and "FT_FACE_NOT_IN_OVAL" not in flags[1]
         and "FT_FACE_NOT_IN_OVAL" not in gallery.flags(*shifted), "validate_face_position_oval")
    return "With `validate_face_position_oval` true", [
        side(gallery, picture, what, flag_list(found))
        for picture, what, found in zip((shifted, PORTRAIT), ("at the edge", "in the middle"),
                                        flags, strict=True)]


def smile(gallery):
    pictures = (("aside", None), PORTRAIT)
    values = [gallery.score("smile", *picture, get_smile_intensity=True) for picture in pictures]
    must(values[0] < 0.3 < 0.7 < values[1]
         and gallery.score("smile", *PORTRAIT) is None, "get_smile_intensity")
    return "With `get_smile_intensity` true; otherwise there is no such score", [
        side(gallery, picture, what, f"`smile` {value:.2f}")
        for picture, what, value in zip(pictures, ("serious", "smiling"), values, strict=True)]


def allowed_flags(gallery):
    refused, allowed = (gallery.call(*MOUTH, allowed_face_traits_flags=value)
                        for value in (0, int(FaceTraitsFlags.FT_MOUTH_OPENED)))
    must(refused.user_feedback_message and not allowed.user_feedback_message
         and names(allowed.faces[0].face_traits_flags) == {"FT_MOUTH_OPENED"},
         "allowed_face_traits_flags")
    return "The flag is raised with both values; what an enrolment makes of it", [
        side(gallery, MOUTH, "an open mouth", f"`0`: refused, “{refused.user_feedback_message}”"),
        side(gallery, MOUTH, "the same",
             f"`{int(FaceTraitsFlags.FT_MOUTH_OPENED)}`, `FT_MOUTH_OPENED`: accepted")]


def age_spread(gallery):
    shown = []
    for picture, what in ((PORTRAIT, "large"), (("portrait", "far"), "small")):
        ages = [gallery.call(*picture, "estimate_age", use_age_stddev=value).faces[0].age_data
                for value in (False, True)]
        must(ages[0].estimated_age == ages[1].estimated_age, "use_age_stddev")
        shown.append((side(gallery, picture, what, "`age_confidence_score` {:.2f} with `false`, "
                           "{:.2f} with `true`".format(*(age.age_confidence_score
                                                         for age in ages))), ages))
    must(any(ages[0] != ages[1] for _, ages in shown), "use_age_stddev")
    return "The same face, large and small", [one for one, _ in shown]


def on_screen(pixels):
    """On a screen held a little askew: stripes of red, green and blue, dark between the lines."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    along = (0.92 * x + 0.3 * y + height).astype(int) % 3
    down = (0.92 * y - 0.3 * x + width).astype(int) % 3
    percent = np.where(along[..., None] == np.arange(3), 130, 85) - 35 * (down == 0)[..., None]
    return (pixels.astype(int) * percent // 100).clip(0, 255).astype(np.uint8)


def live(gallery, picture, **config):
    """Status and score, as a line."""
    face = gallery.face(*picture, **{"anti_spoofing_mode": 1, **config})
    score = scores(face).get("liveness")
    return face.spoof_status, face.spoof_status.name + (f", {score:.2f}" if score else "")


def liveness_modes(gallery):
    gallery.kept["president", "on_screen"] = on_screen(gallery.picture("president"))
    shown = (("president", None), ("president", "on_screen"))
    said = [[live(gallery, picture, anti_spoofing_mode=mode) for mode in range(4)]
            for picture in shown]
    must([status for status, _ in said[0]] ==
         [SpoofStatus.AS_NOT_PERFORMED] + [SpoofStatus.AS_NO_SPOOF_DETECTED] * 3
         and SpoofStatus.AS_SPOOF_DETECTED in [status for status, _ in said[1]],
         "anti_spoofing_mode")
    return "A face from life, and the same behind a drawn pixel grid", [
        side(gallery, picture, what, "<br>".join(f"`{mode}`: {line}" for mode, (_, line)
                                                 in enumerate(lines)))
        for picture, what, lines in zip(shown, ("from life", "a pixel grid"), said, strict=True)]


def liveness_threshold(gallery):
    shown = (("president", "blurred"), ("president", None))
    values = [scores(gallery.face(*picture, anti_spoofing_mode=1))["liveness"]
              for picture in shown]
    middle = sum(values) / 2
    said = [live(gallery, picture, anti_spoofing_threshold=middle) for picture in shown]
    must([status for status, _ in said] == [SpoofStatus.AS_SPOOF_DETECTED,
                                            SpoofStatus.AS_NO_SPOOF_DETECTED],
         "anti_spoofing_threshold")
    return f"With `anti_spoofing_threshold` {middle:.4f}", [
        side(gallery, picture, what, f"`liveness` {value:.4f}: {status.name}")
        for picture, what, value, (status, _) in zip(shown, ("blurred", "sharp"), values, said,
                                                     strict=True)]


def on_a_card(gallery):
    gallery.kept["president", "on_a_card"] = card(gallery.picture("president"))
    shown = ("president", "on_a_card")
    said = [live(gallery, shown, anti_spoofing_detect_document=value) for value in (False, True)]
    must(said[1][0] == SpoofStatus.AS_SPOOF_DETECTED and said[0] != said[1],
         "anti_spoofing_detect_document")
    return "A face on a sheet, with both values", [
        side(gallery, shown, "on a sheet", f"`{value}`: {line}")
        for value, (_, line) in zip(("false", "true"), said, strict=True)]


def matching(key, values):
    def sides(gallery):
        found = [compare(gallery, "president", "senator", **{key: value}) for value in values]
        must([bool(one.is_match) for one in found] == [False, True], key)
        lines = "<br>".join(f"`{value}`: {'a match' if one.is_match else 'no match'}"
                            for value, one in zip(values, found, strict=True))
        return "Two people, compared", [
            side(gallery, ("president", None), "one", f"distance {found[0].distance_mean:.2f}"),
            side(gallery, ("senator", None), "the other", lines)]
    return sides


def background(gallery):
    colours = (0xF0F0F0, 0x3366CC)
    made = [portrait_of(gallery, background_color_rgb=colour) for colour in colours]
    must(all(abs(int(image[2, 2, 2]) - (colour & 255)) <= 2
             for image, colour in zip(made, colours, strict=True)), "background_color_rgb")
    return "Portraits with two values", [
        Side(f"portrait-{colour:06x}", image, "a portrait", f"`{colour}`, 0x{colour:06X}")
        for image, colour in zip(made, colours, strict=True)]


def portraits(key, values):
    def sides(gallery):
        made = [portrait_of(gallery, **{key: value}) for value in values]
        must(made[0].shape != made[1].shape, key)
        return "Portraits with two values", [
            Side(f"portrait-{value}", image, "a portrait",
                 f"`{value}`: {image.shape[1]} × {image.shape[0]} pixels")
            for image, value in zip(made, values, strict=True)]
    return sides


def contexts(gallery):
    said = [gallery.call(*COVERED, context_string=value, conf_score_thr_enroll=1)
            for value in ("enroll", "predict")]
    must([len(one.faces) for one in said] == [0, 1], "context_string")
    return "With `conf_score_thr_enroll` 1, which only the context `enroll` looks at", [
        side(gallery, COVERED, "half covered", f"`{value}`: {'a' if one.faces else 'no'} face")
        for value, one in zip(("enroll", "predict"), said, strict=True)]


def channels(gallery):
    pixels = gallery.picture(*PORTRAIT)
    shown = []
    for value in ("rgb", "bgr"):
        _, result = gallery.session.validate(ImageInputArg(pixels, value),
                                             OperationConfig(anti_spoofing_mode=0))
        shown.append(scores(result.faces[0])["NaturalColour"])
    must(shown[0] > shown[1] + 10, "input_image_format")
    return "The same bytes, as each value has them seen", [
        side(gallery, PORTRAIT, "as it is", f"`rgb`: NaturalColour {shown[0]:.0f}"),
        Side("portrait-swapped", pixels[..., ::-1], "red and blue swapped",
             f"`bgr`: NaturalColour {shown[1]:.0f}")]


OTHERS = {
    "input_image_format": channels,
    "context_string": contexts,
    "conf_score_thr_enroll": detector_confidence("conf_score_thr_enroll", "enroll"),
    "conf_score_thr_predict": detector_confidence("conf_score_thr_predict", "predict"),
    "face_detection_strategy": strategy,
    "face_validations_off": validations,
    "base_landmarks_model_id": pose_models("base_landmarks_model_id"),
    "base_face_landmarks_model_id": pose_models("base_face_landmarks_model_id"),
    "get_face_landmarks": landmarks,
    "validate_face_position_oval": oval,
    "get_smile_intensity": smile,
    "allowed_face_traits_flags": allowed_flags,
    "use_age_stddev": age_spread,
    "anti_spoofing_mode": liveness_modes,
    "anti_spoofing_threshold": liveness_threshold,
    "anti_spoofing_detect_document": on_a_card,
    "face_thresholds_med": matching("face_thresholds_med", (0.5, 1)),
    "fudge_factor": matching("fudge_factor", (1, 2)),
    "background_color_rgb": background,
    "iso_image_format": portraits("iso_image_format", ("full_frontal", "token")),
    "iso_image_width": portraits("iso_image_width", (826, 240)),
}


def sides_of(gallery, key):
    """None for a key of another kind."""
    if key in THRESHOLDS:
        return threshold(gallery, key)
    return OTHERS[key](gallery) if key in OTHERS else None
