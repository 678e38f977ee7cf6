"""What each Python test could fail by: an assertion, an exception of the code it runs, or nothing. Pure.

Read from the syntax tree. Words are taken generously, because a test that is wrongly called empty
hurts more than one that gets away: whatever is called `check…`, `verify…` or `…_equal` counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

# asserts: says what must come out. smoke: runs code and fails only by an exception. empty: neither.
Kind = Literal["asserts", "smoke", "empty"]
ASSERTS = re.compile(
    r"assert|expect|should|raises|warns|deprecated_call|fail|verif|check|ensure|snapshot|approve"
    r"|golden|compar|validat|match|must|equal|equivalent|same|skip|regression|benchmark|throw|reject",
    re.IGNORECASE,
)
_TEST = re.compile(r"test.*|.*_test", re.IGNORECASE)
_TEST_FILE = re.compile(r"(?:test.*|.*_test|tests)\.py", re.IGNORECASE)
# Calling only these runs none of the extension's code.
_TRIVIAL = {
    "print",
    "len",
    "range",
    "str",
    "int",
    "list",
    "dict",
    "set",
    "tuple",
    "bool",
    "object",
    "sleep",
}
_MOST_TEXT = (
    2_000_000  # no test suite written by hand is longer; hostile text must not cost minutes
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test of the extension's, and what it could fail by."""

    __test__ = False  # not a test of ours

    path: str
    line: int
    name: str
    kind: Kind


def python_cases(files: Mapping[str, str]) -> tuple[TestCase, ...]:
    """Return every test in `files`, path → text; none where one cannot be read, or they are too many."""
    if sum(map(len, files.values())) > _MOST_TEXT:
        return ()
    try:
        trees = {path: ast.parse(text) for path, text in files.items()}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    asserting = _asserting([f for tree in trees.values() for f in _functions(tree)])
    return tuple(
        TestCase(path, test.lineno, test.name, _kind(test, asserting))
        for path, tree in trees.items()
        if _TEST_FILE.fullmatch(path.rpartition("/")[2])
        for test in _tests(tree)
    )


def _functions(tree: ast.AST) -> Iterator[_Function]:
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield node


def _tests(tree: ast.Module) -> Iterator[_Function]:
    """Test functions at the top, and methods of classes there."""
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for each in inner:
            if isinstance(each, _Function) and _TEST.fullmatch(each.name) and not _is_fixture(each):
                yield each


def _is_fixture(function: _Function) -> bool:
    names = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return any("fixture" in _name(name) for name in names)


def _asserting(functions: Sequence[_Function]) -> set[str]:
    """The names of functions and fixtures that assert, by themselves or through one another."""
    found = {function.name for function in functions if _asserts(function, set())}
    used = {function.name: _used(function) for function in functions}
    while more := {name for name, names in used.items() if name not in found and names & found}:
        found |= more
    return found


def _used(function: _Function) -> set[str]:
    """What it calls, and the fixtures it asks for."""
    called = {_name(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    return called | {argument.arg for argument in function.args.args}


def _kind(test: _Function, asserting: set[str]) -> Kind:
    if _asserts(test, asserting):
        return "asserts"
    return "smoke" if _runs_something(test) else "empty"


def _asserts(function: _Function, asserting: set[str]) -> bool:
    arguments = {argument.arg for argument in function.args.args}
    if arguments & asserting or any(ASSERTS.search(name) for name in arguments):
        return True
    return any(_is_assertion(node, asserting) for node in ast.walk(function))


def _is_assertion(node: ast.AST, asserting: set[str]) -> bool:
    if isinstance(node, ast.Assert):
        return not _is_constant(node.test) or _is_false(node.test)
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.keyword):
        return node.arg == "check"
    return isinstance(node, ast.Call) and _call_asserts(node, asserting)


def _call_asserts(node: ast.Call, asserting: set[str]) -> bool:
    name = _name(node.func)
    if name in ("assertTrue", "assertFalse", "ok_") and node.args:
        return not _is_constant(node.args[0])
    if name in ("assertEqual", "assertIs") and node.args:
        return not all(_is_constant(argument) for argument in node.args)
    return name in asserting or bool(ASSERTS.search(name))


def _is_constant(value: ast.expr) -> bool:
    """Whether it comes out the same whatever the code does: `True`, `1 == 1`, `not False`."""
    return not any(
        isinstance(n, ast.Name | ast.Call | ast.Attribute | ast.Await) for n in ast.walk(value)
    )


def _is_false(value: ast.expr) -> bool:
    """Whether a constant never holds, which fails every time: `False`, `1 == 2`, `not True`."""
    try:
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
            return bool(ast.literal_eval(value.operand))
        if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
            left, right = value.left, value.comparators[0]
            return bool(ast.literal_eval(left) != ast.literal_eval(right))
        return not ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False


def _runs_something(function: _Function) -> bool:
    # A fixture may run the code before the test's own body begins.
    if any(argument.arg not in ("self", "cls") for argument in function.args.args):
        return True
    for node in ast.walk(function):
        if isinstance(node, ast.Import | ast.ImportFrom):
            return True
        if isinstance(node, ast.Call) and not _is_trivial(node):
            return True
    return False


def _is_trivial(call: ast.Call) -> bool:
    name = _name(call.func)
    return name in _TRIVIAL or (name.startswith("assert") and all(map(_is_constant, call.args)))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
