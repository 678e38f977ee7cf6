"""Records of a small registry, and pull requests against it as the server would describe them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from building import commit

from devforge.adapters.git import Objects
from devforge.adapters.github_answers import Pull
from devforge.adapters.policy import load_policy
from devforge.model.change import Author, RepositoryFact
from devforge.model.observed import SourceTree
from devforge.model.policy import Policy
from devforge.model.submission import Submission
from devforge.model.verdict import Finding
from devforge.review.examine import examine
from devforge.review.proposal import Proposal, read_proposal

ALICE, MALLORY = 101, 666
SHA = "9b1e2c7d" * 5
ACME = f"name: Acme Tools\nmembers: [{{login: alice, id: {ALICE}}}]\n"
TODO = "registry/extensions/acme/todo"
EXTENSION = "owners: [acme]\nrepository: {url: https://github.com/acme/todo, id: 7}\n"
BASE = {
    "README.md": "The registry.\n",
    "registry/developers/acme.yaml": ACME,
    f"{TODO}/extension.yaml": EXTENSION,
    f"{TODO}/versions/1.0.0.yaml": f"commit: {SHA}\n",
    "registry/extensions/other/thing/extension.yaml": (
        "owners: [other]\nrepository: {url: https://github.com/other/thing, id: 8}\n"
    ),
    "registry/developers/other.yaml": "name: Other\nmembers: [{login: bob, id: 102}]\n",
}


class Bench:
    """A registry's objects with pull requests made by hand; no server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.base = commit(path, "refs/heads/main", BASE)
        self.objects = Objects(path, "https://github.com")
        self.policy: Policy = load_policy(None)

    def propose(self, files: dict, *, author: int = ALICE, parent: str | None = None) -> Proposal:
        """Return what a pull request of these files on top of the base proposes."""
        head = commit(self.path, "refs/heads/pull", files, parent=parent or self.base)
        return self.read(head, author)

    def read(self, head: str, author: int = ALICE) -> Proposal:
        """Return what a pull request with this head proposes."""
        opened = pull(head, self.base, author)
        assert opened.user is not None
        whose = Author(opened.user.id, opened.user.login)
        return read_proposal(
            self.objects, self.base, opened, self.policy, author=whose, now=datetime.now(UTC)
        )

    def findings(self, files: dict, *, author: int = ALICE, **changes: object) -> list[Finding]:
        """Return what the check of the change says of it, names of the base filled in."""
        return judged(self.propose(files, author=author), self.policy, **changes)


def judged(proposal: Proposal, policy: Policy, **changes: object) -> list[Finding]:
    change = proposal.change
    if change.new_extension and "repository" not in changes:
        wanted = change.new_extension.repository
        changes["repository"] = RepositoryFact(wanted.id, wanted.url.full_name)
    submission = Submission(
        id=change.subject.extension,
        tree=SourceTree(files={}),
        policy=policy,
        record_problems=proposal.problems,
        change=replace(change, **changes),
    )
    [report] = examine(submission, ["decision"])
    assert report.verdict != "no verdict", report.reason
    return list(report.findings)


def pull(head: str, base: str, author: int = ALICE, number: int = 1, **more: object) -> Pull:
    return Pull.model_validate(
        {
            "number": number,
            "title": "a pull request",
            "user": {"id": author, "login": "alice" if author == ALICE else f"user{author}"},
            "head": {"sha": head, "ref": "x"},
            "base": {"sha": base, "ref": "main"},
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            **more,
        }
    )
