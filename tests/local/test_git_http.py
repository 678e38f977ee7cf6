"""Real git against the local GitHub: clone, fetch, push."""

from __future__ import annotations

import subprocess
from pathlib import Path

import git
import pytest


def commit(repo: git.Repo, name: str, text: str) -> str:
    path = Path(repo.working_dir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    repo.index.add([name])
    return repo.index.commit(f"change {name}").hexsha


def test_a_push_arrives_and_is_announced(tool, alice, cloned, events, github):
    repo = cloned(alice)
    sha = commit(repo, "a.txt", "one\n")
    repo.remote().push("main").raise_if_error()
    github.wait_until_idle()

    assert tool.get_branch("main").commit.sha == sha
    assert tool.get_contents("a.txt").decoded_content == b"one\n"
    assert events == [("push", None)]


def test_a_new_branch_and_its_deletion_are_announced(alice, cloned, events, github, tool):
    repo = cloned(alice)
    repo.create_head("topic").checkout()
    commit(repo, "a.txt", "one\n")
    repo.remote().push("topic").raise_if_error()
    repo.remote().push(":topic").raise_if_error()
    github.wait_until_idle()

    assert [name for name, _ in events] == ["create", "push", "delete", "push"]
    assert [branch.name for branch in tool.get_branches()] == ["main"]


def test_a_stranger_reads_but_does_not_push(bob, tool, cloned, github):
    repo = cloned(bob)
    commit(repo, "a.txt", "one\n")

    with pytest.raises(git.GitCommandError, match="403"):
        repo.remote().push("main").raise_if_error()
    assert tool.get_commits().totalCount == 1


def test_a_private_repository_is_not_there_for_a_stranger(github, bob, alice, cloned):
    github.create_repository("alice/secret", private=True, auto_init=True)

    with pytest.raises(git.GitCommandError, match=r"not found|404"):
        cloned(bob, "alice/secret")
    assert cloned(alice, "alice/secret").head.commit.message == "Initial commit"


def test_nobody_pushes_to_a_pull_request_s_ref(alice, cloned):
    repo = cloned(alice)
    commit(repo, "a.txt", "one\n")

    with pytest.raises(git.GitCommandError, match="hidden ref"):
        repo.git.push("origin", "main:refs/pull/1/head")


def test_a_fetch_may_be_shallow_blobless_and_of_any_commit(alice, cloned, tool, github, tmp_path):
    first = tool.get_branch("main").commit.sha
    tool.create_file("a.txt", "add", "one\n")
    shallow = cloned(alice, depth=1)
    blobless = cloned(alice, multi_options=["--filter=blob:none", "--no-checkout"])

    assert len(list(shallow.iter_commits())) == 1
    missing = blobless.git.rev_list("--objects", "--all", "--missing=print")
    assert "?" in missing
    shallow.git.fetch("--depth=1", "origin", first)
    assert shallow.commit("FETCH_HEAD").hexsha == first


def test_git_follows_a_renamed_repository(alice, cloned, github):
    repo = cloned(alice)
    github.rename_repository("alice/tool", "toolbox")
    sha = commit(repo, "a.txt", "one\n")
    repo.remote().push("main").raise_if_error()

    assert alice.get_repo("alice/toolbox").get_branch("main").commit.sha == sha


def test_the_first_branch_pushed_becomes_the_default(alice, github, tmp_path):
    github.create_repository("alice/fresh")
    repo = git.Repo.init(tmp_path / "fresh", initial_branch="trunk")
    with repo.config_writer() as config:
        config.set_value("user", "name", "alice")
        config.set_value("user", "email", "alice@example.org")
    commit(repo, "a.txt", "one\n")
    url = github.url.replace("//", f"//x:{alice.token}@") + "/alice/fresh.git"
    repo.create_remote("origin", url).push("trunk").raise_if_error()

    assert alice.get_repo("alice/fresh").default_branch == "trunk"


def test_a_token_without_contents_does_not_push(github, alice, cloned, through):
    repo = cloned(alice)
    weak = github.create_token("alice", {"contents": "read"})
    repo.remote().set_url(repo.remote().url.replace(alice.token, weak))
    commit(repo, "a.txt", "one\n")

    with pytest.raises(git.GitCommandError, match="403"):
        repo.remote().push("main").raise_if_error()


def test_large_pushes_and_many_files_arrive_whole(alice, cloned, tool):
    repo = cloned(alice)
    folder = Path(repo.working_dir)
    for number in range(300):
        (folder / f"f{number}.txt").write_text(f"{number}\n" * 50)
    (folder / "big.bin").write_bytes(bytes(range(256)) * 20_000)
    repo.git.add(".")
    repo.index.commit("many")
    repo.remote().push("main").raise_if_error()

    tree = tool.get_git_tree("main", recursive=True)
    assert len(tree.tree) == 302
    check = subprocess.run(
        ["git", "fsck", "--strict"], cwd=folder, capture_output=True, check=False
    )
    assert check.returncode == 0
