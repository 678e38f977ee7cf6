"""The whole road through the real workflow files, twice; and what stays behind when it is stopped."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import github as pygithub
import pytest

from devforge.local import LocalGitHub
from scripts import demo

ROOT = Path(__file__).parents[2]
REGISTRY = demo.REGISTRY
pytestmark = pytest.mark.long


@pytest.mark.timeout(900)
def test_the_road_ends_with_an_installed_extension_and_a_second_run_changes_nothing(
    tmp_path, capsys
):
    code = demo.main(["--offline", "--data", str(tmp_path / "demo")])
    said = capsys.readouterr().out

    assert code == 0
    assert "8 submitted, 6 merged, 0 waiting for a person, 2 refused" in said
    assert "steals" in said
    [installed] = json.loads((tmp_path / "demo/home/installed.json").read_text())["extensions"]
    assert (installed["id"], installed["version"]) == ("acme.word-count", "1.1.0")
    port = int(re.search(r"--port (\d+)", said)[1])
    everything_again_changes_nothing(tmp_path / "demo/github", port)


def everything_again_changes_nothing(data, port):
    """Start every workflow once more: no ref, release, comment or page may differ after."""
    with LocalGitHub(data=data, port=port) as server:
        server.wait_until_idle(timeout=120)
        operator = server.create_token("operator")
        client = pygithub.Github(
            base_url=server.api_url, auth=pygithub.Auth.Token(operator),
            seconds_between_requests=None, seconds_between_writes=None,
        )  # fmt: skip
        registry = client.get_repo(REGISTRY)
        last_submission_was_cheap(server, registry)
        before = everything(server, registry)
        for workflow in ("review.yml", "publish.yml"):
            assert registry.get_workflow(workflow).create_dispatch("main")
            server.wait_until_idle(timeout=300)
        runs = list(registry.get_workflow_runs())[:2]
        assert [run.conclusion for run in runs] == ["success", "success"]
        assert everything(server, registry) == before


def last_submission_was_cheap(server, registry):
    """A known developer's patch: reviewed, merged and published for 15 requests and 4 minutes."""
    runs = [run for run in registry.get_workflow_runs() if run.name in ("review", "publish")]
    last = max(pull.number for pull in registry.get_pulls(state="all"))
    review = next(
        r for r in runs if r.name == "review" and any(j.name == f"try ({last})" for j in r.jobs())
    )
    publish = min((r for r in runs if r.name == "publish" and r.id > review.id), key=lambda r: r.id)
    counts = server.request_counts()
    assert counts[f"run {review.id}"] + counts[f"run {publish.id}"] <= 15, counts
    jobs = [*review.jobs(), *publish.jobs()]
    seconds = sum((job.completed_at - job.started_at).total_seconds() for job in jobs)
    assert seconds <= 240, [(job.name, job.started_at, job.completed_at) for job in jobs]
    billed = [run.timing().billable["UBUNTU"]["total_ms"] // 60_000 for run in (review, publish)]
    assert sum(billed) <= 7, billed  # seven jobs of less than a minute


def everything(server, registry):
    listing = ["git", "ls-remote", f"{server.url}/{REGISTRY}.git"]
    refs = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    releases = {r.tag_name: [(a.name, a.digest) for a in r.assets] for r in registry.get_releases()}
    comments = {
        pull.number: [(comment.id, comment.body) for comment in pull.get_issue_comments()]
        for pull in registry.get_pulls(state="all")
    }
    pages = {
        page: urllib.request.urlopen(f"{server.url}/pages/{REGISTRY}/{page}").read()
        for page in ("index.html", "index/metadata/timestamp.json", "feed.xml")
    }
    return refs, releases, comments, pages


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_leaves_nothing_behind(tmp_path, signal_number):
    data = tmp_path / "demo"
    command = [sys.executable, "scripts/demo.py", "--offline", "--data", str(data)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (data / "github/actions/machines").is_dir() and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(2)
    process.send_signal(signal_number)
    try:
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()

    assert process.returncode == 130
    assert "nothing was left behind" in err
    assert not data.exists()
    assert [args for args in running() if str(data) in args] == []


def running():
    """Return the command line of every process of this machine."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def test_it_never_deletes_a_directory_that_is_not_its_own(tmp_path, capsys):
    (tmp_path / "precious.txt").write_text("mine")

    assert demo.main(["--data", str(tmp_path)]) == 1
    assert "not a demo's" in capsys.readouterr().err
    assert (tmp_path / "precious.txt").read_text() == "mine"
