"""Repositories and the Git database through PyGithub."""

from __future__ import annotations

import base64
import io
import subprocess
import tarfile
import zipfile

import pytest
import requests
from github import GithubException, InputGitTreeElement, UnknownObjectException


def test_a_file_is_written_changed_and_deleted_with_its_blob_named(tool):
    made = tool.create_file("docs/a.md", "add", "one\n")
    assert tool.get_contents("docs/a.md").decoded_content == b"one\n"

    changed = tool.update_file("docs/a.md", "change", "two\n", made["content"].sha)
    for stale in (made["content"].sha, "0" * 40):
        with pytest.raises(GithubException) as refused:
            tool.update_file("docs/a.md", "lost update", "three\n", stale)
        assert refused.value.status == 409

    tool.delete_file("docs/a.md", "remove", changed["content"].sha)
    with pytest.raises(UnknownObjectException):
        tool.get_contents("docs/a.md")
    assert [c.commit.message for c in tool.get_commits()] == [
        "remove",
        "change",
        "add",
        "Initial commit",
    ]


def test_a_directory_lists_its_entries(tool):
    tool.create_file("docs/a.md", "add", "one\n")
    tool.create_file("docs/b/c.md", "add", "two\n")

    assert [(e.type, e.path) for e in tool.get_contents("docs")] == [
        ("file", "docs/a.md"),
        ("dir", "docs/b"),
    ]
    assert {e.path for e in tool.get_contents("")} == {"README.md", "docs"}


@pytest.mark.parametrize("path", ["../x", "a/../../x", ".git/config", "a//b", "a/.GIT/x"])
def test_a_path_that_leaves_the_tree_is_refused(tool, alice, github, path):
    url = f"{github.api_url}/repos/alice/tool/contents/{path.replace('..', '%2E%2E')}"
    body = {"message": "m", "content": base64.b64encode(b"x").decode()}
    answer = requests.put(
        url, json=body, headers={"Authorization": f"Bearer {alice.token}"}, timeout=10
    )

    assert answer.status_code in (404, 422)
    assert tool.get_commits().totalCount == 1


@pytest.mark.parametrize(
    "name", ["ä ö.txt", "a\nb.txt", "x'\"$(id).txt", "日本.md", "-rf", "a;b", ":(glob)*", "a%2Fb"]
)
def test_odd_file_names_survive(tool, name):
    tool.create_file(f"odd/{name}", "add", "content\n")

    [entry] = tool.get_contents("odd")
    assert entry.name == name
    assert tool.get_contents(f"odd/{name}").decoded_content == b"content\n"
    tool.update_file(f"odd/{name}", "change", "more\n", entry.sha)
    names = {each.path for each in tool.get_git_tree("main", recursive=True).tree}
    assert f"odd/{name}" in names


def test_commits_are_built_from_blobs_and_trees(tool):
    blob = tool.create_git_blob(base64.b64encode(b"\0binary").decode(), "base64")
    base = tool.get_git_tree("main")
    tree = tool.create_git_tree(
        [
            InputGitTreeElement("bin/x", "100755", "blob", sha=blob.sha),
            InputGitTreeElement("text", "100644", "blob", content="hello\n"),
        ],
        base,
    )
    parent = tool.get_git_commit(tool.get_branch("main").commit.sha)
    commit = tool.create_git_commit("by hand", tree, [parent])
    tool.get_git_ref("heads/main").edit(commit.sha)

    assert tool.get_branch("main").commit.sha == commit.sha
    assert base64.b64decode(tool.get_git_blob(blob.sha).content) == b"\0binary"
    modes = {e.path: e.mode for e in tool.get_git_tree("main", recursive=True).tree}
    assert modes == {"README.md": "100644", "bin": "040000", "bin/x": "100755", "text": "100644"}


def test_a_ref_moves_forward_only_unless_forced(tool):
    old = tool.get_branch("main").commit.sha
    tool.create_file("a", "a", "a")
    ref = tool.get_git_ref("heads/main")
    with pytest.raises(GithubException) as refused:
        ref.edit(old)
    assert refused.value.status == 422

    ref.edit(old, force=True)
    assert tool.get_branch("main").commit.sha == old


@pytest.mark.parametrize(
    "name",
    [
        "heads/x",
        "refs/heads/",
        "refs/heads/a..b",
        "refs/heads/a b",
        "refs/heads/a\nb",
        "refs/pull/9/head",
        "refs/heads/x.lock",
    ],
)
def test_a_ref_that_git_would_not_take_is_refused(tool, name):
    with pytest.raises(GithubException) as refused:
        tool.create_git_ref(name, tool.get_branch("main").commit.sha)
    assert refused.value.status == 422


def test_an_annotated_tag_is_made_and_read(tool):
    sha = tool.get_branch("main").commit.sha
    tag = tool.create_git_tag("v1", "First", sha, "commit")
    tool.create_git_ref("refs/tags/v1", tag.sha)

    assert tool.get_git_tag(tag.sha).message.strip() == "First"
    assert [(t.name, t.commit.sha) for t in tool.get_tags()] == [("v1", sha)]


