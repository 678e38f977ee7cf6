"""Opens the pull request that a plan of edits asks for, or brings the one that is open up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devforge.adapters.forks import Forks
from devforge.errors import BadInput
from devforge.operator.plan import Edit
from devforge.plan import Plan


@dataclass(frozen=True, slots=True)
class Proposed:
    """An open pull request, and the commit at its end."""

    number: int
    head: str
    url: str


def propose(
    plan: Plan[Edit],
    forks: Forks,
    read: Callable[[str], bytes | None],
    *,
    folder: str = "operator",
    more: str = "",
) -> Proposed:
    """Return the pull request of `plan`, made of the records as `read` finds them here.

    Args:
        read: a record's content by its path in the checkout; None where there is none.
        folder: what its branch is below.
        more: Markdown to be said below the plan.

    Raises:
        BadInput: the registry's records are others by now.
    """
    repository = forks.repository
    branch = forks.registry().default_branch
    for edit in plan.changes:
        if forks.file(edit.path, ref=branch) != read(edit.path):
            raise BadInput(f"{edit.path} is another on {repository}: pull first, then again")
    head = f"{folder}/" + plan.title.replace(" ", "-").replace("/", "-")
    files = {edit.path: edit.text for edit in plan.changes}
    commit = forks.commit_files(
        repository, head, base=forks.tip(branch), files=files, message=titled(plan)
    )
    found = forks.open_pull_from(repository.partition("/")[0], head)
    body = f"```text\n{plan.render().replace('```', '')}\n```" + (f"\n\n{more}" if more else "")
    pull = found or forks.open_pull(head=head, base=branch, title=titled(plan), body=body)
    return Proposed(pull.number, commit, pull.html_url)


def titled(plan: Plan[Edit]) -> str:
    """Return what the pull request, and its commit, are called."""
    return plan.title[:1].upper() + plan.title[1:]
