"""The questions of an index, each asked of one mirror's session."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from devforge.errors import Refused
from devforge.model.fields import Misfits, from_json, from_plain
from devforge.model.index import (
    FINGERPRINT,
    LISTS,
    Changes,
    Config,
    Earlier,
    Pointer,
    Summary,
)
from devforge.model.names import ExtensionId
from devforge.updates.changes import News, read_changes
from devforge.updates.session import Session

CONFIG = "config.json"
T = TypeVar("T")


def changed(
    session: Session, wanted: frozenset[ExtensionId], since: int | None
) -> tuple[int, dict[ExtensionId, bytes | None], dict[str, bytes | None] | None]:
    session.check()
    generation = session.generation
    if since == generation:
        return generation, {}, None
    news = None if since is None or since > generation else _news(session, since)
    if news is None:
        return generation, _all(session, wanted), listed(session)
    documents = {
        extension: _fetched(session, document_path(extension), change.sha256, change.length)
        for extension, change in news.extensions.items()
        if extension in wanted
    }
    lists = {
        name: _fetched(session, f"lists/{name}.json", change.sha256, change.length)
        for name, change in news.lists.items()
    }
    return generation, documents, lists or None


def _all(session: Session, wanted: Iterable[ExtensionId]) -> dict[ExtensionId, bytes | None]:
    """Return every document: as it was verified before, where the summary of its bin says it is so.

    A summary costs less than its bin's metadata and the documents, and is signed as they are. Where
    the bin's metadata is at hand, that costs nothing.
    """
    said: dict[str, Summary] = {}
    found: dict[ExtensionId, bytes | None] = {}
    for id in sorted(wanted):
        path = document_path(id)
        before = session.verified(path)
        suffix = _suffix(session, path)
        if before is not None and not session.is_at_hand(f"e-{suffix}"):
            name = f"summary/{suffix}.json"
            if name not in said:
                said[name] = _read_summary(session.target(name))
            fingerprint = hashlib.sha256(before).hexdigest()[:FINGERPRINT]
            if said[name].get(id, ("", ""))[1] == fingerprint:
                found[id] = before
                continue
        found[id] = session.target(path)
    return found


def _suffix(session: Session, path: str) -> str:
    """Return how the bin that lists `path`, and its summary, are called."""
    config = session.target(CONFIG)
    bits = parsed(config or b"", Config, CONFIG).extension_bits
    number = int.from_bytes(hashlib.sha256(path.encode()).digest()[:4], "big") >> (32 - bits)
    return f"{number:0{len(f'{(1 << bits) - 1:x}')}x}"


def _read_summary(content: bytes | None) -> Summary:
    """Return what a summary says; nothing where it cannot be read: then everything is looked up."""
    try:
        return from_json(Summary, content or b"{}")
    except Misfits:
        return {}


def _news(session: Session, since: int) -> News | None:
    try:
        pointer = from_plain(Pointer, session.changes)
    except Misfits:
        return None

    def segment(pointer: Pointer) -> Changes:
        path = f"changes/{pointer.sha256}.json"
        return parsed(session.pinned(path, pointer), Changes, path)

    def earlier(pointer: Earlier) -> Changes:
        return segment(pointer)

    head = segment(pointer)
    if head.generation != session.generation:
        raise Refused(f"the log of changes is of state {head.generation}, not {session.generation}")
    return read_changes(head, since=since, earlier=earlier)


def _fetched(session: Session, path: str, sha256: str | None, length: int | None) -> bytes | None:
    if sha256 is None or length is None:
        return None
    folder, _, name = path.rpartition("/")
    place = f"targets/{folder}/{sha256}.{name}"
    return session.pinned(place, Pointer(sha256=sha256, length=length), target=path)


def listed(session: Session) -> dict[str, bytes | None]:
    return {name: session.target(f"lists/{name}.json") for name in LISTS}


def parsed(content: bytes, kind: type[T], what: str) -> T:
    try:
        return from_json(kind, content)
    except Misfits as error:
        raise Refused(
            f"{what}: signed, but this devforge cannot read it ({error}); a newer one may"
        ) from error


def document_path(extension: ExtensionId) -> str:
    return f"extensions/{extension}.json"
