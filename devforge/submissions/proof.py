"""Looks for the proof of a claim where the form says it is. A person decides what follows."""

from __future__ import annotations

from devforge.adapters.git import Objects
from devforge.adapters.submitting import SubmittedIssue, Submitting
from devforge.errors import BadInput
from devforge.model.records import Developer
from devforge.review.control import read_claims
from devforge.submissions.claims import Proof, Wanted


def observe_proof(
    github: Submitting, objects: Objects, issue: SubmittedIssue, holder: Developer | None,
    wanted: Wanted,
) -> Proof:  # fmt: skip
    """Return what stands at the repository today. Costs one request."""
    if issue.user is None:
        raise BadInput(f"issue #{issue.number}: nobody answers for it")
    found = github.repository_named(wanted.repository.full_name)
    stands = found is not None and not found.private and _same(found.full_name, wanted)
    owner = found.owner if found is not None and stands else None
    claims = read_claims(objects.server_url, [wanted.repository]) if stands else ()
    return Proof(
        wanted=wanted,
        account=issue.user.id,
        owner=(owner.login, owner.id) if owner else None,
        is_named=any(
            claim.developer == wanted.developer and claim.account == issue.user.id
            for claim in claims
        ),
        holders=tuple((m.login, m.id) for m in holder.members) if holder else (),
    )


def _same(full_name: str, wanted: Wanted) -> bool:
    """GitHub's names know no case; a repository that moved away does not count."""
    return full_name.lower() == wanted.repository.full_name.lower()
