"""Which photographs are taken."""

from .photographs import Photograph, Shot

# Each design once as a careful user takes it, by the scene it lies in.
CAREFUL = (
    ("nordmark-front-mueller", "wood"), ("nordmark-back-mueller", "desk"),
    ("nordmark-back-lindqvist", "coffee"), ("permit-front-santoro", "cloth"),
    ("permit-back-demir", "tiles"), ("permit-front-demir", "rocket"),
    ("fjelland-haugen", "wood"), ("fjelland-nowak", "desk"), ("alderay-okafor", "cloth"),
    ("alderay-fontaine", "wood"), ("santelmo-ibanez", "tiles"), ("santelmo-walker", "coffee"),
    ("mrv-a-fontaine", "desk"), ("mrv-b-nowak", "wood"), ("franklin-front-1", "cloth"),
    ("franklin-back-1", "wood"), ("franklin-back-2", "desk"), ("franklin-front-2", "tiles"))

SIZES = ((1600, 1200), (1920, 1080), (1280, 960), (2000, 1500))


def careful():
    for i, (specimen, scene) in enumerate(CAREFUL):
        yield Photograph(f"{specimen}-careful", "easy", scene,
                         [Shot(specimen, 0.62 + 0.03 * (i % 4), (i * 7 % 13) - 6,
                               ((i * 5 % 11) - 5, (i * 3 % 9) - 4))], SIZES[i % 4], "careful")


def hasty():
    """Turned by 12° to 34°, leaning up to 25°, in uneven light, a little out of focus."""
    for i, (specimen, scene) in enumerate(CAREFUL[1::2]):
        size = SIZES[(i + 1) % 4]
        yield Photograph(f"{specimen}-hasty", "medium", CAREFUL[(2 * i + 6) % len(CAREFUL)][1],
                         [Shot(specimen, 0.88 * size[1] / size[0], (12 + i * 2.7) * (-1) ** i,
                               (25 - i * 4, -18 + i * 5), (0.48, 0.52))],
                         size, "hasty", shadow=0.6, blur=0.7, noise=4, quality=82)


def hard():
    def one(name, specimen, scene, condition, difficulty="hard", size=(1600, 1200), **options):
        shot = {key: options.pop(key) for key in ("width", "turn", "lean", "at") if key in options}
        return Photograph(name, difficulty, scene, [Shot(specimen, **shot)], size, condition,
                          **options)

    yield one("passport-upside-down", "alderay-okafor", "wood", "upside down", "medium",
              turn=183, lean=(4, -6))
    yield one("passport-on-its-side", "santelmo-ibanez", "desk", "on its side", "medium",
              (1200, 1600), turn=88, lean=(3, 3), width=0.72)
    yield one("card-back-upside-down", "nordmark-back-mueller", "cloth", "upside down", "medium",
              turn=176, lean=(-8, 3))
    yield one("card-on-its-side", "nordmark-front-mueller", "tiles", "on its side", "medium",
              (1200, 1600), turn=-93, width=0.7)
    yield one("turned-45-card", "nordmark-front-mueller", "wood", "turned 45", turn=45,
              width=0.6)
    yield one("turned-45-passport", "alderay-fontaine", "cloth", "turned 45", turn=-44,
              lean=(8, 6), width=0.6)
    yield one("turned-135-permit", "permit-back-demir", "coffee", "turned 45", turn=136, width=0.6)
    yield one("turned-40-licence", "franklin-back-1", "desk", "turned 45", turn=40,
              size=(2000, 1500), width=0.62)
    yield one("small-card", "permit-front-santoro", "desk", "small", size=(2000, 1500),
              width=0.27, turn=9, at=(0.6, 0.55))
    yield one("small-passport", "santelmo-walker", "wood", "small", size=(2000, 1500), width=0.33,
              turn=-14, at=(0.42, 0.5))
    yield one("small-licence", "franklin-front-2", "people", "small", width=0.24, turn=4,
              at=(0.35, 0.6))
    yield one("shadow-card", "fjelland-haugen", "desk", "shadow", turn=7, lean=(10, 5), shadow=1.0)
    yield one("shadow-passport", "alderay-okafor", "tiles", "shadow", turn=-5, shadow=1.1)
    yield one("glare-card", "nordmark-front-mueller", "cloth", "glare", turn=3)
    yield one("fingers-card", "nordmark-front-mueller", "wood", "fingers", fingers=1, turn=4)
    yield one("fingers-permit", "permit-front-santoro", "rocket", "fingers", fingers=2, turn=-6)
    yield one("fingers-passport", "santelmo-ibanez", "cloth", "fingers", fingers=2, lean=(6, 4))
    yield one("fingers-back", "nordmark-back-lindqvist", "desk", "fingers", fingers=3)
    yield one("lean-card", "franklin-front-1", "tiles", "perspective", lean=(38, 14), turn=10)
    yield one("lean-passport", "alderay-fontaine", "desk", "perspective", lean=(-10, 36), turn=-8)
    yield one("blurred-card", "permit-front-demir", "wood", "blurred", blur=4.5, turn=2)
    yield one("card-on-tablet", "fjelland-nowak", "tablet", "tablet", width=0.55)
    yield one("white-on-white", "nordmark-back-mueller", "desk", "pale", turn=-3, width=0.75,
              shadow=0.15)
    yield one("near-border", "franklin-front-1", "cloth", "at the border", width=0.5,
              at=(0.27, 0.3), turn=-3)
    yield one("over-border", "nordmark-front-mueller", "wood", "over the border", width=0.6,
              at=(0.22, 0.5), turn=5)
    yield one("fills-picture", "santelmo-walker", "wood", "fills the picture", width=0.97,
              size=(1600, 1140))
    yield one("on-screen", "santelmo-walker", "screen", "screen", "medium", (1920, 1080),
              width=0.42, at=(0.5, 0.48))
    yield one("on-tablet", "nordmark-front-mueller", "tablet", "tablet", "medium", width=0.6)
    yield Photograph("two-cards", "medium", "wood", [
        Shot("nordmark-front-mueller", 0.5, 4, (0, 0), (0.29, 0.32)),
        Shot("franklin-front-2", 0.4, -7, (0, 0), (0.74, 0.7))], (1920, 1440), "two documents")
    yield Photograph("passport-and-card", "hard", "tiles", [
        Shot("alderay-okafor", 0.55, -3, (0, 0), (0.34, 0.4)),
        Shot("permit-back-demir", 0.32, 12, (0, 0), (0.8, 0.74))], (1920, 1440), "two documents")


def all_photographs():
    return [*careful(), *hasty(), *hard()]
