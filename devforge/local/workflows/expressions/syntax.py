"""Read an expression's tokens into a tree, checking names and argument counts on the way. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from devforge.local.workflows.expressions.errors import BadExpression
from devforge.local.workflows.expressions.functions import ARITIES
from devforge.local.workflows.expressions.lexer import Token, tokens_of
from devforge.local.workflows.expressions.values import Value

MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Context:
    """A root such as `github`; `name` is in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`of[by]` or `of.by`; `by` is None for `*`."""

    of: Node
    by: Node | None


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logical:
    """`&&` or `||` over two or more operands: the value of the one that decides."""

    operator: str
    operands: tuple[Node, ...]


Node: TypeAlias = "Literal | Context | Index | Call | Not | Compare | Logical"


def parse(text: str, *, contexts: Collection[str], functions: Collection[str] = ()) -> Node:
    """Return the tree of `text`, which may use `contexts` and, beside the built-in ones, `functions`.

    Raises:
        BadExpression: naming the symbol, name or call that does not fit.
    """
    return _Parser(tokens_of(text), contexts, functions).whole()


class _Parser:
    def __init__(
        self, tokens: list[Token], contexts: Collection[str], functions: Collection[str]
    ) -> None:
        self._tokens = tokens
        self._contexts = {name.lower() for name in contexts}
        self._functions = {name.lower() for name in functions}
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        if len(self._tokens) == 1:
            raise BadExpression("the expression is empty: write what it should be worth")
        node = self._expression()
        if self._now.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _accept(self, *symbols: str) -> str | None:
        if self._now.kind == "symbol" and self._now.text in symbols:
            self._at += 1
            return self._tokens[self._at - 1].text
        return None

    def _expect(self, symbol: str) -> None:
        if self._accept(symbol) is None:
            raise self._unexpected(f"expected {symbol!r}")

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadExpression(f"the expression nests deeper than {MAX_DEPTH}: split it up")
        yield
        self._depth -= 1

    def _expression(self) -> Node:
        with self._deeper():
            return self._logical("||")

    def _logical(self, operator: str) -> Node:
        operands = [self._logical("&&") if operator == "||" else self._comparison(0)]
        if self._now.text != operator or self._now.kind != "symbol":
            return operands[0]
        with self._deeper():
            while self._accept(operator):
                operands.append(self._logical("&&") if operator == "||" else self._comparison(0))
        return Logical(operator, tuple(operands))

    def _comparison(self, level: int) -> Node:
        """Equality binds looser (level 0) than order (level 1)."""
        operators = (("==", "!="), (">", ">=", "<", "<="))[level]
        node = self._comparison(1) if level == 0 else self._unary()
        while operator := self._accept(*operators):
            node = Compare(operator, node, self._comparison(1) if level == 0 else self._unary())
        return node

    def _unary(self) -> Node:
        if not self._accept("!"):
            return self._postfix()
        with self._deeper():
            return Not(self._unary())

    def _postfix(self) -> Node:
        may_index = self._now.kind == "name" or self._now.text == "("
        node = self._primary()
        before = self._depth
        while may_index and (opening := self._accept("[", ".")):
            by = self._bracketed() if opening == "[" else self._property()
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise BadExpression(f"the expression nests deeper than {MAX_DEPTH}: split it up")
            node = Index(node, by)
        self._depth = before
        return node

    def _bracketed(self) -> Node | None:
        by = None if self._accept("*") else self._expression()
        self._expect("]")
        return by

    def _property(self) -> Node | None:
        if self._accept("*"):
            return None
        if self._now.kind != "name":
            raise self._unexpected("after a dot stands a name or *")
        self._at += 1
        return Literal(self._tokens[self._at - 1].text)

    def _primary(self) -> Node:
        token = self._now
        if token.kind == "literal":
            self._at += 1
            return Literal(token.value)
        if self._accept("("):
            node = self._expression()
            self._expect(")")
            return node
        if token.kind != "name":
            raise self._unexpected()
        self._at += 1
        return self._call(token.text) if self._accept("(") else self._context(token)

    def _context(self, token: Token) -> Node:
        if token.text.lower() not in self._contexts:
            raise BadExpression(
                f"unrecognized named-value {token.text!r} at position {token.position + 1}: "
                f"here one may use {', '.join(sorted(self._contexts)) or 'no context'}"
            )
        return Context(token.text.lower())

    def _call(self, name: str) -> Node:
        arguments: list[Node] = []
        while not self._accept(")"):
            arguments.append(self._expression())
            if self._now.text != ")" or self._now.kind != "symbol":
                self._expect(",")
        self._check_arity(name, len(arguments))
        return Call(name.lower(), tuple(arguments))

    def _check_arity(self, name: str, count: int) -> None:
        if name.lower() in self._functions:
            least, most = (1, 255) if name.lower() == "hashfiles" else (0, 0)
        elif name.lower() in ARITIES:
            least, most = ARITIES[name.lower()]
        else:
            allowed = ", ".join(sorted({*ARITIES, *self._functions}))
            raise BadExpression(f"unrecognized function {name!r}: here one may use {allowed}")
        if not least <= count <= most:
            raise BadExpression(f"{name} takes {least} to {most} arguments, not {count}")
        if name.lower() == "case" and count % 2 == 0:
            raise BadExpression(
                f"case takes an odd number of arguments, not {count}: add the default"
            )

    def _unexpected(self, hint: str = "") -> BadExpression:
        token = self._now
        what = "end of expression" if token.kind == "end" else f"symbol {token.text[:60]!r}"
        return BadExpression(
            f"unexpected {what} at position {token.position + 1}" + (f": {hint}" if hint else "")
        )
