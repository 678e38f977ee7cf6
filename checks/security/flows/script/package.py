"""The JavaScript and TypeScript of one package: its modules, and functions as they are come to. Pure."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable

from tree_sitter import Node

from checks.security.flows.package import Package, Scope
from checks.security.flows.script.expressions import text_of
from checks.security.flows.script.names import BEGINNINGS, BEGINS, SECRET_WORDS
from checks.security.flows.script.parsing import SUFFIXES, parse_script
from checks.security.flows.script.statements import Statements
from checks.security.flows.script.syntax import Function
from devforge.model.observed import SourceFile

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_SMALL = 120_000  # bytes of a package that is walked whole, whatever words stand where
_CANDIDATES = ("", *SUFFIXES, *(f"/index{suffix}" for suffix in SUFFIXES))


class Scripts(Package):
    """A package whose functions are read when they are walked for the first time."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        super().__init__()
        self.modules: dict[str, Scope] = {}
        self.cut: dict[str, int] = {}  # a line of each file that is nested too deeply
        self._unread: dict[int, tuple[Node | None, Statements | None]] = {}
        self._contents = {file.path: file.content for file in files}
        self.is_small = sum(map(len, self._contents.values())) <= _SMALL
        for path, content in self._contents.items():
            scope = Scope(path, "", ast.Module([], []), None)
            self._known(scope, content.decode("utf-8", "replace"))
            self.modules[path] = scope
            self._unread[scope.number] = (None, None)

    def read(self, scope: Scope) -> list[Scope]:
        """Read the statements of a scope that is walked for the first time; return the functions in it."""
        if scope.number not in self._unread:
            return []
        node, statements = self._unread.pop(scope.number)
        known = len(self.scopes)
        if node is None or statements is None:
            node = parse_script(scope.path, self._contents[scope.path])
            statements = Statements(scope, self._function)
        body: list[ast.stmt] = statements.body(node)
        if not isinstance(scope.node, ast.Module) and not node.type.endswith(("block", "program")):
            body = _answered(body)
        scope.node.body = body
        if statements.cut:
            self.cut.setdefault(scope.path, statements.cut)
        return self.scopes[known:]

    def module_of(self, asked: str, path: str) -> str | None:
        """Return the file of the package that a module at `path` loads by `asked`, if there is one."""
        where = posixpath.normpath(posixpath.join(posixpath.dirname(path), asked))
        stem = where.removesuffix(".js").removesuffix(".mjs").removesuffix(".cjs")
        for base in (where, stem):
            for suffix in _CANDIDATES:
                if f"{base}{suffix}" in self.modules:
                    return f"{base}{suffix}"
        return None

    def _function(self, outer: Scope, node: Node, word: str, is_method: bool) -> Function:
        function = Function(node.start_point[0] + 1)
        name = word or text_of(node.child_by_field_name("name")) or "=>"
        scope = Scope(outer.path, name, function, outer)
        self._known(scope, text_of(node))
        scope.is_method = is_method
        self.of_node[id(function)] = scope
        self.functions[name].append(scope)
        statements = Statements(scope, self._function)
        scope.parameters, function.rest = statements.parameters(node)
        body = node.child_by_field_name("body")
        if body is not None:
            self._unread[scope.number] = (body, statements)
        return function

    def _known(self, scope: Scope, text: str) -> None:
        scope.number = len(self.scopes)
        self.scopes.append(scope)
        scope.words = {*_WORD.findall(text)}
        folded = text.casefold()
        scope.begins = (
            self.is_small
            or not scope.words.isdisjoint(BEGINNINGS)
            or any(word in folded for word in SECRET_WORDS)
            or bool(BEGINS.search(text))
        )
        for word in scope.words:
            self.saying[word].append(scope)


def _answered(body: list[ast.stmt]) -> list[ast.stmt]:
    """A function that is no more than an expression answers it."""
    *others, last = body
    if isinstance(last, ast.Expr):
        answer = ast.Return(last.value)
        answer.lineno = last.lineno
        return [*others, answer]
    return body
