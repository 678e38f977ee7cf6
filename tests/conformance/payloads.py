"""Hold an event's payload against the schemas published for GitHub's webhooks. Pure.

Events that are younger than those schemas are held against the newer description of the REST API,
which describes webhooks too.
The schemas forbid properties they do not know, and are older than some that GitHub sends today
(`user_view_type`, `immutable`): unknown properties are let through, everything else is held.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import jsonschema_rs

from conformance.description import Description, Json, Schema
from conformance.exceptions import excused

_WORKFLOW_ONLY = {"schedule"}  # no webhook has this name: it exists in workflows alone
_SCHEMAS = "urn:webhooks"


@dataclass
class Payloads:
    """A validator for each event and action that GitHub documents."""

    document: Schema
    newer: Description
    _validators: dict[str, jsonschema_rs.Draft7Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        definitions = _open(self.document["definitions"])
        self._registry = jsonschema_rs.Registry([(_SCHEMAS, {"definitions": definitions})])

    def problems(self, event: str, payload: Json) -> list[str]:
        """Return `event action, field: reason` for each place where GitHub would send another thing."""
        if event in _WORKFLOW_ONLY:
            return []
        name = self.name(event, payload)
        if name is not None:
            found = self._errors(name, payload)
        else:
            name = f"{event}${payload.get('action')}"
            schema = self.newer.webhook(event, payload.get("action"))
            if schema is None:
                return [f"{name.replace('$', ' ')}: GitHub documents no such event"]
            found = self.newer.errors(schema, payload)
        return [
            f"{name.replace('$', ' ')}, {problem}"
            for problem in found
            if not excused(name, problem)
        ]

    def _errors(self, name: str, payload: Json) -> list[str]:
        if name not in self._validators:
            schema = {"$ref": f"{_SCHEMAS}#/definitions/{name}"}
            self._validators[name] = jsonschema_rs.Draft7Validator(
                schema, registry=self._registry, validate_formats=True
            )
        return [
            f"{'.'.join(map(str, error.instance_path)) or '(payload)'}: {error.message[:300]}"
            for error in self._validators[name].iter_errors(payload)
        ]

    def name(self, event: str, payload: Json) -> str | None:
        """Return the definition that describes this event, None where GitHub knows no such event."""
        event = "pull_request" if event == "pull_request_target" else event
        names = (f"{event}${payload.get('action')}", f"{event}$event")
        return next((name for name in names if name in self.document["definitions"]), None)


def _open(node: Json) -> Json:
    """Return the schema without its `additionalProperties: false`."""
    if isinstance(node, list):
        return [_open(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = node.get("additionalProperties") is False
    return {
        key: _open(value)
        for key, value in node.items()
        if key != "$schema" and not (closed and key == "additionalProperties")
    }
