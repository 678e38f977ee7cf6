"""What was read of a registry before, by Git object id. A file that may be lost or damaged.

One line per unit: a checksum, the unit's object id and path, and the unit as JSON. The first line
says which rules it was read by: it is of no use to a program with other models.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote

from pydantic import ValidationError

from devforge.model.base import Strict
from devforge.model.problem import Problem
from devforge.model.units import Unit

_LIMIT_BYTES = 1 << 30
_MODELS = Path(__file__).resolve().parents[1] / "model"


class Header(Strict):
    """What the lines below it are good for. `oid` is the tree of the registry they were read from."""

    rules: str
    limit_bytes: int
    oid: str
    units: int
    problems: tuple[Problem, ...] = ()  # files that belong to no unit


@dataclass(frozen=True, slots=True)
class Known:
    """A whole registry, known already."""

    units: list[Unit]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class RegistryCache:
    """Units by path. Nothing it says is used unless its object id is the one in Git."""

    header: Header | None = None
    lines: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None, *, limit_bytes: int) -> Self:
        """Return what is kept in `path`; nothing if it is absent, damaged or by other rules."""
        try:
            if path is None or path.stat().st_size > _LIMIT_BYTES:
                return cls()
            first, *rest = path.read_bytes().split(b"\n")
            header = Header.model_validate_json(_checked(first))
        except (OSError, ValueError):
            return cls()
        if (header.rules, header.limit_bytes) != (_rules(), limit_bytes):
            return cls()
        return cls(header, dict(_split(line) for line in rest if line))

    @classmethod
    def save(
        cls, path: Path, oid: str, units: Iterable[Unit], problems: Iterable[Problem], *,
        limit_bytes: int,
    ) -> None:  # fmt: skip
        """Keep `units` in `path`, all or nothing. A disk that refuses costs time, not the answer."""
        kept = list(units)
        header = Header(
            rules=_rules(), limit_bytes=limit_bytes, oid=oid, units=len(kept),
            problems=tuple(problems),
        )  # fmt: skip
        lines = [header.model_dump_json().encode(), *map(_joined, kept)]
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_name(f"{path.name}.{os.getpid()}")
            scratch.write_bytes(b"\n".join(map(_with_checksum, lines)))
            scratch.replace(path)

    def whole(self, oid: str) -> Known | None:
        """Return everything, if it was read from exactly the tree `oid` and nothing is damaged."""
        if self.header is None or self.header.oid != oid or self.header.units != len(self.lines):
            return None
        try:
            units = [Unit.model_validate_json(line) for _, line in self.lines.values()]
        except ValidationError:
            return None
        return Known(units, self.header.problems)

    def unit(self, path: str, oid: str) -> Unit | None:
        """Return the unit at `path` if it was read from the object `oid`."""
        known, line = self.lines.get(path, ("", b""))
        if known != oid:
            return None
        try:
            return Unit.model_validate_json(line)
        except ValidationError:
            return None


def _joined(unit: Unit) -> bytes:
    content = unit.model_dump_json(exclude_defaults=True)
    return f"{unit.oid}\t{quote(unit.path)}\t{content}".encode()


def _split(line: bytes) -> tuple[str, tuple[str, bytes]]:
    """Return a line's path, object id and content; what is damaged has a path nobody asks for."""
    try:
        oid, path, content = _checked(line).split(b"\t", 2)
        return unquote(path.decode()), (oid.decode(), content)
    except ValueError:
        return "", ("", b"")


def _with_checksum(content: bytes) -> bytes:
    return b"%08x\t%s" % (zlib.crc32(content), content)


def _checked(line: bytes) -> bytes:
    checksum, content = line[:8], line[9:]
    if checksum != b"%08x" % zlib.crc32(content):
        raise ValueError("damaged")
    return content


@cache
def _rules() -> str:
    """Name the models as they are now, by their source."""
    digest = hashlib.sha256()
    for file in sorted(_MODELS.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
