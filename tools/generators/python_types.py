"""The Python structs and enums."""

from .tables import NOTICE, FieldType, number_range

SCALAR_NAMES = {"string": "str", "bool": "bool", "float": "float", "int": "int", "uint32": "int"}
KEY_NAMES = {"enum": "str", **SCALAR_NAMES}
WIDTH = 100

CODE_PROPERTY = '''
    @property
    def code(self) -> int:
        """The number, under its other name."""
        return int(self)
'''

PUID_PROPERTY = '''
    @property
    def puid(self) -> Union[str, UnsetType]:
        """The person's identifier; UNSET where nobody was enrolled or found."""
        return self.api_response.puid
'''


def comment(text, indent="    "):
    """The text as comment lines above a member."""
    lines, line = [], ""
    for word in text.split():
        if line and len(indent) + 2 + len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [f"{indent}# {part}" for part in [*lines, line] if part]


def docstring(text):
    inner = comment(text)
    if len(inner) == 1 and len(text) + 10 <= WIDTH:
        return [f'    """{text}"""']
    return ['    """' + inner[0][6:], *("    " + line[6:] for line in inner[1:]), '    """']


def enum_class(enum):
    base = "IntFlag" if enum["kind"] == "flags" else "IntEnum"
    lines = [f"class {enum['name']}({base}):", *docstring(enum["help"]), ""]
    for name, number, text in enum["values"]:
        lines += [*comment(text), f"    {name} = {number}"]
    if enum.get("code_property"):
        lines += CODE_PROPERTY.rstrip("\n").split("\n")
    return lines


def field_line(name, text):
    kind = FieldType(text)
    annotation = SCALAR_NAMES.get(kind.name, kind.name)
    if kind.container == "list":
        annotation = f"List[{annotation}]"
    elif kind.container == "map":
        annotation = f"Dict[str, {annotation}]"
    if kind.optional:
        return f"    {name}: Union[{annotation}, UnsetType] = UNSET"
    return f"    {name}: {annotation}"


def struct_class(struct):
    # Fields without a default must come first.
    fields = sorted(struct["fields"], key=lambda field: FieldType(field[1]).optional)
    lines = [f"class {struct['name']}(Struct, repr_omit_defaults=True):",
             *docstring(struct["help"]), ""]
    for name, text, help_text in fields:
        lines += [*comment(help_text), field_line(name, text)]
    if struct.get("puid_property"):
        lines += PUID_PROPERTY.rstrip("\n").split("\n")
    return lines


def key_summary(tables, key):
    default = f"0x{key['default']:06X}" if key.get("hex") else repr(key["default"])
    if key["type"] in ("bool", "string"):
        allowed = ""
    elif "values" in key:
        allowed = "; one of " + ", ".join(map(repr, key["values"]))
    else:
        allowed = "; {} to {}".format(*number_range(key))
    note = ""
    if key.get("no_effect"):
        note = " Accepted without effect."
    elif tables.missing_stage(key):
        note = f" No effect yet: {tables.missing_stage(key)} is not in this version."
    return f"{key['help']} Default {default}{allowed}.{note}"


def config_class(tables):
    lines = ["class OperationConfig(Struct, repr_omit_defaults=True):",
             *docstring("What an operation may be told; a key that is left out keeps its default."),
             ""]
    for key in tables.keys:
        lines += [*comment(key_summary(tables, key)),
                  f"    {key['name']}: Union[{KEY_NAMES[key['type']]}, UnsetType] = UNSET"]
    return lines


def module(tables):
    blocks = [enum_class(enum) for enum in tables.enums]
    blocks += [struct_class(struct) for struct in tables.structs]
    blocks.append(config_class(tables))
    names = [item["name"] for item in tables.enums + tables.structs] + ["OperationConfig"]
    lines = [f"# {NOTICE.format(source='src/config/*.json')}",
             '"""Every struct and enum of the interface."""', "",
             "from enum import IntEnum, IntFlag",
             "from typing import Dict, List, Union", "",
             "from msgspec import UNSET, Struct, UnsetType", "",
             "__all__ = [", *(f'    "{name}",' for name in sorted(names)), "]"]
    for block in blocks:
        lines += ["", "", *block]
    return "\n".join(lines) + "\n"
