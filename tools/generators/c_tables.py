"""The C side: enums, the struct of one field a key, and the rows of the tables."""

import json

from .tables import NOTICE, number_range

C_TYPES = {"int": "int", "float": "double", "bool": "bool", "uint32": "uint32_t"}


def c_string(text):
    """A C literal; JSON's escapes of printable ASCII are C's too."""
    return json.dumps(text, ensure_ascii=True)


def c_number(value):
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(float(value)) if isinstance(value, float) else str(value)


def header(guard, source, includes, body):
    lines = [f"/* {NOTICE.format(source=source)} */", "// clang-format off",
             f"#ifndef {guard}", f"#define {guard}", ""]
    lines += [f"#include <{name}>" for name in includes] + ([""] if includes else [])
    return "\n".join(lines + body + ["// clang-format on", "#endif", ""])


def word_constant(key, word):
    return f"PV_{key['name']}_{word}".upper()


def enums_header(tables):
    body = []
    for enum in tables.enums:
        if "c" not in enum:
            continue
        flags = enum["kind"] == "flags"
        body.append(f"/* {enum['help']} */")
        body.append(f"typedef enum pv_{enum['c']} {{")
        for name, number, text in enum["values"]:
            value = f"0x{number:x}" if flags else str(number)
            body.append(f"    PV_{name} = {value}, /* {text} */")
        body += [f"}} pv_{enum['c']};", ""]
    return header("PV_CONFIG_ENUMS_GENERATED_H", "types.json", [], body)


def measures_header(points):
    """The fixed numbers by which measures of a face are scaled and judged."""
    body = [f"#define PV_MEASURE_{name.upper()} ({value})" for name, value in
            points["measures"].items() if name != "made_by"]
    return header("PV_FACE_MEASURES_GENERATED_H", "models/operating_points.json", [], body)


def keys_header(tables):
    body = []
    for key in tables.keys:
        if key["type"] == "enum":
            words = [f"    {word_constant(key, word)} = {index}," for index, word in
                     enumerate(key["values"])]
            body += [f"typedef enum pv_{key['name']} {{", *words, f"}} pv_{key['name']};", ""]
    body += ["/* The keys by number. */", "typedef enum pv_config_key {"]
    body += [f"    PV_KEY_{key['name'].upper()}," for key in tables.keys]
    body += ["    PV_CONFIG_KEY_COUNT", "} pv_config_key;", "",
             "/* One field a key; is_set tells which of them the caller gave. */",
             "typedef struct pv_config {"]
    for key in tables.keys:
        if key["type"] == "string":
            body.append(f"    char {key['name']}[{key['max_length'] + 1}];")
        elif key["type"] == "enum":
            body.append(f"    pv_{key['name']} {key['name']};")
        else:
            body.append(f"    {C_TYPES[key['type']]} {key['name']};")
    body += ["    bool is_set[PV_CONFIG_KEY_COUNT];", "} pv_config;", ""]
    return header("PV_CONFIG_KEYS_GENERATED_H", "keys.json", ["stdbool.h", "stdint.h"], body)


def key_row(tables, key):
    name = key["name"]
    row = {"name": c_string(name), "type": f"PV_CONFIG_{key['type'].upper()}",
           "offset": f"offsetof(pv_config, {name})"}
    if key["type"] == "string":
        row["maximum"] = str(key["max_length"])
        row["text"] = c_string(key["default"])
    elif key["type"] == "enum":
        row["words"] = f"words_{name}"
        row["choice_count"] = str(len(key["values"]))
        row["number"] = word_constant(key, key["default"])
    elif key["type"] == "bool":
        row["maximum"] = "1"
        row["number"] = c_number(key["default"])
    else:
        row["minimum"], row["maximum"] = map(c_number, number_range(key))
        row["number"] = c_number(key["default"])
        if "values" in key:
            row["values"] = f"values_{name}"
            row["choice_count"] = str(len(key["values"]))
    if tables.missing_stage(key):
        row["stage"] = c_string(tables.missing_stage(key))
    if key.get("no_effect"):
        row["no_effect"] = "true"
    fields = ", ".join(f".{field} = {value}" for field, value in row.items())
    return f"    [PV_KEY_{name.upper()}] = {{{fields}}},"


def override_rows(tables):
    ids = {operation["name"]: operation["id"] for operation in tables.operations}
    for key in tables.keys:
        for operation, value in key.get("overrides", {}).items():
            if key["type"] == "string":
                payload = f".text = {c_string(value)}"
            elif key["type"] == "enum":
                payload = f".number = {word_constant(key, value)}"
            else:
                payload = f".number = {c_number(value)}"
            yield (f"    {{.operation = PV_OPERATION_{ids[operation]}, "
                   f".key = PV_KEY_{key['name'].upper()}, {payload}}},")


def keys_rows(tables):
    lines = [f"/* {NOTICE.format(source='keys.json')} */", "// clang-format off"]
    for key in tables.keys:
        if key["type"] == "enum":
            words = ", ".join(c_string(word) for word in key["values"])
            lines.append(f"static const char *const words_{key['name']}[] = {{{words}}};")
        elif "values" in key:
            values = ", ".join(c_number(value) for value in key["values"])
            lines.append(f"static const double values_{key['name']}[] = {{{values}}};")
    lines += ["", "static const pv_config_row rows[PV_CONFIG_KEY_COUNT] = {"]
    lines += [key_row(tables, key) for key in tables.keys]
    lines += ["};", "", "static const override_row overrides[] = {", *override_rows(tables), "};",
              "// clang-format on", ""]
    return "\n".join(lines)


def operation_rows(tables):
    lines = [f"/* {NOTICE.format(source='keys.json')} */", "// clang-format off",
             "static const operation_row rows[PV_OPERATION_COUNT] = {"]
    for operation in tables.operations:
        traits = " |\n        ".join(f"(uint32_t)PV_{name}" for name in
                                     operation.get("failing_traits", [])) or "0"
        judges = " | ".join(f"PV_JUDGE_{name.upper()}" for name in
                            operation.get("judges", [])) or "0"
        lines.append(f"    [PV_OPERATION_{operation['id']}] = {{\n"
                     f"        {c_string(operation['name'])},\n        {judges},\n"
                     f"        {traits}}},")
    lines += ["};", ""]
    lines += [f"_Static_assert(PV_OPERATION_{operation['id']} == {operation['number']}, "
              f'"operation.h and keys.json differ");' for operation in tables.operations]
    lines += ["// clang-format on", ""]
    return "\n".join(lines)
