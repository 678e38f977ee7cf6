"""What a person wrote of their wishes: YAML as a dataclass, or every problem with its line and remedy."""

from __future__ import annotations

from typing import TypeVar

from devforge.model.document import Document, dotted
from devforge.model.fields import Misfit, Misfits, Path, from_plain
from devforge.model.problem import Problem
from devforge.model.reading import BadRecord, read_text

T = TypeVar("T")


def read_yaml(content: bytes, kind: type[T], *, file: str) -> T:
    """Return the YAML in `content` as a `kind`; `file` is only its name.

    Raises:
        BadRecord: with all that is wrong.
    """
    document = read_text(content, file=file)
    problems = list(document.problems)
    if document.is_whole:
        try:
            made = from_plain(kind, document.value)
            if not problems:
                return made
        except Misfits as error:
            problems += [_problem(misfit, document, file) for misfit in error.misfits]
    raise BadRecord(tuple(sorted(problems, key=lambda one: one.line or 0)), file=file)


def _problem(misfit: Misfit, document: Document, file: str) -> Problem:
    at = f"{file}: {dotted(misfit.path)}" if misfit.path else file
    return Problem(at, misfit.found, misfit.remedy, _line(misfit.path, document))


def _line(path: Path, document: Document) -> int | None:
    """Return where the value stands, or what encloses it where it is missing."""
    while path and path not in document.places:
        path = path[:-1]
    place = document.places.get(path)
    return place.line if place else None
