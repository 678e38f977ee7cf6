"""New names: reserved ones, ones that look like another's, and who came first. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.protocol import Rule
from devforge.model.change import Proposed
from devforge.model.names import ExtensionId
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

RESERVED = Rule(
    "name-reserved", "The name is free to take", "block",
    "Some names would be taken for the marketplace's own.",
)  # fmt: skip
LOOKALIKE = Rule(
    "name-lookalike", "The name is unlike others", "person",
    "A name that differs from another developer's by a hyphen, a letter or the order of two is how "
    "people are led to the wrong extension.",
)  # fmt: skip
WAITS = Rule(
    "name-waits", "Nobody else asked for the name first", "block",
    "Two open pull requests propose the same name. The one that was opened first keeps its place.",
)  # fmt: skip
RULES = (RESERVED, LOOKALIKE, WAITS)
# Below this many letters, names one letter apart are no likeness: `git` and `gist`.
_LETTERS = 5


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield what is wrong with a name that is new; an existing one is past this."""
    policy, subject = submission.policy, change.subject
    if subject.extension is not None and change.old_extension is None:
        identity = subject.extension
        yield from _reserved(identity.name, policy.review.reserved_names, str(identity))
        yield from _like_an_extension(identity, change)
        yield from _first(str(identity), change)
    if subject.developer is not None and change.old_developer is None:
        yield from _reserved(subject.developer, policy.reserved_developers, subject.developer)
        yield from _like_a_developer(subject.developer, change)
        yield from _first(subject.developer, change)


def looks_like(one: str, other: str) -> bool:
    """Whether two names differ by nothing but separators, or by one slip of a finger.

    A slip is a letter added, left out, changed, or swapped with its neighbour (the optimal
    string alignment form of the Damerau-Levenshtein distance, at most 1).
    """
    one, other = (name.lower().replace("-", "").replace("_", "") for name in (one, other))
    if one == other:
        return True
    if min(len(one), len(other)) < _LETTERS or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True  # one letter more at the end
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def _reserved(name: str, reserved: tuple[str, ...], shown: str) -> Iterator[Finding]:
    taken = next((r for r in reserved if r.replace("-", "") == name.replace("-", "")), None)
    if taken is not None:
        yield RESERVED.finding(
            at=shown, problem=f"the name {name} is reserved ({taken})", remedy="choose another name"
        )


def _like_an_extension(identity: ExtensionId, change: Proposed) -> Iterator[Finding]:
    others = (o for o in change.extension_ids if o.developer != identity.developer)
    similar = sorted(str(other) for other in others if looks_like(identity.name, other.name))
    if similar:
        yield _alike(str(identity), similar)


def _like_a_developer(name: str, change: Proposed) -> Iterator[Finding]:
    similar = sorted(o for o in change.developer_names if o != name and looks_like(name, o))
    if similar:
        yield _alike(name, similar)


def _alike(name: str, similar: list[str]) -> Finding:
    more = f" and {len(similar) - 5} more" if len(similar) > 5 else ""
    return LOOKALIKE.finding(
        at=name,
        problem=f"it is easily taken for {', '.join(similar[:5])}{more}",
        remedy="a maintainer looks whether it could mislead; another name needs nobody",
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
