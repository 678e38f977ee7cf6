"""The language inside `${{ }}`, as GitHub evaluates it."""

from devforge.local.workflows.expressions.errors import BadExpression, EvaluationFailed
from devforge.local.workflows.expressions.evaluator import Scope, evaluate
from devforge.local.workflows.expressions.syntax import Node, parse
from devforge.local.workflows.expressions.values import (
    Array,
    Object,
    Value,
    is_truthy,
    plain_of,
    text_of,
    value_of,
)

__all__ = [
    "Array",
    "BadExpression",
    "EvaluationFailed",
    "Node",
    "Object",
    "Scope",
    "Value",
    "evaluate",
    "is_truthy",
    "parse",
    "plain_of",
    "text_of",
    "value_of",
]
