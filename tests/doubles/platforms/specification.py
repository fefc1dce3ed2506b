"""The platforms' machine-readable specifications as JSON Schema, for checking what we send and making what they send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

SPECS = Path(__file__).resolve().parents[3].parent / "shared" / "specs"
PLAIN = "__plain"


def specifications_are_here() -> bool:
    """Whether the folder of specifications lies beside the checkout."""
    return SPECS.is_dir()


class Schemas:
    """Named JSON Schemas, which may refer to each other."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self._validators: dict[str, Draft202012Validator] = {}

    def problems(self, name: str, value: Any) -> list[str]:
        """What is wrong with a value, each with its place."""
        if name not in self._validators:
            schema = {"$ref": f"#/$defs/{name}", "$defs": self.definitions}
            self._validators[name] = Draft202012Validator(schema)
        errors = sorted(self._validators[name].iter_errors(value), key=lambda error: list(map(str, error.path)))
        return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in errors]


@lru_cache
def line_schemas(file: str) -> Schemas:
    """The schemas of one of LINE's files ("messaging-api", "webhook")."""
    loaded = yaml.load((SPECS / "line-openapi" / f"{file}.yml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    given: Mapping[str, Any] = loaded["components"]["schemas"]
    bases = {name for name, schema in given.items() if "discriminator" in schema}
    made: dict[str, Any] = {}
    for name, schema in given.items():
        plain = _pointed({key: value for key, value in schema.items() if key != "discriminator"}, bases)
        made[name + PLAIN if name in bases else name] = plain
        if name in bases:
            made[name] = _dispatching(name, schema["discriminator"])
    return Schemas(made)


def _pointed(value: Any, bases: set[str], *, inside_all_of: bool = False) -> Any:
    """With references into $defs; a subtype refers to its base without the choice between subtypes."""
    if isinstance(value, dict):
        if "$ref" in value:
            name = value["$ref"].rpartition("/")[2]
            return {"$ref": f"#/$defs/{name + PLAIN if inside_all_of and name in bases else name}"}
        return {key: _pointed(item, bases, inside_all_of=key == "allOf") for key, item in value.items()}
    if isinstance(value, list):
        return [_pointed(item, bases, inside_all_of=inside_all_of) for item in value]
    return value


def _dispatching(name: str, discriminator: Mapping[str, Any]) -> dict[str, Any]:
    field = discriminator["propertyName"]
    kinds = {kind: target.rpartition("/")[2] for kind, target in discriminator["mapping"].items()}
    return {
        "properties": {field: {"enum": sorted(kinds)}},
        "required": [field],
        "allOf": [
            {
                "if": {"properties": {field: {"const": kind}}, "required": [field]},
                "then": {"$ref": f"#/$defs/{target}", "unevaluatedProperties": False},
            }
            for kind, target in kinds.items()
        ],
    }


def line_strategy(file: str, name: str) -> st.SearchStrategy[Any]:
    """Values of one of LINE's schemas: every kind of event, message and source."""
    return _strategy(line_schemas(file).definitions, {"$ref": f"#/$defs/{name}"})


_MADE: dict[int, dict[str, st.SearchStrategy[Any]]] = {}  # made once: they are large


def _strategy(definitions: Mapping[str, Any], schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        made = _MADE.setdefault(id(definitions), {})
        if name not in made:
            made[name] = st.deferred(lambda: _named(definitions, name))
        return made[name]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "allOf" in schema or "properties" in schema:
        return _object(definitions, schema)
    kind = schema.get("type", "string")
    if kind == "array":
        return st.lists(_strategy(definitions, schema["items"]), max_size=3)
    if kind == "object":
        return st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 2**53))
    if kind == "number":
        return st.floats(-90, 90)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.text(max_size=min(schema.get("maxLength", 30), 30))


def _named(definitions: Mapping[str, Any], name: str) -> st.SearchStrategy[Any]:
    if name + PLAIN in definitions:
        (field,) = definitions[name]["properties"]
        choices = []
        for branch in definitions[name]["allOf"]:
            kind = branch["if"]["properties"][field]["const"]
            made = _named(definitions, branch["then"]["$ref"].rpartition("/")[2])
            choices.append(made.map(lambda value, kind=kind: {**value, field: kind}))
        return st.one_of(choices)
    return _strategy(definitions, definitions[name])


def _object(definitions: Mapping[str, Any], schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    properties, required = _members(definitions, schema)
    needed = {key: _strategy(definitions, value) for key, value in properties.items() if key in required}
    free = {key: _strategy(definitions, value) for key, value in properties.items() if key not in required}
    return st.fixed_dictionaries(needed, optional=free)


def _members(definitions: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    properties, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        found = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        more, needed = _members(definitions, found)
        properties, required = more | properties, required | needed
    return properties, required


@lru_cache
def telegram_schemas() -> Schemas:
    """A schema for the parameters of every method (by its name) and for every type."""
    api = json.loads((SPECS / "telegram" / "api.json").read_text("utf-8"))
    made: dict[str, Any] = {}
    for name, described in {**api["types"], **api["methods"]}.items():
        if described.get("subtypes"):
            made[name] = {"anyOf": [{"$ref": f"#/$defs/{each}"} for each in described["subtypes"]]}
            continue
        fields = described.get("fields", ())
        made[name] = {
            "type": "object",
            "properties": {field["name"]: _telegram_field(field) for field in fields},
            "required": [field["name"] for field in fields if field["required"]],
            "additionalProperties": False,
        }
    return Schemas(made)


def _telegram_field(field: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [_telegram_type(kind) for kind in field["types"]]
    schema: dict[str, Any] = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    limits = re.search(r"(\d+)-(\d+) (?:characters|bytes)", field["description"])
    if limits and field["types"] == ["String"] and "after entities" not in field["description"]:
        schema = {**schema, "minLength": int(limits[1]), "maxLength": int(limits[2])}
    return schema


def _telegram_type(kind: str) -> dict[str, Any]:
    if kind.startswith("Array of "):
        return {"type": "array", "items": _telegram_type(kind.removeprefix("Array of "))}
    simple = {"Integer": "integer", "String": "string", "Boolean": "boolean", "Float": "number"}
    return {"type": simple[kind]} if kind in simple else {"$ref": f"#/$defs/{kind}"}
