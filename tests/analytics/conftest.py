"""A marketplace whose packages people fetch, and the job that keeps how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests
import yaml
from publish.conftest import REGISTRY, Marketplace
from published import manifest_of

from devforge.adapters.releases import Releases
from devforge.adapters.state import State
from devforge.analytics.kept import Kept, read_kept
from scripts import downloads

ID = "acme.todo-tree"
YESTERDAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(
    days=1
)


class Counting(Marketplace):
    """What people fetch, what the server logs, and the job as its workflow runs it."""

    def begin(self) -> Counting:
        self.submit(manifest_of(ID, "1.4.0"))
        code, printed = self.publish()
        assert code == 0, printed
        return self

    def branch(self) -> State:
        """The branch, as another run has it."""
        where = f"{self.github.url}/{REGISTRY}.git"
        branch = State(self.checkout, where, token=self.operator.token, branch="downloads")
        branch.fetch()
        return branch

    def kept(self) -> Kept:
        return read_kept(self.branch())

    def fetch(self, times: int = 1) -> None:
        """Download the newest package as people do."""
        for _ in range(times):
            url = self.asset().browser_download_url
            assert requests.get(url, timeout=10).status_code == 200

    def asset(self):
        client = Releases(REGISTRY, self.operator.token, api_url=self.github.api_url)
        [found] = [a for r in client.newest() for a in r.assets if a.name.endswith(".zip")]
        client.close()
        return found

    def count(self, *arguments: str) -> tuple[int, str]:
        code = downloads.main(["--checkout", str(self.checkout), *(arguments or ("--apply",))])
        return code, "".join(self._capsys.readouterr())

    def before_push(self, command: str) -> None:
        """Have Git run `command` whenever the job is about to push."""
        hook = self.checkout / ".git/hooks/pre-push"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{command}\n")
        hook.chmod(0o755)

    def name_log(self) -> None:
        """Have a combined log lie in a directory."""
        self.logs = self.data / "logs"
        self.logs.mkdir()
        path = self.checkout / "registry/policy.yaml"
        policy = yaml.safe_load(path.read_text())
        policy["analytics"]["logs"] = [
            {"name": "eu", "kind": "combined", "directory": str(self.logs)}
        ]
        path.write_text(yaml.safe_dump(policy))
        self.push("Name the log")

    def log(self, name, *, days=0, times=1, agent="devforge/0.1.0", version="1.4.0", cache="HIT"):
        """Write what the server would have logged."""
        stamp = (YESTERDAY - timedelta(days=days)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        path = f"/index/targets/packages/{'a' * 64}.{ID}-{version}.zip"
        line = (
            f'203.0.113.9 - - [{stamp}] "GET {path} HTTP/1.1" 200 9 "-" "{agent}" cache={cache}\n'
        )
        with (self.logs / name).open("a") as file:
            file.write(line * times)

    def inbox(self) -> str:
        answer = requests.get(
            f"{self.github.api_url}/repos/{REGISTRY}/issues",
            params={"state": "open", "labels": "inbox"},
            headers={"Authorization": f"token {self.operator.token}"},
            timeout=10,
        )
        return "".join(issue["body"] for issue in answer.json())


@pytest.fixture
def counting(github, tmp_path, capsys, monkeypatch) -> Counting:
    """A registry with one version out, that nobody fetched."""
    return Counting(github, tmp_path / "market", capsys, monkeypatch).begin()
