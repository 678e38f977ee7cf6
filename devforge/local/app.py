"""The way of a request: find the route, know the sender, answer in GitHub's shape, count it."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import IO

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from devforge.local import ledger, witnesses
from devforge.local.answer import Answer, LostAnswer
from devforge.local.call import Call
from devforge.local.conditional import conditional
from devforge.local.hub import Hub, Interceptor
from devforge.local.permissions import needs_of
from devforge.local.refusals import (
    DOCS,
    ApiRefusal,
    Moved,
    bad_credentials,
    forbidden,
    not_found,
    unanswered,
)
from devforge.local.routes import Route, every_route
from devforge.local.shapes.links import repository_path
from devforge.local.tokens import Token, read_token
from devforge.local.web.refusals import readable
from devforge.local.wire import break_off, parsed, presented_token, spooled, written

_log = logging.getLogger(__name__)
_BY_ID = "/api/v3/repositories/"


@dataclass(slots=True)
class Incoming:
    """A request as it came in. `token` and `route` are None until, or unless, they are known."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    address: str
    upload: IO[bytes] | ApiRefusal
    route: Route | None
    place: dict[str, str]
    token: Token | None = None


class App:
    """Dispatches requests to routes, each in a worker thread."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.routes = hub, every_route()
        self.server: uvicorn.Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request of an ASGI server. Starlette's router is not asked: it knows no newlines."""
        if scope["type"] == "http":
            response = await self._serve(Request(scope, receive))
            await response(scope, receive, send)

    async def _serve(self, request: Request) -> Response:
        raw_path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
        found = self.routes.find(request.method, self._settled(raw_path))
        try:
            upload = await spooled(request, found[0].limit_bytes if found else 0)
        except ClientDisconnect:
            return Response(status_code=400)
        incoming = Incoming(
            method=request.method,
            raw_path=raw_path,
            query=request.url.query,
            headers=request.headers,
            address=request.client.host if request.client else "unknown",
            upload=upload,
            route=found[0] if found else None,
            place=found[1] if found else {},
        )
        try:
            answer = await run_in_threadpool(self.respond, incoming)
        except LostAnswer:
            if self.server is not None:
                break_off(self.server, request)
            return Response(status_code=500)
        response = written(
            answer,
            {
                "X-GitHub-Request-Id": secrets.token_hex(10).upper(),
                "Date": format_datetime(self.hub.clock.now(), usegmt=True),
            },
        )
        witnesses.answered(request.method, self._settled(raw_path), response)
        return response

    def _settled(self, raw_path: str) -> str:
        """Put the name in place of `/repositories/{id}`, where redirects lead."""
        if not raw_path.startswith(_BY_ID):
            return raw_path
        number, _, rest = raw_path.removeprefix(_BY_ID).partition("/")
        known = number.isascii() and number.isdigit() and len(number) < 19
        row = self.hub.store.find("repository", id=int(number)) if known else None
        if row is None or row["deleted_at"]:
            return raw_path
        return f"/api/v3/repos/{repository_path(self.hub, row)}" + (f"/{rest}" if rest else "")

    def respond(self, incoming: Incoming) -> Answer:
        """Return the answer, counted and written down. Raises nothing but LostAnswer."""
        started = time.perf_counter()
        lost: LostAnswer | None = None
        try:
            answer = readable(self._answer(incoming), incoming.raw_path, incoming.headers)
        except LostAnswer as error:
            answer, lost = Answer(status=0), error
        finally:
            if not isinstance(incoming.upload, ApiRefusal):
                incoming.upload.close()  # a program that still reads it has its own descriptor
        answer = conditional(incoming.method, incoming.headers, answer)
        if incoming.route is not None:
            told = ledger.count(self.hub, incoming.route, incoming.token, incoming.address, answer)
            answer.headers = told | answer.headers
        ledger.note(
            self.hub,
            incoming.route,
            incoming.token,
            method=incoming.method,
            path=incoming.raw_path,
            status=answer.status,
            milliseconds=(time.perf_counter() - started) * 1000,
        )
        if lost is not None:
            raise lost
        return answer

    def _answer(self, incoming: Incoming) -> Answer:
        try:
            return self._routed(incoming)
        except ApiRefusal as refusal:
            return Answer(refusal.body, refusal.status, dict(refusal.headers))
        except Moved as moved:
            return self._elsewhere(moved, incoming)
        except LostAnswer:
            raise
        except Exception:
            _log.exception("%s %s failed", incoming.method, incoming.raw_path)
            return Answer({"message": "Server Error", "documentation_url": DOCS}, 500)

    def _routed(self, incoming: Incoming) -> Answer:
        route = incoming.route
        if route is None:
            raise unanswered(incoming.method, incoming.raw_path)
        text = presented_token(incoming.headers.get("authorization"))
        incoming.token = None if text is None else read_token(self.hub.store, text)
        if text is not None and incoming.token is None:
            raise bad_credentials()
        token = incoming.token
        account = None if token is None else self.hub.store.get("account", token.account_id)
        if isinstance(incoming.upload, ApiRefusal):
            raise incoming.upload
        ledger.check_limit(self.hub, route, token, account, incoming.address)
        needs = needs_of(route.name)
        if needs == "person" and token is not None and token.kind == "workflow":
            raise forbidden("Resource not accessible by integration")
        call = Call(
            hub=self.hub,
            route=route,
            needs=needs,
            method=incoming.method,
            path=incoming.raw_path,
            raw_query=incoming.query,
            headers=incoming.headers,
            place=incoming.place,
            address=incoming.address,
            account=account,
            token=token,
            upload=incoming.upload if route.raw else None,
        )
        if not route.raw and incoming.method not in ("GET", "HEAD"):
            call.body = parsed(incoming.upload.read())
        answer = self._intercepted(call)
        if links := call.links:
            answer.headers["Link"] = links
        return answer

    def _intercepted(self, call: Call) -> Answer:
        proceed: Callable[[], Answer] = lambda: call.route.respond(call)  # noqa: E731 - it grows layers
        for interceptor in self.hub.interceptors:
            proceed = _layered(interceptor, call, proceed)
        return proceed()

    def _elsewhere(self, moved: Moved, incoming: Incoming) -> Answer:
        """Answer where a renamed repository is now; a private one is nowhere."""
        row = self.hub.store.get("repository", moved.repository_id)
        if incoming.route is None or row["deleted_at"] or row["private"]:
            return Answer(not_found().body, 404)
        query = f"?{incoming.query}" if incoming.query else ""
        if incoming.route.surface in ("web", "codeload"):
            prefix = "/api/codeload" if incoming.route.surface == "codeload" else ""
            _, _, name, *rest = incoming.raw_path.removeprefix(prefix).split("/", 3)
            suffix = ".git" if name.endswith(".git") else ""
            place = f"{self.hub.url}{prefix}/{repository_path(self.hub, row)}{suffix}"
        else:
            _, _, *rest = incoming.raw_path.partition("/repos/")[2].split("/", 2)
            place = f"{self.hub.api}/repositories/{row['id']}"
        url = "/".join([place, *rest]) + query
        status = 301 if incoming.method in ("GET", "HEAD") else 307
        told = {"message": "Moved Permanently", "url": url, "documentation_url": DOCS}
        return Answer(told, status, {"Location": url})


def _layered(
    interceptor: Interceptor, call: Call, proceed: Callable[[], Answer]
) -> Callable[[], Answer]:
    return lambda: interceptor(call, proceed)
