"""Carries out what advisories lead to: recalls in one commit, then issues; the index anew at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from devforge.adapters.github import GitHub
from devforge.adapters.issues import Issues
from devforge.adapters.state import State
from devforge.advisories.reopen import Change, Publish, SetIssue, SetRecall
from devforge.model.recall import Recall

_WORKFLOW = "publish.yml"


@dataclass(slots=True)
class Actor:
    """Does one change at a time; recalls are kept until another kind of change, or `finish`."""

    state: State
    issues: Issues
    github: GitHub
    branch: str
    recalls: list[Recall] = field(default_factory=list)

    def act(self, change: Change) -> None:
        """Do `change`. Each may be repeated: the next plan sees what became of it."""
        if isinstance(change, SetRecall):
            self.recalls.append(change.recall)
            return
        self.finish()
        if isinstance(change, Publish):
            self.github.dispatch(_WORKFLOW, self.branch)
        elif isinstance(change, SetIssue):
            self._issue(change)

    def finish(self) -> None:
        """Put the recalls that are kept on the `state` branch, in one commit."""
        if not self.recalls:
            return
        files = {
            recall.path: recall.model_dump_json(indent=1, exclude_none=True).encode() + b"\n"
            for recall in self.recalls
        }
        self.state.commit(files, f"Note what advisories say of {len(files)} versions")
        self.recalls.clear()

    def _issue(self, change: SetIssue) -> None:
        if change.number is None:
            self.issues.open(change.title, change.body, change.label)
        else:
            self.issues.edit(change.number, change.title, change.body, change.state)
