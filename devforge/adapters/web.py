"""Speaks HTTP to whoever answers, and lets nobody keep us: caps on time and redirects.

Answers are strangers' bytes; whoever asked caps their length and verifies them.

Source: attack table B4: endless and slow answers, redirects without end.
"""

from __future__ import annotations

import contextlib
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import BadStatusLine

import urllib3

from devforge import __version__
from devforge.adapters.web_addresses import proxy_for, redirected, refuse_unsafe
from devforge.adapters.web_answer import Answer
from devforge.adapters.web_cutting import Clock, Handles, pools
from devforge.errors import Refused, Unavailable
from devforge.model.plaintext import shorten

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one answer may take, and how often it may send us elsewhere."""

    connect_seconds: float = 10.0
    idle_seconds: float = 15.0
    total_seconds: float = 60.0
    redirects: int = 5


class Web:
    """One client's connections, used by one thread at a time."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._handles = Handles()
        self._managers: dict[str, urllib3.PoolManager] = {}

    @contextlib.contextmanager
    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, total_seconds: float = 0
    ) -> Iterator[Answer]:
        """Ask for `url` and follow it to where it lies; the answer may have any status.

        Raises:
            Unavailable: no answer, a broken or a slow one.
            Refused: a redirect to somewhere less safe, or one too many.
        """
        handled = sys.exc_info()[1]  # what whoever asks is dealing with is not why nobody answers
        clock = Clock(total_seconds or self.patience.total_seconds, self._handles)
        try:
            answer = self._followed(url, headers or {})
            try:
                yield answer
                answer.leave()
            except BaseException:
                answer.drop()
                raise
            if clock.verdict:  # cut short, a body without a length looks whole
                raise Unavailable(f"GET {url}: {clock.verdict}")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(f"GET {url}: {clock.verdict or _reason(error, handled)}") from error
        finally:
            clock.stop()

    def close(self) -> None:
        """Close every connection."""
        for manager in self._managers.values():
            manager.clear()
        self._handles.forget_retired()

    def _followed(self, url: str, headers: Mapping[str, str]) -> Answer:
        asked = url
        refuse_unsafe(url)
        for _ in range(self.patience.redirects + 1):
            answer = self._asked(url, headers)
            where = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or where is None:
                return answer
            answer.leave()
            url = redirected(url, where)
        raise Refused(f"GET {asked}: more than {self.patience.redirects} redirects")

    def _asked(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer; a connection kept from before may be dead, which costs one more try."""
        had = self._handles.count
        try:
            return self._once(url, headers)
        except urllib3.exceptions.ProtocolError as error:
            if not had or not isinstance(error.__cause__ or error.args[-1], ConnectionError):
                raise
            return self._once(url, headers)

    def _once(self, url: str, headers: Mapping[str, str]) -> Answer:
        begun = time.monotonic()
        patience = self.patience
        response = self._manager(url).request(
            "GET",
            url,
            headers={"User-Agent": f"devforge/{__version__}", **headers},
            preload_content=False,
            redirect=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=patience.connect_seconds, read=patience.idle_seconds),
            retries=False,
        )
        return Answer(url, response, time.monotonic() - begun)

    def _manager(self, url: str) -> urllib3.PoolManager:
        proxy = proxy_for(url)
        if proxy not in self._managers:
            made = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
            made.pool_classes_by_scheme = pools(self._handles)
            self._managers[proxy] = made
        return self._managers[proxy]


def _reason(error: Exception, handled: BaseException | None) -> str:
    """Return what went wrong underneath, without the pool and the retries around it.

    `handled` went wrong before, elsewhere.
    """
    cause: BaseException = getattr(error, "reason", None) or error
    while (below := cause.__cause__ or cause.__context__) not in (None, handled):
        cause = below
    if "IncompleteRead" in type(cause).__name__:
        return "the answer broke off"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({shorten(cause.verify_message, 200)})"
    if isinstance(cause, BadStatusLine | ValueError) and not isinstance(cause, OSError):
        return "what answers does not speak HTTP"
    text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return f"no answer ({shorten(text, 200)})"
