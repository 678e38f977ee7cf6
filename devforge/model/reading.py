"""YAML bytes to records, or every problem at once with file, line, value and remedy. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from devforge.errors import BadInput
from devforge.model.document import Document, read_document
from devforge.model.plaintext import decode
from devforge.model.problem import Problem

if TYPE_CHECKING:  # what reads a home's own files needs none of it
    from pydantic import TypeAdapter

T = TypeVar("T")
RECORD_BYTES = 65_536
NODES = 20_000  # values in one document, with aliases written out
_SHOWN = 50
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # making a validator costs more than using it


class BadRecord(BadInput):
    """A file is not what it should be; `problems` has everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...], *, file: str) -> None:
        self.problems, self.file = problems, file
        super().__init__(render_problems(problems, file=file))


def read_record(content: bytes, kind: type[T], *, file: str, limit_bytes: int = RECORD_BYTES) -> T:
    """Return the YAML in `content` as a `kind`; `file` is only its name, for messages.

    Raises:
        BadRecord: with all problems, of the YAML's structure and of its values.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - see above

    from devforge.model.wording import refusals  # noqa: PLC0415

    document = read_text(content, file=file, limit_bytes=limit_bytes)
    refused: tuple[Problem, ...] = ()
    if document.is_whole:
        try:
            record = _adapter(kind).validate_python(document.value)
            if not document.problems:
                return cast("T", record)
        except ValidationError as error:
            refused = refusals(error, kind, document, file=file)
    problems = sorted([*document.problems, *refused], key=lambda problem: problem.line or 0)
    raise BadRecord(tuple(problems), file=file)


def parse_yaml(content: bytes, *, file: str, limit_bytes: int, limit_nodes: int = NODES) -> object:
    """Return the plain values of a YAML document: dict, list, str, int, float, bool, None.

    Raises:
        BadRecord: with all problems of its structure.
    """
    document = read_text(content, file=file, limit_bytes=limit_bytes, limit_nodes=limit_nodes)
    if document.problems:
        raise BadRecord(tuple(document.problems), file=file)
    return document.value


def render_problems(problems: tuple[Problem, ...], *, file: str) -> str:
    """Return problems of one file as a person reads them in a terminal."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [f"{file}: {count}"]
    for problem in problems[:_SHOWN]:
        where = [f"line {problem.line}"] if problem.line else []
        field = problem.at.removeprefix(file).removeprefix(": ")
        start = ", ".join([*where, *([field] if field else [])])
        lines += [f"  {start}: {problem.problem}" if start else f"  {problem.problem}"]
        lines += [f"    → {problem.remedy}"]
    if len(problems) > _SHOWN:
        lines.append(f"  and {len(problems) - _SHOWN} more")
    return "\n".join(lines)


def read_text(
    content: bytes, *, file: str, limit_bytes: int = RECORD_BYTES, limit_nodes: int = NODES
) -> Document:
    """Return what the text says, with each value's line, and what is wrong with it as YAML."""
    text, problems = decode(content, file=file, limit_bytes=limit_bytes)
    if problems:
        return Document(problems=list(problems), is_whole=False)
    return read_document(text, file=file, limit_nodes=limit_nodes)


def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - see above

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
