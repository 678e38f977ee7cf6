"""The workflow files of a commit, read once per content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from devforge.local.git.repositories import GitFailed
from devforge.local.hub import Hub
from devforge.local.workflows.errors import BadWorkflow
from devforge.local.workflows.model import Workflow
from devforge.local.workflows.nodes import MAX_BYTES
from devforge.local.workflows.parse import read_workflow

DIRECTORY = ".github/workflows"
_ENDINGS = {".yml", ".yaml"}


@dataclass(frozen=True, slots=True)
class Found:
    """One file as it is in a commit: the workflow it describes, or why it describes none."""

    path: str
    source: str
    workflow: Workflow | None
    problem: BadWorkflow | None

    @property
    def name(self) -> str:
        return self.workflow.name if self.workflow is not None else self.path


_MOST_COMMITS = 64
_by_commit: dict[tuple[str, str], list[Found]] = {}  # a commit never changes, events come in dozens


def workflows_at(hub: Hub, repository_id: int, commit: str) -> list[Found]:
    """Return every workflow file of `commit`, by path; none where the commit is unknown."""
    key = (str(hub.git.path(repository_id)), commit)
    if key not in _by_commit:
        while len(_by_commit) >= _MOST_COMMITS:
            _by_commit.pop(next(iter(_by_commit)), None)
        _by_commit[key] = _read_all(hub, repository_id, commit)
    return _by_commit[key]


def _read_all(hub: Hub, repository_id: int, commit: str) -> list[Found]:
    try:
        listed = hub.git.run(repository_id, "ls-tree", "-z", commit, f"{DIRECTORY}/").decode()
    except GitFailed:
        return []
    found: list[Found] = []
    for entry in filter(None, listed.split("\0")):
        described, path = entry.split("\t", 1)
        mode, _, blob = described.split(" ")
        if mode.startswith("100") and PurePosixPath(path).suffix in _ENDINGS:
            content = hub.git.run(repository_id, "cat-file", "blob", blob)[: MAX_BYTES + 1]
            found.append(read_file(path, content))
    return found


@lru_cache(maxsize=256)
def read_file(path: str, content: bytes) -> Found:
    """Return the file as a workflow, or with its problem."""
    source = content.decode("utf-8", "replace")
    try:
        return Found(path, source, read_workflow(content, path), None)
    except BadWorkflow as error:
        return Found(path, source, None, error)
