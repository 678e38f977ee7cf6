"""Where values are kept while a package is walked, and who has to be looked at again. Pure."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import lru_cache

from checks.security.flows import marks as m
from checks.security.flows.marks import Mark
from checks.security.flows.package import Package, Scope
from checks.security.flows.texts import UNKNOWN, cut
from checks.security.flows.values import LOCAL, NOTHING, Value, names_of

_MOST_MARKS = 24


class Memory:
    """Values by key; a scope that read one is looked at again when more is learned of it."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.scope = Scope("", "", ast.Module([], []), None)  # the one that is being walked
        self.to_walk = {scope for scope in package.scopes if scope.begins}
        self.swaps: dict[int, tuple[Scope, ast.Attribute, tuple[str, ...], Value]] = {}
        self._marks: dict[str, set[Mark]] = defaultdict(set)
        self._texts: dict[str, str] = {}
        self._items: dict[str, tuple[Value, ...]] = {}
        self._fields: dict[str, tuple[tuple[str, Value], ...]] = {}
        self._values: dict[str, Value] = {}  # all of it, until more is kept
        self._readers: dict[str, set[Scope]] = defaultdict(set)
        self.own = {f"{LOCAL}{s.number}": s for s in package.scopes}

    def keep(self, key: str | None, value: Value) -> None:
        """Add what a value may hold to what is kept under `key`."""
        if key is None or value == NOTHING:
            return
        before = len(self._marks[key]), self._state(key)
        if len(self._marks[key]) < _MOST_MARKS:
            self._marks[key] |= value.marks
        old = self._texts.get(key)
        if value.text != UNKNOWN and (old is None or value.text not in old):
            self._texts[key] = cut(f"{old} {value.text}" if old else value.text)
        if value.items:
            self._items.setdefault(key, value.items)
        if value.fields:
            self._fields[key] = value.fields
        if before != (len(self._marks[key]), self._state(key)):
            self._values.pop(key, None)
            self.to_walk |= self._readers[key]
        if before[0] < len(self._marks[key]) and any(self.matters(mark) for mark in value.marks):
            self.to_walk.update(self._concerned(key))

    def matters(self, mark: Mark) -> bool:
        """Whether others than those who have read a value must look at it: not for what half of all code has."""
        return mark.kind not in ("home", "own-data", "function", "crawled") or (
            mark.kind == "function" and does_something(mark.what)
        )

    def _state(self, key: str) -> tuple[object, ...]:
        """What else than marks there may be more of."""
        return self._texts.get(key), key in self._items, self._fields.get(key)

    def _concerned(self, key: str) -> list[Scope]:
        """Return the scopes in which the name of a key stands, whether walked before or not."""
        if key.startswith("."):  # an attribute, of whatever object in the same file
            path, _, word = key[1:].rpartition(":")
            return [s for s in self.package.saying.get(word, ()) if s.path == path]
        number, _, word = key.partition(":")
        owner = self.package.scopes[int(number)]
        said = self.package.saying.get(owner.name if word == "return" else word, ())
        far = word == "return" or not owner.name
        return [s for s in said if far or s.path == owner.path]

    def kept(self, key: str) -> Value:
        """Return all that may be under `key`."""
        self._readers[key].add(self.scope)
        held = self._values.get(key)
        if held is None:
            held = self._values[key] = Value(
                frozenset(self._marks[key]),
                self._texts.get(key, UNKNOWN),
                self._items.get(key, ()),
                self._fields.get(key, ()),
            )
        return held

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to what stands left of an equals sign."""
        match target:
            case ast.Name(id=name):
                self.keep(scope.key(name), value)
            case ast.Attribute(value=base, attr=name):
                self.swaps[id(target)] = (
                    scope,
                    target,
                    tuple(names_of(self.value(base, scope))),
                    value,
                )
                if isinstance(base, ast.Name):
                    self.keep(attribute_key(scope, name), value)
            case ast.Subscript():
                while isinstance(target, ast.Subscript):
                    target = target.value
                self.assign(target, Value(value.marks), scope)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for number, element in enumerate(elements):
                    known = number < len(value.items) == len(elements)
                    self.assign(element, value.items[number] if known else value, scope)
            case ast.Starred(value=inner):
                self.assign(inner, value, scope)

    def value(self, node: ast.expr | None, scope: Scope) -> Value:
        """Return what an expression may hold."""
        raise NotImplementedError


def attribute_key(scope: Scope, name: str) -> str:
    """Return where the attribute `name` of any object in the scope's file is kept."""
    return f".{scope.path}:{name}"


@lru_cache(maxsize=16_384)
def does_something(name: str) -> bool:
    """Return whether a function runs, sends, starts or unwraps something."""
    kinds = (m.NETWORK, m.SENDERS, m.PROGRAMS, m.DECODERS)
    return name in m.RUNNERS or any(kind.fullmatch(name) for kind in kinds)
