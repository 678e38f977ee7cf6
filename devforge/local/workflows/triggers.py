"""The `on` of a workflow file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from devforge.errors import BadInput
from devforge.local.workflows import availability
from devforge.local.workflows.cron import read_cron
from devforge.local.workflows.model import Input, InputType, Trigger
from devforge.local.workflows.nodes import List, Map, Scalar, YamlNode
from devforge.local.workflows.patterns import Filter
from devforge.local.workflows.reading import Reader

DEFAULT_TYPES: Final = {
    "pull_request": ("opened", "synchronize", "reopened"),
    "pull_request_target": ("opened", "synchronize", "reopened"),
}
"""The activity types meant where `types` is absent; for other events it is every type."""

_PULL = frozenset({"types", "branches", "branches-ignore", "paths", "paths-ignore"})
_TYPES = frozenset({"types"})
_KEYS: Final = {
    "push": frozenset(
        {"branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"}
    ),
    "pull_request": _PULL,
    "pull_request_target": _PULL,
    "workflow_run": frozenset({"types", "workflows", "branches", "branches-ignore"}),
    "workflow_dispatch": frozenset({"inputs"}),
    **dict.fromkeys(
        [
            "branch_protection_rule",
            "check_run",
            "check_suite",
            "discussion",
            "discussion_comment",
            "issue_comment",
            "issues",
            "label",
            "milestone",
            "pull_request_review",
            "pull_request_review_comment",
            "registry_package",
            "release",
            "repository_dispatch",
            "watch",
        ],
        _TYPES,
    ),
    **dict.fromkeys(
        [
            "create",
            "delete",
            "deployment",
            "deployment_status",
            "fork",
            "gollum",
            "page_build",
            "public",
            "status",
        ],
        frozenset[str](),
    ),
}
_TYPES_OF_INPUT = ("string", "boolean", "choice", "number", "environment")
_MAX_INPUTS = 25


def read_triggers(reader: Reader, node: YamlNode) -> dict[str, Trigger]:
    """Return every trigger by event name."""
    if not isinstance(node, Map):
        return {
            name: _trigger(reader, name, Scalar(None, "", node.line), node.line)
            for name in reader.texts(node, "on")
        }
    return {
        name: _trigger(reader, name, item, node.lines[name]) for name, item in node.items.items()
    }


def _trigger(reader: Reader, event: str, node: YamlNode, line: int) -> Trigger:
    if event == "schedule":
        return Trigger(event, line, crons=_crons(reader, node))
    if event not in _KEYS:
        raise reader.wrong(line, f"on: the event {event!r} is not supported here")
    if isinstance(node, Scalar) and node.value is None:
        items: Mapping[str, YamlNode] = {}
    else:
        items = reader.map(node, f"on.{event}", _KEYS[event]).items
    if event == "workflow_run" and "workflows" not in items:
        raise reader.wrong(line, "on.workflow_run needs 'workflows': the names of those to follow")
    texts = _texts_of(reader, event, items)
    inputs = reader.map(items["inputs"], "inputs").items if _is_given(items, "inputs") else {}
    if len(inputs) > _MAX_INPUTS:
        raise reader.wrong(line, f"on.{event} has {len(inputs)} inputs; {_MAX_INPUTS} are allowed")
    return Trigger(
        event,
        line,
        types=texts("types"),
        branches=_filter(reader, event, items, "branches"),
        tags=_filter(reader, event, items, "tags"),
        paths=_filter(reader, event, items, "paths"),
        workflows=texts("workflows"),
        inputs={name: read_input(reader, name, item) for name, item in inputs.items()},
    )


def _is_given(items: Mapping[str, YamlNode], key: str) -> bool:
    node = items.get(key)
    return node is not None and not (isinstance(node, Scalar) and node.value is None)


def _texts_of(
    reader: Reader, event: str, items: Mapping[str, YamlNode]
) -> Callable[[str], tuple[str, ...]]:
    return lambda key: reader.texts(items[key], f"on.{event}.{key}") if key in items else ()


def _filter(reader: Reader, event: str, items: Mapping[str, YamlNode], key: str) -> Filter | None:
    ignored = f"{key}-ignore"
    if key in items and ignored in items:
        raise reader.wrong(items[key].line, f"on.{event} has both {key} and {ignored}: keep one")
    texts = _texts_of(reader, event, items)
    if key in items:
        return Filter(texts(key))
    return Filter(texts(ignored), ignore=True) if ignored in items else None


def _crons(reader: Reader, node: YamlNode) -> tuple[str, ...]:
    if not isinstance(node, List):
        raise reader.wrong(node.line, "on.schedule must be a list of mappings with 'cron'")
    return tuple(_cron(reader, item) for item in node.items)


def _cron(reader: Reader, node: YamlNode) -> str:
    found = reader.map(node, "on.schedule", {"cron"})
    if "cron" not in found.items:
        raise reader.wrong(node.line, "on.schedule: this entry has no 'cron'")
    text = reader.text(found.items["cron"], "on.schedule.cron")
    try:
        read_cron(text)
    except BadInput as error:
        raise reader.wrong(found.items["cron"].line, str(error)) from error
    return text


def read_input(reader: Reader, name: str, node: YamlNode) -> Input:
    """Return one declared input."""
    if isinstance(node, Scalar) and node.value is None:
        return Input("string", required=False, default=None, options=(), line=node.line)
    where = f"inputs.{name}"
    keys = {"type", "required", "default", "options", "description", "deprecationMessage"}
    items = reader.map(node, where, keys).items
    kind = reader.text(items["type"], where) if "type" in items else "string"
    if kind not in _TYPES_OF_INPUT:
        raise reader.wrong(
            items["type"].line, f"{where}.type is {kind!r}; it may be {', '.join(_TYPES_OF_INPUT)}"
        )
    options = reader.texts(items["options"], where) if "options" in items else ()
    if kind == "choice" and not options:
        raise reader.wrong(node.line, f"{where} is a choice without options")
    return Input(
        cast("InputType", kind),
        required="required" in items and reader.flag(items["required"], f"{where}.required"),
        default=reader.optional(items, "default", where, availability.ACTION_INPUT),
        options=options,
        line=node.line,
    )
