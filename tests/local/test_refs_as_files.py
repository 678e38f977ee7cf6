"""Refs are read without git where files tell, and say what git says."""

from __future__ import annotations

import pytest

from devforge.local.git.repositories import ZERO

NAMES = ("refs/heads/main", "refs/heads/deep/er/topic", "refs/tags/v1", "refs/pull/7/head")
PREFIXES = ((), ("refs/heads",), ("refs/heads/deep",), ("refs/heads/main",), ("refs/heads/ma",))


@pytest.fixture
def stored(github, tool):
    """Return the id of a repository with refs of every kind, and the commit of most of them."""
    commit = tool.get_branch("main").commit.sha
    github.hub.git.update_refs(tool.id, dict.fromkeys(NAMES[1:], (ZERO, commit)))
    github.hub.git.run(tool.id, "tag", "-a", "-m", "It is out", "v2", commit)
    return tool.id, commit


def _by_git(github, id: int, *prefixes: str) -> dict[str, str]:
    said = github.hub.git.run(id, "for-each-ref", "--format=%(refname) %(objectname)", *prefixes)
    return dict(line.split(" ") for line in said.decode().splitlines())


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_every_ref_is_told_as_git_tells_it(github, stored, packed):
    id, _ = stored
    if packed:
        github.hub.git.run(id, "pack-refs", "--all")

    for prefixes in PREFIXES:
        told = github.hub.git.refs(id, *prefixes)
        assert list(told.items()) == list(_by_git(github, id, *prefixes).items())
    assert set(NAMES) < set(github.hub.git.refs(id))


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_names_lead_where_git_leads_them(github, stored, packed):
    id, commit = stored
    if packed:
        github.hub.git.run(id, "pack-refs", "--all")
    leads = {name: github.hub.git.resolve(id, name) for name in (
        "main", "HEAD", "v1", "v2", "deep/er/topic", *NAMES, commit, commit[:9], commit.upper(),
        "deep", "deep/er", "/main", "main/x", "refs/heads", "refs", "nobody", ZERO, "../HEAD",
    )}  # fmt: skip

    assert [name for name, found in leads.items() if found == commit] == [
        "main", "HEAD", "v1", "v2", "deep/er/topic", *NAMES, commit, commit[:9], commit.upper(),
    ]  # fmt: skip
    assert {found for found in leads.values() if found != commit} == {None}
    tree = github.hub.git.run(id, "rev-parse", f"{commit}^{{tree}}").decode().strip()
    assert github.hub.git.resolve(id, "v2", kind="tree") == tree


def test_what_moves_after_it_was_packed_is_seen_where_it_is_now(github, stored, tool):
    id, commit = stored
    github.hub.git.run(id, "pack-refs", "--all")
    made = tool.create_file("a.txt", "add", "one\n", branch="main")["commit"].sha
    tool.get_git_ref("tags/v1").delete()

    assert github.hub.git.resolve(id, "main") == made != commit
    assert github.hub.git.resolve(id, "v1") is None
