"""A server that was killed goes on: what ran is lost and said to be, what waited runs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from workshop import Workshop

from devforge.local import LocalGitHub

SERVER = """
import sys, time
from pathlib import Path
from devforge.local import LocalGitHub
sys.path[:0] = sys.argv[2:]
from workshop import Workshop
with LocalGitHub(data=Path(sys.argv[1]) / "data") as gh:
    shop = Workshop(gh, Path(sys.argv[1]))
    shop.push({"test.yml": '''
        on: push
        jobs:
          slow: {runs-on: x, steps: [{run: "echo $$ > SCRATCH/pid; sleep 289"}]}
          after: {needs: slow, if: failure(), runs-on: x, steps: [{run: echo noticed}]}
        '''.replace("SCRATCH", sys.argv[1])})
    time.sleep(60)
"""


def test_a_killed_server_reports_its_jobs_lost_and_goes_on(tmp_path):
    tests = str(Path(__file__).parent)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path), tests])
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
            assert server.poll() is None, "the server ended by itself"
            assert time.monotonic() < deadline, "the job never began"
            time.sleep(0.02)
        step = int((tmp_path / "pid").read_text())
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait(timeout=10)

    with LocalGitHub(data=tmp_path / "data") as gh:
        gh.wait_until_idle(timeout=30)
        run = gh.hub.store.find("workflow_run", event="push")
        rows = gh.hub.store.all("SELECT * FROM workflow_job ORDER BY id")
        living = gh.hub.store.value(
            "SELECT count(*) FROM token WHERE kind = 'workflow' AND revoked_at IS NULL"
        )
    assert run["conclusion"] == "failure"
    assert [(row["key"], row["conclusion"]) for row in rows] == [
        ("slow", "failure"),
        ("after", "success"),
    ]
    assert "lost communication" in rows[0]["annotations"]
    assert living == 0
    status = Path(f"/proc/{step}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()


def test_a_run_that_waited_is_not_begun_twice(tmp_path):
    with LocalGitHub(data=tmp_path / "data") as gh:
        shop = Workshop(gh, tmp_path)
        shop.push({"test.yml": "{on: push, jobs: {one: {runs-on: x, steps: [{run: 'true'}]}}}"})
    with LocalGitHub(data=tmp_path / "data") as gh:
        gh.wait_until_idle(timeout=30)
        rows = gh.hub.store.all("SELECT * FROM workflow_run")

    assert len(rows) == 1


def test_stopping_does_not_wait_for_what_runs(tmp_path):
    with LocalGitHub(data=tmp_path / "data") as gh:
        shop = Workshop(gh, tmp_path)
        shop.push(
            {
                "test.yml": """
                on: push
                jobs: {one: {runs-on: x, steps: [{run: sleep 283}, {if: always(), run: sleep 281}]}}
                """
            }
        )
        deadline = time.monotonic() + 20
        while "sleep 283" not in (gh.hub.store.value("SELECT steps FROM workflow_job") or ""):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        stopping = time.monotonic()

    assert time.monotonic() - stopping < 120
    with LocalGitHub(data=tmp_path / "data") as gh:
        gh.wait_until_idle(timeout=30)
        assert gh.hub.store.value("SELECT conclusion FROM workflow_run") == "failure"
