"""Sessions with a registry's mirrors, until one of them answers a question wholly.

One that fails, lags or mixes states is left for the next. What the one that answered proved is kept;
where nobody does, only the newest timestamp that anybody showed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from devforge.adapters.web import Web
from devforge.adapters.web_addresses import refuse_unsafe
from devforge.errors import Refused, Unavailable
from devforge.model.index import Mirror
from devforge.updates.freshness import refuse_wrong_clock
from devforge.updates.mirrors import order_mirrors
from devforge.updates.reasons import TROUBLES, Reason, explain, render_reasons
from devforge.updates.session import Session
from devforge.updates.store import MirrorMemory, State, Store
from devforge.updates.verified import Unverified, Verified

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a registry is to be had, and how it is known again."""

    location: str  # as the user named it
    bases: tuple[str, ...]  # the addresses that stands for, each with a slash at its end
    bootstrap: bytes  # the root that trust begins with
    region: str | None = None

    @property
    def is_local(self) -> bool:
        return self.bases[0].startswith("file:")


class Sessions:
    """Asks one mirror after the other. Close it."""

    def __init__(
        self,
        place: Place,
        *,
        web: Web,
        store: Store,
        is_offline: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._place, self._web, self._store = place, web, store
        self._is_offline, self._clock = is_offline, clock
        self._verified = Verified(store)
        self._session: Session | None = None
        self._met: dict[str, MirrorMemory] = {}
        self.reasons: list[Reason] = []  # of the last question, where nobody answered it

    @property
    def mirror(self) -> str | None:
        """The mirror that answered last, if one did."""
        return self._session.mirror if self._session else None

    def close(self) -> None:
        """Give back scratch space."""
        _leave(self._session)

    def ask(self, question: Callable[[Session], T], known: Callable[[], T]) -> T:
        """Return the first whole answer; where nobody gives one, what is `known`.

        Raises:
            Unavailable: nobody answered, and it is not known.
            Refused: somebody answered, but nothing that can be believed.
        """
        reasons: list[Reason] = []
        tried: list[Session] = []
        if not self._is_offline:
            for session in self._sessions(reasons, tried):
                try:
                    answer = question(session)
                except TROUBLES as error:
                    self._note(session.mirror, error, session, reasons)
                    continue
                self._choose(session, tried)
                return answer
            self._remember_seen(tried)
            refuse_wrong_clock(self._clock(), signed=self._store.state.signed)
        return self._without_answer(reasons, known)

    def _sessions(self, reasons: list[Reason], tried: list[Session]) -> Iterator[Session]:
        """Yield mirrors whose timestamp is current; those not renewed for days come last."""
        if self._session is not None:
            tried.append(self._session)
            yield self._session
        reserve: list[Session] = []
        for mirror in self.mirrors():
            if self._session is not None and mirror == self._session.mirror:
                continue
            session = None
            try:
                session = self._opened(mirror)
                tried.append(session)
                session.check()
                self._refuse_wrong_clock(session, tried)
            except TROUBLES as error:
                self._note(mirror, error, session, reasons)
                continue
            if session.is_stale:
                reserve.append(session)
                continue
            yield session
        yield from sorted(reserve, key=lambda session: -session.version)

    def _refuse_wrong_clock(self, session: Session, tried: list[Session]) -> None:
        """Leave who disagrees with us on what time it is; what it showed is no floor for anybody."""
        try:
            refuse_wrong_clock(self._clock(), signed=session.signed, expires=session.expires)
        except Refused:
            tried.remove(session)
            _leave(session)
            raise

    def _opened(self, mirror: str) -> Session:
        return Session(
            mirror,
            web=self._web,
            store=self._store,
            bootstrap=self._place.bootstrap,
            now=self._clock(),
        )

    def mirrors(self) -> list[str]:
        """Return the bases to ask, in order: those the signed config names, and those the user named."""
        state = self._store.state
        if not state.seed:  # nobody has answered yet
            return list(self._place.bases)
        named = [
            m for m in ([] if self._place.is_local else self._verified.mirrors()) if _is_safe(m.url)
        ]
        urls = {mirror.url for mirror in named}
        own = [
            b
            for b in self._place.bases
            if b in state.mirrors and state.mirrors[b].milliseconds is not None
        ]
        named += [Mirror(url=base) for base in own or self._place.bases if base not in urls]
        memory = state.mirrors | self._met
        ordered = order_mirrors(
            named, memory=memory, now=self._clock(), region=self._place.region, seed=state.seed
        )
        rest = [base for base in self._place.bases if base not in {m.url for m in ordered}]
        return [*(mirror.url for mirror in ordered), *rest]

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
        self.reasons = []
        for other in tried:
            if other is not session:
                _leave(other)
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
                location=self._place.location,
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
            _leave(session)
        self._session = None

    def _without_answer(self, reasons: list[Reason], known: Callable[[], T]) -> T:
        if any(reason.kind == "wrong" for reason in reasons):
            raise Refused(render_reasons(self._place.location, reasons))
        self.reasons = reasons
        try:
            return known()
        except Unverified as missing:
            if not reasons:
                raise Unavailable(f"{self._place.location}: offline, and {missing}") from missing
            text = render_reasons(self._place.location, reasons)
            family = Refused if any(r.kind == "expired" for r in reasons) else Unavailable
            raise family(text) from missing


def _leave(session: Session | None) -> None:
    if session is not None:
        session.close()


def _is_safe(url: str) -> bool:
    try:
        refuse_unsafe(url)
    except Refused:
        return False
    return True
