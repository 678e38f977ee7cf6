"""How much of one account is merged unseen within a day. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.protocol import Rule
from devforge.model.change import Proposed
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

MANY = Rule(
    "person-many-a-day", "Many submissions within a day", "person",
    "A stolen token publishes to all its owner has within minutes. Past a number that people rarely "
    "reach, a person looks whether it is still them.",
)  # fmt: skip
RULES = (MANY,)


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield one finding where its author's submissions of a day are more than the policy allows."""
    limit = submission.policy.review.people.versions_a_day
    others = len(change.others_today)
    if change.author is not None and others >= limit:
        yield MANY.finding(
            at="the pull request",
            problem=f"{change.author.login} has {others} other submissions of the last 24 hours that "
            f"were merged or came before this one; {limit} a day are merged unseen",
            remedy="make sure that it is still its author who submits, then approve; what is "
            "submitted tomorrow needs nobody",
        )
