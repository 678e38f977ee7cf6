"""New names: reserved ones, ones easily taken for another's, somebody else's, and who came first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.decision.ownership import is_claimed
from checks.names import Likeness, likenesses
from checks.protocol import Rule
from devforge.model.change import Proposed
from devforge.model.claim import FILE as CLAIM_FILE
from devforge.model.claim import SPOKESMAN
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

RESERVED = Rule(
    "name-reserved", "The name is free to take", "block",
    "Some names would be taken for the marketplace's own.",
)  # fmt: skip
LOOKALIKE = Rule(
    "name-lookalike", "The name is unlike others", "person",
    "A name that differs from another developer's, or from a well-known one, by a hyphen, a "
    "neighbouring key, letters that look alike or the order of two is how people are led to the "
    "wrong extension. Honest names come near one another too, so a person decides.",
)  # fmt: skip
NAMESAKE = Rule(
    "name-of-another", "The developer's name is nobody else's on GitHub", "person",
    "People take a developer called like a GitHub account or organisation for that account. Its "
    "owner may always lend the name, by a file that only they can put where it is looked for.",
)  # fmt: skip
WAITS = Rule(
    "name-waits", "Nobody else asked for the name first", "block",
    "Two open pull requests propose the same name. The one that was opened first keeps its place.",
)  # fmt: skip
RULES = (RESERVED, LOOKALIKE, NAMESAKE, WAITS)
_SHOWN = 5
# Of a well-known name only what is a slip or a trick of the eye: `eslint` and `eslint-utils` are what
# an extension for eslint is rightly called.
_MISSPELT = ("look", "slip")


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield what is wrong with a name that is new; an existing one is past this."""
    policy, subject = submission.policy, change.subject
    if subject.extension is not None and change.old_extension is None:
        identity = subject.extension
        yield from _reserved(identity.name, policy.review.reserved_names, str(identity))
        yield from _like_an_extension(identity, change, policy)
        yield from _first(str(identity), change)
    if subject.developer is not None and change.old_developer is None:
        yield from _reserved(subject.developer, policy.reserved_developers, subject.developer)
        yield from _like_a_developer(subject.developer, change, policy)
        yield from _namesake(subject.developer, change)
        yield from _first(subject.developer, change)


def _reserved(name: str, reserved: tuple[str, ...], shown: str) -> Iterator[Finding]:
    """Also what only looks like a reserved name, since that would be its only purpose."""
    for like in likenesses(name, reserved, slips=0):
        if like.kind in ("same", "look"):
            also = "" if name == like.other else f"; it differs from {like.other} by {like.why}"
            yield RESERVED.finding(
                at=shown, problem=f"the name {name} is reserved{also}", remedy="choose another name"
            )
            return


def _like_an_extension(
    identity: ExtensionId, change: Proposed, policy: Policy
) -> Iterator[Finding]:
    """Compared by their own names, as people search for them; one's own may be alike."""
    owners: dict[str, list[str]] = {}
    for other in sorted(change.extension_ids):
        if other.developer != identity.developer:
            owners.setdefault(other.name, []).append(str(other))
    found = _likenesses(identity.name, owners, policy)
    alike = [replace(like, other=full) for like in found for full in owners[like.other]]
    known = policy.review.dependencies.well_known
    if identity.name not in known:
        alike += [
            like for like in _likenesses(identity.name, known, policy) if like.kind in _MISSPELT
        ]
    yield from _alike(str(identity), alike)


def _like_a_developer(name: str, change: Proposed, policy: Policy) -> Iterator[Finding]:
    others = change.developer_names - {name}
    yield from _alike(name, list(_likenesses(name, others, policy)))


def _likenesses(name: str, others: Iterable[str], policy: Policy) -> tuple[Likeness, ...]:
    limits = policy.review.names
    return likenesses(name, others, slips=limits.distance, visual=limits.visual_distance)


def _alike(name: str, alike: list[Likeness]) -> Iterator[Finding]:
    if not alike:
        return
    shown = "; ".join(_in_words(like) for like in alike[:_SHOWN])
    more = f"; and {len(alike) - _SHOWN} more" if len(alike) > _SHOWN else ""
    yield LOOKALIKE.finding(
        at=name,
        problem=f"{name} is easily taken for {shown}{more}",
        remedy="nothing is asked of you: a maintainer looks whether it could mislead. If you would "
        "rather not wait, another name needs nobody",
    )


def _in_words(like: Likeness) -> str:
    if like.distance == 0 and like.why == "nothing":
        return f"{like.other}, which has the same name"
    return f"{like.other}, which differs by {like.why}"


def _namesake(name: str, change: Proposed) -> Iterator[Finding]:
    """A claim of the account itself settles it; so does being the account."""
    namesake, new = change.namesake, change.new_developer
    if namesake is None or new is None or namesake.id in new.member_ids:
        return
    if is_claimed(name, new, change.claims):
        return
    kind = "organisation" if namesake.type == "Organization" else "account"
    yield NAMESAKE.finding(
        at=f"registry/developers/{name}.yaml",
        problem=f"there is an {kind} {namesake.login} (id {namesake.id}) on GitHub, and none of "
        f"the members of {name} is it",
        remedy=f"if it is yours, or lets you use its name, put {CLAIM_FILE} with `developer: {name}` "
        f"and `account:` with your numeric id on the default branch of "
        f"https://github.com/{namesake.login}/{SPOKESMAN}; otherwise a maintainer looks",
    )


def _first(name: str, change: Proposed) -> Iterator[Finding]:
    for earlier in change.earlier:
        if earlier.proposes == name:
            yield WAITS.finding(
                at=name,
                problem=f"pull request #{earlier.number} asked for this name first",
                remedy="choose another name, or wait: if that one is closed, this one is looked at "
                "again by itself",
            )
