"""JSON Schemas of every file people write, generated from the models so that they cannot drift.

An editor that is told of them completes keys and shows what each means. They are as strict as
JSON Schema lets them be; `devforge check` has the last word.
"""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import BaseModel

from devforge.model.kinds import meanings_of
from devforge.model.manifest import Manifest
from devforge.model.policy import Policy
from devforge.model.records import Advisory, Developer, Extension, VersionRecord

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    "policy.schema.json": ("The marketplace's policy", Policy),
    "developer.schema.json": ("A developer", Developer),
    "extension.schema.json": ("An extension", Extension),
    "version.schema.json": ("A version of an extension", VersionRecord),
    "advisory.schema.json": ("An advisory", Advisory),
    "manifest.schema.json": ("An extension's manifest, devforge.yaml", Manifest),
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return file name → schema for policy, developer, extension, version, advisory, manifest."""
    return {file: _schema(title, kind) for file, (title, kind) in _KINDS.items()}


def _schema(title: str, kind: type[BaseModel]) -> dict[str, Any]:
    schema = kind.model_json_schema(mode="validation")
    _describe(schema, kind)
    for name, model in _models_below(kind).items():
        if name in schema.get("$defs", {}):
            _describe(schema["$defs"][name], model)
    return {"$schema": DIALECT, **schema, "title": title}


def _describe(schema: dict[str, Any], kind: type[BaseModel]) -> None:
    """Say what each key means in the words of the model's source, and drop pydantic's titles."""
    schema.pop("title", None)
    schema["description"] = _first_paragraph(inspect.getdoc(kind) or "")
    meanings = meanings_of(kind)
    for name, described in schema.get("properties", {}).items():
        described.pop("title", None)
        if "patternProperties" in described:
            described["additionalProperties"] = False  # else any other key would pass
        if name in meanings:
            described["description"] = meanings[name]


def _models_below(kind: type[BaseModel]) -> dict[str, type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}
    waiting: list[Any] = [kind]
    while waiting:
        wanted = waiting.pop()
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            if wanted.__name__ not in found:
                found[wanted.__name__] = wanted
                waiting += [field.annotation for field in wanted.model_fields.values()]
        else:
            waiting += getattr(wanted, "__args__", ())
    return found


def _first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())
