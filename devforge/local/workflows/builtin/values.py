"""Inputs of actions as they are meant: flags, numbers, lists of lines."""

from __future__ import annotations

from collections.abc import Mapping

from devforge.local.workflows.execution.world import StepFailed


def flag(inputs: Mapping[str, str], name: str, *, otherwise: bool) -> bool:
    """Return a boolean input. Raises StepFailed where it is another text."""
    text = inputs.get(name, "").strip().lower()
    if text not in {"", "true", "false"}:
        raise StepFailed(f"the input {name!r} is {text!r}; it may be true or false")
    return otherwise if not text else text == "true"


def whole(inputs: Mapping[str, str], name: str, *, otherwise: int) -> int:
    """Return a number that is not negative. Raises StepFailed for any other text."""
    text = inputs.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise StepFailed(f"the input {name!r} is {text!r}; it must be a whole number from 0")
    return int(text) if text else otherwise


def lines(inputs: Mapping[str, str], name: str) -> list[str]:
    """Return the lines of an input that are not blank."""
    return [line.strip() for line in inputs.get(name, "").splitlines() if line.strip()]
