"""The issue form of a submission, read from the text that GitHub makes of it. Pure.

Whoever opened the issue can edit that text as they like, so nothing in it is more than data: a field
is what stands below its heading, and is what it should be or is refused by the field's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from devforge.model.names import RepositoryUrl
from devforge.model.texts import Subdirectory

LABEL = "submit"
REPOSITORY, VERSION, DIRECTORY, OWNERSHIP = "Repository", "Version or tag", "Directory", "Ownership"
FIELDS = (REPOSITORY, VERSION, DIRECTORY, OWNERSHIP)
_LONGEST = 8000  # characters of a form; with every field full it has a few hundred
_SHOWN = 80
_RESTORE = "keep the form's headings as they were: one of each, and nothing else"
_NOTHING = "_No response_"
_HEADING = re.compile(r"^###[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_TICKED = re.compile(r"^- \[[xX]\] \S")
# What Git allows in a name of a tag or branch and people use; nothing that a pattern could be.
_REF = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+/-]*[A-Za-z0-9+_-])?", re.ASCII)
_SUBDIRECTORY: TypeAdapter[str] = TypeAdapter(Subdirectory)


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody asks to have published."""

    repository: RepositoryUrl
    version: str  # a tag, a branch or a full commit id
    directory: str = "."


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct, by the form's own field."""

    field: str
    problem: str
    remedy: str


def read_form(body: str) -> Form | tuple[Mistake, ...]:
    """Return what the form asks for, or everything that is wrong with it."""
    if len(body) > _LONGEST:
        problem = f"the text has {len(body):,} characters, at most {_LONGEST:,} are read"
        return (Mistake("The form", problem, "leave only the form's own fields in it"),)
    values = read_fields(body)
    mistakes = tuple(_mistakes(values))
    if mistakes:
        return mistakes
    directory = _text(values[DIRECTORY])
    return Form(
        RepositoryUrl.parse(_text(values[REPOSITORY]).removesuffix("/")),
        _text(values[VERSION]),
        _directory(directory) or "." if directory else ".",
    )


def read_fields(body: str) -> dict[str, list[str]]:
    """Return every heading with what stands below it; one that is there twice has two values."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    found: dict[str, list[str]] = {}
    headings = list(_HEADING.finditer(body))
    ends = [*(heading.start() for heading in headings[1:]), len(body)]
    for heading, end in zip(headings, ends, strict=False):
        value = body[heading.end() : end]
        found.setdefault(heading[1], []).append(value.strip())
    return found


def _mistakes(values: Mapping[str, list[str]]) -> Iterator[Mistake]:
    for field in FIELDS:
        if len(values.get(field, ())) != 1:
            there = "is missing" if field not in values else "is there twice"
            yield Mistake(field, f"this field {there}", _RESTORE)
        elif "\n" in values[field][0] and field != OWNERSHIP:
            yield Mistake(field, "more than one line stands here", "write one line")
        else:
            yield from _CHECKS[field](values[field][0])
    for heading in list(values)[: len(FIELDS) + 5]:
        if heading not in FIELDS:
            yield Mistake("The form", f"it has no field “{heading[:_SHOWN]}”", _RESTORE)


def _repository(value: str) -> Iterator[Mistake]:
    text = "" if value == _NOTHING else value.removesuffix("/")
    try:
        RepositoryUrl.parse(text)
    except ValueError:
        near = RepositoryUrl.nearest(text) if text else None
        remedy = f"write {near}" if near else "write it as https://github.com/you/todo-tree"
        yield Mistake(REPOSITORY, f"{_said(text)} is not the address of a repository", remedy)


def _version(value: str) -> Iterator[Mistake]:
    text = "" if value == _NOTHING else value
    if not _REF.fullmatch(text) or ".." in text or "//" in text or len(text) > 100:
        yield Mistake(
            VERSION,
            f"{_said(text)} is not a tag, a branch or a commit id",
            "write the tag of the version, such as v1.4.0",
        )


def _place(value: str) -> Iterator[Mistake]:
    text = _text([value])
    if text and _directory(text) is None:
        yield Mistake(
            DIRECTORY,
            f"{_said(text)} is not a directory inside the repository",
            "write it as extensions/todo-tree, or leave it empty",
        )


def _ownership(value: str) -> Iterator[Mistake]:
    lines = [line for line in value.split("\n") if line.strip()]
    if len(lines) != 1 or not _TICKED.match(lines[0]):
        yield Mistake(OWNERSHIP, "the box is not ticked", "tick it, if the extension is yours")


_CHECKS = {
    REPOSITORY: _repository, VERSION: _version, DIRECTORY: _place, OWNERSHIP: _ownership,
}  # fmt: skip


def _text(values: list[str]) -> str:
    return "" if values[0] == _NOTHING else values[0]


def _directory(text: str) -> str | None:
    try:
        return _SUBDIRECTORY.validate_python(text.removeprefix("./").rstrip("/") or ".")
    except ValidationError:
        return None


def _said(text: str) -> str:
    return f"“{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}”" if text else "nothing"
