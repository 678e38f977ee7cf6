"""What one job of the review hands to the next, in a form that offers a reader nothing to trip on.

Every byte of it is read as a stranger's: sizes are capped, shapes are checked, and nothing in it
says which pull request it is about. A source is one file of plain records, not an archive: there
is no name that could leave a directory, no link, and no compression.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from devforge.errors import BadInput
from devforge.model.base import Strict
from devforge.model.components import Vendored, Vulnerabilities
from devforge.model.cost import Spent
from devforge.model.digests import CommitSha, Sha256
from devforge.model.observed import Missing, Mode, SourceFile, SourceTree, ToolFinding, Trial
from devforge.model.policy import Limits
from devforge.model.reviewing import CheckName

T = TypeVar("T", bound=Strict)
OBSERVED_BYTES = 32 << 20
_MAGIC = b"devforge source 1\n"
_HEADER_BYTES = 8192


class Listed(Strict):
    """`listed.json`: the head of each pull request that was read, or could not be."""

    schema_version: Literal[1] = 1
    heads: dict[int, CommitSha]
    spent: Spent = Spent()


class Observed(Strict):
    """`static.json`: what reading the source showed. Bound to one head and one source."""

    schema_version: Literal[1] = 1
    head: CommitSha
    tree_sha256: Sha256
    tools: Sha256 | None = None  # `tools_digest` of the tools that looked
    lint: tuple[ToolFinding, ...] | Missing
    security: tuple[ToolFinding, ...] | Missing
    vendored: tuple[Vendored, ...] | Missing = Missing(reason="it was not handed over")
    vulnerabilities: Vulnerabilities | Missing = Missing(reason="they were not handed over")
    tool_seconds: dict[CheckName, float] = {}


class Tried(Strict):
    """`trial.json`: what running it in the sandbox showed."""

    schema_version: Literal[1] = 1
    head: CommitSha
    tree_sha256: Sha256
    trial: Trial | Missing
    spent: Spent = Spent()


class _Header(Strict):
    path: str
    mode: Mode
    bytes: int


def write_json(path: Path, value: Strict) -> None:
    """Write `value` where another job will find it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value.model_dump_json(), encoding="utf-8")


def read_json(path: Path, kind: type[T], *, limit_bytes: int = OBSERVED_BYTES) -> T | Missing:
    """Return what another job wrote at `path`; Missing where it is absent, too large or odd."""
    if path.is_symlink() or not path.is_file():
        return Missing(reason=f"{path.name} was not handed over")
    if path.stat().st_size > limit_bytes:
        return Missing(reason=f"{path.name} is larger than {limit_bytes >> 20} MB")
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"][:6])
        return Missing(reason=f"{path.name} is not what was expected at {place}")


def write_source(path: Path, tree: SourceTree) -> None:
    """Write `tree` as one file: a line of JSON and then the bytes, for each entry."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_MAGIC)
        for entry in tree.files.values():
            name = entry.path.encode("utf-8", "surrogateescape").decode("latin-1")
            header = {"path": name, "mode": entry.mode, "bytes": len(entry.content)}
            file.write(json.dumps(header).encode("ascii") + b"\n" + entry.content)


def read_source(path: Path, *, limits: Limits) -> SourceTree:
    """Return the tree that `write_source` wrote.

    Raises:
        BadInput: it is not such a file, or larger than `limits` allow.
    """
    wrong = BadInput(f"{path.name} is not a source another job handed over")
    if path.is_symlink() or not path.is_file():
        raise wrong
    files: dict[str, SourceFile] = {}
    left = limits.package_bytes
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise wrong
        while line := file.readline(_HEADER_BYTES):
            try:
                header = _Header.model_validate_json(line)
                name = header.path.encode("latin-1").decode("utf-8", "surrogateescape")
            except ValueError as error:
                raise wrong from error
            left -= header.bytes
            if header.bytes < 0 or left < 0 or len(files) >= limits.files:
                raise BadInput(f"{path.name} is larger than the policy's limits")
            content = file.read(header.bytes)
            if len(content) != header.bytes:
                raise wrong
            files[name] = SourceFile(name, header.mode, content)
    return SourceTree(files=files)
