"""YAML as GitHub reads it, every value with its line. Pure.

Plain scalars follow YAML 1.2: `on` is a name, `yes` is text, `0o17` a number. A key may stand once;
aliases are allowed as long as they do not explode; merge keys are not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from devforge.local.workflows.errors import BadWorkflow
from devforge.local.workflows.expressions.numbers import number_of_text, text_of_number

MAX_BYTES = 512 * 1024
_MAX_NODES = 20_000
_MAX_DEPTH = 60

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE, _FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
_NUMBER = re.compile(
    r"[-+]?([0-9]+|\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; `text` is how it is spelled, or for a number how an expression would print it."""

    value: str | float | bool | None
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class List:
    items: tuple[YamlNode, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Map:
    """Values by key, in the order written; `lines` says where each key stands."""

    items: dict[str, YamlNode]
    lines: dict[str, int]
    line: int


YamlNode: TypeAlias = Scalar | List | Map


def read_yaml(content: bytes, file: str) -> YamlNode:
    """Return the one document in `content`.

    Raises:
        BadWorkflow: it is not YAML, too large, repeats a key or explodes through aliases.
    """
    if len(content) > MAX_BYTES:
        raise BadWorkflow(
            file, 1, f"the file has {len(content)} bytes; at most {MAX_BYTES} are read"
        )
    try:
        root = yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise BadWorkflow(file, 1, f"the file is not UTF-8 at byte {error.start}") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "nested too deeply"
        raise BadWorkflow(file, mark.line + 1 if mark else 1, f"not YAML: {problem}") from error
    if root is None:
        raise BadWorkflow(file, 1, "the file is empty; a workflow needs 'on' and 'jobs'")
    return _Reader(file).node(root, 0)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0

    def node(self, node: yaml.Node, depth: int) -> YamlNode:
        line = node.start_mark.line + 1
        self._count += 1
        if self._count > _MAX_NODES or depth > _MAX_DEPTH:
            raise BadWorkflow(self._file, line, "too many values; do aliases explode or nest here?")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, line)
        if isinstance(node, yaml.SequenceNode):
            return List(tuple(self.node(item, depth + 1) for item in node.value), line)
        return self._map(node, line, depth)

    def _map(self, node: yaml.Node, line: int, depth: int) -> Map:
        items: dict[str, YamlNode] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = self.node(key_node, depth + 1)
            if not isinstance(key, Scalar) or key_node.value == "<<":
                raise BadWorkflow(
                    self._file, key.line, "a key must be text; merge keys are not supported"
                )
            if key.text in items:
                raise BadWorkflow(
                    self._file,
                    key.line,
                    f"{key.text!r} stands here and on line {lines[key.text]}: keep one",
                )
            items[key.text], lines[key.text] = self.node(value_node, depth + 1), key.line
        return Map(items, lines, line)


def _scalar(node: yaml.ScalarNode, line: int) -> Scalar:
    text: str = node.value
    if node.style is not None:
        return Scalar(text, text, line)
    if text in _NULL:
        return Scalar(None, "", line)
    if text in _TRUE or text in _FALSE:
        return Scalar(text in _TRUE, text.lower(), line)
    if _NUMBER.fullmatch(text):
        number = number_of_text(text)
        return Scalar(number, text_of_number(number), line)
    if _SPECIAL.fullmatch(text):
        number = (
            math.nan
            if "n" in text.lower()[:2]
            else math.copysign(math.inf, -1 if text[0] == "-" else 1)
        )
        return Scalar(number, text_of_number(number), line)
    return Scalar(text, text, line)
