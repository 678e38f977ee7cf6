"""One registry's signed index, whoever serves it: fresh from a mirror, or what was verified before.

A question is answered wholly by one mirror. One that fails, lags or mixes states is left for the
next; where nobody answers, what was verified before is shown, and `freshness` says how old it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

from tuf.api.exceptions import DownloadHTTPError

from devforge.adapters.web import Patience, Web
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.addresses import package_name
from devforge.model.index import (
    LISTS,
    ExtensionDocument,
    IndexedVersion,
    PackageFile,
    SearchEntry,
    SearchShard,
    StateList,
)
from devforge.model.names import ExtensionId
from devforge.updates.asking import CONFIG, changed, document_path, listed, parsed
from devforge.updates.changes import Checked
from devforge.updates.fetcher import read_local
from devforge.updates.freshness import Freshness
from devforge.updates.lists import Lists
from devforge.updates.packages import fetch_package
from devforge.updates.reasons import told
from devforge.updates.session import Session
from devforge.updates.sessions import Place, Sessions
from devforge.updates.store import Store
from devforge.updates.verified import Verified

SEARCH_SHARDS = tuple("0123456789abcdef")


class Index:
    """Answers questions about one registry. Use it in a `with`, or close it."""

    def __init__(
        self,
        place: Place,
        *,
        store: Store,
        offline: bool = False,
        patience: Patience | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self.location = place.location
        self._place, self._store, self._is_offline, self._clock = place, store, offline, clock
        self._web = Web(patience)
        self._verified = Verified(store)
        self._sessions = Sessions(
            place, web=self._web, store=store, is_offline=offline, clock=clock
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back connections and scratch space."""
        self._sessions.close()
        self._web.close()

    @property
    def freshness(self) -> Freshness:
        """How old what was answered last is."""
        state = self._store.state
        warnings = [*self._store.warnings, *told(self._sessions.reasons)]
        offline = self._is_offline or bool(self._sessions.reasons)
        return Freshness(self._clock(), state.verified, state.expires, offline, tuple(warnings))

    @property
    def generation(self) -> int | None:
        """The state of the registry that was verified last."""
        return self._store.state.generation

    @property
    def beacon(self) -> str | None:
        """Where reports of versions that start may go, by the offline keys' word; asks nobody."""
        config = self._verified.config()
        return config.beacon if config else None

    def document(self, extension: ExtensionId) -> ExtensionDocument | None:
        """Return what the registry says of `extension`, or None if it does not have it.

        Raises:
            Unavailable: nobody answered, and it was not looked at before.
            Refused: somebody answered, but nothing that can be believed.
        """
        path = document_path(extension)

        def walk(session: Session) -> bytes | None:
            content = session.target(path)
            session.target(CONFIG)  # its metadata is at hand; the document itself changes seldom
            return content

        content = self._sessions.ask(walk, lambda: self._verified.target(path))
        return None if content is None else self._document(extension, content)

    def search(self) -> tuple[SearchEntry, ...]:
        """Return every extension's search entry, in the shards' order."""
        paths = [f"search/{name}.json" for name in SEARCH_SHARDS]
        found = self._sessions.ask(
            lambda session: {path: session.target(path) for path in paths},
            lambda: self._verified.search(paths),
        )
        shards = [parsed(c, SearchShard, p) for p, c in found.items() if c is not None]
        return tuple(entry for shard in shards for entry in shard.entries)

    def lists(self) -> Lists:
        """Return the lists of malicious, removed and deprecated extensions."""
        return _lists(self._sessions.ask(listed, self._verified.lists))

    def changed(self, extensions: Iterable[ExtensionId], since: int | None = None) -> Checked:
        """Return what is new of `extensions` and the lists since generation `since`.

        Two small requests where nothing is. Without `since`, and where the log of changes does not
        reach so far back, everything is looked up.
        """
        wanted = frozenset(extensions)
        generation, documents, lists = self._sessions.ask(
            lambda session: changed(session, wanted, since),
            lambda: self._verified.changed(wanted, since),
        )
        return Checked(
            generation=generation,
            documents={
                e: None if c is None else self._document(e, c) for e, c in sorted(documents.items())
            },
            lists=None if lists is None else self._merged(lists),
        )

    def download(
        self,
        extension: ExtensionId,
        version: IndexedVersion,
        package: PackageFile | None = None,
        told: Callable[[int], object] = lambda _: None,
    ) -> bytes:
        """Return the package of `version` (or `package`, for a platform), proven to be the right one.

        `told` is called with how many bytes are here.

        Raises:
            Unavailable: nobody sent all of it; the next call goes on where this one ended.
            Refused: it is not what the index promises, or what we know of it is too old.
        """
        if self._sessions.mirror is None and self.freshness.is_expired:
            raise Refused(
                f"{extension} {version.version}: the index is from {self._store.state.verified:%Y-%m-%d} "
                f"and was good until {self._store.state.expires:%Y-%m-%d}; nothing new is installed "
                "until the registry can be reached. What is installed keeps running"
            )
        wanted = package or version.package
        if wanted is None:
            raise BadInput(f"{extension} {version.version}: name the platform its package is for")
        platform = next((p for p, file in version.platforms.items() if file == wanted), None)
        name = package_name(extension, version.version, platform)
        if self._is_offline and not self._place.is_local:
            raise Unavailable(f"{name}: offline, and a package has to be fetched")
        config = self._verified.config()
        official = (
            config.package_url(extension, version.version, wanted, platform) if config else ""
        )
        urls = self._package_urls(official, f"targets/packages/{wanted.sha256}.{name}")
        parts = self._store.parts if self._store.can_write else None
        return fetch_package(self._web, urls, wanted, name=name, parts=parts, told=told)

    def package_url(
        self, extension: ExtensionId, version: IndexedVersion, package: PackageFile
    ) -> str:
        """Return where the registry itself keeps a package; empty where its configuration is not known."""
        config = self._verified.config()
        platform = next((p for p, file in version.platforms.items() if file == package), None)
        return config.package_url(extension, version.version, package, platform) if config else ""

    def fetch(self, url: str, *, limit_bytes: int) -> bytes:
        """Return the file at `url`, absolute or relative to the index. Nothing of it is verified.

        Raises:
            Unavailable: it is not there, or longer than `limit_bytes`.
        """
        where = urljoin(self._place.bases[0], url)
        if where.startswith("file:"):
            return b"".join(_capped(_local(where), where, limit_bytes))
        if self._is_offline:
            raise Unavailable(f"{where.rpartition('/')[2]}: offline, and it has to be fetched")
        with self._web.get(where) as answer:
            if answer.status != 200:
                raise Unavailable(f"GET {where}: {answer.status}")
            return b"".join(_capped(answer.chunks(), where, limit_bytes))

    # Reading what came

    def _document(self, extension: ExtensionId, content: bytes) -> ExtensionDocument:
        path = document_path(extension)
        document = parsed(content, ExtensionDocument, path)
        if document.id != extension:
            raise Refused(f"{path}: describes {document.id}; the index is not consistent")
        return document

    def _merged(self, news: Mapping[str, bytes | None]) -> Lists:
        """Return all lists: what is new, and of the others what is known or asked for."""
        known: dict[str, bytes | None] = {
            name: self._verified.kept(f"lists/{name}.json") for name in LISTS if name not in news
        }
        if any(content is None for content in known.values()):
            return self.lists()
        return _lists({**known, **news})

    def _package_urls(self, official: str, on_mirror: str) -> list[str]:
        """Return where a package may lie: on the mirror in use, where the index says, on any mirror."""
        near = self._sessions.mirror or self._place.bases[0]
        bases = [near] if near in self._place.bases else self._place.bases
        named = [urljoin(base, official) for base in bases] if official else []
        mirrors = [f"{mirror}{on_mirror}" for mirror in self._sessions.mirrors()]
        first = [] if near in self._place.bases else [f"{near}{on_mirror}"]
        return list(dict.fromkeys([*first, *named, *mirrors]))


def _local(url: str) -> Iterator[bytes]:
    try:
        yield from read_local(url)
    except DownloadHTTPError as error:
        raise Unavailable(str(error)) from error


def _capped(chunks: Iterator[bytes], url: str, limit_bytes: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limit_bytes:
            raise Unavailable(f"GET {url}: more than {limit_bytes:,} bytes")
        yield chunk


def _lists(contents: Mapping[str, bytes | None]) -> Lists:
    read = {
        name: parsed(content, StateList, f"lists/{name}.json").entries
        for name, content in contents.items()
        if content is not None
    }
    return Lists(**read)
