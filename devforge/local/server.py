"""A local GitHub that runs: its socket, its thread, and what a program may do to it directly."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from devforge.errors import BadInput, Refused, Unavailable
from devforge.local import ledger, services
from devforge.local.accounts import (
    account_named,
    create_account,
    delete_account,
    rename_account,
    seed,
)
from devforge.local.app import App
from devforge.local.faults import Faults
from devforge.local.git.changes import repair
from devforge.local.hub import Actor, Hub
from devforge.local.repositories import (
    create_repository,
    delete_repository,
    first_commit,
    rename_repository,
)
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.taking import take_directory, take_port
from devforge.local.tokens import create_personal_token


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its maker sees it; `token` is a personal token with every permission."""

    login: str
    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as its maker sees it."""

    full_name: str
    id: int


class LocalGitHub:
    """GitHub on a loopback port, served from a thread of this process while the `with` block lasts."""

    def __init__(self, data: Path, *, port: int = 0) -> None:
        self._lock = take_directory(data)
        try:
            self._socket = take_port(port)
        except Refused:
            self._lock.close()
            raise
        self.hub = Hub(data, f"http://127.0.0.1:{self._socket.getsockname()[1]}")
        seed(self.hub)
        services.attach(self.hub)
        self.app = App(self.hub)
        config = uvicorn.Config(
            self.app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,  # the app says its own clock's
            timeout_graceful_shutdown=3,
            timeout_keep_alive=30,
        )
        self.server = uvicorn.Server(config)
        self.app.server = self.server
        self._thread = threading.Thread(target=self._serve, name="local-github", daemon=True)

    def __enter__(self) -> Self:
        repair(self.hub)
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise Unavailable(f"{self.url} did not start to serve within 30 seconds")
            time.sleep(0.002)
        self.hub.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and let go of the data directory. Answers under way are finished."""
        self.server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        self.hub.stop()
        self._socket.close()
        self._lock.close()

    def _serve(self) -> None:
        self.server.run(sockets=[self._socket])

    @property
    def faults(self) -> Faults:
        """Return the switches for bad days."""
        return self.hub.faults

    # Where things are ------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Return the server's address: `GITHUB_SERVER_URL`."""
        return self.hub.url

    @property
    def api_url(self) -> str:
        """Return the REST root: `GITHUB_API_URL`, and PyGithub's `base_url`."""
        return self.hub.api

    @property
    def graphql_url(self) -> str:
        """Return the GraphQL address: `GITHUB_GRAPHQL_URL`."""
        return f"{self.url}/api/graphql"

    def git_path(self, full_name: str) -> Path:
        """Return the bare repository on disk."""
        return self.hub.git.path(self._repository(full_name)["id"])

    # Accounts and repositories -----------------------------------------------------------------

    def create_account(self, login: str, *, organization: bool = False) -> Account:
        """Make an account with a personal token."""
        row = create_account(self.hub, login, kind="Organization" if organization else "User")
        return Account(row["login"], row["id"], create_personal_token(self.hub.store, row["id"]))

    def create_token(self, login: str, permissions: Mapping[str, str] | None = None) -> str:
        """Make another personal token; with `permissions`, a fine-grained one."""
        return create_personal_token(self.hub.store, self._account(login)["id"], permissions)

    def rename_account(self, login: str, new_login: str) -> None:
        """Rename an account; its old login is free at once."""
        rename_account(self.hub, self._account(login), new_login)

    def delete_account(self, login: str) -> None:
        """Delete an account with its repositories; its login is free at once."""
        delete_account(self.hub, self._account(login))

    def create_repository(
        self, full_name: str, *, private: bool = False, auto_init: bool = False, **settings: Any
    ) -> Repository:
        """Make a repository, empty unless `auto_init` commits a README to it."""
        login, _, name = full_name.partition("/")
        owner = self._account(login)
        actor = Actor(owner)
        row = create_repository(
            self.hub, owner, name, actor=actor, private=private, settings=settings
        )
        if auto_init:
            first_commit(self.hub, row, actor, {"README.md": f"# {name}\n".encode()})
        return Repository(repository_path(self.hub, row), row["id"])

    def rename_repository(self, full_name: str, new_name: str) -> None:
        """Rename a repository; the old name redirects until it is taken."""
        rename_repository(self.hub, self._repository(full_name), new_name)

    def delete_repository(self, full_name: str) -> None:
        """Delete a repository."""
        delete_repository(self.hub, self._repository(full_name))

    def _account(self, login: str) -> Row:
        row = account_named(self.hub, login)
        if row is None:
            raise BadInput(f"{self.url} has no account {login!r}; make it with create_account")
        return row

    def _repository(self, full_name: str) -> Row:
        login, _, name = full_name.partition("/")
        row = self.hub.store.one(
            "SELECT r.* FROM repository r JOIN account a ON a.id = r.owner_id"
            " WHERE a.login = ? AND r.name = ? AND r.deleted_at IS NULL",
            login,
            name,
        )
        if row is None:
            raise BadInput(
                f"{self.url} has no repository {full_name!r}; make it with create_repository"
            )
        return row

    # Time and work ---------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Return the server's own time."""
        return self.hub.clock.now()

    def advance(self, **span: float) -> None:
        """Move the clock forward, e.g. `advance(hours=2)`; what fell due meanwhile starts."""
        self.hub.clock.advance(timedelta(**span))

    def wait_until_idle(self, timeout: float = 120) -> None:
        """Return when no event is undelivered and nothing runs. Raises Unavailable after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not self.hub.idle:
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.url} was still at work after {timeout:g} seconds")
            time.sleep(0.01)

    def request_counts(self) -> dict[str, int]:
        """Return how many API requests were made: by kind of token, and by workflow run as `run 7`."""
        return ledger.counts(self.hub)
