"""What expressions may hold, kind by kind. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from checks.security.flows import marks as m
from checks.security.flows.marks import Mark
from checks.security.flows.memory import Memory, attribute_key
from checks.security.flows.package import Package, Scope, children_of, meaning_of
from checks.security.flows.texts import UNKNOWN, cut, joined_path, kinds_in, sliced
from checks.security.flows.values import (
    LOCAL,
    NOTHING,
    Value,
    element,
    names_of,
    one_variable,
    union,
)

_SECRET_WORDS = re.compile(r"token|secret|passw|api_?key|credential|private", re.IGNORECASE)

_EXPRESSIONS: dict[type[ast.expr], str] = {
    ast.Constant: "_constant",
    ast.Name: "_name",
    ast.Attribute: "_attribute",
    ast.Subscript: "_subscript",
    ast.BinOp: "_binary",
    ast.JoinedStr: "_formatted",
    ast.Tuple: "_sequence",
    ast.List: "_sequence",
    ast.Set: "_sequence",
    ast.Dict: "_dictionary",
    ast.ListComp: "_comprehension",
    ast.SetComp: "_comprehension",
    ast.GeneratorExp: "_comprehension",
    ast.DictComp: "_comprehension",
    ast.Compare: "_compared",
    ast.IfExp: "_either",
    ast.Lambda: "_lambda",
    ast.NamedExpr: "_walrus",
    ast.Await: "_inner",
    ast.Starred: "_inner",
    ast.Yield: "_inner",
    ast.YieldFrom: "_inner",
    ast.Call: "_call",
}
_NAMES = {ast.Name, ast.Attribute}
_NAMED_PARTS = 64  # of a longer text, only the whole is looked at for what it names
MOST_MEANT = 64  # functions of one name, the last of which Python would take
_DEEPEST = 120  # expressions within one another; hands write a dozen


class Expressions(Memory):
    """A memory that knows what each kind of expression makes of it."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.searches: set[tuple[Scope, int]] = set()
        self.unfollowed: dict[str, int] = {}  # a line of each file that is nested too deeply
        self.looks = 0
        self._depth = 0
        self._kinds: dict[type[ast.expr], Callable[[Any, Scope], Value]] = {
            kind: getattr(self, name) for kind, name in _EXPRESSIONS.items()
        }
        self._named_here: dict[tuple[str, str], list[Scope]] = {}
        self._named_far: dict[str, list[Scope]] = {}

    def value(self, node: ast.expr | None, scope: Scope) -> Value:
        """Return what an expression may hold."""
        if node is None:
            return NOTHING
        if self._depth > _DEEPEST:
            self.unfollowed.setdefault(scope.path, node.lineno)
            return NOTHING
        kind = type(node)
        self._depth += 1
        self.looks += 1
        found = self._kinds.get(kind, self._all_of)(node, scope)
        self._depth -= 1
        text = found.text
        if text == UNKNOWN or len(text) < 4 or kind in _NAMES:
            return found
        return _named(found, node, scope)

    def _all_of(self, node: ast.expr, scope: Scope) -> Value:
        return Value(
            union(self.value(c, scope) for c in children_of(node) if isinstance(c, ast.expr))
        )

    def _constant(self, node: ast.Constant, _: Scope) -> Value:
        held = node.value
        if isinstance(held, bytes):
            held = held.decode("latin-1")
        return Value(text=cut(str(held))) if isinstance(held, str | int) and held != "" else NOTHING

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        if key := scope.key(node.id):
            return self.kept(key)
        if node.id == "__file__":
            return Value(
                frozenset({Mark("own-data", "a file of the package", scope.path, node.lineno)})
            )
        if node.id == "__doc__":
            return Value(
                frozenset({Mark("own-data", "the documentation", scope.path, node.lineno)})
            )
        found = self._functions_named(scope, node.id)
        marks = {Mark("function", f"{LOCAL}{s.number}", scope.path, node.lineno) for s in found}
        text = UNKNOWN
        if meaning := meaning_of(self.package, scope, node.id):
            marks |= {Mark("function", meaning, scope.path, node.lineno)}
            imported = self._imported_value(meaning)
            marks |= imported.marks
            text = imported.text
            if imported.items:
                return Value(frozenset(marks), text, imported.items)
            if meaning == "os.environ":
                marks.add(Mark("environment", "the whole environment", scope.path, node.lineno))
        return Value(frozenset(marks), text)

    def _functions_named(self, scope: Scope, name: str) -> list[Scope]:
        key = scope.path, name
        if (known := self._named_here.get(key)) is None:
            here = [
                s
                for s in self.package.functions.get(name, ())
                if s.path == scope.path and not s.is_method
            ]
            meaning = self.package.imports.get(key)
            known = here or (self._functions_of(meaning) if meaning else [])
            self._named_here[key] = known = known[-MOST_MEANT:]
        return known

    def _functions_of(self, dotted: str) -> list[Scope]:
        if (known := self._named_far.get(dotted)) is None:
            module, _, name = dotted.rpartition(".")
            wanted = module.rpartition(".")[2]
            known = self._named_far[dotted] = [
                s for s in self.package.functions.get(name, ())
                if not s.is_method and (not wanted or wanted in s.parts)
            ][-MOST_MEANT:]  # fmt: skip
        return known

    def _imported_value(self, meaning: str) -> Value:
        module, _, name = meaning.rpartition(".")
        wanted = module.rpartition(".")[2]
        for scope in self.package.holding.get(name, ()):
            if wanted in scope.parts:
                return self.kept(scope.key(name) or "")
        return NOTHING

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        return self.attribute_of(self.value(node.value, scope), node, scope)

    def attribute_of(self, base: Value, node: ast.Attribute, scope: Scope) -> Value:
        """Return what an attribute of something that holds `base` may hold."""
        marks = {k for k in base.marks if k.kind not in ("function", "environment")}
        for dotted in names_of(base):
            name = f"{dotted}.{node.attr}".removeprefix("builtins.builtins")
            if name == "sys.argv":
                marks.add(Mark("told", "the command line", scope.path, node.lineno))
            if name == "os.environ":
                marks.add(Mark("environment", "the whole environment", scope.path, node.lineno))
            marks.add(Mark("function", name, scope.path, node.lineno))
            marks |= {
                Mark("function", f"{LOCAL}{s.number}", scope.path, node.lineno)
                for s in self._functions_of(name)
            }
        if node.attr in ("root", "root_path", "folders") and is_workspace(node.value):
            marks.add(Mark("project-place", "the opened project", scope.path, node.lineno))
        if node.attr in ("f_locals", "f_globals"):
            marks.add(Mark("watched", m.VARIABLES, scope.path, node.lineno))
        if _is_request(node, scope):
            marks.add(Mark("asked", "a request", scope.path, node.lineno))
        if isinstance(node.value, ast.Name):
            kept = self.kept(attribute_key(scope, node.attr))
            return Value(frozenset(marks) | kept.marks, kept.text, kept.items)
        if base.of("environment"):
            marks |= set(base.of("environment"))
        return Value(
            frozenset(marks), base.text if node.attr in ("parent", "name", "stem") else UNKNOWN
        )

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        base, part = self.value(node.value, scope), self.value(node.slice, scope)
        if base.of("environment"):
            return self._variable(part.text, node, scope)
        if (
            base.items
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        ):
            place = node.slice.value
            return base.items[place] if -len(base.items) <= place < len(base.items) else base
        marks = {k for k in base.marks if k.kind != "function"}
        if part.text != UNKNOWN:
            marks = one_variable(marks)
        for dotted in names_of(base):
            if (
                dotted.endswith(("__dict__", "builtins", "builtins.globals", "builtins.vars"))
                and part.text != UNKNOWN
            ):
                marks.add(Mark("function", _builtin(part.text), scope.path, node.lineno))
        return Value(frozenset(marks), sliced(base.text, node.slice))

    def _variable(self, name: str, node: ast.expr, scope: Scope) -> Value:
        """One variable of the environment."""
        if name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            return Value(text="~")
        if m.OTHERS_TOKENS.search(name):
            return Value(frozenset({Mark("token", f"`{name[:60]}`", scope.path, node.lineno)}))
        return NOTHING

    def _binary(self, node: ast.BinOp, scope: Scope) -> Value:
        chain, first = [node], node.left
        while isinstance(first, ast.BinOp):  # a text may be put together from a thousand parts
            chain.append(first)
            first = first.left
        held = self.value(first, scope)
        for part in reversed(chain):
            held = self._joined(part, held, self.value(part.right, scope), scope)
            if len(chain) <= _NAMED_PARTS and len(held.text) >= 4:
                held = _named(held, part, scope)
        return held

    def _joined(self, node: ast.BinOp, left: Value, right: Value, scope: Scope) -> Value:
        marks = left.marks | right.marks
        if isinstance(node.op, ast.Add):
            return Value(marks, cut(left.text + right.text), (*left.items, *right.items))
        if isinstance(node.op, ast.Div):
            path = joined_path([left.text, right.text])
            # Of a path that is known, the whole says what it is: `.ssh/config` holds no keys.
            held = marks if UNKNOWN in path else {k for k in marks if k.kind != "secret-path"}
            return Value(frozenset(held), path)
        if isinstance(node.op, ast.BitXor):
            return Value(marks | {Mark("decoded", "numbers and a key", scope.path, node.lineno)})
        return Value(marks, left.text if isinstance(node.op, ast.Mod) else UNKNOWN)

    def _formatted(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts = [
            self.value(p.value if isinstance(p, ast.FormattedValue) else p, scope)
            for p in node.values
        ]
        return Value(union(parts), cut("".join(part.text for part in parts)))

    def _sequence(self, node: ast.Tuple | ast.List | ast.Set, scope: Scope) -> Value:
        items = tuple(self.value(element, scope) for element in node.elts)
        return Value(union(items), cut(" ".join(i.text for i in items)) or UNKNOWN, items[:64])

    def _dictionary(self, node: ast.Dict, scope: Scope) -> Value:
        held = [self.value(part, scope) for part in (*node.keys, *node.values) if part is not None]
        return Value(
            union(held), cut(" ".join(h.text for h in held if h.text != UNKNOWN)) or UNKNOWN
        )

    def _comprehension(self, node: ast.expr, scope: Scope) -> Value:
        assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp)  # noqa: S101
        chosen = False
        for part in node.generators:
            self.assign(part.target, element(self.value(part.iter, scope)), scope)
            for condition in part.ifs:
                self.value(condition, scope)
                chosen = chosen or _is_prefix(condition)
                if _SECRET_WORDS.search(ast.unparse(condition)) and "environ" in ast.unparse(
                    part.iter
                ):
                    self.searches.add((scope, node.lineno))
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        held = [self.value(part, scope) for part in parts]
        marks = {k for k in union(held) if not (chosen and k.kind == "environment")}
        return Value(frozenset(marks), held[-1].text)

    def _compared(self, node: ast.expr, scope: Scope) -> Value:
        self._all_of(node, scope)
        return NOTHING

    def _either(self, node: ast.IfExp, scope: Scope) -> Value:
        self.value(node.test, scope)
        one, other = self.value(node.body, scope), self.value(node.orelse, scope)
        return Value(
            one.marks | other.marks,
            one.text if one.text != UNKNOWN else other.text,
            one.items or other.items,
        )

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        inner = self.package.of_node[id(node)]
        return Value(
            frozenset({Mark("function", f"{LOCAL}{inner.number}", scope.path, node.lineno)})
        )

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> Value:
        held = self.value(node.value, scope)
        self.assign(node.target, held, scope)
        return held

    def _inner(
        self, node: ast.Await | ast.Starred | ast.Yield | ast.YieldFrom, scope: Scope
    ) -> Value:
        held = self.value(node.value, scope)
        if isinstance(node, ast.Yield | ast.YieldFrom):
            self.keep(scope.answer, held)
        return held

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        raise NotImplementedError


