"""Tells from compared paths which extension or developer a pull request is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from devforge.model.change import Subject, TreeChange
from devforge.model.names import ExtensionId, is_developer_name
from devforge.model.versions import Version

_EXTENSION = re.compile(r"registry/extensions/([^/]+)/([^/]+)/(extension|versions/([^/]+))\.yaml")
_DEVELOPER = re.compile(r"registry/developers/([^/]+)\.yaml")


def read_subject(changes: Iterable[TreeChange]) -> Subject:
    """Return what the changed paths are about; a path that is no record's is misplaced."""
    extensions: dict[ExtensionId, set[Version]] = {}
    developers: list[str] = []
    misplaced: list[TreeChange] = []
    for change in changes:
        place = extension_at(change.path)
        developer = developer_at(change.path)
        if place is not None:
            identity, version = place
            extensions.setdefault(identity, set()).update({version} if version else ())
        elif developer is not None:
            developers.append(developer)
        else:
            misplaced.append(change)
    names = sorted(extensions)
    first = names[0] if names else None
    others = [str(name) for name in names[1:]]
    return Subject(
        extension=first,
        developer=developers[0] if developers and first is None else None,
        versions=tuple(sorted(extensions[first])) if first else (),
        misplaced=tuple(misplaced),
        also=(*others, *(developers if first else developers[1:])),
    )


def extension_at(path: str) -> tuple[ExtensionId, Version | None] | None:
    """Return whose record lies at `path`, and of which version; None if it is no such record."""
    match = _EXTENSION.fullmatch(path)
    if match is None:
        return None
    try:
        identity = ExtensionId.parse(f"{match[1]}.{match[2]}")
        return identity, Version.parse(match[4]) if match[4] else None
    except ValueError:
        return None


def developer_at(path: str) -> str | None:
    """Return the developer whose record lies at `path`; None if it is no such record."""
    match = _DEVELOPER.fullmatch(path)
    return match[1] if match and is_developer_name(match[1]) else None


def catalogue(paths: Iterable[str]) -> dict[ExtensionId, tuple[Version, ...]]:
    """Return every extension with its versions, from the paths of a registry's records alone."""
    found: dict[ExtensionId, list[Version]] = {}
    for path in paths:
        place = extension_at(path)
        if place is not None:
            versions = found.setdefault(place[0], [])
            if place[1] is not None:
                versions.append(place[1])
    return {identity: tuple(sorted(versions)) for identity, versions in found.items()}
