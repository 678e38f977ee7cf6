"""Between Starlette and us: bodies read with a cap, answers written out, connections broken off."""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import uvicorn
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from devforge.local.answer import Answer
from devforge.local.refusals import ApiRefusal

_SPOOL_BYTES = 1_000_000


async def spooled(request: Request, limit_bytes: int) -> IO[bytes] | ApiRefusal:
    """Read the body to its end, into memory while small; above the limit return the refusal."""
    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - closed with the call
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit_bytes:
            spool.write(chunk)
    if limit_bytes and size > limit_bytes:
        spool.close()
        return ApiRefusal(413, f"Request body is too large: at most {limit_bytes} bytes are taken")
    spool.seek(0)
    return spool


def parsed(body: bytes) -> dict[str, Any]:
    """Return a JSON body's fields; a bare list is the field `""`. Raises the 400 of bad JSON."""
    if not body.strip():
        return {}
    try:
        read = json.loads(body)
        if b"\\u" in body:
            json.dumps(read, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise ApiRefusal(400, "Problems parsing JSON") from error
    if isinstance(read, list):
        return {"": read}
    if not isinstance(read, dict):
        raise ApiRefusal(400, "Body should be a JSON object")
    return read


def from_base64(text: str) -> bytes:
    """Return the bytes of `text`, which may be broken into lines. Raises 422 for anything else."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise ApiRefusal(422, "content is not valid Base64") from error


def presented_token(authorization: str | None) -> str | None:
    """Return the token in an Authorization header, be it Basic, Bearer or `token`; None without one."""
    if authorization is None:
        return None
    scheme, _, text = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return text.strip()
    try:
        user, _, password = base64.b64decode(text).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return user if password in ("", "x-oauth-basic") else password


def encoded(json_body: Any) -> bytes:
    """Return JSON as bytes; what is not Unicode in a file's name becomes `?`."""
    text = json.dumps(json_body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def written(answer: Answer, headers: Mapping[str, str]) -> Response:
    """Return an answer as Starlette sends it."""
    every = {**headers, **answer.headers}
    if answer.content is None:
        return Response(encoded(answer.json), answer.status, every, answer.media_type)
    if isinstance(answer.content, bytes):
        media_type = answer.media_type if answer.content else None
        return Response(answer.content, answer.status, every, media_type)
    if isinstance(answer.content, Path):
        return FileResponse(answer.content, answer.status, every, answer.media_type)
    stream: Iterable[bytes] = answer.content
    return StreamingResponse(stream, answer.status, every, answer.media_type)


def break_off(server: uvicorn.Server, request: Request) -> None:
    """Close the connection under a request, so that its sender never learns what happened."""
    client = request.client
    for connection in list(server.server_state.connections):
        if client is not None and getattr(connection, "client", None) == tuple(client):
            connection.transport.abort()
