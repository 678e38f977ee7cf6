"""Cloudflare's Logpush of HTTP requests: a JSON object a line. Pure.

Source: Cloudflare's documentation, "HTTP requests" (zone-scoped datasets), "Log output options" for how
time is written, "Custom fields" for the headers, "ClientRequestSource field" for who asked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, ValidationError

from devforge.analytics.logs.line import LogLine, first_byte, is_from_cache, status_code, target
from devforge.model.base import Foreign

_Number = Annotated[int, Field(ge=0, lt=10**18)]
# The first power of ten that is no longer seconds, and no longer milliseconds, of any day to come.
_SECONDS_BELOW, _MILLISECONDS_BELOW = 10**11, 10**14
_NO_TIME = 10**20


class _Headers(Foreign):
    range: str = ""
    content_range: Annotated[str, Field(alias="content-range")] = ""


class _Request(Foreign):
    start: Annotated[int | str | None, Field(alias="EdgeStartTimestamp")] = None
    end: Annotated[int | str | None, Field(alias="EdgeEndTimestamp")] = None
    address: Annotated[str, Field(alias="ClientIP")] = ""
    method: Annotated[str, Field(alias="ClientRequestMethod")] = "GET"
    uri: Annotated[str, Field(alias="ClientRequestURI")] = ""
    path: Annotated[str, Field(alias="ClientRequestPath")] = ""
    status: Annotated[_Number, Field(alias="EdgeResponseStatus")]
    bytes: Annotated[_Number, Field(alias="EdgeResponseBytes")] = 0
    agent: Annotated[str, Field(alias="ClientRequestUserAgent")] = ""
    cache: Annotated[str, Field(alias="CacheCacheStatus")] = ""
    source: Annotated[str, Field(alias="ClientRequestSource")] = "eyeball"
    is_of_a_worker: Annotated[bool, Field(alias="WorkerSubrequest")] = False
    asked: Annotated[_Headers, Field(alias="RequestHeaders")] = _Headers()
    answered: Annotated[_Headers, Field(alias="ResponseHeaders")] = _Headers()


class Cloudflare:
    """Reads one file."""

    def read(self, text: str) -> LogLine | None:
        """Return the request that `text` tells of; None where no client asked. Raises ValueError."""
        if text.isspace() or not text:
            return None
        try:
            found = _Request.model_validate_json(text)
        except ValidationError as error:
            raise ValueError(_first(error)) from error
        if found.is_of_a_worker or found.source not in ("", "eyeball"):
            return None
        return _line(found)


def _line(found: _Request) -> LogLine:
    uri = found.uri or found.path
    if not uri:
        raise ValueError("neither ClientRequestURI nor ClientRequestPath")
    path, query = target(uri)
    status = status_code(str(found.status))
    return LogLine(
        when=_moment(found.start if found.start is not None else found.end),
        address=found.address,
        method=found.method,
        path=path,
        query=query,
        status=status,
        bytes=found.bytes,
        agent=found.agent,
        first_byte=first_byte(status, found.answered.content_range, found.asked.range),
        from_cache=is_from_cache(found.cache),
    )


def _moment(value: int | str | None) -> datetime:
    """Read RFC 3339, or a number of seconds, milliseconds or nanoseconds since 1970."""
    if value is None:
        raise ValueError("neither EdgeStartTimestamp nor EdgeEndTimestamp")
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 20):
        when = datetime.fromisoformat(value)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    number = int(value)
    if number >= _NO_TIME:
        raise ValueError("EdgeStartTimestamp is no time")
    for below, unit in ((_SECONDS_BELOW, 1), (_MILLISECONDS_BELOW, 1000)):
        if number < below:
            return datetime.fromtimestamp(number // unit, UTC)
    return datetime.fromtimestamp(number // 10**9, UTC)


def _first(error: ValidationError) -> str:
    """Say what is wrong without repeating what was there, which is a stranger's."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"][:1])
    if problem["type"] == "json_invalid":
        return "is no JSON"
    return f"{place}: {problem['type']}" if place else f"is no JSON object ({problem['type']})"
