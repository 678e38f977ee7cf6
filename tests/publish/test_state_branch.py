"""The `state` branch through real git: several jobs write, nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from devforge.adapters.state import State
from devforge.errors import BadInput, DevForgeError


def git(path: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(path), *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path):
    bare = tmp_path / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    return bare


@pytest.fixture
def state_of(tmp_path, origin):
    """Return a function that opens the branch through a clone of its own."""

    def make(name: str = "clone", **options) -> State:
        clone = tmp_path / name
        if not clone.exists():
            subprocess.run(["git", "init", "-q", str(clone)], check=True)
            git(clone, "remote", "add", "origin", origin.as_uri())
        return State(clone, sleep=lambda _: None, **options)

    return make


def test_an_absent_branch_reads_as_empty_and_the_first_commit_makes_it(state_of, origin):
    state = state_of()
    assert state.fetch() is None
    assert (state.read("reviews/a.json"), state.files()) == (None, {})

    commit = state.commit({"reviews/a.json": b"{}"}, "Note a")

    assert git(origin, "rev-parse", "state") == commit == state.tip
    assert state.read("reviews/a.json") == b"{}"
    assert git(origin, "rev-list", "--count", "state") == "1"


def test_many_files_are_read_by_one_process_also_those_written_meanwhile(state_of):
    others, state = helpers(), state_of()
    state.commit({f"notes/{n}.json": b"x" * n + b"\n" for n in range(300)}, "many")
    assert all(state.read(f"notes/{n}.json") == b"x" * n + b"\n" for n in range(300))
    [helper] = helpers() - others
    state.commit({"notes/0.json": b"new", "empty.json": b""}, "more")

    assert (state.read("notes/0.json"), state.read("empty.json")) == (b"new", b"")
    for absent in ("notes", "notes/400.json", "a\ninfo HEAD", "notes/0.json\n", ""):
        assert state.read(absent) is None
    assert state.read("notes/1.json") == b"x\n"
    assert helpers() - others == {helper}
    del state
    assert helper not in helpers()


def helpers() -> set[str]:
    """The processes that read files for us."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {c for c in children if b"--batch-command" in Path(f"/proc/{c}/cmdline").read_bytes()}


def test_other_files_stay_and_a_repeated_write_makes_no_commit(state_of, origin):
    state_of().commit({"a/x.json": b"1", "a/y.json": b"2"}, "two")
    state = state_of("second")

    first = state.commit({"a/x.json": b"3"}, "one")
    second = state.commit({"a/x.json": b"3"}, "again")

    assert first == second
    assert sorted(state.files()) == ["a/x.json", "a/y.json"]
    assert (state.read("a/x.json"), state.read("a/y.json")) == (b"3", b"2")
    assert git(origin, "rev-list", "--count", "state") == "2"


def test_a_job_that_pushed_first_loses_nothing_to_the_second(state_of, tmp_path, origin):
    slow, fast = state_of("slow"), state_of("fast")
    fast.commit({"seed": b"0"}, "seed")
    # Another job pushes between our look at the branch and our push: the hook is that moment.
    git(tmp_path / "fast", "fetch", "-q", "origin", "state")
    git(tmp_path / "fast", "checkout", "-q", "FETCH_HEAD")
    (tmp_path / "fast" / "fast.json").write_text("f")
    git(tmp_path / "fast", "add", "fast.json")
    git(tmp_path / "fast", "-c", "user.name=f", "-c", "user.email=f@x", "commit", "-qm", "fast")
    hook = tmp_path / "slow/.git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\n[ -e raced ] && exit 0\ntouch raced\n"
        f"unset GIT_DIR\nexec git -C {tmp_path}/fast push -q origin HEAD:refs/heads/state\n"
    )
    hook.chmod(0o755)

    slow.commit({"slow.json": b"s"}, "slow")

    assert sorted(slow.files()) == ["fast.json", "seed", "slow.json"]
    assert git(origin, "rev-list", "--count", "state") == "3"


def test_a_directory_tells_by_its_ids_what_changed(state_of):
    state = state_of()
    state.commit({"releases/acme/a/1.0.0.json": b"1", "releases/acme/b/1.0.0.json": b"1"}, "x")
    before = state.trees("releases/acme")
    state.commit({"releases/acme/b/1.1.0.json": b"2"}, "y")
    after = state.trees("releases/acme")

    assert [p for p in after if after[p] != before[p]] == ["releases/acme/b"]


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a//b", "a b", "a\nb", ".git/config", "a/../b", '"a']
)
def test_an_odd_path_is_refused_before_git_sees_it(state_of, path):
    with pytest.raises(BadInput, match="cannot be a path"):
        state_of().commit({path: b""}, "x")


def test_a_remote_that_is_gone_is_an_error_of_ours_without_the_token(state_of, tmp_path):
    state = state_of(remote=str(tmp_path / "gone.git"), token="s3cret")
    with pytest.raises(DevForgeError) as caught:
        state.fetch()
    assert "s3cret" not in str(caught.value)
    assert "ls-remote" in str(caught.value)


def test_the_token_reaches_git_through_the_environment_alone(state_of):
    state = state_of(token="s3cret")
    listed = state._git("config", "--get", "http.extraHeader").decode()
    assert listed.startswith("Authorization: Basic ")
    assert "s3cret" not in Path(state._repository / ".git/config").read_text()
