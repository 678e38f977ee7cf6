"""Decides what advisories lead to for versions that are out: take back, tell, list. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from devforge.advisories.copied import HEADING, Copied, wanting
from devforge.advisories.copied import SECTION as COPY
from devforge.advisories.severity import is_as_bad_as
from devforge.advisories.standing import Open, Out
from devforge.advisories.words import issue_body, issue_mark, issue_title, reason_of
from devforge.model import inbox
from devforge.model.components import Vulnerability
from devforge.model.names import ExtensionId
from devforge.model.policy import Advisories
from devforge.model.recall import Recall
from devforge.model.records import Yank
from devforge.plan import Plan

SECTION = "advisories"
_FEW = 10  # so many are taken back whatever share of a small marketplace they are


@dataclass(frozen=True, slots=True)
class SetRecall:
    """Remember that a version is taken back, or no longer."""

    recall: Recall

    @property
    def line(self) -> str:
        verb = "yank  " if self.recall.yanked else "return"
        why = ", ".join(self.recall.advisories) or "its advisories were withdrawn"
        return f"{verb} {self.recall.id} {self.recall.version}  {why}"


@dataclass(frozen=True, slots=True)
class SetIssue:
    """Make one issue say this; `number` is None where it has to be opened."""

    what: str
    number: int | None
    title: str
    body: str
    label: str
    state: Literal["open", "closed"]

    @property
    def line(self) -> str:
        verb = "open" if self.number is None else "close" if self.state == "closed" else "edit"
        return f"issue  {verb} {self.what}{f'  #{self.number}' if self.number else ''}"


@dataclass(frozen=True, slots=True)
class Publish:
    """Have the index written anew at once."""

    line: str = "start  publish"


Change = SetRecall | SetIssue | Publish


def plan_reopen(
    *,
    out: Iterable[Out],
    members: Mapping[ExtensionId, Sequence[str]],
    issues: Mapping[str, Open],
    policy: Advisories,
    complete: bool,
    copied: Copied | None,
    keep_percent: int,
) -> Plan[Change]:
    """Return what to take back, whom to tell, and what the operator sees.

    Args:
        members: the logins to tell of an extension.
        issues: by their mark, those of the label `advisory` and the inbox.
        complete: whether everything known was at hand. Where not, nothing is given back or closed.
        copied: the copy of the OSV database, if there is one.
        keep_percent: the share of versions that one run must leave on offer.
    """
    versions: dict[ExtensionId, list[Out]] = defaultdict(list)
    for one in out:
        versions[one.id].append(one)
    notes = [] if copied else ["look   at our own advisories alone: there is no copy of OSV's"]
    recalls: list[Change] = []
    told: list[Change] = []
    waiting: list[str] = []
    for id in sorted(versions):
        ordered = sorted(versions[id], key=lambda o: o.version, reverse=True)
        for one in ordered:
            change, note = _recall(one, ordered, policy, complete=complete)
            recalls += [change] if change else []
            notes += [note] if note else []
        issue = _issue(
            id, ordered, members.get(id, ()), issues.get(issue_mark(id)), policy, complete
        )
        told += [issue] if issue else []
        waiting += _waiting(ordered[0], policy)
    told += _inbox(
        issues.get(inbox.MARK),
        waiting if complete or waiting else None,
        tuple(wanting(copied, policy)),
    )
    start: list[Change] = [Publish()] if recalls else []
    refusals = _too_many(recalls, sum(map(len, versions.values())), keep_percent)
    return Plan("advisories reopen", (*recalls, *told, *start), tuple(notes), refusals)


def reasons_to_yank(one: Out, policy: Advisories) -> tuple[str, ...]:
    """Return the ids of the advisories for which a version is no longer offered."""
    bad = (v.id for v in one.found if v.certain and is_as_bad_as(v.severity, policy.yank))
    return tuple(dict.fromkeys([*(own.id for own in one.own), *bad]))


def _too_many(recalls: Sequence[Change], out: int, keep_percent: int) -> tuple[str, ...]:
    """One wrong record about a package that everybody uses must not empty the marketplace."""
    yanks = sum(isinstance(change, SetRecall) and bool(change.recall.yanked) for change in recalls)
    if yanks <= _FEW or yanks * 100 <= (100 - keep_percent) * out:
        return ()
    return (
        (
            f"{yanks} of {out} versions would be taken back at once, and publishing.keep_percent is "
            f"{keep_percent}: look at their advisories, and lower it or advisories.yank if they are right"
        ),
    )


def _recall(
    one: Out, versions: Sequence[Out], policy: Advisories, *, complete: bool
) -> tuple[SetRecall | None, str | None]:
    ids, recall = reasons_to_yank(one, policy), one.recall
    name = f"{one.id} {one.version}"
    if not ids:
        if recall is None or recall.yanked is None:
            return None, None
        if not complete:
            return None, f"keep   {name} taken back: not everything known could be looked at"
        return SetRecall(Recall(id=one.id, version=one.version)), None
    if one.by_record:
        return None, f"same   {name}: its record takes it back already"
    better = next((o for o in versions if _is_better(o, one, policy)), None)
    yank = Yank(reason=reason_of(one, ids), replacement=str(better.version) if better else None)
    wanted = Recall(id=one.id, version=one.version, advisories=ids[:100], yanked=yank)
    return (SetRecall(wanted), None) if wanted != recall else (None, None)


def _is_better(other: Out, than: Out, policy: Advisories) -> bool:
    """Whether `other` can be had in the place of a version that is taken back."""
    fine = not other.by_record and not reasons_to_yank(other, policy)
    return fine and other.version > than.version and not other.version.is_prerelease


def _issue(
    id: ExtensionId,
    ordered: Sequence[Out],
    members: Sequence[str],
    there: Open | None,
    policy: Advisories,
    complete: bool,
) -> SetIssue | None:
    """Tell an extension's members while its newest version has what would stop a new one."""
    newest = ordered[0]
    against = _against(newest, policy)
    if not against and not newest.own:
        if there is None or there.state == "closed" or not complete:
            return None
        return SetIssue(str(id), there.number, there.title, there.body, "advisory", "closed")
    title = issue_title(newest)
    body = issue_body(newest, against, members, taken_back=bool(reasons_to_yank(newest, policy)))
    if there and (there.title, there.body.strip(), there.state) == (title, body.strip(), "open"):
        return None
    return SetIssue(str(id), there.number if there else None, title, body, "advisory", "open")


