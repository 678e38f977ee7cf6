"""Conditional requests: ETag and Last-Modified on what is read, 304 for who has it already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from devforge.local.answer import Answer
from devforge.local.clock import moment
from devforge.local.wire import encoded


def conditional(method: str, asked: Mapping[str, str], answer: Answer) -> Answer:
    """Return the answer with its validators; without its body where the caller has that already."""
    if method not in ("GET", "HEAD") or answer.status != 200 or answer.content is not None:
        return answer
    body = encoded(answer.json)
    seed = body + answer.headers.get("Link", "").encode()
    etag = f'"{hashlib.sha256(seed).hexdigest()}"'
    headers = answer.headers | {
        "ETag": f"W/{etag}",
        "Cache-Control": "private, max-age=60, s-maxage=60",
        "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding",
    }
    if (changed := _last_modified(answer.json)) is not None:
        headers["Last-Modified"] = changed
    if _is_known(asked, etag, changed):
        return Answer(status=304, headers=headers, content=b"")
    return Answer(None, 200, headers, body, answer.media_type)


def _last_modified(json_body: Any) -> str | None:
    stamped = json_body.get("updated_at") if isinstance(json_body, dict) else None
    if not isinstance(stamped, str):
        return None
    try:
        return format_datetime(moment(stamped), usegmt=True)
    except ValueError:
        return None


def _is_known(asked: Mapping[str, str], etag: str, changed: str | None) -> bool:
    """If-None-Match decides where it is given; only without it does If-Modified-Since."""
    wanted = asked.get("if-none-match")
    if wanted is not None:
        return etag in [each.strip().removeprefix("W/") for each in wanted.split(",")]
    return changed is not None and asked.get("if-modified-since") == changed
