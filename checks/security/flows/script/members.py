"""What names, members and written-out objects of JavaScript may hold. Pure."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from checks.security.flows.answers import chosen_by, variable_value
from checks.security.flows.follow import Follower
from checks.security.flows.marks import ONE_OF_MANY, Kind, Mark
from checks.security.flows.package import Scope
from checks.security.flows.script import syntax as s
from checks.security.flows.script.names import GLOBALS, meaning_of, plain
from checks.security.flows.script.package import Scripts
from checks.security.flows.script.syntax import Function
from checks.security.flows.texts import UNKNOWN, cut
from checks.security.flows.values import LOCAL, NOTHING, Value, names_of, union

OWN = "own:"  # before the path of a module that is the package's own
AT = "at:"  # before the path of the file whose objects a value is one of
_MOST_MEMBERS, _MOST_DEEP = 64, 16  # of an object; of one whose members' own members are kept
_MOST_HOPS = 8  # from module to module that hands on another
_LOSES = {"length", "size", "byteLength", "status", "statusCode", "ok", "name", "code"}
# What every other extension uses, too.
_REPLACED = {"http", "https", "net", "tls", "fs", "child_process", "process", "console", "globalThis", "window", "global", "XMLHttpRequest", "navigator"}  # fmt: skip
_OWN_FILES = {"__dirname", "__filename", "import.meta"}
_PROJECTS_PLACES = {
    ("host.workspace", "root"), ("host.workspace", "rootPath"), ("host.workspace", "folders"),
    ("vscode.workspace", "workspaceFolders"), ("vscode.workspace", "rootPath"),
}  # fmt: skip
_OTHERS = "..."  # under it, what stands in an object by names that are not known


def function_mark(dotted: str) -> Mark:
    """Return the mark of a function or module by another name, which is the same wherever it stands."""
    return Mark("function", dotted, "", 0)


class Members(Follower):
    """A follower of values through names, members and objects as JavaScript has them."""

    def __init__(self, package: Scripts) -> None:
        super().__init__(package)
        self.scripts = package
        self._kinds[Function] = self._function
        self.hot: set[str] = set()  # words of what has been learned of so far
        self._hops = 0
        self._known: dict[str, set[tuple[Kind, str]]] = defaultdict(set)

    def keep(self, key: str | None, value: Value) -> None:
        """Keep one origin of each thing that a value may hold: more would only be walked again for."""
        if key is None:
            return
        known = self._known[key]
        found = [k for k in value.marks if (k.kind, k.what) not in known]
        if len(found) > 1:  # a set has no order of its own
            found.sort(key=lambda k: (k.path, k.line), reverse=True)
        new = {(k.kind, k.what): k for k in found}
        known.update(new)
        super().keep(key, Value(frozenset(new.values()), value.text, value.items, value.fields))

    def matters(self, mark: Mark) -> bool:
        if mark.kind != "function":
            return mark.kind != "person" and super().matters(mark)
        return super().matters(function_mark(meaning_of(mark.what)))

    def _function(self, node: Function, _: Scope) -> Value:
        return Value(frozenset({function_mark(f"{LOCAL}{self.package.of_node[id(node)].number}")}))

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        if key := scope.key(node.id):
            return self.kept(key)
        if node.id in _OWN_FILES:
            mark = Mark("own-data", "a file of the package", scope.path, node.lineno)
            return Value(frozenset({mark}))
        return Value(frozenset({function_mark(plain(node.id))})) if node.id in GLOBALS else NOTHING

    def _concerned(self, key: str) -> list[Scope]:
        owner, _, word = key.rpartition(":")
        if key.startswith("event "):
            return []
        if word == "return":
            word = self.package.scopes[int(owner)].name
        if not key.startswith("."):
            self.hot.add(word)
            return super()._concerned(key)
        said = self.package.saying.get(word, [])
        return said if self.scripts.is_small else [s for s in said if s.path == owner[1:]]

    def attribute_of(self, base: Value, node: ast.Attribute, scope: Scope) -> Value:
        word = node.attr
        if word in _LOSES:
            return NOTHING
        if base.of("environment"):
            return variable_value(word, scope.path, node.lineno)
        found = [self.kept(f".{scope.path}:{word}"), *self._members_of(base, word)]
        named = (self._named_member(dotted, node, scope) for dotted in names_of(base))
        marks = {mark for mark in named if mark is not None}
        if word == "constructor" and any(k.what.startswith(LOCAL) for k in base.marks):
            marks.add(function_mark("Function"))
        if word in ("extensionPath", "extensionUri"):
            marks.add(Mark("own-data", "a file of the package", scope.path, node.lineno))
        if not base.fields:
            found.append(Value(frozenset(k for k in base.marks if k.kind != "function")))
        held = joined(found)
        return Value(held.marks | marks, held.text, held.items, held.fields)

    def _named_member(self, dotted: str, node: ast.Attribute, scope: Scope) -> Mark | None:
        """What a member of something is that is known by its name."""
        if dotted.startswith((OWN, AT)):
            return None
        if (dotted, node.attr) in _PROJECTS_PLACES:
            return Mark("project-place", "the opened project", scope.path, node.lineno)
        if (dotted, node.attr) == ("process", "env"):
            return Mark("environment", "the whole environment", scope.path, node.lineno)
        if dotted == "XMLHttpRequest" and node.attr.startswith("response"):
            return Mark("download", "the network", scope.path, node.lineno)
        return function_mark(plain(f"{dotted}.{node.attr}"))

    def _members_of(self, base: Value, word: str) -> Iterable[Value]:
        members = dict(base.fields)
        if word in members:
            yield members[word]
        elif _OTHERS in members:
            yield members[_OTHERS]
        for dotted in names_of(base):
            if dotted.startswith(OWN):
                yield self.exported(dotted.removeprefix(OWN), word)
            elif dotted.startswith(AT):
                yield self.kept(f".{dotted.removeprefix(AT)}:{word}")

    def exported(self, path: str, word: str) -> Value:
        """Return what a module of the package hands out under a name."""
        module = self.scripts.modules[path]
        self.wants(module)
        if self._hops > _MOST_HOPS:
            return NOTHING
        self._hops += 1
        found = [self.kept(f"{module.number}:{word}"), self.kept(f".{path}:{word}")]
        whole = self.kept(f"{module.number}:{s.DEFAULT}")
        found += [*self._members_of(whole, word)]
        if word == s.DEFAULT and not found[0].marks:  # `module.exports` as another module sees it
            found.append(Value(frozenset({function_mark(f"{OWN}{path}")})))
        found += self._members_of(self.kept(f"{module.number}:{s.EVERYTHING_OF}"), word)
        self._hops -= 1
        return joined(found)

    def wants(self, scope: Scope) -> None:
        """Have a module walked that something else asks for."""
        if not scope.begins:
            scope.begins = True
            self.to_walk.add(scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        base, part = self.value(node.value, scope), self.value(node.slice, scope)
        number = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(number, int):
            if base.items:
                return base.items[number] if number < len(base.items) else NOTHING
            return Value(base.marks, base.text)
        known = bool(not part.marks or base.fields or names_of(base))
        known = known or self._is_the_files(node.slice, scope)
        chosen = frozenset() if known else chosen_by(part, scope.path, node.lineno)
        if part.text != UNKNOWN and UNKNOWN not in part.text and len(part.text) < 80:
            member = ast.Attribute(node.value, part.text, ast.Load())
            member.lineno = node.lineno
            held = self.attribute_of(base, member, scope)
            return replace(held, marks=held.marks | chosen) if chosen else held
        # Of a table that is written out here, whichever of its functions; of anything else, who knows.
        marks = {
            k
            for k in base.marks
            if k.kind != "function" or (base.fields and k.what.startswith(LOCAL))
        }
        if part.of("environment"):  # each name of it in turn
            return Value(frozenset(marks | chosen))
        return Value(frozenset(map(_one_of_many, marks | chosen)))

    def _is_the_files(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a name is bound once for a whole file: a symbol or a constant, and no answer to a question."""
        module = self.scripts.modules[scope.path]
        return isinstance(node, ast.Name) and scope.key(node.id) == f"{module.number}:{node.id}"

    def _dictionary(self, node: ast.Dict, scope: Scope) -> Value:
        fields: dict[str, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            held = shallow(self.value(value, scope), 1 if len(node.keys) <= _MOST_DEEP else 0)
            if key is None and held.fields:
                fields |= dict(held.fields[:_MOST_DEEP])
                continue
            word = self.value(key, scope).text if key is not None else _OTHERS
            word = _OTHERS if word == UNKNOWN or len(fields) >= _MOST_MEMBERS else word
            fields[word] = joined([held, fields[word]]) if word in fields else held
        values = fields.values()
        text = cut(" ".join(v.text for v in values if v.text != UNKNOWN)) or UNKNOWN
        here = function_mark(f"{AT}{scope.path}")
        return Value(union(values) | {here}, text, (), tuple(fields.items()))

    def _either(self, node: ast.IfExp, scope: Scope) -> Value:
        self.value(node.test, scope)
        return joined([self.value(node.body, scope), self.value(node.orelse, scope)])

    def _sequence(self, node: ast.Tuple | ast.List | ast.Set, scope: Scope) -> Value:
        items: list[Value] = []
        for element in node.elts:
            held = self.value(element, scope)
            items += held.items if isinstance(element, ast.Starred) and held.items else [held]
        text = cut(" ".join(item.text for item in items)) or UNKNOWN
        return Value(union(items), text, tuple(items[:64]))

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        if not isinstance(target, ast.Attribute):
            if isinstance(target, ast.Subscript | ast.Name):
                super().assign(target, value, scope)
            return
        base = self.value(target.value, scope)
        names = names_of(base)
        others = tuple(n for n in names if n.partition(".")[0] in _REPLACED)
        self.swaps[id(target)] = (scope, target, others, value)
        paths = [n.removeprefix(OWN).removeprefix(AT) for n in names if n.startswith((OWN, AT))]
        for path in paths or [scope.path]:
            self.keep(f".{path}:{target.attr}", value)


def _one_of_many(mark: Mark) -> Mark:
    """What is taken out of the environment by a name that comes from elsewhere is one variable of it."""
    if mark.kind != "environment":
        return mark
    return Mark("token", ONE_OF_MANY, mark.path, mark.line)


def joined(values: Iterable[Value]) -> Value:
    """Return what is one value or another: all marks, and the first text, elements and members that are known."""
    held = [value for value in values if value != NOTHING]
    if len(held) < 2:
        return held[0] if held else NOTHING
    return Value(
        union(held),
        next((v.text for v in held if v.text != UNKNOWN), UNKNOWN),
        next((v.items for v in held if v.items), ()),
        next((v.fields for v in held if v.fields), ()),
    )


def shallow(value: Value, depth: int) -> Value:
    """Return a value whose members' members go so deep, and no deeper."""
    if not value.fields:
        return value
    kept = value.fields[:_MOST_DEEP] if depth else ()
    fields = tuple((word, shallow(held, depth - 1)) for word, held in kept)
    return Value(value.marks, value.text, value.items, fields)
