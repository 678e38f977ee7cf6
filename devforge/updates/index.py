"""One registry's signed index, whoever serves it: fresh from a mirror, or what was verified before.

A question is answered wholly by one mirror. One that fails, lags or mixes states is left for the
next; where nobody answers, what was verified before is shown, and `freshness` says how old it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urljoin

from tuf.api.exceptions import DownloadHTTPError

from devforge.adapters.web import Patience, Web
from devforge.adapters.web_addresses import refuse_unsafe
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.addresses import package_name
from devforge.model.index import (
    LISTS,
    Config,
    ExtensionDocument,
    IndexedVersion,
    Mirror,
    PackageFile,
    SearchEntry,
    SearchShard,
    StateList,
)
from devforge.model.names import ExtensionId
from devforge.updates.asking import CONFIG, changed, document_path, listed, parsed
from devforge.updates.changes import Checked
from devforge.updates.fetcher import read_local
from devforge.updates.freshness import Freshness, refuse_slow_clock
from devforge.updates.lists import Lists
from devforge.updates.mirrors import order_mirrors
from devforge.updates.packages import fetch_package
from devforge.updates.reasons import TROUBLES, Reason, explain, render_reasons
from devforge.updates.session import Session
from devforge.updates.store import MirrorMemory, State, Store

SEARCH_SHARDS = tuple("0123456789abcdef")
T = TypeVar("T")


class Index:
    """Answers questions about one registry. Use it in a `with`, or close it."""

    def __init__(
        self,
        location: str,
        *,
        bases: tuple[str, ...],
        store: Store,
        bootstrap: bytes,
        offline: bool = False,
        region: str | None = None,
        patience: Patience | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self.location = location
        self._bases, self._store, self._bootstrap = bases, store, bootstrap
        self._is_offline, self._region, self._clock = offline, region, clock
        self._web = Web(patience)
        self._session: Session | None = None
        self._met: dict[str, MirrorMemory] = {}
        self._reasons: list[Reason] = []  # of the last question, where nobody answered it

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
        self._leave(self._session)
        self._web.close()

    @property
    def freshness(self) -> Freshness:
        """How old what was answered last is."""
        state = self._store.state
        warnings = [*self._store.warnings, *(f"{r.mirror}: {r.text}" for r in self._reasons)]
        offline = self._is_offline or bool(self._reasons)
        return Freshness(self._clock(), state.verified, state.expires, offline, tuple(warnings))

    @property
    def _is_local(self) -> bool:
        return self._bases[0].startswith("file:")

    @property
    def generation(self) -> int | None:
        """The state of the registry that was verified last."""
        return self._store.state.generation

    @property
    def beacon(self) -> str | None:
        """Where reports of versions that start may go, by the offline keys' word; asks nobody."""
        config = self._config()
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

        content = self._ask(walk, lambda: self._known(path))
        return None if content is None else self._document(extension, content)

    def search(self) -> tuple[SearchEntry, ...]:
        """Return every extension's search entry, in the shards' order."""
        paths = [f"search/{name}.json" for name in SEARCH_SHARDS]
        found = self._ask(
            lambda session: {path: session.target(path) for path in paths},
            lambda: self._known_search(paths),
        )
        shards = [parsed(c, SearchShard, p) for p, c in found.items() if c is not None]
        return tuple(entry for shard in shards for entry in shard.entries)

    def lists(self) -> Lists:
        """Return the lists of malicious, removed and deprecated extensions."""
        return _lists(self._ask(listed, self._known_lists))

    def changed(self, extensions: Iterable[ExtensionId], since: int | None = None) -> Checked:
        """Return what is new of `extensions` and the lists since generation `since`.

        Two small requests where nothing is. Without `since`, and where the log of changes does not
        reach so far back, everything is looked up.
        """
        wanted = frozenset(extensions)
        generation, documents, lists = self._ask(
            lambda session: changed(session, wanted, since),
            lambda: (self._store.state.generation or 0, self._known_documents(wanted, since), None),
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
        if self._session is None and self.freshness.is_expired:
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
        if self._is_offline and not self._is_local:
            raise Unavailable(f"{name}: offline, and a package has to be fetched")
        config = self._config()
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
        config = self._config()
        platform = next((p for p, file in version.platforms.items() if file == package), None)
        return config.package_url(extension, version.version, package, platform) if config else ""

    def fetch(self, url: str, *, limit_bytes: int) -> bytes:
        """Return the file at `url`, absolute or relative to the index. Nothing of it is verified.

        Raises:
            Unavailable: it is not there, or longer than `limit_bytes`.
        """
        where = urljoin(self._bases[0], url)
        if where.startswith("file:"):
            return b"".join(_capped(_local(where), where, limit_bytes))
        if self._is_offline:
            raise Unavailable(f"{where.rpartition('/')[2]}: offline, and it has to be fetched")
        with self._web.get(where) as answer:
            if answer.status != 200:
                raise Unavailable(f"GET {where}: {answer.status}")
            return b"".join(_capped(answer.chunks(), where, limit_bytes))

    # Asking mirrors

    def _ask(self, question: Callable[[Session], T], known: Callable[[], T]) -> T:
        """Return the first whole answer; where nobody gives one, what is `known`."""
        reasons: list[Reason] = []
        tried: list[Session] = []
        if not self._is_offline:
            refuse_slow_clock(self._clock(), seen=self._store.state.verified, expires=None)
            for session in self._sessions(reasons, tried):
                try:
                    answer = question(session)
                except TROUBLES as error:
                    self._note(session.mirror, error, session, reasons)
                    continue
                self._choose(session, tried)
                return answer
            self._remember_seen(tried)
        return self._without_answer(reasons, known)

    def _sessions(self, reasons: list[Reason], tried: list[Session]) -> Iterator[Session]:
        """Yield mirrors whose timestamp is current; those not renewed for days come last."""
        if self._session is not None:
            tried.append(self._session)
            yield self._session
        reserve: list[Session] = []
        for mirror in self._mirrors():
            if self._session is not None and mirror == self._session.mirror:
                continue
            session = None
            try:
                session = self._opened(mirror)
                tried.append(session)
                timestamp = session.check()
                refuse_slow_clock(self._clock(), seen=None, expires=timestamp.expires)
            except TROUBLES as error:
                self._note(mirror, error, session, reasons)
                continue
            if session.is_stale:
                reserve.append(session)
                continue
            yield session
        yield from sorted(reserve, key=lambda session: -session.version)

    def _opened(self, mirror: str) -> Session:
        return Session(
            mirror, web=self._web, store=self._store, bootstrap=self._bootstrap, now=self._clock()
        )

    def _mirrors(self) -> list[str]:
        """Return the bases to ask, in order: those the signed config names, and the location."""
        state = self._store.state
        named = [m for m in self._config_mirrors() if _is_safe(m.url)]
        urls = {mirror.url for mirror in named}
        own = [
            b
            for b in self._bases
            if b in state.mirrors and state.mirrors[b].milliseconds is not None
        ]
        named += [Mirror(url=base) for base in own or self._bases if base not in urls]
        memory = state.mirrors | self._met
        ordered = order_mirrors(
            named, memory=memory, now=self._clock(), region=self._region, seed=state.seed
        )
        rest = [base for base in self._bases if base not in {m.url for m in ordered}]
        return [*(mirror.url for mirror in ordered), *rest]

    def _config_mirrors(self) -> tuple[Mirror, ...]:
        if self._is_local:
            return ()
        config = self._config()
        mirrors = config.mirrors if config else ()
        return tuple(replace(m, url=m.url.rstrip("/") + "/") for m in mirrors)

    def _note(
        self, mirror: str, error: Exception, session: Session | None, reasons: list[Reason]
    ) -> None:
        now = self._clock()
        expires = session.expires if session else None
        reasons.append(explain(error, mirror=mirror, now=now, expires=expires))
        self._met[mirror] = MirrorMemory(milliseconds=None, when=now)
        if session is not None and session is self._session:
            self._session = None

    def _choose(self, session: Session, tried: list[Session]) -> None:
        """Keep what `session` proved, and ask it again next time."""
        is_new = session is not self._session or bool(session.pointers)
        self._session = session
        self._reasons = []
        for other in tried:
            if other is not session:
                self._leave(other)
        if not is_new:
            return
        met = dict(self._met)

        def change(state: State) -> State | None:
            if (
                session.client.root_version == state.root_version
                and session.version < state.timestamp_version
            ):
                return None  # another program has seen more meanwhile
            began = replace(
                state,
                location=self.location,
                seed=state.seed or secrets.token_hex(8),
                mirrors=state.mirrors | met,
            )
            return session.remembered(began)

        self._store.commit(change, session.client.metadata)
        session.pointers = {}

    def _remember_seen(self, tried: list[Session]) -> None:
        """Keep the newest timestamp anybody showed: nobody may take us back behind it."""
        met = dict(self._met)
        newest = max(tried, key=lambda session: session.version, default=None)
        self._store.commit(
            lambda state: replace(state, mirrors=state.mirrors | met),
            newest.client.metadata if newest else None,
        )
        for session in tried:
            self._leave(session)
        self._session = None

    def _leave(self, session: Session | None) -> None:
        if session is not None:
            session.close()

    def _without_answer(self, reasons: list[Reason], known: Callable[[], T]) -> T:
        if any(reason.kind == "wrong" for reason in reasons):
            raise Refused(render_reasons(self.location, reasons))
        self._reasons = reasons
        try:
            return known()
        except _Unknown as missing:
            if not reasons:
                raise Unavailable(f"{self.location}: offline, and {missing}") from missing
            text = render_reasons(self.location, reasons)
            family = Refused if any(r.kind == "expired" for r in reasons) else Unavailable
            raise family(text) from missing

    # What is known without asking

    def _kept(self, path: str) -> bytes | None:
        pointer = self._store.state.targets.get(path)
        return self._store.document(pointer) if pointer else None

    def _known(self, path: str) -> bytes:
        content = self._kept(path)
        if content is None:
            raise _Unknown(f"{path} was not looked at before")
        return content

    def _known_search(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """Return the shards that were read before; a registry with extensions has at least one."""
        found = {path: self._kept(path) for path in paths}
        if not any(found.values()):
            raise _Unknown("nobody searched this registry here yet")
        return found

    def _known_lists(self) -> dict[str, bytes | None]:
        return {name: self._known(f"lists/{name}.json") for name in LISTS}

    def _known_documents(
        self, wanted: frozenset[ExtensionId], since: int | None
    ) -> dict[ExtensionId, bytes | None]:
        if self._store.state.verified is None:
            raise _Unknown("nothing of this registry was verified here yet")
        if since is not None:
            return {}
        found = {extension: self._kept(document_path(extension)) for extension in wanted}
        return {extension: content for extension, content in found.items() if content}

    def _config(self) -> Config | None:
        content = self._kept(CONFIG)
        return None if content is None else parsed(content, Config, CONFIG)

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
            name: self._kept(f"lists/{name}.json") for name in LISTS if name not in news
        }
        if any(content is None for content in known.values()):
            return self.lists()
        return _lists({**known, **news})

    def _package_urls(self, official: str, on_mirror: str) -> list[str]:
        """Return where a package may lie: on the mirror in use, where the index says, on any mirror."""
        near = self._session.mirror if self._session else self._bases[0]
        bases = [near] if near in self._bases else self._bases
        named = [urljoin(base, official) for base in bases] if official else []
        mirrors = [f"{mirror}{on_mirror}" for mirror in self._mirrors()]
        first = [] if near in self._bases else [f"{near}{on_mirror}"]
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


class _Unknown(Exception):
    """Nothing was verified before that would answer the question."""


def _lists(contents: Mapping[str, bytes | None]) -> Lists:
    read = {
        name: parsed(content, StateList, f"lists/{name}.json").entries
        for name, content in contents.items()
        if content is not None
    }
    return Lists(**read)


def _is_safe(url: str) -> bool:
    try:
        refuse_unsafe(url)
    except Refused:
        return False
    return True
