"""What a route gives back: JSON, bytes, a file or a stream, with its status and headers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Answer:
    """An answer before it is written out. `json` is used unless `content` is given."""

    json: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | Path | Iterable[bytes] | None = None
    media_type: str = "application/json; charset=utf-8"


def created(json: Any) -> Answer:
    """Answer 201 with what was made, and where it is."""
    place = json.get("url") if isinstance(json, dict) else None
    return Answer(json, status=201, headers={"Location": place} if place else {})


def empty(status: int = 204) -> Answer:
    """Answer without a body."""
    return Answer(status=status, content=b"")


def redirect(url: str, status: int = 302) -> Answer:
    """Send the caller to `url`."""
    return Answer(status=status, headers={"Location": url}, content=b"")


class LostAnswer(Exception):
    """What was asked for happened, but the connection breaks before the answer is written."""