def is_workspace(node: ast.expr) -> bool:
    """Whether an expression is the editor's side of the opened project."""
    return "workspace" in (getattr(node, "attr", ""), getattr(node, "id", ""))


def _named(value: Value, node: ast.expr, scope: Scope) -> Value:
    """Add the marks of what the text of a value names."""
    extra = {Mark(kind, what, scope.path, node.lineno) for kind, what in kinds_in(value.text)}
    return Value(value.marks | extra, value.text, value.items) if extra else value


def _builtin(name: str) -> str:
    return "builtins" if name == "__builtins__" else f"builtins.{name}"


def _is_request(node: ast.Attribute, scope: Scope) -> bool:
    """Whether an attribute is what a request to a server says: flask's `request`, or a handler's own."""
    if not isinstance(node.value, ast.Name):
        return False
    if node.value.id == "request":
        return node.attr in ("args", "form", "json", "data", "files", "values")
    handles = node.attr == "rfile" or (node.attr == "path" and scope.name.startswith("do_"))
    return node.value.id == "self" and handles


def _is_prefix(condition: ast.expr) -> bool:
    """Whether only names that begin in a certain way are taken: one's own variables."""
    return (
        isinstance(condition, ast.Call)
        and isinstance(condition.func, ast.Attribute)
        and condition.func.attr == "startswith"
    )
