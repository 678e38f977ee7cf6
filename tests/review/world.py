"""A registry on a GitHub of our own, with people who submit to it and the job that reviews them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from building import Content, commit, git
from github import Auth, Github

from devforge.adapters.policy import load_policy
from devforge.local import LocalGitHub
from devforge.local.tokens import create_workflow_token
from devforge.model.observed import (
    Activation,
    FileCoverage,
    LineActivation,
    TestRun,
    Timing,
    Trial,
)
from devforge.review.handover import Observed, Tried, read_json, write_json
from scripts import review

ROOT = Path(__file__).parents[2]
REGISTRY = "operator/registry"
PERMISSIONS = {
    "static": {"contents": "read", "pull_requests": "read"},
    "decide": {
        "contents": "write",
        "pull_requests": "write",
        "statuses": "write",
        "actions": "write",
    },
}
LICENCE = (ROOT / "tests/extensions/word-count/LICENSE").read_text()


@dataclass
class Run:
    """What one run of the job answered."""

    static: int
    decide: int
    printed: str
    requests: dict[str, int]


@dataclass
class World:
    """The registry, its people, and the job."""

    github: LocalGitHub
    scratch: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    accounts: dict[str, Any] = field(default_factory=dict)
    runs: int = 0

    def start(self) -> World:
        for login in ("operator", "alice", "bob", "mallory"):
            self.accounts[login] = self.github.create_account(login)
        self.github.create_repository(REGISTRY)
        policy = (ROOT / "registry/policy.yaml").read_text()
        maintainer = f"maintainers: [{{login: operator, id: {self.accounts['operator'].id}}}]"
        policy = policy.replace("maintainers: []", maintainer)
        policy = policy.replace("wait_hours: 24", "wait_hours: 0")
        files = {"registry/policy.yaml": policy, ".github/workflows/publish.yml": PUBLISH}
        self.push("operator", REGISTRY, "main", files)
        return self

    def change_policy(self, *changes: tuple[str, str]) -> None:
        """Put other words into the registry's policy, straight on its default branch."""
        path = "registry/policy.yaml"
        text = git(self.github.git_path(REGISTRY), "show", f"main:{path}") + "\n"
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        self.push("operator", REGISTRY, "main", {path: text}, onto="main")

    def client(self, login: str) -> Github:
        token = Auth.Token(self.accounts[login].token)
        return Github(
            auth=token, base_url=self.github.api_url,
            seconds_between_requests=None, seconds_between_writes=None,
        )  # fmt: skip

    def by_bot(self) -> Github:
        """GitHub as a job with its own token sees it."""
        repository = self.client("operator").get_repo(REGISTRY).id
        permissions = {"contents": "write", "pull_requests": "write"}
        token = create_workflow_token(self.github.hub.store, repository, 1, permissions)
        return Github(
            auth=Auth.Token(token), base_url=self.github.api_url,
            seconds_between_requests=None, seconds_between_writes=None,
        )  # fmt: skip

    def push(
        self, login: str, repository: str, branch: str, files: Mapping[str, Content],
        *, onto: str | None = None,
    ) -> str:  # fmt: skip
        """Push a commit of `files` over HTTP as `login`; on top of `onto` of the registry."""
        work = self.scratch / "work.git"
        there = self.github.git_path(REGISTRY)
        parent = git(there, "rev-parse", onto) if onto else None
        if not work.exists():  # what the registry has need not be fetched
            work.mkdir(parents=True)
            git(work, "init", "-q", "--bare", "--template=", ".")
            (work / "objects/info/alternates").write_text(f"{there}/objects\n")
        made = commit(work, "refs/heads/made", files, parent=parent)
        token = self.accounts[login].token
        address = self.github.url.replace("://", f"://{login}:{token}@")
        git(work, "push", "-q", "-f", f"{address}/{repository}.git", f"{made}:refs/heads/{branch}")
        return made

    def source(
        self,
        login: str,
        name: str,
        files: Mapping[str, Content] | None = None,
        *,
        version: str = "1.0.0",
    ) -> tuple[str, int]:
        """Put a small extension in `login`'s own repository; return its commit and numeric id."""
        full = f"{login}/{name}"
        known = {repo.full_name for repo in self.client(login).get_user().get_repos()}
        if full not in known:
            self.github.create_repository(full)
        made = self.push(
            login, full, f"v{version}", extension(f"{login}.{name}", version) | (files or {})
        )
        return made, self.client(login).get_repo(full).id

    def submit(
        self, login: str, branch: str, files: Mapping[str, Content], *, onto: str = "main"
    ) -> Any:
        """Open a pull request of these files, or push to the one that is open; return it."""
        client = self.client(login)
        repo = client.get_repo(REGISTRY)
        fork = f"{login}/registry"
        if login != "operator" and fork not in {r.full_name for r in client.get_user().get_repos()}:
            repo.create_fork()
            self.github.wait_until_idle()
        where = REGISTRY if login == "operator" else fork
        self.push(login, where, branch, files, onto=onto)
        head = f"{login}:{branch}"
        for pull in repo.get_pulls(state="open", head=head):
            return repo.get_pull(pull.number)
        return repo.create_pull(base="main", head=head, title=f"Submit {branch}", body="")

    def introduce(self, login: str) -> Any:
        """Open the pull request in which `login` becomes a developer."""
        return self.submit(
            login,
            f"introduce-{login}",
            {f"registry/developers/{login}.yaml": self.developer(login)},
        )

    def developer(self, login: str) -> str:
        return f"name: The {login} workshop\nmembers: [{{login: {login}, id: {self.accounts[login].id}}}]\n"

    def records(
        self,
        login: str,
        name: str,
        pinned: str,
        id: int,
        *,
        version: str = "1.0.0",
        first: bool = True,
    ) -> dict[str, Content]:
        folder = f"registry/extensions/{login}/{name}"
        files: dict[str, Content] = {f"{folder}/versions/{version}.yaml": f"commit: {pinned}\n"}
        if first:
            files[f"{folder}/extension.yaml"] = (
                f"owners: [{login}]\nrepository: {{url: https://github.com/{login}/{name}, id: {id}}}\n"
            )
        return files

    def review(
        self, *arguments: str, trial: Trial | None = None, apply: bool = True, between: Any = None,
        reuse: bool = False,
    ) -> Run:  # fmt: skip
        """Run the job's steps as the workflow does.

        Args:
            trial: stands for what the sandbox measured.
            between: called with the run's directory before the deciding step.
            reuse: take what the first run read instead of reading again.
        """
        self.runs += 1
        where = self.scratch / f"run-{self.runs}"
        static, trials = where / "static", where / "trials"
        counts: dict[str, int] = {}
        first = 0
        if reuse and (kept := self.scratch / "kept").is_dir():
            shutil.copytree(kept, static)
        else:
            first = self._step("static", counts, "--out", str(static), *arguments)
            shutil.copytree(static, self.scratch / "kept", dirs_exist_ok=True)
        for folder in [f for f in static.iterdir() if f.is_dir()] if static.is_dir() else []:
            seen = read_json(folder / "static.json", Observed)
            assert isinstance(seen, Observed)
            tried = Tried(head=seen.head, tree_sha256=seen.tree_sha256, trial=trial or GOOD_TRIAL)
            write_json(trials / f"trial-{folder.name}" / "trial.json", tried)
        if between:
            between(where)
        flags = ["--apply"] if apply else []
        second = self._step(
            "decide", counts, "--static", str(static), "--trials", str(trials),
            "--out", str(where / "out"), *flags, *arguments,
        )  # fmt: skip
        self.github.wait_until_idle()
        return Run(first, second, "".join(self.capsys.readouterr()), counts)

    def _step(self, step: str, counts: dict[str, int], *arguments: str) -> int:
        repository = self.client("operator").get_repo(REGISTRY).id
        token = create_workflow_token(
            self.github.hub.store, repository, 1000 + self.runs, PERMISSIONS[step]
        )
        for name, value in {
            "GITHUB_REPOSITORY": REGISTRY,
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": self.github.url,
            "GITHUB_TOKEN": token,
        }.items():
            self.monkeypatch.setenv(name, value)
        before = self.github.request_counts().get("workflow", 0)
        code = review.main([step, *arguments])
        counts[step] = self.github.request_counts().get("workflow", 0) - before
        return code

    def known(self, login: str = "alice", name: str = "word-count") -> None:
        """Make `login` a developer with one published version, as earlier runs would have left it."""
        pinned, id = self.source(login, name)
        records = self.records(login, name, pinned, id)
        records[f"registry/developers/{login}.yaml"] = self.developer(login)
        self.push("operator", REGISTRY, "main", records, onto="main")

    def update(self, version: str = "1.1.0", files: Mapping[str, Content] | None = None) -> Any:
        """Have alice submit the next version of her extension; return the pull request."""
        pinned, id = self.source("alice", "word-count", files, version=version)
        records = self.records("alice", "word-count", pinned, id, version=version, first=False)
        return self.submit("alice", f"count-{version}", records)

    # What became of it

    def pull(self, number: int) -> Any:
        return self.client("operator").get_repo(REGISTRY).get_pull(number)

    def comments(self, number: int) -> list[str]:
        return [c.body for c in self.pull(number).get_issue_comments()]

    def labels(self, number: int) -> set[str]:
        return {label.name for label in self.pull(number).labels}

    def status(self, number: int) -> str:
        repo = self.client("operator").get_repo(REGISTRY)
        found = repo.get_commit(self.pull(number).head.sha).get_combined_status().statuses
        return next((s.state for s in found if s.context == "devforge/review"), "none")

    def tree(self, branch: str = "main") -> set[str]:
        listed = git(self.github.git_path(REGISTRY), "ls-tree", "-r", "--name-only", branch)
        return set(listed.splitlines())

    def state(self, path: str) -> Any:
        shown = subprocess.run(
            ["git", "-C", str(self.github.git_path(REGISTRY)), "show", f"state:{path}"],
            capture_output=True, check=False,
        )  # fmt: skip
        return json.loads(shown.stdout) if shown.returncode == 0 else None


