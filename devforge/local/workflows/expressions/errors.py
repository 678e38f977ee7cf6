"""What can be wrong with an expression: its spelling, or what it was given."""

from devforge.errors import BadInput


class BadExpression(BadInput):
    """An expression that can never be evaluated: the workflow's author must mend it."""


class EvaluationFailed(BadInput):
    """An expression that is well written but failed on the values it met."""
