"""What is new in the versions after the one somebody has, in the words of the package's own changelog."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devforge.model.changelog import NAMES, changelog_in, changes_of
from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.model.versions import Version


@dataclass(frozen=True, slots=True)
class News:
    """What the changelog says of one version, a plain line for each change; maybe nothing."""

    version: Version
    changes: tuple[str, ...]


def news(
    document: ExtensionDocument, changelog: str, *, have: Version | None, to: Version
) -> tuple[News, ...]:
    """Return the news of each version after `have` up to `to`, the newest first; without `have`, of `to` alone."""
    numbers = sorted((one.version for one in document.versions), reverse=True)
    told = [n for n in numbers if n == to or (have is not None and have < n < to)]
    return tuple(News(number, changes_of(changelog, str(number))) for number in told)


def changelog_at(directory: Path) -> str:
    """Return the changelog of an installed extension; empty where there is none, or none to be read."""
    files = {}
    for name in NAMES:
        with contextlib.suppress(OSError):
            files[name] = (directory / name).read_bytes()
            break
    return changelog_in(files)


def render_news(id: ExtensionId, found: Iterable[News], *, limit: int = 1000) -> Iterator[str]:
    """Yield at most `limit` lines of what is new, below a heading for each version that says something."""
    left = limit
    for one in found:
        if one.changes and left > 0:
            yield f"new in {id} {one.version}"
            yield from (f"  - {line}" for line in one.changes[:left])
            left -= len(one.changes)
    if left < 0:
        yield f"  … `devforge changes {id}` shows all"
