"""CloudFront's standard logs: a `#Fields` line, then one request a line, divided by tabs. Pure.

Source: Amazon CloudFront Developer Guide, "Standard logging reference".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote

from devforge.analytics.logs.line import (
    LogLine,
    first_byte,
    is_from_cache,
    status_code,
    target,
    whole_number,
)

_NEEDED = ("date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status", "sc-bytes")
_HEADER = "#Fields:"
_TWICE = re.compile(r"%25([0-9A-Fa-f]{2})")


class CloudFront:
    """Reads one file, whose own header says in which order its fields stand."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def read(self, text: str) -> LogLine | None:
        """Return the request that `text` tells of; None for a header. Raises ValueError."""
        if text.startswith("#"):
            if text.startswith(_HEADER):
                self._places = {name: at for at, name in enumerate(text[len(_HEADER) :].split())}
            return None
        fields = text.split("\t")
        missing = [name for name in _NEEDED if name not in self._places]
        if missing:
            raise ValueError(f"no #Fields line before it names {', '.join(missing)}")
        if len(fields) != len(self._places):
            raise ValueError(f"{len(fields)} fields, where #Fields names {len(self._places)}")
        return self._line(fields)

    def _line(self, fields: list[str]) -> LogLine:
        def field(name: str) -> str:
            at = self._places.get(name)
            return "-" if at is None else fields[at]

        status = status_code(field("sc-status"))
        path, _ = target(_encoded_once(field("cs-uri-stem")))
        start = field("sc-range-start")
        return LogLine(
            when=datetime.fromisoformat(f"{field('date')}T{field('time')}").replace(tzinfo=UTC),
            address=field("c-ip"),
            method=field("cs-method"),
            path=path,
            query=_or_empty(_encoded_once(field("cs-uri-query"))),
            status=status,
            bytes=whole_number(field("sc-bytes"), "sc-bytes"),
            agent=_or_empty(unquote(_encoded_once(field("cs(User-Agent)")))),
            first_byte=first_byte(status, f"bytes={start}-"),
            from_cache=is_from_cache(field("x-edge-result-type")),
        )


def _encoded_once(text: str) -> str:
    """Undo what CloudFront encodes of a text that was percent-encoded already."""
    return _TWICE.sub(r"%\1", text) if "%25" in text else text


def _or_empty(text: str) -> str:
    return "" if text == "-" else text
