"""For whoever wants to see all that a local GitHub says: every answer and every event, as it was told.

Lists of this module, not of a server: who listens here hears every server of this process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import FileResponse, Response, StreamingResponse


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as it went out; `path` is undecoded, `body` empty for files and streams."""

    method: str
    path: str
    status: int
    media_type: str
    body: bytes


answer_witnesses: list[Callable[[Answered], None]] = []
event_witnesses: list[Callable[[str, dict[str, Any]], None]] = []


def answered(method: str, path: str, response: Response) -> None:
    """Tell who listens what was answered."""
    if not answer_witnesses or isinstance(response, FileResponse | StreamingResponse):
        return
    media_type = response.headers.get("content-type", "")
    told = Answered(method, path, response.status_code, media_type, bytes(response.body))
    for witness in answer_witnesses:
        witness(told)


def happened(event: str, payload: dict[str, Any]) -> None:
    """Tell who listens what was announced."""
    for witness in event_witnesses:
        witness(event, payload)
