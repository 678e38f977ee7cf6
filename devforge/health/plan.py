"""Plans what reports lead to: halts, what is to be remembered, and what the operator is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from devforge.health.tally import Counted, Key
from devforge.health.verdict import Verdict, judge
from devforge.model.health import HealthNote, HealthRules, Tally
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.plan import Plan

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A version that is out, its record, and what is remembered of its reports."""

    id: ExtensionId
    version: Version
    published: datetime
    note: HealthNote
    is_halted: bool = False  # by its record
    is_security: bool = False  # mends a hole: nobody but a person keeps people from it
    is_newest: bool = True
    before: Version | None = None  # the version below it that is out

    @property
    def key(self) -> Key:
        return self.id, self.version

    @property
    def name(self) -> str:
        return f"{self.id} {self.version}"

    def is_recent(self, rules: HealthRules, now: datetime) -> bool:
        """Whether reports about it lead to anything."""
        return now - self.published <= timedelta(days=rules.days)

    @property
    def since(self) -> datetime:
        """From when on its reports count: not from before it was out, nor before a person went on with it."""
        return max(self.published, self.note.since or self.published)


@dataclass(frozen=True, slots=True)
class Halt:
    """Halt a version, as `devforge operator halt` does."""

    id: ExtensionId
    version: Version
    why: str
    note: HealthNote = field(repr=False)  # what is remembered once it is halted

    @property
    def line(self) -> str:
        return f"halt     {self.id} {self.version}   {self.why}"


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep what is known of a version."""

    note: HealthNote = field(repr=False)
    what: str

    @property
    def line(self) -> str:
        return f"note     {self.note.id} {self.note.version}   {self.what}"


Change = Halt | Remember


@dataclass(frozen=True, slots=True)
class Tell:
    """What the operator is told of a version, and the command that settles it."""

    id: ExtensionId
    version: Version
    what: str
    verb: Literal["halt", "resume"]

    @property
    def line(self) -> str:
        return f"tell     {self.id} {self.version}   {self.what}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The plan, and what the operator's inbox says as long as it is so."""

    plan: Plan[Change]
    tells: tuple[Tell, ...] = ()


def plan_health(
    *,
    watched: Iterable[Watched],
    counted: Mapping[Key, Counted],
    rules: HealthRules,
    now: datetime,
) -> Outlook:
    """Return whom to halt, what to keep, and what the operator is told.

    A halted version that a person goes on with begins anew: what was reported before is settled. More
    halts than the policy has for a day are none, because then it is the beacon that is ill.
    """
    ordered = sorted(watched, key=lambda one: (one.id, one.version))
    known = {one.key: _known(one, counted.get(one.key, Counted()), now) for one in ordered}
    verdicts = {
        one.key: _verdict(one, known, counted, rules)
        for one in ordered
        if one.is_recent(rules, now) and not one.is_halted
    }
    failing = [o for o in ordered if o.key in verdicts and verdicts[o.key].kind == "fails"]
    may = _may_halt(failing, ordered, rules, now)
    changes: list[Change] = []
    tells: list[Tell] = []
    notes: list[str] = []
    for one in ordered:
        note, verdict = known[one.key], verdicts.get(one.key)
        if verdict is not None and one in may:
            halted = note.model_copy(update={"halted": now, "job_halted": now})
            changes.append(Halt(one.id, one.version, verdict.why, halted))
            tells.append(_halted(one, halted))
        elif note != one.note:
            changes.append(Remember(note, _said(note)))
        # Also where the run that halted it was killed, or a person was faster.
        if one.is_halted and one.is_newest and note.total.failed >= rules.minimum_failed:
            tells.append(_halted(one, note))
        elif verdict is not None and one not in may:
            found = _told(one, verdict, failing, rules)
            tells += [found] if found else []
            notes += (
                [f"leave    {one.name}   {verdict.why}"] if not found and note.total.heard else []
            )
    notes += [tell.line for tell in tells]
    return Outlook(Plan("health", tuple(changes), tuple(notes)), tuple(tells))


def _known(one: Watched, counted: Counted, now: datetime) -> HealthNote:
    """Return what is known of a version after these logs. A day's count never falls: old logs are deleted."""
    note = one.note
    if note.halted is not None and not one.is_halted:  # a person went on with it
        return note.model_copy(update={"halted": None, "since": now, "total": Tally()})
    total = _most(note.total, counted.total)
    days = {
        day: _most(note.days.get(day, Tally()), counted.days.get(day, Tally()))
        for day in sorted({*note.days, *counted.days})
    }
    halted = note.halted or (now if one.is_halted else None)
    return note.model_copy(update={"total": total, "days": days, "halted": halted})


def _most(a: Tally, b: Tally) -> Tally:
    return Tally(ok=max(a.ok, b.ok), failed=max(a.failed, b.failed))


def _verdict(
    one: Watched,
    known: Mapping[Key, HealthNote],
    counted: Mapping[Key, Counted],
    rules: HealthRules,
) -> Verdict:
    before = known.get((one.id, one.before)) if one.before else None
    is_settled = known[one.key].since != one.note.since  # just now, with all its requests
    hits = counted[one.key].hits if one.key in counted and not is_settled else 0
    return judge(known[one.key].total, before.total if before else Tally(), hits, rules)


def _may_halt(
    failing: list[Watched], ordered: list[Watched], rules: HealthRules, now: datetime
) -> list[Watched]:
    """Return what is halted now: all that fails and may be, or nothing."""
    wanted = [one for one in failing if not one.is_security] if rules.mode == "halt" else []
    lately = [one.note.job_halted for one in ordered if one.note.job_halted is not None]
    halted = sum(now - when < _DAY for when in lately)
    return wanted if len(wanted) + halted <= rules.halts_a_day else []


def _halted(one: Watched, note: HealthNote) -> Tell:
    total = note.total
    what = f"is halted: it failed in {total.failed} networks and started in {total.ok}"
    return Tell(one.id, one.version, what, "resume")


def _told(
    one: Watched, verdict: Verdict, failing: list[Watched], rules: HealthRules
) -> Tell | None:
    if verdict.kind == "odd":
        return Tell(one.id, one.version, verdict.why, "halt")
    if verdict.kind != "fails":
        return None
    return Tell(one.id, one.version, f"{verdict.why}; {_why_not(one, failing, rules)}", "halt")


def _why_not(one: Watched, failing: list[Watched], rules: HealthRules) -> str:
    if one.is_security:
        return "a release that mends a hole is halted by a person alone"
    if rules.mode != "halt":
        return f"health.mode is {rules.mode}"
    return (
        f"not halted, because {len(failing)} fail and that would be more halts in a day than "
        f"health.halts_a_day, {rules.halts_a_day}: somebody may be playing with the beacon"
    )


def _said(note: HealthNote) -> str:
    if note.halted is None and note.since is not None and not note.total.heard:
        return "a person went on with it: what was reported before is settled"
    state = ", halted" if note.halted else ""
    return f"{note.total.ok} ok, {note.total.failed} failed{state}"
