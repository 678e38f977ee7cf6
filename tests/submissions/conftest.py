"""A registry that takes submissions by form, and people who never touch Git."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import urllib3

sys.path.insert(0, str(Path(__file__).parents[1] / "review"))

from world import PUBLISH, REGISTRY, ROOT, World, extension

from devforge.local.tokens import create_workflow_token
from scripts import submit

FORM = ROOT / ".github/ISSUE_TEMPLATE/submit.yml"
PERMISSIONS = {
    "contents": "write", "pull_requests": "write", "issues": "write", "actions": "write",
}  # fmt: skip


class Counter(World):
    """The world, with a form to fill in and the job that answers it."""

    def open(self) -> Counter:
        self.start()
        files = {
            ".github/ISSUE_TEMPLATE/submit.yml": FORM.read_text(),
            ".github/ISSUE_TEMPLATE/claim.yml": FORM.with_name("claim.yml").read_text(),
            ".github/workflows/review.yml": PUBLISH.replace("name: publish", "name: review"),
        }
        self.push("operator", REGISTRY, "main", files, onto="main")
        for label in ("submit", "claim"):
            self.registry.create_label(label, "1d76db")
        self.allow_pull_requests(allowed=True)
        return self

    @property
    def registry(self) -> Any:
        return self.client("operator").get_repo(REGISTRY)

    def allow_pull_requests(self, *, allowed: bool) -> None:
        path = f"/repos/{REGISTRY}/actions/permissions/workflow"
        body = {"can_approve_pull_request_reviews": allowed}
        self.client("operator").requester.requestJsonAndCheck("PUT", path, input=body)

    def extension(self, login: str = "alice", name: str = "word-count", version: str = "1.0.0",
                  files: Any = None) -> str:  # fmt: skip
        """Have `login` upload an extension in the browser and tag it; return its repository."""
        full = f"{login}/{name}"
        if full not in {repo.full_name for repo in self.client(login).get_user().get_repos()}:
            self.github.create_repository(full)
        content = extension(f"{login}.{name}", version) | (files or {})
        made = self.push(login, full, "main", content)
        self.client(login).get_repo(full).create_git_ref(f"refs/tags/v{version}", made)
        return f"https://github.com/{full}"

    def send(self, login: str = "alice", *, form: str = "submit", **fields: Any) -> int:
        """Fill in a form in the browser; return the issue's number."""
        filled = ({"ownership": [_mine()]} if form == "submit" else {}) | fields
        answer = urllib3.request(
            "POST", f"{self.github.url}/_local/{REGISTRY}/issue-forms/{form}",
            json={"title": "It is mine", "fields": filled},
            headers={"Authorization": f"token {self.accounts[login].token}"},
        )  # fmt: skip
        assert answer.status == 201, answer.data
        return int(answer.json()["number"])

    def edit(self, issue: int, body: str, login: str = "alice") -> None:
        self.client(login).get_repo(REGISTRY).get_issue(issue).edit(body=body)

    def body(self, issue: int) -> str:
        return self.registry.get_issue(issue).body

    def answer(self, *, apply: bool = True) -> tuple[int, str]:
        """Run the job as its workflow does; return its exit code and all it printed."""
        self.runs += 1
        token = create_workflow_token(
            self.github.hub.store, self.registry.id, 5000 + self.runs, PERMISSIONS
        )
        for name, value in {
            "GITHUB_REPOSITORY": REGISTRY, "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": self.github.url, "GITHUB_TOKEN": token,
        }.items():  # fmt: skip
            self.monkeypatch.setenv(name, value)
        code = submit.main(["--apply"] if apply else [])
        self.github.wait_until_idle()
        return code, "".join(self.capsys.readouterr())

    def said(self, issue: int) -> list[str]:
        return [comment.body for comment in self.registry.get_issue(issue).get_comments()]

    def pulls(self, state: str = "open") -> list[Any]:
        found = self.registry.get_pulls(state=state)
        return sorted(found, key=lambda pull: pull.number)


def _mine() -> str:
    for line in FORM.read_text().splitlines():
        if "label: This extension is mine" in line:
            return line.partition("label: ")[2]
    raise AssertionError("the form has no box to tick")


@pytest.fixture
def counter(github, tmp_path, monkeypatch, capsys) -> Counter:
    return Counter(github, tmp_path / "world", monkeypatch, capsys).open()
