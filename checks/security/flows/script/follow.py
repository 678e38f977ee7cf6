"""Follows values through the JavaScript and TypeScript of a package, by the same marks as through Python. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from checks.security.flows.answers import answer_of
from checks.security.flows.marks import Mark
from checks.security.flows.memory import does_something
from checks.security.flows.package import Scope
from checks.security.flows.script import calls
from checks.security.flows.script.members import AT, OWN, Members, function_mark, joined
from checks.security.flows.script.names import (
    INSTANCES,
    METHODS,
    PROJECTS_FILES,
    SAME,
    meaning_of,
    plain,
)
from checks.security.flows.script.package import Scripts
from checks.security.flows.script.syntax import DEFAULT, Function
from checks.security.flows.script.texts import made
from checks.security.flows.texts import UNKNOWN
from checks.security.flows.values import NOTHING, Call, Value, element, names_of, union

_OVER_LISTS = {
    "map", "forEach", "filter", "find", "some", "every", "flatMap", "reduce", "sort", "findIndex", "reduceRight", "each",
}  # fmt: skip
_CALLS = {"then", "map", "forEach"}
_ANSWERED = {"then", "map", "flatMap", "reduce", "reduceRight"}
_LISTENS = {
    "on",
    "once",
    "addListener",
    "addEventListener",
    "prependListener",
    "subscribe",
    "event",
}
_TELLS = {"emit", "fire", "dispatchEvent", "next", "publish"}
_LATER = {"setTimeout", "setInterval", "setImmediate", "queueMicrotask", "process.nextTick"}
_LOSING = {
    "includes", "startsWith", "endsWith", "indexOf", "lastIndexOf", "test", "has", "hasOwnProperty", "existsSync",
    "some", "every", "findIndex", "catch", "localeCompare",
}  # fmt: skip
_FILLING = {
    "push",
    "unshift",
    "set",
    "add",
    "append",
    "write",
    "fill",
    "enqueue",
    "put",
    "concat",
    "splice",
    "assign",
}
_RESOLVES = "resolve "


class ScriptFollower(Members):
    """Walks the scripts of a package over and over; `calls` holds every call as it was last seen."""

    def __init__(self, package: Scripts) -> None:
        super().__init__(package)
        self.fetched_texts: set[str] = set()

    def _walk(self, scope: Scope) -> None:
        inner = self.scripts.read(scope)
        self.own.update({f"local:{found.number}": found for found in inner})
        self.to_walk.update(s for s in inner if s.begins or not s.words.isdisjoint(self.hot))
        for found in inner:
            if found.name == "activate" and found.outer is self.scripts.modules[scope.path]:
                for word in found.parameters[:1]:
                    self.keep(found.key(word), Value(frozenset({function_mark("host")})))
        if scope.path in self.scripts.cut:
            self.unfollowed.setdefault(scope.path, self.scripts.cut[scope.path])
        super()._walk(scope)

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        method = ""
        if isinstance(node.func, ast.Attribute):
            method = node.func.attr
            receiver = self.value(node.func.value, scope)
            called = self.attribute_of(receiver, node.func, scope)
        else:
            called = self.value(node.func, scope)
            receiver = Value(frozenset(k for k in called.marks if k.kind != "function"))
        given = tuple(self._arguments(node, scope))
        if method in ("call", "apply", "bind") and any(
            k.kind == "function" for k in receiver.marks
        ):
            if method == "bind":
                return receiver
            rest = (
                given[1:] if method == "call" else given[1].items or given[1:] if given[1:] else ()
            )
            return self.applied(node, scope, receiver, NOTHING, rest, "")
        names = names_of(called)
        if given and {"Reflect.apply", "Reflect.construct"}.intersection(names):
            rest = given[-1].items or given[1:]
            return self.applied(node, scope, given[0], NOTHING, rest, "")
        if given and "Reflect.get" in names:
            return self._got(node, scope, given)
        return self.applied(node, scope, called, receiver, given, method)

    def _got(self, node: ast.Call, scope: Scope, given: Sequence[Value]) -> Value:
        word = given[1].text if given[1:] else UNKNOWN
        member = ast.Attribute(node.args[0], word, ast.Load())
        member.lineno = node.lineno
        return self.attribute_of(given[0], member, scope)

    def applied(
        self,
        node: ast.Call,
        scope: Scope,
        called: Value,
        receiver: Value,
        given: Sequence[Value],
        method: str,
    ) -> Value:
        """Return what a call answers, once everything is known that it is given."""
        names = self._names(node, called, method)
        call = calls.shaped(scope, node, names, method, receiver, given)
        self._kept_call(call)
        ours = self._functions_in(called) or ([] if names else self._methods(call))
        if ours:
            return self._ours_given(call, ours, given)
        for key in (n.removeprefix(_RESOLVES) for n in names if n.startswith(_RESOLVES)):
            self.keep(key, joined(given))
        if method in _TELLS and given:
            self._told(given)
        self._touched(call)
        objects = frozenset(k for k in called.marks if k.what.startswith(AT))
        answer = joined([self._answer(call, names, given), Value(objects)])
        return self._called_back(call, names, given, answer)

    def _kept_call(self, call: Call) -> None:
        """One place may call several functions: what is passed to a `then` is called there, too."""
        self.calls[id(call.node), call.names, call.method] = call

    def _names(self, node: ast.Call, called: Value, method: str) -> tuple[str, ...]:
        names = [name for name in names_of(called) if not name.startswith((OWN, AT))]
        if not names and method in METHODS:
            names = [plain(METHODS[method])]
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        if (
            isinstance(base, ast.Attribute)
            and base.attr == "clipboard"
            and method.startswith("read")
        ):
            names = ["clipboard.read"]
        return tuple(names)

    def _functions_in(self, called: Value) -> list[Scope]:
        """The package's own functions that a value may be, or that a module of its own is."""
        found = self._called(called)
        for name in names_of(called):
            if name.startswith(OWN):
                found += self._called(self.exported(name.removeprefix(OWN), DEFAULT))
        return found

    def _ours_given(self, call: Call, ours: Sequence[Scope], given: Sequence[Value]) -> Value:
        answers = []
        for scope in ours:
            self._given(scope, given)
            for word, argument in zip(scope.parameters, call.node.args, strict=False):
                back = self.kept(scope.key(word) or "").of("fetched")
                if back and isinstance(argument, ast.Name | ast.Attribute):
                    self.assign(argument, Value(frozenset(back)), call.scope)
            answers.append(self.kept(scope.answer))
            if scope.name == "constructor":
                answers.append(Value(frozenset({function_mark(f"{AT}{scope.path}")})))
        return joined(answers)

    def _given(self, scope: Scope, given: Sequence[Value]) -> None:
        for word, value in zip(scope.parameters, given, strict=False):
            self.keep(scope.key(word), value)
        rest = given[len(scope.parameters) :]
        if isinstance(scope.node, Function) and scope.node.rest and rest:
            text = " ".join(value.text for value in rest)
            self.keep(scope.key(scope.node.rest), Value(union(rest), text, tuple(rest)))

    def _told(self, given: Sequence[Value]) -> None:
        """What is told under the name of an event reaches whoever listens to that name."""
        event, *others = given if len(given) > 1 else (NOTHING, *given)
        self.keep(f"event {event.text}", joined(others))

    def _answer(self, call: Call, names: Sequence[str], given: Sequence[Value]) -> Value:
        """Return what a function that is not the package's own gives back."""
        if call.method in _LOSING:
            return NOTHING
        if {"require", "import"}.intersection(names) and given:
            return self._module(call, given[0])
        if made_by := [name for name in names if INSTANCES.fullmatch(name)]:
            return Value(frozenset(map(function_mark, made_by)))
        if (same := self._same(call, names, given)) is not None:
            return same
        held = calls.remembered(call, names, answer_of(call))
        if call.names and held.text != UNKNOWN:
            return Value(held.marks, held.text)
        text = made(call.method, call.receiver, given)
        return Value(held.marks, text.text, text.items)

    def _same(self, call: Call, names: Sequence[str], given: Sequence[Value]) -> Value | None:
        """What comes out as it went in, or is known by what it was made from."""
        if names == ("module.createRequire",) and given:
            return Value(given[0].marks | {function_mark("require")})
        if any(PROJECTS_FILES.fullmatch(name) for name in names):
            mark = Mark("project", "the opened project", call.scope.path, call.node.lineno)
            return Value(frozenset({mark}))
        if not call.names and call.method in ("then", "finally"):
            return call.receiver
        if any(SAME.fullmatch(name) for name in names):
            return joined(given)
        return element(joined(given)) if names == ("each",) else None

    def _module(self, call: Call, asked: Value) -> Value:
        name = asked.text
        if name.startswith("."):
            path = self.scripts.module_of(name, call.scope.path)
            if path is not None:
                self.wants(self.scripts.modules[path])
                return Value(frozenset({function_mark(f"{OWN}{path}")}))
        if name == UNKNOWN or not name:
            return Value(frozenset(k for k in asked.marks if k.kind != "function"))
        return Value(frozenset({function_mark(plain(name))}))

    def _called_back(
        self, call: Call, names: Sequence[str], given: Sequence[Value], answer: Value
    ) -> Value:
        """A function that is given to a stranger is called with what the stranger has."""
        backs = []
        fed = self._fed(call, names, given, answer)
        for value in given:
            if ours := self._called(value):
                for scope in ours:
                    self._given(scope, self._resolving(call, names) or fed)
                backs.append(joined(self.kept(scope.answer) for scope in ours))
            elif (call.method in _CALLS or _LATER.intersection(names)) and any(
                does_something(meaning_of(name)) for name in names_of(value)
            ):
                backs.append(self.applied(call.node, call.scope, value, NOTHING, fed, ""))
        if "Promise" in names:
            return self.kept(self._promise(call))
        if backs and call.method in _ANSWERED:
            return joined(backs)
        if backs and call.method not in _OVER_LISTS | _LISTENS and not _LATER.intersection(names):
            return joined([answer, *backs])
        return answer

    def _fed(
        self, call: Call, names: Sequence[str], given: Sequence[Value], answer: Value
    ) -> list[Value]:
        if call.method in ("then", "finally"):
            return [call.receiver]
        if call.method == "catch":
            return []
        if call.method in _OVER_LISTS:
            each = element(call.receiver)
            items = call.receiver.items
            each = Value(each.marks, each.text, (), items[0].fields if len(items) == 1 else ())
            return [each, each]
        if _LATER.intersection(names):
            return [*given[2:]]
        marks = frozenset(k for k in call.receiver.marks | answer.marks if k.kind != "function")
        known = [k for k in answer.marks if k.kind == "function"] if call.names else []
        fed = Value(marks | frozenset(known))
        if call.method in _LISTENS:
            event = given[0].text if len(given) > 1 else UNKNOWN
            told = joined([fed, self.kept(f"event {event}")])
            return [told, told]
        return [fed, fed, fed]

    def _promise(self, call: Call) -> str:
        return f"event promise {call.scope.path}:{id(call.node)}"

    def _resolving(self, call: Call, names: Sequence[str]) -> list[Value]:
        if "Promise" not in names:
            return []
        return [Value(frozenset({function_mark(f"{_RESOLVES}{self._promise(call)}")}))]

    def _methods(self, call: Call) -> list[Scope]:
        return [] if call.method in _ANSWERED | _OVER_LISTS | _LISTENS else super()._methods(call)

    def _touched(self, call: Call) -> None:
        node = call.node
        kept = frozenset(k for k in union(call.arguments) | call.given if k.kind in calls.STAYS)
        here = node.func.value if isinstance(node.func, ast.Attribute) else None
        if here is not None and call.method in _FILLING:
            self._filled(here, Value(kept), call)
        if "fs.write" in call.names and node.args and kept:
            self._fill(node.args[0], call.scope, call, kept)
            if any(k.kind == "download" for k in kept) and call.arguments:
                self._remember(call.arguments[0].text)
        if call.method in ("pipe", "pipeTo", "pipeThrough") or "stream.pipeline" in call.names:
            self._piped(call)
        if (
            call.names
            and call.names[0].startswith(("shutil.copy", "shutil.move"))
            and len(node.args) > 1
        ):
            self._filled(node.args[1], Value(frozenset(call.arguments[0].of("secret-path"))), call)
        if call.arguments and call.arguments[0].text in self.fetched_texts:
            mark = Mark("fetched", "a downloaded file", call.scope.path, node.lineno)
            first = call.arguments[0]
            call = Call(
                call.scope, node, call.names, call.method, call.receiver,
                (Value(first.marks | {mark}, first.text, first.items), *call.arguments[1:]), call.keywords,
            )  # fmt: skip
            self._kept_call(call)

    def _remember(self, text: str) -> None:
        if len(text.replace(UNKNOWN, "")) > 3:
            self.fetched_texts.add(text)

    def _filled(self, target: ast.expr, value: Value, call: Call) -> None:
        for place in _places(target):
            self.assign(place, value, call.scope)

    def _fill(self, target: ast.expr, scope: Scope, call: Call, kept: frozenset[Mark]) -> None:
        marks = {k for k in kept if k.kind in ("secret", "environment", "token")}
        if any(k.kind == "download" for k in kept):
            marks.add(Mark("fetched", "a downloaded file", scope.path, call.node.lineno))
        self._filled(target, Value(frozenset(marks)), call)

    def _piped(self, call: Call) -> None:
        """`a.pipe(b)` writes a to b."""
        sources = [call.receiver] if call.method else []
        for argument, value in zip(call.node.args, call.arguments, strict=False):
            source = joined(sources)
            names = tuple(plain(f"{name}.write") for name in names_of(value))
            written = calls.shaped(call.scope, call.node, names, "write", value, [source])
            self._kept_call(written)
            kept = frozenset(k for k in source.marks if k.kind in calls.STAYS)
            if isinstance(argument, ast.Call) and argument.args and kept:
                self._fill(argument.args[0], call.scope, call, kept)
            elif kept:
                self._fill(argument, call.scope, call, kept)
            sources.append(value)


def _places(target: ast.expr) -> Iterator[ast.expr]:
    """The variables and members in an expression that names a file."""
    for part in ast.walk(target):
        if (isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)) or isinstance(
            part, ast.Name
        ):
            yield part
