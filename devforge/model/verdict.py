"""What a review says: findings, a verdict for each check, and one decision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from devforge.model.base import Strict
from devforge.model.orders import Order
from devforge.model.profile import Difference, Profile
from devforge.model.records import Rollout
from devforge.model.reviewing import CheckName, Severity

# Three values, and the third is not a kind of pass: a check that said nothing blocks.
Verdict = Literal["passed", "failed", "no verdict"]
# `wait`: nothing is wrong and nobody is asked; a clock of the policy still runs.
Outcome = Literal["merge", "wait", "person", "mend", "no verdict"]
Words = Annotated[str, StringConstraints(max_length=4000)]


class Finding(Strict):
    """One problem, said in words its author can act on."""

    rule: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    severity: Severity
    at: Words  # a path, or "devforge.yaml: engines.devforge"
    line: int | None = None
    problem: Words
    remedy: Words
    lines: tuple[int, ...] = ()  # every line it is about, where there are several
    excused: Words = ""  # the author's justification or a maintainer's acceptance, quoted


class CheckReport(Strict):
    """One check's answer. `score` is 0 to 100; `reason` says why there is no verdict."""

    name: CheckName
    verdict: Verdict
    score: Annotated[int, Field(ge=0, le=100)]
    seconds: Annotated[float, Field(ge=0)]
    findings: tuple[Finding, ...] = ()
    reason: Words = ""


class Decision(Strict):
    """What happens next, and why: `reasons` are sentences for whoever acts next."""

    outcome: Outcome
    reasons: tuple[Words, ...] = ()


class Report(Strict):
    """A whole review of one version; the JSON of `devforge check`."""

    extension: str
    version: str
    decision: Outcome
    reasons: tuple[Words, ...] = ()
    checks: tuple[CheckReport, ...] = ()
    commit: str | None = None
    tree_sha256: str | None = None
    profile: Profile | None = None
    difference: Difference | None = None
    orders: tuple[Order, ...] = ()  # commands that people gave for this head
    rollout: Rollout | None = None  # a slower roll-out than asked for, because of what is new
