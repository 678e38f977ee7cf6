"""What people said below one pull request, as far as it counts: comments, reviews, commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from devforge.adapters.github import GitHub
from devforge.adapters.github_answers import Comment, Pull
from devforge.errors import Unavailable
from devforge.model.observed import SourceTree
from devforge.model.orders import Order
from devforge.model.policy import Policy
from devforge.model.verdict import Report
from devforge.model.waivers import Accepted
from devforge.review.listening import Bench, Heard, listen
from devforge.review.memory import Memory, kept_orders
from devforge.review.standing import Standing, stand
from devforge.review.waiving import accept, found_in, is_settled_by_approval, why_never


@dataclass(frozen=True, slots=True)
class Talk:
    """What was heard now, all orders worth remembering, and how people stand to the head."""

    heard: Heard = field(default_factory=Heard)
    orders: tuple[Order, ...] = ()
    standing: Standing = field(default_factory=Standing)
    comments: tuple[Comment, ...] | None = field(default=None, repr=False)  # None: not read
    accepted: tuple[Accepted, ...] = ()  # what a maintainer accepted just now
    again: bool = False  # somebody asked for another look

    @property
    def waived(self) -> tuple[Order, ...]:
        """The waivers just given."""
        return tuple(o for o in self.heard.orders if o.is_done and o.what == "waive")

    def of(self, head: str) -> tuple[Order, ...]:
        """The orders given for one head."""
        return tuple(order for order in self.orders if order.head == head)


def read_talk(
    github: GitHub,
    pull: Pull,
    *,
    authors: frozenset[int],
    policy: Policy,
    memory: Memory | None,
    last: Report | None,
    with_reviews: bool,
    untouched: bool = False,
) -> Talk:
    """Read the comments since the last look, and people's reviews where they can change anything.

    Args:
        authors: whose own approval never counts.
        last: the report people saw on this head, if there is one.
        untouched: nothing has happened to it since it was opened, so there is nothing to ask for.

    Raises:
        Unavailable: the server gave no answer.
    """
    since = memory.seen if memory and memory.comment else None
    comments = () if untouched else github.comments(pull.number, since=since)
    reviews = github.reviews(pull.number) if with_reviews and not untouched else ()
    before, head = memory.orders if memory else (), pull.head.sha

    def standing(orders: tuple[Order, ...]) -> Standing:
        return stand(orders, reviews, head=head, policy=policy, authors=authors)

    stopped = standing(before)
    bench = Bench(
        head=head,
        authors=authors,
        policy=policy,
        memory=memory,
        unwaivable=_unwaivable(policy, last),
        is_stopped=bool(stopped.hold or stopped.rejection),
    )
    heard = listen(comments, bench)
    orders = kept_orders((*before, *heard.orders))
    return Talk(heard, orders, standing(orders), comments)


def remembered_talk(memory: Memory | None) -> Talk:
    """What was said before, where nothing new could be read."""
    if memory is None:
        return Talk()
    return Talk(Heard(last=memory.heard), memory.orders)


def with_waivers(talk: Talk, last: Report | None, tree: SourceTree | None, now: datetime) -> Talk:
    """Return the talk with the findings accepted that its new waivers name; then all is read anew.

    Raises:
        Unavailable: the source the findings are of could not be read just now.
    """
    if not talk.waived:
        return talk
    if last is None or tree is None or tree.sha256 != last.tree_sha256:
        raise Unavailable("a finding was waived whose source could not be read just now")
    accepted = [
        one
        for order in talk.waived
        for one in accept(
            found_in(last.checks, order.rule),
            tree,
            reason=order.reason,
            by=order.by,
            login=order.login,
            when=now,
        )
    ]
    return replace(talk, accepted=(*talk.accepted, *accepted), again=True)


def with_agreed(
    talk: Talk, report: Report, tree: SourceTree, policy: Policy, now: datetime
) -> Talk:
    """Return the talk with what a maintainer saw and approved accepted, so that nobody is asked twice.

    What could be malice, unless its author justified it, and what is asked of the change itself
    stays open: those are looked at each time.
    """
    if report.decision != "merge" or not talk.standing.approvals:
        return talk
    by = talk.standing.approvals[0]
    seen = [
        finding.model_copy(
            update={"excused": finding.excused or f"seen when {report.version} was approved"}
        )
        for check in report.checks
        for finding in check.findings
        if finding.severity == "person" and is_settled_by_approval(finding)
        if why_never(finding.rule, policy) is None
    ]
    accepted = accept(seen, tree, reason="", by=by.id, login=by.login, when=now)
    return replace(talk, accepted=(*talk.accepted, *accepted))


def _unwaivable(policy: Policy, last: Report | None) -> Callable[[str], str | None]:
    def why_not(rule: str) -> str | None:
        never = why_never(rule, policy)
        if never is None and not (last and found_in(last.checks, rule)):
            return f"{rule} found nothing here that anybody would have to act on"
        return never

    return why_not
