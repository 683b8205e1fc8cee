"""What the package offers, pinned: a name or argument that goes away breaks somebody's program.

surface.txt lists every public name with its arguments. After a change that is meant:

    python sdk/tests/test_surface.py > sdk/tests/surface.txt
"""

import enum
import inspect
from pathlib import Path

import msgspec

import cryptonets_python_sdk as sdk

LISTED = Path(__file__).with_name("surface.txt")


def arguments(function):
    names = []
    for parameter in inspect.signature(function).parameters.values():
        mark = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**",
                parameter.KEYWORD_ONLY: "only "}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        names.append(f"{mark}{parameter.name}{default}")
    return f"({', '.join(names)})"


def members(item):
    for name, member in sorted(vars(item).items()):
        public = not name.startswith("_") or name in ("__enter__", "__exit__", "__init__")
        if isinstance(member, (staticmethod, classmethod)):
            member = member.__func__
        if public and inspect.isfunction(member):
            yield f"{item.__name__}.{name}{arguments(member)}"
        elif public and isinstance(member, property):
            yield f"{item.__name__}.{name}"


def surface():
    for name in sorted(sdk.__all__):
        item = getattr(sdk, name)
        if not isinstance(item, type):
            yield f"{name}{arguments(item) if inspect.isfunction(item) else ''}"
            continue
        yield f"class {name}({', '.join(base.__name__ for base in item.__bases__)})"
        if issubclass(item, enum.Enum):
            yield from (f"{name}.{key} = {int(value)}" for key, value in item.__members__.items())
        elif issubclass(item, msgspec.Struct):
            for field in msgspec.structs.fields(item):
                yield f"{name}.{field.name}{' required' if field.required else ''}"
        else:
            yield from members(item)


def test_surface_is_as_listed():
    assert list(surface()) == LISTED.read_text(encoding="utf-8").splitlines()


def test_every_name_is_documented():
    for name in sdk.__all__:
        if name != "__version__":
            assert inspect.getdoc(getattr(sdk, name)), name


def test_exceptions_form_the_documented_tree():
    assert sdk.SessionError.__bases__ == sdk.LibraryLoadError.__bases__ == (sdk.PrivIDError,)
    assert sdk.PrivIDError.__bases__ == (Exception,)
    text = inspect.getdoc(inspect.getmodule(sdk.PrivIDError))
    for name in ("PrivIDError", "SessionError", "LibraryLoadError"):
        assert name in text


def test_nothing_private_is_offered():
    assert all(not name.startswith("_") or name == "__version__" for name in sdk.__all__)
    assert len(set(sdk.__all__)) == len(sdk.__all__)


if __name__ == "__main__":
    print("\n".join(surface()))