def _against(one: Out, policy: Advisories) -> tuple[Vulnerability, ...]:
    """What its members are told of: what sends a new submission back, or takes this one back."""
    return tuple(
        v
        for v in one.found
        if v.certain
        and (is_as_bad_as(v.severity, policy.block) or is_as_bad_as(v.severity, policy.yank))
    )


def _waiting(newest: Out, policy: Advisories) -> list[str]:
    """The operator's line: nobody is offered its newest version until somebody acts."""
    ids = reasons_to_yank(newest, policy)
    named = ", ".join(f"`{id}`" for id in ids[:3])
    told = "its members are told in an issue with the label `advisory`"
    return [f"{newest.id} {newest.version} is taken back for {named}; {told}"] if ids else []


def _inbox(there: Open | None, waiting: Sequence[str] | None, copy: Sequence[str]) -> list[Change]:
    """Say in the inbox what waits and what the copy lacks; where it is None, what waits stays as it was."""
    body = inbox.with_section(there.body if there else None, COPY, HEADING, copy)
    if waiting is not None:
        body = inbox.with_section(body, SECTION, "Taken back", waiting)
    is_empty = inbox.is_empty(body)
    if there is None:
        new = SetIssue("the inbox", None, inbox.TITLE, body, inbox.LABEL, "open")
        return [] if is_empty else [new]
    state: Literal["open", "closed"] = "closed" if is_empty else "open"
    if (there.body.strip(), there.state) == (body.strip(), state):
        return []
    return [SetIssue("the inbox", there.number, inbox.TITLE, body, inbox.LABEL, state)]