def extension(identity: str, version: str) -> dict[str, Content]:
    """A small, honest Python extension that every check likes."""
    name = identity.partition(".")[2].replace("-", "_")
    manifest = (
        f"id: {identity}\nversion: {version}\ndisplay_name: {name.replace('_', ' ').title()}\n"
        "description: Counts the words of the open file and says so in the status bar.\n"
        f"license: MIT\nlanguage: python\nentry: {name}/extension.py\n"
        'engines: {devforge: ">=1.0.0 <4"}\ncategories: [productivity]\n'
    )
    code = (
        '"""Counts words."""\n\n\ndef activate(host):\n    """Register the command with the host."""\n'
        "    host.register(count)\n\n\ndef count(text):\n"
        '    """Return how many words `text` has."""\n    return len(text.split())\n'
    )
    readme = (
        f"# {name.replace('_', ' ').title()}\n\nCounts the words of the open file and shows the number in "
        "the status bar.\n\n## Install\n\n"
        f"    devforge install {identity}\n\n## Use\n\nOpen a file. Run the command *Count words*. "
        "The number appears in the status bar at once and follows what you type.\n\n"
        "## Support\n\nWrite an issue in this repository.\n"
    )
    test = f"from {name}.extension import count\n\n\ndef test_words_are_counted():\n    assert count('a b') == 2\n"
    return {
        "devforge.yaml": manifest,
        "README.md": readme,
        "CHANGELOG.md": f"# Changes\n\n## {version}\n\n- Counts words.\n",
        "LICENSE": LICENCE,
        f"{name}/__init__.py": "",
        f"{name}/extension.py": code,
        "tests/test_count.py": test,
    }


_QUICK = Timing(median=0.01, low=0.01, high=0.01, runs=5)
GOOD_TRIAL = Trial(
    tests=TestRun(framework="pytest", passed=1, failed=0, skipped=0),
    coverage=(FileCoverage(path="word_count/extension.py", covered=10, total=10),),
    activation=Activation(
        seconds=_QUICK, reference_seconds=_QUICK, memory_bytes=1, reference_memory_bytes=1
    ),
    lines=tuple(
        LineActivation(releases=host.releases, result="started")
        for host in load_policy(None).devforge_hosts
    ),
)
PUBLISH = """name: publish
on: {workflow_dispatch: {}}
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - run: echo published
"""
