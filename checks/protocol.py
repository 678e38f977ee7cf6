"""The one thing every review check is: a module with a NAME, its RULES and a pure `check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from devforge.model.observed import Missing
from devforge.model.policy import CheckName, Severity
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

    def finding(self, *, at: str, problem: str, remedy: str, line: int | None = None) -> Finding:
        """Return a finding of this rule at its own severity; policy may turn it later."""
        return Finding(
            rule=self.id, severity=self.severity, at=at, line=line, problem=problem, remedy=remedy
        )


class Check(Protocol):
    """A module; no base class, no registration. Its docstring is the public page."""

    @property
    def NAME(self) -> CheckName: ...  # noqa: N802 - a module's constant
    @property
    def RULES(self) -> tuple[Rule, ...]: ...  # noqa: N802 - as above
    def check(self, submission: Submission, /) -> Iterator[Finding]: ...


def present(value: object, what: str) -> None:
    """Raise `NoVerdict` if `value` is `Missing`; checks call it on what they cannot do without."""
    if isinstance(value, Missing):
        raise NoVerdict(f"{what}: {value.reason}")
