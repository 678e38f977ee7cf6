"""The way of a request: find the route, know the sender, count it, answer in GitHub's shape."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import format_datetime
from pathlib import Path
from typing import IO, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route as StarletteRoute

from devforge.local import witnesses
from devforge.local.answer import Answer, LostAnswer
from devforge.local.call import Call
from devforge.local.clock import moment
from devforge.local.hub import Hub, Interceptor
from devforge.local.limits import Allowance
from devforge.local.permissions import needs_of
from devforge.local.refusals import DOCS, ApiRefusal, Moved, bad_credentials, forbidden, not_found
from devforge.local.routes import Route, Routes
from devforge.local.shapes.links import repository_path
from devforge.local.tokens import Token, read_token

_log = logging.getLogger(__name__)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_SPOOL_BYTES = 1_000_000
_UNMETERED = ("web", "control", "codeload")


class App:
    """Dispatches requests to routes. Every public method runs in a worker thread."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.routes = hub, Routes()
        self.asgi = Starlette(
            routes=[StarletteRoute("/{path:path}", self._serve, methods=_METHODS)]
        )

    async def _serve(self, request: Request) -> Response:
        raw_path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
        found = self.routes.find(request.method, self._settled(raw_path))
        try:
            upload = await _spooled(request, found[0].limit_bytes if found else 0)
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            answer, headers = await run_in_threadpool(
                self.respond, request, raw_path, found, upload
            )
        except LostAnswer:
            _break_off(request)
            return Response(status_code=500)
        response = _written(answer, headers)
        witnesses.answered(request.method, self._settled(raw_path), response)
        return response

    def _settled(self, raw_path: str) -> str:
        """Put the name in place of `/repositories/{id}`, where redirects lead."""
        prefix = "/api/v3/repositories/"
        if not raw_path.startswith(prefix):
            return raw_path
        number, _, rest = raw_path.removeprefix(prefix).partition("/")
        row = self.hub.store.find("repository", id=int(number)) if number.isdigit() else None
        if row is None or row["deleted_at"]:
            return raw_path
        return f"/api/v3/repos/{repository_path(self.hub, row)}" + (f"/{rest}" if rest else "")

    def respond(
        self,
        request: Request,
        raw_path: str,
        found: tuple[Route, dict[str, str]] | None,
        upload: IO[bytes] | ApiRefusal,
    ) -> tuple[Answer, dict[str, str]]:
        """Return the answer and the headers beside it; never raises but for a lost answer."""
        started = time.perf_counter()
        address = request.client.host if request.client else "unknown"
        token: Token | None = None
        headers: dict[str, str] = {"X-GitHub-Request-Id": secrets.token_hex(10).upper()}
        answer = Answer()
        lost: LostAnswer | None = None
        try:
            if found is None:
                raise not_found()
            route, place = found
            token = self._token(request)
            call = Call(
                hub=self.hub,
                route=route,
                needs=needs_of(route.name),
                method=request.method,
                path=raw_path,
                raw_query=request.url.query,
                headers=request.headers,
                place=place,
                address=address,
                token=token,
                account=self.hub.store.get("account", token.account_id) if token else None,
            )
            answer = self._answer(call, upload)
        except LostAnswer as error:
            lost = error
        except ApiRefusal as refusal:
            answer = Answer(refusal.body, refusal.status, dict(refusal.headers))
        except Moved as moved:
            answer = self._moved(moved, request, found)
        except Exception:
            _log.exception("%s %s failed", request.method, raw_path)
            answer = Answer({"message": "Server Error", "documentation_url": DOCS}, 500)
        finally:
            if not isinstance(upload, ApiRefusal):  # a program that reads it has its own descriptor
                upload.close()
        answer = _conditional(request, answer, headers)
        self._count(request, found, token, address, answer, headers)
        self._note(request, raw_path, found, token, 0 if lost else answer.status, started)
        if lost is not None:
            raise lost
        return answer, headers

    def _token(self, request: Request) -> Token | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        scheme, _, text = header.strip().partition(" ")
        if scheme.lower() == "basic":
            text = _password(text)
        token = read_token(self.hub.store, text.strip())
        if token is None:
            raise bad_credentials()
        return token

    def _answer(self, call: Call, upload: IO[bytes] | ApiRefusal) -> Answer:
        if isinstance(upload, ApiRefusal):
            raise upload
        if call.route.surface not in _UNMETERED:
            allowance = self.hub.limits.allowance(call.token, call.address, _resource(call.route))
            if allowance.remaining == 0 and call.route.template != "/rate_limit":
                raise _exhausted(call, allowance)
        if call.needs == "person" and call.token is not None and call.token.kind == "workflow":
            raise forbidden("Resource not accessible by integration")
        if call.route.raw:
            call.upload = upload
        elif call.method not in ("GET", "HEAD"):
            call.body = _parsed(upload.read())

        def respond() -> Answer:
            return call.route.respond(call)

        proceed: Callable[[], Answer] = respond
        for interceptor in self.hub.interceptors:
            proceed = _wrapped(interceptor, call, proceed)
        answer = proceed()
        if links := call.links:
            answer.headers["Link"] = links
        return answer

    def _moved(
        self, moved: Moved, request: Request, found: tuple[Route, dict[str, str]] | None
    ) -> Answer:
        row = self.hub.store.get("repository", moved.repository_id)
        if found is None or row["deleted_at"] or row["private"]:
            return Answer(not_found().body, 404)
        route, place = found
        query = f"?{request.url.query}" if request.url.query else ""
        if route.surface == "web":
            path = request.scope["raw_path"].decode("latin-1").split("/", 3)[3:]
            tail = "/" + path[0] if path else ""
            suffix = ".git" if place["repo"].endswith(".git") or ".git/" in request.url.path else ""
            url = f"{self.hub.url}/{repository_path(self.hub, row)}{suffix}{tail}{query}"
        else:
            tail = request.scope["raw_path"].decode("latin-1").split("/repos/", 1)[-1].split("/", 2)
            rest = f"/{tail[2]}" if len(tail) > 2 else ""
            url = f"{self.hub.api}/repositories/{row['id']}{rest}{query}"
        status = 301 if request.method in ("GET", "HEAD") else 307
        told = {"message": "Moved Permanently", "url": url, "documentation_url": DOCS}
        return Answer(told, status, {"Location": url})

    def _count(
        self,
        request: Request,
        found: tuple[Route, dict[str, str]] | None,
        token: Token | None,
        address: str,
        answer: Answer,
        headers: dict[str, str],
    ) -> None:
        if found is None or found[0].surface in _UNMETERED:
            return
        resource = _resource(found[0])
        free = answer.status == 304 and token is not None
        free = free or found[0].template == "/rate_limit"
        counted = self.hub.limits.allowance if free else self.hub.limits.use
        headers.update(counted(token, address, resource).headers)
        headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        if token is not None and token.kind == "personal":
            headers["X-OAuth-Scopes"] = "repo, workflow"
        if (needs := needs_of(found[0].name)) not in ("none", "person"):
            headers.setdefault(
                "X-Accepted-GitHub-Permissions", "; ".join(needs.replace(":", "=").split("|"))
            )

    def _note(
        self,
        request: Request,
        raw_path: str,
        found: tuple[Route, dict[str, str]] | None,
        token: Token | None,
        status: int,
        started: float,
    ) -> None:
        if found is not None and found[0].surface == "control":
            return
        self.hub.store.insert(
            "request",
            at=self.hub.clock.stamp(),
            token_kind="anonymous" if token is None else token.kind,
            token_id=None if token is None else token.id,
            run_id=None if token is None else token.run_id,
            method=request.method,
            route=found[0].name if found else "unknown",
            path=raw_path,
            status=status,
            milliseconds=round((time.perf_counter() - started) * 1000, 2),
        )


