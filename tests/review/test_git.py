"""Git's objects, read over real HTTP from repositories that mean no good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from building import commit, git

from devforge.adapters.directory import read_directory
from devforge.adapters.git import Objects
from devforge.errors import BadInput, DevForgeError, Unavailable
from devforge.model.names import RepositoryUrl
from devforge.model.policy import Limits

LIMITS = Limits(
    package_bytes=1_000_000,
    file_bytes=100_000,
    files=100,
    manifest_bytes=10_000,
    record_bytes=10_000,
)
ACME = RepositoryUrl("acme", "todo")


@pytest.fixture
def server(github):
    github.create_account("acme")
    github.create_repository("acme/todo")
    return github


@pytest.fixture
def upstream(server) -> Path:
    return server.git_path("acme/todo")


@pytest.fixture
def objects(server, tmp_path):
    with Objects(tmp_path / "here", server.url) as found:
        yield found


def test_a_tree_is_read_as_it_is_and_nothing_is_followed(objects, upstream):
    pinned = commit(
        upstream,
        "refs/heads/main",
        {
            "devforge.yaml": "id: acme.todo\n",
            "run.sh": ("100755", "#!/bin/sh\n"),
            "out": ("120000", "../../etc/passwd"),
            "lib": ("160000", "a" * 40),
            "big.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            b"odd\xffname": "x",
            "inner/a.py": "print()\n",
        },
    )
    objects.fetch(ACME, pinned, depth=1)
    tree = objects.tree(pinned, limits=LIMITS)

    assert {path: file.mode for path, file in tree.files.items()} == {
        "big.bin": "file",
        "devforge.yaml": "file",
        "inner/a.py": "file",
        "lib": "submodule",
        "odd\udcffname": "file",
        "out": "symlink",
        "run.sh": "executable",
    }
    assert tree.files["out"].content == b"../../etc/passwd"
    assert tree.files["lib"].content == b"a" * 40
    assert tree.files["big.bin"].content.startswith(b"version https://git-lfs")
    assert list(objects.tree(pinned, "inner", limits=LIMITS).files) == ["a.py"]


def test_a_commit_that_only_a_fork_or_nobody_holds_is_not_reachable(objects, upstream):
    first = commit(upstream, "refs/heads/main", {"a": "1"})
    second = commit(upstream, "refs/heads/main", {"a": "2"}, parent=first)
    tagged = commit(upstream, "refs/heads/old", {"a": "3"}, parent=first)
    who = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
    git(upstream, *who, "tag", "-a", "-m", "one", "v1", tagged)
    git(upstream, "update-ref", "-d", "refs/heads/old")
    orphan = commit(upstream, "refs/pull/9/head", {"a": "evil"}, parent=first)

    answers = [objects.reachable(ACME, sha) for sha in (first, second, tagged, orphan, "0" * 40)]

    assert answers == [True, True, True, False, False]


def test_a_tag_on_a_single_file_does_not_hide_the_history_of_others(objects, upstream):
    first = commit(upstream, "refs/heads/gone", {"a": "1"})
    commit(upstream, "refs/tags/v1", {"a": "2"}, parent=first)
    git(upstream, "update-ref", "refs/tags/key", git(upstream, "rev-parse", f"{first}:a"))
    git(upstream, "update-ref", "-d", "refs/heads/gone")
    orphan = commit(upstream, "refs/pull/1/head", {"a": "3"}, parent=first)

    assert objects.reachable(ACME, first)
    assert not objects.reachable(ACME, orphan)


def test_an_empty_repository_reaches_nothing(objects, server):
    assert objects.reachable(ACME, "0" * 40) is False


def test_what_is_past_the_limits_is_refused_before_it_is_read(objects, upstream):
    pinned = commit(upstream, "refs/heads/main", {"a": b"x" * 200_000})
    objects.fetch(ACME, pinned, depth=1)

    with pytest.raises(BadInput, match=r"a has 200,000 bytes"):
        objects.tree(pinned, limits=LIMITS)


def test_a_download_that_grows_too_large_is_stopped(objects, upstream):
    pinned = commit(upstream, "refs/heads/main", {"a": os.urandom(3_000_000)})

    with pytest.raises(BadInput, match="brought more than"):
        objects.fetch(ACME, pinned, depth=1, limit_bytes=1 << 20)


HOSTILE = [
    "--upload-pack=touch {marker}",
    "$(touch {marker})",
    "`touch {marker}`",
    "; touch {marker}",
    "ext::sh -c touch% {marker}",
    "main\ntouch {marker}",
    "-c core.sshCommand=touch {marker}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_that_reaches_a_command_is_more_than_data(objects, tmp_path, upstream, text):
    commit(upstream, "refs/heads/main", {"a": "1"})
    marker = tmp_path / "marker"
    hostile = text.format(marker=marker)
    head = commit(upstream, "refs/heads/x", {"a": "1"})
    objects.fetch(ACME, head, depth=1)
    acts = [
        lambda: objects.fetch(ACME, hostile),
        lambda: objects.fetch(RepositoryUrl(hostile, "x"), head),
        lambda: objects.fetch(RepositoryUrl("acme", hostile), head),
        lambda: objects.reachable(ACME, hostile),
        lambda: objects.tree(hostile, limits=LIMITS),
        lambda: objects.tree(head, hostile, limits=LIMITS),
        lambda: objects.merge_trees(hostile, head),
        lambda: objects.resolve(hostile),
        lambda: objects.read(head, hostile) and None,
        lambda: Objects(tmp_path / "other", hostile),
    ]
    refused = 0
    for act in acts:
        try:
            act()
        except DevForgeError:
            refused += 1

    assert not marker.exists()
    assert refused >= 7
    assert objects.read(head, hostile) is None


def test_a_strangers_hooks_and_settings_are_never_run(server, tmp_path, upstream, monkeypatch):
    marker = tmp_path / "marker"
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f"[core]\n\tfsmonitor = touch {marker}\n\thooksPath = {home}\n"
    )
    hook = home / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    monkeypatch.setenv("HOME", str(home))
    pinned = commit(upstream, "refs/heads/main", {"a": "1", ".gitattributes": "* filter=x\n"})
    marker.unlink(missing_ok=True)  # what made the repository above may have run it
    with Objects(tmp_path / "here", server.url) as objects:
        objects.fetch(ACME, f"+{pinned}:refs/heads/x", depth=1)
        objects.tree(pinned, limits=LIMITS)

    assert not marker.exists()


def test_a_repository_that_is_gone_is_the_authors_and_a_dead_server_is_not(
    server, tmp_path, objects
):
    with pytest.raises(BadInput, match="git fetch"):
        objects.fetch(RepositoryUrl("acme", "gone"), "refs/heads/main")
    with (
        Objects(tmp_path / "dead", "http://127.0.0.1:1") as dead,
        pytest.raises(Unavailable, match="git fetch"),
    ):
        dead.fetch(ACME, "refs/heads/main")


def test_only_the_servers_own_protocol_is_spoken(tmp_path, upstream):
    with Objects(tmp_path / "here", "https://github.com") as objects:
        for url in (f"file://{upstream}", str(upstream), "ext::true", "http://127.0.0.1:1/x"):
            with pytest.raises(DevForgeError):
                objects.program.run("fetch", "--quiet", "--end-of-options", url, "HEAD", seconds=10)


def test_a_directory_and_its_commit_are_the_same_tree(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "main", ".")
    (work / "a.py").write_text("print()\n")
    (work / "run").write_text("#!/bin/sh\n")
    (work / "run").chmod(0o755)
    (work / "link").symlink_to("a.py")
    (work / ".gitignore").write_text("*.log\n")
    (work / "x.log").write_text("noise")
    git(work, "add", "-A")
    git(work, "-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "-qm", "x")
    with Objects(work, "https://github.com") as objects:
        committed = objects.tree(objects.resolve("HEAD", "commit"), limits=LIMITS)

    assert read_directory(work, LIMITS).sha256 == committed.sha256
    assert "x.log" not in committed.files


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ({"a.py": "print()\n"}, {"LICENSE": "the whole", "a.py": "print()\n"}),
        ({"COPYING": "its own"}, {"COPYING": "its own"}),
    ],
)
def test_a_directory_without_a_licence_has_its_repositorys_where_it_is_read_and_where_it_is_submitted(
    tmp_path, inside, expected
):
    work = tmp_path / "work"
    package = work / "packages/one"
    package.mkdir(parents=True)
    git(work, "init", "-q", "-b", "main", ".")
    (work / "LICENSE").write_text("the whole")
    (work / "COPYING.link").symlink_to("/etc/passwd")
    (work / "licenses").mkdir()
    (work / "licenses/MIT.txt").write_text("somebody else's")
    (work / "README.md").write_text("all of them")
    for name, text in inside.items():
        (package / name).write_text(text)
    git(work, "add", "-A")
    git(work, "-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "-qm", "x")
    with Objects(work, "https://github.com") as objects:
        head = objects.resolve("HEAD", "commit")
        committed = objects.tree(head, "packages/one", limits=LIMITS)
    here = read_directory(package, LIMITS)

    assert {path: file.text for path, file in committed.files.items()} == expected
    assert {path: file.text for path, file in here.files.items()} == expected
    assert here.sha256 == committed.sha256
    assert committed.lent == expected.keys() - inside.keys()


def test_a_plain_directory_is_read_without_git_and_without_caches(tmp_path):
    for name in ("a.py", "node_modules/x.js", ".venv/y.py", "__pycache__/z.pyc", "sub/b.py"):
        path = tmp_path / "plain" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1\n")

    assert list(read_directory(tmp_path / "plain", LIMITS).files) == ["a.py", "sub/b.py"]
