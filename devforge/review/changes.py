"""Says what is new in a version, or what a first version does, as a person wants to read it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from devforge.model.doings import POWERS, counts, doings
from devforge.model.profile import Difference, FileChange, Gain, Place, Profile
from devforge.model.verdict import Report

_MOST = 6  # things of one kind that are named; the report has them all
_FILES = 60
# Each completes "the new version …"; powers have words of their own.
_WORDS: Mapping[tuple[str, str], str] = {
    ("permission", "new"): "asks for",
    ("permission", "gone"): "no longer asks for",
    ("host", "new"): "talks to",
    ("host", "gone"): "no longer talks to",
    ("program", "new"): "starts",
    ("program", "gone"): "no longer starts",
    ("dependency", "new"): "depends on",
    ("dependency", "gone"): "no longer depends on",
    ("dependency", "changed"): "takes another version of",
    ("entry point", "new"): "can be started by",
    ("entry point", "gone"): "can no longer be started by",
    ("install hook", "new"): "does something at installation:",
    ("install hook", "gone"): "no longer does this at installation:",
    ("binary", "new"): "ships the compiled file",
    ("binary", "gone"): "no longer ships the compiled file",
    ("minified file", "new"): "ships minified, so that nobody can read it,",
    ("minified file", "gone"): "no longer ships the minified",
    ("owner", "new"): "may be published by",
    ("owner", "gone"): "may no longer be published by",
}
# What has a name says more than the power itself.
_NAMES = {"network": "host", "process": "program", "install-hook": "install hook"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line: words of ours, and names of a stranger's that are shown as code."""

    words: str
    things: tuple[tuple[str, Place | None], ...] = ()
    left_out: int = 0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a comment shows of a difference or, where nothing came before, of a profile."""

    since: str  # empty: a first version
    lines: tuple[Told, ...]
    summary: str  # how many files came, changed and went
    files: tuple[FileChange, ...] = ()
    left_out: int = 0
    sizes: tuple[int, int] = (0, 0)


def changes_of(report: Report) -> Changes | None:
    """Return what there is to tell; None where nobody looked at the source."""
    if report.difference is not None:
        return _since(report.difference, report.profile)
    if report.profile is not None:
        return Changes("", tuple(_does(report.profile)), "")
    return None


def _since(difference: Difference, profile: Profile | None) -> Changes:
    components = profile.dependencies if profile else ()
    brought = {
        f"{one.name} ({one.ecosystem}) {one.version}".strip()
        for one in components
        if not one.direct
    }
    return Changes(
        since=difference.since,
        lines=tuple(_gains(difference.gains, brought)),
        summary=_summary(difference),
        files=difference.files[:_FILES],
        left_out=max(0, len(difference.files) - _FILES) + difference.files_left_out,
        sizes=(difference.bytes_before, difference.bytes_after),
    )


def _gains(gains: Sequence[Gain], brought: Collection[str]) -> Iterator[Told]:
    """What came before what went; each kind is one line.

    Args:
        brought: new dependencies that only others depend on.
    """
    named = {(gain.kind, gain.verb) for gain in gains}
    for verb in ("new", "changed", "gone"):
        ones = [gain for gain in gains if gain.verb == verb]
        for kind, group in groupby(ones, key=lambda gain: gain.kind):
            same = list(group)
            if kind == "power":
                yield from (
                    _power(one) for one in same if (_NAMES.get(one.what), verb) not in named
                )
                continue
            own = [one for one in same if verb != "new" or one.what not in brought]
            yield from _named(_WORDS[kind, verb], own)
            yield from _named("brings through others", [one for one in same if one not in own])


def _named(words: str, gains: Sequence[Gain]) -> Iterator[Told]:
    things = tuple((one.what, one.place) for one in gains[:_MOST])
    if things:
        yield Told(words, things, len(gains) - len(things))


def _power(gain: Gain) -> Told:
    words = POWERS.get(gain.what, gain.what)  # type: ignore[call-overload]
    return Told(words if gain.verb == "new" else f"{words} no longer", place=gain.place)


def _does(profile: Profile) -> Iterator[Told]:
    for doing in doings(profile, most=_MOST):
        things = tuple((thing, None) for thing in doing.things)
        yield Told(doing.words, things, doing.left_out, doing.place)
    found = [f"{number:,} {noun}" for number, noun in counts(profile)]
    if found:
        yield Told(f"brings {', '.join(found)}")


def _summary(difference: Difference) -> str:
    """Return how many files came, changed and went, and how many lines."""
    files = difference.files
    if not files:
        return "not a file of the package changed"
    parts: list[str] = []
    for verb in ("added", "changed", "removed"):
        number = sum(file.verb == verb for file in files)
        if number:
            noun = "" if parts else " files" if number > 1 else " file"
            parts.append(f"{number:,}{noun} {verb}")
    plus = sum(file.lines_added or 0 for file in files)
    minus = sum(file.lines_removed or 0 for file in files)
    more = f", and {difference.files_left_out:,} more files" if difference.files_left_out else ""
    return f"{', '.join(parts)}{more} (+{plus:,} −{minus:,} lines)"  # noqa: RUF001  a minus
