"""The one thing every review check is: a module with a NAME, its RULES and a pure `check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from devforge.model.observed import Missing
from devforge.model.reviewing import CheckName, Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding


class NoVerdict(Exception):
    """Raised by a check that lacks what it needs to answer; the text says what, for the operator."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's public identity. `id` is permanent: waivers, policy and pages point at it."""

    id: str
    title: str
    severity: Severity
    why: str  # the paragraph its page opens with

    def finding(
        self,
        *,
        at: str,
        problem: str,
        remedy: str,
        line: int | None = None,
        severity: Severity | None = None,
        lines: tuple[int, ...] = (),
    ) -> Finding:
        """Return a finding at the rule's own severity, or at a milder one where the place asks it.

        Policy may turn it later. Texts are made safe to print and cut to what a report keeps.
        """
        return Finding(
            rule=self.id,
            severity=severity or self.severity,
            at=in_one_line(at),
            line=line,
            problem=in_one_line(problem),
            remedy=in_one_line(remedy),
            lines=lines,
        )


class Check(Protocol):
    """A module; no base class, no registration. Its docstring is the public page."""

    @property
    def NAME(self) -> CheckName: ...  # noqa: N802 - a module's constant
    @property
    def RULES(self) -> tuple[Rule, ...]: ...  # noqa: N802 - as above
    def check(self, submission: Submission, /) -> Iterator[Finding]: ...


def counted(number: int, noun: str) -> str:
    """Return `1 file`, `2 files`, `1,200 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_one_line(text: str, *, longest: int = 4000) -> str:
    """Return a stranger's text with every character that is not plainly visible as an escape.

    A line break, a terminal's escape or a reordering mark in a file's name stays what it is: text.
    """
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


T = TypeVar("T")


def present(value: T | Missing, what: str) -> T:
    """Return `value`, or raise `NoVerdict` if it is `Missing`: for what a check can't do without."""
    if isinstance(value, Missing):
        raise NoVerdict(f"{what}: {value.reason}")
    return value
