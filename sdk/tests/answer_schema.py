"""The schema of answers, made strict: what it does not describe is not to be there."""

import copy
import json
from importlib import resources

import jsonschema

SCHEMAS = json.loads(
    resources.files("cryptonets_python_sdk").joinpath("idl/json_schemas.json").read_text("utf-8"))


def strict(schema):
    closed = copy.deepcopy(schema)
    for definition in closed["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    return closed


_answers = jsonschema.Draft202012Validator({"$defs": strict(SCHEMAS)["$defs"],
                                            "$ref": "#/$defs/CallResult"})


def check_answer(answer):
    """AssertionError says where the answer is not as described."""
    errors = [f"{error.json_path}: {error.message}" for error in _answers.iter_errors(answer)]
    assert not errors, errors[:5]
