"""GitHub's OpenAPI description, made into an index from operation and status to a JSON Schema. Pure.

The description is OpenAPI 3.0, which is not quite JSON Schema. What is changed in reading it:

- `nullable: true` becomes a `null` type (and a `null` among the values of an `enum`);
- `oneOf` becomes `anyOf`: GitHub's alternatives overlap, its own examples fit several of them;
- what stands beside a `$ref` is dropped, as OpenAPI 3.0 says;
- examples, titles and descriptions go, for speed.

Source: https://spec.openapis.org/oas/v3.0.3, "Schema Object" and "Reference Object".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jsonschema_rs

_METHODS = ("get", "post", "put", "patch", "delete")
_DROPPED = {
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
}
_VERBATIM = {"enum", "format", "pattern", "required", "type"}
_DESCRIPTION = "urn:description"
_MULTI_SEGMENT = {"basehead", "branch", "dir", "path", "ref", "sha", "tag"}  # `x-multi-segment`

Json = Any
Schema = dict[str, Json]


@dataclass(frozen=True)
class Operation:
    """One method of one path template, with the schema of each status it documents.

    A status without a JSON body (204, 304) has the schema `None`.
    """

    method: str
    template: str
    responses: Mapping[int, Schema | None]

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile("".join(_segment(part) for part in re.split(r"({\w+})", self.template)))


@dataclass
class Description:
    """Every operation GitHub documents, and a validator for what each answers."""

    document: Schema
    _validators: dict[str, jsonschema_rs.Draft7Validator] = field(default_factory=dict)

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation that GitHub's router would choose: the most literal one."""
        for operation in self._by_shape.get((method, path.count("/")), ()):
            if operation.pattern.fullmatch(path):
                return operation
        for operation in self._greedy:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        return None

    def errors(self, schema: Schema, value: Json) -> list[str]:
        """Return `field: reason` for each place where the value is not what the schema says."""
        key = schema.get("$ref") or str(id(schema))
        if key not in self._validators:
            self._validators[key] = self._compile(schema)
        return [
            f"{'.'.join(map(str, error.instance_path)) or '(body)'}: {error.message[:300]}"
            for error in self._validators[key].iter_errors(value)
        ]

    def webhook(self, event: str, action: str | None) -> Schema | None:
        """Return the schema of an event's payload, None where GitHub knows no such event."""
        name = "-".join(["webhook", event, *([action] if action else [])]).replace("_", "-")
        if name not in self.document["components"]["schemas"]:
            return None
        return {"$ref": f"{_DESCRIPTION}#/components/schemas/{name}"}

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        found = [
            Operation(method.upper(), template, self._responses(item[method]))
            for template, item in self.document["paths"].items()
            for method in _METHODS
            if method in item
        ]
        return tuple(sorted(found, key=lambda one: (one.template.count("{"), one.template)))

    @cached_property
    def basic_error(self) -> Schema:
        return {"$ref": f"{_DESCRIPTION}#/components/schemas/basic-error"}

    @cached_property
    def _by_shape(self) -> dict[tuple[str, int], list[Operation]]:
        shapes: dict[tuple[str, int], list[Operation]] = {}
        for operation in self.operations:
            shape = operation.method, operation.template.count("/")
            shapes.setdefault(shape, []).append(operation)
        return shapes

    @cached_property
    def _greedy(self) -> tuple[Operation, ...]:
        return tuple(
            one for one in self.operations if _MULTI_SEGMENT & set(re.findall(r"\w+", one.template))
        )

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        schemas = {
            name: json_schema(schema)
            for name, schema in self.document["components"]["schemas"].items()
        }
        return jsonschema_rs.Registry([(_DESCRIPTION, {"components": {"schemas": schemas}})])

    def _compile(self, schema: Schema) -> jsonschema_rs.Draft7Validator:
        return jsonschema_rs.Draft7Validator(schema, registry=self._registry, validate_formats=True)

    def _responses(self, operation: Schema) -> dict[int, Schema | None]:
        return {
            int(status): self._body(response)
            for status, response in operation["responses"].items()
            if status.isdigit()
        }

    def _body(self, response: Schema) -> Schema | None:
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        content = response.get("content", {})
        schemas = [media["schema"] for kind, media in content.items() if "json" in kind]
        return json_schema(schemas[0]) if schemas else None


def json_schema(node: Json) -> Json:
    """Return an OpenAPI 3.0 schema as the JSON Schema (draft 7) that means the same."""
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": _DESCRIPTION + node["$ref"]}
    schema: Schema = {}
    for key, value in node.items():
        if key == "properties":
            schema[key] = {name: json_schema(one) for name, one in value.items()}
        elif key == "oneOf":
            schema["anyOf"] = json_schema(value)
        elif key not in _DROPPED:
            schema[key] = value if key in _VERBATIM else json_schema(value)
    return _nullable(schema) if node.get("nullable") and schema else schema


def _nullable(schema: Schema) -> Schema:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _segment(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part[1:-1] in _MULTI_SEGMENT else "[^/]+"
