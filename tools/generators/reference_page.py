"""docs/configuration.md: one row a key."""

from .tables import NOTICE, number_range

INTRODUCTION = """# Configuration of an operation

Every operation takes a JSON object (in Python an `OperationConfig`) with any of the keys below.

- The caller's value counts, else the operation's own default, else the default.
- A key that is left out, or whose value is `null`, keeps its default.
- A value of the wrong type or outside its range is refused with `API_INVALID_CONFIGURATION`; the
  message names the key, the value and what is allowed. For text that is not JSON it names line and
  column. A key given twice, text that is not UTF-8 and more than 1 MiB are refused as well.
- Integers may be written as `3` or `3.0`; floats also as `3`; booleans only as `true` and `false`.
- An unknown key is ignored. A warning in the log names it, once, with the nearest known key.
- Keys marked *no effect* are accepted for the sake of existing programs, checked like all others,
  and change nothing; a warning in the log says so, once for each key.
"""


def code(value):
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{value}`"


def show(key, value):
    return f"`0x{value:06X}` ({value})" if key.get("hex") else code(value)


def allowed(key):
    if key["type"] == "bool":
        return "`true`, `false`"
    if key["type"] == "string":
        return f"at most {key['max_length']} bytes"
    if "values" in key:
        return ", ".join(code(value) for value in key["values"])
    low, high = number_range(key)
    return f"{low} to {high}"


def help_text(tables, key):
    if key.get("no_effect"):
        return f"{key['help']} *No effect.*"
    if tables.missing_stage(key):
        return f"{key['help']} *Not yet: {tables.missing_stage(key)}.*"
    return key["help"]


def group_section(tables, group):
    lines = ["", f"## {group['title']}", "",
             "| key | type | default | allowed | what it does |", "|---|---|---|---|---|"]
    for key in tables.keys:
        if key["group"] != group["id"]:
            continue
        kind = "string" if key["type"] == "enum" else key["type"]
        lines.append(f"| `{key['name']}` | {kind} | {show(key, key['default'])} | {allowed(key)} | "
                     f"{help_text(tables, key)} |")
    return lines


def overrides_section(tables):
    lines = ["", "## Defaults of single operations", "",
             "Where an operation has a default of its own, it stands here.", "",
             "| operation | key | default |", "|---|---|---|"]
    for operation in tables.operations:
        for key in tables.keys:
            if operation["name"] in key.get("overrides", {}):
                value = show(key, key["overrides"][operation["name"]])
                lines.append(f"| `{operation['name']}` | `{key['name']}` | {value} |")
    return lines


def traits_section(tables):
    lines = ["", "## Traits that make an operation fail", "",
             "A face with one of these traits is not enrolled, identified or given back from a",
             "document, unless the trait is in `allowed_face_traits_flags`. Only traits that the",
             "version computes are ever set.",
             ""]
    for operation in tables.operations:
        traits = operation.get("failing_traits")
        if traits:
            lines.append(f"- `{operation['name']}`: " + ", ".join(f"`{name}`" for name in traits))
    return lines


def page(tables):
    lines = [f"<!-- {NOTICE.format(source='src/config/keys.json')} -->",
             INTRODUCTION.rstrip("\n")]
    for group in tables.groups:
        lines += group_section(tables, group)
    lines += overrides_section(tables) + traits_section(tables)
    return "\n".join(lines) + "\n"
