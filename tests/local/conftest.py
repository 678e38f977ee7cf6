"""People on a local GitHub, seen through unmodified PyGithub and GitPython."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import git
import pytest
from github import Auth, Github

from devforge.local import LocalGitHub


@pytest.fixture
def through(github: LocalGitHub) -> Callable[[str | None], Github]:
    """Return `through(token)`: PyGithub speaking with that token, without its pauses."""

    def client(token: str | None) -> Github:
        return Github(
            base_url=github.api_url,
            auth=None if token is None else Auth.Token(token),
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=0,
        )

    return client


@pytest.fixture
def alice(github, through):
    """Return PyGithub as alice, who owns alice/tool with one commit."""
    account = github.create_account("alice")
    github.create_repository("alice/tool", auto_init=True)
    client = through(account.token)
    client.token = account.token
    return client


@pytest.fixture
def bob(github, through):
    """Return PyGithub as bob, a stranger."""
    account = github.create_account("bob")
    client = through(account.token)
    client.token = account.token
    return client


@pytest.fixture
def tool(alice):
    """Return alice/tool as its owner sees it."""
    return alice.get_repo("alice/tool")


@pytest.fixture
def events(github):
    """Return the list that every event's name and action lands in."""
    seen: list[tuple[str, str | None]] = []
    github.hub.events.subscribe("test", lambda event: seen.append((event.name, event.action)))
    return seen


@pytest.fixture
def cloned(github, tmp_path: Path):
    """Return `cloned(client, name)`: a clone that pushes with the client's token."""

    def clone(client: Github, name: str = "alice/tool", **options: object) -> git.Repo:
        url = github.url.replace("//", f"//x:{client.token}@")
        folder = tmp_path / f"clone-{len(list(tmp_path.glob('clone-*')))}"
        repo = git.Repo.clone_from(f"{url}/{name}.git", folder, **options)
        with repo.config_writer() as config:
            config.set_value("user", "name", "somebody")
            config.set_value("user", "email", "somebody@example.org")
        return repo

    return clone
