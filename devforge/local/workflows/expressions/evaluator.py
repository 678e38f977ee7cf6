"""What an expression is worth, given its contexts. Pure but for the functions it is handed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from devforge.local.workflows.expressions.functions import FUNCTIONS, Function
from devforge.local.workflows.expressions.syntax import (
    Call,
    Compare,
    Context,
    Index,
    Literal,
    Logical,
    Node,
    Not,
)
from devforge.local.workflows.expressions.values import (
    Array,
    FilteredArray,
    Object,
    Value,
    equals,
    is_less,
    is_primitive,
    is_truthy,
    number_of,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may see: contexts, and functions that depend on where it stands."""

    contexts: Mapping[str, Value] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)


def evaluate(node: Node, scope: Scope) -> Value:
    """Return the value of `node`.

    Raises:
        EvaluationFailed: a function met a value it cannot take.
    """
    match node:
        case Literal(value):
            return value
        case Context(name):
            return scope.contexts.get(name)
        case Not(operand):
            return not is_truthy(evaluate(operand, scope))
        case Compare(operator, left, right):
            return _compare(operator, evaluate(left, scope), evaluate(right, scope))
        case _:
            return _composed(node, scope)


def _composed(node: Logical | Index | Call, scope: Scope) -> Value:
    match node:
        case Logical(operator, operands):
            return _decide(operator, operands, scope)
        case Index():
            return _index(node, scope)
        case Call(name, arguments):
            function = scope.functions.get(name) or FUNCTIONS[name]
            return function([evaluate(argument, scope) for argument in arguments])


def _compare(operator: str, left: Value, right: Value) -> bool:
    match operator:
        case "==":
            return equals(left, right)
        case "!=":
            return not equals(left, right)
        case "<":
            return is_less(left, right)
        case ">":
            return is_less(right, left)
        case "<=":
            return equals(left, right) or is_less(left, right)
        case _:
            return equals(left, right) or is_less(right, left)


def _decide(operator: str, operands: tuple[Node, ...], scope: Scope) -> Value:
    value: Value = None
    for operand in operands:
        value = evaluate(operand, scope)
        if is_truthy(value) is (operator == "||"):
            break
    return value


def _index(node: Index, scope: Scope) -> Value:
    if node.by is None:
        return FilteredArray(_every(evaluate(node.of, scope)))
    by = evaluate(node.by, scope)
    of = evaluate(node.of, scope)
    if isinstance(of, FilteredArray):
        return FilteredArray(_pick(item, by) for item in of.items if _has(item, by))
    return _pick(of, by)


def _every(value: Value) -> list[Value]:
    """Return what `*` selects: the items, of each item if the value was filtered before."""
    if isinstance(value, FilteredArray):
        return [inner for item in value.items for inner in _items(item)]
    return _items(value)


def _items(value: Value) -> list[Value]:
    if isinstance(value, Array):
        return value.items
    return value.values() if isinstance(value, Object) else []


def _pick(value: Value, by: Value) -> Value:
    if isinstance(value, Object) and is_primitive(by):
        return value.get(text_of(by))
    if isinstance(value, Array) and _has(value, by):
        return value.items[int(number_of(by))]
    return None


def _has(value: Value, by: Value) -> bool:
    if isinstance(value, Object):
        return is_primitive(by) and value.has(text_of(by))
    position = number_of(by)
    return isinstance(value, Array) and math.isfinite(position) and 0 <= position < len(value.items)
