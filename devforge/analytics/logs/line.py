"""One request as an access log tells it, whoever wrote the log. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

_DIGITS = 18
_FIRST_BYTE = re.compile(r"bytes[ =](\d{1,18})-")
# What says that a cache answered without asking the origin, in the words of CloudFront's
# x-edge-result-type, Cloudflare's CacheCacheStatus and nginx's $upstream_cache_status. Whoever had to ask
# whether it still holds (RefreshHit, revalidated) saved bytes and no request: that counts as a miss.
_FROM_CACHE = frozenset({"hit", "originshieldhit", "stale", "updating", "stream_hit"})
_NOT_SAID = frozenset({"", "-", "unknown", "none"})


class LogLine(NamedTuple):
    """One request and its answer. Every text in it is a stranger's."""

    when: datetime  # UTC
    address: str  # the client's: personal data, to be told apart by and never kept
    method: str  # empty where what was sent was no request
    path: str  # percent-encoding undone once; without the query
    query: str  # as it was sent
    status: int  # 0: the client was gone before there was one
    bytes: int  # sent, headers included where the log counts them
    agent: str  # the User-Agent; empty without one
    first_byte: (
        int | None
    )  # where the answer's content begins; None: a part, and the log does not say which
    from_cache: bool | None  # None: the log does not say


class Unreadable(NamedTuple):
    """A line that could not be read; `number` counts from 1."""

    number: int
    problem: str


def whole_number(text: str, what: str) -> int:
    """Return a count as logs write it; `-` is 0. Raises ValueError."""
    if text == "-":
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise ValueError(f"{what} is no number")
    return int(text)


def status_code(text: str) -> int:
    """Return a status; `-` and `000`, of a client that had gone, are 0. Raises ValueError."""
    status = whole_number(text, "the status")
    if status and not 100 <= status <= 999:
        raise ValueError("the status is none of HTTP")
    return status


def is_from_cache(word: str) -> bool | None:
    """Return whether a cache answered, from its own word for it; None: it did not say."""
    plain = word.lower().removeprefix("cache ")
    return None if plain in _NOT_SAID else plain in _FROM_CACHE


def first_byte(status: int, *ranges: str) -> int | None:
    """Return where an answer begins, from its Content-Range or the Range that was asked for."""
    if status != 206:
        return 0
    found = next((match for text in ranges if (match := _FIRST_BYTE.match(text))), None)
    return int(found[1]) if found else None


def target(text: str) -> tuple[str, str]:
    """Return the path, decoded once, and the query of a request's target."""
    if not text.startswith("/"):
        text = re.sub(r"^https?://[^/?]*", "", text, flags=re.IGNORECASE)
    path, _, query = text.partition("?")
    return (unquote(path) if "%" in path else path), query
