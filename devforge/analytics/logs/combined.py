"""nginx's and Apache's combined format. Pure.

After its nine fields a line may have others. `cache=` and `range=` are read where they stand outside quotes,
so no header of a stranger's can say them: nginx's `cache=$upstream_cache_status range="$http_range"`, or
Apache's `range="%{Range}i"`.

Source: nginx, ngx_http_log_module (`combined`; `escape=default` writes `"`, `\\` and what is unprintable as
`\\xHH`); Apache, mod_log_config (the same, and C-style for `\\n`, `\\t`, `\\"`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from devforge.analytics.logs.line import (
    LogLine,
    first_byte,
    is_from_cache,
    status_code,
    target,
    whole_number,
)

_QUOTED = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_LINE = re.compile(
    rf"(\S+) \S+ .+? \[([0-9A-Za-z/:+ -]{{20,30}})\] {_QUOTED} (\d{{1,3}}|-) (\d+|-)"
    rf"(?: {_QUOTED} {_QUOTED}(.*))?",
    re.DOTALL,
)
_MORE = re.compile(rf"(?:([a-z]+)=)?(?:{_QUOTED}|(\S++))")
_WHEN = re.compile(
    r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.ASCII
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ESCAPED = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_SHORT = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
_METHOD = re.compile(r"[A-Za-z-]{1,32}")


class Combined:
    """Reads one file."""

    def read(self, text: str) -> LogLine | None:
        """Return the request that `text` tells of; None for an empty line. Raises ValueError."""
        if not text.strip():
            return None
        found = _LINE.fullmatch(text)
        if found is None:
            raise ValueError("is not in the combined format")
        address, when, request, code, sent, _, agent, more = found.groups()
        status = status_code(code)
        method, path, query = _request(_plain(request))
        said = _said(more) if more else {}
        return LogLine(
            when=_moment(when),
            address=address,
            method=method,
            path=path,
            query=query,
            status=status,
            bytes=whole_number(sent, "the number of bytes"),
            agent="" if agent in (None, "-") else _plain(agent),
            first_byte=first_byte(status, said.get("range", "")),
            from_cache=is_from_cache(said.get("cache", "")),
        )


def _request(text: str) -> tuple[str, str, str]:
    """Return method, path and query; all empty for what was no request, such as TLS on a plain port."""
    method, _, rest = text.partition(" ")
    if not _METHOD.fullmatch(method) or not rest:
        return "", "", ""
    where, space, protocol = rest.rpartition(" ")
    path, query = target(where if space and protocol.startswith("HTTP/") else rest)
    return method, path, query


def _said(more: str) -> dict[str, str]:
    """What stands after the nine fields as `name=value`; what a quoted text contains says nothing."""
    return {
        name: _plain(quoted or bare) for name, quoted, bare in _MORE.findall(more) if name
    }  # fmt: skip


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime:
    found = _WHEN.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        raise ValueError("its time is not in the combined format")
    zone = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    day, year, hour, minute, second = (int(found[at]) for at in (1, 3, 4, 5, 6))
    month = _MONTHS.index(found[2]) + 1
    local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(zone))
    return local.astimezone(UTC)


def _plain(text: str) -> str:
    """Undo the server's escapes."""
    if "\\" not in text:
        return text
    plain = _ESCAPED.sub(
        lambda m: bytes([int(m[1], 16)]) if m[1] else _SHORT.get(m[2], m[2]),
        text.encode("utf-8", "surrogatepass"),
    )
    return plain.decode("utf-8", "replace")
