"""Text with `${{ }}` in it: cut once when the file is read, filled in when its values are known."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.workflows.expressions.errors import BadExpression
from devforge.local.workflows.expressions.evaluator import Scope, evaluate
from devforge.local.workflows.expressions.lexer import calls_in, tokens_of
from devforge.local.workflows.expressions.syntax import Call, Literal, Logical, Node, parse
from devforge.local.workflows.expressions.values import Value, text_of

_OPEN, _CLOSE = "${{", "}}"
STATUS_FUNCTIONS = frozenset({"success", "failure", "always", "cancelled"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """The contexts and extra functions that may be used at one key of a workflow."""

    contexts: frozenset[str]
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Template:
    """A value with expressions in it. One expression and nothing beside keeps its type; else it is text."""

    source: str
    line: int
    parts: tuple[str | Node, ...]

    def value(self, scope: Scope) -> Value:
        """Return what it is worth. Raises EvaluationFailed naming the line."""
        if len(self.parts) == 1:
            return self._worth(self.parts[0], scope)
        return "".join(text_of(self._worth(part, scope)) for part in self.parts)

    def text(self, scope: Scope) -> str:
        return text_of(self.value(scope))

    @property
    def is_constant(self) -> bool:
        return all(isinstance(part, str | Literal) for part in self.parts)

    @staticmethod
    def _worth(part: str | Node, scope: Scope) -> Value:
        return part if isinstance(part, str) else evaluate(part, scope)


def constant(value: Value, line: int) -> Template:
    """Return a template that is always `value`."""
    return Template(text_of(value), line, (value if isinstance(value, str) else Literal(value),))


def read_template(text: str, line: int, allowed: Allowed) -> Template:
    """Return `text` cut at its expressions, each of them checked against what is `allowed` here.

    Raises:
        BadExpression: an expression is badly written or has no end.
    """
    parts: list[str | Node] = []
    at = 0
    while (start := text.find(_OPEN, at)) >= 0:
        if start > at:
            parts.append(text[at:start])
        end = _end_of_expression(text, start + len(_OPEN))
        inner = text[start + len(_OPEN) : end]
        parts.append(parse(inner, contexts=allowed.contexts, functions=allowed.functions))
        at = end + len(_CLOSE)
    if at < len(text) or not parts:
        parts.append(text[at:])
    return Template(text, line, tuple(parts))


def read_condition(text: str, line: int, allowed: Allowed) -> Template:
    """Return an `if:`: `${{ }}` may be left out, and `success()` is meant unless a status is asked for."""
    bare = text.strip()
    if bare.startswith(_OPEN) and _end_of_expression(bare, len(_OPEN)) == len(bare) - len(_CLOSE):
        bare = bare[len(_OPEN) : -len(_CLOSE)]
    if _OPEN in bare:
        return read_template(text, line, allowed)
    asked = STATUS_FUNCTIONS & set(calls_in(tokens_of(bare)))
    node = parse(bare, contexts=allowed.contexts, functions=allowed.functions | STATUS_FUNCTIONS)
    if not asked:
        node = Logical("&&", (Call("success", ()), node))
    return Template(text, line, (node,))


def _end_of_expression(text: str, at: int) -> int:
    """Return where `}}` stands; braces within quotes do not count."""
    quoted = False
    for position in range(at, len(text) - 1):
        if text[position] == "'":
            quoted = not quoted
        if not quoted and text.startswith(_CLOSE, position):
            return position
    raise BadExpression(f"{text[at - 3 : at + 40]!r} is never closed: add }}}}")
