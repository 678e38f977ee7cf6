"""Git's smart HTTP: clone, fetch and push at /{owner}/{repo}.git."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, cast

from devforge.local.access import check_repository, resolve
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.changes import changing
from devforge.local.git.http import Reply, ask_backend
from devforge.local.git.push import (
    commands_of,
    forward_only_refs,
    hooks_refusing,
    refused_refs,
)
from devforge.local.git.workflow_files import is_bound
from devforge.local.refusals import ApiRefusal, forbidden, not_found
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row

_PUSH_LIMIT_BYTES = 2_000_000_000
_FETCH_LIMIT_BYTES = 50_000_000  # a list of all the commits a clone has already
_SERVICES = {"git-upload-pack": "contents:read", "git-receive-pack": "contents:write"}


@route("GET", "/{owner}/{repo}/info/refs", surface="web", raw=True)
def advertise_refs(call: Call) -> Answer:
    """Answer with the refs a clone, fetch or push starts from."""
    service = call.query.get("service", "")
    if service not in _SERVICES:
        raise forbidden("Please upgrade your git client: only the smart HTTP protocol is served.")
    repository = _repository(call, service)
    if service == "git-upload-pack" and call.headers.get("git-protocol") == "version=2":
        # It names no ref, only what git can do: the same for every repository of ours.
        status, headers, body = call.hub.git.kept(
            ("capabilities",), lambda: _whole(_ask(call, repository, "/info/refs"))
        )
        return _streamed(Reply(status, headers, iter([body])))
    return _streamed(_ask(call, repository, "/info/refs"))


@route(
    "POST",
    "/{owner}/{repo}/git-upload-pack",
    surface="web",
    raw=True,
    limit_bytes=_FETCH_LIMIT_BYTES,
)
def upload_pack(call: Call) -> Answer:
    """Send objects to a clone or fetch."""
    return _streamed(_ask(call, _repository(call, "git-upload-pack"), "/git-upload-pack"))


@route(
    "POST",
    "/{owner}/{repo}/git-receive-pack",
    surface="web",
    raw=True,
    limit_bytes=_PUSH_LIMIT_BYTES,
)
def receive_pack(call: Call) -> Answer:
    """Take a push: refs move as far as the rules allow, and everything that follows is announced."""
    repository = _repository(call, "git-receive-pack")
    actor = call.actor
    body = cast("IO[bytes]", call.upload)
    commands = commands_of(body, gzipped=call.headers.get("content-encoding") == "gzip")
    with changing(call.hub, repository, actor):
        denied = refused_refs(call.hub, repository, commands, actor)
        forward_only = forward_only_refs(call.hub, repository, commands, actor)
        with hooks_refusing(denied, forward_only, keep_workflows=is_bound(actor)) as hooks:
            reply = ask_backend(
                call.hub.git.path(repository["id"]),
                method="POST",
                service_path="/git-receive-pack",
                query="",
                headers=call.headers,
                body=body,
                login=str(actor.account["login"]),
                hooks=hooks,
            )
            told = b"".join(reply.body)
    return Answer(status=reply.status, headers=dict(reply.headers), content=told)


def _ask(call: Call, repository: Row, path: str) -> Reply:
    return ask_backend(
        call.hub.git.path(repository["id"]),
        method=call.method,
        service_path=path,
        query=call.raw_query,
        headers=call.headers,
        body=cast("IO[bytes]", call.upload),
        login=None if call.account is None else str(call.account["login"]),
    )


def _whole(reply: Reply) -> tuple[int, Mapping[str, str], bytes]:
    return reply.status, reply.headers, b"".join(reply.body)


def _streamed(reply: Reply) -> Answer:
    headers = {name: value for name, value in reply.headers.items() if name != "Content-Type"}
    media_type = reply.headers.get("Content-Type", "text/plain")
    return Answer(status=reply.status, headers=headers, content=reply.body, media_type=media_type)


def _repository(call: Call, service: str) -> Row:
    """Return the repository, if the caller may use this service of it.

    A stranger is asked for credentials wherever credentials might help, as GitHub does.
    """
    name = call.place["repo"].removesuffix(".git")
    account_id = None if call.account is None else int(call.account["id"])
    pushing = service == "git-receive-pack"
    try:
        row = resolve(call.hub, call.place["owner"], name)
        check_repository(call.hub, row, account_id, call.token, "read", "none")
    except ApiRefusal as refusal:
        raise _challenge() if call.account is None else refusal from None
    if pushing and call.account is None:
        raise _challenge()
    if pushing or row["private"]:
        _check_rights(call, row, service)
    if pushing and row["archived"]:
        raise forbidden("This repository was archived so it is read-only.")
    return row


def _check_rights(call: Call, row: Row, service: str) -> None:
    role = "write" if service == "git-receive-pack" else "read"
    account_id = None if call.account is None else int(call.account["id"])
    try:
        check_repository(call.hub, row, account_id, call.token, role, _SERVICES[service])
    except ApiRefusal as refusal:
        if refusal.status == not_found().status:
            raise
        login = "nobody" if call.account is None else call.account["login"]
        path = repository_path(call.hub, row)
        raise forbidden(f"Permission to {path}.git denied to {login}.") from refusal


def _challenge() -> ApiRefusal:
    headers = {"WWW-Authenticate": 'Basic realm="GitHub"'}
    return ApiRefusal(401, "Requires authentication", headers=headers)
