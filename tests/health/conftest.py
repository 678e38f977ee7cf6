"""A marketplace with a beacon, people whose homes report to it, and the job that reads its log."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import yaml
from beacons import Beacon, beaconing
from publish.conftest import REGISTRY, Marketplace
from published import manifest_of
from signed_index import signed_trust

from devforge.adapters.buckets import Bucket
from devforge.adapters.policy import load_policy
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.publish.ceremony import config_of
from devforge.settings.wanted import wanted_rulesets
from devforge.updates.api import Updates
from scripts import health

ID = ExtensionId.parse("acme.todo-tree")
PUBLISH = """
name: publish
on: {workflow_dispatch: }
jobs: {publish: {runs-on: ubuntu-24.04, steps: [{run: echo published}]}}
"""


class Ward(Marketplace):
    """The marketplace, and the health job as its workflow runs it."""

    beacon: Beacon
    logs: Path

    def begin(self, beacon: Beacon, **rules: object) -> Ward:
        """Name the beacon in the policy, and have the offline keys sign it."""
        self.beacon, self.logs = beacon, beacon.log.parent
        made = config_of(
            "Dev Forge Extensions",
            f"{self.github.url}/{REGISTRY}/releases/download/{{tag}}/{{file}}",
            extension_bits=4,
        )
        config = replace(made, beacon=beacon.url)
        shutil.rmtree(self.checkout / "registry/trust")
        signed_trust(self.checkout / "registry/trust", config, datetime.now(UTC))
        workflow = self.checkout / ".github/workflows/publish.yml"
        workflow.parent.mkdir(parents=True)
        workflow.write_text(PUBLISH)
        self.rule(beacon=beacon.url, logs=["edge"], **rules)
        return self

    def rule(self, **rules: object) -> None:
        """Change the policy's health rules, and push it."""
        path = self.checkout / "registry/policy.yaml"
        policy = yaml.safe_load(path.read_text())
        policy["health"] |= rules
        policy["analytics"]["logs"] = [
            {"name": "edge", "kind": "combined", "directory": str(self.logs), "prefix": "access"}
        ]
        path.write_text(yaml.safe_dump(policy))
        self.push("Say how failures are met")

    def release_version(self, version: str, id: str = str(ID)) -> None:
        """Put a version out, and into the index."""
        self.submit(manifest_of(id, version))
        code, printed = self.publish()
        assert code == 0, printed
        code, printed = self.index()
        assert code == 0, printed

    def pull(self) -> None:
        """Bring the checkout to what is merged, as the next run finds it."""
        self.git(self.checkout, "fetch", "-q", "origin", "main")
        self.git(self.checkout, "reset", "-q", "--hard", "FETCH_HEAD")

    def check(self, *arguments: str) -> tuple[int, str]:
        """Run the job's script on what is merged; return its exit code and all it printed."""
        self.pull()
        code = health.main(["--checkout", str(self.checkout), *arguments])
        return code, "".join(self._capsys.readouterr())

    def record(self, version: str, id: ExtensionId = ID) -> str:
        """What is merged of a version."""
        self.pull()
        path = self.checkout / f"registry/extensions/{id.path}/versions/{version}.yaml"
        return path.read_text()

    def home(self, name: str) -> Updates:
        """Somebody's home."""
        return Updates(
            self.data / "homes" / name,
            index=str(self.data / "index"),
            root=self.checkout / "registry/trust/metadata/1.root.json",
            devforge="2.0.0",
        )

    def settled_home(self, version: str, *, wanting: bool = True) -> Path:
        """A home in which `version` is installed and runs, for others to be copied from."""
        with self.home(f"settled-{version}-{wanting}") as updates:
            updates.home.root.mkdir(parents=True)
            updates.home.config_file.write_text(f"health_reports: {str(wanting).lower()}\n")
            wanted = {ID: Version.parse(version)}
            updates.apply(updates.plan_install([ID], wanted))
            return updates.home.root

    def people(self, count: int, like: Path, *, name: str = "p") -> Iterator[Updates]:
        """Yield people with a home like this one, each on a network of their own."""
        for number in range(count):
            root = self.data / "homes" / f"{name}{number}"
            shutil.copytree(like, root)
            (root / "install-id").unlink(missing_ok=True)
            self.beacon.here = f"198.{18 + number // 250}.{number % 250}.7"
            with self.home(root.name) as updates:
                yield updates

    def said(
        self, version: str, word: str, networks: range, id: ExtensionId = ID, agent: str = "devforge/0.1.0"
    ) -> None:  # fmt: skip
        """Write into the log what clients on so many networks would have."""
        now = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        with self.beacon.log.open("a") as file:
            for number in networks:
                address = f"203.{number // 250}.{number % 250}.9"
                line = f'"GET /health/{id}/{version}/{word} HTTP/1.1" 204 0 "-" "{agent}"'
                file.write(f"{address} - - [{now}] {line}\n")

    def later(self, *, seconds: float) -> None:
        """Let the clock go on: logs know whole seconds."""
        time.sleep(seconds)

    def protect(self) -> None:
        """Put the default branch's ruleset in force, as the set-up does, with no way round it."""
        [rules] = [r for r in wanted_rulesets() if "default branch" in r["name"]]
        requests.post(
            f"{self.github.api_url}/repos/{REGISTRY}/rulesets",
            json={**rules, "bypass_actors": []},
            headers={"Authorization": f"token {self.operator.token}"},
            timeout=10,
        ).raise_for_status()

    def in_bucket(self, endpoint: str) -> None:
        """Have the log lie in a bucket alone."""
        where = {"bucket": "extensions", "region": "eu-central-1", "endpoint": endpoint}
        Bucket("extensions", region="eu-central-1", endpoint=endpoint).put(
            "edge/access-1.log", self.beacon.log.read_bytes(), kind="text/plain", cache="no-store"
        )
        self.beacon.log.unlink()
        path = self.checkout / "registry/policy.yaml"
        policy = yaml.safe_load(path.read_text())
        policy["analytics"]["logs"] = [
            {"name": "edge", "kind": "combined", "prefix": "edge/", **where}
        ]
        path.write_text(yaml.safe_dump(policy))
        self.push("Keep the log in a bucket")

    def inbox(self) -> str:
        """What waits for the operator."""
        answer = requests.get(
            f"{self.github.api_url}/repos/{REGISTRY}/issues",
            params={"state": "open", "labels": "inbox"},
            headers={"Authorization": f"token {self.operator.token}"},
            timeout=10,
        )
        return "".join(issue["body"] for issue in answer.json())

    def pulls(self) -> list[dict[str, object]]:
        """Every pull request, the newest first."""
        answer = requests.get(
            f"{self.github.api_url}/repos/{REGISTRY}/pulls",
            params={"state": "all"},
            headers={"Authorization": f"token {self.operator.token}"},
            timeout=10,
        )
        return list(answer.json())


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    with ExitStack() as stack:
        (tmp_path / "logs").mkdir()
        yield stack.enter_context(beaconing(tmp_path / "logs/access.log"))


@pytest.fixture
def ward(github, tmp_path, capsys, monkeypatch, beacon) -> Ward:
    """A registry whose clients have a beacon, without an extension."""
    return Ward(github, tmp_path / "market", capsys, monkeypatch).begin(beacon)


@pytest.fixture(scope="session")
def rules():
    """The policy's rules as they are shipped, with a beacon."""
    return load_policy(None).health.model_copy(
        update={"beacon": "https://health.example/health/", "logs": ("edge",)}
    )
