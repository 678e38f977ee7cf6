"""Whose pull request it is: its author by id, or who asked the submit job to open it."""

from __future__ import annotations

from devforge.adapters.github_answers import Pull
from devforge.adapters.state import State
from devforge.model.change import Author
from devforge.model.submitter import read_submitter, submitter_path


def author_of(pull: Pull, state: State) -> Author | None:
    """Return who answers for `pull`; None where the account is gone.

    A pull request that a job opened from the registry's own repository is its submitter's, as the
    job wrote down for exactly this commit. What its text says of that is never asked.
    """
    if pull.user is None:
        return None
    if pull.user.type == "Bot" and _is_ours(pull):
        head = pull.head.sha
        submitter = read_submitter(state.read(submitter_path(head)), head)
        if submitter is not None:
            return Author(submitter.id, submitter.login)
    return Author(pull.user.id, pull.user.login)


def authors_of(pull: Pull, author: Author | None) -> frozenset[int]:
    """Return the ids of all whose own approval counts for nothing here."""
    opened = {pull.user.id} if pull.user else set()
    return frozenset(opened | ({author.id} if author else set()))


def _is_ours(pull: Pull) -> bool:
    head, base = pull.head.repo, pull.base.repo
    return head is not None and base is not None and head.id == base.id
