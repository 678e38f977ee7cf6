"""Security: nothing here harms the person who installs it, and what it can do is declared.

**What it asks.** The code does not steal secrets, run what it downloads, hide what it does, stay behind
or mine; the package holds no secrets of yours; and every power the code uses (network, programs,
files, clipboard, native code, password stores) is listed under `permissions` in devforge.yaml.

**Why.** An extension runs with its user's rights, next to their keys. What *blocks* is what any reader
would call harmful at a glance; what is merely unusual goes to a *person*; an honest slip that could
let a stranger in is a *warning*. Tests, docs, examples and build files are judged one step milder.

**How to mend.** Each finding names the line. Declare the powers you use; where a finding is wrong, say
so in one sentence in the pull request, and a person reads both.

Source: semgrep with the rules of checks/rules, bandit, and patterns over text; what they find is said
in our words. Comments such as `nosec` or `nosemgrep` switch nothing off here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.apart import set_apart
from checks.protocol import NoVerdict
from checks.security import (
    archives,
    code,
    disguised,
    flows,
    hiding,
    hooks,
    instructions,
    jointly,
    lines,
    powers,
    secrets,
    slow_patterns,
    text,
    together,
    undeclared,
)
from checks.security.rules import HIDDEN, RULES
from devforge.model.observed import Missing
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

__all__ = ["NAME", "RULES", "check"]

NAME: CheckName = "security"


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what could harm a user, gravest kinds first.

    Raises:
        NoVerdict: a tool gave no answer. What needs no tool is reported before.
    """
    slips = {rule.id for rule in code.SLIPS}
    told = []
    for finding in set_apart(_harm(submission), submission, slips=slips):
        told.append(finding)
        yield finding
    for finding in set_apart(_hiding(submission, told), submission, slips=slips):
        told.append(finding)
        yield finding
    if not any(finding.severity in ("block", "person") for finding in told):
        yield from set_apart(jointly.check(submission), submission, slips=slips)
    if not isinstance(submission.security, Missing):
        yield from powers.check(submission, submission.security, told)
        yield from undeclared.check(submission)


def _hiding(submission: Submission, told: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the names that are hidden in files of which nothing of the kind was told yet."""
    known = {finding.at for finding in told if finding.rule == HIDDEN.id}
    yield from (finding for finding in hiding.check(submission) if finding.at not in known)


def _harm(submission: Submission) -> Iterator[Finding]:
    """Yield all but the powers, which count in whoever's code they are used."""
    yield from hooks.check(submission)
    yield from lines.check(submission)
    yield from instructions.check(submission)
    yield from archives.check(submission)
    yield from secrets.check(submission)
    yield from text.check(submission)
    yield from together.check(submission)
    yield from disguised.check(submission)
    found = submission.security
    if isinstance(found, Missing):
        raise NoVerdict(found.reason)
    yield from code.check(submission, found)
    yield from flows.check(submission, found)
    yield from slow_patterns.check(submission, found)
