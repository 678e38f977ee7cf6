"""The inputs of `workflow_dispatch`: what was given, checked and typed. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from devforge.errors import BadInput
from devforge.local.workflows.expressions import Scope, plain_of
from devforge.local.workflows.expressions.numbers import number_of_text
from devforge.local.workflows.model import Input

_FLAGS = {"true": True, "false": False}


def check_inputs(declared: Mapping[str, Input], given: Mapping[str, Any]) -> None:
    """Refuse a dispatch that GitHub refuses.

    Raises:
        BadInput: an input is unknown, missing or of another type, in GitHub's words.
    """
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise BadInput(f"Unexpected inputs provided: {unknown}")
    for name, described in declared.items():
        value = given.get(name)
        if value is None or value == "":
            if described.required and described.default is None:
                raise BadInput(f"Required input '{name}' not provided")
        elif not _fits(described, value):
            raise BadInput(
                f"Provided value '{value}' for input '{name}' not in the list of allowed values"
                if described.type == "choice"
                else f"Provided value '{value}' for input '{name}' is not a {described.type}"
            )


def with_defaults(declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every declared input with its type: booleans and numbers are such, the rest is text."""
    return {name: _typed(described, given.get(name)) for name, described in declared.items()}


def _fits(described: Input, value: object) -> bool:
    text = _text(value)
    if described.type == "boolean":
        return text in _FLAGS
    if described.type == "number":
        return not math.isnan(number_of_text(text))
    return described.type != "choice" or text in described.options


def _typed(described: Input, value: object) -> object:
    if value is None or value == "":
        value = (
            plain_of(described.default.value(Scope())) if described.default is not None else None
        )
    if described.type == "boolean":
        return _FLAGS.get(_text(value), False)
    if described.type == "number" and value is not None:
        number = number_of_text(_text(value))
        return int(number) if number.is_integer() else number
    if described.type == "choice" and value is None:
        return described.options[0]
    return "" if value is None else _text(value)


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
