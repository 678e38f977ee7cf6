"""What pydantic refuses, as problems in the order of the file's lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from devforge.model.document import Document, Path, Place, dotted
from devforge.model.kinds import keys_at
from devforge.model.problem import Problem
from devforge.model.sayings import SAYINGS, Say, closest, other


def refusals(
    error: ValidationError, kind: object, document: Document, *, file: str
) -> tuple[Problem, ...]:
    """Return every refusal as a problem, in the order of the file's lines."""
    details = error.errors(include_url=False)
    meant = set(_misspelt(details, kind))
    problems = [
        _problem(detail, kind, document, file)
        for detail in details
        if not _is_echo(detail, details, meant)
    ]
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _is_echo(detail: ErrorDetails, details: list[ErrorDetails], meant: set[Path]) -> bool:
    """Whether another refusal explains this one: a misspelt key, or entries refused one by one."""
    if detail["type"] == "missing":
        return detail["loc"] in meant
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(detail["loc"])
        and other["loc"][: len(detail["loc"])] == detail["loc"]
        for other in details
    )


def _misspelt(details: list[ErrorDetails], kind: object) -> Iterator[Path]:
    """Yield the paths that unknown keys were meant to be: they are not missing, but misspelt."""
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *parent, key = detail["loc"]
            if near := closest(str(key), keys_at(kind, tuple(parent))):
                yield *parent, near


def _problem(detail: ErrorDetails, kind: object, document: Document, file: str) -> Problem:
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    place = _place(path, document.places)
    say: Say = SAYINGS.get(detail["type"], other)
    said = say(detail, document.places.get(path), kind)
    at = f"{file}: {dotted(path)}" if path else file
    return Problem(at, said[0], said[1], place.line if place else None)


def _place(path: Path, places: Mapping[Path, Place]) -> Place | None:
    """Return where the value stands, or what encloses it where it is missing."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path)
