"""What is new in the versions after the one somebody has, in the words of the package's own changelog."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devforge.adapters.archive import read_zip
from devforge.adapters.files import read_plain
from devforge.errors import BadInput
from devforge.model.changelog import NAMES, changelog_in, changes_of
from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.apply import Progress, download
from devforge.updates.contents import STATE_BYTES
from devforge.updates.home import Home
from devforge.updates.installed import Installed
from devforge.updates.standing import newest_first

if TYPE_CHECKING:
    from devforge.updates.index import Index


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


def read_news(
    document: ExtensionDocument,
    to: Version | None,
    entry: Installed | None,
    home: Home,
    index: Index,
    platform: str,
    progress: Callable[[Progress], object],
) -> tuple[News, ...]:
    """Return the news up to `to`, or to the newest, by the changelog that comes with it.

    Raises:
        BadInput: the registry has no such version for this platform.
    """
    id = document.id
    wanted = next((v for v in newest_first(document) if _is_wanted(v, to)), None)
    package = wanted.package_for(platform) if wanted else None
    if wanted is None or package is None:
        have = ", ".join(str(v.version) for v in document.versions[:5]) or "none"
        raise BadInput(f"{id} {to or ''}".rstrip() + f": the registry has {have}")
    if entry and entry.version == wanted.version:
        log = changelog_at(home.root / entry.directory)
    else:
        content = download(id, wanted, package, index, progress)
        members = read_zip(content, name=f"{id}-{wanted.version}.zip")
        log = changelog_in({one.path: one.content for one in members})
    return news(document, log, have=entry.version if entry else None, to=wanted.version)


def _is_wanted(version: IndexedVersion, to: Version | None) -> bool:
    if to is not None:
        return version.version == to
    return not (version.yanked or version.halted or version.version.is_prerelease)


def changelog_at(directory: Path) -> str:
    """Return the changelog of an installed extension; empty where there is none, or none to be read."""
    files = {}
    for name in NAMES:
        with contextlib.suppress(OSError):
            files[name] = read_plain(directory / name, limit_bytes=STATE_BYTES)
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
