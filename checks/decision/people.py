"""What the policy wants a person to see before it is merged. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.decision.ownership import added_members
from checks.protocol import Rule
from devforge.model.change import Proposed
from devforge.model.policy import People
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

FIRST = Rule(
    "person-first-submission", "A developer's first extension", "person",
    "Nobody has seen anything of this developer yet.",
)  # fmt: skip
EXTENSION = Rule(
    "person-new-extension", "A new extension", "person",
    "The policy has a person look at every new extension.",
)  # fmt: skip
PERMISSION = Rule(
    "person-new-permission", "A new permission", "person",
    "An update asks for power that the version before it did not have; users get updates unasked.",
)  # fmt: skip
DEPENDENCY = Rule(
    "person-new-dependency", "A new dependency", "person",
    "An update brings in code of somebody new.",
)  # fmt: skip
OWNER = Rule(
    "person-new-owner", "A new owner", "person",
    "Somebody new may publish to the people who trusted the owners before.",
)  # fmt: skip
REPOSITORY = Rule(
    "person-new-repository", "Another repository", "person",
    "From here on the source comes from somewhere else.",
)  # fmt: skip
SILENCE = Rule(
    "person-silence", "A version after long silence", "person",
    "An account or a project that slept for long and wakes up is how stolen ones behave.",
)  # fmt: skip
RULES = (FIRST, EXTENSION, PERMISSION, DEPENDENCY, OWNER, REPOSITORY, SILENCE)


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield one finding for each thing the policy wants seen, with what exactly to look at."""
    wants = submission.policy.review.people
    identity = change.subject.extension
    if identity is not None:
        name = str(identity)
        if change.old_extension is None:
            yield from _arrival(name, identity.developer, change, wants)
        yield from _hands(name, change, wants)
        if change.version is not None:
            yield from _power(submission, change, wants)
            yield from _silence(name, change, wants)
    elif change.old_developer is not None and wants.new_owner:
        added = ", ".join(f"{member.login} (id {member.id})" for member in added_members(change))
        if added:
            yield OWNER.finding(
                at=f"registry/developers/{change.subject.developer}.yaml: members",
                problem=f"{added} would be able to publish as {change.subject.developer}",
                remedy="make sure that the developer wants this, then approve",
            )


def _arrival(name: str, developer: str, change: Proposed, wants: People) -> Iterator[Finding]:
    is_first = not any(other.developer == developer for other in change.extension_ids)
    if is_first and wants.first_submission_of_a_developer:
        yield FIRST.finding(
            at=name,
            problem=f"this is the first extension of {developer}",
            remedy="look at the source, the name and the account, then approve",
        )
    elif wants.new_extension:
        yield EXTENSION.finding(
            at=name,
            problem=f"{name} is new",
            remedy="look at the source and the name, then approve",
        )


def _hands(name: str, change: Proposed, wants: People) -> Iterator[Finding]:
    old, new = change.old_extension, change.new_extension
    if old is None or new is None:
        return
    added = [owner for owner in new.owners if owner not in old.owners]
    if added and wants.new_owner:
        yield OWNER.finding(
            at=f"{name}: owners",
            problem=f"{', '.join(added)} would become an owner beside {', '.join(old.owners)}",
            remedy="make sure that the present owners want this, then approve",
        )
    if new.repository != old.repository:
        yield REPOSITORY.finding(
            at=f"{name}: repository",
            problem=f"the source moves from {old.repository.url} (id {old.repository.id}) to "
            f"{new.repository.url} (id {new.repository.id})",
            remedy="make sure that the new repository belongs to the same people, then approve",
        )


def _power(submission: Submission, change: Proposed, wants: People) -> Iterator[Finding]:
    before, manifest = change.approved, submission.manifest
    if before is None or manifest is None:
        return
    fresh = sorted(set(manifest.permissions) - set(before.manifest.permissions))
    if fresh and wants.new_permission:
        yield PERMISSION.finding(
            at="devforge.yaml: permissions",
            problem=f"{', '.join(map(str, fresh))}: {before.manifest.version} did not ask for this",
            remedy="look at what the new code does with it, then approve",
        )
    known = {(fact.ecosystem, fact.name) for fact in before.dependencies}
    added = sorted(
        {
            f"{fact.name} ({fact.ecosystem})"
            for fact in change.dependencies
            if (fact.ecosystem, fact.name) not in known and not fact.for_tests
        }
    )
    if added and wants.new_dependency:
        yield DEPENDENCY.finding(
            at="dependencies",
            problem=f"{', '.join(added[:20])}: {before.manifest.version} did not depend on this",
            remedy="look at who makes it and why it is needed, then approve",
        )


def _silence(name: str, change: Proposed, wants: People) -> Iterator[Finding]:
    if change.approved is None:
        return
    days = (change.now - change.approved.when).days
    if days > wants.silence_days:
        yield SILENCE.finding(
            at=name,
            problem=f"the last version came {days} days ago; after {wants.silence_days} a person looks",
            remedy="make sure that the author is still the one people trusted, then approve",
        )
