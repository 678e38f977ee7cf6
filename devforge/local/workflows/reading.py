"""The pieces both workflow and action files are read from: each checks shape and names the line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from devforge.errors import BadInput
from devforge.local.workflows.errors import BadWorkflow
from devforge.local.workflows.expressions.errors import BadExpression
from devforge.local.workflows.expressions.template import (
    Allowed,
    Template,
    constant,
    read_condition,
    read_template,
)
from devforge.local.workflows.model import Tree
from devforge.local.workflows.nodes import List, Map, Scalar, YamlNode

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns YAML nodes of one file into typed pieces."""

    file: str

    def wrong(self, line: int, problem: str) -> BadWorkflow:
        return BadWorkflow(self.file, line, problem)

    def map(self, node: YamlNode, where: str, keys: Collection[str] | None = None) -> Map:
        """Return `node` as a mapping with no key outside `keys`."""
        if not isinstance(node, Map):
            raise self.wrong(node.line, f"{where} must be a mapping")
        for key in node.items:
            if keys is not None and key not in keys:
                raise self.wrong(
                    node.lines[key],
                    f"{where}: {key!r} is not supported here; known are {', '.join(sorted(keys))}",
                )
        return node

    def text(self, node: YamlNode, where: str) -> str:
        """Return a scalar's text; lists, mappings and nothing are refused."""
        if not isinstance(node, Scalar) or node.value is None:
            raise self.wrong(node.line, f"{where} must be text")
        return node.text

    def texts(self, node: YamlNode, where: str) -> tuple[str, ...]:
        """Return one text or a list of them."""
        if isinstance(node, List):
            return tuple(self.text(item, where) for item in node.items)
        return (self.text(node, where),)

    def flag(self, node: YamlNode, where: str) -> bool:
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            raise self.wrong(node.line, f"{where} must be true or false")
        return node.value

    def identifier(self, text: str, line: int, where: str) -> str:
        if IDENTIFIER.fullmatch(text) is None:
            raise self.wrong(
                line,
                f"{where} {text!r} must begin with a letter or _ and hold letters, digits, - and _",
            )
        return text

    def template(self, node: YamlNode, where: str, allowed: Allowed) -> Template:
        """Return a scalar with its expressions cut out and checked."""
        if not isinstance(node, Scalar):
            raise self.wrong(node.line, f"{where} must be a single value")
        if not isinstance(node.value, str):
            return constant(node.value, node.line)
        return self._checked(node.value, node.line, where, allowed, condition=False)

    def condition(self, node: YamlNode | None, line: int, allowed: Allowed) -> Template:
        """Return an `if:`, `success()` where there is none."""
        if node is None:
            return self._checked("success()", line, "if", allowed, condition=True)
        if not isinstance(node, Scalar):
            raise self.wrong(node.line, "if must be a single expression")
        return self._checked(node.text, node.line, "if", allowed, condition=True)

    def templates(self, node: YamlNode, where: str, allowed: Allowed) -> dict[str, Template]:
        """Return a mapping of names to values, such as `env` and `with`."""
        found = self.map(node, where)
        return {
            key: self.template(item, f"{where}.{key}", allowed) for key, item in found.items.items()
        }

    def tree(self, node: YamlNode, where: str, allowed: Allowed) -> Tree:
        """Return values of any shape, such as a matrix."""
        if isinstance(node, List):
            return [self.tree(item, where, allowed) for item in node.items]
        if isinstance(node, Map):
            return {key: self.tree(item, where, allowed) for key, item in node.items.items()}
        return self.template(node, where, allowed)

    def optional(
        self, items: Mapping[str, YamlNode], key: str, where: str, allowed: Allowed
    ) -> Template | None:
        return self.template(items[key], f"{where}.{key}", allowed) if key in items else None

    def _checked(
        self, text: str, line: int, where: str, allowed: Allowed, *, condition: bool
    ) -> Template:
        try:
            return (read_condition if condition else read_template)(text, line, allowed)
        except BadExpression as error:
            raise self.wrong(line, f"{where}: {error}") from error


def located(file: str, template: Template, error: BadInput) -> BadWorkflow:
    """Return an evaluation's failure with the place of the expression that failed."""
    return BadWorkflow(file, template.line, f"{template.source.strip()[:120]}: {error}")
