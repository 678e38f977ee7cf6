"""Starting, stopping, being killed and going on: `devforge local up` as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests
from github import Auth, Github

from devforge.errors import BadInput, Refused
from devforge.local import LocalGitHub

SERVE = "import sys; from pathlib import Path; from devforge.local.serve import serve; serve(Path(sys.argv[1]), 0, lambda text: print(text, flush=True))"


@contextmanager
def server(data):
    """Run a server of its own process; give (process, what it printed)."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(data)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    printed = ""
    while not printed.endswith("/_local\n"):
        line = process.stdout.readline()
        assert line, f"the server stopped after: {printed}"
        printed += line
    try:
        yield process, printed
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=20)
        process.stdout.close()


def operator(printed: str) -> Github:
    base = re.search(r'base_url="([^"]+)"', printed)[1]
    token = re.search(r'Token\("([^"]+)"\)', printed)[1]
    return Github(
        base_url=base, auth=Auth.Token(token), seconds_between_requests=0, seconds_between_writes=0
    )


def test_a_killed_server_goes_on_where_it_was(tmp_path):
    with server(tmp_path) as (process, printed):
        hub = operator(printed)
        hub.get_user().create_repo("hello", auto_init=True)
        repository = hub.get_repo("operator/hello")
        repository.create_issue("Remember me")
        sha = repository.create_file("a.txt", "add", "one\n")["commit"].sha
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)

    with server(tmp_path) as (process, again):
        repository = operator(again).get_repo("operator/hello")
        assert repository.get_branch("main").commit.sha == sha
        assert [i.title for i in repository.get_issues()] == ["Remember me"]
        assert repository.create_issue("Next").number == 2
        assert re.search(r"127.0.0.1:(\d+)", again)[1] == re.search(r"127.0.0.1:(\d+)", printed)[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == "stopping\nstopped\n"


# What a signal does that came a moment before the wait began: it wakes another than who waits.
UNHEARD = """
import signal, sys, threading, time
from pathlib import Path
from devforge.local.serve import serve

def end():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

def announce(text):
    print(text.splitlines()[0], flush=True)
    if text.startswith("GitHub is at"):
        threading.Thread(target=end).start()

serve(Path(sys.argv[1]), 0, announce)
"""


def test_a_signal_that_wakes_nobody_ends_the_server_all_the_same(tmp_path):
    ended = subprocess.run([sys.executable, "-c", UNHEARD, tmp_path], stdout=subprocess.PIPE, text=True,
                           timeout=60, check=True)  # fmt: skip

    assert ended.stdout.splitlines()[1:] == ["stopping", "stopped"]


def test_refs_that_moved_before_a_kill_are_announced_after_it(tmp_path):
    with LocalGitHub(tmp_path) as gh:
        gh.create_account("alice")
        repository = gh.create_repository("alice/tool", auto_init=True)
        refs = gh.hub.git.refs(repository.id, "refs/heads")
        owner = gh.hub.store.find("account", login="alice")["id"]
        # What a process leaves that is killed between git's work and its own.
        gh.hub.store.insert("ref_change", repository_id=repository.id, actor_id=owner,
                            refs_before="{}", created_at=gh.hub.clock.stamp())  # fmt: skip
        (gh.git_path("alice/tool") / "refs/heads/main.lock").touch()
        last = gh.hub.store.value("SELECT max(id) FROM event")

    with LocalGitHub(tmp_path) as gh:
        told = gh.hub.store.all("SELECT name, payload FROM event WHERE id > ?", last)
        assert [row["name"] for row in told] == ["create", "push"]
        assert refs["refs/heads/main"] in told[1]["payload"]
        assert gh.hub.store.all("SELECT * FROM ref_change") == []
        assert not (gh.git_path("alice/tool") / "refs/heads/main.lock").exists()


def test_a_squash_cut_off_after_the_base_moved_is_still_a_merge(tmp_path):
    with LocalGitHub(tmp_path) as gh:
        account = gh.create_account("alice")
        gh.create_repository("alice/tool", auto_init=True)
        client = Github(base_url=gh.api_url, auth=Auth.Token(account.token),
                        seconds_between_requests=0, seconds_between_writes=0)  # fmt: skip
        tool = client.get_repo("alice/tool")
        base = tool.get_branch("main").commit.sha
        tool.create_git_ref("refs/heads/topic", base)
        head = tool.create_file("a", "a", "a", branch="topic")["commit"]
        pull = tool.create_pull(title="T", head="topic", base="main")
        hub, path = gh.hub, gh.git_path("alice/tool")
        squash = subprocess.run(
            ["git", "--git-dir", path, "-c", "user.name=x", "-c", "user.email=x@example.org",
             "commit-tree", f"{head.sha}^{{tree}}", "-p", base, "-m", "T (#1)"],
            capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
        hub.store.run("UPDATE pull SET intended_merge = ? WHERE number = 1", squash)
        hub.store.insert("ref_change", repository_id=tool.id, actor_id=account.id,
                         refs_before=f'{{"refs/heads/main":"{base}","refs/heads/topic":"{head.sha}"}}',
                         created_at=hub.clock.stamp())  # fmt: skip
        subprocess.run(
            ["git", "--git-dir", path, "update-ref", "refs/heads/main", squash], check=True
        )
        assert not pull.merged

    with LocalGitHub(tmp_path) as gh:
        row = gh.hub.store.find("pull", number=1)
        assert (row["merged"], row["merge_commit_sha"]) == (1, squash)


def test_deliveries_left_by_a_kill_are_made_by_the_next_process(tmp_path):
    with LocalGitHub(tmp_path) as gh:
        account = gh.create_account("alice")
        gh.hub.events.stop()
        gh.hub.events.subscribe("listener", lambda event: None)
        gh.create_repository("alice/tool")
        assert account.id

    seen = []
    restarted = LocalGitHub(tmp_path)
    restarted.hub.events.subscribe("listener", lambda event: seen.append(event.name))
    with restarted:
        restarted.wait_until_idle(timeout=20)
    assert seen == ["repository"]


def test_one_directory_has_one_server(tmp_path):
    with LocalGitHub(tmp_path), pytest.raises(Refused, match=f"in use by process {os.getpid()}"):
        LocalGitHub(tmp_path)
    with LocalGitHub(tmp_path) as again:
        assert again.url


def test_a_port_in_use_is_refused_in_words(tmp_path):
    with LocalGitHub(tmp_path / "one") as gh:
        port = int(gh.url.rpartition(":")[2])
        with pytest.raises(Refused, match=f"port {port} of 127.0.0.1 cannot be used"):
            LocalGitHub(tmp_path / "two", port=port)


def test_the_controls_ask_for_the_admin_token(github):
    url = f"{github.url}/_local/accounts"
    assert requests.post(url, json={"login": "eve"}, timeout=10).status_code == 403

    headers = {"X-Local-Admin": github.hub.admin_token}
    made = requests.post(url, json={"login": "eve"}, headers=headers, timeout=10)
    assert made.status_code == 201
    body = {"full_name": "eve/tool", "auto_init": True}
    repository = requests.post(
        f"{github.url}/_local/repositories", json=body, headers=headers, timeout=10
    ).json()
    assert repository["clone_url"] == f"{github.url}/eve/tool.git"
    before = github.now
    requests.post(f"{github.url}/_local/clock", json={"hours": 2}, headers=headers, timeout=10)
    assert (github.now - before).total_seconds() >= 7200
    idle = requests.get(f"{github.url}/_local/idle?timeout=20", headers=headers, timeout=30)
    assert idle.json() == {"idle": True}


def test_an_unknown_name_is_refused_with_the_way_to_make_it(github):
    with pytest.raises(BadInput, match="make it with create_account"):
        github.create_repository("nobody/tool")
    with pytest.raises(BadInput, match="make it with create_repository"):
        github.git_path("nobody/tool")


def test_the_clock_only_goes_forward(github):
    with pytest.raises(ValueError, match="cannot go back"):
        github.advance(hours=-1)


def test_a_data_directory_that_cannot_be_is_said_so(tmp_path):
    (tmp_path / "file").write_text("not a directory")

    with pytest.raises(BadInput, match="cannot hold a server's data"):
        LocalGitHub(tmp_path / "file")


def test_what_the_local_github_does_not_have_is_not_said_to_be_missing(github):
    url = f"{github.api_url}/repos/alice/tool/traffic/clones"
    answer = requests.get(url, timeout=10)

    assert answer.status_code == 404
    assert answer.json()["message"].startswith(
        "A local GitHub has no GET /repos/alice/tool/traffic/clones;"
    )
