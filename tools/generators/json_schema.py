"""The JSON Schema (draft 2020-12) of settings, configuration and answers."""

import json

from .tables import INTEGER_LIMITS, FieldType, number_range

SCALAR_SCHEMAS = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "uint32": {"type": "integer", "minimum": 0, "maximum": INTEGER_LIMITS["uint32"][1]},
}


def reference(name):
    return {"$ref": f"#/$defs/{name}"}


def field_schema(text, help_text):
    kind = FieldType(text)
    inner = dict(SCALAR_SCHEMAS.get(kind.name) or reference(kind.name))
    if kind.container == "list":
        inner = {"type": "array", "items": inner}
    elif kind.container == "map":
        inner = {"type": "object", "additionalProperties": inner}
    if help_text:
        inner["description"] = help_text
    return inner


def struct_schema(struct):
    properties = {name: field_schema(text, help_text) for name, text, help_text in struct["fields"]}
    required = [name for name, text, _ in struct["fields"] if not FieldType(text).optional]
    schema = {"type": "object", "description": struct["help"], "properties": properties}
    if required:
        schema["required"] = required
    return schema


def enum_schema(enum):
    names = {name: number for name, number, _ in enum["values"]}
    schema = {"type": "integer", "description": enum["help"], "x-names": names}
    if enum["kind"] == "flags":
        schema["minimum"], schema["maximum"] = 0, sum(names.values())
    else:
        schema["enum"] = sorted(names.values())
    return schema


def key_schema(tables, key):
    kind = key["type"]
    if kind == "enum":
        schema = {"type": "string", "enum": key["values"]}
    elif kind == "string":
        schema = {"type": "string", "maxLength": key["max_length"]}
    elif kind == "bool":
        schema = {"type": "boolean"}
    else:
        schema = {"type": "number" if kind == "float" else "integer"}
        if "values" in key:
            schema["enum"] = key["values"]
        else:
            schema["minimum"], schema["maximum"] = number_range(key)
    schema["default"] = key["default"]
    schema["description"] = key["help"]
    if "overrides" in key:
        schema["x-operation-defaults"] = key["overrides"]
    if key.get("no_effect"):
        schema["x-no-effect"] = True
    elif tables.missing_stage(key):
        schema["x-not-in-this-version"] = tables.missing_stage(key)
    return schema


def schema_file(tables):
    definitions = {enum["name"]: enum_schema(enum) for enum in tables.enums}
    definitions.update({struct["name"]: struct_schema(struct) for struct in tables.structs})
    definitions["SessionSettings"]["properties"]["collections"]["required"] = ["default"]
    definitions["OperationConfig"] = {
        "type": "object",
        "description": "What an operation may be told; a key that is left out or null keeps its "
                       "default, an unknown one is ignored with a warning in the log.",
        "properties": {key["name"]: key_schema(tables, key) for key in tables.keys},
    }
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "JSON of the privid library",
        "description": "A session is created from SessionSettings; an operation is given an "
                       "OperationConfig and answers a CallResult.",
        "anyOf": [reference(name) for name in ("SessionSettings", "OperationConfig", "CallResult")],
        "$defs": definitions,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
