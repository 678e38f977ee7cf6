"""Follows values through all functions and files of a package until nothing new is learned. Pure.

Order does not count and conditions are not weighed: a value is taken to hold whatever it may hold. What
a call of a stranger's function gives back holds whatever went in.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from checks.security.flows import marks as m
from checks.security.flows.answers import answer_of
from checks.security.flows.expressions import MOST_MEANT, Expressions, is_workspace
from checks.security.flows.marks import Kind, Mark
from checks.security.flows.package import Package, Scope, children_of
from checks.security.flows.values import LOCAL, NOTHING, Call, Value, element, names_of, union

_WALKS = 6  # of one scope
_MOST_LOOKS = 4_000_000  # at expressions; 200 files of an ordinary size take 250,000
_FILLING = {
    "append",
    "extend",
    "update",
    "add",
    "insert",
    "put",
    "setdefault",
    "write",
    "set_content",
    "appendleft",
    "writestr",
}
_STATEMENTS: dict[type[ast.stmt], str] = {
    ast.FunctionDef: "_decorated",
    ast.AsyncFunctionDef: "_decorated",
    ast.ClassDef: "_class",
    ast.Assign: "_assignment",
    ast.AnnAssign: "_assignment",
    ast.AugAssign: "_assignment",
    ast.Return: "_returned",
    ast.For: "_loop",
    ast.AsyncFor: "_loop",
    ast.With: "_contexts",
    ast.AsyncWith: "_contexts",
    ast.Expr: "_plain",
}  # the others are no more than the expressions in them
# What calls a function that it is given: with each of what stands beside it, or with all of that.
_OVER = {
    "builtins.map",
    "builtins.filter",
    "functools.reduce",
    "itertools.starmap",
    "itertools.accumulate",
}
_HANDED = {
    "submit",
    "run_in_executor",
    "to_thread",
    "call_soon",
    "call_later",
    "partial",
    "apply_async",
    "run_sync",
}
_UNPACKING = {"extractall", "extract", "unpack_archive"}
_STAYS: tuple[Kind, ...] = (
    "secret",
    "secret-path",
    "environment",
    "token",
    "watched",
    "person",
    "download",
    "decoded",
    "own-data",
    "asked",
    "told",
)


class Follower(Expressions):
    """Walks a package over and over; `calls` holds every call as it was last seen."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.calls: dict[object, Call] = {}
        self._opened: dict[str, tuple[ast.expr, Scope]] = {}
        self._plans: dict[ast.stmt, tuple[Callable[[Any, Scope], None], list[ast.stmt]]] = {}

    def follow(self) -> None:
        """Walk every scope, and again each that may see more, until nothing changes or often enough."""
        walks: Counter[Scope] = Counter()
        while self.to_walk:
            waiting, self.to_walk = self.to_walk, set()
            for scope in sorted(waiting, key=attrgetter("number")):
                if self.looks > _MOST_LOOKS:
                    self.unfollowed.setdefault(scope.path, scope.line)
                elif walks[scope] < _WALKS:
                    walks[scope] += 1
                    self.scope = scope
                    try:
                        self._walk(scope)
                    except RecursionError:
                        self._depth = 0
                        self.unfollowed.setdefault(scope.path, scope.line)

    def _walk(self, scope: Scope) -> None:
        body = scope.node.body
        if isinstance(body, ast.expr):
            self.keep(scope.answer, self.value(body, scope))
            return
        waiting = [*reversed(body)]
        while waiting:
            node = waiting.pop()
            known = self._plans.get(node)
            if known is None:
                does = getattr(self, _STATEMENTS.get(type(node), "_expressions"))
                known = self._plans[node] = does, blocks(node)[::-1]
            does, inner = known
            does(node, scope)
            waiting += inner

    def _expressions(self, node: ast.stmt, scope: Scope) -> None:
        for child in children_of(node):
            if isinstance(child, ast.expr):
                self.value(child, scope)

    def _plain(self, node: ast.Expr, scope: Scope) -> None:
        if not isinstance(node.value, ast.Constant):
            self.value(node.value, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        """Nothing: what it is made of are statements of their own."""

    def _returned(self, node: ast.Return, scope: Scope) -> None:
        if node.value is not None:
            self.keep(scope.answer, self.value(node.value, scope))

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        self.assign(node.target, element(self.value(node.iter, scope)), scope)

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, scope: Scope) -> None:
        if node.value is None:
            return
        held = self.value(node.value, scope)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            self.assign(target, held, scope)
            self._opens(target, node.value, scope)

    def _contexts(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            held = self.value(item.context_expr, scope)
            if item.optional_vars:
                self.assign(item.optional_vars, held, scope)
                self._opens(item.optional_vars, item.context_expr, scope)

    def _opens(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        """Remember which path a stream writes to."""
        if not (isinstance(target, ast.Name) and isinstance(value, ast.Call)):
            return
        call, key = self.calls.get(id(value)), scope.key(target.id)
        if (
            call
            and key
            and call.method == "open"
            and isinstance(value.func, ast.Attribute)
            and not call.names
        ):
            self._opened[key] = (value.func.value, scope)
        elif call and key and value.args and any(m.READERS.fullmatch(name) for name in call.names):
            self._opened[key] = (value.args[0], scope)

    def _decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        inner = self.package.of_node[id(node)]
        function = Value(
            frozenset({Mark("function", f"{LOCAL}{inner.number}", scope.path, node.lineno)})
        )
        for decorator in node.decorator_list:
            held = self.value(decorator, scope)
            for called in self._called(held):
                for parameter in called.parameters[:1]:
                    self.keep(called.key(parameter), function)

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        if isinstance(node.func, ast.Attribute):  # each part once: a chain of calls may be long
            receiver = self.value(node.func.value, scope)
            called = self.attribute_of(receiver, node.func, scope)
        else:
            called = self.value(node.func, scope)
            receiver = Value(frozenset(k for k in called.marks if k.kind != "function"))
        call = Call(
            scope, node, tuple(names_of(called)),
            node.func.attr if isinstance(node.func, ast.Attribute) else "", receiver,
            tuple(self._arguments(node, scope)),
            {k.arg or "**": self.value(k.value, scope) for k in node.keywords},
        )  # fmt: skip
        self.calls[id(node)] = call
        ours = self._called(called) or self._methods(call)
        if started := self._started(call):
            self.calls[-id(node)] = started
            ours = [
                *ours,
                *self._called(Value(frozenset(call.keywords.get("target", NOTHING).marks))),
            ]
        if ours:
            return self._ours(call, ours)
        self._made(call)
        self._touched(call)
        return self._handed_on(call, answer_of(call))

    def _made(self, call: Call) -> None:
        """An object of a class of the package's own gets what it is made from, and a listener of the project's its place."""
        func = call.node.func
        word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        for made in self.package.classes.get(word, ()):
            if made.path != call.scope.path and not self._is_imported(word, call.scope, made.path):
                continue
            if made.made_by is not None:
                self._ours(call, [self.package.of_node[id(made.made_by)]])
                continue
            given = dict(zip(made.fields, call.arguments, strict=False)) | call.keywords
            every = given.pop("**", NOTHING)
            for name in made.fields:
                self.keep(f".{made.path}:{name}", given.get(name, Value(every.marks)))
        if (
            isinstance(func, ast.Attribute)
            and call.method.startswith("on")
            and is_workspace(func.value)
        ):
            place = Mark("project-place", "the opened project", call.scope.path, call.node.lineno)
            for scope in (s for value in call.arguments for s in self._called(value)):
                for name in scope.parameters[:1]:
                    self.keep(scope.key(name), Value(frozenset({place})))

    def _is_imported(self, word: str, scope: Scope, path: str) -> bool:
        """Whether a name is a class of the file at `path`, as far as an import says."""
        module, _, name = self.package.imports.get((scope.path, word), "").rpartition(".")
        return name == word and module.rpartition(".")[2] in path.removesuffix(".py").split("/")

    def _handed_on(self, call: Call, answer: Value) -> Value:
        """A function that is given to what calls it is called with what is given beside it."""
        over = not _OVER.isdisjoint(call.names)
        if (
            not over
            and call.method not in _HANDED
            and _HANDED.isdisjoint(n.rpartition(".")[2] for n in call.names)
        ):
            return answer
        answers = [answer]
        for number, value in enumerate(call.arguments):
            for scope in self._called(value):
                beside = call.arguments[number + 1 :]
                answers.append(self.kept(scope.answer))
                each = Value(union([*beside, *(answers[1:] if over else ())]))
                for place, name in enumerate(scope.parameters):
                    self.keep(
                        scope.key(name),
                        each if over else beside[place] if place < len(beside) else NOTHING,
                    )
        return Value(union(answers), answer.text, answer.items)

    def _arguments(self, node: ast.Call, scope: Scope) -> Iterator[Value]:
        for argument in node.args:
            held = self.value(argument, scope)
            if isinstance(argument, ast.Starred) and held.items:
                yield from held.items
            else:
                yield held

    def _called(self, value: Value) -> list[Scope]:
        found = {
            self.own[k.what] for k in value.marks if k.kind == "function" and k.what in self.own
        }
        return sorted(found, key=attrgetter("number"))

    def _methods(self, call: Call) -> list[Scope]:
        """Methods of that name, where the package has few enough of them to be meant."""
        found = (
            [s for s in self.package.functions.get(call.method, ()) if s.is_method]
            if call.method
            else []
        )
        here = [s for s in found if s.path == call.scope.path][-MOST_MEANT:]
        return here or (found if len(found) == 1 else [])

    def _ours(self, call: Call, ours: Iterable[Scope]) -> Value:
        answers = []
        for scope in ours:
            for number, name in enumerate(scope.parameters[: len(call.arguments)]):
                self.keep(scope.key(name), call.arguments[number])
                back = self.kept(scope.key(name) or "").of("fetched")
                if back and number < len(call.node.args):
                    self.assign(call.node.args[number], Value(frozenset(back)), call.scope)
            for name, value in call.keywords.items():
                if name in scope.bound:
                    self.keep(scope.key(name), value)
            answers.append(self.kept(scope.answer))
        return Value(union(answers), answers[0].text, answers[0].items)

    def _started(self, call: Call) -> Call | None:
        """`Thread(target=f, args=(…))` and its like call f."""
        target = call.keywords.get("target", NOTHING)
        names = tuple(names_of(target))
        if not names:
            return None
        given = call.keywords.get("args", NOTHING)
        named = call.keywords.get("kwargs", NOTHING)
        keywords = {"data": Value(named.marks)} if named.marks else {}
        return Call(call.scope, call.node, names, "", NOTHING, given.items or (given,), keywords)

    def _touched(self, call: Call) -> None:
        """What a call does to the things it is given: a list that grows, a file that is filled."""
        node = call.node
        given = frozenset().union(*(value.marks for value in call.arguments))
        kept = frozenset(k for k in given if k.kind in _STAYS)
        here = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        if call.method in _FILLING and here:
            self.assign(here[0], Value(kept), call.scope)
        if call.method in (*m.WRITING_METHODS, "write"):
            for target, scope in [
                *self._streams(here, call.scope),
                *((h, call.scope) for h in here),
            ]:
                self._fill(target, scope, call, kept)
        if "urllib.request.urlretrieve" in call.names and len(node.args) > 1:
            self._fetched(node.args[1], call.scope, call)
        if call.method in _UNPACKING and (
            any(k.kind == "download" for k in call.receiver.marks | given)
        ):
            for target in node.args:
                self._fetched(target, call.scope, call)
        if any(m.PROGRAMS.fullmatch(name) for name in call.names) and "git clone" in call.words:
            for target in names_in(node.args):
                self._fetched(target, call.scope, call)
        copies = [name for name in call.names if name.startswith(("shutil.copy", "shutil.move"))]
        if copies and len(node.args) > 1:
            self.assign(
                node.args[1], Value(frozenset(call.arguments[0].of("secret-path"))), call.scope
            )

    def _streams(self, here: list[ast.expr], scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        for node in here:
            key = scope.key(node.id) if isinstance(node, ast.Name) else None
            if key in self._opened:
                yield self._opened[key]

    def _fill(self, target: ast.expr, scope: Scope, call: Call, kept: frozenset[Mark]) -> None:
        """A file holds what is written to it; one that holds an answer of the network was fetched."""
        telling = frozenset(k for k in kept if k.kind in ("secret", "environment", "token"))
        for name in names_in([target]):
            self.assign(name, Value(telling), scope)
        if any(k.kind == "download" for k in kept):
            self._fetched(target, scope, call)

    def _fetched(self, target: ast.expr, scope: Scope, call: Call) -> None:
        mark = Mark("fetched", "a downloaded file", call.scope.path, call.node.lineno)
        for name in names_in([target]):
            self.assign(name, Value(frozenset({mark})), scope)


def names_in(nodes: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """The variables in expressions that name files."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                yield part


def blocks(node: ast.stmt) -> list[ast.stmt]:
    """Return the statements right below one, in order; none of a function, which is a scope of its own."""
    found: list[ast.stmt] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return found
    for child in children_of(node):
        if isinstance(child, ast.stmt):
            found.append(child)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            found += child.body
    return found
