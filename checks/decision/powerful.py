"""Which of a profile's powers could harm, together or alone, so that a person sees an extension's first version. Pure."""

from __future__ import annotations

from checks.changed import changed_lines
from devforge.model.doings import POWERS
from devforge.model.observed import SourceTree
from devforge.model.profile import Place, Power, Profile, Use
from devforge.model.submission import Submission

# What harms in the hands of whoever is at the other end of a connection, or is harmed by being sent there.
_BESIDE_NETWORK: tuple[Power, ...] = (
    "process", "dynamic-code", "native-code", "credentials", "secrets", "environment", "clipboard",
    "filesystem-write", "runtime",
)  # fmt: skip
_PAIRS: tuple[tuple[Power, ...], ...] = (
    ("install-hook",),
    *((power, "network") for power in _BESIDE_NETWORK),
    ("native-code",),
    ("filesystem-read", "network"),
    ("dynamic-code", "process"),
    ("dynamic-code", "filesystem-read"),
    ("process", "credentials"),
    ("process", "filesystem-write"),
    # Each of these is all the others: a program that is started, or a text that is run, can do anything.
    ("secrets",),
    ("credentials",),
    ("dynamic-code",),
    ("process",),
    ("runtime",),
)


# Of an update's new lines, what an extension that did each before may do together for the first time.
_NEWLY: tuple[tuple[Power, ...], ...] = (
    *((power, "network") for power in _BESIDE_NETWORK if power != "filesystem-write"),
    ("dynamic-code", "process"),
    ("process", "credentials"),
)


def newly_together(submission: Submission) -> tuple[Use, ...]:
    """Return what the lines that an update adds or changes do together that could harm; empty where nothing could."""
    # Security and the profile need one another, and the decision is imported before both.
    from checks.profile.uses import counting, seen_in, uses_of  # noqa: PLC0415

    before = submission.previous
    if not isinstance(before, SourceTree):
        return ()
    seen = seen_in(submission)
    lines = changed_lines(submission.tree, before, [file.path for file in counting(submission)])
    return _first(Profile(uses=uses_of(submission, seen, among=lines)), _NEWLY)


def powerful(profile: Profile) -> tuple[Use, ...]:
    """Return the uses that could harm, the gravest first named; empty where none could."""
    return _first(profile, _PAIRS)


def _first(profile: Profile, groups: tuple[tuple[Power, ...], ...]) -> tuple[Use, ...]:
    for powers in groups:
        uses = [profile.use(power) for power in powers]
        found = tuple(use for use in uses if use is not None and use.places)
        if len(found) == len(powers):
            return found
    return ()


def told(uses: tuple[Use, ...]) -> str:
    """Return `it starts other programs (a.py, line 3) and reaches the network (b.py, line 9)`."""
    return "it " + " and ".join(f"{POWERS[use.power]} ({_where(use.places[0])})" for use in uses)


def _where(place: Place) -> str:
    return f"{place.path}, line {place.line}" if place.line else place.path
