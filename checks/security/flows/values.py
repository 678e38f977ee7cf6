"""What an expression may hold, and what one call is given. Values, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from checks.security.flows.marks import VARIABLE, VARIABLES, Kind, Mark
from checks.security.flows.package import Scope
from checks.security.flows.texts import UNKNOWN

LOCAL = "local:"  # before the name of a function that is the package's own


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression may hold: marks, the text it is, its elements and members where they are known."""

    marks: frozenset[Mark] = frozenset()
    text: str = UNKNOWN
    items: tuple[Value, ...] = ()
    fields: tuple[tuple[str, Value], ...] = ()  # of an object that is written out

    def of(self, *kinds: Kind) -> list[Mark]:
        """Return its marks of these kinds, in order of place."""
        return sorted(
            (k for k in self.marks if k.kind in kinds),
            key=lambda k: (k.path, k.line, k.what, k.kind),
        )


NOTHING = Value()


@dataclass(frozen=True, slots=True)
class Call:
    """One call: by which names the called goes, and what it is given."""

    scope: Scope
    node: ast.Call
    names: tuple[str, ...]  # dotted names it may stand for
    method: str  # the attribute it is called by, or nothing
    receiver: Value
    arguments: tuple[Value, ...]
    keywords: dict[str, Value]

    @property
    def given(self) -> frozenset[Mark]:
        """Return the marks of all that is given but headers and environments, which have their own place."""
        named = [
            v for k, v in self.keywords.items() if k not in ("headers", "env", "auth", "cookies")
        ]
        return union([*self.arguments, *named])

    @property
    def words(self) -> str:
        """Return the texts of what is given by position, in a line."""
        return " ".join(value.text for value in self.arguments)


def union(values: Iterable[Value]) -> frozenset[Mark]:
    return frozenset().union(*(value.marks for value in values))


def one_variable(marks: Iterable[Mark]) -> set[Mark]:
    """The marks of what is taken by its name from all variables of another function."""
    return {replace(k, what=VARIABLE) if k.what == VARIABLES else k for k in marks}


def names_of(value: Value) -> list[str]:
    if not value.marks:
        return []
    return sorted(
        {k.what for k in value.marks if k.kind == "function" and not k.what.startswith(LOCAL)}
    )


def element(value: Value) -> Value:
    return Value(value.marks, value.text)