def test_two_commits_are_compared(tool):
    before = tool.get_branch("main").commit.sha
    tool.create_file("a.txt", "add", "one\ntwo\n")
    tool.update_file("README.md", "change", "# other\n", tool.get_contents("README.md").sha)
    seen = tool.compare(before, "main")

    assert (seen.status, seen.ahead_by, seen.behind_by, seen.total_commits) == ("ahead", 2, 0, 2)
    assert {(f.filename, f.status) for f in seen.files} == {
        ("a.txt", "added"),
        ("README.md", "modified"),
    }
    assert tool.compare("main", before).status == "behind"
    assert tool.compare("main", "main").status == "identical"


def test_archives_hold_the_tree_and_are_the_same_each_time(tool):
    tool.create_file("src/x.py", "add", "print()\n")
    link = tool.get_archive_link("tarball", "main")
    first, second = (requests.get(link, timeout=10).content for _ in range(2))

    assert first == second
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        assert any(name.endswith("/src/x.py") for name in archive.getnames())
    zipped = requests.get(tool.get_archive_link("zipball", "main"), timeout=10).content
    assert zipfile.ZipFile(io.BytesIO(zipped)).testzip() is None


def test_a_raw_file_is_downloaded_without_the_api(tool):
    tool.create_file("src/x.py", "add", "print()\n")
    url = tool.get_contents("src/x.py").download_url

    assert requests.get(url, timeout=10).text == "print()\n"


def test_a_fork_knows_its_parent_and_shares_its_commits(bob, tool, cloned, alice):
    fork = bob.get_repo("alice/tool").create_fork()
    mine = fork.create_file("mine.txt", "add", "mine\n")["commit"].sha

    assert (fork.full_name, fork.parent.full_name, fork.source.full_name) == (
        "bob/tool",
        "alice/tool",
        "alice/tool",
    )
    assert bob.get_repo("alice/tool").create_fork().id == fork.id
    assert [f.full_name for f in tool.get_forks()] == ["bob/tool"]
    assert tool.get_commit(mine).sha == mine
    assert mine not in [c.sha for c in tool.get_commits()]


def test_a_fork_outlives_its_parent(bob, tool, cloned):
    fork = bob.get_repo("alice/tool").create_fork()
    tool.delete()
    fork.create_file("mine.txt", "add", "mine\n")
    repo = cloned(bob, "bob/tool")

    done = subprocess.run(["git", "fsck"], cwd=repo.working_dir, capture_output=True, check=False)
    assert done.returncode == 0


def test_a_repository_is_renamed_and_its_number_stays(tool, alice):
    number = tool.id
    tool.edit(name="toolbox")

    assert alice.get_repo("alice/tool").id == number
    assert alice.get_repo("alice/tool").full_name == "alice/toolbox"
    assert alice.get_repo(number).full_name == "alice/toolbox"


def test_a_deleted_name_can_be_taken_by_another_repository(tool, alice, github):
    number = tool.id
    tool.delete()
    with pytest.raises(UnknownObjectException):
        alice.get_repo("alice/tool")

    assert github.create_repository("alice/tool").id != number
    with pytest.raises(UnknownObjectException):
        alice.get_repo(number).full_name  # noqa: B018 - reading it asks the server


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a b", "x.git", "", "é", "a\nb"])
def test_a_repository_s_name_is_checked(alice, name):
    with pytest.raises(GithubException) as refused:
        alice.get_user().create_repo(name)
    assert refused.value.status == 422


def test_a_statuses_newest_word_counts(tool):
    commit = tool.get_commit("main")
    commit.create_status("pending", context="devforge/review")
    assert commit.get_combined_status().state == "pending"
    commit.create_status("success", context="devforge/review", description="merge")
    assert commit.get_combined_status().state == "success"
    commit.create_status("failure", context="other")

    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("failure", 2)
    assert [s.state for s in commit.get_statuses()] == ["failure", "success", "pending"]
    with pytest.raises(GithubException) as refused:
        commit.create_status("great")
    assert refused.value.status == 422


def test_collaborators_get_roles(tool, bob, alice):
    tool.add_to_collaborators("bob", "push")

    assert tool.get_collaborator_permission("bob") == "write"
    assert tool.has_in_collaborators("bob")
    bob.get_repo("alice/tool").create_file("b.txt", "by bob", "b\n")
    tool.remove_from_collaborators("bob")
    assert not tool.has_in_collaborators("bob")
    with pytest.raises(GithubException) as refused:
        bob.get_repo("alice/tool").create_file("c.txt", "by bob", "c\n")
    assert refused.value.status == 403


def test_topics_are_replaced(tool):
    tool.replace_topics(["devforge", "registry"])

    assert tool.get_topics() == ["devforge", "registry"]