def _wrapped(
    interceptor: Interceptor, call: Call, proceed: Callable[[], Answer]
) -> Callable[[], Answer]:
    return lambda: interceptor(call, proceed)


async def _spooled(request: Request, limit_bytes: int) -> IO[bytes] | ApiRefusal:
    """Read the body to the end, into memory while small; above the limit return the refusal."""
    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - the route closes it
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if limit_bytes and size <= limit_bytes:
            spool.write(chunk)
    if limit_bytes and size > limit_bytes:
        spool.close()
        return ApiRefusal(413, f"Request body is too large: at most {limit_bytes} bytes are taken")
    spool.seek(0)
    return spool


def _parsed(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ApiRefusal(400, "Problems parsing JSON") from error
    if isinstance(parsed, list):
        return {"": parsed}
    if not isinstance(parsed, dict):
        raise ApiRefusal(400, "Body should be a JSON object")
    return parsed


def _password(text: str) -> str:
    try:
        user, _, password = base64.b64decode(text).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return user if password in ("", "x-oauth-basic") else password


def _resource(route: Route) -> str:
    return "search" if route.template.startswith("/search/") else "core"


def _exhausted(call: Call, allowance: Allowance) -> ApiRefusal:
    if call.account is None:
        who = call.address
        advice = " (But here's the good news: Authenticated requests get a higher rate limit.)"
    else:
        who, advice = f"user ID {call.account['id']}", ""
    return ApiRefusal(
        403,
        f"API rate limit exceeded for {who}.{advice}",
        headers=dict(allowance.headers),
        documentation_url=f"{DOCS}/overview/resources-in-the-rest-api#rate-limiting",
    )


def _conditional(request: Request, answer: Answer, headers: dict[str, str]) -> Answer:
    """Add ETag and Last-Modified to a JSON answer; make it 304 where the caller has it already."""
    if request.method not in ("GET", "HEAD") or answer.status != 200 or answer.content is not None:
        return answer
    body = _encoded(answer)
    seed = body + answer.headers.get("Link", "").encode()
    headers["ETag"] = f'W/"{hashlib.sha256(seed).hexdigest()}"'
    headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    headers["Vary"] = "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding"
    changed = answer.json.get("updated_at") if isinstance(answer.json, Mapping) else None
    if changed:
        headers["Last-Modified"] = format_datetime(moment(changed), usegmt=True)
    wanted = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    if wanted is not None:
        same = headers["ETag"].removeprefix("W/") in [
            each.strip().removeprefix("W/") for each in wanted.split(",")
        ]
    else:
        same = since is not None and since == headers.get("Last-Modified")
    if same:
        return Answer(status=304, headers=answer.headers, content=b"")
    return Answer(None, 200, answer.headers, body, answer.media_type)


def _encoded(answer: Answer) -> bytes:
    return json.dumps(answer.json, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def _written(answer: Answer, headers: Mapping[str, str]) -> Response:
    every = {**headers, **answer.headers}
    if answer.content is None:
        return Response(_encoded(answer), answer.status, every, answer.media_type)
    if isinstance(answer.content, bytes):
        media_type = answer.media_type if answer.content else None
        return Response(answer.content, answer.status, every, media_type)
    if isinstance(answer.content, Path):
        return FileResponse(answer.content, answer.status, every, answer.media_type)
    stream: Iterable[bytes] = answer.content
    return StreamingResponse(stream, answer.status, every, answer.media_type)


def _break_off(request: Request) -> None:
    """Close the connection under the request, so that its sender never learns what happened."""
    server = request.app.state.server
    for connection in list(server.server_state.connections):
        if getattr(connection, "client", None) == tuple(request.scope["client"]):
            connection.transport.abort()
