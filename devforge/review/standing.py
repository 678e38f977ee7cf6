"""How people stand to a pull request: who approved it, who holds it, who sent it back. Pure.

Comments and GitHub's own reviews count alike, in the order of the server's time: the later word
wins, whoever gave it. An approval is of one head commit; a hold stays over every push.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from devforge.adapters.github_answers import Review
from devforge.model.orders import Order
from devforge.model.policy import Policy

_STATES = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")


@dataclass(frozen=True, slots=True)
class Word:
    """Something one person said that counts; the id is the identity."""

    id: int
    login: str
    when: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts for one head; `overruled` are sentences on words that no longer do."""

    approvals: tuple[Word, ...] = ()
    hold: Word | None = None
    rejection: Word | None = None
    overruled: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line that changes whenever any of it does."""
        approved = ",".join(f"{word.id}@{word.when}" for word in self.approvals)
        held = [f"{word.id}@{word.when}" if word else "" for word in (self.hold, self.rejection)]
        return f"approved {approved}; held {held[0]}; rejected {held[1]}"


@dataclass(frozen=True, slots=True)
class _Event:
    when: str
    turn: int
    what: str
    word: Word


def stand(
    orders: Iterable[Order],
    reviews: Iterable[Review],
    *,
    head: str,
    policy: Policy,
    authors: Collection[int],
) -> Standing:
    """Return how people stand to `head`.

    Args:
        orders: every command that was carried out, for this head and those before it.
        authors: whose own approval never counts.

    Source: attack rows A18 and A19: ids, not logins; the commit, not the time.
    """
    approvals: dict[int, Word] = {}
    hold: Word | None = None
    rejection: Word | None = None
    overruled: list[str] = []
    events = (*_of_orders(orders, head), *_of_reviews(reviews, head, policy, authors))
    for event in sorted(events, key=lambda event: (event.when, event.turn)):
        word = event.word
        if event.what == "release":
            hold = None
            continue
        if event.what == "approve":
            for earlier, verb in ((hold, "holding it"), (rejection, "sending it back")):
                if earlier is not None and earlier.id != word.id:
                    overruled.append(_later(word, "approval", earlier, verb))
            approvals[word.id], hold, rejection = word, None, None
            continue
        for earlier in approvals.values():
            if earlier.id != word.id:
                kind = "hold" if event.what == "hold" else "no"
                overruled.append(_later(word, kind, earlier, "approving it"))
        approvals.clear()
        if event.what == "hold":
            hold = word
        else:
            rejection = word
    return Standing(tuple(approvals.values()), hold, rejection, tuple(overruled[-5:]))


def _later(word: Word, kind: str, earlier: Word, verb: str) -> str:
    return f"{word.login}'s {kind} came after {earlier.login}'s {verb}; the later word counts"


def _of_orders(orders: Iterable[Order], head: str) -> Iterable[_Event]:
    for order in orders:
        if not order.is_done or order.what not in ("approve", "reject", "hold"):
            continue
        word = Word(order.by, order.login, order.when, order.reason)
        if order.what == "hold" or order.head == head:
            yield _Event(order.when, order.comment, order.what, word)
        elif order.what == "approve":
            # Of another head it approves nothing here, but it did end what was held before it.
            yield _Event(order.when, order.comment, "release", word)


def _of_reviews(
    reviews: Iterable[Review], head: str, policy: Policy, authors: Collection[int]
) -> Iterable[_Event]:
    """Each maintainer's last review: an approval of exactly this head, or changes asked for."""
    maintainers = {member.id for member in policy.maintainers}
    last: dict[int, Review] = {}
    for review in reviews:
        if review.user is not None and review.state in _STATES and review.user.id in maintainers:
            last[review.user.id] = review
    for id, review in last.items():
        assert review.user is not None  # noqa: S101  for the type checker: looked at above
        word = Word(id, review.user.login, review.submitted_at)
        if review.state == "CHANGES_REQUESTED":
            asked = Word(id, review.user.login, review.submitted_at, "asks for changes")
            yield _Event(review.submitted_at, 0, "hold", asked)
        elif review.state == "APPROVED" and id not in authors:
            what = "approve" if review.commit_id == head else "release"
            yield _Event(review.submitted_at, 0, what, word)
