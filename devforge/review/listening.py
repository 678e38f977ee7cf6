"""Hears the commands in new comments: who may give them, for which commit, and what to answer. Pure.

Each comment is answered once, by one reaction; what is no command, or comes from nobody who may
give any, changes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from devforge.adapters.github import Reaction
from devforge.adapters.github_answers import Comment
from devforge.model.orders import CommandName, Order
from devforge.model.policy import Policy
from devforge.model.reviewing import Role
from devforge.review.commands import Command, Unclear, read_commands
from devforge.review.memory import Memory
from devforge.review.waiving import is_rule

EDITED = "the comment was edited after it was written; say it again in a new one"
UNBOUND = (
    "it was said before this commit had been reviewed; look at it as it is now and say it again"
)
OWN = "nobody approves or excuses what is their own"
NOTHING = (
    "there was nothing for a person to approve: an approval lets in what waits for a person, "
    "never what is to be mended or has no verdict"
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What commands are measured by: the head, who its authors are, and what was said of it."""

    head: str
    authors: frozenset[int]
    policy: Policy
    memory: Memory | None
    # Why this rule cannot be waived now, or None.
    unwaivable: Callable[[str], str | None]
    is_stopped: bool = False  # somebody holds it, or sent it back

    @property
    def posted(self) -> str | None:
        """When our word on exactly this head was there for people to read."""
        is_ours = self.memory is not None and self.memory.head == self.head
        return self.memory.posted if self.memory and is_ours else None


@dataclass(frozen=True, slots=True)
class Heard:
    """What new comments say: orders, done or not, and a reaction to each that gave one."""

    orders: tuple[Order, ...] = ()
    reactions: tuple[tuple[int, Reaction], ...] = ()
    last: int = 0  # the newest comment that was read


def listen(comments: Iterable[Comment], bench: Bench) -> Heard:
    """Return what the comments after the last one heard say."""
    last = bench.memory.heard if bench.memory else 0
    orders: list[Order] = []
    reactions: list[tuple[int, Reaction]] = []
    known = {(order.comment, order.when) for order in (bench.memory.orders if bench.memory else ())}
    for comment in sorted(comments, key=lambda comment: comment.id):
        given, reaction = _answered(comment, bench)
        if comment.id <= last:  # heard before; words put in since let nothing in, but may stop it
            given = [order for order in given if _is_late_hold(order, comment, known)]
            reaction = "+1" if given else None
        last = max(last, comment.id)
        orders += given
        if reaction is not None:
            reactions.append((comment.id, reaction))
    return Heard(tuple(orders), tuple(reactions), last)


def _is_late_hold(order: Order, comment: Comment, known: Collection[tuple[int, str]]) -> bool:
    is_edited = comment.updated_at != comment.created_at
    is_hold = order.what == "hold" and order.is_done
    return is_edited and is_hold and (order.comment, order.when) not in known


def _answered(comment: Comment, bench: Bench) -> tuple[list[Order], Reaction | None]:
    if comment.user is None or comment.user.type == "Bot":
        return [], None
    found = read_commands(comment.body)
    roles = _roles(comment.user.id, bench)
    found = tuple(c for c in found if not _is_mere_word(c, roles))
    if not found:
        return [], None
    orders = [_order(command, comment, roles, bench) for command in found]
    if len(roles) == 1 and not any(order.is_done for order in orders):
        # A stranger's mistake is answered, and not worth a line in anybody's way.
        return [], _reaction(orders)
    return orders, _reaction(orders)


def _is_mere_word(command: Command | Unclear, roles: Collection[Role]) -> bool:
    return isinstance(command, Command) and command.is_word and "maintainer" not in roles


def _roles(id: int, bench: Bench) -> frozenset[Role]:
    is_maintainer = any(member.id == id for member in bench.policy.maintainers)
    roles: set[Role] = {"anyone"}
    roles |= {"maintainer"} if is_maintainer else set()
    roles |= {"author"} if id in bench.authors else set()
    return frozenset(roles)


def _reaction(orders: list[Order]) -> Reaction:
    """One answer to the whole comment: the worst of what came of its commands."""
    if any(not order.is_done and _is_unclear(order) for order in orders):
        return "confused"
    if not all(order.is_done for order in orders):
        return "-1"
    return "eyes" if any(order.what in ("recheck", "waive") for order in orders) else "+1"


def _is_unclear(order: Order) -> bool:
    return order.what == "unclear" or order.answer in (EDITED, UNBOUND)


def _order(
    command: Command | Unclear, comment: Comment, roles: frozenset[Role], bench: Bench
) -> Order:
    assert comment.user is not None  # noqa: S101  for the type checker: our caller looked
    why_not = (
        command.problem
        if isinstance(command, Unclear)
        else _why_not(command, comment, roles, bench)
    )
    known = command if isinstance(command, Command) else None
    return Order(
        comment=comment.id,
        what=known.name if known else "unclear",
        by=comment.user.id,
        login=comment.user.login[:100],
        when=comment.updated_at if known and known.name == "hold" else comment.created_at,
        head=bench.head,
        is_done=why_not is None,
        rule=known.rule[:64] if known else "",
        reason=known.reason if known else "",
        answer=why_not or "",
    )


def _why_not(
    command: Command, comment: Comment, roles: frozenset[Role], bench: Bench
) -> str | None:
    """Why a command is not obeyed; None where it is."""
    name = command.name
    allowed = _allowed(name, bench.policy)
    if not roles.intersection(allowed):
        whose = " or ".join(f"the {role}" for role in allowed) or "nobody"
        return f"by this registry's policy, /{name} is for {whose} to say"
    if comment.updated_at != comment.created_at and name != "hold":
        return EDITED  # but a hold lets nothing in, whoever wrote it last
    if name == "explain" and not is_rule(command.rule):
        return f"there is no rule {command.rule}; the comment shows each finding's rule behind it"
    if name in ("hold", "recheck", "explain"):
        return None  # these ask for nothing to be let in, so they need no commit
    return _why_not_now(command, comment, roles, bench)


def _why_not_now(
    command: Command, comment: Comment, roles: frozenset[Role], bench: Bench
) -> str | None:
    """The same for what lets something in or sends it back: it must be about this very head."""
    name = command.name
    if "author" in roles and name in ("approve", "waive"):
        return OWN
    if not _is_bound(command, comment, bench):
        return UNBOUND
    if name == "approve" and not _is_for_a_person(bench):
        return NOTHING
    return bench.unwaivable(command.rule) if name == "waive" else None


def _allowed(name: CommandName, policy: Policy) -> tuple[Role, ...]:
    allowed: tuple[Role, ...] = getattr(policy.review.commands, name)
    return allowed


def _is_bound(command: Command, comment: Comment, bench: Bench) -> bool:
    """Whether it can only mean this head: it names it, or came after our word on it was there.

    Times are whole seconds, so what came in the same second may have come before.
    """
    if command.sha:
        return bench.head.startswith(command.sha)
    return bench.posted is not None and comment.created_at > bench.posted


def _is_for_a_person(bench: Bench) -> bool:
    if bench.is_stopped or bench.posted is None or bench.memory is None:
        return True  # it ends a hold, or names a commit whose review is still to come
    return bench.memory.outcome in ("person", "wait")
