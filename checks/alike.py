"""Which failures of tests have one cause, and how that is said once. Pure."""

from __future__ import annotations

import re

_SHOWN_TESTS = 5
_SHOWN_REASONS = 4
_SHOWN_LETTERS = 160
# What differs between failures that are alike: where a run has its files, and where objects lie.
_OF_THE_RUN = re.compile(r"/tmp/[^\s'\"]+|\b0x[0-9a-f]+")  # noqa: S108 - in texts, not on disk
# What differs besides between errors of one cause; what is asserted differs because its cause does.
_OF_THE_TEST = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\d+")
_ASSERTED = re.compile(r"\bassert|\bexpected\b", re.IGNORECASE)


def cause(failure: str) -> str:
    """Return what failures of one cause have in common."""
    said = _said(failure)
    own = said == failure or _ASSERTED.search(said)
    return said if own else _OF_THE_TEST.sub("…", said)


def _said(failure: str) -> str:
    return _OF_THE_RUN.sub("…", _reason(failure))


def _reason(failure: str) -> str:
    """What a failure says after the name of its test."""
    name, _, said = failure.partition(": ")
    if "::" not in name:  # Node names the file, and then the test
        _, _, said = said.partition(": ") if ": " in said else ("", "", said)
    return said or failure


def together(reasons: dict[str, list[str]]) -> str:
    """Return which tests fail and why: one, those that fail alike, or the first of each kind."""
    if len(reasons) == 1:
        [failures] = reasons.values()
        alike = f"{len(failures)} tests fail alike: {first(failures)}: {_said(failures[0])}"
        return f"this test fails: {failures[0]}" if len(failures) == 1 else alike
    kinds = list(reasons.values())
    said = [f"{first(fs)}: {_shortened(_said(fs[0]))}" for fs in kinds[:_SHOWN_REASONS]]
    rest = [f.partition(": ")[0] for fs in kinds[_SHOWN_REASONS:] for f in fs]
    also = [f"and for other reasons {', '.join(rest)}"] if rest else []
    return f"{sum(map(len, reasons.values()))} tests fail: {'; '.join([*said, *also])}"


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _SHOWN_LETTERS else f"{reason[: _SHOWN_LETTERS - 1].rstrip()}…"


def first(failures: list[str]) -> str:
    """Return the names of the first tests, and how many more there are."""
    names = [failure.partition(": ")[0] for failure in failures[:_SHOWN_TESTS]]
    more = len(failures) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
